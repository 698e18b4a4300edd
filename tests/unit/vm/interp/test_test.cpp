// Tests and switches.
#include "tests/unit/vm/interp/machine.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/map.h"

namespace phial::test {
namespace {

bool holds(Machine& m, Op op, Term x) {
  return run_body(m, {x}, [&](Assembler& a) {
           Label no = a.label();
           a.test(op, 0, no);
           a.ret_constant(atoms::true_);
           a.here(no);
           a.ret_constant(atoms::false_);
         }).value == atoms::true_;
}

TEST(Test, types) {
  Machine m;
  ArenaSpace space;
  Term big = integer_from_text(space, "123456789012345678901234567890", 10);
  Term boxed = make_float(space, 1e300);
  Term map = make_empty_map(space);
  Term list = make_list(space, {fix(1)});
  Term binary = make_binary(space, "abc");
  Term odd = make_sub_bitstring(space, binary, 0, 13);
  Term tuple = make_tuple(space, {fix(1)});
  struct Row {
    Op op;
    std::vector<Term> yes, no;
  };
  Row rows[] = {
      {Op::IsInteger, {fix(1), big}, {boxed, atoms::ok, list}},
      {Op::IsFloat, {boxed, make_float(space, 1.5)}, {fix(1), big}},
      {Op::IsNumber, {boxed, fix(1), big, make_float(space, 0.0)}, {atoms::ok, map}},
      {Op::IsAtom, {atoms::ok, atoms::nil}, {fix(1), Term::nil_list()}},
      {Op::IsBoolean, {atoms::true_, atoms::false_}, {atoms::nil}},
      {Op::IsBinary, {binary}, {odd, map, fix(1)}},
      {Op::IsBitstring, {binary, odd}, {list, fix(1)}},
      {Op::IsList, {list, Term::nil_list()}, {tuple, atoms::nil}},
      {Op::IsCons, {list}, {Term::nil_list(), tuple}},
      {Op::IsNilList, {Term::nil_list()}, {list, atoms::nil}},
      {Op::IsTuple, {tuple}, {map, list, fix(1)}},
      {Op::IsMap, {map}, {tuple, fix(1)}},
      {Op::IsPid, {Term::pid(5)}, {fix(5)}},
      {Op::IsTruthy, {fix(0), atoms::true_, list}, {atoms::nil, atoms::false_}},
      {Op::IsTrue, {atoms::true_}, {atoms::false_, fix(1)}},
      {Op::IsFalse, {atoms::false_}, {atoms::nil}},
      {Op::IsFunction, {}, {fix(1), map}},
      {Op::IsReference, {}, {fix(1), map}},
  };
  for (Row& row : rows) {
    for (Term t : row.yes) EXPECT_TRUE(holds(m, row.op, t)) << op_info(row.op).name;
    for (Term t : row.no) EXPECT_FALSE(holds(m, row.op, t)) << op_info(row.op).name;
  }
}

TEST(Test, comparisons_in_all_forms) {
  Machine m;
  ArenaSpace space;
  auto branch = [&](Op op, Term x, Term y) {
    return run_body(m, {x, y}, [&](Assembler& a) {
             Label no = a.label();
             a.op(op, {0, 1});
             a.to(no);
             a.ret_constant(atoms::true_);
             a.here(no);
             a.ret_constant(atoms::false_);
           }).value == atoms::true_;
  };
  auto value = [&](Op op, Term x, Term y) {
    return run_body(m, {x, y}, [&](Assembler& a) {
             a.op(op, {2, 0, 1});
             a.ret(2);
           }).value == atoms::true_;
  };
  Term one = fix(1), one_f = make_float(space, 1.0), two = fix(2), list = make_list(space, {one}),
       list_f = make_list(space, {one_f}), zero = make_float(space, 0.0), minus_zero = make_float(space, -0.0);
  EXPECT_TRUE(branch(Op::Eq, one, one_f));
  EXPECT_FALSE(branch(Op::EqExact, one, one_f));
  EXPECT_TRUE(branch(Op::Eq, list, list_f));
  EXPECT_FALSE(branch(Op::EqExact, list, list_f));
  EXPECT_TRUE(branch(Op::NeExact, one, two));
  EXPECT_TRUE(branch(Op::EqExact, zero, minus_zero));
  EXPECT_TRUE(branch(Op::Lt, one, two));
  EXPECT_TRUE(branch(Op::Lt, two, atoms::ok));
  EXPECT_TRUE(branch(Op::Ge, atoms::ok, two));
  EXPECT_TRUE(branch(Op::Ge, one, one_f));
  EXPECT_TRUE(value(Op::BoolEq, one, one_f));
  EXPECT_TRUE(value(Op::BoolNeExact, one, one_f));
  EXPECT_TRUE(value(Op::BoolLt, one, make_float(space, 1.5)));
  EXPECT_TRUE(value(Op::BoolLe, one, one_f));
  EXPECT_FALSE(value(Op::BoolLe, atoms::ok, one));
}

TEST(Test, comparison_with_small_integers) {
  Machine m;
  ArenaSpace space;
  auto with = [&](Op op, Term x, int i) {
    return run_body(m, {x}, [&](Assembler& a) {
             Label no = a.label();
             a.op(op, {0, i});
             a.to(no);
             a.ret_constant(atoms::true_);
             a.here(no);
             a.ret_constant(atoms::false_);
           }).value == atoms::true_;
  };
  EXPECT_TRUE(with(Op::LtInt, fix(-5), -4));
  EXPECT_FALSE(with(Op::LtInt, fix(-4), -4));
  EXPECT_TRUE(with(Op::LeInt, fix(-4), -4));
  EXPECT_TRUE(with(Op::GeInt, fix(7), 7));
  EXPECT_TRUE(with(Op::GtInt, fix(8), 7));
  EXPECT_TRUE(with(Op::GtInt, atoms::ok, 7));
  EXPECT_TRUE(with(Op::LtInt, make_float(space, 1.5), 2));
  EXPECT_TRUE(with(Op::IsSameInt, fix(-9), -9));
  EXPECT_FALSE(with(Op::IsSameInt, make_float(space, 9.0), 9));
}

/// A switch whose arms return their own key; the default returns :error.
Term switch_on(Machine& m, Op op, Term x, std::vector<Term> keys) {
  return run_body(m, {x}, [&](Assembler& a) {
           Label other = a.label();
           std::vector<Label> arms;
           a.op(op, {0});
           a.to(other);
           a.raw(keys.size());
           for (Term k : keys) {
             arms.push_back(a.label());
             a.constant(k);
             a.to(arms.back());
           }
           for (size_t i = 0; i < keys.size(); ++i) {
             a.here(arms[i]);
             a.ret_constant(keys[i]);
           }
           a.here(other);
           a.ret_constant(atoms::error);
         }).value;
}

TEST(Test, switches_find_each_key) {
  Machine m;
  ArenaSpace space;
  std::vector<Term> dense, sparse, names;
  for (int i = 0; i < 20; ++i) dense.push_back(fix(19 - i - 5));
  for (int i = 0; i < 37; ++i) sparse.push_back(fix(i * i * (i % 2 ? 1 : -1)));
  sparse.push_back(atoms::ok);
  for (int i = 0; i < 50; ++i) names.push_back(m.atoms.intern("name" + std::to_string(i)));
  for (auto* keys : {&dense, &sparse, &names}) {
    for (Term k : *keys) EXPECT_EQ(switch_on(m, Op::SwitchConst, k, *keys), k);
    for (Term k : {fix(1000), atoms::error, Term::nil_list(), make_float(space, 1.0), make_tuple(space, {fix(1)})}) {
      EXPECT_EQ(switch_on(m, Op::SwitchConst, k, *keys), atoms::error);
    }
  }
  EXPECT_EQ(switch_on(m, Op::SwitchArity, make_tuple(space, {fix(1), fix(2)}), {fix(1), fix(2), fix(5)}), fix(2));
  EXPECT_EQ(switch_on(m, Op::SwitchArity, make_tuple(space, {}), {fix(1), fix(2), fix(5)}), atoms::error);
  EXPECT_EQ(switch_on(m, Op::SwitchArity, fix(1), {fix(1), fix(2), fix(5)}), atoms::error);
  EXPECT_EQ(switch_on(m, Op::SwitchConst, fix(1), {}), atoms::error);
}

TEST(Test, tagged_tuples) {
  Machine m;
  ArenaSpace space;
  auto tagged = [&](Term x) {
    return run_body(m, {x}, [&](Assembler& a) {
             Label no = a.label();
             a.op(Op::IsTagged, {0, 2});
             a.constant(atoms::ok);
             a.to(no);
             a.op(Op::Elem, {1, 0, 1});
             a.ret(1);
             a.here(no);
             a.ret_constant(atoms::error);
           }).value;
  };
  EXPECT_EQ(tagged(make_tuple(space, {atoms::ok, fix(7)})), fix(7));
  EXPECT_EQ(tagged(make_tuple(space, {atoms::ok})), atoms::error);
  EXPECT_EQ(tagged(make_tuple(space, {atoms::error, fix(7)})), atoms::error);
  EXPECT_EQ(tagged(fix(1)), atoms::error);
}

}  // namespace
}  // namespace phial::test
