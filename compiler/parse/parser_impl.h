// The parser itself: recursive descent with precedence climbing over a finished token stream.
//
// Elixir's grammar tells three shapes of expressions apart, and what may follow or contain an expression depends on it:
//   Matched    anything without the problems below
//   NoParens   a call without parentheses and with several arguments (`f a, b`), or an expression that ends in one:
//              its commas must not be taken for those of something around it
//   Unmatched  an expression that ends in a do-block; no argument of a call without parentheses may be one,
//              since the block belongs to that call
// parse_expr leaves the shape in shape_, and what syntax the expression was in form_.
// Functions return none() after an error; error_ says which. The C stack is bounded by check_stack().
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/lex/token.h"
#include "compiler/parse/parser.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

struct ParserNames {
#define NAME(member, text) Term member;
#include "compiler/parse/names.def"
#undef NAME
};

class Parser {
 public:
  Parser(const TokenStream& stream, const ParseOptions& options, Space& space, AtomTable& atoms);
  Term parse_program();
  SourceError& error() { return error_; }
  std::vector<SourceWarning>& warnings() { return warnings_; }

 private:
  enum class Shape : uint8_t { Matched, Unmatched, NoParens };
  // Bits of form_.
  static constexpr uint8_t kAccess = 1;     // may be followed by [key]
  static constexpr uint8_t kBase = 2;       // may name a struct or stand alone in a map
  static constexpr uint8_t kCall = 4;       // a call without parentheses, with arguments
  static constexpr uint8_t kBracketId = 8;  // an identifier with its [key] still to come
  // Flags of parse_operand.
  static constexpr uint8_t kNoPostfix = 1;  // operand of @: neither dots nor brackets
  static constexpr uint8_t kNameOnly = 2;   // name of a struct: no arguments, no do-block

  enum class Group : uint8_t { Empty, Value, Many };
  enum class KwPlace : uint8_t { Call, Data };

  // parser.cpp: expressions.
  Term parse_sequence(TokenKind end);
  Term parse_expr(int min_level, Term left = Term::none());
  Term parse_operand(uint8_t flags);
  Term parse_primary(uint8_t flags);
  Term parse_prefix(uint8_t flags);
  Term parse_at(uint8_t flags);
  Term parse_ellipsis(uint8_t flags);
  Term parse_postfix(Term value, uint8_t flags);
  Term parse_dot(Term left, uint8_t flags);
  Term build_op(Term left, const Token& op, uint32_t newlines, Term right);
  Term build_unary(const Token& op, Term operand);
  Term as_value(Term value, uint8_t form = kAccess | kBase);

  // parse_call.cpp: identifiers, calls, access, keyword lists.
  Term parse_named(Term dot, uint8_t flags);
  Term parse_paren_calls(Term callee, Term callee_meta, uint8_t flags);
  bool parse_paren_args(Term& meta);
  bool parse_no_parens_args(size_t base);
  Term parse_access(Term subject);
  Term parse_no_parens_kw();
  Term parse_kw(KwPlace place);
  Term parse_kw_key();
  Term parse_do_block(Term& meta);
  bool parse_do_section(Term key);

  // parse_block.cpp: parentheses, fn, clauses.
  Term parse_group(Group& kind, bool allow_many, bool in_expr);
  Term parse_fn();
  bool parse_stab(bool allow_many, bool& many);
  Term parse_stab_expr(bool allow_many, bool& many);
  Term parse_clause(Term args, Term extra_meta);
  Term parse_guarded_clause(size_t base, Term extra_meta);
  Term clause_args(size_t base);
  const Token* take_eoe();
  void annotate_eoe(const Token& eoe);
  bool is_clause(Term t) const;
  bool check_stab(std::span<const Term> items, bool& clauses);
  Term collect_stab(std::span<const Term> items);
  Term build_block(std::span<const Term> items, const Token* open = nullptr, const Token* close = nullptr);
  Term build_stab(size_t base);
  Term parens_meta(const Token& open, const Token& close);

