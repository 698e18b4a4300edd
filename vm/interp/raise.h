// Raising: finding the handler for an exception, cutting the stack down to it.
#pragma once

#include "vm/process/process.h"

namespace phial {

struct HandlerRange;
struct Module;
struct LoadedFunction;

/// Where code of a frame stands in its module.
struct CodePlace {
  Module* module = nullptr;
  const LoadedFunction* function = nullptr;
  uint32_t offset = 0;
};
CodePlace place_of(Process& p, const Word* pc);
/// The innermost handler around [pc], or null.
const HandlerRange* handler_at(const CodePlace& place);
/// The handler's code if [pc] is inside a guard, whose failures need no trace; else null.
const Word* guard_handler(Process& p, const Word* pc);

/// p.exc holds an exception with its raw trace; [pc] is in the frame at [fp], or null when the frame belongs to a native
/// or stub. True: p.resume is the handler with its registers set. False: nothing catches it; p.exc.reason has become
/// the exit reason.
bool unwind(Process& p, const Word* pc, Word* fp);

}  // namespace phial
