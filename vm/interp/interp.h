// The interpreter's door: what schedulers and the spawner call.
#pragma once

#include <cstdint>
#include <span>

#include "vm/process/process.h"

namespace phial {

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
