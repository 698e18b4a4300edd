// Matching bitstrings. A position is a small integer: bits from the start of the bitstring. Nothing is stored unless the
// whole instruction matches.
#include "vm/interp/bits.h"
#include "vm/interp/op.h"

namespace phial {
namespace {

inline bool is_bits(Word w) {
  if ((w & 7) != 0) return false;
  Kind k = header::kind(*reinterpret_cast<const Word*>(w));
  return k == Kind::HeapBinary || k == Kind::RefBinary || k == Kind::SubBinary;
}
inline uint64_t position(Term t) { return static_cast<uint64_t>(t.as_fixnum()); }
inline Word position_word(uint64_t at) { return Term::fixnum(static_cast<int64_t>(at)).bits(); }

}  // namespace

OP_FN(op_BinStart) {
  if (UNLIKELY(!is_bits(R(1)))) JUMP_WIDE(1);
  R(0) = Term::fixnum(0).bits();
  NEXT(2);
}

SLOW_FN(slow_BinRest);

SLOW_FN(slow_BinInt) {
  if (!is_bits(R(2))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(2));
  uint64_t n = SLOT(4);
  if (UNLIKELY(!bits::fits(s, TERM(3), n))) JUMP_WIDE(2);
  uint64_t at = position(TERM(3));
  SPILL();
  Term value = bits::read_integer(p->heap, s.bytes, s.offset + at, n, SLOT(5));
  RELOAD();
  R(0) = value.bits();
  R(1) = position_word(at + n);
  NEXT(3);
}

OP_FN(op_BinInt) {
  Word source = R(2);
  if (UNLIKELY(!is_bits(source))) GO(slow_BinInt);
  bits::Source s = bits::source_of(Term::from_bits(source));
  Term where = TERM(3);
  unsigned n = SLOT(4);
  // Whole bytes, unsigned, most significant first: the common fields of protocols and text.
  if (UNLIKELY(!bits::fits(s, where, n))) JUMP_WIDE(2);
  uint64_t at = s.offset + position(where);
  if (UNLIKELY(((at | n) & 7) != 0) || UNLIKELY(n > 56) || UNLIKELY(SLOT(5) != 0)) GO(slow_BinInt);
  const unsigned char* bytes = s.bytes + at / 8;
  uint64_t value = bytes[0];
  for (unsigned i = 8; i < n; i += 8) value = value << 8 | *++bytes;
  R(0) = Term::fixnum(static_cast<int64_t>(n == 0 ? 0 : value)).bits();
  R(1) = where.bits() + 4 * Word{n};
  NEXT(3);
}

OP_FN(iop_BinByte) {
  bits::Source s = bits::source_of(TERM(2));
  Word where = R(3);
  uint64_t from = where >> 2;
  if (UNLIKELY(s.size < from + 8)) JUMP_WIDE(2);
  uint64_t at = s.offset + from;
  if (UNLIKELY((at & 7) != 0)) GO(slow_BinInt);
  R(0) = Term::fixnum(s.bytes[at / 8]).bits();
  R(1) = where + 4 * 8;
  NEXT(3);
}

OP_FN(op_BinIntVar) {
  if (UNLIKELY(!is_bits(R(2)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(2));
  std::optional<uint64_t> n = bits::field_bits(TERM(4), SLOT(5));
  if (!n || !bits::fits(s, TERM(3), *n)) JUMP_WIDE(2);
  uint64_t at = position(TERM(3));
  SPILL();
  Term value = bits::read_integer(p->heap, s.bytes, s.offset + at, *n, SLOT(6));
  RELOAD();
  R(0) = value.bits();
  R(1) = position_word(at + *n);
  NEXT(3);
}

OP_FN(op_BinFloat) {
  if (UNLIKELY(!is_bits(R(2)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(2));
  std::optional<uint64_t> n = bits::field_bits(TERM(4), SLOT(5));
  if (!n || !bits::fits(s, TERM(3), *n)) JUMP_WIDE(2);
  uint64_t at = position(TERM(3));
  SPILL();
  Term value = bits::read_float(p->heap, s.bytes, s.offset + at, *n, SLOT(6));
  RELOAD();
  if (value.is_none()) JUMP_WIDE(2);
  R(0) = value.bits();
  R(1) = position_word(at + *n);
  NEXT(3);
}

OP_FN(op_BinTake) {
  if (UNLIKELY(!is_bits(R(2)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(2));
  std::optional<uint64_t> n = bits::field_bits(TERM(4), SLOT(5));
  if (!n || !bits::fits(s, TERM(3), *n)) JUMP_WIDE(2);
  uint64_t at = position(TERM(3));
  SPILL();
  Term part = make_sub_bitstring(p->heap, TERM(2), at, *n);
  RELOAD();
  R(0) = part.bits();
  R(1) = position_word(at + *n);
  NEXT(3);
}

/// The rest of a sub-binary is another one of the same bytes, made here when there is room.
OP_FN(op_BinRest) {
  Word source = R(1);
  if (UNLIKELY((source & 7) != 0)) JUMP_WIDE(2);
  const Word* box = reinterpret_cast<const Word*>(source);
  Term where = TERM(2);
  if (UNLIKELY(header::kind(box[0]) != Kind::SubBinary) || UNLIKELY(hp < p->heap.low() + 4) || UNLIKELY(!where.is_fixnum()))
    GO(slow_BinRest);
  uint64_t at = position(where), size = box[3];
  unsigned unit = SLOT(3);
  if (UNLIKELY(at > size) || UNLIKELY(unit != 8) || UNLIKELY((size - at) % 8 != 0)) GO(slow_BinRest);
  hp -= 4;
  hp[0] = header::make(Kind::SubBinary, 3);
  hp[1] = box[1];
  hp[2] = box[2] + at;
  hp[3] = size - at;
  R(0) = Term::boxed(hp).bits();
  NEXT(3);
}

SLOW_FN(slow_BinRest) {
  if (UNLIKELY(!is_bits(R(1)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(1));
  if (!bits::fits(s, TERM(2), 0)) JUMP_WIDE(2);
  uint64_t at = position(TERM(2));
  unsigned unit = SLOT(3);
  if (unit > 1 && (s.size - at) % unit != 0) JUMP_WIDE(2);
  SPILL();
  Term rest = make_sub_bitstring(p->heap, TERM(1), at, s.size - at);
  RELOAD();
  R(0) = rest.bits();
  NEXT(3);
}

OP_FN(op_BinUnit) {
  if (UNLIKELY(!is_bits(R(0)))) JUMP_WIDE(1);
  bits::Source s = bits::source_of(TERM(0));
  table = &kOpTable;
  if (!bits::fits(s, TERM(1), 0)) JUMP_WIDE(1);
  unsigned unit = SLOT(2);
  if (unit > 1 && (s.size - position(TERM(1))) % unit != 0) JUMP_WIDE(1);
  NEXT(2);
}

OP_FN(op_BinUtf) {
  if (UNLIKELY(!is_bits(R(2)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(2));
  if (!bits::fits(s, TERM(3), 0)) JUMP_WIDE(2);
  uint64_t at = position(TERM(3));
  bits::CodePoint c = bits::read_utf(s, at, SLOT(4), SLOT(5));
  table = &kOpTable;
  if (c.bits == 0) JUMP_WIDE(2);
  R(0) = Term::fixnum(c.value).bits();
  R(1) = position_word(at + c.bits);
  NEXT(3);
}

OP_FN(op_BinSkip) {
  if (UNLIKELY(!is_bits(R(1)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(1));
  std::optional<uint64_t> n = bits::field_bits(TERM(3), SLOT(4));
  if (!n || !bits::fits(s, TERM(2), *n)) JUMP_WIDE(2);
  R(0) = position_word(position(TERM(2)) + *n);
  NEXT(3);
}

OP_FN(op_BinLit) {
  if (UNLIKELY(!is_bits(R(1)))) JUMP_WIDE(2);
  bits::Source s = bits::source_of(TERM(1));
  Term constant = Term::from_bits(pc[1]);
  bits::Source k = bits::source_of(constant);
  if (!bits::fits(s, TERM(2), k.size)) JUMP_WIDE(2);
  uint64_t at = s.offset + position(TERM(2));
  bool equal;
  if (((at | k.offset | k.size) & 7) == 0) {
    equal = std::memcmp(s.bytes + at / 8, k.bytes + k.offset / 8, k.size / 8) == 0;
  } else {
    equal = equal_bits({s.bytes + at / 8, static_cast<unsigned>(at % 8), k.size},
                       {k.bytes + k.offset / 8, static_cast<unsigned>(k.offset % 8), k.size});
  }
  table = &kOpTable;
  if (!equal) JUMP_WIDE(2);
  R(0) = R(2) + 4 * k.size;
  NEXT(3);
}

OP_FN(op_BinEnd) {
  if (UNLIKELY(!is_bits(R(0)))) JUMP_WIDE(1);
  if (R(1) != position_word(bits::source_of(TERM(0)).size)) JUMP_WIDE(1);
  NEXT(2);
}

}  // namespace phial
