// The end of a process.
#pragma once

#include "vm/process/signals.h"

namespace phial {

struct ExitHook;

/// From now on [p] does not run; its scheduler finishes it after the slice. [reason] is a term of its heap.
inline void decide_exit(Process& p, Term reason) {
  if (p.exiting()) return;
  p.exit_reason = reason;
  p.set(kExiting);
  p.reductions = 0;
}

/// Takes [p] out of the world: its name, hooks, links and monitors, then its memory. The reason is p.exit_reason.
/// Only its scheduler, when it does not run.
void finish_exit(Process& p, SchedulerContext& context);

/// Frees everything [p] owns without telling anyone; for the end of the runtime.
void destroy_process(Process& p);

/// {:EXIT, from, reason} as a signal.
Signal* exit_signal(const ProcessSystem& system, Term from, Term reason, uint8_t flags);
/// {:DOWN, ref, :process, who, reason} as a signal; who is [pid], or {name, node} when [name] is an atom.
Signal* down_signal(const ProcessSystem& system, Ref ref, Term pid, Term name, Term reason);

/// Adds [hook] to those that run when [p] exits. Owner only.
void add_exit_hook(Process& p, ExitHook* hook);

}  // namespace phial
