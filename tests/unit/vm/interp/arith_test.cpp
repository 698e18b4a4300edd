// Arithmetic: small integers, overflow into big ones, floats, failures.
#include "tests/unit/vm/interp/machine.h"
#include "vm/term/bignum.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"

namespace phial::test {
namespace {

Outcome binary(Machine& m, Op op, Term x, Term y) {
  return run_body(m, {x, y}, [&](Assembler& a) {
    a.op(op, {3, 0, 1});
    a.ret(3);
  });
}

TEST(Arith, small_integers) {
  Machine m;
  EXPECT_EQ(binary(m, Op::Add, fix(2), fix(3)).value, fix(5));
  EXPECT_EQ(binary(m, Op::Sub, fix(2), fix(3)).value, fix(-1));
  EXPECT_EQ(binary(m, Op::Mul, fix(-4), fix(3)).value, fix(-12));
  EXPECT_EQ(binary(m, Op::IntDiv, fix(-7), fix(2)).value, fix(-3));
  EXPECT_EQ(binary(m, Op::Rem, fix(-7), fix(2)).value, fix(-1));
  EXPECT_EQ(binary(m, Op::IntDiv, fix(7), fix(-1)).value, fix(-7));
  EXPECT_EQ(binary(m, Op::Rem, fix(7), fix(-1)).value, fix(0));
  EXPECT_EQ(binary(m, Op::BAnd, fix(-1), fix(6)).value, fix(6));
  EXPECT_EQ(binary(m, Op::BOr, fix(8), fix(1)).value, fix(9));
  EXPECT_EQ(binary(m, Op::BXor, fix(12), fix(10)).value, fix(6));
  EXPECT_EQ(binary(m, Op::Bsl, fix(3), fix(4)).value, fix(48));
  EXPECT_EQ(binary(m, Op::Bsl, fix(48), fix(-4)).value, fix(3));
  EXPECT_EQ(binary(m, Op::Bsr, fix(-48), fix(4)).value, fix(-3));
  EXPECT_EQ(binary(m, Op::Bsr, fix(-48), fix(400)).value, fix(-1));
  EXPECT_EQ(binary(m, Op::Div, fix(7), fix(2)).value, flonum::encode(std::bit_cast<Word>(3.5)));
}

TEST(Arith, immediate_operands) {
  Machine m;
  auto with = [&](Op op, Term x, int i) {
    return run_body(m, {x}, [&](Assembler& a) {
             a.op(op, {3, 0, i});
             a.ret(3);
           }).value;
  };
  EXPECT_EQ(with(Op::AddInt, fix(40), -2), fix(38));
  EXPECT_EQ(with(Op::SubInt, fix(40), -2), fix(42));
  EXPECT_EQ(float_value(with(Op::AddInt, flonum::encode(std::bit_cast<Word>(0.5)), 3)), 3.5);
}

TEST(Arith, overflow_gives_big_integers) {
  Machine m;
  Term max = fix(Term::kFixnumMax), min = fix(Term::kFixnumMin);
  EXPECT_EQ(integer_to_text(binary(m, Op::Add, max, fix(1)).value, 10), "2305843009213693952");
  EXPECT_EQ(integer_to_text(binary(m, Op::Sub, min, fix(1)).value, 10), "-2305843009213693953");
  EXPECT_EQ(integer_to_text(binary(m, Op::Mul, max, max).value, 10), "5316911983139663487003542222693990401");
  EXPECT_EQ(integer_to_text(binary(m, Op::IntDiv, min, fix(-1)).value, 10), "2305843009213693952");
  EXPECT_EQ(integer_to_text(binary(m, Op::Bsl, fix(1), fix(100)).value, 10), "1267650600228229401496703205376");
  EXPECT_EQ(integer_to_text(binary(m, Op::Bsl, fix(-1), fix(61)).value, 10), "-2305843009213693952");
}

TEST(Arith, negation_and_not) {
  Machine m;
  auto unary = [&](Op op, Term x) {
    return run_body(m, {x}, [&](Assembler& a) {
             a.op(op, {3, 0});
             a.ret(3);
           }).value;
  };
  EXPECT_EQ(unary(Op::Neg, fix(5)), fix(-5));
  EXPECT_EQ(integer_to_text(unary(Op::Neg, fix(Term::kFixnumMin)), 10), "2305843009213693952");
  EXPECT_EQ(unary(Op::BNot, fix(5)), fix(-6));
  EXPECT_EQ(unary(Op::BoolNot, atoms::true_), atoms::false_);
  EXPECT_EQ(float_value(unary(Op::Neg, flonum::encode(std::bit_cast<Word>(2.5)))), -2.5);
}

TEST(Arith, floats_stay_exact) {
  Machine m;
  auto f = [](double d) { return flonum::encode(std::bit_cast<Word>(d)); };
  EXPECT_EQ(float_value(binary(m, Op::Add, f(0.1), f(0.2)).value), 0.1 + 0.2);
  EXPECT_EQ(float_value(binary(m, Op::Mul, f(1e70), f(1e70)).value), 1e70 * 1e70);
  EXPECT_EQ(float_value(binary(m, Op::Sub, f(1.5), fix(1)).value), 0.5);
  EXPECT_EQ(float_value(binary(m, Op::Div, f(1.0), f(3.0)).value), 1.0 / 3.0);
}

TEST(Arith, failures_are_badarith_with_the_operands_on_top) {
  Machine m;
  for (auto [op, x, y] : {std::tuple(Op::Add, fix(1), atoms::ok), std::tuple(Op::IntDiv, fix(1), fix(0)),
                          std::tuple(Op::Div, fix(1), fix(0)), std::tuple(Op::BAnd, fix(1), atoms::nil)}) {
    Outcome o = binary(m, op, x, y);
    ASSERT_TRUE(is_tuple_of(o.reason, 2));
    EXPECT_EQ(tuple_at(o.reason, 0), atoms::badarith);
    Term top = tuple_at(o.reason, 1).head();
    EXPECT_EQ(tuple_at(top, 0), atoms::erlang);
    EXPECT_EQ(tuple_at(top, 2).head(), x);
  }
  Outcome huge = binary(m, Op::Bsl, fix(1), fix(1 << 30));
  EXPECT_EQ(tuple_at(huge.reason, 0), atoms::system_limit);
}

}  // namespace
}  // namespace phial::test
