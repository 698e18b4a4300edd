// Natives that call back into bytecode. Such a native (flag Fiber) runs on a C stack of its own, a fiber. When it calls a
// function, its fiber is left as it stands, the function runs as an ordinary frame of the process (it may yield, wait,
// be preempted, collect), and the fiber goes on when the function has returned. So a process inside a callback is
// like any other; schedulers do not know.
//
// Rules for natives on fibers:
//  - [args] are the fiber's own copies and stay where they are. Any other Term the native keeps across fiber_apply
//    must be in a FiberRoots or in a space that does not move (an arena).
//  - After fiber_apply failed with `dying`, return as soon as possible: the process is being taken down, every further
//    fiber_apply fails at once. Destructors on the fiber's stack run that way.
//  - A fiber may go on in another thread than the one it was left in: no thread-local state across calls.
// A fiber belongs to its process.
#pragma once

#include <span>

#include "vm/process/process.h"

namespace phial {

class RootVisitor;

/// What came out of a callback.
struct FiberResult {
  Term value;            // none() when it raised
  Term class_, reason;   // then: :error, :exit or :throw, and the reason,
  Term trace;            // and the raw trace (trace.h)
  bool dying = false;    // the process is going down

  bool ok() const { return !value.is_none(); }
};

/// Calls fun (any fun term) or an exported function with [args]. Only from a native on a fiber.
FiberResult fiber_apply(Process& p, Term fun, std::span<const Term> args);
FiberResult fiber_apply(Process& p, Export* target, std::span<const Term> args);
/// Ends the native with the exception in [result]; the native returns what this returns.
Term fiber_reraise(Process& p, const FiberResult& result);
/// Lets other processes run if the slice is used up. False: the process is dying.
bool fiber_pause(Process& p);
/// Sleeps until the process is woken by a signal or a finished job. False: the process is dying.
bool fiber_wait(Process& p);
/// Bytes of C stack left: natives that recurse check it.
size_t fiber_stack_left(const Process& p);
/// Whether this native runs on a fiber now.
inline bool on_fiber(const Process& p) { return p.fiber != nullptr; }

/// Terms a native keeps across callbacks: roots while the object lives. On the fiber's stack, nested like scopes.
class FiberRoots {
 public:
  FiberRoots(Process& p, std::span<Term> terms);
  ~FiberRoots();
  FiberRoots(const FiberRoots&) = delete;
  FiberRoots& operator=(const FiberRoots&) = delete;

 private:
  friend void visit_fiber_roots(Process& p, RootVisitor& visitor);
  Process& p_;
  std::span<Term> terms_;
  FiberRoots* next_;
};

/// Shows the terms that the process's fibers hold.
void visit_fiber_roots(Process& p, RootVisitor& visitor);

}  // namespace phial
