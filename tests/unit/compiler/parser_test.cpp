#include <gtest/gtest.h>

#include "compiler/parse/parser_impl.h"
#include "tests/unit/compiler/parse_helper.h"

namespace phial::compiler::test {
namespace {

TEST(Parser, commas_belong_to_the_innermost_call) {
  EXPECT_EQ(ast_lines("f g a, b"), "{:f, [line: 1], [{:g, [line: 1], [{:a, [line: 1], nil}, {:b, [line: 1], nil}]}]}");
  EXPECT_TRUE(message("f a, g b, c").find("unexpected comma. Parentheses are required") != std::string::npos);
  EXPECT_TRUE(message("[f a, b]").find("ambiguity inside containers") != std::string::npos);
}

TEST(Parser, do_block_belongs_to_the_outermost_call_without_parentheses) {
  EXPECT_EQ(ast_lines("f g do 1 end"), "{:f, [line: 1], [{:g, [line: 1], nil}, [do: 1]]}");
  EXPECT_EQ(ast_lines("f(g do 1 end)"), "{:f, [line: 1], [{:g, [line: 1], [[do: 1]]}]}");
  EXPECT_EQ(ast_lines("x = f do 1 end"), "{:=, [line: 1], [{:x, [line: 1], nil}, {:f, [line: 1], [[do: 1]]}]}");
}

TEST(Parser, precedence) {
  EXPECT_EQ(ast_lines("-2 ** 2"), "{:**, [line: 1], [{:-, [line: 1], [2]}, 2]}");
  EXPECT_EQ(ast_lines("1 + 2 * 3"), "{:+, [line: 1], [1, {:*, [line: 1], [2, 3]}]}");
  EXPECT_EQ(ast_lines("1 - 2 - 3"), "{:-, [line: 1], [{:-, [line: 1], [1, 2]}, 3]}");
  EXPECT_EQ(ast_lines("1 ++ 2 ++ 3"), "{:++, [line: 1], [1, {:++, [line: 1], [2, 3]}]}");
  EXPECT_EQ(ast_lines("1 + &1 = 2"), ast_lines("1 + (&1) = 2"));
  EXPECT_EQ(ast_lines("& 1 | 2"), "{:|, [line: 1], [{:&, [line: 1], [1]}, 2]}");
}

TEST(Parser, range_with_step) {
  EXPECT_EQ(ast_lines("1..2//3"), "{:..//, [line: 1], [1, 2, 3]}");
  EXPECT_TRUE(message("a // b").find("must immediately follow the range definition operator") != std::string::npos);
}

TEST(Parser, not_and_in) {
  const char* tree = "{:not, [line: 1], [{:in, [line: 1], [{:a, [line: 1], nil}, {:b, [line: 1], nil}]}]}";
  EXPECT_EQ(ast_lines("a not in b"), tree);
  EXPECT_EQ(ast_lines("not a in b"), tree);
  EXPECT_EQ(ast_lines("(not a) in b"),
            "{:in, [line: 1], [{:__block__, [], [{:not, [line: 1], [{:a, [line: 1], nil}]}]}, {:b, [line: 1], nil}]}");
}

TEST(Parser, clauses) {
  EXPECT_EQ(ast_lines("(a, b when c -> d)"),
            "[{:->, [line: 1], [[{:when, [line: 1], [{:a, [line: 1], nil}, {:b, [line: 1], nil}, {:c, [line: 1], "
            "nil}]}], {:d, [line: 1], nil}]}]");
  EXPECT_EQ(ast_lines("fn (a, b) -> 1; 2 end"),
            "{:fn, [line: 1], [{:->, [line: 1], [[{:a, [line: 1], nil}, {:b, [line: 1], nil}], {:__block__, [], [1, "
            "2]}]}]}");
  EXPECT_EQ(ast_lines("fn () -> 1 end"), "{:fn, [line: 1], [{:->, [line: 1], [[], 1]}]}");
}

TEST(Parser, attribute_binds_before_dot_and_bracket) {
  EXPECT_EQ(ast_lines("@a.b"),
            "{{:., [line: 1], [{:@, [line: 1], [{:a, [line: 1], nil}]}, :b]}, [no_parens: true, line: 1], []}");
  EXPECT_EQ(ast_lines("@a[1]"),
            "{{:., [from_brackets: true, line: 1], [Access, :get]}, [from_brackets: true, line: 1], [{:@, [line: 1], "
            "[{:a, [line: 1], nil}]}, 1]}");
}

TEST(Parser, big_numbers) {
  EXPECT_EQ(ast("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(ast("0xFFFFFFFFFFFFFFFFFFFF"), "1208925819614629174706175");
  EXPECT_EQ(ast("1_000.5"), "1000.5");
}

TEST(Parser, columns_and_lines_start_where_told) {
  ParseOptions options;
  options.line = 10;
  options.column = 5;
  EXPECT_EQ(ast("x", options), "{:x, [line: 10, column: 5], nil}");
}

TEST(Parser, token_metadata) {
  ParseOptions options;
  options.columns = false;
  options.token_metadata = true;
  EXPECT_EQ(ast("f(\n1\n)", options), "{:f, [newlines: 1, closing: [line: 3], line: 1], [1]}");
  EXPECT_EQ(ast("f do\n1\nend", options), "{:f, [do: [line: 1], end: [line: 3], line: 1], [[do: 1]]}");
}

std::string repeated(std::string_view text, size_t n) {
  std::string out;
  for (size_t i = 0; i < n; ++i) out += text;
  return out;
}

TEST(Parser, deep_nesting_parses_or_ends_in_an_error) {
  for (auto [open, close] : {std::pair{"(", ")"},
                             {"[", "]"},
                             {"{", "}"},
                             {"fn -> ", " end"},
                             {"f ", ""},
                             {"- ", ""},
                             {"@", ""},
                             {"f do ", " end"},
                             {"%{a: ", "}"},
                             {"\"#{", "}\""},
                             {"a = ", ""},
                             {"(a -> ", ")"}}) {
    for (size_t depth : {1000u, 200000u}) {
      AtomTable atoms;
      ArenaSpace arena;
      ParseOptions options;
      options.max_stack_bytes = size_t{4} << 20;
      std::string source = repeated(open, depth) + "x" + repeated(close, depth);
      ParseResult result = parse(source, options, arena, atoms);
      if (!result.ok) {
        EXPECT_EQ(result.error.message, "expression is nested too deeply, near: ") << open;
      }
      if (depth == 1000) {
        EXPECT_TRUE(result.ok) << open;
      }
    }
  }
}

class Encoder : public ParseHooks {
 public:
  explicit Encoder(Space& space) : space_(space) {}
  bool encodes_literals() const override { return true; }
  Term encode_literal(Term literal, Term, std::string&) override { return make_tuple(space_, {literal}); }

 private:
  Space& space_;
};

TEST(Parser, literal_encoder) {
  AtomTable atoms;
  ArenaSpace arena;
  Encoder encoder(arena);
  ParseOptions options;
  options.hooks = &encoder;
  ParseResult result = parse("[:a, 1, \"s\", k: nil]", options, arena, atoms);
  ASSERT_TRUE(result.ok);
  EXPECT_EQ(inspect_quoted(result.quoted, atoms), "{[{:a}, {1}, {\"s\"}, {{:k}, {nil}}]}");
}

}  // namespace
}  // namespace phial::compiler::test
