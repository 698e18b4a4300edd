#include <gtest/gtest.h>

#include "tests/unit/compiler/parse_helper.h"

namespace phial::compiler::test {
namespace {

TEST(Diagnostic, syntax_error) {
  EXPECT_EQ(message("foo = 1 2", "file.exs"),
            "** (SyntaxError) invalid syntax found on file.exs:1:9:\n"
            "    error: syntax error before: \"2\"\n"
            "    │\n"
            "  1 │ foo = 1 2\n"
            "    │         ^\n"
            "    │\n"
            "    └─ file.exs:1:9");
}

TEST(Diagnostic, missing_terminator_on_one_line) {
  EXPECT_EQ(message("f(1, 2"),
            "** (TokenMissingError) token missing on nofile:1:7:\n"
            "    error: missing terminator: )\n"
            "    │\n"
            "  1 │ f(1, 2\n"
            "    │  │    └ missing closing delimiter (expected \")\")\n"
            "    │  └ unclosed delimiter\n"
            "    │\n"
            "    └─ nofile:1:7");
}

TEST(Diagnostic, mismatched_delimiter_on_two_lines) {
  EXPECT_EQ(message("[1,\n 2)"),
            "** (MismatchedDelimiterError) mismatched delimiter found on nofile:2:3:\n"
            "    error: unexpected token: )\n"
            "    │\n"
            "  1 │ [1,\n"
            "    │ └ unclosed delimiter\n"
            "  2 │  2)\n"
            "    │   └ mismatched closing delimiter (expected \"]\")\n"
            "    │\n"
            "    └─ nofile:2:3");
}

TEST(Diagnostic, far_places_leave_out_lines_between) {
  EXPECT_EQ(message("(\na\nb\nc\nd\ne\nf\ng\nh\n]"),
            "** (MismatchedDelimiterError) mismatched delimiter found on nofile:10:1:\n"
            "    error: unexpected token: ]\n"
            "    │\n"
            "  1 │ (\n"
            "    │ └ unclosed delimiter\n"
            " ...\n"
            " 10 │ ]\n"
            "    │ └ mismatched closing delimiter (expected \")\")\n"
            "    │\n"
            "    └─ nofile:10:1");
}

TEST(Diagnostic, incomplete_expression) {
  EXPECT_EQ(message("1 +\n"),
            "** (TokenMissingError) token missing on nofile:1:4:\n"
            "    error: syntax error: expression is incomplete\n"
            "    │\n"
            "  1 │ 1 +\n"
            "    │    ^\n"
            "    │\n"
            "    └─ nofile:1:4");
}

TEST(Diagnostic, indented_lines_are_cut) {
  EXPECT_EQ(message("foo(" + std::string(2, '\n') + std::string(35, ' ') + "bar baz 1 2)"),
            "** (SyntaxError) invalid syntax found on nofile:3:46:\n"
            "    error: syntax error before: \"2\"\n"
            "    │\n"
            "  3 │ ...                   bar baz 1 2)\n"
            "    │                                 ^\n"
            "    │\n"
            "    └─ nofile:3:46");
}

TEST(Diagnostic, reserved_words_and_texts) {
  auto says = [](std::string_view source, std::string_view text) {
    EXPECT_TRUE(message(source).find(text) != std::string::npos) << message(source);
  };
  says("a = after", "syntax error before: after. \"after\" is a reserved word in Elixir");
  says(":ok ?a", "syntax error before: ?a\n");
  says("~s(a) ~s(b c)", "syntax error before: sigil ~s starting with content 'b c'");
  says("'a' 'b'", "syntax error before: \"b\"");
  says("x y z: 1, 2", "unexpected expression after keyword list");
  says("1 +\n;", "syntax error before: ';'");
  says("{a: 1}", "unexpected keyword list inside tuple");
  says("if true do: 1", "unexpected keyword: do:. In case you wanted to write a \"do\" expression");
}

TEST(Diagnostic, hint_about_missing_end) {
  EXPECT_TRUE(message("defmodule A do\n  def f do\n  def g do\n  end\nend")
                  .find("    hint: it looks like the \"do\" on line 2 does not have a matching \"end\"\n") !=
              std::string::npos);
}

TEST(Diagnostic, warning_with_its_line) {
  SourceWarning warning{2, 3, "odd"};
  EXPECT_EQ(render_warning(warning, "a\nb ()\n", "f.exs"),
            "    warning: odd\n    │\n  2 │ b ()\n    │   ~\n    │\n    └─ f.exs:2:3");
}

}  // namespace
}  // namespace phial::compiler::test
