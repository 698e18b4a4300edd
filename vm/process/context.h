// What a process may use of the scheduler that runs it: things that are cheap because one thread owns them.
#pragma once

#include <atomic>
#include <cstdint>

#include "vm/process/process.h"

namespace phial {

class TimerService;
struct LoadedFunction;
class Environment;

/// A run of numbers taken from the Environment at once.
struct NumberBlock {
  uint64_t next = 0, end = 0;
};

struct SchedulerContext {
  uint32_t index = 0;
  TimerService* timers = nullptr;
  Process* current = nullptr;
  Term trap_args[Process::kMaxTrapArgs];  // of the process that runs
  NumberBlock references, uniques;
  // Slots of the process table that this scheduler may give out (process_table.h).
  uint64_t slot_next = 0, slot_end = 0, slot_round = 0;
  bool near_limit = false;
  // Spawned minus exited here: summed over the schedulers it is the number of processes. Written by the owner only.
  std::atomic<int64_t> live_processes{0};
  std::atomic<uint64_t> spawned{0};
  std::atomic<uint64_t> switches{0};
  std::atomic<uint64_t> reductions{0};
  // The interpreter's: where the last exception was looked for, and in which function of it.
  Module* last_module = nullptr;
  const LoadedFunction* last_function = nullptr;
  // What was last read from the clock, in nanoseconds; at most a slice old.
  int64_t now_ns = 0;
};

/// The scheduler's index stands in the upper bits of the numbers of references it makes.
inline constexpr unsigned kReferenceIndexShift = 54;

}  // namespace phial
