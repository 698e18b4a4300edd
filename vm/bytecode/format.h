// A compiled module in memory: what compiler/emit produces, what the writer and reader turn into bytes and back, and
// what the loader links. Indices in code words are not yet addresses. Plain data; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/term.h"

namespace phial {

inline constexpr uint32_t kFormatVersion = 1;

enum class Op : uint16_t {
#define OP(name, family, operands, doc) name,
#include "vm/bytecode/ops.def"
#undef OP
  kCount
};

/// What Fail raises, with the value as the offender.
enum class FailKind : uint16_t {
  BadMatch,     // {:badmatch, v}
  CaseClause,   // {:case_clause, v}
  CondClause,   // :cond_clause
  TryClause,    // {:try_clause, v}
  WithClause,   // {:else_clause, v}
  BadBoolean,   // v is {:badbool, op, value}: BadBooleanError
  Error,        // v itself, class error
};

/// Segment types of MakeBin.
enum class SegmentType : uint8_t { Integer, Float, Binary, Bits, Utf8, Utf16, Utf32 };
/// Flags of segments and of bin instructions.
enum SegmentFlags : uint8_t { kSigned = 1, kLittle = 2, kNativeEndian = 4 };
/// "size" of a segment that takes all of its source (Binary, Bits) or has none (Utf*).
inline constexpr uint16_t kSegmentAll = 0xffff;

struct FunctionCode {
  Term name;              // atom
  uint32_t arity = 0;     // visible arity
  uint32_t params = 0;    // arity plus captured values: registers filled on entry
  uint32_t frame = 0;     // registers used, outgoing windows included
  uint32_t entry = 0;     // word index of its first instruction
  uint32_t end = 0;       // word index behind its last
  bool exported = false;
};

/// While pc is in [from, to) of the code, a raise goes on at [handler]. Inner ranges come before outer ones.
struct HandlerRange {
  enum class Kind : uint8_t {
    Try,    // r[base], r[base+1], r[base+2] := class, reason, raw trace
    Guard,  // nothing is stored: a failing guard is false
  };
  uint32_t from, to, handler;
  uint16_t base;
  Kind kind;
};

struct LineEntry {
  uint32_t offset;  // from this word on
  uint32_t line;
  uint16_t file;    // index into files
};

struct ImportRef {
  Term module, function;
  uint32_t arity;
};

struct ClosureCode {
  uint32_t function;   // index into functions
  uint32_t captured;
  uint64_t unique;     // stable hash of the source place, for printing
};

struct ModuleCode {
  Term name;                       // atom
  std::vector<Word> code;
  std::vector<FunctionCode> functions;
  std::vector<ImportRef> imports;
  std::vector<ClosureCode> closures;
  std::vector<Term> literals;      // built in `arena` (or immediate)
  std::vector<std::vector<uint64_t>> live_maps;  // bit i: register i; map 0 is empty
  std::vector<HandlerRange> handlers;
  std::vector<LineEntry> lines;    // sorted by offset
  std::vector<std::string> files;
  /// Keyword list: attributes, exports of macros, struct fields, compile facts: what __info__ answers from.
  Term info = Term::nil_list();
  std::unique_ptr<ArenaSpace> arena = std::make_unique<ArenaSpace>();
};

}  // namespace phial
