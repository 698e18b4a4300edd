// Brackets and do/fn/end: each opener waits for its closer.
#include "compiler/lex/lexer.h"

namespace phial::compiler {

namespace {

TokenKind closer_of(TokenKind opener) {
  switch (opener) {
    case TokenKind::OpenParen: return TokenKind::CloseParen;
    case TokenKind::OpenBracket: return TokenKind::CloseBracket;
    case TokenKind::OpenCurly: return TokenKind::CloseCurly;
    case TokenKind::OpenBits: return TokenKind::CloseBits;
    default: return TokenKind::End;
  }
}

bool is_opener(TokenKind kind) {
  return kind == TokenKind::OpenParen || kind == TokenKind::OpenBracket || kind == TokenKind::OpenCurly ||
         kind == TokenKind::OpenBits || kind == TokenKind::Fn || kind == TokenKind::Do;
}

}  // namespace

bool Lexer::closes_interpolation() const {
  return !frames_.empty() && terminators_.size() == frames_.back().terminator_base;
}

bool Lexer::lex_delimiter(TokenKind kind, size_t length) {
  if (kind == TokenKind::OpenParen && last_is(TokenKind::Alias) && last()->term().is_atom()) {
    return fail(line_, column_,
                "unexpected ( after alias " + std::string(atoms_.text(last()->term())) +
                    ". Function names and identifiers in Elixir start with lowercase characters or underscore. "
                    "For example:\n\n"
                    "    hello_world()\n"
                    "    _starting_with_underscore()\n"
                    "    numb3rs_are_allowed()\n"
                    "    may_finish_with_question_mark?()\n"
                    "    may_finish_with_exclamation_mark!()\n\n"
                    "Unexpected token: ",
                "(");
  }
  Token token;
  token.kind = kind;
  token.line = line_;
  token.column = column_;
  token.newlines = is_opener(kind) ? 0 : newlines_before();
  if (!check_terminator(token, token_kind_name(kind))) return false;
  out_.tokens.push_back(token);
  skip(length);
  return true;
}

bool Lexer::check_terminator(const Token& token, std::string_view text) {
  TokenKind kind = token.kind;
  size_t base = frames_.empty() ? 0 : frames_.back().terminator_base;
  bool nothing_open = terminators_.size() == base;
  if (is_opener(kind)) {
    // A `do` or `fn` indented no deeper than the same opener around it hints at an end that is missing there.
    if ((kind == TokenKind::Fn || kind == TokenKind::Do) && !nothing_open) {
      const Terminator& outer = terminators_.back();
      if (outer.kind == kind && indentation_ <= outer.indentation) hints_.push_back({kind, outer.line});
    }
    terminators_.push_back({kind, token.line, token.column, indentation_});
    return true;
  }
  if (!nothing_open) {
    const Terminator open = terminators_.back();
    TokenKind expected = closer_of(open.kind);
    if (expected == kind) {
      // An `end` indented deeper than its do hints at a do that is missing.
      if (open.kind == TokenKind::Do && indentation_ > open.indentation) hints_.push_back({TokenKind::End, token.line});
      terminators_.pop_back();
      return true;
    }
    fail(open.line, open.column,
         kind == TokenKind::End ? "unexpected reserved word: " : "unexpected token: ", std::string(text));
    error_.end_line = token.line;
    error_.end_column = token.column;
    error_.opening_delimiter = token_kind_name(open.kind);
    error_.closing_delimiter = text;
    error_.expected_delimiter = token_kind_name(expected);
    return false;
  }
  if (kind != TokenKind::End) return fail(token.line, token.column, "unexpected token: ", std::string(text));
  fail(token.line, token.column, "unexpected reserved word: ", "end");
  error_.has_suffix = true;
  for (size_t i = hints_.size(); i-- > 0;) {
    if (hints_[i].kind != TokenKind::End) continue;
    error_.suffix = "\nhint: the \"end\" on line " + std::to_string(hints_[i].line) +
                    " may not have a matching \"do\" defined before it (based on indentation)";
    break;
  }
  return false;
}

bool Lexer::missing_terminator() {
  if (!frames_.empty() && terminators_.size() == frames_.back().terminator_base) return text_not_closed();
  const Terminator& open = terminators_.back();
  std::string opener(token_kind_name(open.kind)), closer(token_kind_name(closer_of(open.kind)));
  fail(open.line, open.column, "missing terminator: " + closer);
  for (size_t i = hints_.size(); i-- > 0;) {
    if (hints_[i].kind != open.kind) continue;
    error_.message += "\nhint: it looks like the \"" + opener + "\" on line " + std::to_string(hints_[i].line) +
                      " does not have a matching \"" + closer + "\"";
    break;
  }
  error_.end_line = line_;
  error_.end_column = column_;
  error_.opening_delimiter = opener;
  error_.expected_delimiter = closer;
  return false;
}

}  // namespace phial::compiler
