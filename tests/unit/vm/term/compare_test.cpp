#include "vm/term/compare.h"

#include <gtest/gtest.h>

#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

class CompareTest : public testing::Test {
 protected:
  Term i(int64_t v) { return make_integer(space_, v); }
  Term f(double v) { return make_float(space_, v); }
  Term big(std::string_view s) { return integer_from_text(space_, s, 10); }
  Term a(std::string_view s) { return atoms_.intern(s); }
  Term b(std::string_view s) { return make_binary(space_, s); }
  Term map(std::vector<Term> pairs) { return make_map(space_, atoms_, pairs); }
  int compare(Term x, Term y) { return compare_terms(x, y, atoms_); }
  AtomTable atoms_;
  ArenaSpace space_;
};

TEST_F(CompareTest, terms_in_order) {
  Term reference = [&] {
    Word* box = space_.alloc(3);
    box[0] = header::make(Kind::Reference, 2);
    box[1] = 1;
    box[2] = 0;
    return Term::boxed(box);
  }();
  std::vector<Term> order = {big("-100000000000000000000000"),
                             i(-5),
                             f(-4.5),
                             i(0),
                             f(0.5),
                             i(1),
                             f(1.5),
                             big("9007199254740993"),
                             f(9007199254740994.0),
                             big("100000000000000000000000"),
                             f(1e300),
                             a("a"),
                             a("aa"),
                             a("b"),
                             a("\xc3\xa9"),
                             reference,
                             Term::pid(4),
                             Term::pid(5),
                             make_tuple(space_, {}),
                             make_tuple(space_, {i(9)}),
                             make_tuple(space_, {i(1), i(2)}),
                             make_tuple(space_, {i(1), f(2.5)}),
                             map({}),
                             map({i(2), i(0)}),
                             map({a("a"), i(1)}),
                             map({a("a"), i(2)}),
                             map({a("a"), i(0), a("b"), i(0)}),
                             Term::nil_list(),
                             make_list(space_, {i(1)}),
                             make_list(space_, {i(1), i(2)}),
                             make_list(space_, {i(2)}),
                             b(""),
                             b("a"),
                             b("aa"),
                             b("b")};
  for (size_t x = 0; x < order.size(); ++x) {
    for (size_t y = 0; y < order.size(); ++y) {
      int expected = x < y ? -1 : x > y;
      int got = compare(order[x], order[y]);
      EXPECT_EQ(got < 0 ? -1 : got > 0, expected) << x << " " << y;
      EXPECT_EQ(equal_exact(order[x], order[y]), x == y) << x << " " << y;
      EXPECT_EQ(equal_loose(order[x], order[y]), x == y) << x << " " << y;
    }
  }
}

TEST_F(CompareTest, integers_and_floats) {
  EXPECT_EQ(compare(i(1), f(1.0)), 0);
  EXPECT_LT(compare_exact(i(1), f(1.0), atoms_), 0);
  EXPECT_GT(compare_exact(f(1.0), i(1), atoms_), 0);
  EXPECT_GT(compare_exact(f(1.0), i(2), atoms_), 0);  // integers first
  EXPECT_TRUE(equal_loose(i(1), f(1.0)));
  EXPECT_FALSE(equal_exact(i(1), f(1.0)));
  EXPECT_TRUE(equal_loose(make_tuple(space_, {i(1)}), make_tuple(space_, {f(1.0)})));
  EXPECT_LT(compare(big("9007199254740993"), f(9007199254740994.0)), 0);
  EXPECT_GT(compare(big("9007199254740993"), f(9007199254740992.0)), 0);
  EXPECT_TRUE(equal_loose(big("1267650600228229401496703205376"), f(0x1p100)));
  EXPECT_GT(compare(big("1267650600228229401496703205377"), f(0x1p100)), 0);
  EXPECT_TRUE(equal_exact(f(0.0), f(-0.0)));
  EXPECT_TRUE(equal_exact(big("123456789012345678901234567890"), big("123456789012345678901234567890")));
}