  // parse_container.cpp: lists, tuples, maps, bitstrings.
  Term parse_list();
  Term parse_tuple();
  Term parse_bits();
  bool parse_container_args(size_t base, TokenKind close);
  Term parse_map();
  Term parse_struct();
  Term parse_map_args();
  bool parse_map_entry(Term& update);
  Term map_pair(Term key);

  // parse_text.cpp: literals with text.
  Term parse_text();
  Term parse_sigil();
  Term parse_quoted_atom(Term extra_meta);
  Term parse_number();
  Term parse_char();
  Term text_parts(const TextInfo& info, bool charlist);
  Term text_part(const TextPart& part, bool charlist);
  Term binary(std::string_view bytes);
  Term charlist(std::string_view text);

  // Tokens.
  bool is(TokenKind kind) const { return cur_->kind == kind; }
  static bool is_kw(TokenKind kind) {
    return kind == TokenKind::KwIdentifier || kind == TokenKind::KwIdentifierSafe ||
           kind == TokenKind::KwIdentifierUnsafe;
  }
  static bool starts_argument(TokenKind kind);
  bool at_close(TokenKind close) const { return is(close) || (is(TokenKind::Eol) && cur_[1].kind == close); }
  /// Takes a newline if there is one; its count, or [otherwise].
  uint32_t take_eol(uint32_t otherwise = 0);
  bool expect_close(TokenKind close);

  // Trees.
  Term node(Term head, Term meta, Term args) { return make_tuple(space_, {head, meta, args}); }
  Term pair(Term a, Term b) { return make_tuple(space_, {a, b}); }
  Term list(std::initializer_list<Term> items) { return make_list(space_, items); }
  Term take_list(size_t base, Term tail = Term::nil_list());
  Term meta(const Token& t) { return meta_at(t.line, t.column); }
  Term meta_at(uint32_t line, uint32_t column);
  Term prepend(Term key, Term value, Term rest) { return make_cons(space_, pair(key, value), rest); }
  Term append(Term first, Term second);
  Term replace_last_segment(Term alias_meta, const Token& segment);
  Term add_newlines(uint32_t count, Term rest);
  Term newlines_pair(uint32_t newlines, const Token& close);
  Term literal(Term value, const Token& at, Term extra_meta = Term::nil_list());
  bool is_node(Term t) const { return is_tuple_of(t, 3); }
  bool is_node_of(Term t, Term head) const { return is_node(t) && tuple_at(t, 0) == head; }

  // Errors. Each returns none().
  Term fail(uint32_t line, uint32_t column, std::string message, std::string token);
  Term fail_at(Term node, std::string message, std::string token);
  Term syntax_error();
  Term no_parens_in_call(Term node);
  Term no_parens_in_container(Term node);
  Term bad_keyword(const Token& open, const char* what, const char* shown);
  bool at_expression_end() const;
  bool check_stack();
  void warn(uint32_t line, uint32_t column, std::string message) {
    warnings_.push_back({line, column, std::move(message)});
  }
  std::string token_text(const Token& t);
  std::string char_text(const Token& t);

  const TokenStream& stream_;
  const ParseOptions& options_;
  Space& space_;
  AtomTable& atoms_;
  const Token* cur_;
  ParserNames names_;
  std::vector<Term> stack_;  // items of the lists under construction
  Shape shape_ = Shape::Matched;
  uint8_t form_ = 0;
  bool no_do_ = false;                 // inside the arguments of a call without parentheses
  const Token* group_open_ = nullptr;  // of the last group that was Empty or Many
  const Token* group_close_ = nullptr;
  const char* stack_limit_;
  Term open_alias_;  // the last alias built, and the last cell of its list: Foo.Bar grows in place
  Term open_alias_cell_;
  uint32_t cached_line_ = 0;
  Term cached_line_pair_;
  SourceError error_;
  std::vector<SourceWarning> warnings_;
};

}  // namespace phial::compiler
