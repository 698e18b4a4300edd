#include "vm/process/receive.h"

#include "vm/process/context.h"
#include "vm/process/relations.h"
#include "vm/process/system.h"
#include "vm/process/timers.h"

namespace phial {

namespace {

ReceiveTimer& timer_of(Process& p) {
  Relations& r = relations_of(p);
  if (r.timer == nullptr) {
    auto* timer = new ReceiveTimer;
    timer->owner = &p;
    timer->signal.kind = SignalKind::Timeout;
    timer->signal.flags = Signal::kStatic;
    timer->signal.what = 0;
    timer->signal.words = 0;
    timer->signal.off_heap = 0;
    timer->signal.term = Term::none();
    r.timer = timer;
  }
  return *r.timer;
}

}  // namespace

void arm_receive_timeout(Process& p, int64_t ms) {
  if (p.has(kTimeoutArmed | kTimedOut)) return;
  ReceiveTimer& timer = timer_of(p);
  int64_t due = p.system->environment.monotonic_ns() + ms * 1'000'000;
  timer.deadline.store(TimerWheel::tick_at_or_after(due), std::memory_order_relaxed);
  timer.generation.fetch_add(1, std::memory_order_relaxed);
  p.set(kTimeoutArmed);
  rearm_receive_timeout(p);
}

void rearm_receive_timeout(Process& p) {
  ReceiveTimer& timer = *p.relations->timer;
  // While a stale Timeout is on its way, its handling arms the timer.
  if (timer.in_flight.load(std::memory_order_relaxed)) return;
  TimerService* mine = p.scheduler->timers;
  if (timer.service != mine) {
    if (timer.service != nullptr) timer.service->drop_receive(timer);
    timer.service = mine;
    if (timer.in_flight.load(std::memory_order_relaxed)) return;
  }
  mine->arm_receive(timer, timer.deadline.load(std::memory_order_relaxed));
}

void cancel_receive_timeout(Process& p) {
  if (p.has(kTimeoutArmed)) {
    p.relations->timer->deadline.store(ReceiveTimer::kNone, std::memory_order_relaxed);
    p.relations->timer->generation.fetch_add(1, std::memory_order_relaxed);
  }
  p.clear(kTimeoutArmed | kTimedOut);
}

bool receive_timed_out(Process& p) {
  if (!p.has(kTimedOut)) return false;
  p.clear(kTimedOut);
  return true;
}

}  // namespace phial
