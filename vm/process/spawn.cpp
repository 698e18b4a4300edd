#include "vm/process/spawn.h"

#include "vm/heap/copy.h"
#include "vm/process/account.h"
#include "vm/process/mailbox.h"
#include "vm/process/system.h"
#include "vm/term/tuple.h"

namespace phial {

namespace {

Process* new_process(ProcessSystem& system, SchedulerContext& context) {
  Process* p = system.take_process(context);
  p->scheduler = &context;
  p->trap_args = context.trap_args;
  p->system = &system;
  p->set(kNeverRan);
  if (!system.table.insert(*p, context, system)) {
    p->heap.~ProcessHeap();
    system.retire_process(p, context);
    return nullptr;
  }
  context.live_processes.store(context.live_processes.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  context.spawned.store(context.spawned.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return p;
}

void apply_options(Process& child, const SpawnOptions& o) {
  child.priority = o.priority;
  child.bound_scheduler = o.scheduler;
  if (o.off_heap_queue) child.set(kOffHeapQueue);
  if (o.max_heap_words != 0) {
    Relations& r = relations_of(child);
    r.max_heap_words = o.max_heap_words;
    r.max_heap_kill = o.max_heap_kill;
    r.max_heap_log = o.max_heap_log;
  }
  if (!o.min_heap_size.is_none()) relations_of(child).min_heap_size = o.min_heap_size;
  if (!o.min_bin_vheap_size.is_none()) relations_of(child).min_bin_vheap_size = o.min_bin_vheap_size;
  if (!o.fullsweep_after.is_none()) relations_of(child).fullsweep_after = o.fullsweep_after;
}

}  // namespace

Spawned spawn(Process& parent, Export* target, Term fun, std::span<const Term> args, const SpawnOptions& options) {
  SchedulerContext& context = *parent.scheduler;
  ProcessSystem& system = *parent.system;
  Process* child = new_process(system, context);
  if (child == nullptr) return {};
  child->runtime = parent.runtime;
  child->group_leader = parent.group_leader;
  child->account = parent.account;
  child->parent = parent.self;
  apply_options(*child, options);

  // The arguments go straight to their place: nobody else sees the heap yet.
  constexpr size_t kMaxArgs = 255;
  Term copies[kMaxArgs];
  size_t count = args.size() < kMaxArgs ? args.size() : kMaxArgs;
  for (size_t i = 0; i < count; ++i) copies[i] = deep_copy(child->heap, args[i], &system.literals);
  Term fun_copy = target == nullptr ? deep_copy(child->heap, fun, &system.literals) : Term::none();
  child->initial_export = target;
  system.prepare_call(*child, target, fun_copy, copies, count);

  Spawned result{child, {}};
  if (options.link) {
    relations_of(*child).links.insert(parent.self.pid_id(), Link{});
    relations_of(parent).links.insert(child->self.pid_id(), Link{});
  }
  if (options.monitor) {
    // Both sides are set up at once: the child cannot be gone yet.
    Word flags = (options.monitor_options.alias_flags & Watch::kAlias) != 0 ? Ref::kAlias : 0;
    Ref ref = Ref::of(next_reference_id(parent), parent.self, flags);
    note_reference(parent, ref.id);
    Relations& r = relations_of(parent);
    Watch watch{child->self, Term::none(), options.monitor_options.tag,
                static_cast<uint8_t>(options.monitor_options.alias_flags | Watch::kMonitor)};
    if (watch.tag.is_pointer()) {
      r.tags = new TagRoot{ref.id, watch.tag, r.tags};
      watch.tag = Term::none();
    }
    r.watches.insert(ref.id, watch);
    relations_of(*child).watchers.insert(ref.id, Watcher{parent.self, Term::none(), ref.info});
    result.monitor = ref;
  }
  system.start(*child, context);
  return result;
}

Process* make_root_process(ProcessSystem& system, SchedulerContext& context, Term group_leader) {
  Process* p = new_process(system, context);
  if (p == nullptr) return nullptr;
  p->group_leader = group_leader.is_none() ? p->self : group_leader;
  return p;
}

}  // namespace phial
