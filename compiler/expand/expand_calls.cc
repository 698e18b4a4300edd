// Calls: which function or macro a name means, macro expansion, remote calls and their rewriting.
#include "compiler/expand/expand_state.h"
#include "compiler/expand/module_builder.h"

namespace phial::compiler {

namespace {
constexpr int64_t kMaxArity = 255;
}

Expander::Resolution Expander::find_import(Term meta, Term name, uint32_t arity) {
  Resolution r;
  // Code from a quote remembers which imports it saw.
  Term imports = keyword_get(meta, n.imports);
  if (!imports.is_none() && keyword_has(meta, n.context)) {
    for (Term l = imports; l.is_cons(); l = l.tail()) {
      if (!is_tuple_of(l.head(), 2) || tuple_at(l.head(), 0) != Term::fixnum(arity)) continue;
      Term receiver = tuple_at(l.head(), 1);
      if (receiver == atoms::Elixir_Kernel && env.module == atoms::Elixir_Kernel) break;
      r.receiver = receiver;
      r.quoted = true;
      r.kind = is_remote_macro(meta, receiver, name, arity, true) ? Resolution::Macro : Resolution::Function;
      return r;
    }
  }
  const ImportIndex& index = import_index(env);
  Term function = Term::none(), macro = Term::none();
  int found = 0;
  for (const auto& set : index.functions) {
    if (!set->has(name, arity)) continue;
    if (found++ > 0)
      r.other = set->module();
    else
      function = set->module();
  }
  for (const auto& set : index.macros) {
    if (!set->has(name, arity)) continue;
    if (found++ > 0)
      r.other = set->module();
    else
      macro = set->module();
  }
  if (found == 0) return r;
  r.receiver = function.is_none() ? macro : function;
  r.kind = found > 1 ? Resolution::Ambiguous : function.is_none() ? Resolution::Macro : Resolution::Function;
  return r;
}

void Expander::record_import(Term name, uint32_t arity, Term receiver, Term meta) {
  if (builder && !env.function.is_none()) import_uses.push_back({name, arity, receiver, meta_line(meta)});
}

bool Expander::is_remote_macro(Term meta, Term receiver, Term name, uint32_t arity, bool imported) {
  if (receiver == atoms::Elixir_Kernel && is_builtin_kernel_macro(n, name, arity)) return true;
  std::string macro_text = "MACRO-";
  macro_text += text(name);
  Term macro = atoms_table.find(macro_text);
  if (macro.is_none()) return false;
  if (!imported && !list_has(env.required, receiver) && keyword_get(meta, n.required) != atoms::true_) return false;
  return host.ensure_loaded(receiver, true) && host.function_exported(receiver, macro, arity + 1);
}

Term Expander::expand_call(Term t, Term name, Term meta, Term args) {
  int64_t count = list_length(args);
  if (count < 0) return invalid_quoted(t, meta);
  uint32_t arity = static_cast<uint32_t>(count);
  if (count > kMaxArity) return file_error(meta, "too many arguments in call to " + std::string(text(name)));
  // Kernel's own functions may use what Kernel inlines, before and after it is defined there.
  if (env.module == atoms::Elixir_Kernel && session.rewrite(atoms::Elixir_Kernel, name, arity)) {
    return expand_remote(atoms::Elixir_Kernel, meta, name, meta, args);
  }
  Resolution r = find_import(meta, name, arity);
  StoredDefinition* local = nullptr;
  if (builder && !r.quoted && !(env.function == name && env.function_arity == arity)) {
    local = builder->find(name, arity);
    if (local && !local->is_macro()) local = nullptr;
  }
  if (local) {
    if (r.kind != Resolution::Local && r.receiver != env.module) {
      return file_error(meta, "call to local macro " + name_arity(name, arity) + " conflicts with imported " +
                                  module_text(r.receiver) + "." + name_arity(name, arity) +
                                  ", please rename the local macro or remove the conflicting import");
    }
    local->used = true;
    local_uses.push_back({name, arity, meta, false});
    Term quoted = call_macro(meta, env.module, name, args, true);
    return quoted.is_none() ? quoted : expand(quoted);
  }
  switch (r.kind) {
    case Resolution::Ambiguous:
      return file_error(meta, "function " + name_arity(name, arity) + " imported from both " + module_text(r.other) +
                                  " and " + module_text(r.receiver) + ", call is ambiguous");
    case Resolution::Macro: {
      if (r.receiver == atoms::Elixir_Kernel) {
        if (is_builtin_kernel_macro(n, name, arity)) return expand_builtin(form_of(n, name), meta, args);
        if (env.module != atoms::Elixir_Kernel) {
          bool handled = false;
          Term e = expand_kernel_fast(meta, name, args, handled);
          if (handled) return e;
        }
      }
      if (!r.quoted) record_import(name, arity, r.receiver, meta);
      Term quoted = call_macro(meta, r.receiver, name, args, false);
      return quoted.is_none() ? quoted : expand(quoted);
    }
    case Resolution::Function:
      if (!r.quoted) record_import(name, arity, r.receiver, meta);
      return expand_remote(r.receiver, meta, name, meta, args);
    case Resolution::Local: break;
  }
  return expand_local(meta, name, args);
}

Term Expander::expand_local(Term meta, Term name, Term args) {
  uint32_t arity = static_cast<uint32_t>(list_length(args));
  if (env.function.is_none() || !builder) {
    if (name == n.pipe && arity == 2) {
      return file_error(
          meta,
          "misplaced operator |/2\n\nThe | operator is typically used between brackets as the cons operator:"
          "\n\n    [head | tail]\n\nwhere head is a single element and the tail is the remaining of a list.\nIt "
          "is also used to update maps and structs, via the %{map | key: value} notation,\nand in typespecs, such "
          "as @type and @spec, to express the union of two types");
    }
    if (name == n.left_arrow && arity == 2) {
      return file_error(meta, "misplaced operator <-/2");
    }
    std::string message = "undefined function " + name_arity(name, arity) + " (there is no such import)";
    return file_error(meta, message);
  }
  if (env.context != Context::None) {
    std::string where = context_name();
    if (!function_error(meta, "cannot find or invoke local " + name_arity(name, arity) + " inside a " + where +
                                  ". Only macros can be invoked inside a " + where +
                                  " and they must be defined before their invocation. Called as: " +
                                  code_text(node3(name, meta, args)))) {
      return Term::none();
    }
    return atoms::nil;
  }
  local_uses.push_back({name, arity, meta, false});
  Term e = expand_args(args);
  if (e.is_none()) return e;
  return node3(name, meta, e);
}

Term Expander::call_macro(Term meta, Term receiver, Term name, Term args, bool local) {
  if (handle_ == 0) handle_ = session.add_caller(this);
  std::vector<Term> argv;
  argv.push_back(Term::fixnum(handle_));
  for (Term l = args; l.is_cons(); l = l.tail()) argv.push_back(l.head());
  Term module = receiver;
  if (local) {
    StoredDefinition* definition = builder->find(name, static_cast<uint32_t>(argv.size() - 1));
    module = builder->macro_module(*definition, host);
    if (module.is_none()) return module;
  }
  uint32_t saved = env.line;
  if (meta_line(meta) != 0) env.line = meta_line(meta);
  RunResult r = host.call(module, macro_function_name(atoms_table, name), argv, arena);
  env.line = saved;
  if (r.raised) return Term::none();
  return linify(arena, n, meta, receiver, session.next_counter(), r.value);
}

Term Expander::expand_quoted_result(Term meta, Term receiver, Term quoted) {
  return expand(linify(arena, n, meta, receiver, session.next_counter(), quoted));
}

Term Expander::expand_dot_call(Term t, Term dot, Term meta, Term args) {
  Term dot_meta = node_meta(dot), parts = node_args(dot);
  int64_t count = list_length(parts);
  if (list_length(args) < 0) return invalid_quoted(t, meta);
  if (list_length(args) > kMaxArity) return file_error(meta, "too many arguments in call");
  if (count == 1) {
    // fun.(args)
    if (env.context != Context::None) {
      return file_error(meta, std::string("invalid expression in ") + context_name() +
                                  ", anonymous call is not allowed in " +
                                  (env.context == Context::Match ? "patterns" : "guards") + ": " + code_text(t));
    }
    Term flat = expand_args(make_cons(arena, first(parts), args));
    if (flat.is_none()) return flat;
    if (flat.head().is_atom()) {
      return file_error(meta, "invalid function call :" + std::string(text(flat.head())) + ".()");
    }
    return node3(node3(atoms::dot, dot_meta, list({flat.head()})), meta, flat.tail());
  }
  if (count != 2) return invalid_quoted(t, meta);
  Term left = first(parts), right = second(parts);
  if (!right.is_atom()) return invalid_quoted(t, meta);
  if (right == atoms::tuple_brace) {
    return file_error(meta, "invalid usage of multi alias outside of alias/require/import/use");
  }
  // A field of the environment alone needs no environment.
  if (args.is_nil_list() && is_variable(left) && env.context == Context::None) {
    if (node_head(left) == n.caller_ && caller_allowed) {
      return remote_node(arena, meta, n.phial_macro, n.caller_field, list({node3(n.caller_, meta, atoms::nil), right}));
    }
    if (node_head(left) == n.env_) {
      if (right == n.module) return env.module;
      if (right == atoms::file) return env.file;
      if (right == atoms::line) return Term::fixnum(meta_line(meta));
      if (right == n.function) {
        return env.function.is_none() ? atoms::nil : pair(arena, env.function, Term::fixnum(env.function_arity));
      }
      if (right == n.aliases_field) return escape(env.aliases);
    }
  }
  if (left.is_atom()) return expand_remote(left, dot_meta, right, meta, args);
  size_t mark = scope.mark();
  Term receiver = expand(left);
  if (receiver.is_none()) return receiver;
  if (receiver.is_atom()) return expand_remote(receiver, dot_meta, right, meta, args);
  auto bound = env.context == Context::Match ? std::vector<Scope::Binding>() : scope.cut(mark);
  Term e = finish_remote(receiver, dot_meta, right, meta, args);
  for (const auto& b : bound) scope.bind(b.key, b.version);
  return e;
}

bool Expander::inline_call(Term& module, Term& name, uint32_t arity) const {
  const Rewrite* r = session.rewrite(module, name, arity);
  if (!r || r->order != nullptr) return false;
  module = r->module;
  name = r->function;
  return true;
}

Term Expander::expand_remote(Term receiver, Term dot_meta, Term name, Term meta, Term args) {
  uint32_t arity = static_cast<uint32_t>(list_length(args));
  const Rewrite* rewrite = session.rewrite(receiver, name, arity);
  if (!rewrite) {
    if (receiver == atoms::Elixir_Kernel && is_builtin_kernel_macro(n, name, arity)) {
      return expand_builtin(form_of(n, name), meta, args);
    }
    if (receiver == n.Elixir_Kernel_SpecialForms && is_special_form(n, name, arity)) {
      return expand_node(node3(name, meta, args));
    }
    if (receiver == env.module && builder) {
      // A module may name its own macros only while it bootstraps the language.
      StoredDefinition* local = builder->find(name, arity);
      if (local && local->is_macro() && receiver == atoms::Elixir_Kernel) {
        Term quoted = call_macro(meta, receiver, name, args, true);
        return quoted.is_none() ? quoted : expand(quoted);
      }
    } else if (is_remote_macro(meta, receiver, name, arity, false)) {
      if (receiver == atoms::Elixir_Kernel) {
        bool handled = false;
        Term e = expand_kernel_fast(meta, name, args, handled);
        if (handled) return e;
      }
      Term quoted = call_macro(meta, receiver, name, args, false);
      return quoted.is_none() ? quoted : expand(quoted);
    }
  }
  return finish_remote(receiver, dot_meta, name, meta, args);
}

bool Expander::allowed_in_guard(Term name, uint32_t arity) const { return session.is_guard_function(name, arity); }

Term Expander::rewrite_in_match(Term meta, Term name, Term args, bool& done) {
  // Signed numbers and list ++ rest may stand in patterns.
  done = true;
  if (args.is_cons() && args.tail().is_nil_list() && (name == n.plus || name == n.minus) && args.head().is_number()) {
    Term value = args.head();
    if (name == n.plus) return value;
    if (value.is_fixnum()) return Term::fixnum(-value.as_fixnum());
    return erlang_call(meta, name, args);
  }
  if (name == n.append && list_length(args) == 2) {
    Term left = first(args), right = second(args);
    if (!left.is_list() || list_length(left) < 0) {
      return file_error(meta, "invalid argument for ++ operator inside a match, expected a literal proper list, got: " +
                                  code_text(left));
    }
    if (left.is_nil_list()) return right;
    if (right.is_list()) {
      ListBuilder out(arena);
      for (Term l = left; l.is_cons(); l = l.tail()) out.push(l.head());
      return out.finish(right);
    }
    ListBuilder out(arena);
    Term l = left;
    for (; l.tail().is_cons(); l = l.tail()) out.push(l.head());
    out.push(node3(n.pipe, meta, list({l.head(), right})));
    return out.finish();
  }
  done = false;
  return Term::none();
}

Term Expander::finish_remote(Term receiver, Term dot_meta, Term name, Term meta, Term args) {
  uint32_t arity = static_cast<uint32_t>(list_length(args));
  Term module = receiver, function = name;
  const Rewrite* rewrite = receiver.is_atom() ? session.rewrite(receiver, name, arity) : nullptr;
  if (rewrite) {
    module = rewrite->module;
    function = rewrite->function;
  }
  if (env.context == Context::Match) {
    if (module == atoms::erlang && (function == n.plus || function == n.minus || function == n.append)) {
      Term e = expand_args(args);
      if (e.is_none()) return e;
      bool done = false;
      Term result = rewrite_in_match(meta, function, e, done);
      if (done) return result;
    }
    std::string target = receiver.is_atom() ? module_text(receiver) : code_text(receiver);
    return file_error(meta,
                      "cannot invoke remote function " + target + "." + name_arity(name, arity) + " inside a match");
  }
  if (env.context == Context::Guard) {
    if (!module.is_atom()) {
      if (args.is_nil_list() && keyword_get(meta, n.no_parens) == atoms::true_) {
        return erlang_call(meta, n.map_get, list({name, receiver}));
      }
      return file_error(meta, "cannot invoke remote function " + code_text(receiver) + "." + name_arity(name, arity) +
                                  " inside a guard");
    }
    if (module != atoms::erlang || !allowed_in_guard(function, arity)) {
      return file_error(meta, "cannot invoke remote function " + module_text(receiver) + "." + name_arity(name, arity) +
                                  " inside a guard");
    }
  }
  Term e = expand_args(args);
  if (e.is_none()) return e;
  if (rewrite) {
    if (rewrite->order) {
      ListBuilder out(arena);
      for (const char* p = rewrite->order; *p; ++p) {
        if (*p == '+') continue;
        if (*p == 'p') {
          out.push(atoms::process);
          continue;
        }
        Term a = list_at(e, static_cast<size_t>(*p - 'a'));
        if (p[1] == '+') {
          a = a.is_fixnum() ? Term::fixnum(a.as_fixnum() + 1) : erlang_call(meta, n.plus, list({a, Term::fixnum(1)}));
        }
        out.push(a);
      }
      e = out.finish();
    }
    meta = keyword_drop(arena, meta, n.no_parens);
  }
  // The sign belongs to a literal number.
  if (module == atoms::erlang && arity == 1 && function == n.minus && e.head().is_fixnum()) {
    return Term::fixnum(-e.head().as_fixnum());
  }
  return node3(node3(atoms::dot, dot_meta, list({module, function})), meta, e);
}

Term Expander::expand_super(Term meta, Term args) {
  if (env.function.is_none() || !builder) {
    return file_error(meta, "cannot invoke super/" + std::to_string(list_length(args)) + " outside function");
  }
  if (list_length(args) != static_cast<int64_t>(env.function_arity)) {
    return file_error(meta, "super must be called with the same number of arguments as the current definition");
  }
  DefKind kind;
  Term name = builder->super_name(env.function, env.function_arity, kind);
  if (name.is_none()) {
    std::string available;
    for (const auto& [fname, arity] : builder->overridable_order) {
      if (!available.empty()) available += ", ";
      available += name_arity(fname, arity);
    }
    return file_error(meta, "no super defined for " + name_arity(env.function, env.function_arity) + " in module " +
                                module_text(env.module) + ". Overridable functions available are: " + available);
  }
  Term e = expand_args(args);
  if (e.is_none()) return e;
  if (kind == DefKind::Defmacro || kind == DefKind::Defmacrop) {
    local_uses.push_back({name, env.function_arity, meta, true});
    return node3(macro_function_name(atoms_table, name), meta, make_cons(arena, node3(n.caller_, meta, atoms::nil), e));
  }
  local_uses.push_back({name, env.function_arity, meta, false});
  return node3(name, meta, e);
}

Term Expander::expand_kernel_fast(Term meta, Term name, Term args, bool& handled) {
  handled = false;
  // Interpolation: to_string of a literal string, or the protocol's function.
  if (name == n.to_string && args.is_cons() && args.tail().is_nil_list()) {
    if (env.context != Context::None) return Term::none();
    handled = true;
    if (is_node(args.head()) && is_call_of(args.head(), atoms::bits)) return expand(args.head());
    return expand(remote_node(arena, meta, n.Elixir_String_Chars, n.to_string, args));
  }
  return Term::none();
}

Term Expander::expand_once(Term t, bool& expanded) {
  expanded = false;
  if (!is_node(t) || !node_meta(t).is_list()) return t;
  Term head = node_head(t), meta = node_meta(t), args = node_args(t);
  if (head.is_atom() && args.is_atom()) {
    if (head == n.module_) {
      expanded = true;
      return env.module;
    }
    if (head == n.dir_) {
      expanded = true;
      return expand_node(t);
    }
    if (head == n.env_) {
      expanded = true;
      return expand_env_form(meta);
    }
    return t;
  }
  int64_t count = list_length(args);
  if (count < 0) return t;
  uint32_t arity = static_cast<uint32_t>(count);
  if (head == atoms::aliases) {
    for (Term l = args; l.is_cons(); l = l.tail()) {
      if (l.head().is_atom()) continue;
      bool part = false;
      if (!(l == args)) return t;
      Term e = expand_once(l.head(), part);
      if (e.is_none()) return e;
      if (!e.is_atom()) return t;
      expanded = true;
      return expand_alias_node(node3(head, meta, make_cons(arena, e, l.tail())));
    }
    expanded = true;
    return expand_alias_node(t);
  }
  if (head.is_atom()) {
    if (is_special_form(n, head, arity)) return t;
    Resolution r = find_import(meta, head, arity);
    StoredDefinition* local = builder ? builder->find(head, arity) : nullptr;
    if (local && local->is_macro()) {
      if (r.kind != Resolution::Local && r.receiver != env.module) return t;
      expanded = true;
      local->used = true;
      return call_macro(meta, env.module, head, args, true);
    }
    if (r.kind != Resolution::Macro) return t;
    if (r.receiver == atoms::Elixir_Kernel && is_builtin_kernel_macro(n, head, arity)) {
      if (head != n.at) return t;
      expanded = true;
      return expand_builtin(Form::At, meta, args);
    }
    expanded = true;
    return call_macro(meta, r.receiver, head, args, false);
  }
  if (is_call_of(head, atoms::dot, 2)) {
    Term left = first(node_args(head)), right = second(node_args(head));
    if (!right.is_atom()) return t;
    bool inner = false;
    Term receiver = left.is_atom() ? left : expand_once(left, inner);
    if (receiver.is_none()) return receiver;
    if (!receiver.is_atom() || !is_remote_macro(meta, receiver, right, arity, false)) return t;
    if (receiver == atoms::Elixir_Kernel && is_builtin_kernel_macro(n, right, arity)) return t;
    expanded = true;
    return call_macro(meta, receiver, right, args, false);
  }
  return t;
}

}  // namespace phial::compiler
