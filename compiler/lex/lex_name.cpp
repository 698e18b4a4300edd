// Identifiers, aliases, keywords of the language, keyword keys and unquoted atoms.
#include "compiler/lex/identifier.h"
#include "compiler/lex/lexer.h"

namespace phial::compiler {

namespace {

struct Keyword {
  std::string_view text;
  TokenKind kind;
};

constexpr Keyword kKeywords[] = {
    {"fn", TokenKind::Fn},
    {"do", TokenKind::Do},
    {"end", TokenKind::End},
    {"true", TokenKind::True},
    {"false", TokenKind::False},
    {"nil", TokenKind::Nil},
    {"not", TokenKind::UnaryOp},
    {"and", TokenKind::AndOp},
    {"or", TokenKind::OrOp},
    {"when", TokenKind::WhenOp},
    {"in", TokenKind::InOp},
    {"after", TokenKind::BlockIdentifier},
    {"else", TokenKind::BlockIdentifier},
    {"catch", TokenKind::BlockIdentifier},
    {"rescue", TokenKind::BlockIdentifier},
};

const Keyword* find_keyword(std::string_view text) {
  if (text.size() < 2 || text.size() > 6) return nullptr;
  for (const Keyword& k : kKeywords)
    if (k.text == text) return &k;
  return nullptr;
}

std::string code_points(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    char hex[16];
    std::snprintf(hex, sizeof hex, " 0x%05X", decode_utf8(text, at));
    out += hex;
  }
  return out;
}

/// Says which accepted spelling [wrong] has in compatibility form; empty when there is none.
std::string suggest_spelling(std::string_view wrong) {
  std::string form = to_nfkc(wrong);
  ScannedName name = scan_name(form);
  if (name.kind == ScannedName::Kind::Empty || name.kind == ScannedName::Kind::UnexpectedCharacter ||
      name.kind == ScannedName::Kind::MixedScripts)
    return {};
  return "Elixir expects unquoted Unicode atoms, variables, and calls to use allowed codepoints and to be in NFC "
         "form.\n\nGot:\n\n    \"" +
         std::string(wrong) + "\" (code points" + code_points(wrong) +
         ")\n\nHint: You could write the above in a compatible format that is accepted by Elixir:\n\n    \"" + form +
         "\" (code points" + code_points(form) +
         ")\n\nSee https://hexdocs.pm/elixir/unicode-syntax.html for more information.";
}

std::string invalid_character(uint32_t code, std::string_view where) {
  std::string out = "invalid character \"";
  append_utf8(out, code);
  return out + "\" (code point U+" + code_point_hex(code) + ") in " + std::string(where) + ": ";
}

}  // namespace

/// A name, after a colon when [colon_bytes] is 1, could not be scanned: says why.
static bool name_error(const ScannedName& name, std::string_view source, uint32_t line, uint32_t column,
                       SourceError& error) {
  error = SourceError{};
  error.line = line;
  error.column = column;
  std::string_view wrong = source.substr(0, name.bytes);
  if (name.kind == ScannedName::Kind::MixedScripts) {
    error.message = "invalid mixed-script identifier found: ";
    error.token = name.text;
    error.has_suffix = true;
    error.suffix = "\n\nMixed-script identifiers are not supported for security reasons. '" + name.text +
                   "' is made of the following scripts:\n\n" + name.detail +
                   "\nCharacters in identifiers from different scripts must be separated by underscore (_).\n"
                   "\nSee https://hexdocs.pm/elixir/unicode-syntax.html for more information.";
    return false;
  }
  error.message = "unexpected token: ";
  uint32_t characters = name.kind == ScannedName::Kind::UnexpectedCharacter ? name.characters : 1;
  error.column = column + characters - 1;
  if (name.kind == ScannedName::Kind::UnexpectedCharacter) {
    error.token = suggest_spelling(wrong);
    if (!error.token.empty()) return false;
    size_t last = wrong.size() - 1;
    while (last > 0 && (wrong[last] & 0xC0) == 0x80) --last;
    error.token = suggest_spelling(wrong.substr(last));
    if (!error.token.empty()) return false;
    error.token = describe_character(decode_utf8(wrong, last), error.column);
    return false;
  }
  size_t at = 0;
  error.token = describe_character(decode_utf8(source, at), column);
  return false;
}

