#include <gtest/gtest.h>

#include "tests/unit/compiler/expand/expand_helper.h"

namespace phial::compiler::test {
namespace {

TEST(ExpandForms, variables_get_versions) {
  Fixture f;
  EXPECT_EQ(f.expand("x = 1; x = x + 1; x"), "(__block__ (= x@0 1) (= x@1 :erlang.+(x@0, 1)) x@1)");
}
TEST(ExpandForms, arguments_do_not_see_each_other) {
  Fixture f;
  EXPECT_EQ(f.expand("x = 1; {x = 2, x}; x"), "(__block__ (= x@0 1) {(= x@1 2), x@0} x@1)");
}
TEST(ExpandForms, pattern_repeats_a_variable) {
  Fixture f;
  EXPECT_EQ(f.expand("{x, x} = {1, 1}"), "(= {x@0, x@0} {1, 1})");
  EXPECT_EQ(f.expand("x = 1; {x, ^x} = {2, 1}"), "(__block__ (= x@0 1) (= {x@1, (^ x@0)} {2, 1}))");
}
TEST(ExpandForms, clauses_are_scopes) {
  Fixture f;
  EXPECT_EQ(f.expand("x = 1; case x do y when is_atom(y) -> x = y; x end; x"),
            "(__block__ (= x@0 1) (case x@0 [{:do, [(-> [(when y@1 :erlang.is_atom(y@1))] (__block__ (= x@2 y@1) "
            "x@2))]}]) x@0)");
}
TEST(ExpandForms, inlined_calls_reorder) {
  Fixture f;
  EXPECT_EQ(f.expand("t = {}; elem(t, 1); Map.put(%{}, :a, t)"),
            "(__block__ (= t@0 ({})) :erlang.element(2, t@0) :maps.put(:a, t@0, (%{})))");
}
TEST(ExpandForms, undefined_variable) {
  Fixture f;
  EXPECT_EQ(f.expand("x"), "error: undefined variable \"x\"");
  EXPECT_EQ(f.host.raised, "Elixir.CompileError: cannot compile file (errors have been logged)");
  EXPECT_EQ(f.expand("foo(1)"), "error: undefined function foo/1 (there is no such import)");
  EXPECT_EQ(f.expand("_"),
            "error: invalid use of _. _ can only be used inside patterns to ignore values and cannot be used in "
            "expressions. Make sure you are inside a pattern or change it accordingly");
}
TEST(ExpandForms, macro_variables_are_hygienic) {
  Fixture f;
  EXPECT_EQ(f.expand("tmp = 1; twice(2); tmp"),
            "(__block__ (= tmp@0 1) (__block__ (= tmp@1 2) :erlang.+(tmp@1, tmp@1)) tmp@0)");
}
TEST(ExpandForms, captures) {
  Fixture f;
  EXPECT_EQ(f.expand("&Lib.one/1"), "(& (/ Lib.one() 1))");
  EXPECT_EQ(f.expand("&is_atom/1"), "(& (/ :erlang.is_atom() 1))");
  EXPECT_EQ(f.expand("&is_atom(&1)"), "(& (/ :erlang.is_atom() 1))");
  EXPECT_EQ(f.expand("&(&1 + &2)"), "(& (/ :erlang.+() 2))");
  EXPECT_EQ(f.expand("&(&2 + &1)"), "(fn (-> [&1@0, &2@1] :erlang.+(&2@1, &1@0)))");
  EXPECT_EQ(f.expand("&elem/2"), "(fn (-> [&1@0, &2@1] :erlang.element(:erlang.+(&2@1, 1), &1@0)))");
  EXPECT_EQ(f.expand("&{&1, :ok}"), "(fn (-> [&1@0] {&1@0, :ok}))");
  EXPECT_EQ(f.expand("& &2"), "error: capture argument &2 cannot be defined without &1 (you cannot skip arguments)");
  EXPECT_EQ(f.expand("&1"), "error: unhandled &1 outside of a capture");
  EXPECT_EQ(f.expand("&(&(&1))").substr(0, 40), "error: nested captures are not allowed. ");
}
TEST(ExpandForms, aliases) {
  Fixture f;
  EXPECT_EQ(f.expand("alias Foo.Bar; Bar.Baz"), "Foo.Bar.Baz");
  EXPECT_EQ(f.expand("alias Foo.{A, B}; [A, B]"), "[Foo.A, Foo.B]");
  EXPECT_EQ(f.expand("alias Foo, as: F; F"), "Foo");
  EXPECT_EQ(f.expand("alias Foo.Bar; Elixir.Bar"), "Bar");
  EXPECT_EQ(f.expand("alias :foo").substr(0, 20), "error: alias cannot ");
}
TEST(ExpandForms, imports) {
  Fixture f;
  EXPECT_EQ(f.expand("import Lib; one(1)"), "Lib.one(1)");
  EXPECT_EQ(f.expand("import Lib; mac(7)"), "7");
  EXPECT_EQ(f.expand("import Lib, only: [two: 2]; one(1)"),
            "error: undefined function one/1 (there is no such import)");
  EXPECT_EQ(f.expand("import Lib, only: [none: 2]"), "Lib");
  EXPECT_NE(f.host.diagnostics.find("cannot import Lib.none/2 because it is undefined or private"), std::string::npos);
  EXPECT_EQ(f.expand("import Missing"), "error: module Missing is not loaded and could not be found");
  EXPECT_EQ(f.expand("Lib.mac(1)"), "Lib.mac(1)");
  EXPECT_EQ(f.expand("require Lib; Lib.mac(1)"), "1");
}
TEST(ExpandForms, bitstrings) {
  Fixture f;
  EXPECT_EQ(f.expand("<<1, 2::16, 3.0>>"),
            "(<<>> (:: 1 (segment :integer 8 1 :unsigned :big)) (:: 2 (segment :integer 16 1 :unsigned :big)) "
            "(:: 3.0 (segment :float 64 1 :unsigned :big)))");
  EXPECT_EQ(f.expand("<<\"ab\", \"c\">>"), "\"abc\"");
  EXPECT_EQ(f.expand("<<n, b::binary-size(n), r::bits>> = \"\""),
            "(= (<<>> (:: n@0 (segment :integer 8 1 :unsigned :big)) (:: b@1 (segment :binary n@0 8 :unsigned :big)) "
            "(:: r@2 (segment :bitstring :all 1 :unsigned :big))) \"\")");
  EXPECT_EQ(f.expand("<<1::size(3)-unit(2)-little-signed>>"), "(<<>> (:: 1 (segment :integer 3 2 :signed :little)))");
  EXPECT_EQ(f.expand("<<1::foo>>"), "error: unknown bitstring specifier: foo()");
  EXPECT_EQ(f.expand("<<\"a\"::utf16>>"), "<<0, 97>>");
}
TEST(ExpandForms, structs) {
  Fixture f;
  EXPECT_EQ(f.expand("%Point{y: 2}"), "(%{} {:__struct__, Point} {:x, 0} {:y, 0})");
  EXPECT_EQ(f.expand("%Point{x: x} = 1"), "(= (% Point (%{} {:x, x@0})) 1)");
  EXPECT_EQ(f.expand("%Point{z: z} = 1"), "error: unknown key :z for struct Point");
  EXPECT_EQ(f.expand("%Nope{}").substr(0, 66), "error: Nope.__struct__/1 is undefined, cannot expand struct Nope. ");
}
TEST(ExpandForms, quote) {
  Fixture f;
  EXPECT_EQ(f.expand("quote do: foo(unquote(1), x)"), "({} :foo [] [1, ({} :x [] Elixir)])");
  EXPECT_EQ(f.expand("quote do: Foo.bar"),
            "({} ({} :. [] [({} :__aliases__ [{:alias, false}] [:Foo]), :bar]) [{:no_parens, true}] [])");
  EXPECT_EQ(f.expand("l = []; quote do: [1, unquote_splicing(l)]"),
            "(__block__ (= l@0 []) [(| 1 :phial_macro.quote_check(l@0))])");
  EXPECT_EQ(f.expand("quote do: 1 + 2"), "({} :+ [{:context, Elixir}, {:imports, [{1, Kernel}, {2, Kernel}]}] [1, 2])");
}
TEST(ExpandForms, rescue_heads) {
  Fixture f;
  EXPECT_EQ(f.expand("try do 1 rescue e in Foo -> e; Bar -> 2; x -> x end"),
            "(try [{:do, 1}, {:rescue, [(-> [(in e@0 [Foo])] e@0), (-> [(in _ [Bar])] 2), (-> [x@1] x@1)]}])");
}
TEST(ExpandForms, comprehension) {
  Fixture f;
  EXPECT_EQ(f.expand("for x <- [1], y = x, y > 1, into: %{}, do: {x, y}"),
            "(for (<- x@0 [1]) (= y@1 x@0) :erlang.>(y@1, 1) [{:into, (%{})}, {:do, {x@0, y@1}}])");
}
TEST(ExpandForms, deep_nesting_is_an_error) {
  Fixture f;
  std::string open;
  for (int i = 0; i < 300; ++i) open += "[";
  EXPECT_EQ(f.expand(open + std::string(300, ']')), open + std::string(300, ']'));
  EvalUnit unit(f.session, f.host);
  Term code = Term::fixnum(1);
  Term name = f.atoms.intern("is_atom");
  for (int i = 0; i < 200000; ++i) code = node(unit.arena(), name, Term::nil_list(), make_list(unit.arena(), {code}));
  EXPECT_TRUE(unit.evaluate(code).raised);
  EXPECT_NE(f.host.diagnostics.find("expression is nested too deeply to be compiled"), std::string::npos);
}

}  // namespace
}  // namespace phial::compiler::test
