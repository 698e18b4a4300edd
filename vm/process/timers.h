// Timers of one scheduler: receive timeouts, and the messages of send_after and start_timer. Each scheduler fires its
// own; any thread may arm, read and cancel under the lock, which is nearly always free because a process uses the timers
// of the scheduler it runs on.
//
// A message timer's reference carries in its number the index of the scheduler that armed it.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "vm/process/relations.h"
#include "vm/support/spin_lock.h"

namespace phial {

struct MessageTimer : TimerNode {
  MessageTimer() { is_message = true; }
  MessageTimer* hash_next;
  uint64_t ref_id;
  int64_t due_ns;
  Term target;      // pid or name
  Signal* message;
};

class TimerService {
 public:
  TimerService(ProcessSystem& system, SchedulerContext& context, int64_t now_ns);
  ~TimerService();

  /// Any thread.
  void arm_message(uint64_t ref_id, int64_t due_ns, Term target, Signal* message);
  /// Nanoseconds left, or -1 when no such timer runs.
  int64_t cancel_message(uint64_t ref_id, int64_t now_ns);
  int64_t read_message(uint64_t ref_id, int64_t now_ns);

  /// Makes [timer] fire at [tick] at the latest. Owner of the timer.
  void arm_receive(ReceiveTimer& timer, int64_t tick);
  /// After this [timer] is in no wheel and no signal of it is being sent.
  void drop_receive(ReceiveTimer& timer);

  /// Fires what is due. Its scheduler only.
  void advance(int64_t now_ns);
  /// When to call advance again at the latest; INT64_MAX when nothing is armed. Any thread may read; only its scheduler
  /// gets an exact answer.
  int64_t next_ns() const { return next_ns_.load(std::memory_order_relaxed); }

 private:
  MessageTimer** bucket(uint64_t ref_id) { return &buckets_[(ref_id * 0x9e3779b97f4a7c15u) >> shift_]; }
  void note_tick(int64_t tick);
  void grow();
  MessageTimer* unlink_message(uint64_t ref_id);

  SpinLock lock_;
  TimerWheel wheel_;
  std::vector<MessageTimer*> buckets_;
  unsigned shift_ = 63;
  size_t messages_ = 0;
  std::atomic<int64_t> next_ns_{INT64_MAX};
  ProcessSystem& system_;
  SchedulerContext& context_;
};

}  // namespace phial
