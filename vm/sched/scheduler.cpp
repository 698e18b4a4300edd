#include "vm/sched/scheduler.h"

#include <cstdlib>

#include "vm/process/exit.h"
#include "vm/process/signals.h"
#include "vm/sched/runtime.h"
#include "vm/support/futex.h"

namespace phial {

Scheduler::Scheduler(Runtime& runtime, uint32_t scheduler_index)
    : runtime_(runtime),
      reader_(runtime.reclaimer().add_reader()),
      timer_service_(runtime, *this, runtime.environment.monotonic_ns()) {
  index = scheduler_index;
  timers = &timer_service_;
}

Scheduler::~Scheduler() { release_memory(); }

// Queues.

void Scheduler::enqueue_fresh(Process* p) {
  switch (p->priority) {
    case Priority::Normal: fresh_.push(p); return;
    case Priority::Low: low_.push(p); return;
    case Priority::High: high_.push(p); return;
    case Priority::Max: max_.push(p); return;
  }
}

void Scheduler::enqueue_spent(Process* p) {
  if (p->priority == Priority::Normal) spent_.push(p);
  else enqueue_fresh(p);
}

Process* Scheduler::pick() {
  from_fresh_ = false;
  if (__builtin_expect(!max_.empty(), 0)) return max_.pop();
  if (__builtin_expect(!high_.empty(), 0)) return high_.pop();
  bool others = !spent_.empty() || !low_.empty();
  if (!fresh_.empty() && (fresh_budget_ > 0 || !others)) {
    from_fresh_ = true;
    return fresh_.pop();
  }
  fresh_budget_ = kFreshBudget;
  if (!low_.empty() && (spent_.empty() || ++low_turn_ % 8 == 0)) return low_.pop();
  if (!spent_.empty()) return spent_.pop();
  return nullptr;
}

void Scheduler::take_inbox() {
  // acquire pairs with post().
  Process* p = inbox_.exchange(nullptr, std::memory_order_acquire);
  Process* reversed = nullptr;
  while (p != nullptr) {
    Process* next = p->queue_next;
    p->queue_next = reversed;
    reversed = p;
    p = next;
  }
  while (reversed != nullptr) {
    Process* next = reversed->queue_next;
    if (reversed->has(kPreempted)) enqueue_spent(reversed);
    else enqueue_fresh(reversed);
    reversed = next;
  }
}

void Scheduler::post(Process* p) {
  Process* head = inbox_.load(std::memory_order_relaxed);
  do {
    p->queue_next = head;
    // seq_cst: with the sleeper's store of its state and its second look at the inbox, one of the two is seen.
  } while (!inbox_.compare_exchange_weak(head, p, std::memory_order_seq_cst, std::memory_order_relaxed));
  wake();
}

void Scheduler::wake() {
  uint32_t state = state_.load(std::memory_order_seq_cst);
  if (state == static_cast<uint32_t>(State::Sleeping)) {
    if (state_.compare_exchange_strong(state, static_cast<uint32_t>(State::Busy), std::memory_order_seq_cst)) {
      futex_wake(state_);
    }
  } else if (state == static_cast<uint32_t>(State::NotStarted)) {
    runtime_.start_thread(*this);
  }
}

// Running.

void Scheduler::loop() {
  Reclaimer& reclaimer = runtime_.reclaimer();
  reclaimer.online(*reader_);
  state_.store(static_cast<uint32_t>(State::Busy), std::memory_order_seq_cst);
  tick();
  while (!runtime_.stopping_.load(std::memory_order_relaxed)) {
    if (inbox_.load(std::memory_order_relaxed) != nullptr) take_inbox();
    Process* p = pick();
    if (p == nullptr) {
      idle();
      continue;
    }
    run_process(*p);
    reclaimer.quiescent(*reader_);
    if (since_clock_ >= kClockInterval) tick();
  }
  reclaimer.offline(*reader_);
}

void Scheduler::run_process(Process& p) {
  p.scheduler = this;
  if (!run_slices(p)) return;
  p.set(kPreempted);
  enqueue_spent(&p);
}

bool Scheduler::run_slices(Process& p) {
  since_clock_ += kSwitchCost;
  if (from_fresh_) fresh_budget_ -= kSwitchCost;
  for (;;) {
    // Between slices: signals first, since they may end it, suspend it or be what it waits for.
    if (signals_pending(p)) handle_signals(p);
    if (p.exiting()) {
      finish(p);
      return false;
    }
    if (p.suspended != 0 && !p.has(kWaiting)) {
      p.set(kWaiting);
      p.clear(kAwake);
    }
    if (!p.has(kWaiting)) break;
    if (p.has(kAwake) && p.suspended == 0) {
      p.clear(kWaiting | kAwake);
      break;
    }
    // release: whoever wakes the process sees all of it. From the exchange on it is not ours.
    uintptr_t empty = Mailbox::kEmpty;
    if (p.mailbox.outer.compare_exchange_strong(empty, Mailbox::kParked, std::memory_order_release,
                                                std::memory_order_relaxed)) {
      return false;
    }
  }

  p.clear(kNeverRan | kPreempted);
  current = &p;
  p.trap_args = trap_args;
  switches.store(switches.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  p.slice = kSlice;
  p.reductions = kSlice;
  SliceResult result = p.native_body != nullptr ? p.native_body(p) : runtime_.options_.hooks.run_slice(p);
  current = nullptr;
  int64_t used = kSlice - p.reductions;
  if (p.exiting() && p.reductions <= 0) used = 0;  // cut short: the rest was not used
  p.reductions_done += used;
  p.slice = 0;
  p.reductions = 0;
  reductions.store(reductions.load(std::memory_order_relaxed) + static_cast<uint64_t>(used), std::memory_order_relaxed);
  since_clock_ += static_cast<int32_t>(used < kSlice * 16 ? used : kSlice * 16);
  if (from_fresh_) fresh_budget_ -= used;

  if (result == SliceResult::Exited && !p.exiting()) {
    p.exit_reason = p.exc.reason;
    p.set(kExiting);
    if (p.exc.class_ == atoms::error || p.exc.class_ == atoms::throw_) p.set(kUncaughtError);
  }
  if (p.exiting()) {
    finish(p);
    return false;
  }
  if (p.relations != nullptr && p.relations->max_heap_words != 0 &&
      p.heap.total_words() > p.relations->max_heap_words && p.relations->max_heap_kill) {
    decide_exit(p, atoms::killed);
    finish(p);
    return false;
  }
  if (result == SliceResult::Yielded) return true;
  p.set(kWaiting);
  p.clear(kAwake);
  // Park, unless something has come in the meantime: then it goes to the end of the queue like any woken process.
  uintptr_t empty = Mailbox::kEmpty;
  if (p.suspended == 0 && p.mailbox.outer.compare_exchange_strong(empty, Mailbox::kParked, std::memory_order_release,
                                                                  std::memory_order_relaxed)) {
    return false;
  }
  enqueue_fresh(&p);
  return false;
}

void Scheduler::finish(Process& p) {
  if (runtime_.options_.hooks.abandon_fibers != nullptr) runtime_.options_.hooks.abandon_fibers(p);
  since_clock_ += 200;
  finish_exit(p, *this);
}

void Scheduler::tick() {
  since_clock_ = 0;
  now_ns = runtime_.environment.monotonic_ns();
  timers->advance(now_ns);
  if (runtime_.interrupts_.load(std::memory_order_relaxed) != 0) runtime_.handle_interrupts();
  if (runtime_.idle_work != nullptr) runtime_.idle_work->on_tick(now_ns);
  uint32_t n = queued();
  load_.store(n, std::memory_order_relaxed);
  if (n < 2) {
    crowded_since_ = 0;
  } else if (crowded_since_ == 0) {
    crowded_since_ = now_ns;
  } else if (now_ns - crowded_since_ > kShareAfterNs) {
    crowded_since_ = now_ns;
    if (runtime_.scheduler_count() > 1) share();
  }
  if (retired_count_ != 0 || !batches_.empty()) {
    close_batch();
    reclaim();
  }
}

void Scheduler::share() {
  Scheduler* idle_one = nullptr;
  for (unsigned i = 0; i < runtime_.scheduler_count() && idle_one == nullptr; ++i) {
    Scheduler& s = runtime_.scheduler(i);
    if (&s != this && s.state() != State::Busy && s.inbox_.load(std::memory_order_relaxed) == nullptr) idle_one = &s;
  }
  if (idle_one == nullptr) return;
  uint32_t give = queued() / 2;
  Process* list = nullptr;
  Process* last = nullptr;
  for (RunQueue* lane : {&spent_, &fresh_}) {
    for (uint32_t looked = lane->size(); looked > 0 && give > 0; --looked) {
      Process* p = lane->pop();
      if (p->bound_scheduler != 0) {
        lane->push(p);
        continue;
      }
      // The inbox is a stack: build the list newest first.
      p->queue_next = list;
      if (list == nullptr) last = p;
      list = p;
      --give;
    }
  }
  if (list == nullptr) return;
  Process* head = idle_one->inbox_.load(std::memory_order_relaxed);
  do {
    last->queue_next = head;
  } while (!idle_one->inbox_.compare_exchange_weak(head, list, std::memory_order_seq_cst, std::memory_order_relaxed));
  idle_one->wake();
}

void Scheduler::idle() {
  load_.store(0, std::memory_order_relaxed);
  crowded_since_ = 0;
  tick();
  if (queued() != 0) return;
  if (runtime_.idle_work != nullptr) runtime_.idle_work->on_idle();
  runtime_.reclaimer().offline(*reader_);

  auto something = [this] {
    return inbox_.load(std::memory_order_seq_cst) != nullptr || runtime_.stopping_.load(std::memory_order_seq_cst);
  };
  bool others_busy = false;
  for (unsigned i = 0; i < runtime_.scheduler_count(); ++i) {
    State other = runtime_.scheduler(i).state();
    if (i != index && (other == State::Busy || other == State::Spinning)) others_busy = true;
  }
  state_.store(static_cast<uint32_t>(State::Spinning), std::memory_order_seq_cst);
  if (others_busy) {
    // Going to sleep and being woken costs more than a short wait.
    int64_t until = now_ns + kSpinNs;
    for (int64_t now = now_ns; now < until && !something() && now < timers->next_ns();) {
      for (int i = 0; i < 64 && inbox_.load(std::memory_order_relaxed) == nullptr; ++i) cpu_relax();
      now = runtime_.environment.monotonic_ns();
    }
  }
  state_.store(static_cast<uint32_t>(State::Sleeping), std::memory_order_seq_cst);
  if (!something()) {
    int64_t next = timers->next_ns();
    int64_t wait = -1;
    if (next != INT64_MAX) {
      int64_t now = runtime_.environment.monotonic_ns();
      wait = next > now ? next - now : 0;
    }
    if (wait != 0) futex_wait(state_, static_cast<uint32_t>(State::Sleeping), wait);
  }
  state_.store(static_cast<uint32_t>(State::Busy), std::memory_order_seq_cst);
  runtime_.reclaimer().online(*reader_);
  tick();
}

// Memory of processes.

Process* Scheduler::take_process() {
  if (free_ == nullptr && !batches_.empty()) reclaim();
  Process* p = free_;
  if (p != nullptr) {
    free_ = p->queue_next;
    --free_count_;
  } else {
    p = static_cast<Process*>(std::malloc(sizeof(Process)));
    VM_CHECK(p != nullptr);
  }
  return new (p) Process;
}

void Scheduler::retire_process(Process* p) {
  p->queue_next = retired_;
  retired_ = p;
  if (++retired_count_ >= kRetireBatch) close_batch();
}

void Scheduler::close_batch() {
  if (retired_count_ == 0) return;
  batches_.push_back({runtime_.reclaimer().advance(), retired_, retired_count_});
  retired_ = nullptr;
  retired_count_ = 0;
}

void Scheduler::reclaim() {
  uint64_t safe = runtime_.reclaimer().min_epoch();
  size_t done = 0;
  while (done < batches_.size() && batches_[done].epoch <= safe) {
    for (Process* p = batches_[done].list; p != nullptr;) {
      Process* next = p->queue_next;
      if (free_count_ >= kMaxFree) {
        std::free(p);
      } else {
        p->queue_next = free_;
        free_ = p;
        ++free_count_;
      }
      p = next;
    }
    ++done;
  }
  batches_.erase(batches_.begin(), batches_.begin() + static_cast<ptrdiff_t>(done));
}

void Scheduler::release_memory() {
  close_batch();
  for (Batch& batch : batches_) {
    for (Process* p = batch.list; p != nullptr;) {
      Process* next = p->queue_next;
      std::free(p);
      p = next;
    }
  }
  batches_.clear();
  while (free_ != nullptr) {
    Process* next = free_->queue_next;
    std::free(free_);
    free_ = next;
  }
  free_count_ = 0;
}

}  // namespace phial
