// Timeouts of receive. Owner only.
#pragma once

#include <cstdint>

#include "vm/process/process.h"

namespace phial {

/// Longest timeout, in milliseconds.
inline constexpr int64_t kMaxReceiveTimeout = 4'294'967'295;

/// Starts the timeout of the current receive unless it runs already: a process that was woken and did not find a
/// match waits on for the rest of its time.
void arm_receive_timeout(Process& p, int64_t ms);
void cancel_receive_timeout(Process& p);
/// Puts the timer of an armed timeout into the wheel of the current scheduler; for the handling of signals.
void rearm_receive_timeout(Process& p);
/// True once, after the timeout has fired; the timeout is over then.
bool receive_timed_out(Process& p);

}  // namespace phial
