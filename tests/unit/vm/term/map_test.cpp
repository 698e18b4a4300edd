#include "vm/term/map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/atom.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/hash.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

class MapTest : public testing::Test {
 protected:
  Term put(Term map, Term key, Term value) { return map_put(space_, atoms_, map, key, value); }
  Term remove(Term map, Term key) { return map_remove(space_, atoms_, map, key); }
  Term of(std::vector<Term> pairs) { return make_map(space_, atoms_, pairs); }
  Term range(int from, int to) {
    Term map = make_empty_map(space_);
    for (int i = from; i <= to; ++i) map = put(map, Term::fixnum(i), Term::fixnum(i * 10));
    return map;
  }
  std::vector<Term> keys(Term map) {
    std::vector<Term> all;
    MapIterator it(map);
    Term key, value;
    while (it.next(key, value)) all.push_back(key);
    return all;
  }
  std::vector<int> integer_keys(Term map) {
    std::vector<int> all;
    for (Term key : keys(map)) all.push_back(static_cast<int>(key.as_fixnum()));
    return all;
  }
  AtomTable atoms_;
  ArenaSpace space_;
};

TEST_F(MapTest, small_maps_walk_in_key_order) {
  Term map = of({atoms_.intern("zebra"), Term::fixnum(1), atoms_.intern("ant"), Term::fixnum(2), Term::fixnum(7),
                 Term::fixnum(3), make_float(space_, 1.0), Term::fixnum(4), Term::fixnum(1), Term::fixnum(5),
                 Term::fixnum(7), Term::fixnum(6)});
  EXPECT_TRUE(map.is_kind(Kind::FlatMap));
  EXPECT_EQ(map_size(map), 5u);
  auto all = keys(map);
  EXPECT_EQ(all[0], Term::fixnum(1));
  EXPECT_EQ(all[1], Term::fixnum(7));
  EXPECT_EQ(all[2], make_float(space_, 1.0));
  EXPECT_EQ(all[3], atoms_.intern("ant"));
  EXPECT_EQ(map_get(map, Term::fixnum(7)), Term::fixnum(6));
  EXPECT_TRUE(map_get(map, Term::fixnum(8)).is_none());
}

TEST_F(MapTest, updating_a_value_shares_the_keys) {
  Term map = range(1, 10);
  Term other = put(map, Term::fixnum(3), atoms::ok);
  EXPECT_EQ(map.box()[1], other.box()[1]);
  EXPECT_EQ(map_get(map, Term::fixnum(3)), Term::fixnum(30));
  EXPECT_EQ(put(map, Term::fixnum(3), Term::fixnum(30)), map);
  EXPECT_EQ(remove(map, atoms::ok), map);
}

TEST_F(MapTest, big_maps_walk_in_the_order_of_otp_25) {
  std::vector<int> expected = {33, 12, 23, 29, 30, 39, 26, 31, 11, 37, 9, 32, 34, 25, 28, 6,  38, 13, 40, 20,
                               15, 14, 2,  7,  1,  8,  3,  17, 22, 21, 4, 36, 24, 10, 35, 27, 19, 5,  18, 16};
  EXPECT_EQ(integer_keys(range(1, 40)), expected);
  std::vector<Term> pairs;
  for (int i = 40; i >= 1; --i) {
    pairs.push_back(make_binary(space_, "k" + std::to_string(i)));
    pairs.push_back(atoms::ok);
  }
  std::string order;
  std::string scratch;
  for (Term key : keys(of(pairs))) order += std::string(binary_bytes(key, scratch)) + " ";
  EXPECT_EQ(order,
            "k24 k16 k28 k38 k33 k34 k11 k20 k37 k22 k7 k17 k4 k6 k5 k13 k8 k32 k14 k27 k29 k18 k21 "
            "k10 k30 k35 k23 k12 k39 k40 k19 k2 k3 k1 k36 k25 k31 k15 k9 k26 ");
}

TEST_F(MapTest, kind_follows_size_both_ways) {
  Term map = range(1, 32);
  EXPECT_TRUE(map.is_kind(Kind::FlatMap));
  Term bigger = put(map, Term::fixnum(33), Term::fixnum(330));
  EXPECT_TRUE(bigger.is_kind(Kind::HashMap));
  EXPECT_EQ(map_size(bigger), 33u);
  Term back = remove(bigger, Term::fixnum(33));
  EXPECT_TRUE(back.is_kind(Kind::FlatMap));
  EXPECT_TRUE(equal_exact(back, map));
}

