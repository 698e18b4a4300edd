#include "vm/interp/fiber.h"

#include <sys/mman.h>

#include <algorithm>
#include <boost/context/detail/fcontext.hpp>
#include <mutex>
#include <new>

#include "vm/code/code_server.h"
#include "vm/heap/roots.h"
#include "vm/interp/frame.h"
#include "vm/interp/interp.h"
#include "vm/interp/op.h"
#include "vm/interp/safepoint.h"
#include "vm/interp/trace.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PHIAL_ASAN_FIBERS
#include <sanitizer/common_interface_defs.h>
#endif
#if __has_feature(thread_sanitizer)
#define PHIAL_TSAN_FIBERS
#include <sanitizer/tsan_interface.h>
#endif
#endif

namespace phial {

namespace context = boost::context::detail;

namespace {

/// Virtual room; pages are taken when touched.
constexpr size_t kStackBytes = size_t{8} << 20;
constexpr size_t kGuardBytes = 4096;
/// What a native that checks its depth should leave untouched.
constexpr size_t kStackReserve = 64 << 10;
constexpr size_t kMaxFiberArgs = 16;

enum class Event : uint8_t { Done, Call, Pause, Wait };

/// Tells sanitizers that the thread changes stacks. What they want to know differs; both sides call before and after.
struct StackSwitch {
#ifdef PHIAL_ASAN_FIBERS
  void* fake = nullptr;
  const void* bottom = nullptr;  // of the stack this side runs on
  size_t size = 0;
#endif
#ifdef PHIAL_TSAN_FIBERS
  void* fiber = nullptr;
#endif
};

}  // namespace

/// Lives at the high end of its own stack.
class Fiber {
 public:
  Process* p;
  Export* native;
  Fiber* parent;  // the process's next outer fiber
  char* stack;    // lowest usable byte
  context::fcontext_t inside = nullptr;   // where the native was left
  context::fcontext_t outside = nullptr;  // where the loop was left
  Event event = Event::Done;
  bool dying = false;
  Term args[kMaxFiberArgs];
  Term result;
  // A call asked for: an export, or a fun when that is null.
  Export* target = nullptr;
  Term fun;
  std::vector<Term> call_args;
  FiberResult incoming;
  FiberRoots* roots = nullptr;
  StackSwitch here, there;  // the fiber's side, the loop's side
};

namespace {

class FiberPool {
 public:
  ~FiberPool() {
    for (char* stack : free_) unmap(stack);
  }
  /// A stack's lowest usable byte, or null.
  char* take() {
    {
      std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        char* stack = free_.back();
        free_.pop_back();
        return stack;
      }
    }
    void* memory = mmap(nullptr, kStackBytes + kGuardBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    mprotect(memory, kGuardBytes, PROT_NONE);
    return static_cast<char*>(memory) + kGuardBytes;
  }
  void give(char* stack) {
    std::lock_guard lock(mutex_);
    if (free_.size() < kKept) free_.push_back(stack);
    else unmap(stack);
  }

