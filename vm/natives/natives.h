// Declarations of every native, derived from the .def tables, and the table by which the code server registers them.
// A native gets its arguments as [args], the caller's registers; nothing moves while it runs. It answers with a term,
// or with Term::none() after p.raise_*(), p.yield_native(), p.wait_native() or p.tail_call().
#pragma once

#include <span>

#include "vm/code/code.h"
#include "vm/term/term.h"

namespace phial {

class Process;

enum class NativeFlags : uint8_t {
  None,
  Fiber,  // the body may call back into bytecode (vm/interp/fiber.h)
};

struct NativeRow {
  const char* module;    // atom text: "erlang", "Elixir.Map"
  const char* function;
  uint32_t arity;
  NativeFn body;
  NativeFlags flags;
};

namespace natives {
#define NATIVE(module, function, arity, body, flags) Term body(Process& p, Term* args);
#include "vm/natives/natives.def"
#undef NATIVE
}  // namespace natives

/// All rows; static data.
std::span<const NativeRow> native_rows();

}  // namespace phial
