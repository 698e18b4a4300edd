#include "vm/term/bignum.h"

#include <gtest/gtest.h>

#include <random>

#include "vm/heap/arena_space.h"

namespace phial {
namespace {

class BignumTest : public testing::Test {
 protected:
  Term parse(std::string_view digits, int base = 10) { return integer_from_text(space_, digits, base); }
  std::string text(Term t, int base = 10) { return integer_to_text(t, base); }
  ArenaSpace space_;
};

TEST_F(BignumTest, text_round_trips_in_every_base) {
  for (int base = 2; base <= 36; ++base) {
    for (std::string digits : {"0", "1", "-1", "10", "111111111111", "-1000000000000000000000000000000000001"}) {
      EXPECT_EQ(text(parse(digits, base), base), digits) << base;
    }
  }
  EXPECT_EQ(text(parse("+000123")), "123");
  EXPECT_TRUE(parse("").is_none());
  EXPECT_TRUE(parse("-").is_none());
  EXPECT_TRUE(parse("12a").is_none());
  EXPECT_TRUE(parse("99999999999999999999x").is_none());
  std::string longest = "1" + std::string(20000, '7');
  EXPECT_EQ(text(parse(longest)), longest);
}

TEST_F(BignumTest, results_that_fit_are_fixnums) {
  Term max = Term::fixnum(Term::kFixnumMax);
  Term over = integer_add(space_, max, Term::fixnum(1));
  EXPECT_TRUE(over.is_bignum());
  EXPECT_EQ(text(over), "2305843009213693952");
  EXPECT_EQ(integer_sub(space_, over, Term::fixnum(1)), max);
  Term min = Term::fixnum(Term::kFixnumMin);
  EXPECT_EQ(integer_neg(space_, over), min);
  EXPECT_EQ(integer_mul(space_, over, Term::fixnum(-1)), min);
  EXPECT_TRUE(integer_sub(space_, min, Term::fixnum(1)).is_bignum());
  EXPECT_EQ(text(integer_neg(space_, min)), "2305843009213693952");
  EXPECT_EQ(text(integer_div(space_, min, Term::fixnum(-1))), "2305843009213693952");
}

TEST_F(BignumTest, arithmetic_agrees_with_128_bit_integers) {
  std::mt19937_64 random(7);
  auto make = [&](__int128 v) {
    Word limbs[2];
    unsigned __int128 m = v < 0 ? -static_cast<unsigned __int128>(v) : static_cast<unsigned __int128>(v);
    limbs[0] = static_cast<Word>(m);
    limbs[1] = static_cast<Word>(m >> 64);
    return make_integer_from_limbs(space_, limbs, 2, v < 0);
  };
  auto same = [](Term a, Term b) { return integer_compare(a, b) == 0 && a.is_fixnum() == b.is_fixnum(); };
  for (int i = 0; i < 20000; ++i) {
    auto draw = [&] {
      auto v = static_cast<__int128>((static_cast<unsigned __int128>(random()) << 64) | random());
      return v >> (2 + random() % 125);
    };
    __int128 a = draw(), b = draw();
    Term ta = make(a), tb = make(b);
    ASSERT_TRUE(same(integer_add(space_, ta, tb), make(a + b)));
    ASSERT_TRUE(same(integer_sub(space_, ta, tb), make(a - b)));
    ASSERT_TRUE(same(integer_and(space_, ta, tb), make(a & b)));
    ASSERT_TRUE(same(integer_or(space_, ta, tb), make(a | b)));
    ASSERT_TRUE(same(integer_xor(space_, ta, tb), make(a ^ b)));
    ASSERT_TRUE(same(integer_not(space_, ta), make(~a)));
    ASSERT_TRUE(same(integer_mul(space_, make(a >> 64), make(b >> 64)), make((a >> 64) * (b >> 64))));
    if (b != 0) {
      ASSERT_TRUE(same(integer_div(space_, ta, tb), make(a / b)));
      ASSERT_TRUE(same(integer_rem(space_, ta, tb), make(a % b)));
    }
    int shift = static_cast<int>(random() % 127);
    ASSERT_TRUE(same(integer_shift(space_, ta, -shift), make(a >> shift)));
    ASSERT_TRUE(same(integer_shift(space_, integer_shift(space_, ta, shift * 9), -shift * 9), ta));
    ASSERT_EQ(integer_compare(ta, tb), a < b ? -1 : a > b);
    unsigned char bytes[17];
    for (bool big : {false, true}) {
      integer_to_bytes(ta, bytes, 17, big);
      ASSERT_TRUE(same(integer_from_bytes(space_, bytes, 17, big, true), ta));
    }
  }
}

TEST_F(BignumTest, large_products_divide_back) {
  Term a = parse("-1" + std::string(3000, '3'));
  Term b = parse(std::string(1000, '9'));
  Term product = integer_mul(space_, a, b);
  EXPECT_EQ(integer_compare(integer_div(space_, product, b), a), 0);
  EXPECT_EQ(integer_rem(space_, product, b), Term::fixnum(0));
  EXPECT_EQ(
      integer_compare(integer_mul(space_, a, a), integer_mul(space_, integer_neg(space_, a), integer_neg(space_, a))),
      0);
}

TEST_F(BignumTest, size_is_limited) {
  EXPECT_TRUE(integer_shift(space_, Term::fixnum(1), int64_t{64} << 20).is_none());
  EXPECT_TRUE(integer_shift(space_, Term::fixnum(1), INT64_MAX).is_none());
  EXPECT_EQ(integer_shift(space_, Term::fixnum(-5), INT64_MIN), Term::fixnum(-1));
  Term big = integer_shift(space_, Term::fixnum(1), int64_t{40} << 20);
  EXPECT_TRUE(integer_mul(space_, big, big).is_none());
}

TEST_F(BignumTest, doubles_round_to_nearest_even_and_truncate) {
  EXPECT_EQ(*integer_to_double(parse("9007199254740993000000000000000000000")), 9007199254740993e21);
  EXPECT_EQ(*integer_to_double(integer_shift(space_, parse("9007199254740993"), 80)),
            std::ldexp(9007199254740992.0, 80));
  EXPECT_EQ(
      *integer_to_double(integer_add(space_, integer_shift(space_, parse("9007199254740993"), 80), Term::fixnum(1))),
      std::ldexp(9007199254740994.0, 80));
  EXPECT_FALSE(integer_to_double(integer_shift(space_, Term::fixnum(1), 1024)).has_value());
  EXPECT_EQ(*integer_to_double(integer_shift(space_, Term::fixnum(-1), 1023)), -0x1p1023);
  EXPECT_EQ(integer_from_double(space_, -3.99), Term::fixnum(-3));
  for (double v : {1e18, 2.5e18, 0x1p61, 0x1p62, 0x1p63, 0x1p64, 1e22, 1e300, 0x1.fffffffffffffp1023}) {
    EXPECT_EQ(*integer_to_double(integer_from_double(space_, v)), v);
    EXPECT_EQ(*integer_to_double(integer_from_double(space_, -v)), -v);
  }
  EXPECT_EQ(text(integer_from_double(space_, 1e22)), "10000000000000000000000");
}

TEST_F(BignumTest, narrow_conversions) {
  EXPECT_EQ(integer_to_int64(parse("9223372036854775807")), INT64_MAX);
  EXPECT_EQ(integer_to_int64(parse("-9223372036854775808")), INT64_MIN);
  EXPECT_FALSE(integer_to_int64(parse("9223372036854775808")));
  EXPECT_EQ(integer_to_uint64(parse("18446744073709551615")), UINT64_MAX);
  EXPECT_FALSE(integer_to_uint64(parse("-1")));
  EXPECT_EQ(text(make_unsigned(space_, UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(text(make_integer(space_, INT64_MIN)), "-9223372036854775808");
}

}  // namespace
}  // namespace phial
