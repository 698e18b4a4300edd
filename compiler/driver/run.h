// A runtime with its compiler and standard library, ready to run programs: what the command line, the image builder, the
// tests and the embedding API stand on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/compiler.h"
#include "vm/code/image.h"
#include "vm/sched/runtime.h"

namespace phial::compiler {

class Instance {
 public:
  /// [image] is the standard library (empty only while that is being built); its bytes stay valid.
  Instance(const RuntimeOptions& options, std::string_view image);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  Runtime& runtime() { return *runtime_; }
  Compiler& compiler() { return *compiler_; }

  /// Calls module.function with the one argument [argument] (built by [build] in the new process's heap), waits for the runtime
  /// to stop, and gives its exit status.
  int run_main(std::string_view module, std::string_view function, std::vector<Term> args);
  /// Compiles files one after the other without a standard library around them; errors go to standard error.
  int compile_files(const std::vector<std::string>& files);

 private:
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<ImageSource> image_;
  Compiler* compiler_ = nullptr;
};

}  // namespace phial::compiler
