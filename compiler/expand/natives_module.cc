// The natives of :phial_module: what bodies of modules and Module's functions call.
#include <algorithm>

#include "compiler/expand/module_builder.h"
#include "compiler/expand/native_support.h"
#include "vm/heap/copy.h"
#include "vm/term/map.h"

namespace phial::compiler {

using namespace native_bodies;

static std::string shown_module(NativeCall& c, Term module) {
  Env env;
  env.file = make_binary(c.arena, "nofile");
  Expander x(c.session, c.host, c.arena, env);
  return x.module_text(module);
}

/// The open module args[0] names; raises and answers null when it is closed.
static ModuleBuilder* opened(NativeCall& c, const char* what, RunResult& failure) {
  Term name = c.args[0];
  ModuleBuilder* b = name.is_atom() ? c.session.open_module(name) : nullptr;
  if (!b) {
    failure = argument_error(c, std::string("could not call Module.") + what + " because the module " +
                                    shown_module(c, name) + " is already compiled");
  }
  return b;
}

#define OPEN_OR_RAISE(builder, what)                 \
  RunResult failure;                                 \
  ModuleBuilder* builder = opened(c, what, failure); \
  if (!builder) return failure

static bool name_and_arity(Term t, Term& name, uint32_t& arity) {
  if (!is_tuple_of(t, 2) || !tuple_at(t, 0).is_atom() || !tuple_at(t, 1).is_fixnum()) return false;
  int64_t a = tuple_at(t, 1).as_fixnum();
  if (a < 0 || a > 255) return false;
  name = tuple_at(t, 0);
  arity = static_cast<uint32_t>(a);
  return true;
}

static DefKind kind_of(const Names& n, Term kind) {
  if (kind == n.defp) return DefKind::Defp;
  if (kind == n.defmacro) return DefKind::Defmacro;
  if (kind == n.defmacrop) return DefKind::Defmacrop;
  return DefKind::Def;
}
static Term kind_atom(const Names& n, DefKind kind) {
  switch (kind) {
    case DefKind::Def: return n.def;
    case DefKind::Defp: return n.defp;
    case DefKind::Defmacro: return n.defmacro;
    case DefKind::Defmacrop: return n.defmacrop;
  }
  return n.def;
}

// define(module, kind, {call, body} | nil, number of the saved place)
RunResult native_bodies::module_define(NativeCall& c) {
  OPEN_OR_RAISE(b, "eval_quoted/2");
  int64_t index = c.args[3].is_fixnum() ? c.args[3].as_fixnum() : -1;
  if (index < 0 || static_cast<size_t>(index) >= b->saved.size()) return argument_error(c, "unknown definition");
  const EvalUnit::Saved saved = b->saved[static_cast<size_t>(index)];
  Term call = saved.first, body = saved.second;
  if (is_tuple_of(c.args[2], 2)) {
    call = tuple_at(c.args[2], 0);
    body = tuple_at(c.args[2], 1);
  }
  if (!b->define(kind_of(c.session.names(), c.args[1]), call, body, saved.env, c.host)) return {true, Term::none()};
  // What `def` answers: {name, arity}.
  if (!b->last) return ok(atoms::nil);
  return ok(make_tuple(c.arena, {b->last->name, Term::fixnum(b->last->arity)}));
}

static bool collect_variables(const VariableSnapshot& keys, Term values, std::vector<BoundVariable>& out) {
  for (const auto& e : keys.entries) {
    if (!values.is_cons()) return false;
    out.push_back({e.key.name, e.key.context, values.head()});
    values = values.tail();
  }
  return true;
}

// define_module(name, unit number | enclosing module, number of the saved place, [values])
RunResult native_bodies::module_define_module(NativeCall& c) {
  EvalUnit* unit = nullptr;
  std::vector<EvalUnit::Saved>* saved = nullptr;
  if (c.args[1].is_fixnum()) {
    unit = c.session.unit(c.args[1].as_fixnum());
    if (unit) saved = &unit->saved;
  } else if (ModuleBuilder* outer = c.session.open_module(c.args[1])) {
    unit = outer->unit;
    saved = &outer->saved;
  }
  int64_t index = c.args[2].is_fixnum() ? c.args[2].as_fixnum() : -1;
  if (!saved || index < 0 || static_cast<size_t>(index) >= saved->size()) {
    return argument_error(c, "cannot define a module: the code it stands in has ended");
  }
  const EvalUnit::Saved place = (*saved)[static_cast<size_t>(index)];
  std::vector<BoundVariable> variables;
  if (!collect_variables(place.variables, c.args[3], variables)) return argument_error(c, "missing variables");
  return define_module(c.session, c.host, c.arena, unit, c.args[0], place.first, place.env, variables);
}

// define_module_literal(name, env, body, [{variable, context}], [values])
RunResult native_bodies::module_define_literal(NativeCall& c) {
  Env env;
  VariableSnapshot keys;
  if (!env_from_term(c.session.names(), c.args[1], env, keys)) return argument_error(c, "not an environment");
  std::vector<BoundVariable> variables;
  Term values = c.args[4];
  for (Term l = c.args[3]; l.is_cons() && values.is_cons(); l = l.tail(), values = values.tail()) {
    variables.push_back({tuple_at(l.head(), 0), tuple_at(l.head(), 1), values.head()});
  }
  return define_module(c.session, c.host, c.arena, nullptr, c.args[0], c.args[2], env, variables);
}

// create(name, quoted, env)
RunResult native_bodies::module_create(NativeCall& c) {
  Env env;
  VariableSnapshot keys;
  if (!env_from_term(c.session.names(), c.args[2], env, keys)) return argument_error(c, "not an environment");
  env.function = Term::none();
  return define_module(c.session, c.host, c.arena, nullptr, c.args[0], c.args[1], env, {});
}

RunResult native_bodies::module_put_quoted(NativeCall& c) {
  OPEN_OR_RAISE(b, "__put_attribute__/4");
  uint32_t line = c.args[3].is_fixnum() ? static_cast<uint32_t>(c.args[3].as_fixnum()) : 0;
  b->typespecs = make_cons(b->arena, make_tuple(b->arena, {c.args[1], c.args[2], Term::fixnum(line)}), b->typespecs);
  const Names& n = c.session.names();
  // @doc before a callback documents it; @typedoc a type.
  Term doc_name = c.args[1] == n.callback || c.args[1] == n.macrocallback ? n.doc : n.typedoc;
  if (c.args[1] != n.spec) {
    if (auto* doc = b->find_attribute(doc_name)) doc->value = Term::none();
  }
  return ok(atoms::ok);
}

RunResult native_bodies::module_put_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "put_attribute/3");
  const Names& n = c.session.names();
  Term name = c.args[1], value = c.args[2];
  if (!name.is_atom()) return argument_error(c, "attribute names must be atoms");
  auto inspect = [&](Term t) {
    Env env;
    env.file = make_binary(c.arena, "nofile");
    return Expander(c.session, c.host, c.arena, env).inspect_text(t);
  };
  if ((name == n.moduledoc || name == n.doc || name == n.typedoc) && !value.is_bitstring() && value != atoms::false_ &&
      value != atoms::nil && !value.is_list()) {
    if (is_tuple_of(value, 2) && tuple_at(value, 0).is_fixnum()) {
      value = tuple_at(value, 1);  // {line, text}, as Module.put_attribute takes it
    } else {
      return argument_error(c, "expected the \"" + std::string(c.session.atoms().text(name)) +
                                   "\" module attribute to be given as @" + std::string(c.session.atoms().text(name)) +
                                   " string, got: " + inspect(value));
    }
  }
  if (name == n.behaviour && !value.is_atom()) {
    return argument_error(c, "@behaviour expects a module, got: " + inspect(value));
  }
  if (name == n.impl && !value.is_atom()) {
    return argument_error(c, "@impl should be a module or a boolean, got: " + inspect(value));
  }
  b->put(name, value, c.args[3].is_fixnum() ? static_cast<uint32_t>(c.args[3].as_fixnum()) : 0);
  return ok(atoms::ok);
}

