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
#include "vm/term/atom.h"
#include "vm/term/term.h"

namespace phial {

class Runtime;
class Scheduler;
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

class Process {
 public:
  // Hot: what the interpreter and natives touch.
  ProcessHeap heap;
  int64_t reductions = 0;  // left in this slice; natives charge here through charge()
  ResumePoint resume;
  Runtime* runtime = nullptr;
  Scheduler* scheduler = nullptr;  // that runs it now
  Term self;                       // pid
  PendingException exc;
  NativeRequest request = NativeRequest::Raise;
  Export* trap_export = nullptr;
  static constexpr size_t kMaxTrapArgs = 8;
  Term trap_args[kMaxTrapArgs];
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

  // The rest (mailbox, links, monitors, flags, timers, state) is added by vm/process; see the headers there.
};

}  // namespace phial
