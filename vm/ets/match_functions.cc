#include "vm/ets/match_functions.h"

#include <cmath>

#include "vm/term/off_heap.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::ets {

namespace {

using Run = MatchRun;
using Args = const Term*;

bool as_double(Term t, double& out) {
  if (t.is_float()) {
    out = float_value(t);
    return true;
  }
  if (!t.is_integer()) return false;
  std::optional<double> value = integer_to_double(t);
  if (!value) return false;
  out = *value;
  return true;
}

Term float_or_error(Run& r, double value) { return std::isfinite(value) ? make_float(r.space(), value) : Term::none(); }

template <typename Integers, typename Floats>
Term arithmetic(Run& r, Args a, Integers integers, Floats floats) {
  if (a[0].is_integer() && a[1].is_integer()) return integers(r.space(), a[0], a[1]);
  double x, y;
  if (!as_double(a[0], x) || !as_double(a[1], y)) return Term::none();
  return float_or_error(r, floats(x, y));
}

bool both_integers(Args a) { return a[0].is_integer() && a[1].is_integer(); }
bool is_zero(Term t) { return t == Term::fixnum(0); }
bool is_boolean(Term t) { return t == atoms::true_ || t == atoms::false_; }
Term truth(bool value) { return boolean(value); }
Term size_term(uint64_t n) { return Term::fixnum(static_cast<int64_t>(n)); }

Term add(Run& r, Args a) { return arithmetic(r, a, integer_add, [](double x, double y) { return x + y; }); }
Term subtract(Run& r, Args a) { return arithmetic(r, a, integer_sub, [](double x, double y) { return x - y; }); }
Term multiply(Run& r, Args a) { return arithmetic(r, a, integer_mul, [](double x, double y) { return x * y; }); }
Term divide(Run& r, Args a) {
  double x, y;
  if (!as_double(a[0], x) || !as_double(a[1], y) || y == 0) return Term::none();
  return float_or_error(r, x / y);
}
Term plus(Run&, Args a) { return a[0].is_number() ? a[0] : Term::none(); }
Term negate(Run& r, Args a) {
  if (a[0].is_integer()) return integer_neg(r.space(), a[0]);
  return a[0].is_float() ? make_float(r.space(), -float_value(a[0])) : Term::none();
}
Term quotient(Run& r, Args a) {
  return both_integers(a) && !is_zero(a[1]) ? integer_div(r.space(), a[0], a[1]) : Term::none();
}
Term remainder(Run& r, Args a) {
  return both_integers(a) && !is_zero(a[1]) ? integer_rem(r.space(), a[0], a[1]) : Term::none();
}
Term bit_and(Run& r, Args a) { return both_integers(a) ? integer_and(r.space(), a[0], a[1]) : Term::none(); }
Term bit_or(Run& r, Args a) { return both_integers(a) ? integer_or(r.space(), a[0], a[1]) : Term::none(); }
Term bit_xor(Run& r, Args a) { return both_integers(a) ? integer_xor(r.space(), a[0], a[1]) : Term::none(); }
Term bit_not(Run& r, Args a) { return a[0].is_integer() ? integer_not(r.space(), a[0]) : Term::none(); }
Term shift_left(Run& r, Args a) {
  return a[0].is_integer() && a[1].is_fixnum() ? integer_shift(r.space(), a[0], a[1].as_fixnum()) : Term::none();
}
Term shift_right(Run& r, Args a) {
  return a[0].is_integer() && a[1].is_fixnum() ? integer_shift(r.space(), a[0], -a[1].as_fixnum()) : Term::none();
}
Term absolute(Run& r, Args a) {
  if (a[0].is_integer()) return integer_compare(a[0], Term::fixnum(0)) < 0 ? integer_neg(r.space(), a[0]) : a[0];
  return a[0].is_float() ? make_float(r.space(), std::fabs(float_value(a[0]))) : Term::none();
}
Term to_float(Run& r, Args a) {
  double value;
  return as_double(a[0], value) ? make_float(r.space(), value) : Term::none();
}
Term rounded(Run& r, Term t, double (*how)(double)) {
  if (t.is_integer()) return t;
  return t.is_float() ? integer_from_double(r.space(), how(float_value(t))) : Term::none();
}
Term round_(Run& r, Args a) { return rounded(r, a[0], std::round); }
Term trunc_(Run& r, Args a) { return rounded(r, a[0], std::trunc); }
Term floor_(Run& r, Args a) { return rounded(r, a[0], std::floor); }
Term ceil_(Run& r, Args a) { return rounded(r, a[0], std::ceil); }

Term less(Run& r, Args a) { return truth(compare_terms(a[0], a[1], r.atoms()) < 0); }
Term at_most(Run& r, Args a) { return truth(compare_terms(a[0], a[1], r.atoms()) <= 0); }
Term greater(Run& r, Args a) { return truth(compare_terms(a[0], a[1], r.atoms()) > 0); }
Term at_least(Run& r, Args a) { return truth(compare_terms(a[0], a[1], r.atoms()) >= 0); }
Term equal(Run&, Args a) { return truth(equal_loose(a[0], a[1])); }
Term different(Run&, Args a) { return truth(!equal_loose(a[0], a[1])); }
Term same(Run&, Args a) { return truth(equal_exact(a[0], a[1])); }
Term not_same(Run&, Args a) { return truth(!equal_exact(a[0], a[1])); }

Term not_(Run&, Args a) { return is_boolean(a[0]) ? truth(a[0] == atoms::false_) : Term::none(); }
Term xor_(Run&, Args a) { return is_boolean(a[0]) && is_boolean(a[1]) ? truth(a[0] != a[1]) : Term::none(); }

Term is_atom(Run&, Args a) { return truth(a[0].is_atom()); }
Term is_binary_(Run&, Args a) { return truth(is_binary(a[0])); }
Term is_bitstring(Run&, Args a) { return truth(a[0].is_bitstring()); }
Term is_float(Run&, Args a) { return truth(a[0].is_float()); }
Term is_function(Run&, Args a) { return truth(a[0].is_fun()); }
Term is_integer(Run&, Args a) { return truth(a[0].is_integer()); }
Term is_list(Run&, Args a) { return truth(a[0].is_list()); }
Term is_map(Run&, Args a) { return truth(a[0].is_map()); }
Term is_number(Run&, Args a) { return truth(a[0].is_number()); }
Term is_pid(Run&, Args a) { return truth(a[0].is_pid()); }
Term is_port(Run&, Args) { return atoms::false_; }
Term is_reference(Run&, Args a) { return truth(a[0].is_reference() || a[0].is_kind(Kind::Resource)); }
Term is_tuple(Run&, Args a) { return truth(a[0].is_tuple()); }
Term is_boolean_(Run&, Args a) { return truth(is_boolean(a[0])); }
Term is_map_key(Run&, Args a) { return a[1].is_map() ? truth(map_has_key(a[1], a[0])) : Term::none(); }
Term is_record(Run&, Args a) {
  if (!a[1].is_atom() || !a[2].is_fixnum()) return Term::none();
  return truth(a[0].is_tuple() && static_cast<int64_t>(tuple_arity(a[0])) == a[2].as_fixnum() && tuple_arity(a[0]) > 0 &&
               tuple_at(a[0], 0) == a[1]);
}

Term head(Run&, Args a) { return a[0].is_cons() ? a[0].head() : Term::none(); }
Term tail(Run&, Args a) { return a[0].is_cons() ? a[0].tail() : Term::none(); }
Term length(Run&, Args a) {
  int64_t n = list_length(a[0]);
  return n < 0 ? Term::none() : Term::fixnum(n);
}
Term element(Run&, Args a) {
  if (!a[0].is_fixnum() || !a[1].is_tuple() || a[0].as_fixnum() < 1) return Term::none();
  uint64_t index = static_cast<uint64_t>(a[0].as_fixnum()) - 1;
  return index < tuple_arity(a[1]) ? tuple_at(a[1], index) : Term::none();
}
Term tuple_size(Run&, Args a) { return a[0].is_tuple() ? size_term(tuple_arity(a[0])) : Term::none(); }
Term size(Run&, Args a) {
  if (a[0].is_tuple()) return size_term(tuple_arity(a[0]));
  return a[0].is_bitstring() ? size_term(bit_view(a[0]).bits / 8) : Term::none();
}
Term map_size_(Run&, Args a) { return a[0].is_map() ? size_term(map_size(a[0])) : Term::none(); }
Term map_get_(Run&, Args a) { return a[1].is_map() ? map_get(a[1], a[0]) : Term::none(); }
Term byte_size(Run&, Args a) {
  return a[0].is_bitstring() ? size_term((bit_view(a[0]).bits + 7) / 8) : Term::none();
}
Term bit_size(Run&, Args a) { return a[0].is_bitstring() ? size_term(bit_view(a[0]).bits) : Term::none(); }
Term binary_part(Run& r, Args a) {
  if (!is_binary(a[0]) || !a[1].is_fixnum() || !a[2].is_fixnum()) return Term::none();
  int64_t bytes = static_cast<int64_t>(bit_view(a[0]).bits / 8);
  int64_t from = a[1].as_fixnum(), n = a[2].as_fixnum();
  if (from < 0 || from > bytes || n > bytes || n < -bytes) return Term::none();
  if (n < 0) {
    from += n;
    n = -n;
  }
  if (from < 0 || from + n > bytes) return Term::none();
  return make_sub_bitstring(r.space(), a[0], static_cast<uint64_t>(from) * 8, static_cast<uint64_t>(n) * 8);
}
Term self(Run& r, Args) { return r.self(); }
Term node(Run&, Args) { return atoms::nonode; }
Term node_of(Run&, Args a) { return a[0].is_pid() || a[0].is_reference() ? atoms::nonode : Term::none(); }

struct Row {
  std::string_view name;
  uint32_t arity;
  MatchFunction body;
};

constexpr Row kRows[] = {
    {"+", 2, add}, {"-", 2, subtract}, {"*", 2, multiply}, {"/", 2, divide}, {"+", 1, plus}, {"-", 1, negate},
    {"div", 2, quotient}, {"rem", 2, remainder}, {"band", 2, bit_and}, {"bor", 2, bit_or}, {"bxor", 2, bit_xor},
    {"bnot", 1, bit_not}, {"bsl", 2, shift_left}, {"bsr", 2, shift_right}, {"abs", 1, absolute}, {"float", 1, to_float},
    {"round", 1, round_}, {"trunc", 1, trunc_}, {"floor", 1, floor_}, {"ceil", 1, ceil_}, {"<", 2, less},
    {"=<", 2, at_most}, {">", 2, greater}, {">=", 2, at_least}, {"==", 2, equal}, {"/=", 2, different},
    {"=:=", 2, same}, {"=/=", 2, not_same}, {"not", 1, not_}, {"xor", 2, xor_}, {"is_atom", 1, is_atom},
    {"is_binary", 1, is_binary_}, {"is_bitstring", 1, is_bitstring}, {"is_float", 1, is_float},
    {"is_function", 1, is_function}, {"is_integer", 1, is_integer}, {"is_list", 1, is_list}, {"is_map", 1, is_map},
    {"is_number", 1, is_number}, {"is_pid", 1, is_pid}, {"is_port", 1, is_port}, {"is_reference", 1, is_reference},
    {"is_tuple", 1, is_tuple}, {"is_boolean", 1, is_boolean_}, {"is_map_key", 2, is_map_key}, {"is_record", 3, is_record},
    {"hd", 1, head}, {"tl", 1, tail}, {"length", 1, length}, {"element", 2, element}, {"tuple_size", 1, tuple_size},
    {"size", 1, size}, {"map_size", 1, map_size_}, {"map_get", 2, map_get_}, {"byte_size", 1, byte_size},
    {"bit_size", 1, bit_size}, {"binary_part", 3, binary_part}, {"self", 0, self}, {"node", 0, node}, {"node", 1, node_of},
};

}  // namespace

int find_match_function(std::string_view name, size_t arity) {
  for (size_t i = 0; i < std::size(kRows); ++i) {
    if (kRows[i].arity == arity && kRows[i].name == name) return static_cast<int>(i);
  }
  return -1;
}
MatchFunction match_function(uint32_t index) { return kRows[index].body; }
uint32_t match_function_arity(uint32_t index) { return kRows[index].arity; }

}  // namespace phial::ets
