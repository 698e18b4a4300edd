#include "vm/natives/natives.h"

namespace phial {

std::span<const NativeRow> native_rows() {
  static constexpr NativeRow kRows[] = {
#define NATIVE(module, function, arity, body, flags) {module, function, arity, natives::body, NativeFlags::flags},
#include "vm/natives/natives.def"
#undef NATIVE
  };
  return kRows;
}

}  // namespace phial
