// Lists and tuples. Instructions that build use words a Reserve made sure of; in modules that came from untrusted bytes
// the loader puts the Checked forms in their place.
#include "vm/interp/op.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {

OP_FN(op_Reserve) {
#ifdef PHIAL_GCSTRESS
  GO(slow_reserve);
#else
  size_t words = SLOT(0);
  if (UNLIKELY(hp < p->heap.low() + words)) GO(slow_reserve);
  NEXT(1);
#endif
}

OP_FN(op_Cons) {
  hp -= 2;
  hp[0] = R(1);
  hp[1] = R(2);
  R(0) = Term::cons(hp).bits();
  NEXT(1);
}

OP_FN(op_ConsHole) {
  hp -= 2;
  hp[0] = R(1);
  hp[1] = Term::hole().bits();
  R(0) = Term::cons(hp).bits();
  NEXT(1);
}

OP_FN(op_SetTail) {
  Word* cell = TERM(0).cell();
  cell[1] = R(1);
  if (UNLIKELY(!p->heap.is_young(cell))) GO(slow_remember);
  NEXT(1);
}
SLOW_FN(slow_remember) {
  p->heap.set_tail(TERM(0), TERM(1));
  NEXT(1);
}

OP_FN(op_Head) {
  R(0) = TERM(1).cell()[0];
  NEXT(1);
}
OP_FN(op_Tail) {
  R(0) = TERM(1).cell()[1];
  NEXT(1);
}

OP_FN(op_GetCons) {
  Word list = R(2);
  if (UNLIKELY((list & 7) != 4)) JUMP_WIDE(1);
  const Word* cell = Term::from_bits(list).cell();
  Word head = cell[0], tail = cell[1];
  R(0) = head;
  R(1) = tail;
  NEXT(2);
}

OP_FN(op_MakeTuple) {
  size_t n = SLOT(1);
  hp -= n + 1;
  hp[0] = header::make(Kind::Tuple, n);
  for (size_t i = 0; i < n; ++i) hp[1 + i] = R(2 + i);
  R(0) = Term::boxed(hp).bits();
  NEXT(encoding::small_words(2 + n));
}

OP_FN(op_Elem) {
  R(0) = TERM(1).box()[1 + SLOT(2)];
  NEXT(1);
}

// Checked forms.

SLOW_FN(slow_bad_operand) {
  p->raise_badarg();
  GO(slow_raise);
}

OP_FN(iop_CheckedCons) {
  if (UNLIKELY(hp < p->heap.low() + 2)) {
    SPILL();
    Term cell = make_cons(p->heap, TERM(1), TERM(2));
    RELOAD();
    R(0) = cell.bits();
    NEXT(1);
  }
  GO(op_Cons);
}
OP_FN(iop_CheckedConsHole) {
  if (UNLIKELY(hp < p->heap.low() + 2)) {
    SPILL();
    Term cell = make_cons(p->heap, TERM(1), Term::hole());
    RELOAD();
    R(0) = cell.bits();
    NEXT(1);
  }
  GO(op_ConsHole);
}
OP_FN(iop_CheckedSetTail) {
  // A cell with a hole is one that ConsHole made: in this process's heap, and not yet shared.
  if (UNLIKELY(!TERM(0).is_cons() || TERM(0).tail() != Term::hole())) GO(slow_bad_operand);
  GO(op_SetTail);
}
OP_FN(iop_CheckedHead) {
  if (UNLIKELY(!TERM(1).is_cons())) GO(slow_bad_operand);
  GO(op_Head);
}
OP_FN(iop_CheckedTail) {
  if (UNLIKELY(!TERM(1).is_cons())) GO(slow_bad_operand);
  GO(op_Tail);
}
OP_FN(iop_CheckedMakeTuple) {
  size_t n = SLOT(1);
  if (UNLIKELY(hp < p->heap.low() + n + 1)) {
    SPILL();
    Term tuple = make_tuple_uninitialised(p->heap, n);
    for (size_t i = 0; i < n; ++i) tuple_set_fresh(tuple, i, TERM(2 + i));
    RELOAD();
    R(0) = tuple.bits();
    NEXT(encoding::small_words(2 + n));
  }
  GO(op_MakeTuple);
}
OP_FN(iop_CheckedElem) {
  if (UNLIKELY(!TERM(1).is_tuple() || tuple_arity(TERM(1)) <= SLOT(2))) GO(slow_bad_operand);
  GO(op_Elem);
}

}  // namespace phial
