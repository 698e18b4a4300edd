// The expander's host on the machine: macros and module bodies run as ordinary code of the calling process while the
// expander waits on its fiber. One host a native call; it holds the exception that is on its way out.
#pragma once

#include "compiler/driver/compiler.h"
#include "compiler/expand/macro_host.h"
#include "vm/heap/arena_space.h"
#include "vm/process/process.h"

namespace phial::compiler {

class VmMacroHost final : public MacroHost {
 public:
  VmMacroHost(Compiler& compiler, Process& process);

  bool ensure_loaded(Term module, bool wait) override;
  Term module_info(Term module) override;
  Term exports(Term module, ArenaSpace& arena) override;
  bool function_exported(Term module, Term name, uint32_t arity) override;
  RunResult call(Term module, Term function, std::span<const Term> args, ArenaSpace& arena) override;
  RunResult run(const ModuleSource& source, std::span<const Term> args, ArenaSpace& arena) override;
  bool define_module(const ModuleSource& source, std::string& error) override;
  bool define_helper_module(const ModuleSource& source, std::string& error) override;
  const void* process_key() override { return &process_; }
  void print_diagnostic(std::string_view text) override;
  RunResult raise_exception(Term exception) override;

  /// Lets the native that owns this host fail with the pending exception: to be returned as its result.
  Term fail();
  /// Prints the pending exception as plain terms: for the time when there is no library that could format it.
  void describe_failure(std::string_view where);

 private:
  RunResult apply(Export* target, std::span<const Term> args, ArenaSpace& arena);

  Compiler& compiler_;
  Process& process_;
  ArenaSpace pending_arena_;
  PendingException pending_;
};

}  // namespace phial::compiler
