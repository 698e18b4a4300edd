// Calls of functions whose module is known only when they run. The export cell is looked up at each call.
#include "vm/code/code_server.h"
#include "vm/interp/frame.h"
#include "vm/interp/op.h"
#include "vm/interp/trace.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {

/// The module is no atom: fails as apply/3 does.
SLOW_FN(slow_bad_dynamic) {
  bool tail = static_cast<uint8_t>(*pc) == static_cast<uint8_t>(Op::TailDyn);
  size_t arguments = tail ? SLOT(0) : SLOT(1);
  Word* first = tail ? fp + 1 : fp + 2 + SLOT(0);
  SPILL();
  Term list = make_list(p->heap, std::span(reinterpret_cast<Term*>(first), arguments));
  Term args[3] = {tail ? TERM(1) : TERM(2), tail ? TERM(2) : TERM(3), list};
  p->raise_badarg();
  Term name = p->atoms().intern("apply");
  Term head = trace_head_call(*p, atoms::erlang, name, args, 3, error_info_for(*p, atoms::erlang, name));
  p->exc.trace = make_raw_trace(*p, pc, fp, head);
  RELOAD();
  GO(slow_unwind);
}

OP_FN(op_CallDyn) {
  Term module = TERM(2);
  if (UNLIKELY(!module.is_atom())) GO(slow_bad_dynamic);
  Word* callee = fp + 1 + SLOT(0);
  callee[0] = return_word(pc + kCallWords, SLOT(0) + 1);
  SPILL();
  Export* e = code_server(*p).export_for(module, TERM(3), SLOT(1));
  RELOAD();
  ENTER(e->code.load(std::memory_order_acquire), callee);
}

OP_FN(op_TailDyn) {
  Term module = TERM(1);
  if (UNLIKELY(!module.is_atom())) GO(slow_bad_dynamic);
  SPILL();
  Export* e = code_server(*p).export_for(module, TERM(2), SLOT(0));
  RELOAD();
  ENTER(e->code.load(std::memory_order_acquire), fp);
}

}  // namespace phial
