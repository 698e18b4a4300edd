// Bytes of a module file to ModuleCode; see writer.h.
#pragma once

#include <string>
#include <string_view>

#include "vm/bytecode/term_codec.h"

namespace phial {

/// True on success; else [error] says what is wrong and [out] is to be thrown away.
bool read_module(std::string_view bytes, AtomTable& atoms, ExportTerms* exports, ModuleCode& out,
                 std::string& error);

}  // namespace phial
