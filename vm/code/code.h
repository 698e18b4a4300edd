// Loaded code. A Module owns linked words that never move; an Export is the cell remote calls go through, so that a new
// version of a module takes over at the next remote call while running code stays where it is.
// Readers need no lock; loading is serialised by CodeServer.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "vm/bytecode/format.h"

namespace phial {

class Process;
class Runtime;
struct Module;

/// A function written in C++. [args] are the registers themselves (roots); the native may overwrite them to keep state
/// between yields. It may allocate freely from p.heap: nothing moves while it runs. Returns the result, or
/// Term::none() after p.raise_*(), p.yield_native(), p.wait_native() or p.tail_call().
using NativeFn = Term (*)(Process& p, Term* args);

struct Export {
  std::atomic<const Word*> code;  // never null: a stub that loads the module or raises undef stands in
  Term module, function;
  uint32_t arity;
  NativeFn native = nullptr;      // set when a native row stands behind it
  bool native_on_fiber = false;
  std::atomic<Module*> owner{nullptr};
};

/// The word before a function's first instruction: frame size in bits 0..15, params in 16..31,
/// index of the function in its module in 32..63.
struct FunctionHeader {
  static Word make(uint32_t frame, uint32_t params, uint32_t index) {
    return frame | (Word{params} << 16) | (Word{index} << 32);
  }
  static uint32_t frame(const Word* entry) { return static_cast<uint16_t>(entry[-1]); }
  static uint32_t params(const Word* entry) { return static_cast<uint16_t>(entry[-1] >> 16); }
  static uint32_t index(const Word* entry) { return static_cast<uint32_t>(entry[-1] >> 32); }
};

/// What a closure points to.
struct FunEntry {
  const Word* code;
  Module* module;
  uint32_t function;  // index in module
  uint32_t arity;     // visible
  uint32_t captured;
  uint32_t index;     // number of the closure in its module
  uint64_t unique;
};

struct LoadedFunction {
  Term name;
  uint32_t arity, params, frame;
  const Word* entry;
  const Word* end;
  bool exported;
};

struct Module {
  Term name;
  std::unique_ptr<Word[]> code;
  size_t code_words = 0;
  std::vector<LoadedFunction> functions;
  std::vector<std::unique_ptr<FunEntry>> closures;
  std::vector<std::vector<uint64_t>> live_maps;
  std::vector<HandlerRange> handlers;  // offsets into code, as in ModuleCode after linking
  std::vector<LineEntry> lines;
  std::vector<std::string> files;
  Term info = Term::nil_list();
  std::unique_ptr<ArenaSpace> literals;
  bool is_old = false;
};

}  // namespace phial
