// Arithmetic. Small integers first, with overflow checks; then immediate floats, in a handler of their own that still
// calls no C++; then everything else.
#include "vm/interp/arith.h"
#include "vm/interp/op.h"
#include "vm/term/float.h"

namespace phial {
namespace {

inline bool both_fixnums(Word a, Word b) { return (((a - 1) | (b - 1)) & 3) == 0; }
/// Small integers whose values fit 32 unsigned bits: dividing those is several times faster.
inline bool both_short(Word a, Word b) { return ((a | b) >> 34) == 0; }
inline bool both_flonums(Word a, Word b) { return (((a - 2) | (b - 2)) & 3) == 0; }

}  // namespace

/// A slow handler for `dss` operands: any numbers, or a failure whose reason is left in p->exc.
#define SLOW_BINARY(name, function)                        \
  SLOW_FN(slow_##name) {                                   \
    SPILL();                                               \
    p->exc.reason = atoms::badarith;                       \
    Term result = arith::function(*p, TERM(1), TERM(2));   \
    RELOAD();                                              \
    if (UNLIKELY(result.is_none())) GO(slow_badarith);     \
    R(0) = result.bits();                                  \
    NEXT(1);                                               \
  }
#define SLOW_INT(name, function)                                               \
  SLOW_FN(slow_##name) {                                                       \
    SPILL();                                                                   \
    p->exc.reason = atoms::badarith;                                           \
    Term result = arith::function(*p, TERM(1), Term::fixnum(INT_SLOT(2)));     \
    RELOAD();                                                                  \
    if (UNLIKELY(result.is_none())) GO(slow_badarith);                         \
    R(0) = result.bits();                                                      \
    NEXT(1);                                                                   \
  }
#define SLOW_UNARY(name, function)                         \
  SLOW_FN(slow_##name) {                                   \
    SPILL();                                               \
    p->exc.reason = atoms::badarith;                       \
    Term result = arith::function(*p, TERM(1));            \
    RELOAD();                                              \
    if (UNLIKELY(result.is_none())) GO(slow_badarith);     \
    R(0) = result.bits();                                  \
    NEXT(1);                                               \
  }

SLOW_BINARY(Add, add)
SLOW_BINARY(Sub, sub)
SLOW_BINARY(Mul, mul)
SLOW_BINARY(Div, divide)
SLOW_BINARY(IntDiv, int_div)
SLOW_BINARY(Rem, rem)
SLOW_BINARY(BAnd, band)
SLOW_BINARY(BOr, bor)
SLOW_BINARY(BXor, bxor)
SLOW_BINARY(Bsl, shift_left)
SLOW_BINARY(Bsr, shift_right)
SLOW_INT(AddInt, add)
SLOW_INT(SubInt, sub)
SLOW_INT(MulInt, mul)
SLOW_INT(IntDivInt, int_div)
SLOW_INT(RemInt, rem)
SLOW_INT(BAndInt, band)
SLOW_INT(BslInt, shift_left)
SLOW_INT(BsrInt, shift_right)
SLOW_UNARY(Neg, neg)
SLOW_UNARY(BNot, bnot)

/// Stores a float result if it is immediate, else leaves it to the slow handler (which computes it again).
#define STORE_FLOAT(value, slow)                                  \
  do {                                                            \
    Word bits = std::bit_cast<Word>(value);                       \
    if (UNLIKELY(!flonum::fits(bits))) GO(slow);                  \
    R(0) = flonum::encode(bits).bits();                           \
    NEXT(1);                                                      \
  } while (0)

#define FLOAT_BINARY(name, op)                                                                  \
  SLOW_FN(float_##name) {                                                                       \
    Word a = R(1), b = R(2);                                                                    \
    if (UNLIKELY(!both_flonums(a, b))) GO(slow_##name);                                         \
    double value = flonum::decode(Term::from_bits(a)) op flonum::decode(Term::from_bits(b));    \
    STORE_FLOAT(value, slow_##name);                                                            \
  }
FLOAT_BINARY(Add, +)
FLOAT_BINARY(Sub, -)
FLOAT_BINARY(Mul, *)

SLOW_FN(float_AddInt) {
  Word a = R(1);
  if (UNLIKELY((a & 3) != 2)) GO(slow_AddInt);
  double value = flonum::decode(Term::from_bits(a)) + INT_SLOT(2);
  STORE_FLOAT(value, slow_AddInt);
}
SLOW_FN(float_SubInt) {
  Word a = R(1);
  if (UNLIKELY((a & 3) != 2)) GO(slow_SubInt);
  double value = flonum::decode(Term::from_bits(a)) - INT_SLOT(2);
  STORE_FLOAT(value, slow_SubInt);
}

OP_FN(op_Add) {
  Word a = R(1), b = R(2);
  int64_t sum;
  if (UNLIKELY(!both_fixnums(a, b)) ||
      UNLIKELY(__builtin_add_overflow(static_cast<int64_t>(a), static_cast<int64_t>(b - 1), &sum)))
    GO(float_Add);
  R(0) = static_cast<Word>(sum);
  NEXT(1);
}

OP_FN(op_Sub) {
  Word a = R(1), b = R(2);
  int64_t difference;
  if (UNLIKELY(!both_fixnums(a, b)) ||
      UNLIKELY(__builtin_sub_overflow(static_cast<int64_t>(a), static_cast<int64_t>(b - 1), &difference)))
    GO(float_Sub);
  R(0) = static_cast<Word>(difference);
  NEXT(1);
}

OP_FN(op_Mul) {
  Word a = R(1), b = R(2);
  int64_t product;
  if (UNLIKELY(!both_fixnums(a, b)) ||
      UNLIKELY(__builtin_mul_overflow(static_cast<int64_t>(a) >> 2, static_cast<int64_t>(b - 1), &product)))
    GO(float_Mul);
  R(0) = static_cast<Word>(product) + 1;
  NEXT(1);
}

OP_FN(op_AddInt) {
  Word a = R(1);
  int64_t sum;
  if (UNLIKELY((a & 3) != 1) ||
      UNLIKELY(__builtin_add_overflow(static_cast<int64_t>(a), int64_t{INT_SLOT(2)} * 4, &sum)))
    GO(float_AddInt);
  R(0) = static_cast<Word>(sum);
  NEXT(1);
}

OP_FN(op_SubInt) {
  Word a = R(1);
  int64_t difference;
  if (UNLIKELY((a & 3) != 1) ||
      UNLIKELY(__builtin_sub_overflow(static_cast<int64_t>(a), int64_t{INT_SLOT(2)} * 4, &difference)))
    GO(float_SubInt);
  R(0) = static_cast<Word>(difference);
  NEXT(1);
}

SLOW_FN(float_MulInt) {
  Word a = R(1);
  if (UNLIKELY((a & 3) != 2)) GO(slow_MulInt);
  double value = flonum::decode(Term::from_bits(a)) * INT_SLOT(2);
  STORE_FLOAT(value, slow_MulInt);
}

OP_FN(op_MulInt) {
  Word a = R(1);
  int64_t product;
  if (UNLIKELY((a & 3) != 1) ||
      UNLIKELY(__builtin_mul_overflow(static_cast<int64_t>(a - 1), int64_t{INT_SLOT(2)}, &product)))
    GO(float_MulInt);
  R(0) = static_cast<Word>(product) + 1;
  NEXT(1);
}

/// Divisors 0 and -1 are not encoded, but a module file may hold them.
OP_FN(op_IntDivInt) {
  Word a = R(1);
  int64_t i = INT_SLOT(2);
  if (UNLIKELY((a & 3) != 1) || UNLIKELY(static_cast<uint64_t>(i + 1) <= 1)) GO(slow_IntDivInt);
  R(0) = Term::fixnum((static_cast<int64_t>(a) >> 2) / i).bits();
  NEXT(1);
}

OP_FN(op_RemInt) {
  Word a = R(1);
  int64_t i = INT_SLOT(2);
  if (UNLIKELY((a & 3) != 1) || UNLIKELY(static_cast<uint64_t>(i + 1) <= 1)) GO(slow_RemInt);
  R(0) = Term::fixnum((static_cast<int64_t>(a) >> 2) % i).bits();
  NEXT(1);
}

OP_FN(op_BAndInt) {
  Word a = R(1);
  if (UNLIKELY((a & 3) != 1)) GO(slow_BAndInt);
  R(0) = a & Term::fixnum(INT_SLOT(2)).bits();
  NEXT(1);
}

OP_FN(op_BslInt) {
  Word a = R(1);
  int64_t i = INT_SLOT(2), v = static_cast<int64_t>(a - 1);
  // The value stays in its upper bits while it is shifted, so overflow shows as a changed sign extension.
  if (UNLIKELY((a & 3) != 1) || UNLIKELY(static_cast<uint64_t>(i) > 60)) GO(slow_BslInt);
  int64_t shifted = static_cast<int64_t>(static_cast<uint64_t>(v) << i);
  if (UNLIKELY(shifted >> i != v)) GO(slow_BslInt);
  R(0) = static_cast<Word>(shifted) + 1;
  NEXT(1);
}

OP_FN(op_BsrInt) {
  Word a = R(1);
  int64_t i = INT_SLOT(2);
  if (UNLIKELY((a & 3) != 1) || UNLIKELY(static_cast<uint64_t>(i) > 61)) GO(slow_BsrInt);
  R(0) = Term::fixnum((static_cast<int64_t>(a) >> 2) >> i).bits();
  NEXT(1);
}

/// Two small integers have a float quotient whenever both are exact doubles; others take the slow way.
SLOW_FN(float_Div) {
  Word a = R(1), b = R(2);
  constexpr int64_t kExact = int64_t{1} << 53;
  if (!both_fixnums(a, b) || b == Term::fixnum(0).bits()) GO(slow_Div);
  int64_t x = static_cast<int64_t>(a) >> 2, y = static_cast<int64_t>(b) >> 2;
  if (x > kExact || x < -kExact || y > kExact || y < -kExact) GO(slow_Div);
  double value = static_cast<double>(x) / static_cast<double>(y);
  STORE_FLOAT(value, slow_Div);
}
OP_FN(op_Div) {
  Word a = R(1), b = R(2);
  if (UNLIKELY(!both_flonums(a, b)) || UNLIKELY(b == flonum::kZero)) GO(float_Div);
  double value = flonum::decode(Term::from_bits(a)) / flonum::decode(Term::from_bits(b));
  STORE_FLOAT(value, slow_Div);
}

OP_FN(op_IntDiv) {
  Word a = R(1), b = R(2);
  // A divisor of -1 may overflow, 0 fails: both slow.
  if (UNLIKELY(!both_fixnums(a, b)) || UNLIKELY(b + 3 <= 4)) GO(slow_IntDiv);
  if (LIKELY(both_short(a, b))) {
    R(0) = Term::fixnum(static_cast<uint32_t>(a >> 2) / static_cast<uint32_t>(b >> 2)).bits();
    NEXT(1);
  }
  R(0) = Term::fixnum((static_cast<int64_t>(a) >> 2) / (static_cast<int64_t>(b) >> 2)).bits();
  NEXT(1);
}

OP_FN(op_Rem) {
  Word a = R(1), b = R(2);
  if (UNLIKELY(!both_fixnums(a, b)) || UNLIKELY(b + 3 <= 4)) GO(slow_Rem);
  if (LIKELY(both_short(a, b))) {
    R(0) = Term::fixnum(static_cast<uint32_t>(a >> 2) % static_cast<uint32_t>(b >> 2)).bits();
    NEXT(1);
  }
  R(0) = Term::fixnum((static_cast<int64_t>(a) >> 2) % (static_cast<int64_t>(b) >> 2)).bits();
  NEXT(1);
}

OP_FN(op_Neg) {
  Word a = R(1);
  int64_t result;
  if (UNLIKELY((a & 3) != 1) || UNLIKELY(__builtin_sub_overflow(int64_t{2}, static_cast<int64_t>(a), &result)))
    GO(slow_Neg);
  R(0) = static_cast<Word>(result);
  NEXT(1);
}

OP_FN(op_BAnd) {
  Word a = R(1), b = R(2);
  if (UNLIKELY(!both_fixnums(a, b))) GO(slow_BAnd);
  R(0) = a & b;
  NEXT(1);
}
OP_FN(op_BOr) {
  Word a = R(1), b = R(2);
  if (UNLIKELY(!both_fixnums(a, b))) GO(slow_BOr);
  R(0) = a | b;
  NEXT(1);
}
OP_FN(op_BXor) {
  Word a = R(1), b = R(2);
  if (UNLIKELY(!both_fixnums(a, b))) GO(slow_BXor);
  R(0) = (a ^ b) | 1;
  NEXT(1);
}
OP_FN(op_BNot) {
  Word a = R(1);
  if (UNLIKELY((a & 3) != 1)) GO(slow_BNot);
  R(0) = a ^ ~Word{3};
  NEXT(1);
}

OP_FN(op_Bsl) {
  Word a = R(1), b = R(2);
  Word count = b >> 2;
  if (UNLIKELY(!both_fixnums(a, b)) || UNLIKELY(count >= 62)) GO(slow_Bsl);
  int64_t value = static_cast<int64_t>(a - 1);
  int64_t shifted = static_cast<int64_t>(static_cast<Word>(value) << count);
  if (UNLIKELY((shifted >> count) != value)) GO(slow_Bsl);
  R(0) = static_cast<Word>(shifted) | 1;
  NEXT(1);
}

OP_FN(op_Bsr) {
  Word a = R(1), b = R(2);
  Word count = b >> 2;
  if (UNLIKELY(!both_fixnums(a, b)) || UNLIKELY(count >= 62)) GO(slow_Bsr);
  R(0) = Term::fixnum((static_cast<int64_t>(a) >> 2) >> count).bits();
  NEXT(1);
}

OP_FN(op_BoolNot) {
  Word a = R(1);
  if (LIKELY(a == atoms::true_.bits() || a == atoms::false_.bits())) {
    R(0) = a ^ atoms::true_.bits() ^ atoms::false_.bits();
    NEXT(1);
  }
  p->exc.reason = atoms::badarg;
  GO(slow_badarith);
}

}  // namespace phial