bool Lexer::lex_name() {
  std::string_view source = src_.substr(pos_);
  ScannedName name = scan_name(source);
  using Kind = ScannedName::Kind;
  if (name.kind == Kind::Empty || name.kind == Kind::UnexpectedCharacter || name.kind == Kind::MixedScripts)
    return name_error(name, source, line_, column_, error_);
  std::string_view written = source.substr(0, name.bytes);
  std::string_view text = name.text.empty() ? written : std::string_view(name.text);
  size_t end = pos_ + name.bytes;
  int after = end < src_.size() ? static_cast<unsigned char>(src_[end]) : -1;
  int after2 = end + 1 < src_.size() ? static_cast<unsigned char>(src_[end + 1]) : -1;

  if (!last_is(TokenKind::Dot) && (after != ':' || after2 == ':')) {
    if (const Keyword* k = find_keyword(text)) return lex_keyword(k->kind, k->text, name.characters);
  }
  Term atom = make_atom(text, line_, column_);
  if (atom.is_none()) return false;
  if (after == ':' && is_any_space(after2)) {
    push(TokenKind::KwIdentifier, line_, column_, atom.bits());
    pos_ = end + 1;
    column_ += name.characters + 1;
    return true;
  }
  if (after == ':' && after2 >= 0 && after2 != ':')
    return fail(line_, column_, "keyword argument must be followed by space after: ", std::string(text) + ":");
  if (name.has_at) {
    const char* where = name.kind == Kind::Alias ? "alias" : name.kind == Kind::Atom ? "atom" : "identifier";
    return fail(line_, column_, invalid_character('@', where), std::string(text));
  }
  if (text == "__aliases__" || text == "__block__") return fail(line_, column_, "reserved token: ", std::string(text));
  if (name.kind == Kind::Atom) return unexpected_character(pos_, column_);
  if (name.kind == Kind::Alias) {
    if (!name.ascii || name.has_punctuation) {
      uint32_t bad = 0;
      for (size_t at = 0; at < text.size();) {
        bad = decode_utf8(text, at);
        if (bad < 'A' || bad > 127) break;
      }
      return fail(line_, column_,
                  invalid_character(bad, "alias (only ASCII characters, without punctuation, are allowed)"),
                  std::string(text));
    }
    push(TokenKind::Alias, line_, column_, atom.bits());
    pos_ = end;
    column_ += name.characters;
    return true;
  }
  if (after == '=' && name.has_punctuation) {
    std::string mark(1, text.back()), whole(text), stem(text.substr(0, text.size() - 1));
    warn(line_, column_,
         "found identifier \"" + whole + "\", ending with \"" + mark +
             "\", followed by =. It is unclear if you mean \"" + stem + " " + mark + "=\" or \"" + whole +
             " =\". Please add a space before or after " + mark + " to remove the ambiguity");
  }
  uint32_t column = column_;
  pos_ = end;
  column_ += name.characters;
  push(call_kind(), line_, column, atom.bits());
  return true;
}

bool Lexer::lex_keyword(TokenKind kind, std::string_view text, uint32_t characters) {
  uint32_t column = column_;
  Term atom = fixed_atom(text);
  Token token;
  token.kind = kind;
  token.line = line_;
  token.column = column;
  switch (kind) {
    case TokenKind::True:
    case TokenKind::False:
    case TokenKind::Nil:
    case TokenKind::BlockIdentifier: push(kind, line_, column, atom.bits()); break;
    case TokenKind::Do:
      if (last_is(TokenKind::Identifier)) {
        last()->kind = TokenKind::DoIdentifier;
      } else if (last_is(TokenKind::Fn) || last_is(TokenKind::Comma) || last_is(TokenKind::Semicolon)) {
        bool after_fn = last_is(TokenKind::Fn);
        fail(line_, column, "unexpected reserved word: ", "do");
        error_.has_suffix = true;
        error_.suffix = after_fn ? ". Anonymous functions are written as:\n\n    fn pattern -> expression end\n\n"
                                   "Please remove the \"do\" keyword"
                                 : kInvalidDoSuffix;
        return false;
      }
      if (!check_terminator(token, text)) return false;
      push_joining(kind, line_, column, atom.bits());
      break;
    case TokenKind::Fn:
    case TokenKind::End:
      if (!check_terminator(token, text)) return false;
      push(kind, line_, column, atom.bits());
      break;
    default: {
      size_t end = pos_ + text.size();
      end += spaces_at(end);
      if (end < src_.size() && src_[end] == '/') {
        push(TokenKind::Identifier, line_, column, atom.bits());
      } else if (kind == TokenKind::InOp && last_is(TokenKind::UnaryOp) && last()->term() == fixed_atom("not")) {
        Token is_not = *last();
        out_.tokens.pop_back();
        push_joining(kind, is_not.line, is_not.column, fixed_atom("not in").bits());
      } else {
        uint32_t before = newlines_before();
        push_joining(kind, line_, column, atom.bits()).newlines = before;
      }
    }
  }
  pos_ += text.size();
  column_ += characters;
  return true;
}

bool Lexer::lex_atom() {
  if (at(1) == '"' || at(1) == '\'') return open_text(TextKind::Atom, static_cast<char>(at(1)), 2);
  std::string_view source = src_.substr(pos_ + 1);
  ScannedName name = scan_name(source);
  using Kind = ScannedName::Kind;
  if (name.kind == Kind::Empty) return unexpected_character(pos_, column_);
  if (name.kind == Kind::UnexpectedCharacter || name.kind == Kind::MixedScripts)
    return name_error(name, source, line_, column_, error_);
  std::string_view text = name.text.empty() ? source.substr(0, name.bytes) : std::string_view(name.text);
  Term atom = make_atom(text, line_, column_);
  if (atom.is_none()) return false;
  size_t end = pos_ + 1 + name.bytes;
  if (name.has_punctuation && end < src_.size() && src_[end] == '=') {
    std::string mark(1, text.back()), whole = ":" + std::string(text), stem = whole.substr(0, whole.size() - 1);
    warn(line_, column_,
         "found atom \"" + whole + "\", ending with \"" + mark + "\", followed by =. It is unclear if you mean \"" +
             stem + " " + mark + "=\" or \"" + whole + " =\". Please add a space before or after " + mark +
             " to remove the ambiguity");
  }
  push(TokenKind::Atom, line_, column_, atom.bits());
  pos_ = end;
  column_ += 1 + name.characters;
  return true;
}

}  // namespace phial::compiler
