// The forms of Kernel that are built in: definitions, modules and attributes. They become calls of natives, which act
// when the body that contains them runs.
#include <unordered_set>

#include "compiler/expand/module_builder.h"
#include "compiler/expand/quoter.h"

namespace phial::compiler {

namespace {
std::string form_signature(std::string_view name, Term args) {
  return std::string(name) + "/" + std::to_string(list_length(args));
}
/// Names of everything that looks like a variable in [code].
void variable_names(Term t, std::unordered_set<uint64_t>& out, const char* limit) {
  if (static_cast<const char*>(__builtin_frame_address(0)) < limit) return;
  for (; t.is_cons(); t = t.tail()) variable_names(t.head(), out, limit);
  if (is_tuple_of(t, 2)) {
    variable_names(tuple_at(t, 0), out, limit);
    variable_names(tuple_at(t, 1), out, limit);
  } else if (is_node(t)) {
    if (is_variable(t)) {
      out.insert(node_head(t).bits());
      return;
    }
    variable_names(node_head(t), out, limit);
    variable_names(node_args(t), out, limit);
  }
}
}  // namespace

Term Expander::save_for_later(Term first, Term second) {
  auto& list = builder ? builder->saved : unit->saved;
  list.push_back({first, second, env, {}});
  return Term::fixnum(static_cast<int64_t>(list.size()) - 1);
}

Term Expander::expand_builtin(Form form, Term meta, Term args) {
  switch (form) {
    case Form::Def:
    case Form::Defp:
    case Form::Defmacro:
    case Form::Defmacrop: return expand_definition(form, meta, args);
    case Form::Defmodule: return expand_defmodule(meta, args);
    default: return expand_attribute(meta, args);
  }
}

Term Expander::expand_definition(Form form, Term meta, Term args) {
  Term kind = form == Form::Def        ? n.def
              : form == Form::Defp     ? n.defp
              : form == Form::Defmacro ? n.defmacro
                                       : n.defmacrop;
  std::string signature = form_signature(text(kind), args);
  if (env.module == atoms::nil) return raise_argument_error("cannot invoke " + signature + " outside module");
  if (!env.function.is_none()) return raise_argument_error("cannot invoke " + signature + " inside function/macro");
  if (!builder) {
    return raise_argument_error("could not call " + signature + " because the module " + module_text(env.module) +
                                " is already compiled");
  }
  Term call = first(args), body = args.tail().is_cons() ? second(args) : atoms::nil;
  Term store = atoms::nil;
  uint32_t saved_line = env.line;
  env.line = meta_line(meta);
  Term index;
  if (has_unquotes(n, call) || has_unquotes(n, body)) {
    Quoter q(*this);
    q.hygiene = false;
    q.strip_lines = false;
    store = q.quote(pair(arena, call, body));
    if (store.is_none()) return store;
    index = save_for_later(Term::none(), Term::none());
  } else {
    index = save_for_later(call, body);
  }
  env.line = saved_line;
  return remote_node(arena, meta, n.phial_module, n.define, list({env.module, kind, store, index}));
}

Term Expander::expand_defmodule(Term meta, Term args) {
  Term alias = first(args), blocks = second(args);
  if (assert_no_match_or_guard(meta, "defmodule")) return Term::none();
  if (!is_keyword(blocks) || !keyword_has(blocks, atoms::do_)) {
    return raise_argument_error("expected :do option to be given to defmodule");
  }
  Term body = keyword_get(blocks, atoms::do_);
  Term name;
  if (is_call_of(alias, atoms::aliases) && env.module != atoms::nil && node_args(alias).head().is_atom() &&
      node_args(alias).head() != atoms::Elixir) {
    std::string whole(text(env.module));
    Term parts = node_args(alias);
    std::string nested = whole + "." + std::string(text(parts.head()));
    if (!starts_with(nested, "Elixir.")) nested = "Elixir." + nested;
    std::string full = nested;
    for (Term l = parts.tail(); l.is_cons(); l = l.tail()) {
      if (!l.head().is_atom()) return invalid_quoted(alias, meta);
      full += '.';
      full += text(l.head());
    }
    name = atom(full);
    Term short_name = alias_atom(atoms_table, text(parts.head()));
    Term alias_meta = list({});
    Term counter = keyword_get(node_meta(alias), n.counter);
    if (!counter.is_none()) alias_meta = list({pair(arena, n.counter, counter)});
    if (!store_alias(alias_meta, atom(nested), list({pair(arena, n.as, short_name)}), true)) return Term::none();
  } else {
    name = expand(alias);
    if (name.is_none()) return name;
  }
  if (name.is_atom()) env.context_modules = make_cons(arena, name, env.context_modules);

  VariableSnapshot visible = scope.snapshot();
  if (!visible.entries.empty()) {
    std::unordered_set<uint64_t> used;
    variable_names(body, used, stack_limit_);
    std::erase_if(visible.entries, [&](const auto& e) { return !used.count(e.key.name.bits()); });
  }
  ListBuilder values(arena);
  for (const auto& e : visible.entries) {
    scope.mark_used(e.version);
    Term variable_meta = list({pair(arena, n.version, Term::fixnum(e.version))});
    values.push(node3(e.key.name, variable_meta, e.key.context.is_atom() ? e.key.context : atoms::nil));
  }
  uint32_t saved_line = env.line;
  env.line = meta_line(meta);
  Term code;
  bool outlives = !env.function.is_none() || (!builder && (in_closure || !unit));
  if (outlives) {
    ListBuilder keys(arena);
    for (const auto& e : visible.entries) keys.push(pair(arena, e.key.name, e.key.context));
    code = remote_node(arena, meta, n.phial_module, n.define_module_literal,
                       list({name, escape(env_to_term(arena, atoms_table, n, env, {})), escape(body), keys.finish(),
                             values.finish()}));
  } else {
    Term owner = builder ? env.module : Term::fixnum(unit->id());
    Term index = save_for_later(body, Term::none());
    (builder ? builder->saved : unit->saved).back().variables = visible;
    code = remote_node(arena, meta, n.phial_module, n.define_module, list({name, owner, index, values.finish()}));
  }
  env.line = saved_line;
  return code;
}

Term Expander::expand_attribute(Term meta, Term args) {
  Term target = first(args);
  if (env.module == atoms::nil) return raise_argument_error("cannot invoke @/1 outside module");
  if (!is_node(target) || !node_head(target).is_atom() || node_head(target) == atoms::aliases) {
    return raise_argument_error("expected 0 or 1 argument for @" + code_text(target) + ", got: 0");
  }
  Term name = node_head(target), rest = node_args(target);
  if (rest.is_atom() || rest.is_nil_list()) return expand_attribute_read(meta, name);
  int64_t count = list_length(rest);
  if (count != 1) {
    return raise_argument_error("expected 0 or 1 argument for @" + std::string(text(name)) +
                                ", got: " + std::to_string(count));
  }
  return expand_attribute_write(meta, name, first(rest));
}

Term Expander::expand_attribute_write(Term meta, Term name, Term value) {
  std::string shown(text(name));
  if (!env.function.is_none()) {
    return raise_argument_error("cannot set attribute @" + shown + " inside function/macro");
  }
  if (!builder) {
    return raise_argument_error("could not call Module.__put_attribute__/4 because the module " +
                                module_text(env.module) + " is already compiled");
  }
  if (env.context == Context::Match)
    return raise_argument_error(
        "invalid write attribute syntax. If you want to define an attribute, "
        "don't do this:\n\n    @" +
        shown + " = :value\n\nInstead, do this:\n\n    @" + shown + " :value");
  Term line = Term::fixnum(meta_line(meta));
  if (name == n.type || name == n.typep || name == n.opaque || name == n.spec || name == n.callback ||
      name == n.macrocallback) {
    Quoter q(*this);
    q.hygiene = false;
    q.strip_lines = false;
    q.unquote = has_unquotes(n, value);
    Term code = q.quote(value);
    if (code.is_none()) return code;
    return remote_node(arena, meta, n.phial_module, n.put_quoted_attribute, list({env.module, name, code, line}));
  }
  Term e = expand(value);
  if (e.is_none()) return e;
  return remote_node(arena, meta, n.phial_module, n.put_attribute, list({env.module, name, e, line}));
}

Term Expander::expand_attribute_read(Term meta, Term name) {
  std::string shown(text(name));
  if (builder && (!env.function.is_none() || env.context != Context::None)) {
    ModuleBuilder::Attribute* a = builder->find_attribute(name);
    if (a) a->read = true;
    if (!a || (a->value.is_none() && !a->accumulate)) {
      if (!(a && a->reserved)) {
        warn(meta, "undefined module attribute @" + shown + ", please remove access to @" + shown +
                       " or explicitly set it before access");
      }
      return atoms::nil;
    }
    return escape(a->value.is_none() ? Term::nil_list() : a->value);
  }
  return remote_node(arena, meta, n.phial_module, n.read_attribute,
                     list({env.module, name, Term::fixnum(meta_line(meta))}));
}

}  // namespace phial::compiler
