// Numbers of the internal instructions; see internal_ops.def. All opcodes fit a byte: dispatch reads only that.
#pragma once

#include "vm/bytecode/format.h"

namespace phial {

enum class InternalOp : uint16_t {
  kBefore = static_cast<uint16_t>(Op::kCount) - 1,
#define INTERNAL_OP(name, words, doc) name,
#include "vm/code/internal_ops.def"
#undef INTERNAL_OP
  kEnd
};

static_assert(static_cast<unsigned>(InternalOp::kEnd) <= 256);

}  // namespace phial
