#include "vm/interp/raise.h"

#include "vm/code/code_server.h"
#include "vm/interp/fiber.h"
#include "vm/interp/frame.h"
#include "vm/interp/op.h"
#include "vm/interp/safepoint.h"
#include "vm/interp/trace.h"
#include "vm/process/context.h"
#include "vm/term/tuple.h"

namespace phial {

CodePlace place_of(Process& p, const Word* pc) {
  // An exception is looked for several times in the same function, and so is the next one often. Code is never freed.
  SchedulerContext& here = *p.scheduler;
  const LoadedFunction* last = here.last_function;
  if (last == nullptr || pc < last->entry || pc >= last->end) {
    here.last_module = code_server(p).module_at(pc);
    here.last_function = here.last_module != nullptr ? here.last_module->function_at(pc) : nullptr;
  }
  CodePlace place{here.last_module, here.last_function, 0};
  if (place.module == nullptr) return place;
  place.offset = static_cast<uint32_t>(pc - place.module->code);
  return place;
}

const HandlerRange* handler_at(const CodePlace& place) {
  if (place.function == nullptr) return nullptr;
  for (uint32_t i = place.function->first_handler; i < place.function->end_handler; ++i) {
    const HandlerRange& h = place.module->handlers[i];
    if (place.offset >= h.from && place.offset < h.to) return &h;
  }
  return nullptr;
}

const Word* guard_handler(Process& p, const Word* pc) {
  CodePlace place = place_of(p, pc);
  const HandlerRange* h = handler_at(place);
  return h != nullptr && h->kind == HandlerRange::Kind::Guard ? place.module->code + h->handler : nullptr;
}

namespace {

/// What links and monitors hear of an exception nobody caught.
void become_exit_reason(Process& p) {
  PendingException& e = p.exc;
  if (e.class_ != atoms::exit) {
    Term trace = trace_to_list(p, e.trace);
    Term reason = e.class_ == atoms::throw_ ? make_tuple(p.heap, {atoms::nocatch, e.reason}) : e.reason;
    e.reason = make_tuple(p.heap, {reason, trace});
    p.set(kUncaughtError);
  }
  e.class_ = atoms::exit;
  e.trace = Term::none();
}

}  // namespace

bool unwind(Process& p, const Word* pc, Word* fp) {
  for (;;) {
    if (pc != nullptr) {
      CodePlace place = place_of(p, pc);
      if (const HandlerRange* h = handler_at(place)) {
        if (h->kind == HandlerRange::Kind::Try) {
          Word* to = fp + 1 + h->base;
          to[0] = p.exc.class_.bits();
          to[1] = p.exc.reason.bits();
          to[2] = p.exc.trace.bits();
        }
        lower_watermark_to(p, fp);
        p.exc = {};
        p.resume.pc = place.module->code + h->handler;
        p.resume.fp = fp;
        return true;
      }
    }
    FrameWalk walk(p, fp);
    if (walk.returns_to_exit()) {
      become_exit_reason(p);
      p.watermark = nullptr;
      p.resume = {};
      return false;
    }
    if (walk.returns_to_fiber()) {
      // The native that called gets the exception: go on at the return point, which sees it pending.
      walk.pop();
      lower_watermark_to(p, walk.fp());
      p.resume.pc = fiber_raise();
      p.resume.fp = walk.fp();
      return true;
    }
    pc = walk.return_address() - kCallWords;
    walk.pop();
    fp = walk.fp();
  }
}

SLOW_FN(slow_unwind) {
  SPILL();
  bool caught = unwind(*p, pc, fp);
  if (!caught) {
    RELOAD();
    LEAVE(SliceResult::Exited);
  }
  pc = p->resume.pc;
  fp = p->resume.fp;
  RELOAD();
  DISPATCH();
}

SLOW_FN(slow_raise) {
  SPILL();
  if (const Word* handler = guard_handler(*p, pc)) {
    pc = handler;
    RELOAD();
    DISPATCH();
  }
  Term head = p->exc.trace;
  if (!is_whole_trace(head)) p->exc.trace = make_raw_trace(*p, pc, fp, head.is_none() ? trace_head_plain() : head);
  RELOAD();
  GO(slow_unwind);
}

/// The function an arithmetic instruction stands for.
static const char* arithmetic_name(Op op) {
  switch (op) {
    case Op::Add:
    case Op::AddInt:
      return "+";
    case Op::Sub:
    case Op::SubInt:
    case Op::Neg:
      return "-";
    case Op::Mul:
    case Op::MulInt:
      return "*";
    case Op::Div:
      return "/";
    case Op::IntDiv:
    case Op::IntDivInt:
      return "div";
    case Op::Rem:
    case Op::RemInt:
      return "rem";
    case Op::BAnd:
    case Op::BAndInt:
      return "band";
    case Op::BOr:
      return "bor";
    case Op::BXor:
      return "bxor";
    case Op::BNot:
      return "bnot";
    case Op::Bsl:
    case Op::BslInt:
      return "bsl";
    case Op::Bsr:
    case Op::BsrInt:
      return "bsr";
    default:
      return "not";
  }
}

SLOW_FN(slow_badarith) {
  SPILL();
  if (const Word* handler = guard_handler(*p, pc)) {
    pc = handler;
    RELOAD();
    DISPATCH();
  }
  Op op = static_cast<Op>(static_cast<uint8_t>(*pc));
  std::string_view operands = op_info(op).operands;
  Term args[2];
  size_t count = operands.size() - 1;
  for (size_t i = 0; i < count; ++i) {
    args[i] = operands[1 + i] == 's' ? TERM(1 + i) : Term::fixnum(INT_SLOT(1 + i));
  }
  p->raise_error(p->exc.reason);
  Term name = p->atoms().intern(arithmetic_name(op));
  Term head = trace_head_call(*p, atoms::erlang, name, args, count, error_info_for(*p, atoms::erlang, name));
  p->exc.trace = make_raw_trace(*p, pc, fp, head);
  RELOAD();
  GO(slow_unwind);
}

}  // namespace phial
