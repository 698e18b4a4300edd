// Tests and switches.
#include "vm/interp/op.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"
#include "vm/term/binary.h"

namespace phial {
namespace {

inline bool boxed_kind(Word w, Kind kind) {
  return (w & 7) == 0 && header::kind(*reinterpret_cast<const Word*>(w)) == kind;
}
inline bool is_integer_word(Word w) { return (w & 3) == 1 || boxed_kind(w, Kind::Bignum); }
inline bool is_float_word(Word w) { return (w & 3) == 2 || boxed_kind(w, Kind::Float); }
inline bool is_bitstring_word(Word w) {
  if ((w & 7) != 0) return false;
  Kind k = header::kind(*reinterpret_cast<const Word*>(w));
  return k == Kind::HeapBinary || k == Kind::RefBinary || k == Kind::SubBinary;
}
inline bool is_map_word(Word w) {
  if ((w & 7) != 0) return false;
  Kind k = header::kind(*reinterpret_cast<const Word*>(w));
  return k == Kind::FlatMap || k == Kind::HashMap;
}
inline bool is_fun_word(Word w) {
  if ((w & 7) != 0) return false;
  Kind k = header::kind(*reinterpret_cast<const Word*>(w));
  return k == Kind::Fun || k == Kind::Export;
}

constexpr Word kTrue = atoms::true_.bits();
constexpr Word kFalse = atoms::false_.bits();
constexpr Word kNil = atoms::nil.bits();

inline bool both_fixnums(Word a, Word b) { return (((a - 1) | (b - 1)) & 3) == 0; }

/// Fixnum or atom or another immediate that is === only to the same word (floats are not: 0.0 === -0.0).
inline bool is_identity(Word w) { return (w & 1) != 0; }

}  // namespace

#define TEST(name, condition)        \
  OP_FN(op_##name) {                 \
    Word w = R(0);                   \
    if (LIKELY(condition)) NEXT(1);  \
    JUMP_SHORT();                    \
  }

TEST(IsInteger, is_integer_word(w))
TEST(IsFloat, is_float_word(w))
TEST(IsNumber, is_integer_word(w) || is_float_word(w))
TEST(IsAtom, (w & 15) == 3)
TEST(IsBoolean, w == kTrue || w == kFalse)
TEST(IsBinary, is_bitstring_word(w) && bit_view(Term::from_bits(w)).is_binary())
TEST(IsBitstring, is_bitstring_word(w))
TEST(IsList, (w & 7) == 4 || w == Term::nil_list().bits())
TEST(IsCons, (w & 7) == 4)
TEST(IsNilList, w == Term::nil_list().bits())
TEST(IsTuple, boxed_kind(w, Kind::Tuple))
TEST(IsMap, is_map_word(w))
TEST(IsPid, (w & 15) == 7)
TEST(IsPort, boxed_kind(w, Kind::Resource) && false)
TEST(IsReference, boxed_kind(w, Kind::Reference) || boxed_kind(w, Kind::Resource))
TEST(IsFunction, is_fun_word(w))
TEST(IsTrue, w == kTrue)
TEST(IsFalse, w == kFalse)
TEST(IsTruthy, w != kFalse && w != kNil)
#undef TEST

OP_FN(op_IsFunArity) {
  Word w = R(0);
  unsigned arity = SLOT(1);
  if (LIKELY((w & 7) == 0)) {
    const Word* box = reinterpret_cast<const Word*>(w);
    Kind k = header::kind(box[0]);
    if (k == Kind::Fun && reinterpret_cast<const FunEntry*>(box[1])->arity == arity) NEXT(2);
    if (k == Kind::Export && reinterpret_cast<const Export*>(box[1])->arity == arity) NEXT(2);
  }
  JUMP_WIDE(1);
}

OP_FN(op_IsTupleArity) {
  Word w = R(0);
  if (LIKELY((w & 7) == 0 && *reinterpret_cast<const Word*>(w) == header::make(Kind::Tuple, SLOT(1)))) NEXT(2);
  JUMP_WIDE(1);
}

OP_FN(op_IsTagged) {
  Word w = R(0);
  if (LIKELY((w & 7) == 0)) {
    const Word* box = reinterpret_cast<const Word*>(w);
    if (LIKELY(box[0] == header::make(Kind::Tuple, SLOT(1)) && box[1] == pc[1])) NEXT(3);
  }
  JUMP_WIDE(2);
}

OP_FN(op_IsSame) {
  if (LIKELY(R(0) == pc[1])) NEXT(3);
  JUMP_WIDE(2);
}
OP_FN(op_IsSameInt) {
  if (LIKELY(R(0) == Term::fixnum(INT_SLOT(1)).bits())) NEXT(2);
  JUMP_WIDE(1);
}

// Comparisons. Slow ones end here: the atom table is behind the process.

static __attribute__((noinline)) bool slow_less(Process& p, Word a, Word b) {
  if ((a & 3) == 2 && (b & 3) == 2) return float_value(Term::from_bits(a)) < float_value(Term::from_bits(b));
  return compare_terms(Term::from_bits(a), Term::from_bits(b), p.atoms()) < 0;
}
static __attribute__((noinline)) bool slow_equal(Word a, Word b) {
  return equal_loose(Term::from_bits(a), Term::from_bits(b));
}
static __attribute__((noinline)) bool slow_equal_exact(Word a, Word b) {
  return equal_exact(Term::from_bits(a), Term::from_bits(b));
}

#define SLOW_BRANCH(name, condition)         \
  SLOW_FN(slow_##name) {                     \
    Word a = R(0), b = R(1);                 \
    SPILL();                                 \
    bool holds = (condition);                \
    RELOAD();                                \
    if (holds) NEXT(2);                      \
    JUMP_WIDE(1);                            \
  }
#define SLOW_BOOL(name, condition)           \
  SLOW_FN(slow_##name) {                     \
    Word a = R(1), b = R(2);                 \
    SPILL();                                 \
    bool holds = (condition);                \
    RELOAD();                                \
    R(0) = boolean(holds).bits();            \
    NEXT(1);                                 \
  }

SLOW_BRANCH(Eq, slow_equal(a, b))
SLOW_BRANCH(Ne, !slow_equal(a, b))
SLOW_BRANCH(EqExact, slow_equal_exact(a, b))
SLOW_BRANCH(NeExact, !slow_equal_exact(a, b))
SLOW_BRANCH(Lt, slow_less(*p, a, b))
SLOW_BRANCH(Ge, !slow_less(*p, a, b))
SLOW_BOOL(BoolEq, slow_equal(a, b))
SLOW_BOOL(BoolNe, !slow_equal(a, b))
SLOW_BOOL(BoolEqExact, slow_equal_exact(a, b))
SLOW_BOOL(BoolNeExact, !slow_equal_exact(a, b))
SLOW_BOOL(BoolLt, slow_less(*p, a, b))
SLOW_BOOL(BoolLe, !slow_less(*p, b, a))

/// known: both words decide it; then `holds` is the answer.
#define BRANCH(name, known, holds)       \
  OP_FN(op_##name) {                     \
    Word a = R(0), b = R(1);             \
    if (UNLIKELY(!(known))) GO(slow_##name); \
    if (holds) NEXT(2);                  \
    JUMP_WIDE(1);                        \
  }
#define BOOL(name, known, holds)         \
  OP_FN(op_##name) {                     \
    Word a = R(1), b = R(2);             \
    if (UNLIKELY(!(known))) GO(slow_##name); \
    R(0) = boolean(holds).bits();        \
    NEXT(1);                             \
  }
#define SIGNED(w) static_cast<int64_t>(w)

BRANCH(Eq, a == b || both_fixnums(a, b), a == b)
BRANCH(Ne, a == b || both_fixnums(a, b), a != b)
BRANCH(EqExact, a == b || is_identity(a) || is_identity(b), a == b)
BRANCH(NeExact, a == b || is_identity(a) || is_identity(b), a != b)
BRANCH(Lt, both_fixnums(a, b), SIGNED(a) < SIGNED(b))
BRANCH(Ge, both_fixnums(a, b), SIGNED(a) >= SIGNED(b))
BOOL(BoolEq, a == b || both_fixnums(a, b), a == b)
BOOL(BoolNe, a == b || both_fixnums(a, b), a != b)
BOOL(BoolEqExact, a == b || is_identity(a) || is_identity(b), a == b)
BOOL(BoolNeExact, a == b || is_identity(a) || is_identity(b), a != b)
BOOL(BoolLt, both_fixnums(a, b), SIGNED(a) < SIGNED(b))
BOOL(BoolLe, both_fixnums(a, b), SIGNED(a) <= SIGNED(b))

#define BRANCH_INT(name, op, slow)                                  \
  SLOW_FN(slow_##name) {                                            \
    Word a = R(0), b = Term::fixnum(INT_SLOT(1)).bits();            \
    SPILL();                                                        \
    bool holds = (slow);                                            \
    RELOAD();                                                       \
    if (holds) NEXT(2);                                             \
    JUMP_WIDE(1);                                                   \
  }                                                                 \
  OP_FN(op_##name) {                                                \
    Word a = R(0);                                                  \
    if (UNLIKELY((a & 3) != 1)) GO(slow_##name);                    \
    if (SIGNED(a) op (int64_t{INT_SLOT(1)} * 4 + 1)) NEXT(2);       \
    JUMP_WIDE(1);                                                   \
  }

BRANCH_INT(LtInt, <, slow_less(*p, a, b))
BRANCH_INT(GeInt, >=, !slow_less(*p, a, b))
BRANCH_INT(GtInt, >, slow_less(*p, b, a))
BRANCH_INT(LeInt, <=, !slow_less(*p, b, a))
BRANCH_INT(EqInt, ==, slow_equal(a, b))
BRANCH_INT(NeInt, !=, !slow_equal(a, b))

// Switches. Word 1: label for no match; word 2: number of pairs; then pairs of key and label, sorted by key.

/// Position of the label for [key], or of the default label.
static inline size_t switch_place(const Word* pc, Word key) {
  size_t n = pc[2];
  const Word* pairs = pc + 3;
  // Branch-free halving: which key is looked for is rarely predictable.
  const Word* base = pairs;
  while (n > 1) {
    size_t half = n / 2;
    base = SIGNED(base[2 * half]) <= SIGNED(key) ? base + 2 * half : base;
    n -= half;
  }
  if (n == 1 && base[0] == key) return static_cast<size_t>(base + 1 - pc);
  return 1;
}

OP_FN(op_SwitchConst) { JUMP_WIDE(switch_place(pc, R(0))); }

OP_FN(op_SwitchArity) {
  Word w = R(0);
  if (UNLIKELY(!boxed_kind(w, Kind::Tuple))) JUMP_WIDE(1);
  uint64_t arity = header::words(*reinterpret_cast<const Word*>(w));
  JUMP_WIDE(switch_place(pc, Term::fixnum(static_cast<int64_t>(arity)).bits()));
}

OP_FN(iop_SwitchDense) {
  Word distance = R(0) - pc[3];
  // A difference of fixnums has no tag bits left; of anything else and a fixnum it has.
  if (LIKELY((distance & 3) == 0 && distance / 4 < pc[2])) JUMP_WIDE(4 + distance / 2);
  JUMP_WIDE(1);
}

}  // namespace phial
