// Calls of natives, and functions nobody has defined.
//
// A native may be called by CallNative, where its arguments stand in the caller's window, or by way of its stub, where it
// has a frame like any function. Whatever is not plain success is handled in the second form.
#include <algorithm>

#include "vm/code/code_server.h"
#include "vm/interp/fiber.h"
#include "vm/interp/frame.h"
#include "vm/interp/op.h"
#include "vm/interp/raise.h"
#include "vm/interp/safepoint.h"
#include "vm/interp/trace.h"
#include "vm/process/mailbox.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

Export* stub_export(const Word* pc) { return reinterpret_cast<Export*>(pc[1]); }

}  // namespace

/// From CallNative to the stub form.
SLOW_FN(slow_call_native_request) {
  Word* frame = fp + 1 + SLOT(0);
  frame[0] = return_word(pc + kCallWords, SLOT(0) + 1);
  fp = frame;
  pc = reinterpret_cast<Export*>(pc[1])->stub_code();
  GO(slow_native_request);
}

/// The native returned and wants a collection: the call is a safepoint, its result is live too.
SLOW_FN(slow_call_native_collect) {
  SPILL();
  p->resume = {pc, fp, 0, SLOT(1)};
  collect_process(*p, 0, {uint32_t{SLOT(0)} + 1, 1});
  fp = p->resume.fp;
  RELOAD();
  NEXT(kCallWords);
}

OP_FN(iop_CallNative) {
  Word* frame = fp + 1 + SLOT(0);
  p->heap.set_hp(hp);
  p->reductions = reds - 1;
  p->resume.pc = pc;
  p->resume.fp = fp;
  Term result = reinterpret_cast<Export*>(pc[1])->native(*p, reinterpret_cast<Term*>(frame + 1));
  hp = p->heap.hp();
  reds = p->reductions;
  table = &kOpTable;
  if (UNLIKELY(result.is_none())) GO(slow_call_native_request);
  frame[1] = result.bits();
  if (UNLIKELY(kGcStress) || UNLIKELY(p->heap.gc_wanted())) GO(slow_call_native_collect);
  NEXT(kCallWords);
}

OP_FN(iop_NativeStub) {
  Export* e = stub_export(pc);
  if (UNLIKELY(e->native_on_fiber)) GO(slow_start_fiber);
  SPILL();
  p->resume = {pc, fp, e->arity, 0};
  Term result = e->native(*p, reinterpret_cast<Term*>(fp + 1));
  RELOAD();
  if (UNLIKELY(result.is_none())) GO(slow_native_request);
  RETURN_VALUE(result.bits());
}

/// The native wants to go on in p->trap_export; fp is its frame.
SLOW_FN(slow_trap) {
  SPILL();
  Export* target = p->trap_export;
  uint32_t arity = target->arity;
  p->resume = {pc, fp, 0, 0};
  make_stack_room(*p, 1 + std::max(arity, 1u));
  fp = p->resume.fp;
  for (uint32_t i = 0; i < arity; ++i) {
    fp[1 + i] = p->trap_args[i].bits();
    p->trap_args[i] = Term::none();
  }
  p->trap_export = nullptr;
  RELOAD();
  ENTER(target->code.load(std::memory_order_acquire), fp);
}

SLOW_FN(slow_native_request) {
  switch (p->request) {
    case NativeRequest::Raise:
      GO(slow_native_raise);
    case NativeRequest::Yield:
      p->resume = {pc, fp, stub_export(pc)->arity, 0};
      LEAVE(SliceResult::Yielded);
    case NativeRequest::Wait:
      p->resume = {pc, fp, stub_export(pc)->arity, 0};
      LEAVE(SliceResult::Waiting);
    case NativeRequest::TailCall:
      GO(slow_trap);
  }
  __builtin_unreachable();
}

SLOW_FN(slow_native_raise) {
  SPILL();
  Export* e = stub_export(pc);
  FrameWalk walk(*p, fp);
  if (!walk.returns_to_exit() && !walk.returns_to_fiber()) {
    const Word* handler = guard_handler(*p, walk.return_address() - kCallWords);
    if (handler != nullptr) {
      walk.pop();
      lower_watermark_to(*p, walk.fp());
      fp = walk.fp();
      pc = handler;
      RELOAD();
      DISPATCH();
    }
  }
  Term head = p->exc.trace;
  if (!is_whole_trace(head)) {
    if (head.is_none() || head.is_atom()) {
      head = p->exc.class_ == atoms::error
                 ? trace_head_call(*p, e->module, e->function, reinterpret_cast<Term*>(fp + 1), e->arity,
                                   error_info_for(*p, e->module, e->function, head))
                 : trace_head_plain();
    }
    p->exc.trace = make_raw_trace_of_callers(*p, fp, head);
  }
  RELOAD();
  pc = nullptr;
  GO(slow_unwind);
}

