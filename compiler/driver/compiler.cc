#include "compiler/driver/compiler.h"

#include <utility>

#include "compiler/core/compile.h"
#include "compiler/driver/natives.h"
#include "vm/bytecode/disasm.h"
#include "vm/bytecode/verify.h"
#include "vm/code/code_server.h"

namespace phial::compiler {

Compiler::Compiler(Runtime& runtime) : runtime_(runtime), session_(runtime.atoms) {
  register_natives(*runtime.code);
}

Compiler::~Compiler() = default;

Module* Compiler::compile_and_load(const ModuleSource& source, bool defined, std::string& error) {
  ModuleCode code;
  CompileError failure;
  DumpStage stage = dump.stage == "core" ? DumpStage::Core : dump.stage == "opt" ? DumpStage::Opt : DumpStage::None;
  std::string text;
  if (!compile_module(source, session_.atoms(), code, failure, stage, &text)) {
    error = source.file + ":" + std::to_string(failure.line) + ": " + failure.message;
    return nullptr;
  }
  if (dump.stage == "bytecode") text = disassemble(code, session_.atoms());
  if (!text.empty() && dump.sink) dump.sink(text);
#ifdef PHIAL_DEBUG
  if (!verify_module(code, error)) {
    error = "the compiler made bytecode that does not verify: " + error;
    return nullptr;
  }
#endif
  if (defined && on_module) on_module(code);
  return runtime_.code->load(std::move(code), true, error);
}

Compiler& compiler_of(Process& p) { return static_cast<Compiler&>(*p.system->compiler); }

}  // namespace phial::compiler
