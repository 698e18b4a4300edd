// The expander: quoted terms in, expanded definitions (module_source.h) out. This header is what the driver needs.
//
// Who owns what
//   ExpandSession   one per Runtime, owned by the driver and reachable from it. Names, open modules, diagnostics,
//                   compiler options. Every method may be called from any thread.
//   EvalUnit        one evaluation: a file, a string, a line of the shell. Owns an arena; the quoted code, the binding
//   and all
//                   results live there. Belongs to one thread of control (one fiber).
//   ModuleBuilder   one open module; made and dropped inside define_module (module_builder.h).
//   Expander        one expansion; on the C++ stack (expand_state.h). Never crosses a host call other than through the
//   host.
//
// How a file is evaluated
//     EvalUnit unit(session, host);                     // host: MacroHost of the calling process
//     unit.set_file("a.exs");
//     Term ast = parse(..., unit.arena());
//     RunResult r = unit.evaluate(ast);                 // r.raised: the host holds the exception, hand it outwards
//   For Code.eval_*: put unit.env (env_from_term) and unit.binding (values copied into unit.arena()) first, read both
//   afterwards. unit.want_binding = false (files) avoids copying values out.
//   evaluate() expands the code as one unit, then runs it: code that consists only of module definitions and other
//   calls with constant arguments runs directly, everything else through host.run(): a ModuleSource named
//   `:elixir_compiler_eval` whose
//   `__run__` takes the values of unit.binding, in that order, and returns `{result, [values]}`, the values being those
//   of the variables in EvalUnit::Expanded::variables, in that order. expand_unit() alone gives that ModuleSource (for
//   --dump=expanded and tests).
//
// How module bodies reach back
//   defmodule, def, @ ... become calls of Erlang-style modules :phial_module, :phial_macro and :phial_code. Their
//   bodies are the C++ functions in the table session_natives() (natives_module.cc, natives_macro.cc). The driver
//   registers one native per row, all with the flag Fiber where the row says so, each doing:
//     1. ArenaSpace local; ArenaSpace& arena = session.arena_for(args[0], local);   // the open module's own arena, if
//     it is one
//     2. copy every argument into [arena]
//     3. RunResult r = row.body(NativeCall{session, host, arena, copied_args});
//     4. r.raised: fail with the exception the host holds; else copy r.value to the process heap and return it.
//   host.raise_exception() called inside a body makes the host hold that exception and returns {raised: true}.
//   The macros' caller: a macro is called by the expander with a small integer as its first argument, a handle of the
//   live environment; {:__CALLER__, _, _} in a macro is expanded to :phial_macro.caller(first parameter), which makes
//   the %Macro.Env{} map of it (and passes a map through, for callers that hand over a real environment).
//
// What the host must guarantee
//   raise_exception(e) / a raised call: the exception stays pending until the outermost caller takes it. module_info()
//   answers the info list given to define_module (keys: attributes, macros, struct, ... see kInfo* in
//   module_builder.h). A module defined through define_module is visible to ensure_loaded, exports and call at once.
//   Generated functions: every module gets __info__/1, module_info/0 and /1 as ordinary definitions that call
//   :phial_module.info/2 and :phial_module.module_info/1,2.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/expand/env.h"
#include "compiler/expand/macro_host.h"
#include "compiler/expand/module_source.h"
#include "vm/heap/arena_space.h"
#include "vm/term/atom.h"

namespace phial::compiler {

class ModuleBuilder;
class ExpandSession;
struct Names;

/// A call of one of the expander's natives. [args] are terms in [arena]; results may be terms of any live arena.
struct NativeCall {
  ExpandSession& session;
  MacroHost& host;
  ArenaSpace& arena;
  std::span<const Term> args;
};

/// What a call is replaced by (rewrite.def). [order] is null when the arguments stay as they are.
struct Rewrite {
  Term module, function;
  const char* order;
};

struct SessionNative {
  const char* module;
  const char* function;
  uint32_t arity;
  RunResult (*body)(NativeCall& call);
  bool may_run_code;  // needs the flag Fiber
};

/// All rows; static data.
std::span<const SessionNative> session_natives();

/// A warning or error as Code.with_diagnostics shows it.
struct Diagnostic {
  bool is_error = false;
  std::string message;
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
  std::string where;  // "Foo.bar/1", "Foo (module)" or empty
};

/// [file] relative to the working folder, as messages show it.
std::string shown_path(const std::string& file);

class ExpandSession {
 public:
  explicit ExpandSession(AtomTable& atoms);
  ~ExpandSession();
  ExpandSession(const ExpandSession&) = delete;
  ExpandSession& operator=(const ExpandSession&) = delete;

  AtomTable& atoms() { return atoms_; }
  const Names& names() const { return *names_; }

  /// The open module of this name; null when it is not being compiled.
  ModuleBuilder* open_module(Term name);
  /// Where a native's arguments are to be copied: the arena of the open module [first_arg] names, else [fallback].
  ArenaSpace& arena_for(Term first_arg, ArenaSpace& fallback);
  /// A fresh environment with Kernel's functions and macros imported and required; [file] is a binary.
  Env fresh_env(MacroHost& host, Term file);
  /// Registers [builder]; false when a module of its name is open already.
  bool open(ModuleBuilder* builder);
  void close(ModuleBuilder* builder);

  /// The live environment behind a macro's first argument; null when the macro has returned.
  class Expander* live_caller(int64_t handle);
  int64_t add_caller(class Expander* expander);
  void remove_caller(int64_t handle);

  /// Evaluation units whose code may still call back, by number.
  void add_unit(class EvalUnit* unit);
  void remove_unit(class EvalUnit* unit);
  class EvalUnit* unit(int64_t id);

