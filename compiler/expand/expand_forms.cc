// The walk itself: literals, blocks, matches, variables, and the choice of the method for each form.
#include "compiler/expand/expand_state.h"
#include "compiler/expand/module_builder.h"
#include "vm/term/map.h"

namespace phial::compiler {

Form form_of(const Names& n, Term a) {
  if (a == atoms::equals) return Form::Match;
  if (a == atoms::tuple_brace) return Form::Tuple;
  if (a == atoms::percent_brace) return Form::Map;
  if (a == atoms::percent) return Form::Struct;
  if (a == atoms::bits) return Form::Bits;
  if (a == atoms::arrow) return Form::Arrow;
  if (a == atoms::block) return Form::Block;
  if (a == atoms::aliases) return Form::Aliases;
  if (a == n.alias) return Form::Alias;
  if (a == n.require) return Form::Require;
  if (a == n.import_) return Form::Import;
  if (a == n.module_) return Form::Module;
  if (a == n.dir_) return Form::Dir;
  if (a == n.caller_) return Form::Caller;
  if (a == n.stacktrace_) return Form::Stacktrace;
  if (a == n.env_) return Form::EnvForm;
  if (a == n.quote_) return Form::Quote;
  if (a == n.unquote) return Form::Unquote;
  if (a == n.unquote_splicing) return Form::UnquoteSplicing;
  if (a == atoms::capture) return Form::Capture;
  if (a == atoms::fn) return Form::Fn;
  if (a == n.cond) return Form::Cond;
  if (a == n.case_) return Form::Case;
  if (a == n.try_) return Form::Try;
  if (a == n.receive) return Form::Receive;
  if (a == n.for_) return Form::For;
  if (a == n.with) return Form::With;
  if (a == n.super_) return Form::Super;
  if (a == atoms::pin) return Form::Pin;
  if (a == atoms::type_colons) return Form::TypeColons;
  if (a == n.def) return Form::Def;
  if (a == n.defp) return Form::Defp;
  if (a == n.defmacro) return Form::Defmacro;
  if (a == n.defmacrop) return Form::Defmacrop;
  if (a == n.defmodule) return Form::Defmodule;
  if (a == n.at) return Form::At;
  return Form::None;
}

bool is_special_form(const Names& n, Term name, uint32_t arity) {
  switch (form_of(n, name)) {
    case Form::Match:
    case Form::TypeColons:
    case Form::Struct: return arity == 2;
    case Form::Tuple:
    case Form::Map:
    case Form::Bits:
    case Form::Block:
    case Form::Aliases:
    case Form::For:
    case Form::With:
    case Form::Fn:
    case Form::Super: return true;
    case Form::Arrow: return arity == 2;
    case Form::Alias:
    case Form::Require:
    case Form::Import:
    case Form::Quote: return arity == 1 || arity == 2;
    case Form::Module:
    case Form::Dir:
    case Form::Caller:
    case Form::Stacktrace:
    case Form::EnvForm: return arity == 0;
    case Form::Unquote:
    case Form::UnquoteSplicing:
    case Form::Capture:
    case Form::Cond:
    case Form::Try:
    case Form::Receive:
    case Form::Pin: return arity == 1;
    case Form::Case: return arity == 2;
    default: return name == atoms::dot && arity == 2;
  }
}

bool is_builtin_kernel_macro(const Names& n, Term name, uint32_t arity) {
  switch (form_of(n, name)) {
    case Form::Def:
    case Form::Defp:
    case Form::Defmacro:
    case Form::Defmacrop: return arity == 1 || arity == 2;
    case Form::Defmodule: return arity == 2;
    case Form::At: return arity == 1;
    default: return false;
  }
}

Term builtin_kernel_macros(Space& s, const Names& n) {
  auto item = [&](Term name, int64_t arity) { return pair(s, name, Term::fixnum(arity)); };
  return make_list(
      s, {item(n.at, 1), item(n.def, 1), item(n.def, 2), item(n.defmacro, 1), item(n.defmacro, 2), item(n.defmacrop, 1),
          item(n.defmacrop, 2), item(n.defmodule, 2), item(n.defp, 1), item(n.defp, 2)});
}

namespace {
/// C++ stack the expander allows itself when the host names no limit; fibers have at least twice as much.
constexpr size_t kAssumedStack = 448 * 1024;
}  // namespace

Expander::Expander(ExpandSession& session, MacroHost& host, ArenaSpace& arena, Env env)
    : session(session),
      host(host),
      arena(arena),
      atoms_table(session.atoms()),
      n(session.names()),
      env(std::move(env)) {
  if (host.stack_limit == nullptr) {
    host.stack_limit = static_cast<const char*>(__builtin_frame_address(0)) - kAssumedStack;
  }
  stack_limit_ = host.stack_limit;
  if (this->env.module != atoms::nil) builder = session.open_module(this->env.module);
}

Expander::~Expander() {
  if (handle_ != 0) session.remove_caller(handle_);
}

bool Expander::stack_low() const { return static_cast<const char*>(__builtin_frame_address(0)) < stack_limit_; }

Term Expander::expand(Term t) {
  if (t.is_atom() || t.is_number()) return t;
  if (stack_low()) {
    Term meta = is_node(t) && node_meta(t).is_list() ? node_meta(t) : Term::nil_list();
    return file_error(meta, "expression is nested too deeply to be compiled");
  }
  if (t.is_list()) return expand_list(t);
  if (t.is_tuple()) {
    size_t arity = tuple_arity(t);
    if (arity == 3) return expand_node(t);
    if (arity == 2) {
      Term args = expand_args(list({tuple_at(t, 0), tuple_at(t, 1)}));
      if (args.is_none()) return args;
      return pair(arena, first(args), second(args));
    }
    return invalid_quoted(t, Term::nil_list());
  }
  if (t.is_bitstring()) {
    if (is_binary(t)) return t;
    return invalid_quoted(t, Term::nil_list());
  }
  if (t.is_kind(Kind::Export) || t.is_pid() || t.is_fun()) return t;
  return invalid_quoted(t, Term::nil_list());
}

Term Expander::invalid_quoted(Term t, Term meta) {
  return file_error(
      meta, "invalid quoted expression: " + inspect_text(t) +
                "\n\nPlease make sure your quoted expressions are made of valid AST nodes. If you would like to "
                "introduce a value into the AST, such as a four-element tuple or a map, make sure to call "
                "Macro.escape/1 before");
}

Term Expander::expand_list(Term items) {
  if (items.is_nil_list()) return items;
  if (list_length(items) < 0) return invalid_quoted(items, Term::nil_list());
  // A last element {:|, _, [a, b]} is the tail of a cons: its parts are expanded like elements.
  Term last = items;
  while (last.tail().is_cons()) last = last.tail();
  Term tail_node = last.head();
  if (!is_call_of(tail_node, n.pipe, 2)) return expand_args(items);
  ListBuilder flat(arena);
  for (Term l = items; l.tail().is_cons(); l = l.tail()) flat.push(l.head());
  flat.push(first(node_args(tail_node)));
  flat.push(second(node_args(tail_node)));
  Term args = expand_args(flat.finish());
  if (args.is_none()) return args;
  ListBuilder out(arena);
  while (args.tail().tail().is_cons()) {
    out.push(args.head());
    args = args.tail();
  }
  out.push(node3(n.pipe, node_meta(tail_node), args));
  return out.finish();
}

Term Expander::expand_args(Term args) {
  // Outside matches no argument sees variables that another one binds; all are visible afterwards.
  ListBuilder out(arena);
  std::vector<Scope::Binding> bound;
  size_t mark = scope.mark();
  bool changed = false;
  for (Term l = args; l.is_cons(); l = l.tail()) {
    Term a = l.head();
    Term e = a.is_atom() || a.is_number() ? a : expand(a);
    if (e.is_none()) return e;
    if (!(e == a)) changed = true;
    out.push(e);
    if (env.context != Context::Match && scope.mark() != mark) {
      for (const auto& b : scope.cut(mark)) bound.push_back(b);
    }
  }
  for (const auto& b : bound) scope.bind(b.key, b.version);
  return changed ? out.finish() : args;
}

Term Expander::expand_block(Term meta, Term items) {
  if (items.is_nil_list()) return atoms::nil;
  if (items.tail().is_nil_list()) return expand(items.head());
  ListBuilder out(arena);
  for (; items.is_cons(); items = items.tail()) {
    Term e = expand(items.head());
    if (e.is_none()) return e;
    // Values nobody sees are dropped, the last one kept.
    if (items.tail().is_cons() && (e.is_atom() || e.is_number())) continue;
    out.push(e);
  }
  Term list = out.finish();
  return list.tail().is_nil_list() ? list.head() : block_node(arena, meta, list);
}

Term Expander::expand_node(Term t) {
  Term head = node_head(t), meta = node_meta(t), args = node_args(t);
  if (!meta.is_list()) return invalid_quoted(t, Term::nil_list());
  if (head.is_atom()) {
    if (args.is_atom()) {
      Form form = form_of(n, head);
      switch (form) {
        case Form::Module: return env.module;
        case Form::Dir: {
          std::string file = text_of_binary(env.file);
          size_t slash = file.rfind('/');
          return binary(slash == std::string::npos ? "." : slash == 0 ? "/" : file.substr(0, slash));
        }
        case Form::Caller:
          if (assert_no_match_or_guard(meta, "__CALLER__")) return Term::none();
          if (!caller_allowed) return file_error(meta, "__CALLER__ is available only inside defmacro and defmacrop");
          return remote_node(arena, meta, n.phial_macro, n.caller_fn, list({node3(n.caller_, meta, atoms::nil)}));
        case Form::Stacktrace:
          if (assert_no_match_or_guard(meta, "__STACKTRACE__")) return Term::none();
          if (!stacktrace_allowed) {
            return file_error(meta,
                              "__STACKTRACE__ is available only inside catch and rescue clauses of try expressions");
          }
          return node3(n.stacktrace_, meta, atoms::nil);
        case Form::EnvForm: return expand_env_form(meta);
        default: break;
      }
      return env.context == Context::Match ? expand_variable_in_match(t) : expand_variable(t);
    }
    if (!args.is_list()) return invalid_quoted(t, meta);
    bool handled = true;
    Form form = form_of(n, head);
    if (form != Form::None) {
      Term e = expand_form(form, t, meta, args, handled);
      if (handled) return e;
    }
    return expand_call(t, head, meta, args);
  }
  if (is_call_of(head, atoms::dot) && args.is_list()) return expand_dot_call(t, head, meta, args);
  if (is_node(head) && args.is_list()) {
    return file_error(meta, "invalid call " + code_text(t));
  }
  return invalid_quoted(t, meta);
}

Term Expander::expand_form(Form form, Term t, Term meta, Term args, bool& handled) {
  int64_t arity = list_length(args);
  switch (form) {
    case Form::Match:
      if (arity == 2) return expand_match(meta, first(args), second(args));
      break;
    case Form::Tuple: {
      Term e = expand_args(args);
      if (e.is_none()) return e;
      if (arity == 2) return pair(arena, first(e), second(e));
      return node3(atoms::tuple_brace, meta, e);
    }
    case Form::Map: return expand_map(meta, args);
    case Form::Struct:
      if (arity == 2) return expand_struct(meta, first(args), second(args));
      break;
    case Form::Bits: return expand_bits(meta, args);
    case Form::Arrow:
      if (arity == 2) {
        return file_error(
            meta, "misplaced operator ->\n\nThis typically means invalid syntax or a macro is not available in scope");
      }
      break;
    case Form::Block: return expand_block(meta, args);
    case Form::Aliases: return expand_alias_node(t);
    case Form::Alias:
    case Form::Require:
    case Form::Import: {
      if (arity != 1 && arity != 2) break;
      std::string name(text(node_head(t)));
      if (assert_no_match_or_guard(meta, name)) return Term::none();
      bool is_multi = false;
      Term multi = expand_multi(node_head(t), meta, args, is_multi);
      if (is_multi) return multi.is_none() ? multi : expand(multi);
      if (form == Form::Alias) return expand_alias(meta, args);
      if (form == Form::Require) return expand_require(meta, args);
      return expand_import(meta, args);
    }
    case Form::Module:
    case Form::Dir:
    case Form::Caller:
    case Form::Stacktrace:
    case Form::EnvForm:
      if (arity == 0) return expand_node(node3(node_head(t), meta, atoms::nil));
      break;
    case Form::Quote:
      if (arity == 1 || arity == 2) {
        if (assert_no_match_or_guard(meta, "quote") && env.context == Context::Guard) return Term::none();
        return expand_quote(meta, args);
      }
      break;
    case Form::Unquote:
    case Form::UnquoteSplicing:
      if (arity == 1) {
        return file_error(meta, std::string(text(node_head(t))) + " called outside quote");
      }
      break;
    case Form::Capture:
      if (arity == 1) {
        if (assert_no_match_or_guard(meta, "&")) return Term::none();
        return expand_capture(meta, first(args));
      }
      break;
    case Form::Fn:
      if (assert_no_match_or_guard(meta, "fn")) return Term::none();
      return expand_fn(meta, args);
    case Form::Cond:
      if (arity == 1) {
        if (assert_no_match_or_guard(meta, "cond")) return Term::none();
        return expand_cond(meta, args);
      }
      break;
    case Form::Case:
      if (arity == 2) {
        if (assert_no_match_or_guard(meta, "case")) return Term::none();
        return expand_case(meta, args);
      }
      break;
    case Form::Try:
      if (arity == 1) {
        if (assert_no_match_or_guard(meta, "try")) return Term::none();
        return expand_try(meta, args);
      }
      break;
    case Form::Receive:
      if (arity == 1) {
        if (assert_no_match_or_guard(meta, "receive")) return Term::none();
        return expand_receive(meta, args);
      }
      break;
    case Form::For:
      if (assert_no_match_or_guard(meta, "for")) return Term::none();
      return expand_for(meta, args);
    case Form::With:
      if (assert_no_match_or_guard(meta, "with")) return Term::none();
      return expand_with(meta, args);
    case Form::Super:
      if (assert_no_match_or_guard(meta, "super")) return Term::none();
      return expand_super(meta, args);
    case Form::Pin:
      if (arity == 1) return expand_pin(meta, first(args));
      break;
    case Form::TypeColons:
      if (arity == 2) {
        return file_error(
            meta,
            "misplaced operator ::/2\n\nThe :: operator is typically used in bitstrings to specify types and "
            "sizes of segments:\n\n    <<size::32-integer, letter::utf8, rest::binary>>\n\nIt is also used in "
            "typespecs, such as @type and @spec, to describe inputs and outputs");
      }
      break;
    default: break;
  }
  handled = false;
  return Term::none();
}

bool Expander::assert_no_match_or_guard(Term meta, std::string_view form) {
  if (env.context == Context::None) return false;
  std::string message =
      "invalid expression in " + std::string(context_name()) + ", " + std::string(form) + " is not allowed in ";
  message += env.context == Context::Match
                 ? "patterns such as function clauses, case clauses or on the left side of the = operator"
                 : "guards";
  if (env.context == Context::Guard) {
    message += ". To learn more about guards, visit: https://hexdocs.pm/elixir/patterns-and-guards.html";
  }
  file_error(meta, message);
  return true;
}

Term Expander::expand_match(Term meta, Term left, Term right) {
  if (env.context == Context::Guard) {
    assert_no_match_or_guard(meta, "=");
    return Term::none();
  }
  if (env.context == Context::Match) {
    Term l = expand(left);
    if (l.is_none()) return l;
    Term r = expand(right);
    if (r.is_none()) return r;
    return node3(atoms::equals, meta, list({l, r}));
  }
  Term r = expand(right);
  if (r.is_none()) return r;
  Term l = expand_pattern(left);
  if (l.is_none()) return l;
  return node3(atoms::equals, meta, list({l, r}));
}

Term Expander::expand_pattern(Term pattern) {
  Context saved = env.context;
  size_t saved_mark = match_mark_;
  env.context = Context::Match;
  match_mark_ = scope.mark();
  Term e = expand(pattern);
  env.context = saved;
  match_mark_ = saved_mark;
  return e;
}

Term Expander::expand_head(Term patterns) {
  Context saved = env.context;
  size_t saved_mark = match_mark_;
  env.context = Context::Match;
  match_mark_ = scope.mark();
  Term e = expand_args(patterns);
  env.context = saved;
  match_mark_ = saved_mark;
  return e;
}

Term Expander::expand_guard(Term guard) {
  // `a when b when c` arrives as {:when, _, [a, {:when, _, [b, c]}]}: alternatives stay apart.
  if (is_call_of(guard, atoms::when, 2)) {
    Term a = expand_guard(first(node_args(guard)));
    if (a.is_none()) return a;
    Term b = expand_guard(second(node_args(guard)));
    if (b.is_none()) return b;
    return node3(atoms::when, node_meta(guard), list({a, b}));
  }
  Context saved = env.context;
  env.context = Context::Guard;
  Term e = expand(guard);
  env.context = saved;
  return e;
}

VariableKey Expander::variable_key(Term v) const {
  Term counter = keyword_get(node_meta(v), n.counter);
  return {node_head(v), counter.is_none() || !counter.is_fixnum() ? node_args(v) : counter};
}

Term Expander::versioned(Term v, int64_t version) {
  Term meta =
      make_cons(arena, pair(arena, n.version, Term::fixnum(version)), keyword_drop(arena, node_meta(v), n.version));
  return node3(node_head(v), meta, node_args(v));
}

Term Expander::expand_variable_in_match(Term t) {
  if (node_head(t) == n.underscore) return t;
  VariableKey key = variable_key(t);
  if (scope.bound_since(key, match_mark_)) {
    int64_t version = scope.find(key);
    scope.mark_used(version);
    return versioned(t, version);
  }
  Term meta = node_meta(t);
  Scope::Origin origin{key.name, meta_line(meta), meta_column(meta), false, false};
  std::string_view name = text(key.name);
  origin.silent = name.empty() || name[0] == '_' || keyword_get(meta, n.generated) == atoms::true_ ||
                  origin.line == 0 || !key.context.is_atom() || key.context != atoms::nil;
  int64_t version = scope.new_version(origin);
  scope.bind(key, version);
  return versioned(t, version);
}

Term Expander::expand_variable(Term t) {
  VariableKey key = variable_key(t);
  Term meta = node_meta(t);
  if (key.name == n.underscore) {
    return file_error(meta,
                      "invalid use of _. _ can only be used inside patterns to ignore values and cannot be used in "
                      "expressions. Make sure you are inside a pattern or change it accordingly");
  }
  int64_t version = scope.find(key);
  if (version != Scope::kMissing) {
    scope.mark_used(version);
    return versioned(t, version);
  }
  Term undefined = keyword_get(meta, atoms::undefined);
  if (keyword_get(meta, atom("if_undefined")) == n.apply) return expand_call(t, key.name, meta, Term::nil_list());
  std::string message = "undefined variable \"" + std::string(text(key.name)) + "\"";
  if (!undefined.is_none()) message = text(undefined);
  if (!key.context.is_atom()) {
    if (node_args(t).is_atom() && node_args(t) != atoms::nil) {
      message += " (context " + module_text(node_args(t)) + ")";
    }
  } else if (key.context != atoms::nil) {
    message += " (context " + module_text(key.context) + ")";
  }
  if (!function_error(meta, message)) return Term::none();
  return t;
}

Term Expander::expand_pin(Term meta, Term arg) {
  if (env.context != Context::Match) {
    return file_error(
        meta, "misplaced operator ^" + code_text(arg) +
                  "\n\nThe pin operator ^ is supported only inside matches or inside custom macros. Make sure you "
                  "are inside a match or all necessary macros have been required");
  }
  if (!is_variable(arg)) {
    return file_error(meta,
                      "invalid argument for unary operator ^, expected an existing variable, got: ^" + code_text(arg));
  }
  VariableKey key = variable_key(arg);
  int64_t version = scope.find_before(key, match_mark_);
  if (version == Scope::kMissing) {
    if (!function_error(node_meta(arg), "undefined variable ^" + std::string(text(key.name)) + ". No variable \"" +
                                            std::string(text(key.name)) +
                                            "\" has been defined before the current pattern")) {
      return Term::none();
    }
    version = scope.new_version();
  }
  scope.mark_used(version);
  return node3(atoms::pin, meta, list({versioned(arg, version)}));
}

Term Expander::current_env_term() { return env_to_term(arena, atoms_table, n, env, scope.snapshot()); }

Term Expander::expand_env_form(Term meta) {
  if (assert_no_match_or_guard(meta, "__ENV__")) return Term::none();
  uint32_t saved = env.line;
  env.line = meta_line(meta);
  Term value = current_env_term();
  env.line = saved;
  return escape(value);
}

}  // namespace phial::compiler
