#include <gtest/gtest.h>

#include "tests/unit/compiler/expand/expand_helper.h"

namespace phial::compiler::test {
namespace {

TEST(ExpandModule, functions_and_guards) {
  Fixture f;
  EXPECT_EQ(f.define("defmodule M do\n def f(x) when is_atom(x), do: g(x)\n def f(_), do: 2\n defp g(x), do: x\nend"),
            "def f(x@0) when :erlang.is_atom(x@0) -> (g x@0)\ndef f(_) -> 2\ndefp g(x@0) -> x@0\n");
  EXPECT_EQ(f.host.raised, "");
  EXPECT_EQ(f.host.ran, "");
}
TEST(ExpandModule, default_arguments) {
  Fixture f;
  EXPECT_EQ(
      f.define("defmodule M do\n def f(a, b \\\\ 1, c \\\\ 2), do: {a, b, c}\nend"),
      "def f(a@0, b@1, c@2) -> ({} a@0 b@1 c@2)\ndef f(x0@0, x1@1) -> (f x0@0 x1@1 2)\ndef f(x0@0) -> (f x0@0 1 2)\n");
}
TEST(ExpandModule, attributes_in_functions_are_values) {
  Fixture f;
  EXPECT_EQ(f.define("defmodule M do\n @a [1, {2, 3}]\n def f, do: @a\n @a :b\n def g, do: @a\nend"),
            "def f() -> [1, {2, 3}]\ndef g() -> :b\n");
}
TEST(ExpandModule, nested_modules_get_an_alias) {
  Fixture f;
  EXPECT_EQ(f.define("defmodule M do\n defmodule N do\n  def x, do: 1\n end\n def f, do: N.x()\nend"),
            "def f() -> M.N.x()\n");
  EXPECT_EQ(f.host.defined.count("Elixir.M.N"), 1u);
}
TEST(ExpandModule, unknown_function) {
  Fixture f;
  EXPECT_EQ(f.define("defmodule M do\n def f, do: g(1)\nend"),
            "error: undefined function g/1 (expected M to define such a function or for it to be imported before, but "
            "none are "
            "available)");
  EXPECT_EQ(f.host.raised, "Elixir.CompileError: cannot compile module M (errors have been logged)");
}
TEST(ExpandModule, error_shows_the_line) {
  Fixture f;
  f.session.set_source("nofile", "defmodule M do\n  def f do\n    y\n  end\nend\n");
  f.define("defmodule M do\n  def f do\n    y\n  end\nend\n");
  EXPECT_EQ(
      f.host.diagnostics,
      "    error: undefined variable \"y\"\n    │\n  3 │     y\n    │     ^\n    │\n    └─ nofile:3:5: M.f/0\n\n");
}
TEST(ExpandModule, unquote_fragments_run_with_the_body) {
  Fixture f;
  f.define("defmodule M do\n for n <- [:a] do\n  def unquote(n)(), do: unquote(n)\n end\nend");
  EXPECT_NE(f.host.ran.find(":phial_module.define(M, :def, "), std::string::npos) << f.host.ran;
}
TEST(ExpandModule, kinds_conflict) {
  Fixture f;
  EXPECT_EQ(f.define("defmodule M do\n def f, do: 1\n defp f, do: 2\nend"),
            "error: defp f/0 already defined as def in nofile:2");
  EXPECT_EQ(f.define("defmodule M do\n def f, do: 1\n def f(x \\\\ 1), do: x\nend"),
            "error: def f/1 defaults conflicts with f/0");
}
TEST(ExpandModule, outside_module) {
  Fixture f;
  EXPECT_EQ(f.define("def f, do: 1"), "raised Elixir.ArgumentError: cannot invoke def/2 outside module");
  EXPECT_EQ(f.define("@a 1"), "raised Elixir.ArgumentError: cannot invoke @/1 outside module");
}
TEST(ExpandModule, guards_allow_few_calls) {
  Fixture f;
  EXPECT_EQ(f.define("defmodule M do\n def f(x) when Lib.one(x), do: 1\nend"),
            "error: cannot invoke remote function Lib.one/1 inside a guard");
}
TEST(ExpandModule, callbacks_become_behaviour_info) {
  Fixture f;
  EXPECT_EQ(
      f.define(
          "defmodule M do\n @callback a(x :: term) :: term\n @callback b() :: term\n @optional_callbacks b: 0\nend"),
      "def behaviour_info(:callbacks) -> [{:a, 1}, {:b, 0}]\ndef behaviour_info(:optional_callbacks) -> [{:b, 0}]\n");
}

}  // namespace
}  // namespace phial::compiler::test
