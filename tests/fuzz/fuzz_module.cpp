// Any bytes are read as a module or refused, and what is read is verified or refused, without touching memory that is not theirs.
#include <cstdint>
#include <string>
#include <string_view>

#include "vm/bytecode/disasm.h"
#include "vm/bytecode/reader.h"
#include "vm/bytecode/verify.h"

using namespace phial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  AtomTable atoms;
  ModuleCode module;
  std::string error;
  if (!read_module({reinterpret_cast<const char*>(data), size}, atoms, nullptr, module, error)) return 0;
  if (verify_module(module, error)) (void)disassemble(module, atoms);
  return 0;
}
