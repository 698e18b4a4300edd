// Raw stack traces: what a raise records, cheap to make; its list form, dear to make, only when a program asks.
//
// A raw trace is a tuple {pc, pc, ..., head}. Each pc is the address of an instruction as a small integer (shifted, for
// code is 8-aligned): the failing instruction, then the calls it is inside of, at most kTraceFrames of them. head is
//   0                           nothing special
//   {m, f, args, info}          a further entry on top: a native, an undefined function; info is a map or []
//   {args, info}                for the first pc: its arguments instead of its arity (a list; or 0 for none), and info
// A trace that is a list already (from erlang:raise/3) is passed along as it is.
//
// In p.exc.trace a raising native or handler may leave none() (a native's own {m, f, args} goes on top), an atom (the same,
// with the atom as the cause in error_info), a head, or a whole trace of another raise, raw or a list. Heads and raw
// traces differ in their first element: that of a raw trace is a pc, which is not 0, or the head itself.
#pragma once

#include "vm/process/process.h"

namespace phial {

struct Module;

/// Entries of a trace, as Erlang's default :backtrace_depth.
inline constexpr size_t kTraceFrames = 8;

/// Whether [trace] needs nothing added: a list or a raw trace.
bool is_whole_trace(Term trace);
/// The raw trace of a raise at [pc] in the frame at [fp], with [head].
Term make_raw_trace(Process& p, const Word* pc, Word* fp, Term head);
/// The same where the failing code has no frame of its own: starts with the caller of [fp].
Term make_raw_trace_of_callers(Process& p, Word* fp, Term head);
/// The head {m, f, args, info} for a failing call with [args] in memory order.
Term trace_head_call(Process& p, Term module, Term function, const Term* args, size_t count, Term info);
/// The head {args, info}; [args] is a list or fixnum 0.
Term trace_head_first(Process& p, Term args, Term info);
/// A head that adds nothing: for natives that are part of the language rather than functions, like erlang:error/1.
inline Term trace_head_plain() { return Term::fixnum(0); }

/// Where a process that does not run stands, in list form: also inside of natives.
Term current_stack(Process& p);

/// The list form: [{m, f, arity or args, [file: charlist, line: n, error_info: map]}].
Term trace_to_list(Process& p, Term raw);
/// %{module: :erl_erts_errors} or what else explains errors of natives in [module]; [] when nothing does. [cause], an
/// atom or none(), stands under :cause.
Term error_info_for(Process& p, Term module, Term function, Term cause = Term::none());

}  // namespace phial
