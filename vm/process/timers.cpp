#include "vm/process/timers.h"

#include <mutex>

#include "vm/process/system.h"

namespace phial {

TimerService::TimerService(ProcessSystem& system, SchedulerContext& context, int64_t now_ns)
    : wheel_(TimerWheel::tick_reached(now_ns)), system_(system), context_(context) {}

TimerService::~TimerService() {
  for (MessageTimer* t : buckets_) {
    while (t != nullptr) {
      MessageTimer* next = t->hash_next;
      free_signal(t->message);
      delete t;
      t = next;
    }
  }
}

void TimerService::grow() {
  std::vector<MessageTimer*> old = std::move(buckets_);
  size_t size = old.empty() ? 64 : old.size() * 2;
  buckets_.assign(size, nullptr);
  shift_ = 64 - static_cast<unsigned>(__builtin_ctzll(size));
  for (MessageTimer* t : old) {
    while (t != nullptr) {
      MessageTimer* next = t->hash_next;
      MessageTimer** head = bucket(t->ref_id);
      t->hash_next = *head;
      *head = t;
      t = next;
    }
  }
}

void TimerService::note_tick(int64_t tick) {
  int64_t ns = TimerWheel::tick_ns(tick);
  if (ns < next_ns_.load(std::memory_order_relaxed)) next_ns_.store(ns, std::memory_order_relaxed);
}

void TimerService::arm_message(uint64_t ref_id, int64_t due_ns, Term target, Signal* message) {
  auto* t = new MessageTimer;
  t->ref_id = ref_id;
  t->due_ns = due_ns;
  t->target = target;
  t->message = message;
  t->tick = TimerWheel::tick_at_or_after(due_ns);
  std::lock_guard lock(lock_);
  if (messages_ >= buckets_.size()) grow();
  MessageTimer** head = bucket(ref_id);
  t->hash_next = *head;
  *head = t;
  ++messages_;
  wheel_.insert(t);
  note_tick(t->tick);
}

MessageTimer* TimerService::unlink_message(uint64_t ref_id) {
  if (messages_ == 0) return nullptr;
  for (MessageTimer** link = bucket(ref_id); *link != nullptr; link = &(*link)->hash_next) {
    MessageTimer* t = *link;
    if (t->ref_id != ref_id) continue;
    *link = t->hash_next;
    --messages_;
    return t;
  }
  return nullptr;
}

int64_t TimerService::cancel_message(uint64_t ref_id, int64_t now_ns) {
  MessageTimer* t;
  {
    std::lock_guard lock(lock_);
    t = unlink_message(ref_id);
    if (t == nullptr) return -1;
    wheel_.remove(t);
  }
  int64_t left = t->due_ns > now_ns ? t->due_ns - now_ns : 0;
  free_signal(t->message);
  delete t;
  return left;
}

int64_t TimerService::read_message(uint64_t ref_id, int64_t now_ns) {
  std::lock_guard lock(lock_);
  if (messages_ == 0) return -1;
  for (MessageTimer* t = *bucket(ref_id); t != nullptr; t = t->hash_next) {
    if (t->ref_id == ref_id) return t->due_ns > now_ns ? t->due_ns - now_ns : 0;
  }
  return -1;
}

void TimerService::arm_receive(ReceiveTimer& timer, int64_t tick) {
  // Only this thread fires timers of this wheel, so what it sees of its own timer is exact without the lock.
  if (timer.armed() && timer.tick <= tick) return;
  std::lock_guard lock(lock_);
  if (timer.armed()) wheel_.remove(&timer);
  timer.tick = tick;
  wheel_.insert(&timer);
  note_tick(tick);
}

void TimerService::drop_receive(ReceiveTimer& timer) {
  std::lock_guard lock(lock_);
  if (timer.armed()) wheel_.remove(&timer);
}

void TimerService::advance(int64_t now_ns) {
  if (now_ns < next_ns_.load(std::memory_order_relaxed)) return;
  int64_t now_tick = TimerWheel::tick_reached(now_ns);
  MessageTimer* fired = nullptr;
  MessageTimer** fired_last = &fired;
  {
    std::lock_guard lock(lock_);
    while (TimerNode* node = wheel_.pop_due(now_tick)) {
      if (node->is_message) {
        auto* t = static_cast<MessageTimer*>(node);
        unlink_message(t->ref_id);
        t->hash_next = nullptr;
        *fired_last = t;
        fired_last = &t->hash_next;
        continue;
      }
      auto* timer = static_cast<ReceiveTimer*>(node);
      int64_t deadline = timer->deadline.load(std::memory_order_relaxed);
      if (deadline == ReceiveTimer::kNone) continue;
      if (deadline > now_tick) {
        timer->tick = deadline;
        wheel_.insert(timer);
        continue;
      }
      // Under the lock, since the process may be exiting and waits for it before it frees the timer.
      timer->in_flight.store(true, std::memory_order_relaxed);
      timer->signal.number = timer->generation.load(std::memory_order_relaxed);
      if (push_signal(*timer->owner, &timer->signal) == Pushed::MustWake) {
        system_.make_runnable(*timer->owner, &context_);
      }
    }
    int64_t next = wheel_.next_tick();
    next_ns_.store(next == TimerWheel::kNever ? INT64_MAX : TimerWheel::tick_ns(next), std::memory_order_relaxed);
  }
  while (fired != nullptr) {
    MessageTimer* t = fired;
    fired = t->hash_next;
    Term pid = t->target.is_atom() ? system_.names.whereis(t->target) : t->target;
    if (!pid.is_pid()) free_signal(t->message);
    else deliver(system_, &context_, pid, t->message);
    delete t;
  }
}

}  // namespace phial
