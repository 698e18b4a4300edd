#include "vm/term/external.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/identity.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

class ExternalTest : public testing::Test {
 protected:
  std::string encode(Term t, ExternalOptions options = {}) {
    std::string out;
    EXPECT_TRUE(encode_external(t, context_, options, out));
    return out;
  }
  Term decode(std::string_view bytes, bool safe = false) {
    size_t used = 0;
    Term t = decode_external(space_, bytes, context_, safe, &used);
    if (!t.is_none()) EXPECT_LE(used, bytes.size());
    return t;
  }
  Term everything() {
    std::vector<Term> pairs;
    for (int i = 0; i < 40; ++i) {
      pairs.push_back(Term::fixnum(i));
      pairs.push_back(make_float(space_, i));
    }
    Term long_binary = make_binary(space_, std::string(100, 'x'));
    return make_tuple(
        space_,
        {Term::fixnum(1), Term::fixnum(-1), Term::fixnum(1 << 30), Term::fixnum(int64_t{1} << 40),
         integer_shift(space_, Term::fixnum(-7), 3000), make_float(space_, 1e300), atoms_.intern("caf\xc3\xa9"),
         atoms_.intern("\xe6\x97\xa5"), atoms::nil, Term::nil_list(),
         make_list(space_, {Term::fixnum(104), Term::fixnum(105)}),
         make_list(space_, {Term::fixnum(104), Term::fixnum(1050)}), make_cons(space_, atoms::ok, long_binary),
         make_sub_bitstring(space_, long_binary, 3, 21), make_map(space_, atoms_, pairs),
         make_map(space_, atoms_, std::span(pairs).first(8)), make_pid(17, 3),
         make_reference(space_, Ref::of(123456789012345, make_pid(1, 2), Ref::kAlias)), make_tuple(space_, {})});
  }
  AtomTable atoms_;
  ArenaSpace space_;
  ExternalContext context_{atoms_, atoms_.intern("nonode@nohost"), nullptr};
};

TEST_F(ExternalTest, known_bytes) {
  EXPECT_EQ(encode(atoms::ok), std::string("\x83\x64\x00\x02ok", 6));
  EXPECT_EQ(encode(atoms::ok, {2, false}), std::string("\x83\x77\x02ok", 5));
  EXPECT_EQ(encode(Term::fixnum(-2)), std::string("\x83\x62\xff\xff\xff\xfe", 6));
  EXPECT_EQ(encode(make_list(space_, {Term::fixnum(1)})), std::string("\x83\x6b\x00\x01\x01", 5));
  EXPECT_EQ(encode(make_tuple(space_, {make_binary(space_, "a")})),
            std::string("\x83\x68\x01\x6d\x00\x00\x00\x01\x61", 9));
}

TEST_F(ExternalTest, round_trips) {
  Term t = everything();
  Term back = decode(encode(t));
  EXPECT_TRUE(equal_exact(t, back));
  EXPECT_TRUE(equal_exact(decode(encode(t, {2, false})), t));
  EXPECT_TRUE(Ref::from(tuple_at(back, 17)).is_alias());
}

TEST_F(ExternalTest, depth_needs_no_stack) {
  Term t = Term::nil_list();
  for (int i = 0; i < 200000; ++i) t = make_tuple(space_, {make_list(space_, {t})});
  EXPECT_TRUE(equal_exact(decode(encode(t)), t));
}

TEST_F(ExternalTest, hostile_bytes_are_refused) {
  EXPECT_TRUE(decode("").is_none());
  EXPECT_TRUE(decode("\x83").is_none());
  EXPECT_TRUE(decode(std::string("\x83\x6c\xff\xff\xff\xff\x61\x01", 8)).is_none());
  EXPECT_TRUE(decode(std::string("\x83\x69\xff\xff\xff\xff", 6)).is_none());
  EXPECT_TRUE(decode(std::string("\x83\x6f\xff\xff\xff\xff\x00", 7)).is_none());
  EXPECT_TRUE(decode(std::string("\x83\x46\x7f\xf0\x00\x00\x00\x00\x00\x00", 10)).is_none());  // infinity
  EXPECT_TRUE(
      decode(std::string("\x83\x74\x00\x00\x00\x02\x61\x01\x61\x01\x61\x01\x61\x02", 14)).is_none());  // a key twice
  EXPECT_TRUE(decode(std::string("\x83\x77\x02\xc3\x28", 5)).is_none());
  EXPECT_TRUE(decode(std::string("\x83\x77\x08surprise", 11), true).is_none());
  EXPECT_FALSE(decode(std::string("\x83\x77\x08surprise", 11), false).is_none());
  EXPECT_EQ(external_compressed(std::string("\x83\x50\x00\x00\x01\x00zz", 8)), 256u);
}

TEST_F(ExternalTest, damaged_bytes_do_no_harm) {
  std::string bytes = encode(everything());
  std::mt19937 random(1);
  for (size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_TRUE(decode(bytes.substr(0, cut)).is_none());
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = bytes;
    for (unsigned n = random() % 4 + 1; n-- > 0;) damaged[random() % damaged.size()] = static_cast<char>(random());
    Term t = decode(damaged, true);
    if (!t.is_none()) encode(t);
  }
}

}  // namespace
}  // namespace phial