TEST_F(CompareTest, maps_compare_keys_exactly_and_values_loosely) {
  EXPECT_TRUE(equal_loose(map({a("k"), i(1)}), map({a("k"), f(1.0)})));
  EXPECT_FALSE(equal_exact(map({a("k"), i(1)}), map({a("k"), f(1.0)})));
  EXPECT_FALSE(equal_loose(map({i(1), i(1)}), map({f(1.0), i(1)})));
  EXPECT_LT(compare(map({i(1), i(1)}), map({f(1.0), i(1)})), 0);
}

TEST_F(CompareTest, big_maps_differ_by_least_key_then_by_least_unequal_value) {
  auto make = [&](std::vector<std::pair<int, int>> changes, int without) {
    Term m = make_empty_map(space_);
    for (int k = 0; k <= 100; ++k) {
      if (k != without) m = map_put(space_, atoms_, m, i(k), i(0));
    }
    for (auto [k, v] : changes) m = map_put(space_, atoms_, m, i(k), i(v));
    return m;
  };
  EXPECT_LT(compare(make({}, 7), make({}, 5)), 0);  // the first has key 5
  EXPECT_GT(compare(make({}, 5), make({}, 7)), 0);
  EXPECT_LT(compare(make({{20, 1}, {60, 9}}, 7), make({{20, 2}, {60, 3}}, 7)), 0);
  EXPECT_EQ(compare(make({{20, 1}, {60, 9}}, 7), make({{60, 9}, {20, 1}}, 7)), 0);
  Term float_value = map_put(space_, atoms_, make({}, 7), i(3), f(0.0));
  EXPECT_EQ(compare(float_value, make({}, 7)), 0);
  EXPECT_NE(compare_exact(float_value, make({}, 7), atoms_), 0);
  EXPECT_TRUE(equal_loose(float_value, make({}, 7)));
  EXPECT_FALSE(equal_exact(float_value, make({}, 7)));
  // Maps inside maps, as keys and as values.
  Term outer1 = map_put(space_, atoms_, make({}, -1), make({{1, 1}}, -1), make({{9, 1}}, -1));
  Term outer2 = map_put(space_, atoms_, make({}, -1), make({{1, 1}}, -1), make({{9, 2}}, -1));
  Term outer3 = map_put(space_, atoms_, make({}, -1), make({{1, 2}}, -1), make({{9, 0}}, -1));
  EXPECT_LT(compare(outer1, outer2), 0);
  EXPECT_LT(compare(outer2, outer3), 0);
}

TEST_F(CompareTest, deep_terms_need_no_stack) {
  auto deep = [&](Term seed, int shape) {
    Term t = seed;
    for (int n = 0; n < 300000; ++n) {
      if (shape == 0)
        t = make_list(space_, {t});
      else if (shape == 1)
        t = make_tuple(space_, {t, i(n)});
      else
        t = make_cons(space_, i(n), t);
    }
    return t;
  };
  for (int shape = 0; shape < 3; ++shape) {
    Term x = deep(i(1), shape), y = deep(i(1), shape), z = deep(i(2), shape);
    EXPECT_TRUE(equal_exact(x, y));
    EXPECT_EQ(hash_term(x), hash_term(y));
    EXPECT_EQ(compare(x, y), 0);
    EXPECT_LT(compare(x, z), 0);
    EXPECT_FALSE(equal_loose(x, z));
  }
  Term x = i(1), y = i(1);
  for (int n = 0; n < 2000; ++n) {
    Term mx = make_empty_map(space_), my = mx;
    for (int k = 0; k < 33; ++k) {
      mx = map_put(space_, atoms_, mx, i(k), k == 13 ? x : i(k));
      my = map_put(space_, atoms_, my, i(k), k == 13 ? y : i(k));
    }
    x = mx;
    y = my;
  }
  EXPECT_EQ(compare(x, y), 0);
}

}  // namespace
}  // namespace phial
