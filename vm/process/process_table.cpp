#include "vm/process/process_table.h"

#include <sys/mman.h>

#include <algorithm>

#include "vm/process/system.h"

namespace phial {

namespace {
constexpr size_t kTableBytes = (kPidSlotMask + 1) * sizeof(std::atomic<Process*>);
}

ProcessTable::ProcessTable(uint64_t limit) : limit_(std::min(limit, kPidSlotMask / 2)) {
  void* memory = mmap(nullptr, kTableBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  VM_CHECK(memory != MAP_FAILED);
  slots_ = static_cast<std::atomic<Process*>*>(memory);
}

ProcessTable::~ProcessTable() { munmap(slots_, kTableBytes); }

void ProcessTable::take_block(SchedulerContext& context, uint64_t live) {
  std::lock_guard lock(mutex_);
  uint64_t window = window_.load(std::memory_order_relaxed);
  // Grow where the window ends, so that the slots just given out are not revisited at once.
  if (cursor_ >= window) {
    if (live * 2 >= window && window <= kPidSlotMask) {
      window *= 2;
      window_.store(window, std::memory_order_release);
    } else {
      cursor_ = 64;
      ++round_;
    }
  }
  context.slot_next = cursor_;
  context.slot_end = std::min(cursor_ + kBlock, window);
  context.slot_round = round_;
  cursor_ = context.slot_end;
}

bool ProcessTable::insert(Process& p, SchedulerContext& context, const ProcessSystem& system) {
  for (;;) {
    if (context.slot_next == context.slot_end || context.near_limit) {
      // Counting takes a look at every scheduler, so far from the limit it is done once a block.
      auto live = static_cast<uint64_t>(system.live_processes());
      context.near_limit = live + 4096 >= limit_;
      if (live >= limit_) return false;
      if (context.slot_next == context.slot_end) take_block(context, live);
    }
    uint64_t slot = context.slot_next++;
    if (slots_[slot].load(std::memory_order_relaxed) != nullptr) continue;
    p.self = make_pid(slot, context.slot_round);
    Process* none = nullptr;
    // A block taken in an earlier round may still be in use by another scheduler: the slot is claimed by exchange.
    if (slots_[slot].compare_exchange_strong(none, &p, std::memory_order_acq_rel, std::memory_order_relaxed)) return true;
  }
}

void ProcessTable::remove(Process& p) { slots_[pid_slot(p.self)].store(nullptr, std::memory_order_release); }

}  // namespace phial
