#include "vm/interp/arith.h"

#include <cmath>

#include "vm/term/bignum.h"
#include "vm/term/float.h"

namespace phial::arith {
namespace {

/// The double for a number; nullopt when [t] is none or too large.
std::optional<double> as_double(Term t) {
  if (t.is_float()) return float_value(t);
  if (t.is_fixnum()) return static_cast<double>(t.as_fixnum());
  if (t.is_bignum()) return integer_to_double(t);
  return std::nullopt;
}

Term finite(Process& p, double value) { return std::isfinite(value) ? make_float(p.heap, value) : Term::none(); }

/// Big integer work costs reductions by size.
void charge_for(Process& p, Term a) {
  if (a.is_bignum()) p.charge(static_cast<int64_t>(header::words(a.header()) / 16));
}

template <typename Integers, typename Floats>
Term numeric(Process& p, Term a, Term b, Integers integers, Floats floats) {
  if (a.is_integer() && b.is_integer()) {
    charge_for(p, a);
    charge_for(p, b);
    return integers(p.heap, a, b);
  }
  if (!a.is_number() || !b.is_number()) return Term::none();
  std::optional<double> x = as_double(a), y = as_double(b);
  if (!x || !y) return Term::none();
  return finite(p, floats(*x, *y));
}

template <typename F>
Term integers_only(Process& p, Term a, Term b, F f) {
  if (!a.is_integer() || !b.is_integer()) return Term::none();
  charge_for(p, a);
  charge_for(p, b);
  return f(p.heap, a, b);
}

Term shift(Process& p, Term a, Term count, bool left) {
  if (!a.is_integer() || !count.is_integer()) return Term::none();
  if (a == Term::fixnum(0)) return a;
  int64_t n;
  if (count.is_fixnum()) {
    n = count.as_fixnum();
  } else {
    // A shift beyond all memory: only its direction matters.
    bool negative = integer_compare(count, Term::fixnum(0)) < 0;
    n = negative ? Term::kFixnumMin : Term::kFixnumMax;
  }
  if (!left) n = -n;
  if (n > 0) p.charge(n / 1024);
  if (n < -int64_t{64} * static_cast<int64_t>(kMaxLimbs) - 64) {
    return Term::fixnum(integer_compare(a, Term::fixnum(0)) < 0 ? -1 : 0);
  }
  Term result = n > int64_t{64} * static_cast<int64_t>(kMaxLimbs) ? Term::none() : integer_shift(p.heap, a, n);
  if (result.is_none()) p.raise_error(atoms::system_limit);
  return result;
}

}  // namespace

Term add(Process& p, Term a, Term b) {
  return numeric(p, a, b, integer_add, [](double x, double y) { return x + y; });
}
Term sub(Process& p, Term a, Term b) {
  return numeric(p, a, b, integer_sub, [](double x, double y) { return x - y; });
}
Term mul(Process& p, Term a, Term b) {
  if (a.is_bignum() && b.is_bignum()) {
    p.charge(static_cast<int64_t>(header::words(a.header()) * header::words(b.header()) / 64));
  }
  return numeric(
      p, a, b,
      [&](Space& space, Term x, Term y) {
        Term r = integer_mul(space, x, y);
        if (r.is_none()) p.raise_error(atoms::system_limit);
        return r;
      },
      [](double x, double y) { return x * y; });
}
Term divide(Process& p, Term a, Term b) {
  std::optional<double> x = as_double(a), y = as_double(b);
  if (!x || !y || *y == 0.0) return Term::none();
  return finite(p, *x / *y);
}
Term int_div(Process& p, Term a, Term b) {
  if (b == Term::fixnum(0)) return Term::none();
  return integers_only(p, a, b, integer_div);
}
Term rem(Process& p, Term a, Term b) {
  if (b == Term::fixnum(0)) return Term::none();
  return integers_only(p, a, b, integer_rem);
}
Term neg(Process& p, Term a) {
  if (a.is_integer()) return integer_neg(p.heap, a);
  if (a.is_float()) return make_float(p.heap, -float_value(a));
  return Term::none();
}
Term band(Process& p, Term a, Term b) { return integers_only(p, a, b, integer_and); }
Term bor(Process& p, Term a, Term b) { return integers_only(p, a, b, integer_or); }
Term bxor(Process& p, Term a, Term b) { return integers_only(p, a, b, integer_xor); }
Term bnot(Process& p, Term a) { return a.is_integer() ? integer_not(p.heap, a) : Term::none(); }
Term shift_left(Process& p, Term a, Term b) { return shift(p, a, b, true); }
Term shift_right(Process& p, Term a, Term b) { return shift(p, a, b, false); }

}  // namespace phial::arith
