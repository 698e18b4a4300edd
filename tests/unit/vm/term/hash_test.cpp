#include "vm/term/hash.h"

#include <gtest/gtest.h>

#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

class HashTest : public testing::Test {
 protected:
  Term i(int64_t v) { return make_integer(space_, v); }
  Term b(std::string_view s) { return make_binary(space_, s); }
  uint32_t portable(Term t) { return portable_hash(t, atoms_); }
  AtomTable atoms_;
  ArenaSpace space_;
};

// The values are those of OTP 25.
TEST_F(HashTest, portable_hash_is_the_one_of_otp) {
  EXPECT_EQ(portable(atoms_.intern("a")), 97u);
  EXPECT_EQ(portable(atoms_.intern("abc")), 26499u);
  EXPECT_EQ(portable(Term::nil_list()), 3468870702u);
  EXPECT_EQ(portable(make_tuple(space_, {})), 221703996u);
  EXPECT_EQ(portable(make_tuple(space_, {Term::nil_list()})), 1775079505u);
  EXPECT_EQ(portable(make_list(space_, {Term::nil_list()})), 499070068u);
  EXPECT_EQ(portable(i(0)), 3175731469u);
  EXPECT_EQ(portable(i(1)), 539485162u);
  EXPECT_EQ(portable(make_list(space_, {i('a'), i('b'), i('c')})), 519996486u);
  EXPECT_EQ(portable(make_list(space_, {i(1), i(2), i(300)})), 3014524901u);
}

TEST_F(HashTest, equal_terms_hash_alike) {
  Term whole = b("xxhello, this is a shared binary that is longer than sixty-four bytes in all, surely");
  Term part = make_sub_bitstring(space_, whole, 16, 40);
  EXPECT_EQ(hash_term(part), hash_term(b("hello")));
  EXPECT_EQ(portable(part), portable(b("hello")));
  EXPECT_EQ(hash_term(make_float(space_, -0.0)), hash_term(make_float(space_, 0.0)));
  EXPECT_NE(hash_term(i(1)), hash_term(make_float(space_, 1.0)));
  Term unaligned = make_sub_bitstring(space_, b("\x06\x16\x26\x30"), 4, 24);
  EXPECT_EQ(hash_term(unaligned), hash_term(b("abc")));
  EXPECT_LT(hash_term(b("abc")), uint64_t{1} << 60);
}

TEST_F(HashTest, a_second_block_differs) {
  for (Term t : {i(5), b("x"), Term::nil_list(), make_list(space_, {i(5)}), make_list(space_, {i(500)})}) {
    EXPECT_NE(internal_hash(t, 0), internal_hash(t, 1));
    EXPECT_EQ(internal_hash(t, 1), internal_hash(make_cons(space_, i(1), t)));
  }
}

}  // namespace
}  // namespace phial
