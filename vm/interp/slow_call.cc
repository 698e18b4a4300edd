// Calls of funs that are no closure of the right arity, starts and ends of processes.
#include <algorithm>

#include "vm/code/code_server.h"
#include "vm/interp/frame.h"
#include "vm/interp/interp.h"
#include "vm/interp/op.h"
#include "vm/interp/safepoint.h"
#include "vm/interp/trace.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {

SLOW_FN(slow_call_fun) {
  bool tail = static_cast<uint8_t>(*pc) == static_cast<uint8_t>(Op::TailFun);
  Term fun = tail ? TERM(1) : TERM(2);
  uint32_t arguments = tail ? SLOT(0) : SLOT(1);
  Word* callee = tail ? fp : fp + 1 + SLOT(0);
  if (fun.is_kind(Kind::Export) && export_of(fun)->arity == arguments) {
    if (!tail) callee[0] = return_word(pc + kCallWords, static_cast<size_t>(callee - fp));
    ENTER(export_of(fun)->code.load(std::memory_order_acquire), callee);
  }
  SPILL();
  if (fun.is_fun()) {
    Term args = make_list(p->heap, std::span(reinterpret_cast<Term*>(callee + 1), arguments));
    p->raise_error(make_tuple(p->heap, {atoms::badarity, make_tuple(p->heap, {fun, args})}));
  } else {
    p->raise_error(make_tuple(p->heap, {atoms::badfun, fun}));
  }
  RELOAD();
  GO(slow_raise);
}

OP_FN(iop_Exit) {
  // fp is a word below the first frame. The result goes where a trace would be, for hosts that ask.
  p->exc = {atoms::exit, atoms::normal, Term::from_bits(fp[1])};
  p->resume = {};
  LEAVE(SliceResult::Exited);
}

static void start_at(Process& p, const Word* code, std::span<const Term> args, std::span<const Term> captured) {
  size_t count = args.size() + captured.size();
  size_t words = 2 + std::max<size_t>(FunctionHeader::frame(code), count);
  p.resume = {};
  p.heap.set_low(p.heap.stack_base());
  std::vector<Term> parameters(args.begin(), args.end());
  parameters.insert(parameters.end(), captured.begin(), captured.end());
  if (p.heap.free_words() < words) {
    Term list = make_list(p.heap, parameters);
    p.exc.reason = list;  // a root
    collect_process(p, words);
    list = p.exc.reason;
    for (Term& t : parameters) {
      t = list.head();
      list = list.tail();
    }
    p.exc.reason = Term::none();
  }
  Word* fp = p.heap.stack_base();
  p.heap.set_low(fp + words);
  fp[0] = return_word(exit_return(), 0);
  for (size_t i = 0; i < count; ++i) fp[1 + i] = parameters[i].bits();
  p.resume = {code, fp, static_cast<uint32_t>(count), 0};
}

void prepare_initial_call(Process& p, Export* target, std::span<const Term> args) {
  VM_ASSERT(args.size() == target->arity);
  start_at(p, target->code.load(std::memory_order_acquire), args, {});
}

void prepare_initial_call(Process& p, Term fun, std::span<const Term> args) {
  if (fun.is_kind(Kind::Export)) {
    prepare_initial_call(p, export_of(fun), args);
    return;
  }
  const FunEntry* entry = fun_entry(fun);
  start_at(p, entry->code, args, std::span(reinterpret_cast<const Term*>(fun.box() + 2), entry->captured));
}

}  // namespace phial
