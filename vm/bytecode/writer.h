// ModuleCode to the bytes of a module file and back. The layout is this pair of functions; everything is
// variable-length integers and texts but the code words, which stand as they are (little endian).
// The reader takes hostile bytes: what it returns is well-formed as data; that it is safe to run is the verifier's
// to prove (verify.h).
#pragma once

#include <string>
#include <string_view>

#include "vm/bytecode/term_codec.h"

namespace phial {

/// Empty when a literal has no file form.
std::string write_module(const ModuleCode& module, const AtomTable& atoms, ExportTerms* exports);

}  // namespace phial
