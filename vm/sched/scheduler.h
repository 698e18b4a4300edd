// A scheduler: one thread that runs processes, a slice at a time.
//
// Its run queues are private, so queueing and switching take no atomic operation. Other threads hand processes over
// through the inbox. A process that is woken runs on its waker's scheduler; processes move only when a scheduler has had
// more to do than it can for a while and another one is idle (share()).
//
// Lanes, in order: max, high; then `fresh` (woken or just spawned) before `spent` (used up a slice), so that a process
// that mostly waits is served within about one slice however many others spin. A budget of reductions bounds how long
// fresh ones may go first. Low priority gets every eighth turn of the spent lane.
//
// Private to the thread unless an atomic. Orders: see docs/scheduler.md.
#pragma once

#include <thread>

#include "vm/process/context.h"
#include "vm/process/reclaimer.h"
#include "vm/process/timers.h"
#include "vm/sched/run_queue.h"

namespace phial {

class Runtime;

class alignas(64) Scheduler : public SchedulerContext {
 public:
  Scheduler(Runtime& runtime, uint32_t index);
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Runs processes until the runtime stops.
  void loop();

  // Own thread.
  void enqueue_fresh(Process* p);
  Process* take_process();
  void retire_process(Process* p);

  // Any thread.
  /// Hands [p] over.
  void post(Process* p);
  /// Makes it look around if it sleeps.
  void wake();
  /// Runnable processes, roughly.
  uint32_t load() const { return load_.load(std::memory_order_relaxed); }

  enum class State : uint32_t { NotStarted, Busy, Spinning, Sleeping };
  State state() const { return static_cast<State>(state_.load(std::memory_order_acquire)); }

  /// Frees memory of processes; at the end, when no thread runs.
  void release_memory();

 private:
  friend class Runtime;
  static constexpr int32_t kSlice = 4000;
  static constexpr int64_t kFreshBudget = 3 * kSlice;
  static constexpr int32_t kSwitchCost = 20;     // reductions' worth of a switch
  static constexpr int32_t kClockInterval = 2000;  // reductions between looks at the clock
  static constexpr int64_t kSpinNs = 40'000;
  static constexpr int64_t kShareAfterNs = 100'000;
  static constexpr uint32_t kRetireBatch = 32;
  static constexpr uint32_t kMaxFree = 8192;

  Process* pick();
  void run_process(Process& p);
  /// Runs one slice. False when the process is done for now: parked or gone.
  bool run_slices(Process& p);
  void finish(Process& p);
  void enqueue_spent(Process* p);
  /// Moves what others posted into the lanes.
  void take_inbox();
  /// Clock, timers, balance.
  void tick();
  void idle();
  /// Gives away half of what is runnable here if another scheduler has nothing to do.
  void share();
  uint32_t queued() const {
    return max_.size() + high_.size() + fresh_.size() + spent_.size() + low_.size();
  }
  void close_batch();
  void reclaim();

  Runtime& runtime_;
  RunQueue max_, high_, fresh_, spent_, low_;
  int64_t fresh_budget_ = kFreshBudget;
  bool from_fresh_ = false;
  unsigned low_turn_ = 0;
  int32_t since_clock_ = 0;
  int64_t crowded_since_ = 0;  // when the queues last were found non-empty in a row; 0: empty

  // Memory of processes: free, retired now, retired in closed epochs.
  Process* free_ = nullptr;
  uint32_t free_count_ = 0;
  Process* retired_ = nullptr;
  uint32_t retired_count_ = 0;
  struct Batch {
    uint64_t epoch;
    Process* list;
    uint32_t count;
  };
  std::vector<Batch> batches_;  // oldest first
  Reclaimer::Reader* reader_;

  TimerService timer_service_;
  std::thread thread_;

  alignas(64) std::atomic<Process*> inbox_{nullptr};  // a stack; push CAS release, take xchg acquire
  std::atomic<uint32_t> state_{static_cast<uint32_t>(State::NotStarted)};  // futex word
  std::atomic<uint32_t> load_{0};
};

}  // namespace phial
