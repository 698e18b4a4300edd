#include "vm/term/inspect.h"

#include <gtest/gtest.h>

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

class InspectTest : public testing::Test {
 protected:
  Term a(std::string_view s) { return atoms_.intern(s); }
  Term i(int64_t v) { return Term::fixnum(v); }
  Term b(std::string_view s) { return make_binary(space_, s); }
  std::string show(Term t) { return inspect_term(t, atoms_); }
  AtomTable atoms_;
  ArenaSpace space_;
};

TEST_F(InspectTest, atoms) {
  EXPECT_EQ(show(atoms::nil), "nil");
  EXPECT_EQ(show(a("ok?")), ":ok?");
  EXPECT_EQ(show(a("Elixir.Foo.Bar")), "Foo.Bar");
  EXPECT_EQ(show(a("Elixir")), "Elixir");
  EXPECT_EQ(show(a("Elixir.foo")), ":\"Elixir.foo\"");
  EXPECT_EQ(show(a("Foo")), ":Foo");
  EXPECT_EQ(show(a("two words")), ":\"two words\"");
  EXPECT_EQ(show(a("")), ":\"\"");
  EXPECT_EQ(show(a("+")), ":+");
  EXPECT_EQ(show(a("a@b")), ":a@b");
}

TEST_F(InspectTest, containers) {
  EXPECT_EQ(show(make_list(space_, {i(1), b("a\n\"#{x}"), Term::nil_list()})), "[1, \"a\\n\\\"\\#{x}\", []]");
  EXPECT_EQ(show(make_cons(space_, i(1), i(2))), "[1 | 2]");
  EXPECT_EQ(show(make_list(space_, {i('h'), i('i')})), "~c\"hi\"");
  EXPECT_EQ(show(make_list(space_, {make_tuple(space_, {a("a"), i(1)}), make_tuple(space_, {a("b c"), i(2)})})),
            "[a: 1, \"b c\": 2]");
  EXPECT_EQ(show(make_tuple(space_, {})), "{}");
  EXPECT_EQ(show(make_map(space_, atoms_, std::vector<Term>{a("a"), i(1), a("b"), i(2)})), "%{a: 1, b: 2}");
  EXPECT_EQ(show(make_map(space_, atoms_, std::vector<Term>{a("a"), i(1), b("b"), i(2)})), "%{:a => 1, \"b\" => 2}");
  EXPECT_EQ(show(make_map(space_, atoms_, std::vector<Term>{atoms::struct_, a("Elixir.Foo"), a("x"), i(2)})),
            "%Foo{x: 2}");
}

TEST_F(InspectTest, binaries_and_numbers) {
  EXPECT_EQ(show(b("\xff\x01")), "<<255, 1>>");
  EXPECT_EQ(show(b("h\xc3\xa9")), "\"h\xc3\xa9\"");
  EXPECT_EQ(show(make_sub_bitstring(space_, b("\xff\x01"), 0, 11)), "<<255, 0::size(3)>>");
  EXPECT_EQ(show(make_float(space_, 1e15)), "1000000000000000.0");
  EXPECT_EQ(show(make_float(space_, 1500)), "1500.0");
  EXPECT_EQ(show(integer_from_text(space_, "-123456789012345678901234567890", 10)), "-123456789012345678901234567890");
}

TEST_F(InspectTest, depth_and_length_are_no_problem) {
  Term t = Term::nil_list();
  for (int n = 0; n < 100000; ++n) t = make_list(space_, {t});
  EXPECT_EQ(show(t).size(), 200002u);
  EXPECT_EQ(inspect_term(t, atoms_, 10), "[[[[[[[[[[...");
}

}  // namespace
}  // namespace phial
