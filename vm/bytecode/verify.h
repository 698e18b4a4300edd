// Proof that a module is safe to link and run: a module that passes cannot make the interpreter read or write outside
// its frame, its code and its tables, nor read a register that holds no term.
//
// Checked: instructions decode and tile each function; labels hit instruction starts of the same function; indices
// are in range; registers lie in the frame; call windows lie above everything live; arities match; live maps name only
// registers that hold a term; every register is written before it is read on every path (by dataflow); functions do
// not run over their ends; handlers lie in their functions.
// What instructions may take for granted about the terms in registers ("known to be a cons", "reserved words") is not
// proved: for untrusted modules the loader puts forms of these instructions that look for themselves.
#pragma once

#include <string>

#include "vm/bytecode/format.h"

namespace phial {

/// True when [module] is safe; else [error] names the function, the place and the rule.
bool verify_module(const ModuleCode& module, std::string& error);

}  // namespace phial
