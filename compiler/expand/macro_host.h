// The expander's only way to the running system: macros are ordinary compiled functions, module bodies are evaluated.
// The driver implements it on a fiber (vm/interp/fiber.h), tests implement it with fakes. Every call may suspend the
// fiber and run other code, even compile other modules; the expander keeps nothing but arena terms across a call.
#pragma once

#include <span>
#include <string_view>

#include "compiler/expand/module_source.h"

namespace phial::compiler {

/// Outcome of code that ran: a value copied into the arena that was passed, or an Elixir exception that the expander
/// must hand outwards untouched (the host keeps its terms).
struct RunResult {
  bool raised = false;
  Term value;
};

class MacroHost {
 public:
  virtual ~MacroHost() = default;
  /// Loads [module] if it is not loaded; false when there is none. [wait]: also wait for a module being compiled
  /// elsewhere.
  virtual bool ensure_loaded(Term module, bool wait) = 0;
  /// The info keyword list of a loaded module (literal memory, stays valid), or none().
  virtual Term module_info(Term module) = 0;
  /// Exported functions (macros as "MACRO-name") of a loaded module: list of {name, arity} in [arena]; none() if not
  /// loaded.
  virtual Term exports(Term module, ArenaSpace& arena) = 0;
  virtual bool function_exported(Term module, Term name, uint32_t arity) = 0;
  /// Calls module.function(args); args are arena terms, copied in; the result is copied out into [arena].
  virtual RunResult call(Term module, Term function, std::span<const Term> args, ArenaSpace& arena) = 0;
  /// Compiles and runs [source], a one-off module that defines `__run__` with as many parameters as [args]; used for
  /// module bodies, local macros and scripts. Result copied into [arena].
  virtual RunResult run(const ModuleSource& source, std::span<const Term> args, ArenaSpace& arena) = 0;
  /// Compiles and loads a finished module. False with diagnostics when core or emit found an error.
  virtual bool define_module(const ModuleSource& source, std::string& error) = 0;
  /// A warning or error text for the user (already in Elixir's form), printed on standard error.
  virtual void print_diagnostic(std::string_view text) = 0;
  /// Raises in the calling Elixir code: exception struct term built in the arena by the expander.
  virtual RunResult raise_exception(Term exception) = 0;
  /// As define_module, for a module only this compilation calls (compiled copies of local macros): it is not part of
  /// any image or result, and drop_helper_module says that it may be unloaded.
  virtual bool define_helper_module(const ModuleSource& source, std::string& error) {
    return define_module(source, error);
  }
  virtual void drop_helper_module(Term module) {}

  /// Identity of the process on whose behalf the host acts, for things kept per process.
  virtual const void* process_key() { return this; }

  /// Lowest address that C++ code may use of the stack it runs on now; whoever enters the expander on a new stack sets
  /// it. Null: the expander allows itself 448 KiB below its first frame.
  const char* stack_limit = nullptr;
};

}  // namespace phial::compiler
