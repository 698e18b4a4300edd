// A process: its heap and stack, where it stands in the code, its mailbox and its relations.
//
// Ownership. While a scheduler runs a process (state Running) only that thread touches anything but the members under
// "shared". Everyone else reaches a process only by sending it signals (signals.h), through a ProcessRef that keeps the
// struct alive (process_table.h).
//
// Between slices the whole machine state is here: pc, fp and the live registers above it; the interpreter keeps
// pc, fp, hp and reductions in machine registers while it runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>

#include "vm/heap/heap.h"
#include "vm/process/mailbox_state.h"
#include "vm/term/atom.h"
#include "vm/term/term.h"

namespace phial {

class Runtime;
class ProcessSystem;
struct SchedulerContext;
struct Relations;
struct Account;
struct Export;
struct Module;
class Fiber;

/// What a native asks for when it returns Term::none().
enum class NativeRequest : uint8_t {
  Raise,     // exception is in exc
  Yield,     // run the native again in the next slice, with args as they stand now
  Wait,      // as Yield, but only after something woke the process (a signal, a finished job)
  TailCall,  // go on in trap_export with trap_args instead of returning
};

struct PendingException {
  Term class_;  // :error, :exit, :throw
  Term reason;
  Term trace;   // raw trace (vm/interp/trace.h), none() until raised
};

/// How the registers above fp are live when a process is not running.
struct ResumePoint {
  const Word* pc = nullptr;
  Word* fp = nullptr;      // inside heap's young block; moved with it
  uint32_t live_params = 0;  // r0..live_params-1 are live, when live_map is 0
  uint32_t live_map = 0;     // index into the live maps of the module that holds pc
};

enum class Priority : uint8_t { Low, Normal, High, Max };

/// How a slice ended.
enum class SliceResult : uint8_t {
  Yielded,  // wants to run on
  Waiting,  // until a signal comes
  Exited,   // with exc.reason
};

class Process;
using NativeBody = SliceResult (*)(Process&);

enum ProcessFlag : uint32_t {
  kTrapExit = 1,
  kExiting = 2,        // decided to exit; see Process::exiting()
  kTimedOut = 4,       // the receive timeout has fired and was not yet seen
  kTimeoutArmed = 8,   // a receive timeout is running
  kWaiting = 16,       // parked, or woken only to handle signals
  kSuspended = 32,     // runnable, but parked because of suspended
  kPreempted = 64,     // its last slice ended with no reductions left
  kNeverRan = 128,
  kAwake = 256,        // handling signals brought something to look at: a message, a timeout, an answer
  kOffHeapQueue = 512,  // message_queue_data: :off_heap; only remembered
  kMajorWanted = 1024,  // garbage_collect was asked for
  kUncaughtError = 2048,  // exc.reason comes from an uncaught error or throw: log it
  kOwnsTables = 4096,   // its exit concerns the keeper of tables (system.h)
  kHibernating = 16384,  // waits in hibernate/3: has no function of its own to show
  kSystem = 8192,       // not listed in shutdown accounts: i/o servers
};

class Process {
 public:
  // Hot: what the interpreter and natives touch.
  ProcessHeap heap;
  int64_t reductions = 0;  // left in this slice; natives charge here through charge()
  ResumePoint resume;
  Runtime* runtime = nullptr;
  SchedulerContext* scheduler = nullptr;  // that runs it now, or ran it last (context.h)
  Term self;                       // pid
  PendingException exc;
  NativeRequest request = NativeRequest::Raise;
  Export* trap_export = nullptr;
  static constexpr size_t kMaxTrapArgs = 8;
  Term* trap_args = nullptr;       // the scheduler's: used from tail_call() to the call, within one slice
  Fiber* fiber = nullptr;          // not null while a native of this process is inside a callback
  Term group_leader;
  Term dictionary;                 // a map term; root
  Account* account = nullptr;

  // For natives. Each raise_* returns none(), so a native can end in `return p.raise_badarg();`.
  Term raise(Term class_, Term reason);
  Term raise_error(Term reason) { return raise(atoms::error, reason); }
  Term raise_badarg() { return raise(atoms::error, atoms::badarg); }
  Term raise_badarith() { return raise(atoms::error, atoms::badarith); }
  Term yield_native() { request = NativeRequest::Yield; return Term::none(); }
  Term wait_native() { request = NativeRequest::Wait; return Term::none(); }
  Term tail_call(Export* target, std::initializer_list<Term> args);
  /// Charges [n] reductions for work done in a native; about one per microsecond's tenth.
  void charge(int64_t n) { reductions -= n; }
  bool out_of_reductions() const { return reductions <= 0; }
  AtomTable& atoms() const;

  // Mailbox and signals (signals.h, mailbox.h).
  Mailbox mailbox;

  // Relations and rare state: links, monitors, timers, names, ... Made on first use (relations.h).
  Relations* relations = nullptr;
  ProcessSystem* system = nullptr;
  Process* queue_next = nullptr;   // in the run queue of a scheduler, or in a list of retired processes
  std::atomic<Word> name{0};       // bits of the registered name; written under the registry's lock
  Term parent;                     // pid, or none()
  Term exit_reason;                // once exiting()
  int64_t reductions_done = 0;     // in earlier slices
  Export* initial_export = nullptr;  // for process_info(initial_call); null when started with a fun
  uint32_t flags = 0;              // ProcessFlag; touched by its scheduler only
  Priority priority = Priority::Normal;
  uint8_t suspended = 0;           // suspend_process calls not yet undone
  uint16_t bound_scheduler = 0;    // index + 1 of the scheduler it must stay on; 0: any
  int32_t slice = 0;               // length of the running slice: reductions counts down from it

  bool has(uint32_t flag) const { return (flags & flag) != 0; }
  void set(uint32_t flag) { flags |= flag; }
  void clear(uint32_t flag) { flags &= ~flag; }
  /// True once an exit is decided: it must not run again. The reason is in exit_reason.
  bool exiting() const { return has(kExiting); }

  // The interpreter's own (vm/interp).
  SliceResult slice_result = SliceResult::Yielded;  // how the slice that runs will be found to have ended
  int64_t held_reductions = 0;            // kept aside to bring the next call to its slow path
  Word* watermark = nullptr;              // the frame below which minor collections need not look; see safepoint.cc
  Word watermark_return = 0;              // what stood at its fp[0]
  size_t watermark_end = 0;               // words from the stack's base to the end of the highest frame below it

  // A process whose body is C++ instead of bytecode: run a slice at a time as the interpreter would; null otherwise.
  NativeBody native_body = nullptr;
  void* native_state = nullptr;
};

/// Reductions a process has done so far.
inline int64_t reductions_of(const Process& p) { return p.reductions_done + p.slice - p.reductions; }

}  // namespace phial
