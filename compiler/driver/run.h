// A runtime with its compiler and standard library, ready to run programs: what the command line, the image builder, the
// tests and the embedding API stand on.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/compiler.h"
#include "vm/code/image.h"
#include "vm/io/console.h"
#include "vm/natives/native_state.h"
#include "vm/sched/runtime.h"

namespace phial::compiler {

/// What a program run consists of.
struct Job {
  enum class Kind { File, Eval, StandardInput, Shell };
  Kind kind = Kind::Shell;
  std::vector<std::string> sources;  // the file's path, or the expressions
  std::vector<std::string> argv;     // System.argv
  bool no_halt = false;
};

class Instance {
 public:
  /// [image] is the standard library (empty only while that is being built); its bytes stay valid.
  Instance(const RuntimeOptions& options, std::string_view image);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  Runtime& runtime() { return *runtime_; }
  Compiler& compiler() { return *compiler_; }

  /// Runs [job] through Phial.CLI in the standard library and waits for the runtime to stop; the exit status.
  int run(const Job& job);
  /// Compiles files one after the other without a standard library around them; errors go to standard error.
  int compile_files(const std::vector<std::string>& files);

 private:
  // Destroyed from the last to the first; processes refer to all of them, so the runtime goes first of all (see ~Instance).
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<CodeServer> code_;
  std::unique_ptr<NativeState> state_;
  std::unique_ptr<ImageSource> image_;
  std::unique_ptr<Compiler> compiler_;
};

/// Makes an instance, runs [job], takes the instance down; the exit status.
int run_job(const RuntimeOptions& options, std::string_view image, const Job& job);

}  // namespace phial::compiler
