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
  std::atomic<const Word*> code{nullptr};  // never null: a stub that loads the module or raises undef stands in
  Term module, function;
  uint32_t arity = 0;
  NativeFn native = nullptr;      // set when a native row stands behind it
  bool native_on_fiber = false;
  std::atomic<Module*> owner{nullptr};  // whose bytecode [code] is
  /// What [code] points to while no bytecode stands behind the cell: a function header, NativeStub or Undefined, and
  /// the address of this cell.
  Word stub[3] = {};

  const Word* stub_code() const { return stub + 1; }
  bool is_defined() const { return native != nullptr || code.load(std::memory_order_acquire) != stub_code(); }
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
  uint32_t first_handler = 0, end_handler = 0;  // its own among Module::handlers, inner before outer
};

struct Module {
  Term name;
  Word* code = nullptr;  // in the CodeServer's CodeRegion
  size_t code_words = 0;
  std::vector<LoadedFunction> functions;
  std::vector<uint32_t> by_entry;  // functions in order of address
  std::vector<std::unique_ptr<FunEntry>> closures;
  std::vector<std::vector<uint64_t>> live_maps;
  std::vector<HandlerRange> handlers;  // offsets into code
  std::vector<LineEntry> lines;        // offsets into code
  std::vector<std::string> files;
  Term info = Term::nil_list();
  std::unique_ptr<ArenaSpace> literals;
  std::atomic<bool> is_old{false};

  bool holds(const Word* pc) const { return pc >= code && pc < code + code_words; }
  /// The function around [pc], or null for the gaps between functions.
  const LoadedFunction* function_at(const Word* pc) const;
  /// The entry that covers [pc], or null.
  const LineEntry* line_at(const Word* pc) const;
};

}  // namespace phial
