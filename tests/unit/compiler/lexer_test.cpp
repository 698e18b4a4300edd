#include <gtest/gtest.h>

#include "tests/unit/compiler/parse_helper.h"

namespace phial::compiler::test {
namespace {

TEST(Lexer, sign_after_space_sticks_to_its_operand) {
  EXPECT_EQ(tokens("a -1"), "1:1 op_identifier(a) 1:3 dual_op(-) 1:4 int(1) 1:5 eof");
  EXPECT_EQ(tokens("a - 1"), "1:1 identifier(a) 1:3 dual_op(-) 1:5 int(1) 1:6 eof");
  EXPECT_EQ(tokens("a-1"), "1:1 identifier(a) 1:2 dual_op(-) 1:3 int(1) 1:4 eof");
  EXPECT_EQ(tokens("a --b"), "1:1 identifier(a) 1:3 concat_op(--) 1:5 identifier(b) 1:6 eof");
}

TEST(Lexer, operator_at_line_start_joins_lines_but_signs_do_not) {
  EXPECT_EQ(tokens("a\n|> b"), "1:1 identifier(a) 2:1 arrow_op(|>)+1 2:4 identifier(b) 2:5 eof");
  EXPECT_EQ(tokens("a\n- b"), "1:1 identifier(a) 1:2 eol+1 2:1 dual_op(-) 2:3 identifier(b) 2:4 eof");
  EXPECT_EQ(tokens("a\n\n.b"), "1:1 identifier(a) 3:1 .(.) 3:2 identifier(b) 3:3 eof");
}

TEST(Lexer, commas_and_semicolons_absorb_newlines) {
  EXPECT_EQ(tokens("a,\n\nb;\nc"), "1:1 identifier(a) 1:2 ,+2 3:1 identifier(b) 3:2 ;+1 4:1 identifier(c) 4:2 eof");
}

TEST(Lexer, brackets_next_to_names_make_calls) {
  EXPECT_EQ(tokens("a(b[c] d {"), message("a(b[c] d {"));
  EXPECT_EQ(tokens("a() b[] c []"),
            "1:1 paren_identifier(a) 1:2 ( 1:3 ) 1:5 bracket_identifier(b) 1:6 [ 1:7 ] 1:9 identifier(c) 1:11 [ "
            "1:12 ] 1:13 eof");
}

TEST(Lexer, not_in_is_one_operator) {
  EXPECT_EQ(tokens("a not  in b"), "1:1 identifier(a) 1:3 in_op(not in) 1:11 identifier(b) 1:12 eof");
}

TEST(Lexer, operators_before_slash_are_names) {
  EXPECT_EQ(tokens("&+/2"), "1:1 capture_op(&) 1:2 identifier(+) 1:3 mult_op(/) 1:4 int(2) 1:5 eof");
  EXPECT_EQ(tokens("&and/2"), "1:1 capture_op(&) 1:2 identifier(and) 1:5 mult_op(/) 1:6 int(2) 1:7 eof");
}

TEST(Lexer, interpolation_holds_its_tokens) {
  EXPECT_EQ(tokens("\"a#{b}c\""),
            "1:1 bin_string 1:3 interpolation_start 1:5 identifier(b) 1:1 interpolation_end 1:9 eof");
}

TEST(Lexer, numbers) {
  EXPECT_EQ(tokens("0x_1"), message("0x_1"));
  EXPECT_EQ(tokens("1_0 0xFf_0 0b1 0o7 1.5e-3 1.a"),
            "1:1 int(1_0) 1:5 int(0xFf_0) 1:12 int(0b1) 1:16 int(0o7) 1:20 flt(1.5e-3) 1:27 int(1) 1:28 .(.) 1:29 "
            "identifier(a) 1:30 eof");
}

TEST(Lexer, columns_count_graphemes_in_strings_and_characters_elsewhere) {
  EXPECT_EQ(tokens("\"e\xCC\x81\" x"), "1:1 bin_string 1:5 identifier(x) 1:6 eof");
  EXPECT_EQ(tokens("caf\xC3\xA9 x"), "1:1 identifier(caf\xC3\xA9) 1:6 identifier(x) 1:7 eof");
}

TEST(Lexer, names_are_normalised) { EXPECT_EQ(tokens("cafe\xCC\x81"), "1:1 identifier(caf\xC3\xA9) 1:6 eof"); }

TEST(Lexer, rejects_text_that_is_not_utf8) {
  EXPECT_EQ(message("a \xFF"), "** (UnicodeConversionError) invalid encoding starting at <<255>>");
}

TEST(Lexer, existing_atoms_only) {
  AtomTable atoms;
  ArenaSpace arena;
  ParseOptions options;
  options.existing_atoms_only = true;
  ParseResult result = parse("there_is_no_such_name", options, arena, atoms);
  EXPECT_FALSE(result.ok);
  EXPECT_EQ(result.error.message, "unsafe atom does not exist: ");
}

}  // namespace
}  // namespace phial::compiler::test
