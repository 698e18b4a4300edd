// Failures that instructions ask for.
#include "vm/interp/op.h"
#include "vm/interp/trace.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

Term fail_reason(Process& p, FailKind kind, Term value) {
  switch (kind) {
    case FailKind::BadMatch:
      return make_tuple(p.heap, {atoms::badmatch, value});
    case FailKind::CaseClause:
      return make_tuple(p.heap, {atoms::case_clause, value});
    case FailKind::CondClause:
      return atoms::cond_clause;
    case FailKind::TryClause:
      return make_tuple(p.heap, {atoms::try_clause, value});
    case FailKind::WithClause:
      return make_tuple(p.heap, {atoms::else_clause, value});
    case FailKind::BadBoolean:
    case FailKind::Error:
      return value;
  }
  return value;
}

}  // namespace

OP_FN(op_Fail) {
  SPILL();
  p->raise_error(fail_reason(*p, static_cast<FailKind>(SLOT(0)), TERM(1)));
  RELOAD();
  GO(slow_raise);
}

OP_FN(op_FailClause) {
  SPILL();
  Term args = make_list(p->heap, std::span(reinterpret_cast<const Term*>(fp + 1), SLOT(0)));
  p->raise_error(atoms::function_clause);
  p->exc.trace = trace_head_first(*p, args, Term::nil_list());
  RELOAD();
  GO(slow_raise);
}

OP_FN(op_Reraise) {
  p->exc = {TERM(0), TERM(1), TERM(2)};
  GO(slow_unwind);
}

OP_FN(op_StackTrace) {
  SPILL();
  Term list = trace_to_list(*p, TERM(1));
  RELOAD();
  R(0) = list.bits();
  NEXT(1);
}

}  // namespace phial
