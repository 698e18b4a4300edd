#include "vm/process/exit.h"

#include <algorithm>
#include <vector>

#include "vm/process/mailbox.h"
#include "vm/process/message.h"
#include "vm/process/relations.h"
#include "vm/process/system.h"
#include "vm/process/timers.h"
#include "vm/term/tuple.h"

namespace phial {

Signal* exit_signal(const ProcessSystem& system, Term from, Term reason, uint8_t flags) {
  ScratchSpace<4> scratch;
  Signal* s = new_signal(system, SignalKind::Exit, from, make_tuple(scratch, {atoms::EXIT, from, reason}));
  s->flags |= flags;
  return s;
}

Signal* down_signal(const ProcessSystem& system, Ref ref, Term pid, Term name, Term reason) {
  ScratchSpace<16> scratch;
  Term who = name.is_none() ? pid : make_tuple(scratch, {name, atoms::nonode});
  Term reference = make_reference(scratch, ref);
  return new_signal(system, SignalKind::Down, pid,
                    make_tuple(scratch, {atoms::DOWN, reference, atoms::process, who, reason}), ref);
}

void add_exit_hook(Process& p, ExitHook* hook) {
  Relations& r = relations_of(p);
  hook->next = r.exit_hooks;
  r.exit_hooks = hook;
}

namespace {

template <typename Map>
std::vector<typename Map::Entry> sorted_entries(Map& map) {
  std::vector<typename Map::Entry> all(map.begin(), map.end());
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return all;
}

void tell_relations(Process& p, SchedulerContext& context) {
  Relations& r = *p.relations;
  ProcessSystem& system = *p.system;
  Term reason = p.exit_reason;
  // Sorted, so that who hears first does not depend on the layout of tables.
  for (auto& [id, watcher] : sorted_entries(r.watchers)) {
    deliver(system, &context, watcher.pid, down_signal(system, {id, watcher.ref_info}, p.self, watcher.name, reason));
  }
  for (auto& [id, link] : sorted_entries(r.links)) {
    if (link.unlinking != 0) continue;
    deliver(system, &context, Term::pid(id), exit_signal(system, p.self, reason, Signal::kFromLink));
  }
  for (auto& [id, watch] : r.watches) {
    if ((watch.flags & Watch::kMonitor) == 0 || watch.target.is_none()) continue;
    deliver(system, &context, watch.target, new_signal(system, SignalKind::Demonitor, p.self, Term::none(), {id, 0}));
  }
}

/// After this nothing but the owner can reach the process.
void disarm(Process& p) {
  if (p.relations != nullptr && p.relations->timer != nullptr && p.relations->timer->service != nullptr) {
    p.relations->timer->service->drop_receive(*p.relations->timer);
  }
}

void free_memory(Process& p) {
  free_messages(p);
  if (p.relations != nullptr) free_relations(p);
  p.heap.~ProcessHeap();
}

}  // namespace

void finish_exit(Process& p, SchedulerContext& context) {
  ProcessSystem& system = *p.system;
  p.set(kExiting);
  if (p.has(kUncaughtError)) system.report_crash(p);
  disarm(p);
  uintptr_t left = p.mailbox.outer.exchange(Mailbox::kClosed, std::memory_order_acq_rel);
  if (p.name.load(std::memory_order_seq_cst) != 0) system.names.forget(p);
  if (p.relations != nullptr) {
    while (ExitHook* hook = p.relations->exit_hooks) {
      p.relations->exit_hooks = hook->next;
      hook->run(hook, p);
    }
  }
  system.table.remove(p);
  if (system.tables != nullptr) {
    std::atomic_thread_fence(std::memory_order_seq_cst);  // see TableKeeper::gave_away
    if (p.has(kOwnsTables) || system.tables->gave_away.load(std::memory_order_seq_cst)) system.tables->owner_exits(p);
  }
  system.process_exits(p);
  // Oldest first, as the answers must keep the order of the questions.
  Signal* reversed = nullptr;
  for (Signal* s = left <= Mailbox::kClosed ? nullptr : reinterpret_cast<Signal*>(left); s != nullptr;) {
    Signal* next = s->next;
    s->next = reversed;
    reversed = s;
    s = next;
  }
  while (reversed != nullptr) {
    Signal* next = reversed->next;
    refuse_signal(system, &context, p.self, reversed);
    reversed = next;
  }
  if (p.relations != nullptr) tell_relations(p, context);
  free_memory(p);
  system.retire_process(&p, context);
}

void destroy_process(Process& p) {
  disarm(p);
  uintptr_t left = p.mailbox.outer.exchange(Mailbox::kClosed, std::memory_order_acq_rel);
  for (Signal* s = left <= Mailbox::kClosed ? nullptr : reinterpret_cast<Signal*>(left); s != nullptr;) {
    Signal* next = s->next;
    free_signal(s);
    s = next;
  }
  if (p.relations != nullptr) {
    while (ExitHook* hook = p.relations->exit_hooks) {
      p.relations->exit_hooks = hook->next;
      hook->run(hook, p);
    }
  }
  free_memory(p);
}

}  // namespace phial