static Term attribute_value(ModuleBuilder::Attribute* a, Term fallback) {
  if (!a) return fallback;
  a->read = true;
  if (!a->value.is_none()) return a->value;
  return a->accumulate ? Term::nil_list() : fallback;
}

// read_attribute(module, name, line): `@name` in a body
RunResult native_bodies::module_read_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "__get_attribute__/4");
  auto* a = b->find_attribute(c.args[1]);
  if (!a) {
    // Reserved names are known before they are set.
    auto& made = b->attribute(c.args[1]);
    if (made.reserved) {
      a = &made;
    } else {
      Expander x(c.session, c.host, b->arena, b->env);
      x.env.module = b->name;
      std::string name(c.session.atoms().text(c.args[1]));
      x.warn_at(c.args[2].is_fixnum() ? static_cast<uint32_t>(c.args[2].as_fixnum()) : 0, 0,
                "undefined module attribute @" + name + ", please remove access to @" + name +
                    " or explicitly set it before access");
      return ok(atoms::nil);
    }
  }
  return ok(attribute_value(a, atoms::nil));
}

RunResult native_bodies::module_get_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "get_attribute/2");
  auto* a = b->find_attribute(c.args[1]);
  const Names& n = c.session.names();
  if (!a && (c.args[1] == n.callback || c.args[1] == n.macrocallback || c.args[1] == n.spec || c.args[1] == n.type ||
             c.args[1] == n.typep || c.args[1] == n.opaque)) {
    ListBuilder out(c.arena);
    for (Term l = b->typespecs; l.is_cons(); l = l.tail()) {
      if (tuple_at(l.head(), 0) == c.args[1]) out.push(l.head());
    }
    return ok(out.finish());
  }
  if (!a && b->attribute(c.args[1]).accumulate) return ok(Term::nil_list());
  return ok(attribute_value(a, c.args[2]));
}