OP_FN(iop_Undefined) {
  Export* e = stub_export(pc);
  SPILL();
  bool loaded = code_server(*p).ensure_loaded(e->module) != nullptr;
  const Word* code = e->code.load(std::memory_order_acquire);
  if (loaded && code != pc) {
    RELOAD();
    ENTER(code, fp);
  }
  p->raise_error(atoms::undef);
  p->exc.trace = trace_head_call(*p, e->module, e->function, reinterpret_cast<Term*>(fp + 1), e->arity,
                                 Term::nil_list());
  RELOAD();
  GO(slow_native_raise);
}

// apply/2 and apply/3 spread a list over registers, as many as it takes.

/// Length of the list in register [list]; room for that many registers. False: no proper list.
static bool spread_room(Process& p, const Word* pc, Word*& fp, uint32_t arity, uint32_t list, int64_t& length) {
  length = list_length(Term::from_bits(fp[1 + list]));
  if (length < 0 || length > 255) return false;
  p.resume = {pc, fp, arity, 0};
  make_stack_room(p, 3 + static_cast<size_t>(length));
  fp = p.resume.fp;
  return true;
}
static void spread(Term list, Word* to) {
  for (; list.is_cons(); list = list.tail()) *to++ = list.head().bits();
}

OP_FN(iop_ApplyExport) {
  Term module = Term::from_bits(fp[1]), function = Term::from_bits(fp[2]);
  SPILL();
  int64_t length;
  if (!module.is_atom() || !function.is_atom() || !spread_room(*p, pc, fp, 3, 2, length)) {
    p->raise_badarg();
    RELOAD();
    GO(slow_native_raise);
  }
  spread(Term::from_bits(fp[3]), fp + 1);
  Export* e = code_server(*p).export_for(module, function, static_cast<uint32_t>(length));
  RELOAD();
  ENTER(e->code.load(std::memory_order_acquire), fp);
}

OP_FN(iop_Hibernate) {
  bool right = Term::from_bits(fp[1]).is_atom() && Term::from_bits(fp[2]).is_atom() &&
               list_length(Term::from_bits(fp[3])) >= 0;
  SPILL();
  if (!right) {
    p->raise_badarg();
    RELOAD();
    GO(slow_native_raise);
  }
  rewind(*p);
  if (p->fiber == nullptr) {
    // Nothing will return to the callers. A native on a fiber would be waited for.
    Word* base = p->heap.stack_base();
    std::memmove(base + 1, fp + 1, 3 * sizeof(Word));
    base[0] = return_word(exit_return(), 0);
    p->watermark = nullptr;
    fp = base;
  }
  pc = hibernate_wake();
  p->resume = {pc, fp, 3, 0};
  if (begin_wait(*p)) compact_process(*p);
  fp = p->resume.fp;
  RELOAD();
  GO(iop_HibernateWake);
}

OP_FN(iop_HibernateWake) {
  SPILL();
  bool wait = begin_wait(*p);
  Export* apply = code_server(*p).find_export(atoms::erlang, atoms::apply, 3);
  RELOAD();
  if (wait) {
    p->resume = {pc, fp, 3, 0};
    LEAVE(SliceResult::Waiting);
  }
  ENTER(apply->stub_code(), fp);
}

OP_FN(iop_ApplyFun) {
  SPILL();
  int64_t length;
  if (!spread_room(*p, pc, fp, 2, 1, length)) {
    p->raise_badarg();
    RELOAD();
    GO(slow_native_raise);
  }
  Term fun = Term::from_bits(fp[1]);
  Term args = Term::from_bits(fp[2]);
  const Word* code = nullptr;
  if (fun.is_kind(Kind::Fun) && fun_entry(fun)->arity == length) {
    const FunEntry* entry = fun_entry(fun);
    p->resume = {pc, fp, 2, 0};
    make_stack_room(*p, 1 + std::max<size_t>(FunctionHeader::frame(entry->code), static_cast<size_t>(length) + 1));
    fp = p->resume.fp;
    fun = Term::from_bits(fp[1]);
    args = Term::from_bits(fp[2]);
    spread(args, fp + 1);
    for (uint32_t i = 0; i < entry->captured; ++i) fp[1 + length + i] = fun.box()[2 + i];
    code = entry->code;
  } else if (fun.is_kind(Kind::Export) && export_of(fun)->arity == length) {
    spread(args, fp + 1);
    code = export_of(fun)->code.load(std::memory_order_acquire);
  } else {
    p->raise_error(fun.is_fun() ? make_tuple(p->heap, {atoms::badarity, make_tuple(p->heap, {fun, args})})
                                : make_tuple(p->heap, {atoms::badfun, fun}));
    p->exc.trace = trace_head_plain();
    RELOAD();
    GO(slow_native_raise);
  }
  RELOAD();
  ENTER(code, fp);
}

}  // namespace phial
