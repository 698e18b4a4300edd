// The interpreter's door: what schedulers and the spawner call.
#pragma once

#include <cstdint>
#include <span>

#include "vm/term/term.h"

namespace phial {

class Process;
struct Export;

/// How a slice ended.
enum class SliceResult : uint8_t {
  Yielded,  // runnable: out of reductions, or a native asked for it
  Waiting,  // in receive, or in a native that waits for a wake-up
  Exited,   // p.exc.reason is the exit reason
};

/// Runs [p] from its resume point until its reductions are used up, it waits or it ends.
/// Only the scheduler thread that owns [p] calls it.
SliceResult run_slice(Process& p);

/// Makes a new process start with target(args...). The terms are already in p's heap; p's stack is empty.
void prepare_initial_call(Process& p, Export* target, std::span<const Term> args);
/// The same for a fun of args.size() parameters.
void prepare_initial_call(Process& p, Term fun, std::span<const Term> args);

/// Ends the C++ calls that natives of a dying process still have open on fibers; before its heap goes.
void abandon_fibers(Process& p);

}  // namespace phial