RunResult native_bodies::module_get_last_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "get_last_attribute/3");
  auto* a = b->find_attribute(c.args[1]);
  Term value = attribute_value(a, Term::none());
  if (value.is_none()) return ok(c.args[2]);
  if (a->accumulate) return ok(value.is_cons() ? value.head() : c.args[2]);
  return ok(value);
}

RunResult native_bodies::module_register_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "register_attribute/3");
  auto& a = b->attribute(c.args[1]);
  const Names& n = c.session.names();
  if (keyword_get(c.args[2], n.persist) == atoms::true_) a.persist = true;
  if (keyword_get(c.args[2], n.accumulate) == atoms::true_ && !a.accumulate) {
    a.accumulate = true;
    if (!a.value.is_none() && !a.value.is_list()) a.value = make_list(b->arena, {a.value});
  }
  return ok(atoms::ok);
}

RunResult native_bodies::module_delete_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "delete_attribute/2");
  auto* a = b->find_attribute(c.args[1]);
  if (!a) return ok(atoms::nil);
  a->read = true;
  Term value = a->value.is_none() ? (a->accumulate ? Term::nil_list() : atoms::nil) : a->value;
  a->value = Term::none();
  return ok(value);
}

RunResult native_bodies::module_has_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "has_attribute?/2");
  auto* a = b->find_attribute(c.args[1]);
  return ok(boolean(a && (!a->value.is_none() || a->accumulate)));
}

RunResult native_bodies::module_attributes(NativeCall& c) {
  OPEN_OR_RAISE(b, "attributes_in/1");
  ListBuilder out(c.arena);
  for (const auto& a : b->attributes) {
    if (!a->value.is_none() || a->accumulate) out.push(a->name);
  }
  return ok(out.finish());
}

RunResult native_bodies::module_open(NativeCall& c) {
  return ok(boolean(c.args[0].is_atom() && c.session.open_module(c.args[0]) != nullptr));
}

RunResult native_bodies::module_definitions(NativeCall& c) {
  OPEN_OR_RAISE(b, "definitions_in/1");
  const Names& n = c.session.names();
  ListBuilder out(c.arena);
  for (const auto& d : b->definitions) {
    out.push(pair(c.arena, pair(c.arena, d->name, Term::fixnum(d->arity)), kind_atom(n, d->kind)));
  }
  return ok(out.finish());
}

