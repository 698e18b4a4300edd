// Moves and constants.
#include "vm/interp/op.h"

namespace phial {

OP_FN(op_Move) {
  R(0) = R(1);
  NEXT(1);
}
OP_FN(op_Const) {
  R(0) = pc[1];
  NEXT(2);
}
OP_FN(op_ConstInt) {
  R(0) = Term::fixnum(INT_SLOT(1)).bits();
  NEXT(1);
}

}  // namespace phial
