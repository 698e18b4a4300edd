// Expanded definitions in, bytecode out: core IR, its passes and the emitter behind one call.
// Pure: no VM state but the atom table; usable from any thread.
#pragma once

#include <string>

#include "compiler/expand/module_source.h"
#include "vm/bytecode/format.h"

namespace phial {
class AtomTable;
}

namespace phial::compiler {

struct CompileError {
  std::string message;
  uint32_t line = 0;
};

enum class DumpStage { None, Core, Opt, Bytecode };

/// Lowers, optimises and emits [source]. Literals are copied into the result's own arena. True on success.
bool compile_module(const ModuleSource& source, AtomTable& atoms, ModuleCode& out, CompileError& error,
                    DumpStage dump = DumpStage::None, std::string* dump_text = nullptr);

}  // namespace phial::compiler
