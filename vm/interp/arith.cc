#include "vm/interp/arith.h"

#include <cmath>

#include "vm/process/process.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/float.h"

namespace phial {

namespace arith {

bool to_double(Term t, double& out) {
  if (t.is_fixnum()) {
    out = static_cast<double>(t.as_fixnum());
    return true;
  }
  if (t.is_float()) {
    out = float_value(t);
    return true;
  }
  if (!t.is_bignum()) return false;
  auto d = integer_to_double(t);
  if (!d) return false;
  out = *d;
  return true;
}

Term finite(Process& p, double value) {
  return std::isfinite(value) ? make_float(p.heap, value) : p.raise_badarith();
}

}  // namespace arith

namespace {

using arith::finite;
using arith::to_double;

/// Big work is charged by the limbs it touches, so that no process holds a core with arithmetic.
void charge_bignum(Process& p, Term a, Term b) {
  auto limbs = [](Term t) { return t.is_bignum() ? header::words(t.header()) : 0; };
  size_t la = limbs(a), lb = limbs(b);
  if (la + lb > 16) p.charge(static_cast<int64_t>((la + 1) * (lb + 1) / 256 + 1));
}

Term checked(Process& p, Term result) {
  if (result.is_none()) return p.raise_error(atoms::system_limit);
  if (result.is_bignum() && header::words(result.header()) > kMaxLimbs) return p.raise_error(atoms::system_limit);
  return result;
}

using IntegerOp = Term (*)(Space&, Term, Term);

Term mixed(Process& p, Term a, Term b, IntegerOp on_integers, double (*on_floats)(double, double)) {
  if (a.is_integer() && b.is_integer()) {
    charge_bignum(p, a, b);
    return checked(p, on_integers(p.heap, a, b));
  }
  double x, y;
  if (!to_double(a, x) || !to_double(b, y)) return p.raise_badarith();
  return finite(p, on_floats(x, y));
}

Term integers_only(Process& p, Term a, Term b, IntegerOp op) {
  if (!a.is_integer() || !b.is_integer()) return p.raise_badarith();
  charge_bignum(p, a, b);
  return checked(p, op(p.heap, a, b));
}

}  // namespace

namespace arith {

Term add(Process& p, Term a, Term b) {
  return mixed(p, a, b, integer_add, [](double x, double y) { return x + y; });
}
Term subtract(Process& p, Term a, Term b) {
  return mixed(p, a, b, integer_sub, [](double x, double y) { return x - y; });
}
Term multiply(Process& p, Term a, Term b) {
  return mixed(p, a, b, integer_mul, [](double x, double y) { return x * y; });
}
Term divide(Process& p, Term a, Term b) {
  double x, y;
  if (!to_double(a, x) || !to_double(b, y) || y == 0.0) return p.raise_badarith();
  return finite(p, x / y);
}
Term int_div(Process& p, Term a, Term b) {
  if (b == Term::fixnum(0)) return p.raise_badarith();
  return integers_only(p, a, b, integer_div);
}
Term rem(Process& p, Term a, Term b) {
  if (b == Term::fixnum(0)) return p.raise_badarith();
  return integers_only(p, a, b, integer_rem);
}
Term negate(Process& p, Term a) {
  if (a.is_integer()) return integer_neg(p.heap, a);
  if (a.is_float()) return make_float(p.heap, -float_value(a));
  return p.raise_badarith();
}
Term band(Process& p, Term a, Term b) { return integers_only(p, a, b, integer_and); }
Term bor(Process& p, Term a, Term b) { return integers_only(p, a, b, integer_or); }
Term bxor(Process& p, Term a, Term b) { return integers_only(p, a, b, integer_xor); }
Term bnot(Process& p, Term a) { return a.is_integer() ? integer_not(p.heap, a) : p.raise_badarith(); }

Term shift_left(Process& p, Term a, Term b) {
  if (!a.is_integer() || !b.is_integer()) return p.raise_badarith();
  if (!b.is_fixnum()) {
    // A shift by more than any memory: right gives the sign, left only zero survives.
    bool left = integer_compare(b, Term::fixnum(0)) > 0;
    bool negative = integer_compare(a, Term::fixnum(0)) < 0;
    if (!left) return Term::fixnum(negative ? -1 : 0);
    return a == Term::fixnum(0) ? a : p.raise_error(atoms::system_limit);
  }
  return checked(p, integer_shift(p.heap, a, b.as_fixnum()));
}
Term shift_right(Process& p, Term a, Term b) {
  if (!b.is_integer()) return p.raise_badarith();
  return shift_left(p, a, integer_neg(p.heap, b));
}

Term logical_not(Process& p, Term a) {
  if (a == atoms::true_) return atoms::false_;
  if (a == atoms::false_) return atoms::true_;
  return p.raise_badarg();
}

}  // namespace arith

}  // namespace phial
