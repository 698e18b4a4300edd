#include "compiler/lex/lexer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "compiler/lex/identifier.h"
#include "compiler/lex/unescape.h"

namespace phial::compiler {

const char* const kInvalidDoSuffix =
    ". In case you wanted to write a \"do\" expression, "
    "you must either use do-blocks or separate the keyword argument with comma. "
    "For example, you should either write:\n\n"
    "    if some_condition? do\n"
    "      :this\n"
    "    else\n"
    "      :that\n"
    "    end\n\n"
    "or the equivalent construct:\n\n"
    "    if(some_condition?, do: :this, else: :that)\n\n"
    "where \"some_condition?\" is the first argument and the second argument is a keyword list.\n\n"
    "You may see this error if you forget a trailing comma before the \"do\" in a \"do\" block";

std::string_view token_kind_name(TokenKind kind) {
  static constexpr std::string_view kNames[] = {
#define TOKEN(kind, name) name,
#include "compiler/lex/tokens.def"
#undef TOKEN
  };
  return kNames[static_cast<size_t>(kind)];
}

const ControlName* control_name(uint32_t code) {
  static constexpr struct {
    uint32_t code;
    ControlName name;
  } kRows[] = {{0, {"\\0", "null byte"}},    {7, {"\\a", "alert"}},
               {8, {"\\b", "backspace"}},    {127, {"\\d", "delete"}},
               {27, {"\\e", "escape"}},      {12, {"\\f", "form feed"}},
               {10, {"\\n", "newline"}},     {13, {"\\r", "carriage return"}},
               {32, {"\\s", "space"}},       {9, {"\\t", "tab"}},
               {11, {"\\v", "vertical tab"}}};
  for (const auto& row : kRows)
    if (row.code == code) return &row.name;
  return nullptr;
}

bool is_bidirectional_control(uint32_t c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

std::string code_point_hex(uint32_t code) {
  // Elixir prints four digits, and stars for what does not fit.
  if (code > 0xFFFF) return "****";
  char hex[8];
  std::snprintf(hex, sizeof hex, "%04X", code);
  return hex;
}

std::string describe_character(uint32_t code, uint32_t column) {
  std::string text;
  if (const ControlName* control = control_name(code)) {
    text = control->name;
  } else {
    text = "\"";
    append_utf8(text, code);
    text += "\"";
  }
  return text + " (column " + std::to_string(column) + ", code point U+" + code_point_hex(code) + ")";
}

size_t Lexer::spaces_at(size_t pos) const {
  size_t n = 0;
  while (pos + n < src_.size() && is_blank(src_[pos + n])) ++n;
  return n;
}

Token& Lexer::push(TokenKind kind, uint32_t line, uint32_t column, uint64_t value) {
  Token& t = out_.tokens.emplace_back();
  t.kind = kind;
  t.line = line;
  t.column = column;
  t.value = value;
  return t;
}

Token& Lexer::push_joining(TokenKind kind, uint32_t line, uint32_t column, uint64_t value) {
  if (last_is(TokenKind::Eol) && kind != TokenKind::UnaryOp) out_.tokens.pop_back();
  return push(kind, line, column, value);
}

uint32_t Lexer::newlines_before() const {
  if (last_is(TokenKind::Comma) || last_is(TokenKind::Semicolon) || last_is(TokenKind::Eol))
    return out_.tokens.back().newlines;
  return 0;
}

bool Lexer::fail(uint32_t line, uint32_t column, std::string message, std::string token) {
  error_ = SourceError{};
  error_.line = line;
  error_.column = column;
  error_.message = std::move(message);
  error_.token = std::move(token);
  return false;
}

bool Lexer::unexpected_character(size_t pos, uint32_t column) {
  uint32_t code = decode_utf8(src_, pos);
  return fail(line_, column, "unexpected token: ", describe_character(code, column));
}

Term Lexer::make_atom(std::string_view text, uint32_t line, uint32_t column) {
  size_t characters = 0;
  for (char c : text) characters += (c & 0xC0) != 0x80;
  if (characters > AtomTable::kMaxCharacters) {
    fail(line, column, "atom length must be less than system limit: ", std::string(text));
    return Term::none();
  }
  if (options_.hooks && options_.hooks->encodes_atoms()) {
    std::string message;
    Term term = options_.hooks->encode_atom(text, line, column, message);
    if (term.is_none()) fail(line, column, message + ": ", std::string(text));
    return term;
  }
  if (options_.existing_atoms_only) {
    Term term = atoms_.find(text);
    if (term.is_none()) fail(line, column, "unsafe atom does not exist: ", std::string(text));
    return term;
  }
  Term term = atoms_.intern(text);
  if (term.is_none()) fail(line, column, "the system limit of atoms is reached at: ", std::string(text));
  return term;
}

TokenKind Lexer::call_kind() const {
  if (at(0) == '(') return TokenKind::ParenIdentifier;
  if (at(0) == '[') return TokenKind::BracketIdentifier;
  return TokenKind::Identifier;
}

bool Lexer::run() {
  size_t bad = find_invalid_utf8(src_);
  if (bad != std::string_view::npos) {
    fail(line_, 0, "invalid encoding starting at byte " + std::to_string(bad));
    error_.invalid_encoding = true;
    error_.invalid_byte = bad;
    return false;
  }
  if (src_.size() >= UINT32_MAX) return fail(line_, column_, "source text is too large");
  for (;;) {
    if (in_text_) {
      if (!lex_text()) return false;
    } else if (pos_ >= src_.size()) {
      break;
    } else if (!next()) {
      return false;
    }
    if (out_.tokens.size() > options_.max_tokens) return fail(line_, column_, "source text has too many tokens");
  }
  if (!terminators_.empty() || !frames_.empty()) return missing_terminator();
  Token end;
  end.line = line_;
  end.column = column_;
  out_.tokens.push_back(end);
  return true;
}

bool Lexer::next() {
  int c = at(0);
  if (c >= 'a' && c <= 'z') return lex_name();
  switch (c) {
    case ' ':
    case '\t': return lex_space();
    case '\n': return lex_newline(1);
    case '\r':
      if (at(1) == '\n') return lex_newline(2);
      return unexpected_character(pos_, column_);
    case '#': return lex_comment();
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return lex_number();
    case '?':
      if (at(1) >= 0) return lex_char();
      return unexpected_character(pos_, column_);
    case '"':
      if (starts_with("\"\"\"")) return open_text(TextKind::Heredoc, '"', 3);
      return open_text(TextKind::String, '"', 1);
    case '\'':
      if (starts_with("'''")) {
        warn(line_, column_,
             "single-quoted string represent charlists. Use ~c''' if you indeed want a charlist or use \"\"\" instead");
        return open_text(TextKind::Heredoc, '\'', 3);
      }
      return open_text(TextKind::String, '\'', 1);
    case '~':
      if (is_name_letter(at(1))) return lex_sigil();
      break;
    case ';':
      if (last_is(TokenKind::Semicolon)) return unexpected_character(pos_, column_);
      push(TokenKind::Semicolon, line_, column_);
      skip(1);
      return true;
    case '\\':
      if (at(1) < 0 || (at(1) == '\n' && at(2) < 0) || (at(1) == '\r' && at(2) == '\n' && at(3) < 0))
        return fail(line_, column_, "invalid escape \\ at end of file");
      if (at(1) == '\n' || (at(1) == '\r' && at(2) == '\n')) {
        pos_ += at(1) == '\n' ? 2 : 3;
        start_line();
        return true;
      }
      break;
    case '<':
      if (column_ == 1 && starts_with("<<<<<<<")) {
        size_t end = std::min(src_.find_first_of("\r\n", pos_), src_.size());
        return fail(line_, 1, "found an unexpected version control marker, please resolve the conflicts: ",
                    std::string(src_.substr(pos_, end - pos_)));
      }
      break;
    default: break;
  }
  if (lex_operator_keyword()) return true;
  if (c == ':') {
    if (lex_operator_atom()) return true;
    if (at(1) != ':') return lex_atom();
  }
  if (c == '%') return lex_percent();
  if (c >= 0 && c < 128 && !is_name_letter(c) && c != '_') return lex_operator();
  return lex_name();
}

bool Lexer::lex_space() {
  skip(1 + spaces_at(pos_ + 1));
  int sign = at(0);
  if (sign != '+' && sign != '-') return true;
  int after = at(1);
  if (after == ':' && is_any_space(at(2))) return true;
  // `f -1`: the sign sticks to what follows, so it is an argument.
  if (last_is(TokenKind::Identifier) && after >= 0 && !is_any_space(after) && after != sign && after != '/' &&
      after != '>') {
    last()->kind = TokenKind::OpIdentifier;
    push(TokenKind::DualOp, line_, column_, fixed_atom(src_.substr(pos_, 1)).bits());
    skip(1);
  }
  return true;
}

void Lexer::start_line() {
  size_t n = spaces_at(pos_);
  pos_ += n;
  ++line_;
  column_ = options_.column + static_cast<uint32_t>(n);
  indentation_ = column_ - 1;
}

bool Lexer::lex_newline(size_t bytes) {
  if (last_is(TokenKind::Comma) || last_is(TokenKind::Semicolon) || last_is(TokenKind::Eol)) {
    ++last()->newlines;
  } else {
    push(TokenKind::Eol, line_, column_).newlines = 1;
  }
  pos_ += bytes;
  start_line();
  return true;
}

bool Lexer::lex_comment() {
  size_t end = std::min(src_.find('\n', pos_), src_.size());
  if (end < src_.size() && end > pos_ && src_[end - 1] == '\r') --end;
  std::string_view text = src_.substr(pos_, end - pos_);
  for (size_t i = text.find('\xE2'); i != std::string_view::npos; i = text.find('\xE2', i)) {
    uint32_t code = decode_utf8(text, i);
    if (is_bidirectional_control(code)) {
      char token[16];
      std::snprintf(token, sizeof token, "\\u%04X", code);
      return fail(line_, column_, "invalid bidirectional formatting character in comment: ", token);
    }
  }
  if (options_.hooks && options_.hooks->wants_comments()) {
    uint32_t after = 0;
    for (size_t i = end; i < src_.size() && is_any_space(src_[i]); ++i) after += src_[i] == '\n';
    options_.hooks->comment(text, line_, column_, newlines_before(), after);
  }
  if (last_is(TokenKind::Eol)) last()->newlines = 0;
  // The column stays: nothing but a newline or the end can follow.
  pos_ = end;
  return true;
}

bool Lexer::lex_number() {
  size_t start = pos_, i = pos_;
  auto emit = [&](TokenKind kind) {
    Token& t = push(kind, line_, column_, start);
    t.newlines = static_cast<uint32_t>(i - start);
    column_ += static_cast<uint32_t>(i - start);
    pos_ = i;
    return true;
  };
  auto digit = [&](size_t k, int base) {
    int c = k < src_.size() ? static_cast<unsigned char>(src_[k]) : -1;
    if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return true;
    return c >= '0' && c < '0' + std::min(base, 10);
  };
  if (src_[i] == '0' && i + 1 < src_.size()) {
    int base = src_[i + 1] == 'x' ? 16 : src_[i + 1] == 'b' ? 2 : src_[i + 1] == 'o' ? 8 : 0;
    if (base && digit(i + 2, base)) {
      i += 3;
      while (digit(i, base) || (i < src_.size() && src_[i] == '_' && digit(i + 1, base))) ++i;
      return emit(TokenKind::Int);
    }
  }
  bool is_float = false;
  for (++i; i < src_.size();) {
    char c = src_[i];
    if (digit(i, 10))
      ++i;
    else if (c == '_' && digit(i + 1, 10))
      i += 2;
    else if (c == '.' && !is_float && digit(i + 1, 10))
      is_float = true, i += 2;
    else if (is_float && (c == 'e' || c == 'E') && digit(i + 1, 10))
      i += 2;
    else if (is_float && (c == 'e' || c == 'E') && i + 1 < src_.size() && (src_[i + 1] == '+' || src_[i + 1] == '-') &&
             digit(i + 2, 10))
      i += 3;
    else
      break;
  }
  std::string_view text = src_.substr(start, i - start);
  if (is_float) {
    std::string digits;
    for (char c : text)
      if (c != '_') digits.push_back(c);
    char* end = nullptr;
    double value = std::strtod(digits.c_str(), &end);
    if (*end != 0 || std::isinf(value)) return fail(line_, column_, "invalid float number ", std::string(text));
  }
  if (i < src_.size() && (is_name_letter(src_[i]) || src_[i] == '_')) {
    return fail(line_, column_,
                "invalid character \"" + std::string(1, src_[i]) + "\" after number " + std::string(text) +
                    ". If you intended to write a number, make sure to separate the number from the character "
                    "(using comma, space, etc). If you meant to write a function name or a variable, note that "
                    "identifiers in Elixir cannot start with numbers. Unexpected token: ",
                std::string(1, src_[i]));
  }
  return emit(is_float ? TokenKind::Float : TokenKind::Int);
}

bool Lexer::lex_char() {
  char hex[16];
  if (at(1) == '\\' && at(2) >= 0) {
    size_t end = pos_ + 2;
    uint32_t written = decode_utf8(src_, end);
    uint32_t value = unescape_character(written);
    if (written == value && written != '\\') {
      if (const ControlName* control = control_name(value)) {
        std::snprintf(hex, sizeof hex, "%X", value);
        warn(line_, column_,
             std::string("found ?\\ followed by code point 0x") + hex + " (" + control->name + "), please use ?" +
                 control->escape + " instead");
      } else if (is_name_letter(static_cast<int>(written))) {
        std::string c(1, static_cast<char>(written));
        warn(line_, column_, "unknown escape sequence ?\\" + c + ", use ?" + c + " instead");
      }
    }
    push(TokenKind::Char, line_, column_, value);
    pos_ = end;
    column_ += 3;
    return true;
  }
  size_t end = pos_ + 1;
  uint32_t value = decode_utf8(src_, end);
  if (const ControlName* control = control_name(value)) {
    std::snprintf(hex, sizeof hex, "%X", value);
    warn(line_, column_,
         std::string("found ? followed by code point 0x") + hex + " (" + control->name + "), please use ?" +
             control->escape + " instead");
  }
  push(TokenKind::Char, line_, column_, value);
  pos_ = end;
  column_ += 2;
  return true;
}

bool Lexer::lex_percent() {
  if (at(1) == '(' || at(1) == '[')
    return fail(line_, column_, "expected %{ to define a map, got: ", std::string(src_.substr(pos_, 2)));
  if (at(1) == '{') {
    push(TokenKind::PercentBrace, line_, column_);
    return lex_delimiter(TokenKind::OpenCurly, 2);
  }
  push(TokenKind::Percent, line_, column_);
  skip(1);
  return true;
}

bool Lexer::lex_dot() {
  uint64_t dot = (uint64_t{line_} << 32) | column_;
  skip(1);
  // What follows the dot may be on a later line, behind comments.
  for (;;) {
    skip(spaces_at(pos_));
    if (at(0) == '#') {
      if (!lex_comment()) return false;
      column_ = options_.column;
    } else if (at(0) == '\n' || (at(0) == '\r' && at(1) == '\n')) {
      pos_ += at(0) == '\n' ? 1 : 2;
      ++line_;
      column_ = options_.column;
    } else {
      break;
    }
  }
  if (lex_dot_operator(dot)) return true;
  auto dot_token = [&](TokenKind kind) {
    push_joining(kind, static_cast<uint32_t>(dot >> 32), static_cast<uint32_t>(dot), fixed_atom(".").bits());
  };
  if (at(0) == '(') {
    dot_token(TokenKind::DotCallOp);
    return true;
  }
  dot_token(TokenKind::Dot);
  if (at(0) == '"' || at(0) == '\'') return open_text(TextKind::CallName, static_cast<char>(at(0)), 1);
  return true;
}

}  // namespace phial::compiler
