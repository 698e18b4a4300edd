// The natives that compiled bodies, Module, Macro and Code call (expander.h says how the driver registers them). Each takes its
// arguments as arena terms: those of an open module are in that module's arena and may be kept.
#include <algorithm>

#include "compiler/expand/module_builder.h"
#include "compiler/lex/identifier.h"
#include "compiler/lex/unescape.h"
#include "vm/heap/copy.h"
#include "vm/term/map.h"

namespace phial::compiler {

namespace {

RunResult ok(Term value) { return {false, value}; }

RunResult argument_error(NativeCall& c, const std::string& message) {
  const Names& n = c.session.names();
  Term fields[] = {atoms::struct_, n.Elixir_ArgumentError, atoms::exception_, atoms::true_, n.message,
                   make_binary(c.arena, message)};
  return c.host.raise_exception(make_map(c.arena, c.session.atoms(), fields));
}

std::string shown_module(NativeCall& c, Term module) {
  Env env;
  env.file = make_binary(c.arena, "nofile");
  Expander x(c.session, c.host, c.arena, env);
  return x.module_text(module);
}

/// The open module args[0] names; raises and answers null when it is closed.
ModuleBuilder* opened(NativeCall& c, const char* what, RunResult& failure) {
  Term name = c.args[0];
  ModuleBuilder* b = name.is_atom() ? c.session.open_module(name) : nullptr;
  if (!b) {
    failure = argument_error(c, std::string("could not call Module.") + what + " because the module " + shown_module(c, name) +
                                    " is already compiled");
  }
  return b;
}

#define OPEN_OR_RAISE(builder, what)                 \
  RunResult failure;                                 \
  ModuleBuilder* builder = opened(c, what, failure); \
  if (!builder) return failure

bool name_and_arity(Term t, Term& name, uint32_t& arity) {
  if (!is_tuple_of(t, 2) || !tuple_at(t, 0).is_atom() || !tuple_at(t, 1).is_fixnum()) return false;
  int64_t a = tuple_at(t, 1).as_fixnum();
  if (a < 0 || a > 255) return false;
  name = tuple_at(t, 0);
  arity = static_cast<uint32_t>(a);
  return true;
}

DefKind kind_of(const Names& n, Term kind) {
  if (kind == n.defp) return DefKind::Defp;
  if (kind == n.defmacro) return DefKind::Defmacro;
  if (kind == n.defmacrop) return DefKind::Defmacrop;
  return DefKind::Def;
}
Term kind_atom(const Names& n, DefKind kind) {
  switch (kind) {
    case DefKind::Def: return n.def;
    case DefKind::Defp: return n.defp;
    case DefKind::Defmacro: return n.defmacro;
    case DefKind::Defmacrop: return n.defmacrop;
  }
  return n.def;
}

// define(module, kind, {call, body} | nil, number of the saved place)
RunResult module_define(NativeCall& c) {
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

bool collect_variables(const VariableSnapshot& keys, Term values, std::vector<BoundVariable>& out) {
  for (const auto& e : keys.entries) {
    if (!values.is_cons()) return false;
    out.push_back({e.key.name, e.key.context, values.head()});
    values = values.tail();
  }
  return true;
}

// define_module(name, unit number | enclosing module, number of the saved place, [values])
RunResult module_define_module(NativeCall& c) {
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
RunResult module_define_literal(NativeCall& c) {
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
RunResult module_create(NativeCall& c) {
  Env env;
  VariableSnapshot keys;
  if (!env_from_term(c.session.names(), c.args[2], env, keys)) return argument_error(c, "not an environment");
  env.function = Term::none();
  return define_module(c.session, c.host, c.arena, nullptr, c.args[0], c.args[1], env, {});
}

RunResult module_put_quoted(NativeCall& c) {
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

RunResult module_put_attribute(NativeCall& c) {
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

Term attribute_value(ModuleBuilder::Attribute* a, Term fallback) {
  if (!a) return fallback;
  a->read = true;
  if (!a->value.is_none()) return a->value;
  return a->accumulate ? Term::nil_list() : fallback;
}

// read_attribute(module, name, line): `@name` in a body
RunResult module_read_attribute(NativeCall& c) {
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

RunResult module_get_attribute(NativeCall& c) {
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

RunResult module_get_last_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "get_last_attribute/3");
  auto* a = b->find_attribute(c.args[1]);
  Term value = attribute_value(a, Term::none());
  if (value.is_none()) return ok(c.args[2]);
  if (a->accumulate) return ok(value.is_cons() ? value.head() : c.args[2]);
  return ok(value);
}

RunResult module_register_attribute(NativeCall& c) {
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

RunResult module_delete_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "delete_attribute/2");
  auto* a = b->find_attribute(c.args[1]);
  if (!a) return ok(atoms::nil);
  a->read = true;
  Term value = a->value.is_none() ? (a->accumulate ? Term::nil_list() : atoms::nil) : a->value;
  a->value = Term::none();
  return ok(value);
}

RunResult module_has_attribute(NativeCall& c) {
  OPEN_OR_RAISE(b, "has_attribute?/2");
  auto* a = b->find_attribute(c.args[1]);
  return ok(boolean(a && (!a->value.is_none() || a->accumulate)));
}

RunResult module_attributes(NativeCall& c) {
  OPEN_OR_RAISE(b, "attributes_in/1");
  ListBuilder out(c.arena);
  for (const auto& a : b->attributes) {
    if (!a->value.is_none() || a->accumulate) out.push(a->name);
  }
  return ok(out.finish());
}

RunResult module_open(NativeCall& c) {
  return ok(boolean(c.args[0].is_atom() && c.session.open_module(c.args[0]) != nullptr));
}

RunResult module_definitions(NativeCall& c) {
  OPEN_OR_RAISE(b, "definitions_in/1");
  const Names& n = c.session.names();
  ListBuilder out(c.arena);
  for (const auto& d : b->definitions) {
    out.push(pair(c.arena, pair(c.arena, d->name, Term::fixnum(d->arity)), kind_atom(n, d->kind)));
  }
  return ok(out.finish());
}

RunResult module_definition(NativeCall& c) {
  OPEN_OR_RAISE(b, "get_definition/2");
  Term name;
  uint32_t arity;
  if (!name_and_arity(c.args[1], name, arity)) return argument_error(c, "expected {name, arity}");
  StoredDefinition* d = b->find(name, arity);
  if (!d) return ok(atoms::nil);
  ListBuilder clauses(c.arena);
  for (const DefClause& clause : d->clauses) {
    clauses.push(make_tuple(c.arena, {clause.meta, make_list(c.arena, clause.args), make_list(c.arena, clause.guards),
                                      clause.body}));
  }
  return ok(make_tuple(c.arena, {c.session.names().v1, kind_atom(c.session.names(), d->kind), d->meta, clauses.finish()}));
}

RunResult module_delete_definition(NativeCall& c) {
  OPEN_OR_RAISE(b, "delete_definition/2");
  Term name;
  uint32_t arity;
  if (!name_and_arity(c.args[1], name, arity)) return argument_error(c, "expected {name, arity}");
  StoredDefinition* d = b->find(name, arity);
  if (d) b->remove(d);
  return ok(boolean(d != nullptr));
}

RunResult module_last_definition(NativeCall& c) {
  OPEN_OR_RAISE(b, "last_definition/1");
  if (!b->last) return ok(atoms::nil);
  return ok(pair(c.arena, b->last->name, Term::fixnum(b->last->arity)));
}

RunResult module_make_overridable(NativeCall& c) {
  OPEN_OR_RAISE(b, "make_overridable/2");
  for (Term l = c.args[1]; l.is_cons(); l = l.tail()) {
    Term name;
    uint32_t arity;
    if (!name_and_arity(l.head(), name, arity)) return argument_error(c, "each element in tuple list has to be a {function_name :: atom, arity :: 0..255} tuple");
    if (!b->make_overridable(name, arity)) return ok(pair(c.arena, atoms::error, l.head()));
  }
  return ok(atoms::ok);
}

RunResult module_overridables(NativeCall& c) {
  OPEN_OR_RAISE(b, "overridables_in/1");
  ListBuilder out(c.arena);
  for (const auto& [name, arity] : b->overridable_order) out.push(pair(c.arena, name, Term::fixnum(arity)));
  return ok(out.finish());
}

RunResult module_put_struct(NativeCall& c) {
  OPEN_OR_RAISE(b, "__struct__/1");
  if (!b->struct_default.is_none()) return ok(atoms::false_);
  if (!c.args[1].is_map()) return argument_error(c, "expected a map");
  b->struct_default = c.args[1];
  b->enforce_keys = c.args[2];
  b->struct_fields = c.args[3];
  return ok(atoms::true_);
}

RunResult module_struct_info(NativeCall& c) {
  ModuleBuilder* b = c.args[0].is_atom() ? c.session.open_module(c.args[0]) : nullptr;
  return ok(b && !b->struct_fields.is_none() ? b->struct_fields : atoms::nil);
}

RunResult module_defines_type(NativeCall& c) {
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

RunResult module_impls(NativeCall& c) {
  OPEN_OR_RAISE(b, "impls/1");
  ListBuilder out(c.arena);
  for (const auto& i : b->impls) {
    out.push(make_tuple(c.arena, {pair(c.arena, i.name, Term::fixnum(i.arity)), kind_atom(c.session.names(), i.kind),
                                  Term::fixnum(i.line), i.value}));
  }
  return ok(out.finish());
}

Term exported(NativeCall& c, Term module, bool want_macros, bool all) {
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

Term compile_facts(NativeCall& c, Term info) {
  const Names& n = c.session.names();
  Term source = info.is_none() ? Term::none() : keyword_get(info, n.source);
  ListBuilder chars(c.arena);
  if (!source.is_none()) {
    for (unsigned char ch : text_of_binary(source)) chars.push(Term::fixnum(ch));
  }
  return make_list(c.arena, {pair(c.arena, n.version, make_list(c.arena, {Term::fixnum('8'), Term::fixnum('.'), Term::fixnum('2')})),
                             pair(c.arena, n.options, Term::nil_list()), pair(c.arena, n.source, chars.finish())});
}

// info(module, key): what __info__/1 answers
RunResult module_info_of(NativeCall& c) {
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

RunResult module_erlang_info(NativeCall& c) {
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

// --- :phial_macro ---------------------------------------------------------------------------------------------------------

RunResult macro_caller(NativeCall& c) {
  if (!c.args[0].is_fixnum()) return ok(c.args[0]);
  Expander* x = c.session.live_caller(c.args[0].as_fixnum());
  if (!x) return argument_error(c, "__CALLER__ is not available after its macro has returned");
  return ok(env_to_term(c.arena, c.session.atoms(), c.session.names(), x->env, x->scope.snapshot()));
}

RunResult macro_caller_field(NativeCall& c) {
  const Names& n = c.session.names();
  Term key = c.args[1];
  if (c.args[0].is_fixnum()) {
    Expander* x = c.session.live_caller(c.args[0].as_fixnum());
    if (!x) return argument_error(c, "__CALLER__ is not available after its macro has returned");
    const Env& env = x->env;
    if (key == n.module) return ok(env.module);
    if (key == atoms::line) return ok(Term::fixnum(env.line));
    if (key == atoms::file) return ok(env.file);
    if (key == n.context) {
      return ok(env.context == Context::None ? atoms::nil : env.context == Context::Match ? n.match : n.guard);
    }
    if (key == n.function) {
      return ok(env.function.is_none() ? atoms::nil : pair(c.arena, env.function, Term::fixnum(env.function_arity)));
    }
  }
  RunResult whole = macro_caller(c);
  if (whole.raised) return whole;
  Term value = whole.value.is_map() ? map_get(whole.value, key) : Term::none();
  if (value.is_none()) {
    Term fields[] = {atoms::struct_, n.Elixir_KeyError, atoms::exception_, atoms::true_, n.key, key,
                     n.term, whole.value, n.message, atoms::nil};
    return c.host.raise_exception(make_map(c.arena, c.session.atoms(), fields));
  }
  return ok(value);
}

// quote_dot(meta, left, right, args | nil, context): `left.unquote(right)(args)`
RunResult macro_quote_dot(NativeCall& c) {
  Term meta = c.args[0], left = c.args[1], right = c.args[2], args = c.args[3];
  Space& s = c.arena;
  const Names& n = c.session.names();
  auto dot = [&](Term name, Term call_args, Term call_meta) {
    return node(s, node(s, atoms::dot, meta, make_list(s, {left, name})), call_meta, call_args);
  };
  if (right.is_atom()) {
    if (args == atoms::nil) {
      return ok(dot(right, Term::nil_list(), make_cons(s, pair(s, n.no_parens, atoms::true_), meta)));
    }
    return ok(dot(right, args, meta));
  }
  if (is_node(right)) {
    Term head = node_head(right), tail = node_args(right);
    if (head == atoms::aliases && args == atoms::nil) {
      return ok(node(s, atoms::aliases, meta, make_cons(s, left, tail)));
    }
    if (head.is_atom() && tail.is_atom()) {
      if (args == atoms::nil) {
        return ok(dot(head, Term::nil_list(), make_cons(s, pair(s, n.no_parens, atoms::true_), meta)));
      }
      return ok(dot(head, args, meta));
    }
    if (head.is_atom() && args == atoms::nil) return ok(dot(head, tail, meta));
  }
  Env env;
  env.file = make_binary(c.arena, "nofile");
  Expander x(c.session, c.host, c.arena, env);
  return argument_error(c, "expected unquote after dot to return an atom, an alias or a quoted call, got: " + x.inspect_text(right));
}

RunResult macro_quote_check(NativeCall& c) {
  if (c.args[0].is_list() && list_length(c.args[0]) >= 0) return ok(c.args[0]);
  Env env;
  env.file = make_binary(c.arena, "nofile");
  Expander x(c.session, c.host, c.arena, env);
  return argument_error(c, "expected a list with quoted expressions in unquote_splicing/1, got: " + x.inspect_text(c.args[0]));
}

// quote_tail(left, right): `[unquote_splicing(left) | right]`
RunResult macro_quote_tail(NativeCall& c) {
  RunResult checked = macro_quote_check(c);
  if (checked.raised) return checked;
  Term left = c.args[0], right = c.args[1];
  if (left.is_nil_list()) return ok(right);
  ListBuilder out(c.arena);
  if (right.is_list()) {
    for (Term l = left; l.is_cons(); l = l.tail()) out.push(l.head());
    return ok(out.finish(right));
  }
  Term l = left;
  for (; l.tail().is_cons(); l = l.tail()) out.push(l.head());
  out.push(node(c.arena, c.session.names().pipe, Term::nil_list(), make_list(c.arena, {l.head(), right})));
  return ok(out.finish());
}

RunResult macro_expand_once(NativeCall& c) {
  Env env;
  VariableSnapshot variables;
  if (!env_from_term(c.session.names(), c.args[1], env, variables)) return argument_error(c, "expected a Macro.Env");
  Expander x(c.session, c.host, c.arena, env);
  x.caller_allowed = true;
  x.scope.load(variables);
  bool expanded = false;
  Term result = x.expand_once(c.args[0], expanded);
  if (result.is_none()) return {true, Term::none()};
  return ok(pair(c.arena, result, boolean(expanded)));
}

RunResult macro_expand_all(NativeCall& c) {
  Env env;
  VariableSnapshot variables;
  if (!env_from_term(c.session.names(), c.args[1], env, variables)) return argument_error(c, "expected a Macro.Env");
  Expander x(c.session, c.host, c.arena, env);
  x.caller_allowed = true;
  x.scope.load(variables);
  Term result = x.expand(c.args[0]);
  if (result.is_none()) return {true, Term::none()};
  return ok(result);
}

RunResult macro_unescape(NativeCall& c) {
  if (!c.args[0].is_bitstring()) return argument_error(c, "expected a binary");
  std::string text = text_of_binary(c.args[0]), out;
  if (c.args[1] == c.session.names().regex) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 >= text.size()) {
        out += text[i];
        continue;
      }
      char next = text[++i];
      switch (next) {
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'v': out += '\v'; break;
        case 'a': out += '\a'; break;
        case '\n': break;
        default:
          out += '\\';
          out += next;
      }
    }
  } else {
    UnescapeError error;
    if (!unescape(text, out, error)) return argument_error(c, error.message);
  }
  return ok(make_binary(c.arena, out));
}

RunResult macro_local_for(NativeCall& c) { return ok(atoms::false_); }

RunResult macro_identifier_kind(NativeCall& c) {
  AtomTable& table = c.session.atoms();
  std::string text = c.args[0].is_bitstring() ? text_of_binary(c.args[0]) : "";
  ScannedName name = scan_name(text);
  const char* kind = "other";
  if (name.bytes == text.size() && !text.empty()) {
    switch (name.kind) {
      case ScannedName::Kind::Identifier: kind = name.has_at ? "atom" : "identifier"; break;
      case ScannedName::Kind::Alias: kind = name.has_at || name.has_punctuation ? "atom" : "alias"; break;
      case ScannedName::Kind::Atom: kind = "atom"; break;
      default: break;
    }
  }
  return ok(table.intern(kind));
}

// --- :phial_code ----------------------------------------------------------------------------------------------------------

Diagnostic read_diagnostic(NativeCall& c, bool is_error, Term message, Term place, Term meta) {
  const Names& n = c.session.names();
  Diagnostic d;
  d.is_error = is_error;
  d.message = message.is_bitstring() ? text_of_binary(message) : "";
  auto get = [&](Term key) {
    if (place.is_map()) return map_get(place, key);
    return place.is_list() ? keyword_get(place, key) : Term::none();
  };
  Term file = get(atoms::file), line = get(atoms::line), column = get(atoms::column);
  d.file = !file.is_none() && file.is_bitstring() ? text_of_binary(file) : "nofile";
  if (!line.is_none() && line.is_fixnum()) d.line = static_cast<uint32_t>(line.as_fixnum());
  if (!column.is_none() && column.is_fixnum()) d.column = static_cast<uint32_t>(column.as_fixnum());
  if (meta.is_list()) {
    if (meta_line(meta) != 0) d.line = meta_line(meta);
    if (meta_column(meta) != 0) d.column = meta_column(meta);
  }
  Env env;
  VariableSnapshot variables;
  if (place.is_map() && env_from_term(n, place, env, variables) && env.module != atoms::nil) {
    Expander x(c.session, c.host, c.arena, env);
    d.where = env.function.is_none() ? x.module_text(env.module) + " (module)"
                                     : x.module_text(env.module) + "." + x.name_arity(env.function, env.function_arity);
  }
  return d;
}

RunResult code_warn(NativeCall& c) {
  Diagnostic d = read_diagnostic(c, false, c.args[0], c.args[1], Term::nil_list());
  if (!c.args[1].is_map() && c.args[1].is_nil_list()) d.file.clear();
  c.session.emit(c.host, d);
  return ok(atoms::ok);
}

RunResult code_error(NativeCall& c) {
  c.session.emit(c.host, read_diagnostic(c, true, c.args[0], c.args[1], c.args[2]));
  if (c.args[1].is_map()) {
    Term module = map_get(c.args[1], c.session.names().module);
    if (!module.is_none() && module.is_atom()) {
      if (ModuleBuilder* b = c.session.open_module(module)) b->tainted = true;
    }
  }
  return ok(atoms::ok);
}

RunResult code_diagnostics_start(NativeCall& c) {
  c.session.start_collecting(c.host.process_key(), c.args[0] == atoms::true_);
  return ok(atoms::nil);
}

RunResult code_diagnostics_stop(NativeCall& c) {
  const Names& n = c.session.names();
  ListBuilder out(c.arena);
  for (const Diagnostic& d : c.session.stop_collecting(c.host.process_key())) {
    Term position = d.column != 0 ? pair(c.arena, Term::fixnum(d.line), Term::fixnum(d.column)) : Term::fixnum(d.line);
    Term file = d.file.empty() ? atoms::nil : make_binary(c.arena, d.file);
    Term fields[] = {n.severity, d.is_error ? atoms::error : n.warning,
                     n.message, make_binary(c.arena, d.message),
                     atoms::file, file,
                     n.source, file,
                     n.position, position,
                     n.span, atoms::nil,
                     n.details, atoms::nil,
                     n.stacktrace, Term::nil_list()};
    out.push(make_map(c.arena, c.session.atoms(), fields));
  }
  return ok(out.finish());
}

RunResult code_option(NativeCall& c) {
  Term value = c.session.option(c.args[0]);
  return ok(value.is_none() ? atoms::nil : value);
}

RunResult code_put_option(NativeCall& c) {
  if (!c.args[0].is_atom()) return argument_error(c, "options are atoms");
  c.session.put_option(c.args[0], c.args[1]);
  return ok(atoms::ok);
}

RunResult code_docs(NativeCall& c) {
  if (!c.args[0].is_atom() || !c.host.ensure_loaded(c.args[0], false)) return ok(atoms::nil);
  Term info = c.host.module_info(c.args[0]);
  Term docs = info.is_none() ? info : keyword_get(info, c.session.names().docs);
  return ok(docs.is_none() ? atoms::nil : docs);
}

RunResult code_clauses(NativeCall& c) { return ok(atoms::nil); }

constexpr SessionNative kRows[] = {
    {"phial_module", "define", 4, module_define, true},
    {"phial_module", "define_module", 4, module_define_module, true},
    {"phial_module", "define_module_literal", 5, module_define_literal, true},
    {"phial_module", "create", 3, module_create, true},
    {"phial_module", "put_quoted_attribute", 4, module_put_quoted, true},
    {"phial_module", "put_attribute", 4, module_put_attribute, true},
    {"phial_module", "read_attribute", 3, module_read_attribute, true},
    {"phial_module", "get_attribute", 3, module_get_attribute, true},
    {"phial_module", "get_last_attribute", 3, module_get_last_attribute, true},
    {"phial_module", "register_attribute", 3, module_register_attribute, true},
    {"phial_module", "delete_attribute", 2, module_delete_attribute, true},
    {"phial_module", "has_attribute?", 2, module_has_attribute, true},
    {"phial_module", "attributes", 1, module_attributes, true},
    {"phial_module", "open?", 1, module_open, true},
    {"phial_module", "definitions", 1, module_definitions, true},
    {"phial_module", "definition", 2, module_definition, true},
    {"phial_module", "delete_definition", 2, module_delete_definition, true},
    {"phial_module", "last_definition", 1, module_last_definition, true},
    {"phial_module", "make_overridable", 2, module_make_overridable, true},
    {"phial_module", "overridables", 1, module_overridables, true},
    {"phial_module", "put_struct", 4, module_put_struct, true},
    {"phial_module", "struct_info", 1, module_struct_info, true},
    {"phial_module", "defines_type?", 2, module_defines_type, true},
    {"phial_module", "impls", 1, module_impls, true},
    {"phial_module", "info", 2, module_info_of, true},
    {"phial_module", "module_info", 1, module_erlang_info, true},
    {"phial_module", "module_info", 2, module_erlang_info, true},
    {"phial_macro", "caller", 1, macro_caller, true},
    {"phial_macro", "caller_field", 2, macro_caller_field, true},
    {"phial_macro", "quote_dot", 5, macro_quote_dot, true},
    {"phial_macro", "quote_tail", 2, macro_quote_tail, true},
    {"phial_macro", "quote_check", 1, macro_quote_check, true},
    {"phial_macro", "expand_once", 2, macro_expand_once, true},
    {"phial_macro", "expand_all", 2, macro_expand_all, true},
    {"phial_macro", "unescape_string", 2, macro_unescape, true},
    {"phial_macro", "local_for", 5, macro_local_for, true},
    {"phial_macro", "identifier_kind", 1, macro_identifier_kind, true},
    {"phial_code", "warn", 3, code_warn, true},
    {"phial_code", "error", 3, code_error, true},
    {"phial_code", "diagnostics_start", 1, code_diagnostics_start, true},
    {"phial_code", "diagnostics_stop", 1, code_diagnostics_stop, true},
    {"phial_code", "option", 1, code_option, true},
    {"phial_code", "put_option", 2, code_put_option, true},
    {"phial_code", "docs", 1, code_docs, true},
    {"phial_code", "clauses", 3, code_clauses, true},
};

}  // namespace

std::span<const SessionNative> session_natives() { return kRows; }

}  // namespace phial::compiler
