// Text form of a module's bytecode, for people and for golden tests. Safe on hostile code words.
#pragma once

#include <string>

#include "vm/bytecode/format.h"

namespace phial {

class AtomTable;

/// Every function of [module] with its instructions, one a line, and its handlers, closures and imports resolved.
std::string disassemble(const ModuleCode& module, const AtomTable& atoms);
/// A short text of [term] as it appears in listings; deep or long terms are cut.
std::string brief_term(Term term, const AtomTable& atoms);

}  // namespace phial
