// The word every Elixir value fits in.
//
//   ...ppp000  boxed: pointer to a header word (kinds.def)
//   ...ppp100  cons: pointer to two words, head and tail, no header
//   ...iiii01  fixnum: 62-bit signed integer in the upper bits
//   ...ffff10  flonum: a double whose exponent fits, rotated (see float.h)
//   ...xx0011  atom: index into the runtime's atom table in bits 4..35
//   ...xx0111  local pid: 60-bit identity in the upper bits
//   ...xx1011  special: the empty list, and marks that never reach a program
//   ...xx1111  header of a boxed term: kind in bits 4..9, flags in 10..15, words that follow in 16..63
//
// Term is a plain word; copying it copies no data. A Term that points into a process heap is good until that
// process reaches a safepoint (see vm/heap/heap.h); a native never meets one in its own body.
// Everything here is usable from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/support/assert.h"

namespace phial {

using Word = uint64_t;

/// Kinds of boxed terms, one for each row of kinds.def.
enum class Kind : uint8_t {
#define KIND(name, scan, doc) name,
#include "vm/term/kinds.def"
#undef KIND
};

class Term {
 public:
  constexpr Term() : bits_(0) {}
  static constexpr Term from_bits(Word bits) { return Term(bits); }
  constexpr Word bits() const { return bits_; }
  constexpr bool operator==(const Term&) const = default;  // same word, not Elixir's ===

  /// The absence of a term: what a native returns after raising. Never visible to programs.
  static constexpr Term none() { return Term(0); }
  constexpr bool is_none() const { return bits_ == 0; }

  // Fixnums.
  static constexpr int64_t kFixnumMax = (int64_t{1} << 61) - 1;
  static constexpr int64_t kFixnumMin = -(int64_t{1} << 61);
  static constexpr bool fits_fixnum(int64_t v) { return v >= kFixnumMin && v <= kFixnumMax; }
  static constexpr Term fixnum(int64_t v) { return Term((static_cast<Word>(v) << 2) | 1); }
  constexpr bool is_fixnum() const { return (bits_ & 3) == 1; }
  constexpr int64_t as_fixnum() const { return static_cast<int64_t>(bits_) >> 2; }

  // Immediate floats; Term from double is in float.h, since it may need a box.
  constexpr bool is_flonum() const { return (bits_ & 3) == 2; }

  // Atoms.
  static constexpr Term atom(uint32_t index) { return Term((Word{index} << 4) | 3); }
  constexpr bool is_atom() const { return (bits_ & 15) == 3; }
  constexpr uint32_t atom_index() const { return static_cast<uint32_t>(bits_ >> 4); }

  // Local pids.
  static constexpr Term pid(uint64_t id) { return Term((id << 4) | 7); }
  constexpr bool is_pid() const { return (bits_ & 15) == 7; }
  constexpr uint64_t pid_id() const { return bits_ >> 4; }

  // Specials.
  static constexpr Term special(uint32_t n) { return Term((Word{n} << 4) | 11); }
  static constexpr Term nil_list() { return special(0); }
  /// The tail of a cons cell under construction (tail-modulo-cons); the collector keeps it.
  static constexpr Term hole() { return special(1); }
  /// The head of a cons cell that has moved; its tail holds the new address. Only inside a collection.
  static constexpr Term moved() { return special(2); }
  constexpr bool is_nil_list() const { return *this == nil_list(); }

  // Pointers.
  static Term boxed(const Word* p) { return Term(reinterpret_cast<Word>(p)); }
  static Term cons(const Word* p) { return Term(reinterpret_cast<Word>(p) | 4); }
  constexpr bool is_cons() const { return (bits_ & 7) == 4; }
  constexpr bool is_boxed() const { return (bits_ & 7) == 0; }
  constexpr bool is_pointer() const { return (bits_ & 3) == 0; }
  constexpr bool is_list() const { return is_cons() || is_nil_list(); }
  Word* box() const { return reinterpret_cast<Word*>(bits_); }
  Word* cell() const { return reinterpret_cast<Word*>(bits_ & ~Word{7}); }
  Term head() const { return Term(cell()[0]); }
  Term tail() const { return Term(cell()[1]); }

  // Boxed terms by kind.
  Word header() const { return box()[0]; }
  inline bool is_kind(Kind kind) const;
  inline Kind kind() const;

  bool is_tuple() const { return is_kind(Kind::Tuple); }
  bool is_map() const { return is_kind(Kind::FlatMap) || is_kind(Kind::HashMap); }
  bool is_bignum() const { return is_kind(Kind::Bignum); }
  bool is_integer() const { return is_fixnum() || is_bignum(); }
  bool is_float() const { return is_flonum() || is_kind(Kind::Float); }
  bool is_number() const { return is_integer() || is_float(); }
  bool is_fun() const { return is_kind(Kind::Fun) || is_kind(Kind::Export); }
  bool is_reference() const { return is_kind(Kind::Reference); }
  /// Any bitstring; a binary when its size in bits is a multiple of eight (see binary.h).
  inline bool is_bitstring() const;

 private:
  explicit constexpr Term(Word bits) : bits_(bits) {}
  Word bits_;
};

static_assert(sizeof(Term) == 8);

namespace header {
constexpr Word make(Kind kind, uint64_t words, unsigned flags = 0) {
  return (Word{words} << 16) | (Word{flags} << 10) | (Word{static_cast<uint8_t>(kind)} << 4) | 15;
}
constexpr bool is_header(Word w) { return (w & 15) == 15; }
constexpr Kind kind(Word w) { return static_cast<Kind>((w >> 4) & 63); }
constexpr unsigned flags(Word w) { return static_cast<unsigned>((w >> 10) & 63); }
/// Words that follow the header.
constexpr uint64_t words(Word w) { return w >> 16; }
}  // namespace header

inline Kind Term::kind() const {
  VM_ASSERT(is_boxed() && !is_none());
  return header::kind(header());
}
inline bool Term::is_kind(Kind k) const {
  return is_boxed() && !is_none() && header::kind(header()) == k;
}
inline bool Term::is_bitstring() const {
  if (!is_boxed() || is_none()) return false;
  Kind k = header::kind(header());
  return k == Kind::HeapBinary || k == Kind::RefBinary || k == Kind::SubBinary;
}

}  // namespace phial
