// Tokens: what compiler/lex makes of source text and compiler/parse reads.
//
// The stream is flat. A string with interpolations is its own token, followed, for each `#{...}`, by
// InterpolationStart, the tokens inside and InterpolationEnd; its literal pieces are in `parts` and `text`.
// The stream ends with one Eof.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vm/term/term.h"

namespace phial::compiler {

enum class TokenKind : uint8_t {
#define TOKEN(kind, name) kind,
#include "compiler/lex/tokens.def"
#undef TOKEN
};

std::string_view token_kind_name(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::Eof;
  /// Opening quote of a quoted atom, keyword or call name; else 0.
  char quote = 0;
  uint32_t line = 0;
  uint32_t column = 0;
  /// Newlines: in an eol, `,` or `;` those it stands for; in an operator those before it.
  /// In an Int or Float: the length of its text.
  uint32_t newlines = 0;
  /// Names, atoms and operators: bits of the atom (or of what the atom encoder made of it).
  /// Texts: index into TokenStream::texts. Int and Float: offset of the text in the source. Char: the code point.
  uint64_t value = 0;

  Term term() const { return Term::from_bits(value); }
};

/// A literal piece of a text, or one interpolation.
struct TextPart {
  bool literal;
  uint32_t begin = 0, end = 0;                                  // range of TokenStream::text_pool; literal only
  uint32_t line = 0, column = 0, end_line = 0, end_column = 0;  // of `#{` and `}`; interpolation only
};

/// A string, charlist, heredoc, quoted atom with interpolation, or sigil.
struct TextInfo {
  uint32_t first_part = 0;
  uint32_t part_count = 0;
  int32_t indentation = -1;    // heredocs
  std::string_view modifiers;  // of a sigil; points into the source
  Term name;                   // of a sigil: sigil_x
  char quote = 0;
  bool heredoc = false;
};

struct TokenStream {
  std::vector<Token> tokens;
  std::vector<TextInfo> texts;
  std::vector<TextPart> parts;
  std::string text_pool;
  std::string_view source;

  /// The digits as written.
  std::string_view number_text(const Token& t) const { return source.substr(t.value, t.newlines); }
  std::string_view literal(const TextPart& p) const {
    return std::string_view(text_pool).substr(p.begin, p.end - p.begin);
  }
};

}  // namespace phial::compiler
