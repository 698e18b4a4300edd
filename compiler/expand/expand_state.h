// One expansion in progress: environment, variables in scope, where failures go. The methods are spread over
// expand_*.cc by kind of form. Every method that answers a Term answers none() after a failure; the exception is then
// pending in the host and the caller returns none() in turn.
//
// Lives on the C++ stack of one fiber. A macro that runs may look at it through ExpandSession::live_caller.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/expand/ast.h"
#include "compiler/expand/expander.h"
#include "compiler/expand/names.h"
#include "compiler/expand/scope.h"

namespace phial::compiler {

/// Special forms and built-in Kernel forms, by the atom that starts them.
enum class Form : uint8_t {
  None,
  Match,
  Tuple,
  Map,
  Struct,
  Bits,
  Arrow,
  Block,
  Aliases,
  Alias,
  Require,
  Import,
  Module,
  Dir,
  Caller,
  Stacktrace,
  EnvForm,
  Quote,
  Unquote,
  UnquoteSplicing,
  Capture,
  Fn,
  Cond,
  Case,
  Try,
  Receive,
  For,
  With,
  Super,
  Pin,
  TypeColons,
  // Kernel's
  Def,
  Defp,
  Defmacro,
  Defmacrop,
  Defmodule,
  At,
};
Form form_of(const Names& names, Term atom);
/// Whether {name, arity} is a special form, which can be neither imported nor defined.
bool is_special_form(const Names& names, Term name, uint32_t arity);
/// The built-in forms that count as macros of Kernel: [{name, arity}].
Term builtin_kernel_macros(Space& space, const Names& names);
bool is_builtin_kernel_macro(const Names& names, Term name, uint32_t arity);

class Expander {
 public:
  Expander(ExpandSession& session, MacroHost& host, ArenaSpace& arena, Env env);
  ~Expander();
  Expander(const Expander&) = delete;
  Expander& operator=(const Expander&) = delete;

  Term expand(Term t);
  /// A list of patterns (function heads): binds their variables.
  Term expand_head(Term patterns);
  Term expand_guard(Term guard);
  /// Expands an optional `when` in a list of one: `[pattern]`, `[{:when, _, patterns ++ [guard]}]`.
  Term expand_clause_head(Term head, std::string_view form);

  /// One step, as Macro.expand_once: sets [expanded] when a macro, alias or the like was expanded.
  Term expand_once(Term t, bool& expanded);
  /// The definition's warnings about its variables.
  void warn_unused_variables();

  // Failures. All leave the exception pending and answer none().
  /// Prints `error: message` and raises CompileError.
  Term file_error(Term meta, std::string_view message);
  /// As file_error at top level; inside a function of an open module, printed and remembered: expansion goes on (false
  /// is returned only when it cannot).
  bool function_error(Term meta, std::string_view message);
  Term raise_argument_error(std::string_view message);
  Term raise_compile_error(Term meta, std::string_view message);
  Term raise(Term exception);
  void warn(Term meta, std::string_view message);
  void warn_at(uint32_t line, uint32_t column, std::string_view message);

  // Texts for messages.
  std::string code_text(Term ast);       // Macro.to_string when it can be had
  std::string inspect_text(Term value);  // as inspect
  std::string module_text(Term module);
  std::string name_arity(Term name, uint32_t arity);

  /// Quoted form of a value, as Macro.escape.
  Term escape(Term value);
  /// The value of constant code (literals, tuples, maps, lists), none() when it is not constant.
  Term constant_of(Term ast);
  /// Code of an environment of this place.
  Term current_env_term();

  // Calls, used by natives too.
  Term call_macro(Term meta, Term receiver, Term name, Term args, bool local);
  Term expand_quoted_result(Term meta, Term receiver, Term quoted);
  /// [alias] `{:__aliases__, ...}` to an atom or, when it has parts that are no atoms, to code.
  Term expand_alias_node(Term alias);

  ExpandSession& session;
  MacroHost& host;
  ArenaSpace& arena;
  AtomTable& atoms_table;
  const Names& n;
  Env env;
  Scope scope;
  ModuleBuilder* builder = nullptr;  // of env.module, while it is open
  EvalUnit* unit = nullptr;          // whose top-level code this is
  bool caller_allowed = false;
  bool stacktrace_allowed = false;
  bool in_closure = false;
  /// The definition being expanded uses these local functions.
  struct LocalUse {
    Term name;
    uint32_t arity;
    Term meta;
    bool capture;
  };
  std::vector<LocalUse> local_uses;
  struct ImportUse {
    Term name;
    uint32_t arity;
    Term receiver;
    uint32_t line;
  };
  std::vector<ImportUse> import_uses;

 private:
  friend class Quoter;
  friend class CaptureExpander;
  friend class BitsExpander;

  // Tools.
  std::string_view text(Term atom) const { return atoms_table.text(atom); }
  Term atom(std::string_view s) { return atoms_table.intern(s); }
  Term binary(std::string_view s) { return make_binary(arena, s); }
  Term list(std::initializer_list<Term> items) { return make_list(arena, items); }
  Term node3(Term head, Term meta, Term args) { return node(arena, head, meta, args); }
  Term erlang_call(Term meta, Term function, Term args) {
    return remote_node(arena, meta, atoms::erlang, function, args);
  }
  bool stack_low() const;

