#include <gtest/gtest.h>

#include "vm/ets/match_spec.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/inspect.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::ets {
namespace {

class MatchSpecs : public testing::Test {
 protected:
  AtomTable table;
  ArenaSpace space;

  Term a(const char* name) { return table.intern(name); }
  Term n(int64_t v) { return Term::fixnum(v); }
  Term t(std::initializer_list<Term> e) { return phial::make_tuple(space, e); }
  Term l(std::initializer_list<Term> e) { return make_list(space, e); }
  Term clause(Term head, std::initializer_list<Term> guards, Term body) { return l({t({head, l(guards), l({body})})}); }

  std::string run(Term spec, Term object) {
    std::vector<MatchError> errors;
    auto compiled = MatchSpec::compile(spec, table, errors);
    if (!compiled) return "error: " + errors[0].text;
    MatchRun r(*compiled, table, Term::pid(5));
    Term result = r.run(object);
    return result.is_none() ? "no match" : inspect_term(result, table);
  }
};

TEST_F(MatchSpecs, patterns_bind_compare_and_reach_into_structures) {
  Term object = t({n(1), l({n(2), n(3)}), n(1)});
  EXPECT_EQ(run(clause(t({a("$1"), a("$2"), a("$1")}), {}, a("$$")), object), "[1, [2, 3]]");
  EXPECT_EQ(run(clause(t({a("$1"), a("$1"), a("_")}), {}, a("$$")), object), "no match");
  EXPECT_EQ(run(clause(t({a("_"), make_cons(space, n(2), a("$9")), a("_")}), {}, a("$9")), object), "[3]");
  EXPECT_EQ(run(clause(a("_"), {}, a("$_")), object), "{1, [2, 3], 1}");
  EXPECT_EQ(run(clause(t({n(2), a("_"), a("_")}), {}, a("$_")), object), "no match");
  EXPECT_EQ(run(clause(t({a("$3"), a("$1"), a("_")}), {}, a("$$")), object), "[[2, 3], 1]");
}

TEST_F(MatchSpecs, map_patterns_match_bigger_maps) {
  Term key = a("k");
  Term small[] = {key, a("$1")};
  Term big[] = {key, n(7), a("other"), n(8)};
  Term pattern = make_map(space, table, small);
  EXPECT_EQ(run(clause(t({pattern}), {}, a("$1")), t({make_map(space, table, big)})), "7");
  Term constant[] = {key, n(7)};
  EXPECT_EQ(run(clause(t({make_map(space, table, constant)}), {}, a("$_")), t({make_map(space, table, big)})).substr(0, 2), "{%");
  EXPECT_EQ(run(clause(t({pattern}), {}, a("$1")), t({n(1)})), "no match");
}

TEST_F(MatchSpecs, guards_that_fail_or_break_do_not_match) {
  Term head = t({a("$1"), a("$2")});
  Term object = t({n(5), a("x")});
  EXPECT_EQ(run(clause(head, {t({a(">"), a("$1"), n(4)})}, a("$1")), object), "5");
  EXPECT_EQ(run(clause(head, {t({a(">"), a("$1"), n(5)})}, a("$1")), object), "no match");
  EXPECT_EQ(run(clause(head, {t({a(">"), t({a("hd"), a("$1")}), n(5)})}, a("$1")), object), "no match");
  Term broken = t({a("hd"), a("$1")});
  EXPECT_EQ(run(clause(head, {t({a("orelse"), t({a("is_integer"), a("$1")}), broken})}, a("$2")), object), ":x");
  EXPECT_EQ(run(clause(head, {t({a("or"), t({a("is_integer"), a("$1")}), broken})}, a("$2")), object), "no match");
  EXPECT_EQ(run(clause(head, {t({a("andalso"), t({a("is_atom"), a("$1")}), broken})}, a("$2")), object), "no match");
  EXPECT_EQ(run(clause(head, {t({a("not"), t({a("and"), atoms::true_, atoms::false_})})}, a("$2")), object), ":x");
}

TEST_F(MatchSpecs, bodies_compute_and_build) {
  Term head = t({a("$1"), a("$2")});
  Term object = t({n(5), a("x")});
  EXPECT_EQ(run(clause(head, {}, t({t({a("$2"), t({a("+"), a("$1"), n(1)})})})), object), "{:x, 6}");
  EXPECT_EQ(run(clause(head, {}, l({a("$1"), t({a("const"), t({a("$1")})})})), object), "[5, {:\"$1\"}]");
  EXPECT_EQ(run(clause(head, {}, t({a("hd"), a("$1")})), object), ":EXIT");
  EXPECT_EQ(run(clause(head, {}, t({a("self")})), object), "#PID<0.5.0>");
  EXPECT_EQ(run(clause(head, {}, t({a("bsl"), n(1), n(100)})), object), "1267650600228229401496703205376");
}

TEST_F(MatchSpecs, what_is_wrong_is_said) {
  Term head = t({a("$1")});
  EXPECT_EQ(run(clause(head, {}, a("$7")), t({n(1)})), "error: Variable $7 is unbound.");
  EXPECT_EQ(run(clause(head, {t({a("foo"), n(1)})}, n(1)), t({n(1)})), "error: Function foo/1 does_not_exist.");
  EXPECT_EQ(run(n(1), t({n(1)})), "error: Match programs are not in a list.");
  Term deep = atoms::true_;
  for (int i = 0; i < 100000; ++i) deep = t({a("not"), deep});
  EXPECT_EQ(run(clause(head, {deep}, n(1)), t({n(1)})), "error: Match expression is nested too deeply.");
}

TEST_F(MatchSpecs, keys_and_their_keeping_are_known) {
  std::vector<MatchError> errors;
  auto spec = MatchSpec::compile(clause(t({n(3), a("$1")}), {}, t({t({n(3), a("$1")})})), table, errors);
  EXPECT_EQ(spec->key_of_clause(0, 0), n(3));
  EXPECT_TRUE(spec->key_of_clause(0, 1).is_none());
  EXPECT_TRUE(spec->keeps_key(0));
  spec = MatchSpec::compile(clause(t({a("$1"), a("$2")}), {}, t({t({a("$2"), a("$1")})})), table, errors);
  EXPECT_FALSE(spec->keeps_key(0));
}

}  // namespace
}  // namespace phial::ets