  /// The row of rewrite.def for a call; null when it stays as it is.
  const Rewrite* rewrite(Term module, Term function, uint32_t arity) const {
    auto it = rewrites_.find((uint64_t{module.atom_index()} << 32) ^ (uint64_t{function.atom_index()} << 8) ^ arity);
    return it == rewrites_.end() ? nullptr : &it->second;
  }
  /// Whether :erlang.name/arity may stand in a guard.
  bool is_guard_function(Term name, uint32_t arity) const {
    return guards_.count((uint64_t{name.atom_index()} << 8) | arity) != 0;
  }

  /// The native of the expander with this name; null when there is none.
  const SessionNative* native_row(Term module, Term function, uint32_t arity) const {
    auto it = natives_.find((uint64_t{module.atom_index()} << 32) ^ (uint64_t{function.atom_index()} << 8) ^ arity);
    return it == natives_.end() ? nullptr : it->second;
  }

  int64_t next_counter() { return counter_.fetch_add(1, std::memory_order_relaxed); }

  /// Prints a diagnostic, or keeps it when the host's process collects them.
  void emit(MacroHost& host, const Diagnostic& diagnostic);
  std::string diagnostic_text(const Diagnostic& diagnostic);
  /// From now on diagnostics of [process] (MacroHost::process_key) are kept; [log]: printed too. Nests.
  void start_collecting(const void* process, bool log);
  std::vector<Diagnostic> stop_collecting(const void* process);
  /// Text of a source file for snippets, kept while it compiles: the driver gives sources that are not files ("nofile",
  /// -e).
  void set_source(std::string file, std::string text);
  std::string source_line(const std::string& file, uint32_t line);

  Term option(Term key);  // none() when unset
  bool option_is_off(std::string_view key) {
    Term value = option(atoms_.intern(key));
    return value != atoms::true_;
  }
  void put_option(Term key, Term value);

  /// The imports every environment starts with, made on first use once Kernel is loaded.
  struct KernelImports {
    Term functions, macros;
    Ref<const ImportIndex> index;
  };
  KernelImports kernel_imports(MacroHost& host);
  /// Forgets them: Kernel was compiled anew.
  void drop_kernel_imports();

 private:
  AtomTable& atoms_;
  std::unique_ptr<Names> names_;
  std::unordered_map<uint64_t, Rewrite> rewrites_;  // constant, as guards_
  std::unordered_set<uint64_t> guards_;
  std::unordered_map<uint64_t, const SessionNative*> natives_;
  std::mutex mutex_;  // everything below
  std::unordered_map<uint64_t, ModuleBuilder*> open_;
  std::unordered_map<int64_t, class Expander*> callers_;
  std::unordered_map<int64_t, class EvalUnit*> units_;
  std::unordered_map<std::string, std::string> sources_;
  std::unordered_map<uint64_t, Term> options_;
  struct Collector {
    std::vector<Diagnostic> diagnostics;
    bool log = false;
    std::vector<std::pair<std::vector<Diagnostic>, bool>> stack;
  };
  std::unordered_map<const void*, Collector> collectors_;
  uint64_t error_count_ = 0;
  ArenaSpace arena_;
  KernelImports kernel_imports_;
  Term kernel_requires_;
  std::atomic<int64_t> counter_{1};
  int64_t next_handle_ = 1;
};

/// A variable of a binding: [context] is an atom (nil for code typed by hand) or a hygiene counter.
struct BoundVariable {
  Term name;
  Term context;
  Term value;
};

class EvalUnit {
 public:
  EvalUnit(ExpandSession& session, MacroHost& host);
  ~EvalUnit();
  EvalUnit(const EvalUnit&) = delete;
  EvalUnit& operator=(const EvalUnit&) = delete;

  struct Expanded {
    ModuleSource source;                   // `__run__`, as many parameters as binding has variables
    std::vector<BoundVariable> variables;  // of the returned list, in order; values none()
    Term body;                             // the expanded code alone
  };

  ArenaSpace& arena() { return arena_; }
  /// Sets the file of the environment (and of messages).
  void set_file(std::string_view file);
  /// Expands [ast], leaving env and the unit's variables as the code leaves them. False when it raised.
  bool expand_unit(Term ast, Expanded& out);
  /// Expands and runs. The result's value is a term in arena().
  RunResult evaluate(Term ast);

  Env env;
  std::vector<BoundVariable> binding;
  bool want_binding = true;
  /// Modules this unit defined, in order (Code.compile_*).
  std::vector<Term> defined_modules;

  int64_t id() const { return id_; }
  ExpandSession& session() { return session_; }
  MacroHost& host() { return host_; }
  /// Environments and code that the running unit refers to by number.
  struct Saved {
    Term first, second;
    Env env;
    VariableSnapshot variables;
  };
  std::vector<Saved> saved;

 private:
  friend class ExpandSession;
  ExpandSession& session_;
  MacroHost& host_;
  ArenaSpace arena_;
  int64_t id_ = 0;
};

/// Defines a module from its quoted body, as defmodule does; the answer is {:module, name, binary, result}, a copy in
/// [result_arena]. [variables] are those visible in the body, with values; [unit] (may be null) is told of the module.
RunResult define_module(ExpandSession& session, MacroHost& host, ArenaSpace& result_arena, EvalUnit* unit, Term name,
                        Term body, const Env& env, std::span<const BoundVariable> variables);

/// Expands [ast] in [env] completely (no evaluation). none() when it raised; the host holds the exception.
Term expand_quoted(ExpandSession& session, MacroHost& host, ArenaSpace& arena, Term ast, Env& env);

}  // namespace phial::compiler