RunResult native_bodies::module_definition(NativeCall& c) {
  OPEN_OR_RAISE(b, "get_definition/2");
  Term name;
  uint32_t arity;
  if (!name_and_arity(c.args[1], name, arity)) return argument_error(c, "expected {name, arity}");
  StoredDefinition* d = b->find(name, arity);
  if (!d) return ok(atoms::nil);
  ListBuilder clauses(c.arena);
  for (const DefClause& clause : d->clauses) {
    clauses.push(make_tuple(
        c.arena, {clause.meta, make_list(c.arena, clause.args), make_list(c.arena, clause.guards), clause.body}));
  }
  return ok(
      make_tuple(c.arena, {c.session.names().v1, kind_atom(c.session.names(), d->kind), d->meta, clauses.finish()}));
}

RunResult native_bodies::module_delete_definition(NativeCall& c) {
  OPEN_OR_RAISE(b, "delete_definition/2");
  Term name;
  uint32_t arity;
  if (!name_and_arity(c.args[1], name, arity)) return argument_error(c, "expected {name, arity}");
  StoredDefinition* d = b->find(name, arity);
  if (d) b->remove(d);
  return ok(boolean(d != nullptr));
}

RunResult native_bodies::module_last_definition(NativeCall& c) {
  OPEN_OR_RAISE(b, "last_definition/1");
  if (!b->last) return ok(atoms::nil);
  return ok(pair(c.arena, b->last->name, Term::fixnum(b->last->arity)));
}

RunResult native_bodies::module_make_overridable(NativeCall& c) {
  OPEN_OR_RAISE(b, "make_overridable/2");
  for (Term l = c.args[1]; l.is_cons(); l = l.tail()) {
    Term name;
    uint32_t arity;
    if (!name_and_arity(l.head(), name, arity))
      return argument_error(c, "each element in tuple list has to be a {function_name :: atom, arity :: 0..255} tuple");
    if (!b->make_overridable(name, arity)) return ok(pair(c.arena, atoms::error, l.head()));
  }
  return ok(atoms::ok);
}

RunResult native_bodies::module_overridables(NativeCall& c) {
  OPEN_OR_RAISE(b, "overridables_in/1");
  ListBuilder out(c.arena);
  for (const auto& [name, arity] : b->overridable_order) out.push(pair(c.arena, name, Term::fixnum(arity)));
  return ok(out.finish());
}

RunResult native_bodies::module_put_struct(NativeCall& c) {
  OPEN_OR_RAISE(b, "__struct__/1");
  if (!b->struct_default.is_none()) return ok(atoms::false_);
  if (!c.args[1].is_map()) return argument_error(c, "expected a map");
  b->struct_default = c.args[1];
  b->enforce_keys = c.args[2];
  b->struct_fields = c.args[3];
  return ok(atoms::true_);
}

RunResult native_bodies::module_struct_info(NativeCall& c) {
  ModuleBuilder* b = c.args[0].is_atom() ? c.session.open_module(c.args[0]) : nullptr;
  return ok(b && !b->struct_fields.is_none() ? b->struct_fields : atoms::nil);
}

RunResult native_bodies::module_defines_type(NativeCall& c) {
  OPEN_OR_RAISE(b, "defines_type?/2");
  Term name;
  uint32_t arity;
  if (!name_and_arity(c.args[1], name, arity)) return argument_error(c, "expected {name, arity}");
  const Names& n = c.session.names();
  for (Term l = b->typespecs; l.is_cons(); l = l.tail()) {
    Term kind = tuple_at(l.head(), 0), quoted = tuple_at(l.head(), 1);
    if (kind != n.type && kind != n.typep && kind != n.opaque) continue;
    if (is_call_of(quoted, atoms::type_colons, 2)) quoted = first(node_args(quoted));
    if (!is_node(quoted) || node_head(quoted) != name) continue;
    int64_t count = node_args(quoted).is_list() ? list_length(node_args(quoted)) : 0;
    if (count == static_cast<int64_t>(arity)) return ok(atoms::true_);
  }
  return ok(atoms::false_);
}

RunResult native_bodies::module_impls(NativeCall& c) {
  OPEN_OR_RAISE(b, "impls/1");
  ListBuilder out(c.arena);
  for (const auto& i : b->impls) {
    out.push(make_tuple(c.arena, {pair(c.arena, i.name, Term::fixnum(i.arity)), kind_atom(c.session.names(), i.kind),
                                  Term::fixnum(i.line), i.value}));
  }
  return ok(out.finish());
}

