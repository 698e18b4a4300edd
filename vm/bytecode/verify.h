// Proof that a module is safe to link and run: a module that passes cannot make the interpreter read or write outside
// its frame, its code and its tables, nor read a register that holds no term.
//
// Checked: instructions decode and tile each function; labels hit instruction starts of the same function; indices
// are in range; registers lie in the frame; call windows lie above everything live; arities match; live maps name only
// registers that hold a term; every register is written before it is read on every path (by dataflow); functions do
// not run over their ends; handlers lie in their functions.
// Not checked, because wrong programs only get wrong results or a clean error: which terms registers hold is known to
// the instructions marked "known to be" only through type facts, which the verifier follows for Head, Tail, Elem and
// SetTail.
#pragma once

#include <string>

#include "vm/bytecode/format.h"

namespace phial {

/// True when [module] is safe; else [error] names the function, the place and the rule.
bool verify_module(const ModuleCode& module, std::string& error);

}  // namespace phial
