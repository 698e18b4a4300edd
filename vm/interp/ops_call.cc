// Calls, tail calls, returns and jumps. A call makes the callee's frame, then checks reductions and stack room once, at
// the callee's entry, where exactly the parameters are live: slow_enter collects or yields there.
#include "vm/code/code_server.h"
#include "vm/interp/frame.h"
#include "vm/interp/op.h"

namespace phial {

OP_FN(op_Call) {
  Word* callee = fp + 1 + SLOT(0);
  callee[0] = return_word(pc + kCallWords, SLOT(0) + 1);
  ENTER(reinterpret_cast<const Word*>(pc[1]), callee);
}

OP_FN(op_CallExt) {
  Word* callee = fp + 1 + SLOT(0);
  callee[0] = return_word(pc + kCallWords, SLOT(0) + 1);
  // acquire pairs with the loader's release: the code is written.
  const Word* entry = reinterpret_cast<Export*>(pc[1])->code.load(std::memory_order_acquire);
  ENTER(entry, callee);
}

OP_FN(op_TailCall) { ENTER(reinterpret_cast<const Word*>(pc[1]), fp); }

OP_FN(op_TailExt) { ENTER(reinterpret_cast<Export*>(pc[1])->code.load(std::memory_order_acquire), fp); }

OP_FN(op_CallFun) {
  Term fun = TERM(2);
  unsigned arguments = SLOT(1);
  if (UNLIKELY(!fun.is_boxed() || header::kind(fun.header()) != Kind::Fun)) GO(slow_call_fun);
  const FunEntry* entry = fun_entry(fun);
  if (UNLIKELY(entry->arity != arguments)) GO(slow_call_fun);
  Word* callee = fp + 1 + SLOT(0);
  // Room first: captured values go where only the callee's frame has registers.
  if (UNLIKELY(callee + 1 + FunctionHeader::frame(entry->code) > p->heap.low())) GO(slow_call_fun_room);
  callee[0] = return_word(pc + kCallWords, SLOT(0) + 1);
  const Word* captured = fun.box() + 2;
  Word* to = callee + 1 + arguments;
  for (uint32_t i = 0, n = entry->captured; i < n; ++i) to[i] = captured[i];
  ENTER(entry->code, callee);
}

OP_FN(op_TailFun) {
  Term fun = TERM(1);
  unsigned arguments = SLOT(0);
  if (UNLIKELY(!fun.is_boxed() || header::kind(fun.header()) != Kind::Fun)) GO(slow_call_fun);
  const FunEntry* entry = fun_entry(fun);
  if (UNLIKELY(entry->arity != arguments)) GO(slow_call_fun);
  if (UNLIKELY(fp + 1 + FunctionHeader::frame(entry->code) > p->heap.low())) GO(slow_call_fun_room);
  const Word* captured = fun.box() + 2;
  Word* to = fp + 1 + arguments;
  for (uint32_t i = 0, n = entry->captured; i < n; ++i) to[i] = captured[i];
  ENTER(entry->code, fp);
}

OP_FN(op_Return) {
  Word value = R(0);
  RETURN_VALUE(value);
}

OP_FN(op_ReturnConst) {
  Word value = pc[1];
  RETURN_VALUE(value);
}

OP_FN(op_Jump) { JUMP_SHORT(); }

}  // namespace phial