TEST_F(MapTest, random_changes_agree_with_a_reference_and_keep_the_shape) {
  std::mt19937 random(11);
  for (int range : {50, 1000, 100000}) {
    std::map<int, int> reference;
    Term map = make_empty_map(space_);
    for (int step = 0; step < 4000; ++step) {
      int key = static_cast<int>(random() % range);
      if (random() % 3 == 0) {
        map = remove(map, Term::fixnum(key));
        reference.erase(key);
      } else {
        map = put(map, Term::fixnum(key), Term::fixnum(step));
        reference[key] = step;
      }
      ASSERT_EQ(map_size(map), reference.size());
    }
    std::vector<Term> pairs;
    for (auto [key, value] : reference) {
      ASSERT_EQ(map_get(map, Term::fixnum(key)), Term::fixnum(value));
      pairs.push_back(Term::fixnum(key));
      pairs.push_back(Term::fixnum(value));
    }
    Term rebuilt = of(pairs);
    EXPECT_EQ(map.kind(), rebuilt.kind());
    EXPECT_TRUE(equal_exact(map, rebuilt));
    EXPECT_EQ(hash_term(map), hash_term(rebuilt));
    EXPECT_EQ(integer_keys(map), integer_keys(rebuilt));
    EXPECT_EQ(compare_terms(map, rebuilt, atoms_), 0);
  }
}

TEST_F(MapTest, duplicates_in_big_constructions_keep_the_last_value) {
  std::vector<Term> pairs;
  for (int i = 0; i < 200; ++i) {
    pairs.push_back(Term::fixnum(i % 50));
    pairs.push_back(Term::fixnum(i));
  }
  Term map = of(pairs);
  EXPECT_EQ(map_size(map), 50u);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(map_get(map, Term::fixnum(i)), Term::fixnum(150 + i));
  for (int i = 0; i < 200; ++i) pairs[2 * i] = Term::fixnum(i % 20);
  EXPECT_TRUE(of(pairs).is_kind(Kind::FlatMap));
}

TEST_F(MapTest, merge_takes_the_second_value) {
  for (auto [a, b, c, d] : std::vector<std::array<int, 4>>{{1, 10, 5, 20},
                                                           {1, 30, 20, 50},
                                                           {1, 100, 95, 102},
                                                           {95, 102, 1, 100},
                                                           {1, 100, 50, 150},
                                                           {1, 5, 2, 3},
                                                           {3, 4, 1, 9}}) {
    Term left = range(a, b);
    Term right = make_empty_map(space_);
    for (int i = c; i <= d; ++i) right = put(right, Term::fixnum(i), Term::fixnum(-i));
    Term merged = map_merge(space_, atoms_, left, right);
    Term expected = left;
    for (int i = c; i <= d; ++i) expected = put(expected, Term::fixnum(i), Term::fixnum(-i));
    EXPECT_TRUE(equal_exact(merged, expected));
    EXPECT_EQ(merged.kind(), expected.kind());
  }
}

TEST_F(MapTest, mixed_keys_of_any_kind) {
  std::vector<Term> all;
  for (int i = 0; i < 300; ++i) {
    all.push_back(Term::fixnum(i));
    all.push_back(make_float(space_, i));
    all.push_back(make_float(space_, i * 1e200));
    all.push_back(make_binary(space_, std::to_string(i)));
    all.push_back(make_tuple(space_, {Term::fixnum(i), atoms::ok}));
    all.push_back(make_list(space_, {Term::fixnum(i), Term::fixnum(i / 2)}));
    all.push_back(range(0, i % 50));
  }
  Term map = make_empty_map(space_);
  for (size_t i = 0; i < all.size(); ++i) map = put(map, all[i], Term::fixnum(static_cast<int>(i)));
  for (size_t i = 0; i < all.size(); ++i) ASSERT_FALSE(map_get(map, all[i]).is_none());
  // 0.0 and 0 * 1e200 coincide, and so do the maps range(0, i) that repeat.
  EXPECT_EQ(map_size(map), 300u * 6 - 1 + 50);
}

TEST_F(MapTest, zero_and_negative_zero_are_one_key) {
  Term map = put(make_empty_map(space_), make_float(space_, 0.0), atoms::ok);
  EXPECT_EQ(map_get(map, make_float(space_, -0.0)), atoms::ok);
  Term big = range(1, 40);
  big = put(big, make_float(space_, -0.0), atoms::ok);
  EXPECT_EQ(map_get(big, make_float(space_, 0.0)), atoms::ok);
}

}  // namespace
}  // namespace phial
