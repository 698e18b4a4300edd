// Rules of lowering that results of programs do not show.
#include <gtest/gtest.h>

#include "tests/unit/compiler/emit/compile_helper.h"

namespace phial::compiler::test {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Lower, constants_fold_into_one) {
  std::string core = dump("def f, do: {1, [2, :a | []], %{k: {3}}}", DumpStage::Core);
  EXPECT_TRUE(has(core, "{1 [2 :a] %{1}}")) << core;
  std::string code = dump("def f, do: {1, [2, :a], -3}", DumpStage::Bytecode);
  EXPECT_TRUE(has(code, "ReturnConst")) << code;
  EXPECT_FALSE(has(code, "MakeTuple")) << code;
}

TEST(Lower, receive_marks_fresh_references) {
  std::string core = dump("def f do\n  ref = :erlang.make_ref()\n  receive do\n    {^ref, x} -> x\n    {:down, ^ref} -> nil\n  end\nend",
                          DumpStage::Core);
  EXPECT_TRUE(has(core, "Receive from x")) << core;
  core = dump("def f(ref) do\n  receive do\n    {^ref, x} -> x\n  end\nend", DumpStage::Core);
  EXPECT_FALSE(has(core, "from x")) << core;
  core = dump("def f do\n  ref = :erlang.make_ref()\n  receive do\n    {^ref, x} -> x\n    :stop -> nil\n  end\nend", DumpStage::Core);
  EXPECT_FALSE(has(core, "from x")) << core;
}

TEST(Lower, conditions_become_branches) {
  std::string code = dump(
      "def f(x) do\n  case x > 3 and x != 7 do\n    y when y === false or y === nil -> :no\n    _ -> :yes\n  end\nend", DumpStage::Bytecode);
  EXPECT_TRUE(has(code, "GtInt")) << code;
  EXPECT_FALSE(has(code, "Bool")) << code;
  EXPECT_FALSE(has(code, ":true")) << code;
}

TEST(Lower, unknown_functions_are_errors) {
  EXPECT_EQ(dump("def f, do: g(1)", DumpStage::Core), "error: undefined function g/1");
}

TEST(Lower, loops_over_binaries_make_no_sub_binaries) {
  std::string code = dump("def f(<<c, r::binary>>, n), do: f(r, n + c)\ndef f(<<>>, n), do: n", DumpStage::Opt);
  EXPECT_TRUE(has(code, "f/2 reader")) << code;
}

}  // namespace
}  // namespace phial::compiler::test