  // expand_forms.cc
  Term expand_node(Term t);
  Term expand_form(Form form, Term t, Term meta, Term args, bool& handled);
  Term expand_list(Term items);
  Term expand_args(Term args);
  Term expand_block(Term meta, Term items);
  Term expand_match(Term meta, Term left, Term right);
  Term expand_pattern(Term pattern);
  Term expand_variable(Term t);
  Term expand_variable_in_match(Term t);
  Term expand_pin(Term meta, Term arg);
  Term expand_env_form(Term meta);
  Term invalid_quoted(Term t, Term meta);
  VariableKey variable_key(Term variable) const;
  Term versioned(Term variable, int64_t version);
  const char* context_name() const { return env.context == Context::Match ? "match" : "guard"; }
  bool assert_no_match_or_guard(Term meta, std::string_view form);

  // expand_clauses.cc
  struct ScopeMark {
    size_t mark;
    Env env;
    bool stacktrace;
  };
  ScopeMark enter() { return {scope.mark(), env, stacktrace_allowed}; }
  void leave(ScopeMark& m);
  Term expand_clause(Term clause, std::string_view form, size_t arity_wanted);
  Term expand_clauses(Term meta, Term clauses, std::string_view form, std::string_view key, size_t arity_wanted);
  Term expand_case(Term meta, Term args);
  Term expand_cond(Term meta, Term args);
  Term expand_receive(Term meta, Term args);
  Term expand_try(Term meta, Term args);
  Term expand_rescue_head(Term meta, Term head);
  Term expand_with(Term meta, Term args);
  Term expand_for(Term meta, Term args);
  Term expand_generator(Term meta, Term left, Term right, Term arrow_meta);
  Term expand_fn(Term meta, Term clauses);
  bool check_options(Term meta, Term options, std::initializer_list<Term> allowed, std::string_view form,
                     bool need_do = true);

  // expand_capture.cc
  Term expand_capture(Term meta, Term arg);
  Term capture_name(Term meta, Term name, uint32_t arity);
  Term capture_remote(Term meta, Term target, Term name, uint32_t arity, Term call_meta);

  // expand_collections.cc
  Term expand_map(Term meta, Term args);
  Term expand_map_pairs(Term meta, Term pairs);
  Term expand_struct(Term meta, Term name, Term map);
  /// Default map of a struct module: none() after an error.
  Term load_struct(Term meta, Term module, Term given_pairs, bool check_enforced, bool& filled);

  // expand_bits.cc
  Term expand_bits(Term meta, Term args);
  Term literal_bits(Term binary);  // <<binary>> with its segment spelled out

  // expand_lexical.cc
  Term expand_alias(Term meta, Term args);
  Term expand_require(Term meta, Term args);
  Term expand_import(Term meta, Term args);
  Term expand_multi(Term form, Term meta, Term args, bool& is_multi);
  bool store_alias(Term meta, Term module, Term options, bool include_by_default);
  bool ensure_loaded(Term meta, Term module);
  void add_require(Term module);
  bool import_module(Term meta, Term module, Term options);
  Term compile_time_module(Term meta, Term ref, std::string_view form);
  Term expand_lexical_options(Term meta, Term options, std::string_view form, std::initializer_list<Term> allowed);

  // expand_calls.cc
  struct Resolution {
    enum Kind : uint8_t { Local, Function, Macro, Ambiguous } kind = Local;
    Term receiver;
    Term other;  // second module of an ambiguous import
    bool quoted =
        false;  // the code remembers the import from where it was quoted: no business of this module's definitions
  };
  Resolution find_import(Term meta, Term name, uint32_t arity);
  Term expand_call(Term t, Term name, Term meta, Term args);
  Term expand_local(Term meta, Term name, Term args);
  Term expand_dot_call(Term t, Term dot, Term meta, Term args);
  Term expand_remote(Term receiver, Term dot_meta, Term name, Term meta, Term args);
  Term finish_remote(Term receiver, Term dot_meta, Term name, Term meta, Term args);
  Term rewrite_in_match(Term meta, Term name, Term args, bool& done);
  bool allowed_in_guard(Term name, uint32_t arity) const;
  bool is_remote_macro(Term meta, Term receiver, Term name, uint32_t arity, bool imported);
  bool inline_call(Term& module, Term& name, uint32_t arity) const;
  Term reorder_call(Term dot_meta, Term module, Term name, Term meta, Term args);
  Term expand_super(Term meta, Term args);
  Term expand_access_fast(Term meta, Term args);
  void record_import(Term name, uint32_t arity, Term receiver, Term meta);

  // expand_kernel.cc
  Term expand_builtin(Form form, Term meta, Term args);
  Term expand_definition(Form form, Term meta, Term args);
  Term expand_defmodule(Term meta, Term args);
  Term expand_attribute(Term meta, Term args);
  Term expand_attribute_write(Term meta, Term name, Term value);
  Term expand_attribute_read(Term meta, Term name);
  /// A call of a native that knows this place's environment by number.
  Term save_for_later(Term first, Term second);
  /// Shortcuts for frequent Kernel macros; none() with handled false when not applicable.
  Term expand_kernel_fast(Term meta, Term name, Term args, bool& handled);

  // expand_quote.cc
  Term expand_quote(Term meta, Term args);

  size_t match_mark_ = 0;
  const char* stack_limit_;
  int64_t handle_ = 0;
  bool in_capture_ = false;
};

/// Adds line and hygiene counter to what a macro returned.
Term linify(ArenaSpace& arena, const Names& names, Term meta, Term receiver, int64_t counter, Term quoted);
/// Gives nodes that have no line the [line]; `keep` locations become lines of their file when [keep] is set.
Term linify_lines(ArenaSpace& arena, const Names& names, uint32_t line, bool keep, Term quoted);
/// Whether the code contains unquote or unquote_splicing.
bool has_unquotes(const Names& names, Term quoted);

}  // namespace phial::compiler