 private:
  static constexpr size_t kKept = 16;
  static void unmap(char* stack) { munmap(stack - kGuardBytes, kStackBytes + kGuardBytes); }
  std::mutex mutex_;
  std::vector<char*> free_;
};

FiberPool& pool_of(const Process& p) {
  CodeServer& server = code_server(p);
  std::shared_ptr<void> state = std::atomic_load(&server.interpreter_state);
  if (state == nullptr) {
    std::shared_ptr<void> fresh = std::make_shared<FiberPool>();
    std::atomic_compare_exchange_strong(&server.interpreter_state, &state, fresh);
    state = std::atomic_load(&server.interpreter_state);
  }
  return *static_cast<FiberPool*>(state.get());
}

// The switches themselves.

void before_switch(StackSwitch& from, const StackSwitch& to, bool leaving_for_good) {
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_start_switch_fiber(leaving_for_good ? nullptr : &from.fake, to.bottom, to.size);
#endif
#ifdef PHIAL_TSAN_FIBERS
  __tsan_switch_to_fiber(to.fiber, 0);
#endif
}
void after_switch(StackSwitch& mine, StackSwitch& other) {
#ifdef PHIAL_ASAN_FIBERS
  __sanitizer_finish_switch_fiber(mine.fake, &other.bottom, &other.size);
#endif
}

/// From the loop to the native; back when the native wants something.
[[gnu::noinline]] Event enter(Fiber& f) {
#ifdef PHIAL_TSAN_FIBERS
  f.there.fiber = __tsan_get_current_fiber();
#endif
  before_switch(f.there, f.here, false);
  context::transfer_t t = context::jump_fcontext(f.inside, &f);
  after_switch(f.there, f.here);
  f.inside = t.fctx;
  return f.event;
}

/// From the native to the loop; back when the loop has an answer. The thread may be another one then.
[[gnu::noinline]] void leave(Fiber& f, Event event) {
  f.event = event;
  before_switch(f.here, f.there, event == Event::Done);
  context::transfer_t t = context::jump_fcontext(f.outside, &f);
  after_switch(f.here, f.there);
  f.outside = t.fctx;
}

void fiber_main(context::transfer_t t) {
  Fiber& f = *static_cast<Fiber*>(t.data);
  after_switch(f.here, f.there);
  f.outside = t.fctx;
  f.result = f.native->native(*f.p, f.args);
  leave(f, Event::Done);
  __builtin_unreachable();
}

Fiber* make_fiber(Process& p, Export* native, const Word* args) {
  char* stack = pool_of(p).take();
  if (stack == nullptr) return nullptr;
  // The top stays 64-aligned for the context below it.
  char* top = stack + kStackBytes - ((sizeof(Fiber) + 63) & ~size_t{63});
  Fiber* f = new (top) Fiber;
  f->p = &p;
  f->native = native;
  f->parent = p.fiber;
  f->stack = stack;
  for (uint32_t i = 0; i < native->arity; ++i) f->args[i] = Term::from_bits(args[i]);
  f->inside = context::make_fcontext(top, static_cast<size_t>(top - stack), fiber_main);
#ifdef PHIAL_ASAN_FIBERS
  f->here.bottom = stack;
  f->here.size = kStackBytes;
#endif
#ifdef PHIAL_TSAN_FIBERS
  f->here.fiber = __tsan_create_fiber(0);
#endif
  p.fiber = f;
  return f;
}

void end_fiber(Fiber& f) {
  Process& p = *f.p;
  p.fiber = f.parent;
  char* stack = f.stack;
#ifdef PHIAL_TSAN_FIBERS
  __tsan_destroy_fiber(f.here.fiber);
#endif
  f.~Fiber();
  pool_of(p).give(stack);
}

FiberResult call(Process& p) {
  Fiber& f = *p.fiber;
  if (!f.dying) leave(f, Event::Call);
  FiberResult result = f.incoming;
  f.incoming = {};
  f.call_args.clear();
  f.fun = Term::none();
  if (f.dying) result = {Term::none(), atoms::exit, atoms::killed, Term::nil_list(), true};
  return result;
}

bool sleep(Process& p, Event event) {
  Fiber& f = *p.fiber;
  if (!f.dying) leave(f, event);
  return !f.dying;
}

}  // namespace

FiberResult fiber_apply(Process& p, Term fun, std::span<const Term> args) {
  Fiber& f = *p.fiber;
  f.target = nullptr;
  f.fun = fun;
  f.call_args.assign(args.begin(), args.end());
  return call(p);
}

FiberResult fiber_apply(Process& p, Export* target, std::span<const Term> args) {
  Fiber& f = *p.fiber;
  f.target = target;
  f.call_args.assign(args.begin(), args.end());
  return call(p);
}

Term fiber_reraise(Process& p, const FiberResult& result) {
  p.raise(result.class_, result.reason);
  // As a list, for a raw trace would be taken for the head of a new one.
  p.exc.trace = result.trace.is_none() ? Term::none() : trace_to_list(p, result.trace);
  return Term::none();
}

bool fiber_pause(Process& p) { return !p.out_of_reductions() ? !p.fiber->dying : sleep(p, Event::Pause); }
bool fiber_wait(Process& p) { return sleep(p, Event::Wait); }

size_t fiber_stack_left(const Process& p) {
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  if (p.fiber == nullptr || here < p.fiber->stack || here > p.fiber->stack + kStackBytes) return kStackReserve;
  size_t left = static_cast<size_t>(here - p.fiber->stack);
  return left > kStackReserve ? left - kStackReserve : 0;
}

FiberRoots::FiberRoots(Process& p, std::span<Term> terms) : p_(p), terms_(terms), next_(p.fiber->roots) {
  p.fiber->roots = this;
}
FiberRoots::~FiberRoots() { p_.fiber->roots = next_; }

void visit_fiber_roots(Process& p, RootVisitor& visitor) {
  for (Fiber* f = p.fiber; f != nullptr; f = f->parent) {
    visitor.visit(f->args, kMaxFiberArgs);
    visitor.visit(&f->result);
    visitor.visit(&f->fun);
    visitor.visit(f->call_args.data(), f->call_args.size());
    visitor.visit(&f->incoming.value);
    visitor.visit(&f->incoming.reason);
    visitor.visit(&f->incoming.trace);
    for (FiberRoots* r = f->roots; r != nullptr; r = r->next_) visitor.visit(r->terms_.data(), r->terms_.size());
  }
}

void abandon_fibers(Process& p) {
  while (p.fiber != nullptr) {
    Fiber& f = *p.fiber;
    f.dying = true;
    while (enter(f) != Event::Done) {
    }
    end_fiber(f);
  }
}

// Handlers. In all of them fp is the native's frame.

SLOW_FN(slow_run_fiber);

SLOW_FN(slow_start_fiber) {
  SPILL();
  Export* e = reinterpret_cast<Export*>(pc[1]);
  if (UNLIKELY(e->arity > kMaxFiberArgs) || UNLIKELY(make_fiber(*p, e, fp + 1) == nullptr)) {
    p->raise_error(atoms::system_limit);
    RELOAD();
    GO(slow_native_raise);
  }
  GO(slow_run_fiber);
}

/// The callback asked for cannot be made; its exception is the answer.
static void refuse_call(Process& p, Fiber& f) {
  Term list = make_list(p.heap, f.call_args);
  f.incoming.value = Term::none();
  f.incoming.class_ = atoms::error;
  f.incoming.reason = f.fun.is_fun()
                          ? make_tuple(p.heap, {atoms::badarity, make_tuple(p.heap, {f.fun, list})})
                          : make_tuple(p.heap, {atoms::badfun, f.fun});
  f.incoming.trace = make_raw_trace_of_callers(p, p.resume.fp, trace_head_plain());
}

/// The code a callback runs, or null.
static const Word* callback_code(const Fiber& f) {
  if (f.target != nullptr) return f.target->code.load(std::memory_order_acquire);
  if (f.fun.is_kind(Kind::Fun) && fun_entry(f.fun)->arity == f.call_args.size()) return fun_entry(f.fun)->code;
  if (f.fun.is_kind(Kind::Export) && export_of(f.fun)->arity == f.call_args.size()) {
    return export_of(f.fun)->code.load(std::memory_order_acquire);
  }
  return nullptr;
}

/// Makes the frame of a callback above the native's; returns it.
static Word* push_callback(Process& p, Fiber& f, const Word* code) {
  bool closure = f.target == nullptr && f.fun.is_kind(Kind::Fun);
  size_t captured = closure ? fun_entry(f.fun)->captured : 0;
  size_t count = f.call_args.size() + captured;
  make_stack_room(p, 3 + std::max<size_t>(FunctionHeader::frame(code), count));
  Word* frame = p.resume.fp + 2;
  frame[-1] = 0;  // registers of the native's frame that are live
  frame[0] = return_word(fiber_return(), 0);
  Word* to = frame + 1;
  for (Term t : f.call_args) *to++ = t.bits();
  for (size_t i = 0; i < captured; ++i) *to++ = f.fun.box()[2 + i];
  return frame;
}

SLOW_FN(slow_run_fiber) {
  Fiber* f = p->fiber;
  SPILL();
  p->resume = {f->native->stub_code(), fp, 0, 0};
  for (;;) {
    Event event = enter(*f);
    if (event == Event::Call) {
      const Word* code = callback_code(*f);
      if (code == nullptr) {
        refuse_call(*p, *f);
        continue;
      }
      Word* frame = push_callback(*p, *f, code);
      RELOAD();
      ENTER(code, frame);
    }
    if (event == Event::Done) break;
    p->resume = {fiber_resume(), fp, 0, 0};
    RELOAD();
    LEAVE(event == Event::Pause ? SliceResult::Yielded : SliceResult::Waiting);
  }
  pc = f->native->stub_code();
  Term result = f->result;
  for (uint32_t i = 0; i < f->native->arity; ++i) fp[1 + i] = f->args[i].bits();
  end_fiber(*f);
  RELOAD();
  if (result.is_none()) GO(slow_native_request);
  RETURN_VALUE(result.bits());
}

OP_FN(iop_FiberReturn) {
  p->fiber->incoming = {Term::from_bits(fp[1]), Term::none(), Term::none(), Term::none()};
  fp = native_frame_below(fp);
  GO(slow_run_fiber);
}

OP_FN(iop_FiberRaise) {
  p->fiber->incoming = {Term::none(), p->exc.class_, p->exc.reason, p->exc.trace};
  p->exc = {};
  GO(slow_run_fiber);
}

OP_FN(iop_FiberResume) { GO(slow_run_fiber); }

}  // namespace phial
