// What all processes of a runtime share, as far as vm/process needs it. The Runtime (vm/sched/runtime.h) completes it:
// whatever can make a process runnable goes through the virtual functions here.
#pragma once

#include "vm/heap/literals.h"
#include "vm/process/process_table.h"
#include "vm/process/blocking.h"
#include "vm/process/registry.h"
#include "vm/process/signals.h"
#include "vm/support/environment.h"
#include "vm/term/atom.h"

namespace phial {

/// Something a layer above hangs on the system: the compiler, the natives' state.
struct SystemPart {
  virtual ~SystemPart() = default;
};

/// Something that wants to know about idleness, time and the end: buffered output. Any scheduler's thread calls it.
class IdleWork {
 public:
  /// A scheduler has nothing to do. Must not block.
  virtual void on_idle() = 0;
  /// From time to time, some 10 us apart, on a busy scheduler. Must not block, and be next to free.
  virtual void on_tick(int64_t now_ns) = 0;
  /// The runtime ends: now or never. May block.
  virtual void on_stop() = 0;

 protected:
  ~IdleWork() = default;
};

/// Whoever keeps tables, which end or move on when their owner exits.
class TableKeeper {
 public:
  virtual ~TableKeeper() = default;
  /// [p], which is out of the process table by now, leaves. Called when [p] has the flag kOwnsTables, or gave_away holds.
  virtual void owner_exits(Process& p) = 0;
  /// Some table was given to a process that may not know, so every exit must ask. seq_cst: whoever gives sets this and
  /// then looks whether the receiver lives; the receiver leaves the process table and then reads this.
  std::atomic<bool> gave_away{false};
};

class ProcessSystem {
 public:
  ProcessSystem(Environment& environment, uint32_t atom_limit, uint64_t process_limit)
      : environment(environment), atoms(atom_limit), table(process_limit) {}

  Environment& environment;
  AtomTable atoms;
  LiteralRegistry literals;
  ProcessTable table;
  NameRegistry names;
  IdleWork* idle_work = nullptr;
  class Console* console = nullptr;  // vm/io/console.h
  class CodeServer* code = nullptr;  // set by whoever puts the runtime together
  SystemPart* compiler = nullptr;
  SystemPart* natives = nullptr;
  TableKeeper* tables = nullptr;
  Term user;            // pid of the default group leader
  Term standard_error;  // pid

  /// [target] was parked and the caller has just pushed a signal to it: it is the caller's to queue. [near] is the
  /// scheduler of the calling thread, or null.
  virtual void make_runnable(Process& target, SchedulerContext* near) = 0;
  /// The timers of the scheduler with this index, or null.
  virtual TimerService* timers_at(uint32_t index) = 0;
  /// Number of processes, roughly.
  virtual int64_t live_processes() const = 0;
  /// Builds the first frame of [p]: a call of [target] with [args], or of the fun when [target] is null.
  virtual void prepare_call(Process& p, Export* target, Term fun, const Term* args, size_t count) = 0;
  /// Memory for a process; and its return, to be reused when no thread can hold a pointer to it.
  virtual Process* take_process(SchedulerContext& context) = 0;
  virtual void retire_process(Process* p, SchedulerContext& context) = 0;
  /// Puts a new process into a run queue near the spawner.
  virtual void start(Process& p, SchedulerContext& context) = 0;
  /// An error nobody caught ends [p] with exc.reason.
  virtual void report_crash(Process& p) = 0;
  /// [{module, function, arity, location}] where [p] stands, in its heap; and its {module, function, arity} to begin with.
  virtual Term stack_of(Process& p) = 0;
  virtual Term initial_call_of(Process& p) = 0;
  /// Runs [call] on a thread that may block, then wakes its caller. Takes over one hold of it.
  virtual void run_blocking(BlockingCall* call) = 0;
  /// For threads that are no schedulers: delivers under a ReadGuard.
  virtual bool deliver_from_outside(Term pid, Signal* signal) = 0;
  /// Ends the runtime with [status], soon.
  virtual void halt(int status) = 0;
  /// A signal of the operating system has come. Safe in a signal handler.
  virtual void interrupt(int signal_number) = 0;
  /// [p] is leaving: nothing of it has been freed yet.
  virtual void process_exits(Process& p) = 0;

 protected:
  ~ProcessSystem() = default;
};

inline uint64_t next_number(NumberBlock& block, uint64_t (Environment::*take)(uint64_t), Environment& environment) {
  if (__builtin_expect(block.next == block.end, 0)) {
    constexpr uint64_t kBlock = 1 << 16;
    block.next = (environment.*take)(kBlock);
    block.end = block.next + kBlock;
  }
  return block.next++;
}

/// A reference number never used before, which tells the scheduler that made it.
inline uint64_t next_reference_id(Process& p) {
  SchedulerContext& c = *p.scheduler;
  return (uint64_t{c.index} << kReferenceIndexShift) |
         next_number(c.references, &Environment::take_reference_block, p.system->environment);
}

}  // namespace phial
