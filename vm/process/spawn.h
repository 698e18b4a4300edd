// Making processes.
#pragma once

#include <span>

#include "vm/process/relations.h"
#include "vm/process/watch.h"

namespace phial {

struct SpawnOptions {
  bool link = false;
  bool monitor = false;
  MonitorOptions monitor_options;
  Priority priority = Priority::Normal;
  uint16_t scheduler = 0;         // index + 1 to stay there; 0: any
  uint64_t max_heap_words = 0;
  bool max_heap_kill = true, max_heap_log = true;
  Term min_heap_size = Term::none();
  Term min_bin_vheap_size = Term::none();
  Term fullsweep_after = Term::none();
  bool off_heap_queue = false;
};

struct Spawned {
  Process* process = nullptr;  // null: too many processes
  Ref monitor;
};

/// A process that calls [target] with [args], or the fun [fun] without arguments when [target] is null.
/// [parent] gives its group leader, account and scheduler.
Spawned spawn(Process& parent, Export* target, Term fun, std::span<const Term> args, const SpawnOptions& options);

/// A process without a parent, for the runtime's own; not yet started. [group_leader] may be none(): itself.
Process* make_root_process(ProcessSystem& system, SchedulerContext& context, Term group_leader);

}  // namespace phial
