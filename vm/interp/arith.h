// The general halves of arithmetic: any numbers, any size. The interpreter's instructions come here when their fast path
// (two fixnums, two immediate floats) does not apply. Results are taken from p.heap and nothing is collected; a failure
// raises in [p] and gives none().
#pragma once

#include "vm/term/term.h"

namespace phial {

class Process;

namespace arith {
Term add(Process& p, Term a, Term b);
Term subtract(Process& p, Term a, Term b);
Term multiply(Process& p, Term a, Term b);
Term divide(Process& p, Term a, Term b);
Term int_div(Process& p, Term a, Term b);
Term rem(Process& p, Term a, Term b);
Term negate(Process& p, Term a);
Term band(Process& p, Term a, Term b);
Term bor(Process& p, Term a, Term b);
Term bxor(Process& p, Term a, Term b);
Term bnot(Process& p, Term a);
Term shift_left(Process& p, Term a, Term b);
Term shift_right(Process& p, Term a, Term b);
Term logical_not(Process& p, Term a);
/// The value of a number as a double; false when it is no number or too large.
bool to_double(Term t, double& out);
/// [value] as a float, or badarith when it is infinite or no number.
Term finite(Process& p, double value);
}  // namespace arith

}  // namespace phial
