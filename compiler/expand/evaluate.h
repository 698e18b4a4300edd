// What evaluation shares with the natives.
#pragma once

#include "compiler/expand/expand_state.h"

namespace phial::compiler {

/// Runs the leading statements of the expanded [body] that need no machine: calls of the expander's natives with
/// constant arguments, and constants. Answers the code that is left, [] when nothing is; [value] is that of the last
/// statement run, none() when it raised.
Term run_leading(ExpandSession& session, MacroHost& host, ArenaSpace& arena, Expander& x, Term body, Term& value);

}  // namespace phial::compiler
