// All processes of a runtime by pid.
//
// The table is one sparse array of slots, reserved as address space and touched as needed. Pids are given out in
// order: each scheduler takes a block of slots at a time from a window that wraps around; the round of the wrap is part
// of the pid, so a pid is never used twice. The window grows when half of it is occupied.
//
// Lookup is a load and a compare, without locks. The memory of a process that has left the table stays valid until
// every thread that may have looked it up has passed a quiescent point (reclaimer.h): a pointer from find() is good
// until the end of the slice or of the ReadGuard.
#pragma once

#include <atomic>
#include <mutex>

#include "vm/process/context.h"
#include "vm/term/identity.h"

namespace phial {

class ProcessTable {
 public:
  explicit ProcessTable(uint64_t limit);
  ~ProcessTable();
  ProcessTable(const ProcessTable&) = delete;
  ProcessTable& operator=(const ProcessTable&) = delete;

  /// Gives [p] a pid and makes it visible. False when there are too many processes already.
  bool insert(Process& p, SchedulerContext& context, const ProcessSystem& system);
  void remove(Process& p);

  /// The process, or null when it is gone or never was.
  Process* find(Term pid) const {
    Process* p = slots_[pid_slot(pid)].load(std::memory_order_acquire);
    return p != nullptr && p->self == pid ? p : nullptr;
  }

  uint64_t limit() const { return limit_; }
  /// Slots that may be occupied: 0 .. window()-1.
  uint64_t window() const { return window_.load(std::memory_order_acquire); }
  /// The occupant of a slot, or null.
  Process* at(uint64_t slot) const { return slots_[slot].load(std::memory_order_acquire); }

 private:
  static constexpr uint64_t kBlock = 64;
  void take_block(SchedulerContext& context, uint64_t live);

  const uint64_t limit_;
  std::atomic<Process*>* slots_;  // acquire/release: publishes a process with its pid
  std::atomic<uint64_t> window_{1 << 15};
  std::mutex mutex_;  // guards the three below
  uint64_t cursor_ = 64;  // small numbers look like system processes to users
  uint64_t round_ = 0;
};

}  // namespace phial
