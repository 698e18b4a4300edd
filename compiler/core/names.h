// Atoms of names.def, interned once a compilation.
#pragma once

#include "vm/term/atom.h"

namespace phial::compiler {

struct CoreNames {
  explicit CoreNames(AtomTable& table) {
#define NAME(member, text) member = table.intern(text);
#include "compiler/core/names.def"
#undef NAME
  }
#define NAME(member, text) Term member;
#include "compiler/core/names.def"
#undef NAME
};

}  // namespace phial::compiler
