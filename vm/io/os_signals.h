// Signals of the operating system, for programs of their own (the command line), not for embedded runtimes: SIGINT and
// SIGTERM reach one runtime of this host process, SIGPIPE is ignored. See Runtime::interrupt for what they do there.
#pragma once

#include "vm/process/system.h"

namespace phial {

/// From now on signals go to [system]; null: back to the default.
void route_os_signals(ProcessSystem* system);

}  // namespace phial
