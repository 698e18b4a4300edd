// Closures.
#include "vm/interp/op.h"

namespace phial {

/// No nursery room: the space finds overflow memory.
SLOW_FN(slow_make_fun) {
  size_t n = SLOT(1);
  SPILL();
  Word* fun = p->heap.alloc(n + 2);
  RELOAD();
  fun[0] = header::make(Kind::Fun, 1 + n);
  fun[1] = pc[encoding::small_words(2 + n)];
  for (size_t i = 0; i < n; ++i) fun[2 + i] = R(2 + i);
  R(0) = Term::boxed(fun).bits();
  NEXT(encoding::small_words(2 + n) + 1);
}

OP_FN(op_MakeFun) {
  size_t n = SLOT(1);
  if (UNLIKELY(hp < p->heap.low() + n + 2)) GO(slow_make_fun);
  hp -= n + 2;
  hp[0] = header::make(Kind::Fun, 1 + n);
  hp[1] = pc[encoding::small_words(2 + n)];
  for (size_t i = 0; i < n; ++i) hp[2 + i] = R(2 + i);
  R(0) = Term::boxed(hp).bits();
  NEXT(encoding::small_words(2 + n) + 1);
}

OP_FN(op_MakeExport) {
  SPILL();
  Word* fun = p->heap.alloc(2);
  RELOAD();
  fun[0] = header::make(Kind::Export, 1);
  fun[1] = pc[1];
  R(0) = Term::boxed(fun).bits();
  NEXT(2);
}

}  // namespace phial
