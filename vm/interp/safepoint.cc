// Roots of a process, stack room, and the watermark.
//
// A collection leaves no pointer into the nursery anywhere. A frame that is not on top cannot change until it is
// returned to, so the next minor collection need not look at frames that were below the top at the last one. The
// watermark marks them: the frame at p.watermark returns to an internal instruction (its true return address is in
// p.watermark_return), and all frames below it are clean. When that frame returns, the watermark moves some frames
// down, which makes the cost of it small on each return and keeps the frames to look at few.
#include "vm/interp/safepoint.h"

#include <algorithm>

#include "vm/code/code_server.h"
#include "vm/interp/fiber.h"
#include "vm/interp/frame.h"
#include "vm/interp/op.h"
#include "vm/process/info.h"

namespace phial {
namespace {

/// Frames between the top of the stack and a new watermark.
constexpr int kWatermarkDistance = 32;

/// Live maps of call sites, with the module of the last one at hand.
class LiveMaps {
 public:
  explicit LiveMaps(const Process& p) : server_(code_server(p)) {}
  const std::vector<uint64_t>& at(const Word* pc, uint32_t index) {
    if (module_ == nullptr || !module_->holds(pc)) module_ = server_.module_at(pc);
    VM_ASSERT(module_ != nullptr && index < module_->live_maps.size());
    return module_->live_maps[index];
  }

 private:
  CodeServer& server_;
  const Module* module_ = nullptr;
};

void visit_map(RootVisitor& visitor, Word* fp, const std::vector<uint64_t>& map) {
  Word* registers = fp + 1;
  for (size_t i = 0; i < map.size(); ++i) {
    for (uint64_t bits = map[i]; bits != 0; bits &= bits - 1) {
      visitor.visit(registers + i * 64 + static_cast<unsigned>(__builtin_ctzll(bits)));
    }
  }
}

class ProcessRoots final : public HeapOwner {
 public:
  ProcessRoots(Process& p, ExtraLive a, ExtraLive b) : p_(p), extra_{a, b} {}

  void visit_roots(RootVisitor& visitor, bool all) override {
    LiveMaps maps(p_);
    ResumePoint& top = p_.resume;
    if (top.fp != nullptr) {
      if (top.live_map != 0) visit_map(visitor, top.fp, maps.at(top.pc, top.live_map));
      else visitor.visit(reinterpret_cast<Term*>(top.fp + 1), top.live_params);
      for (ExtraLive e : extra_) visitor.visit(reinterpret_cast<Term*>(top.fp + 1 + e.first), e.count);
      visit_callers(visitor, maps, all);
    }
    visit_process_roots(p_, visitor);
    visitor.visit(&p_.group_leader);
    visit_fiber_roots(p_, visitor);
  }

  void stack_moved(ptrdiff_t bytes) override {
    auto move = [bytes](Word*& at) {
      if (at != nullptr) at = reinterpret_cast<Word*>(reinterpret_cast<char*>(at) + bytes);
    };
    move(p_.resume.fp);
    move(p_.watermark);
  }

 private:
  void visit_callers(RootVisitor& visitor, LiveMaps& maps, bool all) {
    FrameWalk walk(p_, p_.resume.fp);
    while (!walk.returns_to_exit()) {
      if (!all && walk.fp() == p_.watermark) return;
      if (walk.returns_to_fiber()) {
        size_t count = walk.fp()[-1];
        walk.pop();
        visitor.visit(reinterpret_cast<Term*>(walk.fp() + 1), count);
      } else {
        CallSite site = CallSite::before(walk.return_address());
        walk.pop();
        if (site.live_map != 0) visit_map(visitor, walk.fp(), maps.at(site.call, site.live_map));
      }
    }
  }

