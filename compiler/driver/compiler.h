// The compiler of one runtime: the only place that runs the stages in order and the only part of compiler/ that knows the
// machine. It registers the natives by which Elixir code compiles, expands and evaluates (:phial_code, :phial_module,
// :phial_macro); each runs on a fiber of the process that calls it, so compiling is preemptible and may be re-entered.
//
// Made after the runtime and before its first process; any process may use it at any time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "compiler/expand/expander.h"
#include "vm/bytecode/format.h"
#include "vm/process/process.h"
#include "vm/sched/runtime.h"

namespace phial::compiler {

/// What is to be dumped of everything that is compiled: a stage's name and where the text goes.
struct DumpRequest {
  std::string stage;
  std::function<void(std::string_view text)> sink;
};

class Compiler final : public SystemPart {
 public:
  explicit Compiler(Runtime& runtime);
  ~Compiler() override;

  ExpandSession& session() { return session_; }
  Runtime& runtime() { return runtime_; }

  /// Called with every module that is defined (not with evaluated code), before it is loaded: the image builder's ear.
  std::function<void(const ModuleCode&)> on_module;
  DumpRequest dump;

  /// Compiles [source] and links it; null and [error] when a stage refuses it. [defined]: a module of the program, which on_module is
  /// told of; otherwise a one-off for evaluated code.
  Module* compile_and_load(const ModuleSource& source, bool defined, std::string& error);

 private:
  Runtime& runtime_;
  ExpandSession session_;
};

/// The compiler of the runtime that [p] belongs to.
Compiler& compiler_of(Process& p);

}  // namespace phial::compiler
