// Arithmetic on any two terms: what handlers do when the small-integer and immediate-float paths do not fit. Results
// that need memory are allocated from the process's heap. All return none() for failures: badarith (arguments of a wrong
// type, division by zero, float results that are no numbers), which the caller has set as p.exc.reason beforehand, or
// system_limit, which they set themselves.
#pragma once

#include "vm/process/process.h"

namespace phial::arith {

Term add(Process& p, Term a, Term b);
Term sub(Process& p, Term a, Term b);
Term mul(Process& p, Term a, Term b);
Term divide(Process& p, Term a, Term b);
Term int_div(Process& p, Term a, Term b);
Term rem(Process& p, Term a, Term b);
Term neg(Process& p, Term a);
Term band(Process& p, Term a, Term b);
Term bor(Process& p, Term a, Term b);
Term bxor(Process& p, Term a, Term b);
Term bnot(Process& p, Term a);
Term shift_left(Process& p, Term a, Term b);
Term shift_right(Process& p, Term a, Term b);

}  // namespace phial::arith
