// Receive: a loop in bytecode over the mailbox's save pointer (vm/process/mailbox.h).
#include "vm/interp/op.h"
#include "vm/process/mailbox.h"
#include "vm/process/receive.h"

namespace phial {

OP_FN(op_RecvPeek) {
  SPILL();
  Term message = peek(*p);
  RELOAD();
  if (message.is_none()) JUMP_WIDE(1);
  R(0) = message.bits();
  NEXT(2);
}

// The message that a peek showed is under the save pointer; hostile code may not have peeked.
static bool has_message(const Process& p) { return *p.mailbox.save != nullptr; }

OP_FN(op_RecvAccept) {
  SPILL();
  if (has_message(*p)) accept(*p);
  RELOAD();
  NEXT(1);
}

OP_FN(op_RecvNext) {
  SPILL();
  if (has_message(*p)) next(*p);
  RELOAD();
  JUMP_SHORT();
}

OP_FN(op_RecvFrom) {
  mark_from(*p, TERM(0));
  NEXT(1);
}

OP_FN(op_RecvWait) {
  SPILL();
  bool wait = begin_wait(*p);
  RELOAD();
  uint32_t live = SLOT(0);
  pc += static_cast<int64_t>(pc[1]);
  if (!wait) DISPATCH();
  p->resume = {pc, fp, 0, live};
  LEAVE(SliceResult::Waiting);
}

/// After a wake-up the process looks for a matching message first and comes back here: the timeout runs on, or is over.
OP_FN(op_RecvWaitFor) {
  Term timeout = TERM(0);
  SPILL();
  bool over = false, wait = false;
  if (timeout.is_fixnum() && timeout.as_fixnum() >= 0 && timeout.as_fixnum() <= kMaxReceiveTimeout) {
    over = receive_timed_out(*p) || timeout == Term::fixnum(0);
    if (!over) arm_receive_timeout(*p, timeout.as_fixnum());
  } else if (timeout != atoms::infinity) {
    p->raise_error(atoms::timeout_value);
    RELOAD();
    GO(slow_raise);
  }
  if (over) {
    rewind(*p);
  } else {
    wait = begin_wait(*p);
  }
  RELOAD();
  if (over) NEXT(2);
  uint32_t live = SLOT(1);
  pc += static_cast<int64_t>(pc[1]);
  if (!wait) DISPATCH();
  p->resume = {pc, fp, 0, live};
  LEAVE(SliceResult::Waiting);
}

}  // namespace phial
