// Arithmetic as functions: what apply(:erlang, :+, [1, 2]) and &+/2 reach. The work is in
// vm/interp/arith.h, which the instructions share.
#include "vm/interp/arith.h"

#include <cmath>

#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/bignum.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"

namespace phial {

namespace natives {

namespace {
Term answer(Process& p, Term result) { return result.is_none() ? p.raise_badarith() : result; }

bool to_double(Term t, double& out) {
  if (t.is_float()) {
    out = float_value(t);
  } else if (t.is_fixnum()) {
    out = static_cast<double>(t.as_fixnum());
  } else {
    auto d = t.is_bignum() ? integer_to_double(t) : std::nullopt;
    if (!d) return false;
    out = *d;
  }
  return true;
}

Term finite(Process& p, double value) {
  return std::isfinite(value) ? make_float(p.heap, value) : p.raise_badarith();
}
}  // namespace

Term erlang_add(Process& p, Term* a) { return answer(p, arith::add(p, a[0], a[1])); }
Term erlang_subtract(Process& p, Term* a) { return answer(p, arith::sub(p, a[0], a[1])); }
Term erlang_multiply(Process& p, Term* a) { return answer(p, arith::mul(p, a[0], a[1])); }
Term erlang_divide(Process& p, Term* a) { return answer(p, arith::divide(p, a[0], a[1])); }
Term erlang_div(Process& p, Term* a) { return answer(p, arith::int_div(p, a[0], a[1])); }
Term erlang_rem(Process& p, Term* a) { return answer(p, arith::rem(p, a[0], a[1])); }
Term erlang_plus(Process& p, Term* a) { return a[0].is_number() ? a[0] : p.raise_badarith(); }
Term erlang_negate(Process& p, Term* a) { return answer(p, arith::neg(p, a[0])); }
Term erlang_band(Process& p, Term* a) { return answer(p, arith::band(p, a[0], a[1])); }
Term erlang_bor(Process& p, Term* a) { return answer(p, arith::bor(p, a[0], a[1])); }
Term erlang_bxor(Process& p, Term* a) { return answer(p, arith::bxor(p, a[0], a[1])); }
Term erlang_bnot(Process& p, Term* a) { return answer(p, arith::bnot(p, a[0])); }
Term erlang_bsl(Process& p, Term* a) { return answer(p, arith::shift_left(p, a[0], a[1])); }
Term erlang_bsr(Process& p, Term* a) { return answer(p, arith::shift_right(p, a[0], a[1])); }
Term erlang_not(Process& p, Term* a) { return a[0] == atoms::true_ ? atoms::false_ : a[0] == atoms::false_ ? atoms::true_ : p.raise_badarg(); }

Term erlang_abs(Process& p, Term* a) {
  if (a[0].is_integer()) return integer_compare(a[0], Term::fixnum(0)) < 0 ? integer_neg(p.heap, a[0]) : a[0];
  if (a[0].is_float()) return make_float(p.heap, std::fabs(float_value(a[0])));
  return p.raise_badarg();
}

Term erlang_eq(Process& p, Term* a) { return boolean(equal_loose(a[0], a[1])); }
Term erlang_ne(Process& p, Term* a) { return boolean(!equal_loose(a[0], a[1])); }
Term erlang_eq_exact(Process& p, Term* a) { return boolean(equal_exact(a[0], a[1])); }
Term erlang_ne_exact(Process& p, Term* a) { return boolean(!equal_exact(a[0], a[1])); }
Term erlang_lt(Process& p, Term* a) { return boolean(compare_terms(a[0], a[1], p.atoms()) < 0); }
Term erlang_gt(Process& p, Term* a) { return boolean(compare_terms(a[0], a[1], p.atoms()) > 0); }
Term erlang_le(Process& p, Term* a) { return boolean(compare_terms(a[0], a[1], p.atoms()) <= 0); }
Term erlang_ge(Process& p, Term* a) { return boolean(compare_terms(a[0], a[1], p.atoms()) >= 0); }
Term erlang_min(Process& p, Term* a) { return compare_terms(a[0], a[1], p.atoms()) <= 0 ? a[0] : a[1]; }
Term erlang_max(Process& p, Term* a) { return compare_terms(a[0], a[1], p.atoms()) >= 0 ? a[0] : a[1]; }

namespace {
bool is_boolean(Term t) { return t == atoms::true_ || t == atoms::false_; }
}  // namespace

Term erlang_and(Process& p, Term* a) {
  if (!is_boolean(a[0]) || !is_boolean(a[1])) return p.raise_badarg();
  return boolean(a[0] == atoms::true_ && a[1] == atoms::true_);
}
Term erlang_or(Process& p, Term* a) {
  if (!is_boolean(a[0]) || !is_boolean(a[1])) return p.raise_badarg();
  return boolean(a[0] == atoms::true_ || a[1] == atoms::true_);
}
Term erlang_xor(Process& p, Term* a) {
  if (!is_boolean(a[0]) || !is_boolean(a[1])) return p.raise_badarg();
  return boolean(a[0] != a[1]);
}

namespace {
Term to_whole(Process& p, Term t, double (*f)(double)) {
  if (t.is_integer()) return t;
  if (!t.is_float()) return p.raise_badarg();
  return integer_from_double(p.heap, f(float_value(t)));
}
}  // namespace

Term erlang_round(Process& p, Term* a) { return to_whole(p, a[0], std::round); }
Term erlang_trunc(Process& p, Term* a) { return to_whole(p, a[0], std::trunc); }
Term erlang_floor(Process& p, Term* a) { return to_whole(p, a[0], std::floor); }
Term erlang_ceil(Process& p, Term* a) { return to_whole(p, a[0], std::ceil); }
Term erlang_float(Process& p, Term* a) {
  double d;
  return to_double(a[0], d) ? make_float(p.heap, d) : p.raise_badarg();
}

namespace {
Term unary_math(Process& p, Term t, double (*f)(double)) {
  double x;
  return to_double(t, x) ? finite(p, f(x)) : p.raise_badarg();
}
Term binary_math(Process& p, Term* a, double (*f)(double, double)) {
  double x, y;
  return to_double(a[0], x) && to_double(a[1], y) ? finite(p, f(x, y)) : p.raise_badarg();
}
}  // namespace

Term math_sin(Process& p, Term* a) { return unary_math(p, a[0], std::sin); }
Term math_cos(Process& p, Term* a) { return unary_math(p, a[0], std::cos); }
Term math_tan(Process& p, Term* a) { return unary_math(p, a[0], std::tan); }
Term math_asin(Process& p, Term* a) { return unary_math(p, a[0], std::asin); }
Term math_acos(Process& p, Term* a) { return unary_math(p, a[0], std::acos); }
Term math_atan(Process& p, Term* a) { return unary_math(p, a[0], std::atan); }
Term math_sinh(Process& p, Term* a) { return unary_math(p, a[0], std::sinh); }
Term math_cosh(Process& p, Term* a) { return unary_math(p, a[0], std::cosh); }
Term math_tanh(Process& p, Term* a) { return unary_math(p, a[0], std::tanh); }
Term math_asinh(Process& p, Term* a) { return unary_math(p, a[0], std::asinh); }
Term math_acosh(Process& p, Term* a) { return unary_math(p, a[0], std::acosh); }
Term math_atanh(Process& p, Term* a) { return unary_math(p, a[0], std::atanh); }
Term math_exp(Process& p, Term* a) { return unary_math(p, a[0], std::exp); }
Term math_log(Process& p, Term* a) { return unary_math(p, a[0], std::log); }
Term math_log2(Process& p, Term* a) { return unary_math(p, a[0], std::log2); }
Term math_log10(Process& p, Term* a) { return unary_math(p, a[0], std::log10); }
Term math_sqrt(Process& p, Term* a) { return unary_math(p, a[0], std::sqrt); }
Term math_erf(Process& p, Term* a) { return unary_math(p, a[0], std::erf); }
Term math_erfc(Process& p, Term* a) { return unary_math(p, a[0], std::erfc); }
Term math_floor(Process& p, Term* a) { return unary_math(p, a[0], std::floor); }
Term math_ceil(Process& p, Term* a) { return unary_math(p, a[0], std::ceil); }
Term math_pow(Process& p, Term* a) { return binary_math(p, a, std::pow); }
Term math_atan2(Process& p, Term* a) { return binary_math(p, a, std::atan2); }
Term math_fmod(Process& p, Term* a) { return binary_math(p, a, std::fmod); }
Term math_pi(Process& p, Term*) { return make_float(p.heap, M_PI); }

}  // namespace natives
}  // namespace phial
