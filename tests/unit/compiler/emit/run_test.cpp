// Compiled definitions do what the language says: results of functions, run on the interpreter.
#include <gtest/gtest.h>

#include "tests/unit/compiler/emit/compile_helper.h"
#include "tests/unit/vm/interp/machine.h"
#include "vm/term/inspect.h"

namespace phial::compiler::test {
namespace {

/// Runs t.f() of [text]: its value, or "class reason" of what it raised.
std::string run(std::string_view text) {
  phial::test::Machine m;
  m.native("erlang", "error", 1, natives::erlang_error, false);
  m.native("erlang", "throw", 1, natives::erlang_throw, false);
  m.native("erlang", "length", 1, natives::erlang_length, false);
  m.native("erlang", "is_map_key", 2, natives::erlang_is_map_key, false);
  m.native("lists", "reverse", 1, natives::lists_reverse, false);
  m.native("maps", "from_list", 1, natives::maps_from_list, false);
  m.native("maps", "to_list", 1, natives::maps_to_list, false);
  Reader reader(m.atoms);
  ModuleSource source = reader.module(text);
  if (!reader.error.empty()) return reader.error;
  ModuleCode code;
  CompileError error;
  if (!compile_module(source, m.atoms, code, error)) return "error: " + error.message;
  if (m.load(std::move(code)) == nullptr) return "does not load";
  phial::test::Outcome out = m.run("t", "f");
  return out.normal() ? inspect_term(out.value, m.atoms) : "exit " + inspect_term(out.reason, m.atoms).substr(0, 60);
}

TEST(Run, recursion_and_arithmetic) {
  EXPECT_EQ(run("def f, do: fib(20)\n"
                "defp fib(n) when n < 2, do: n\n"
                "defp fib(n), do: fib(n - 1) + fib(n - 2)\n"),
            "6765");
  EXPECT_EQ(run("def f, do: g(7, 2.5)\ndefp g(a, b), do: {a * 3, a - b, 1 + a, :erlang.rem(a, 4), :erlang.div(a, 2), a / 2}"),
            "{21, 4.5, 8, 3, 3, 3.5}");
}

TEST(Run, clauses_keep_their_order) {
  const char* g =
      "defp g(:a, _), do: 1\ndefp g(x, 2) when x > 5, do: 2\ndefp g(:b, _), do: 3\ndefp g({:t, x}, x), do: 4\n"
      "defp g({:t, _}, _), do: 5\ndefp g([], _), do: 6\ndefp g([h | _], h), do: 7\ndefp g(%{k: v}, _), do: v\n"
      "defp g(%{}, _), do: 8\ndefp g(\"s\", _), do: 9\ndefp g(1.0, _), do: 10\ndefp g(_, _), do: 11\n";
  EXPECT_EQ(run(std::string("def f, do: [g(:a, 2), g(6, 2), g(:b, 2), g({:t, 1}, 1), g({:t, 1}, 2), g([], 0), g([3], 3), "
                            "g(%{k: :v}, 0), g(%{}, 0), g(\"s\", 0), g(1.0, 0), g(1, 0), g([3], 4)]\n") + g),
            "[1, 2, 2, 4, 2, 6, 7, :v, 8, 9, 10, 11, 11]");
}

TEST(Run, many_constants_are_a_switch) {
  std::string text = "def f, do: {g(:k7), g(:k63), g(:none), g(5), g(70)}\n";
  for (int i = 0; i < 64; ++i) text += "defp g(:k" + std::to_string(i) + "), do: " + std::to_string(i) + "\n";
  for (int i = 0; i < 64; ++i) text += "defp g(" + std::to_string(i) + "), do: :n" + std::to_string(i) + "\n";
  text += "defp g(_), do: :other\n";
  EXPECT_EQ(run(text), "{7, 63, :other, :n5, :other}");
}

TEST(Run, failing_guards_are_false) {
  EXPECT_EQ(run("def f, do: {g(1), g([1]), g({1, 2}), g(%{})}\n"
                "defp g(x) when :erlang.hd(x) == 1 or x == 1, do: :first\n"
                "defp g(x) when :erlang.element(3, x) == 1 when :erlang.tuple_size(x) == 2, do: :second\n"
                "defp g(x) when :erlang.length(x) > 5 when x != 1, do: :third\n"
                "defp g(_), do: :none\n"),
            "{:none, :first, :second, :third}");
}

TEST(Run, body_recursion_builds_lists_in_constant_stack) {
  EXPECT_EQ(run("def f, do: sum(up(0, 300000), 0)\n"
                "defp up(n, n), do: []\n"
                "defp up(i, n) when :erlang.rem(i, 3) == 0, do: up(i + 1, n)\n"
                "defp up(i, n), do: [i, 1 | up(i + 1, n)]\n"
                "defp sum([], a), do: a\n"
                "defp sum([h | t], a), do: sum(t, a + h)\n"),
            "30000200000");
  EXPECT_EQ(run("def f, do: a(6)\ndefp a(0), do: [:end]\ndefp a(n), do: [n | b(n - 1)]\ndefp b(n), do: a(n)\n"),
            "[6, 5, 4, 3, 2, 1, :end]");
  EXPECT_EQ(run("def f do\n  try do\n    g([1, 2, 0, 3])\n  catch\n    :error, r -> r\n  end\nend\n"
                "defp g([h | t]), do: [6 / h | g(t)]\ndefp g([]), do: []\n"),
            ":badarith");
}

TEST(Run, exceptions) {
  EXPECT_EQ(run("def f, do: {g(fn -> 1 end), g(fn -> :erlang.throw(2) end), g(fn -> :erlang.error(:x) end)}\n"
                "defp g(fun) do\n  try do\n    fun.()\n  catch\n    v -> {:thrown, v}\n    k, v -> {k, v}\n  else\n"
                "    1 -> :one\n  end\nend\n"),
            "{:one, {:thrown, 2}, {:error, :x}}");
  EXPECT_EQ(run("def f do\n  try do\n    try do\n      :erlang.throw(1)\n    after\n      :erlang.throw(2)\n    end\n"
                "  catch\n    v -> v\n  end\nend\n"),
            "2");
  EXPECT_EQ(run("def f do\n  try do\n    try do\n      5\n    else\n      6 -> 7\n    end\n  catch\n    _, v -> v\n  end\nend\n"),
            "{:try_clause, 5}");
  EXPECT_EQ(run("def f do\n  try do\n    {:ok, _} = g()\n  catch\n    :error, v -> v\n  end\nend\ndefp g, do: :no\n"),
            "{:badmatch, :no}");
  EXPECT_EQ(run("def f do\n  try do\n    case g() do\n      1 -> 2\n    end\n  catch\n    :error, v -> v\n  end\nend\ndefp g, do: :no\n"),
            "{:case_clause, :no}");
}

TEST(Run, closures_capture) {
  EXPECT_EQ(run("def f do\n  x = g()\n  h = fn y -> fn z -> {x, y, z} end end\n  h.(2).(3)\nend\ndefp g, do: 1\n"), "{1, 2, 3}");
}

TEST(Run, binaries) {
  EXPECT_EQ(run("def f, do: {n(\"12a\", 0), n(\"\", 7), w(<<2, \"ab\", 1, \"c\">>, [])}\n"
                "defp n(<<c, r::binary>>, a) when c < 58, do: n(r, a * 10 + c - 48)\n"
                "defp n(r, a), do: {r, a}\n"
                "defp w(<<n, s::binary-size(n), r::binary>>, a), do: w(r, [s | a])\n"
                "defp w(<<>>, a), do: a\n"),
            "{{\"a\", 12}, {\"\", 7}, [\"c\", \"ab\"]}");
  EXPECT_EQ(run("def f, do: g(<<5::3, 9::13>>)\ndefp g(<<a::3, b::13>>), do: <<b::16, a::8>>\n"), "<<0, 9, 5>>");
}

TEST(Run, comprehensions) {
  EXPECT_EQ(run("def f, do: for x <- [1, 2, 3], y <- [:a, :b], x != 2, do: {x, y}\n"), "[{1, :a}, {1, :b}, {3, :a}, {3, :b}]");
  EXPECT_EQ(run("def f, do: for {:ok, x} <- [{:ok, 1}, :no, {:ok, 2}], do: x\n"), "[1, 2]");
  EXPECT_EQ(run("def f do\n  for x <- [1, 2, 3], reduce: 0 do\n    a -> a + x\n  end\nend\n"), "6");
  EXPECT_EQ(run("def f, do: for <<c <- \"abc\">>, c != 98, do: c + 1\n"), "~c\"bd\"");
  EXPECT_EQ(run("def f, do: for x <- [\"a\", \"b\"], into: \"\", do: x\n"), "\"ab\"");
}

TEST(Run, with_and_cond) {
  EXPECT_EQ(run("def f, do: {g({:ok, 1}), g({:ok, 5}), g(:e)}\n"
                "defp g(x) do\n  with {:ok, v} <- x, true <- v < 3 do\n    v\n  else\n    false -> :big\n    e -> {:else, e}\n  end\nend\n"),
            "{1, :big, {:else, :e}}");
  EXPECT_EQ(run("def f do\n  try do\n    cond do\n      g() -> 1\n    end\n  catch\n    _, v -> v\n  end\nend\ndefp g, do: nil\n"),
            ":cond_clause");
}

TEST(Run, maps) {
  EXPECT_EQ(run("def f, do: g(%{a: 1, b: 2}, 3)\ndefp g(m, v), do: {%{m | b: v}, %{b: v, a: 0, c: 1}, %{v => 1}}\n"),
            "{%{a: 1, b: 3}, %{a: 0, b: 3, c: 1}, %{3 => 1}}");
}

TEST(Run, calls_of_unknown_modules) {
  EXPECT_EQ(run("def f, do: g(:t, 4)\ndefp g(m, x), do: {m.h(x), m.h(x + 1)}\ndef h(x), do: x * 2\n"), "{8, 10}");
}

TEST(Run, deep_nesting_is_an_error) {
  std::string text = "def f, do: ";
  for (int i = 0; i < 20000; ++i) text += "{";
  EXPECT_NE(run(text + "1" + std::string(20000, '}')), "");
}

}  // namespace
}  // namespace phial::compiler::test