static Term exported(NativeCall& c, Term module, bool want_macros, bool all) {
  struct Item {
    Term name;
    int64_t arity;
  };
  std::vector<Item> items;
  AtomTable& table = c.session.atoms();
  const Names& n = c.session.names();
  Term list = c.host.exports(module, c.arena);
  for (Term l = list.is_none() ? Term::nil_list() : list; l.is_cons(); l = l.tail()) {
    Term name = tuple_at(l.head(), 0);
    int64_t arity = tuple_at(l.head(), 1).as_fixnum();
    bool macro = starts_with(table.text(name), "MACRO-");
    if (all) {
      items.push_back({name, arity});
    } else if (want_macros) {
      if (macro) items.push_back({table.intern(std::string(table.text(name).substr(6))), arity - 1});
    } else if (!macro && name != n.info_ && name != n.module_info) {
      items.push_back({name, arity});
    }
  }
  if (want_macros && module == atoms::Elixir_Kernel) {
    for (Term l = builtin_kernel_macros(c.arena, n); l.is_cons(); l = l.tail()) {
      items.push_back({tuple_at(l.head(), 0), tuple_at(l.head(), 1).as_fixnum()});
    }
  }
  std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
    return a.name == b.name ? a.arity < b.arity : table.text(a.name) < table.text(b.name);
  });
  ListBuilder out(c.arena);
  for (const Item& i : items) out.push(pair(c.arena, i.name, Term::fixnum(i.arity)));
  return out.finish();
}

static Term compile_facts(NativeCall& c, Term info) {
  const Names& n = c.session.names();
  Term source = info.is_none() ? Term::none() : keyword_get(info, n.source);
  ListBuilder chars(c.arena);
  if (!source.is_none()) {
    for (unsigned char ch : text_of_binary(source)) chars.push(Term::fixnum(ch));
  }
  return make_list(
      c.arena, {pair(c.arena, n.version, make_list(c.arena, {Term::fixnum('8'), Term::fixnum('.'), Term::fixnum('2')})),
                pair(c.arena, n.options, Term::nil_list()), pair(c.arena, n.source, chars.finish())});
}

// info(module, key): what __info__/1 answers
RunResult native_bodies::module_info_of(NativeCall& c) {
  const Names& n = c.session.names();
  Term module = c.args[0], key = c.args[1];
  Term info = c.host.module_info(module);
  auto stored = [&](Term k, Term fallback) {
    Term v = info.is_none() ? Term::none() : keyword_get(info, k);
    return v.is_none() ? fallback : v;
  };
  if (key == n.module) return ok(module);
  if (key == n.functions) return ok(exported(c, module, false, false));
  if (key == n.macros) return ok(exported(c, module, true, false));
  if (key == n.attributes) return ok(stored(n.attributes, Term::nil_list()));
  if (key == n.struct_key) return ok(stored(n.struct_key, atoms::nil));
  if (key == n.md5 || key == n.exports_md5) return ok(stored(n.md5, make_binary(c.arena, "")));
  if (key == n.compile) return ok(compile_facts(c, info));
  if (key == n.deprecated) return ok(Term::nil_list());
  return argument_error(c, "unknown key for __info__/1");
}

RunResult native_bodies::module_erlang_info(NativeCall& c) {
  const Names& n = c.session.names();
  Term module = c.args[0];
  Term info = c.host.module_info(module);
  auto value = [&](Term key) -> Term {
    if (key == n.module) return module;
    if (key == n.exports || key == n.functions) return exported(c, module, false, true);
    if (key == n.attributes) {
      Term v = info.is_none() ? Term::none() : keyword_get(info, n.attributes);
      return v.is_none() ? Term::nil_list() : v;
    }
    if (key == n.compile) return compile_facts(c, info);
    if (key == n.md5) {
      Term v = info.is_none() ? Term::none() : keyword_get(info, n.md5);
      return v.is_none() ? make_binary(c.arena, "") : v;
    }
    return Term::none();
  };
  if (c.args.size() == 2) {
    Term v = value(c.args[1]);
    return v.is_none() ? argument_error(c, "argument error") : ok(v);
  }
  ListBuilder out(c.arena);
  for (Term key : {n.module, n.exports, n.attributes, n.compile, n.md5}) out.push(pair(c.arena, key, value(key)));
  return ok(out.finish());
}

}  // namespace phial::compiler