  Process& p_;
  ExtraLive extra_[2];
};

/// Registers of the frame that p.resume says is on top.
uint32_t top_frame(const Process& p) {
  const Word* pc = p.resume.pc;
  if (pc >= kInternalCode.words && pc < kInternalCode.words + std::size(kInternalCode.words)) return 4;
  const Module* module = code_server(p).module_at(pc);
  const LoadedFunction* f = module != nullptr ? module->function_at(pc) : nullptr;
  return f != nullptr ? f->frame : FunctionHeader::frame(pc);
}

/// Where the highest frame ends. Callees overlay the upper registers of their callers, so it need not be the top one.
Word* stack_end(const Process& p) {
  Word* end = p.resume.fp + 1 + top_frame(p);
  FrameWalk walk(p, p.resume.fp);
  while (!walk.returns_to_exit()) {
    if (walk.fp() == p.watermark) return std::max(end, p.heap.stack_base() + p.watermark_end);
    bool fiber = walk.returns_to_fiber();
    uint32_t frame = fiber ? 0 : CallSite::before(walk.return_address()).frame;
    walk.pop();
    end = std::max(end, walk.fp() + 1 + frame);
  }
  return end;
}

void restore_watermark(Process& p) {
  if (p.watermark == nullptr) return;
  p.watermark[0] = p.watermark_return;
  p.watermark = nullptr;
}

void set_watermark(Process& p, Word* fp, size_t end) {
  p.watermark = fp;
  p.watermark_return = fp[0];
  p.watermark_end = end;
  fp[0] = return_word(watermark_return(), 0);
}

/// Everything is clean and the frame at [fp] is on top: marks a frame some way down, unless one nearer is marked.
void place_watermark(Process& p, Word* fp) {
  FrameWalk walk(p, fp);
  for (int i = 0; i < kWatermarkDistance; ++i) {
    if (walk.fp() == p.watermark || walk.returns_to_exit()) return;
    walk.pop();
  }
  if (walk.fp() == p.watermark || walk.returns_to_exit() || walk.returns_to_fiber()) return;
  Word* mark = walk.fp();
  // The frames between the old mark and the new one join those below.
  Word* end = mark;
  while (!walk.returns_to_exit()) {
    if (walk.fp() == p.watermark) {
      end = std::max(end, p.heap.stack_base() + p.watermark_end);
      break;
    }
    uint32_t frame = walk.returns_to_fiber() ? 0 : CallSite::before(walk.return_address()).frame;
    walk.pop();
    end = std::max(end, walk.fp() + 1 + frame);
  }
  restore_watermark(p);
  set_watermark(p, mark, static_cast<size_t>(end - p.heap.stack_base()));
}

}  // namespace

void collect_process(Process& p, size_t words, ExtraLive a, ExtraLive b) {
  // What a receive had copied out of its mailbox can no longer be taken back.
  p.mailbox.peeked_from = nullptr;
  ProcessRoots roots(p, a, b);
  if (p.resume.fp != nullptr) {
    Word* end = stack_end(p);
    size_t depth = static_cast<size_t>(end - p.heap.stack_base());
    // Some slack, so that the next few calls need not come here; never more than what is stack already (a frame that
    // is being entered may still lack room beyond its parameters).
    p.heap.set_low(std::min(end + 4 + depth / 16, p.heap.low()));
  }
  p.heap.collect(roots, words);
  if (p.resume.fp != nullptr) place_watermark(p, p.resume.fp);
}

void compact_process(Process& p) {
  ProcessRoots roots(p, {}, {});
  p.mailbox.peeked_from = nullptr;
  p.heap.set_low(std::min(stack_end(p), p.heap.low()));
  p.heap.compact(roots);
}

void make_stack_room(Process& p, size_t words_from_fp, ExtraLive a, ExtraLive b) {
  auto needed = [&] {
    ptrdiff_t n = p.resume.fp + words_from_fp - p.heap.low();
    return n > 0 ? static_cast<size_t>(n) : 0;
  };
  if (needed() == 0) return;
  size_t depth = static_cast<size_t>(p.heap.low() - p.heap.stack_base());
  // A stack that grows takes room in steps that grow with it.
  size_t step = depth / 8 + 8;
  if (p.heap.free_words() < needed() + step + 8) {
    collect_process(p, needed() + 2 * step + depth / 4, a, b);
    if (needed() == 0) return;
  }
  p.heap.set_low(p.heap.low() + std::min(needed() + step, p.heap.free_words()));
}

void lower_watermark_to(Process& p, Word* fp) {
  if (p.watermark == nullptr || fp >= p.watermark) return;
  // The marked frame is gone; the frames below [fp] are as clean as those it stood for.
  FrameWalk walk(p, fp);
  p.watermark = nullptr;
  for (int i = 0; i < kWatermarkDistance; ++i) {
    if (walk.returns_to_exit()) return;
    walk.pop();
  }
  if (walk.returns_to_exit() || walk.returns_to_fiber()) return;
  set_watermark(p, walk.fp(), p.watermark_end);
}

OP_FN(iop_Watermark) {
  Word word = p->watermark_return;
  pc = return_address(word);
  fp -= return_distance(word);
  lower_watermark_to(*p, fp);
  DISPATCH();
}

SLOW_FN(slow_reserve) {
  SPILL();
  p->resume = {pc, fp, 0, SLOT(1)};
  collect_process(*p, SLOT(0));
  fp = p->resume.fp;
  RELOAD();
  NEXT(1);
}

SLOW_FN(slow_enter) {
  SPILL();
  p->reductions += p->held_reductions;
  p->held_reductions = 0;
  p->resume = {pc, fp, FunctionHeader::params(pc), 0};
  size_t frame = FunctionHeader::frame(pc);
  if (kGcStress || p->heap.gc_wanted()) collect_process(*p, 0);
  make_stack_room(*p, 1 + frame);
  fp = p->resume.fp;
  if (p->reductions <= 0) {
    p->slice_result = SliceResult::Yielded;
    return;
  }
  RELOAD();
  DISPATCH();
}

SLOW_FN(slow_call_fun_room) {
  SPILL();
  Term fun = static_cast<uint8_t>(*pc) == static_cast<uint8_t>(Op::CallFun) ? TERM(2) : TERM(1);
  size_t frame = FunctionHeader::frame(fun_entry(fun)->code);
  if (static_cast<uint8_t>(*pc) == static_cast<uint8_t>(Op::CallFun)) {
    uint32_t window = SLOT(0), arguments = SLOT(1);
    p->resume = {pc, fp, 0, SLOT(3)};
    make_stack_room(*p, 2 + window + frame, {window + 1, arguments}, {SLOT(2), 1});
  } else {
    p->resume = {pc, fp, SLOT(0), 0};
    make_stack_room(*p, 1 + frame, {SLOT(1), 1});
  }
  fp = p->resume.fp;
  RELOAD();
  DISPATCH();
}

}  // namespace phial
