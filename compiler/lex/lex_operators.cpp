// Operators: as such, as atoms (:+), as keyword keys (+: 1), as names before /arity (&+/2) and after a dot (Kernel.+).
#include "compiler/lex/lexer.h"

namespace phial::compiler {

namespace {

struct Operator {
  std::string_view text;
  TokenKind kind;
};

constexpr Operator kOperators[] = {
#define OPERATOR(text, kind) {text, TokenKind::kind},
#include "compiler/lex/operators.def"
#undef OPERATOR
};

const Operator* find_operator(std::string_view source) {
  for (const Operator& op : kOperators)
    if (source.starts_with(op.text)) return &op;
  return nullptr;
}

constexpr std::string_view kContainerKeywords[] = {".", "<<>>", "%{}", "%", "&", "{}", "..//"};
constexpr std::string_view kContainerAtoms[] = {"<<>>", "%{}", "%", "{}", "..//"};

}  // namespace

bool Lexer::lex_operator_keyword() {
  for (std::string_view text : kContainerKeywords) {
    if (at(0) != text[0] || !starts_with(text) || at(text.size()) != ':' || !is_any_space(at(text.size() + 1)))
      continue;
    push(TokenKind::KwIdentifier, line_, column_, fixed_atom(text).bits());
    skip(text.size() + 1);
    return true;
  }
  return false;
}

bool Lexer::lex_operator_atom() {
  std::string_view rest = src_.substr(pos_ + 1);
  std::string_view text;
  for (std::string_view candidate : kContainerAtoms) {
    if (rest.starts_with(candidate)) {
      text = candidate;
      break;
    }
  }
  if (text.empty()) {
    const Operator* op = find_operator(rest);
    if (op)
      text = op->text;
    else if (rest.starts_with("."))
      text = ".";
    else if (rest.starts_with("&"))
      text = "&";
    else
      return false;
    if (text == "::") {
      warn(line_, column_, "atom ::: must be written between quotes, as in :\"::\", to avoid ambiguity");
    }
  }
  push(TokenKind::Atom, line_, column_, fixed_atom(text).bits());
  skip(text.size() + 1);
  return true;
}

bool Lexer::lex_op(TokenKind kind, size_t length) {
  std::string_view text = src_.substr(pos_, length);
  Term atom = fixed_atom(text);
  if (at(length) == ':' && is_any_space(at(length + 1))) {
    push(TokenKind::KwIdentifier, line_, column_, atom.bits());
    skip(length + 1);
    return true;
  }
  size_t spaces = spaces_at(pos_ + length);
  if (at(length + spaces) == '/') {
    push(TokenKind::Identifier, line_, column_, atom.bits());
  } else if (kind == TokenKind::UnaryOp || kind == TokenKind::EllipsisOp || kind == TokenKind::AtOp ||
             kind == TokenKind::DualOp) {
    push(kind, line_, column_, atom.bits());
  } else {
    if (text == "^^^")
      warn(
          line_, column_,
          "^^^ is deprecated. It is typically used as xor but it has the wrong precedence, use Bitwise.bxor/2 instead");
    else if (text == "<|>")
      warn(line_, column_, "<|> is deprecated. Use another pipe-like operator");
    uint32_t before = newlines_before();
    push_joining(kind, line_, column_, atom.bits()).newlines = before;
  }
  skip(length + spaces);
  return true;
}

bool Lexer::lex_capture() {
  size_t spaces = spaces_at(pos_ + 1);
  TokenKind kind = TokenKind::CaptureOp;
  if (spaces == 0 && is_decimal(at(1))) {
    kind = TokenKind::CaptureInt;
  } else if (at(1 + spaces) == '/') {
    size_t more = spaces_at(pos_ + 2 + spaces);
    if (at(2 + spaces + more) != '/') kind = TokenKind::Identifier;
  }
  push(kind, line_, column_, fixed_atom("&").bits());
  skip(1);
  return true;
}

bool Lexer::lex_operator() {
  int c = at(0);
  if (starts_with("=>")) {
    uint32_t before = newlines_before();
    push_joining(TokenKind::AssocOp, line_, column_, fixed_atom("=>").bits()).newlines = before;
    skip(2);
    return true;
  }
  if (starts_with("..//")) {
    size_t spaces = spaces_at(pos_ + 4);
    if (at(4 + spaces) != '/') return unexpected_character(pos_, column_);
    push(TokenKind::Identifier, line_, column_, fixed_atom("..//").bits());
    skip(4 + spaces);
    return true;
  }
  const Operator* op = find_operator(src_.substr(pos_));
  bool three = op && op->text.size() == 3;
  if (three) {
    char first = op->text[0];
    bool same = op->text[1] == first && op->text[2] == first;
    if (same && at(3) == first && op->kind != TokenKind::CompOp && op->kind != TokenKind::ArrowOp &&
        op->kind != TokenKind::UnaryOp && op->kind != TokenKind::EllipsisOp) {
      std::string text(op->text), next(1, first);
      warn(line_, column_,
           "found \"" + text + "\" followed by \"" + next + "\", please use a space between \"" + text +
               "\" and the next \"" + next + "\"");
    }
    return lex_op(op->kind, 3);
  }
  switch (c) {
    case ',':
      push(TokenKind::Comma, line_, column_);
      skip(1);
      return true;
    case '(': return lex_delimiter(TokenKind::OpenParen, 1);
    case ')': return lex_delimiter(TokenKind::CloseParen, 1);
    case '[': return lex_delimiter(TokenKind::OpenBracket, 1);
    case ']': return lex_delimiter(TokenKind::CloseBracket, 1);
    case '{':
      if (last_is(TokenKind::Percent))
        return fail(line_, column_,
                    "unexpected space between % and {\n\n"
                    "If you want to define a map, write %{...}, with no spaces.\n"
                    "If you want to define a struct, write %StructName{...}.\n\n"
                    "Syntax error before: ",
                    "{");
      return lex_delimiter(TokenKind::OpenCurly, 1);
    case '}':
      if (closes_interpolation()) {
        resume_text();
        return true;
      }
      return lex_delimiter(TokenKind::CloseCurly, 1);
    case '<':
      if (at(1) == '<') return lex_delimiter(TokenKind::OpenBits, 2);
      break;
    case '>':
      if (at(1) == '>') return lex_delimiter(TokenKind::CloseBits, 2);
      break;
    case '/':
      if (at(1) == '/') {
        uint32_t before = newlines_before();
        push_joining(TokenKind::TernaryOp, line_, column_, fixed_atom("//").bits()).newlines = before;
        skip(2);
        return true;
      }
      break;
    case '&':
      if (at(1) != '&') return lex_capture();
      break;
    case '.':
      if (at(1) != '.') return lex_dot();
      break;
    default: break;
  }
  if (op) return lex_op(op->kind, op->text.size());
  return unexpected_character(pos_, column_);
}

bool Lexer::lex_dot_operator(uint64_t dot) {
  const Operator* op = find_operator(src_.substr(pos_));
  std::string_view text;
  if (op && op->kind != TokenKind::EllipsisOp && op->kind != TokenKind::RangeOp && op->kind != TokenKind::StabOp) {
    text = op->text;
  } else if (op && op->kind == TokenKind::StabOp) {
    text = src_.substr(pos_, 1);
  } else if (at(0) == '&') {
    text = src_.substr(pos_, 1);
  } else {
    return false;
  }
  push_joining(TokenKind::Dot, static_cast<uint32_t>(dot >> 32), static_cast<uint32_t>(dot), fixed_atom(".").bits());
  uint32_t column = column_;
  skip(text.size());
  push(call_kind(), line_, column, fixed_atom(text).bits());
  return true;
}

}  // namespace phial::compiler
