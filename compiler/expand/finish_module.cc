// The end of a module: checks over all definitions, the functions every module has, and the facts kept for later.
#include <algorithm>
#include <set>

#include "compiler/expand/module_builder.h"
#include "vm/term/compare.h"
#include "vm/term/map.h"

namespace phial::compiler {

namespace {
Term line_meta(Space& s, uint32_t line) {
  return line == 0 ? Term::nil_list() : make_list(s, {pair(s, atoms::line, Term::fixnum(line))});
}
}  // namespace

bool ModuleBuilder::check_locals(Expander& x) {
  const Names& n = session.names();
  std::set<std::pair<uint64_t, uint64_t>> reported;
  for (size_t i = 0; i < definitions.size(); ++i) {
    StoredDefinition& d = *definitions[i];
    x.env.function = d.name;
    x.env.function_arity = d.arity;
    if (!d.env_file.is_none()) x.env.file = d.env_file;
    for (const auto& use : d.uses) {
      StoredDefinition* target = find(use.name, use.arity);
      if (target && target->clauses.empty() && target->has_head && !target->is_macro()) continue;
      if (target) {
        if (target->is_macro() && !use.capture && target->line > meta_line(use.meta) && meta_line(use.meta) != 0 &&
            !target->used) {
          if (!x.function_error(
                  use.meta, "cannot invoke macro " + x.name_arity(use.name, use.arity) + " before its definition")) {
            return false;
          }
        }
        continue;
      }
      if (!reported.insert({use.name.bits() * 256 + use.arity, meta_line(use.meta) * 4096u + meta_column(use.meta)})
               .second) {
        continue;
      }
      if (use.name == n.info_ || use.name == n.module_info) continue;
      std::string message = "undefined function " + x.name_arity(use.name, use.arity) + " (expected " +
                            x.module_text(name) +
                            " to define such a function or for it to be imported before, but none are available)";
      if (!x.function_error(use.meta, message)) return false;
    }
    for (const auto& use : d.imports) {
      StoredDefinition* local = find(use.name, use.arity);
      if (!local || use.receiver == name) continue;
      x.env.function = Term::none();
      x.file_error(line_meta(arena, use.line), "imported " + x.module_text(use.receiver) + "." +
                                                   x.name_arity(use.name, use.arity) +
                                                   " conflicts with local function");
      return false;
    }
  }
  // Heads without clauses.
  for (const auto& d : definitions) {
    if (!d->clauses.empty() || d->is_macro()) continue;
    x.env.function = Term::none();
    x.file_error(d->meta, std::string("implementation not provided for predefined ") + kind_text(d->kind) + " " +
                              x.name_arity(d->name, d->arity));
    return false;
  }
  // Private functions nothing public leads to.
  std::vector<StoredDefinition*> todo;
  std::set<StoredDefinition*> reached;
  for (const auto& d : definitions) {
    if (d->is_public() || d->used || d->generated) {
      todo.push_back(d.get());
      reached.insert(d.get());
    }
  }
  while (!todo.empty()) {
    StoredDefinition* d = todo.back();
    todo.pop_back();
    for (const auto& use : d->uses) {
      StoredDefinition* target = find(use.name, use.arity);
      if (target && reached.insert(target).second) todo.push_back(target);
    }
  }
  x.env.function = Term::none();
  Term on_load = Term::none();
  if (Attribute* a = find_attribute(n.on_load)) on_load = a->value;
  for (const auto& d : definitions) {
    if (reached.count(d.get()) || d->from_defaults) continue;
    if (d->name == on_load || (is_tuple_of(on_load, 2) && tuple_at(on_load, 0) == d->name)) continue;
    bool by_default = false;  // a shorter form of it may be the one in use
    for (const auto& other : definitions) {
      by_default |=
          other->from_defaults && other->name == d->name && other->defaults == d->arity && reached.count(other.get());
    }
    if (by_default) continue;
    x.warn(d->meta,
           std::string(d->is_macro() ? "macro " : "function ") + x.name_arity(d->name, d->arity) + " is unused");
  }
  return true;
}

namespace {
/// name(arity) of a callback: `{:"::", _, [{name, _, args}, _]}`, possibly inside `when`.
bool callback_name(Term quoted, const Names& n, Term& name, uint32_t& arity) {
  if (is_call_of(quoted, atoms::when, 2)) quoted = first(node_args(quoted));
  if (is_call_of(quoted, atoms::type_colons, 2)) quoted = first(node_args(quoted));
  if (!is_node(quoted) || !node_head(quoted).is_atom()) return false;
  name = node_head(quoted);
  arity = node_args(quoted).is_list() ? static_cast<uint32_t>(list_length(node_args(quoted))) : 0;
  return true;
}
}  // namespace

void ModuleBuilder::add_generated(ModuleSource& out) {
  const Names& n = session.names();
  AtomTable& table = session.atoms();
  auto function = [&](Term fname, uint32_t arity, Term target, Term target_function, bool pass_key) {
    if (find(fname, arity)) return;
    DefClause clause;
    clause.meta = Term::nil_list();
    ListBuilder args(arena);
    args.push(name);
    for (uint32_t i = 0; i < arity; ++i) {
      Term meta = make_list(arena, {pair(arena, n.version, Term::fixnum(i))});
      Term variable = node(arena, n.key, meta, atoms::nil);
      clause.args.push_back(variable);
      if (pass_key) args.push(variable);
    }
    clause.body = remote_node(arena, Term::nil_list(), target, target_function, args.finish());
    out.definitions.push_back({DefKind::Def, fname, arity, line, file, {clause}});
  };
  if (starts_with(table.text(name), "Elixir.")) function(n.info_, 1, n.phial_module, n.info, true);
  function(n.module_info, 0, n.phial_module, n.module_info, false);
  function(n.module_info, 1, n.phial_module, n.module_info, true);

  if (find(n.behaviour_info, 1)) return;
  Term callbacks = Term::nil_list();
  std::set<std::pair<uint64_t, uint32_t>> seen, macros;
  for (Term l = typespecs; l.is_cons(); l = l.tail()) {
    Term kind = tuple_at(l.head(), 0);
    if (kind != n.callback && kind != n.macrocallback) continue;
    Term cname;
    uint32_t arity = 0;
    if (!callback_name(tuple_at(l.head(), 1), n, cname, arity)) continue;
    if (kind == n.macrocallback) {
      macros.insert({cname.bits(), arity});
      cname = macro_function_name(table, cname);
      ++arity;
    }
    if (seen.insert({cname.bits(), arity}).second) {
      callbacks = make_cons(arena, pair(arena, cname, Term::fixnum(arity)), callbacks);
    }
  }
  if (callbacks.is_nil_list()) return;
  ListBuilder optional(arena);
  if (Attribute* a = find_attribute(n.optional_callbacks)) {
    for (Term l = a->value.is_none() ? Term::nil_list() : a->value; l.is_cons(); l = l.tail()) {
      for (Term item = l.head().is_list() ? l.head() : make_list(arena, {l.head()}); item.is_cons();
           item = item.tail()) {
        Term p = item.head();
        if (!is_tuple_of(p, 2) || !tuple_at(p, 0).is_atom() || !tuple_at(p, 1).is_fixnum()) continue;
        uint32_t arity = static_cast<uint32_t>(tuple_at(p, 1).as_fixnum());
        if (macros.count({tuple_at(p, 0).bits(), arity})) {
          p = pair(arena, macro_function_name(table, tuple_at(p, 0)), Term::fixnum(arity + 1));
        }
        optional.push(p);
      }
    }
  }
  Definition d{DefKind::Def, n.behaviour_info, 1, line, file, {}};
  auto clause = [&](Term key, Term value) {
    DefClause c;
    c.meta = Term::nil_list();
    c.args.push_back(key);
    c.body = value;
    d.clauses.push_back(c);
  };
  clause(n.callbacks, callbacks);
  clause(n.optional_callbacks, optional.finish());
  out.definitions.push_back(std::move(d));
}

Term ModuleBuilder::build_info(const ModuleSource& source) {
  const Names& n = session.names();
  AtomTable& table = session.atoms();
  ListBuilder info(arena);
  // Persisted attributes, one entry for each value, as Erlang keeps them.
  ListBuilder persisted(arena);
  bool has_version = false;
  for (const auto& a : attributes) {
    if (!a->persist || (a->value.is_none() && !a->accumulate)) continue;
    if (a->name == n.vsn) has_version = true;
    Term value = a->value.is_none() ? Term::nil_list() : a->value;
    if (a->accumulate) {
      for (Term l = reversed(arena, value); l.is_cons(); l = l.tail()) {
        persisted.push(pair(arena, a->name, make_list(arena, {l.head()})));
      }
    } else {
      persisted.push(pair(arena, a->name, value.is_list() ? value : make_list(arena, {value})));
    }
  }
  uint64_t hash = hash_term(name);
  for (const auto& d : source.definitions) {
    hash = hash * 31 + d.name.bits() * 7 + d.arity;
    for (const auto& c : d.clauses) hash = hash * 31 + hash_term(c.body);
  }
  if (!has_version) {
    persisted.push(
        pair(arena, n.vsn, make_list(arena, {Term::fixnum(static_cast<int64_t>(hash & ((uint64_t{1} << 60) - 1)))})));
  }
  info.push(pair(arena, n.attributes, persisted.finish()));
  info.push(pair(arena, n.source, make_binary(arena, file)));
  info.push(pair(arena, atoms::line, Term::fixnum(line)));
  std::string digest;
  for (int i = 0; i < 16; ++i)
    digest += static_cast<char>((hash * (0x9E3779B97F4A7C15u + static_cast<uint64_t>(i / 8))) >> (8 * (i % 8)));
  info.push(pair(arena, n.md5, make_binary(arena, digest)));
  ListBuilder macros(arena);
  bool any_macro = false;
  for (const auto& d : source.definitions) {
    if (d.kind != DefKind::Defmacro) continue;
    macros.push(pair(arena, d.name, Term::fixnum(d.arity)));
    any_macro = true;
  }
  if (any_macro) info.push(pair(arena, n.macros, macros.finish()));
  if (!struct_default.is_none()) {
    info.push(pair(arena, n.struct_default, struct_default));
    info.push(pair(arena, n.enforce_keys, enforce_keys));
    info.push(pair(arena, n.struct_key, struct_fields));
  }
  // Names of functions with @deprecated would go here too; nothing reads them yet.
  if (docs.is_cons() || !moduledoc.is_none()) {
    Term module_doc = n.none_;
    if (moduledoc == atoms::false_) {
      module_doc = n.hidden;
    } else if (!moduledoc.is_none() && moduledoc.is_bitstring()) {
      Term pairs[] = {make_binary(arena, "en"), moduledoc};
      module_doc = make_map(arena, table, pairs);
    }
    Term v1 = make_tuple(
        arena, {table.intern("docs_v1"), Term::fixnum(moduledoc_line), table.intern("elixir"),
                make_binary(arena, "text/markdown"), module_doc, make_empty_map(arena), reversed(arena, docs)});
    info.push(pair(arena, n.docs, v1));
  }
  if (typespecs.is_cons()) info.push(pair(arena, n.specs, reversed(arena, typespecs)));
  return info.finish();
}

bool ModuleBuilder::finish(const Env& body_env) {
  const Names& n = session.names();
  restore_overridables();
  Expander x(session, *host, arena, body_env);
  x.env.function = Term::none();
  if ((!impls.empty() || (find_attribute(n.behaviour) && find_attribute(n.behaviour)->value.is_cons())) &&
      host->function_exported(n.Elixir_Module, n.after_body_, 1) &&
      host->ensure_loaded(n.Elixir_Module_Behaviours, false)) {
    Term env_term = env_to_term(arena, session.atoms(), n, x.env, {});
    if (host->call(n.Elixir_Module, n.after_body_, std::span<const Term>(&env_term, 1), arena).raised) return false;
  }
  if (!check_locals(x)) return false;
  x.env.file = body_env.file;
  x.env.function = Term::none();
  if (tainted) {
    x.raise_compile_error(Term::nil_list(),
                          "cannot compile module " + x.module_text(name) + " (errors have been logged)");
    return false;
  }
  for (const auto& a : attributes) {
    if (a->reserved || a->read || a->persist || a->accumulate || a->line == 0 || a->value.is_none()) continue;
    x.warn_at(a->line, 0,
              "module attribute @" + std::string(session.atoms().text(a->name)) + " was set but never used");
  }
  ModuleSource source;
  source.name = name;
  source.file = file;
  source.line = line;
  for (const auto& d : definitions) {
    if (d->clauses.empty()) continue;
    source.definitions.push_back({d->kind, d->name, d->arity, d->line, d->file, d->clauses});
  }
  add_generated(source);
  source.info = build_info(source);
  std::string error;
  if (!host->define_module(source, error)) {
    x.raise_compile_error(Term::nil_list(), error);
    return false;
  }
  if (name == atoms::Elixir_Kernel) session.drop_kernel_imports();
  return true;
}

}  // namespace phial::compiler
