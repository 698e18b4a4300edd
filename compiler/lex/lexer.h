// Source text to tokens, in one pass and linear time. The whole text is lexed before any of it is parsed, so that
// errors of the lexer come first, as in Elixir. Interpolations nest on an explicit stack, not on the C stack.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/lex/hooks.h"
#include "compiler/lex/source_error.h"
#include "compiler/lex/token.h"
#include "vm/term/atom.h"

namespace phial::compiler {

struct LexOptions {
  uint32_t line = 1;
  uint32_t column = 1;
  bool unescape = true;
  bool existing_atoms_only = false;
  ParseHooks* hooks = nullptr;
  size_t max_tokens = size_t{1} << 25;
};

/// A lexer is used once: construct, run(), read the results.
class Lexer {
 public:
  Lexer(std::string_view source, const LexOptions& options, AtomTable& atoms, TokenStream& out)
      : src_(source), options_(options), atoms_(atoms), out_(out), line_(options.line), column_(options.column) {
    out_.source = source;
  }
  /// True when the whole text is in tokens; else error() says why not.
  bool run();
  const SourceError& error() const { return error_; }
  std::vector<SourceWarning>& warnings() { return warnings_; }

 private:
  enum class TextKind : uint8_t { String, Heredoc, Atom, CallName, Sigil, SigilHeredoc };

  /// A text that is being read; it waits here while one of its interpolations is.
  struct TextFrame {
    TextKind kind;
    char quote;  // as opened
    char closing;
    bool interpolates;
    uint32_t line, column;  // of the token
    uint32_t delimiter_column;
    size_t token;                             // its place in the stream
    size_t literal_begin = 0;                 // in the text pool
    uint32_t hash_line = 0, hash_column = 0;  // of the open interpolation
    size_t terminator_base = 0;
    uint32_t outer_indentation = 0;
    size_t outer_hints = 0;
    std::vector<TextPart> parts;
    std::string_view name;  // sigil
    bool heredoc() const { return kind == TextKind::Heredoc || kind == TextKind::SigilHeredoc; }
  };
  struct Terminator {
    TokenKind kind;
    uint32_t line, column, indentation;
  };
  struct Hint {
    TokenKind kind;  // End: an `end` indented too far; else an opener that may lack its end
    uint32_t line;
  };

  // Characters. A negative value is the end of the text.
  int at(size_t ahead) const {
    return pos_ + ahead < src_.size() ? static_cast<unsigned char>(src_[pos_ + ahead]) : -1;
  }
  bool starts_with(std::string_view text) const { return src_.substr(pos_, text.size()) == text; }
  void skip(size_t n) {
    pos_ += n;
    column_ += static_cast<uint32_t>(n);
  }
  /// Number of spaces and tabs at [pos].
  size_t spaces_at(size_t pos) const;

  // lexer.cpp
  bool next();
  bool lex_name();
  bool lex_keyword(TokenKind kind, std::string_view text, uint32_t characters);
  bool lex_number();
  bool lex_char();
  bool lex_comment();
  bool lex_space();
  bool lex_newline(size_t bytes);
  void start_line();
  bool lex_dot();
  bool lex_percent();
  bool lex_atom();

  // lex_operators.cpp
  bool lex_operator_atom();
  bool lex_operator_keyword();
  bool lex_operator();
  bool lex_op(TokenKind kind, size_t length);
  bool lex_capture();
  bool lex_dot_operator(uint64_t dot);

  // lex_terminators.cpp
  bool lex_delimiter(TokenKind kind, size_t length);
  bool check_terminator(const Token& token, std::string_view text);
  bool missing_terminator();
  bool closes_interpolation() const;

  // lex_text.cpp
  bool open_text(TextKind kind, char quote, size_t opener_bytes);
  bool lex_sigil();
  bool lex_text();
  bool close_text();
  bool heredoc_line(bool& closed);
  void end_literal();
  void resume_text();
  bool text_not_closed();
  void warn_about_quotes(const TextFrame& frame, std::string_view text);
  void strip_indentation(TextFrame& frame, size_t indentation);
  bool unescape_parts(TextFrame& frame);
  bool finish_text(TextFrame& frame, bool keyword);

  // Results.
  Token& push(TokenKind kind, uint32_t line, uint32_t column, uint64_t value = 0);
  /// Like push, but a newline just before joins the lines.
  Token& push_joining(TokenKind kind, uint32_t line, uint32_t column, uint64_t value = 0);
  Token* last() { return out_.tokens.empty() ? nullptr : &out_.tokens.back(); }
  bool last_is(TokenKind kind) const { return !out_.tokens.empty() && out_.tokens.back().kind == kind; }
  uint32_t newlines_before() const;
  /// The atom with this text as a term; none() with the error set.
  Term make_atom(std::string_view text, uint32_t line, uint32_t column);
  Term fixed_atom(std::string_view text) { return atoms_.intern(text); }
  TokenKind call_kind() const;
  bool fail(uint32_t line, uint32_t column, std::string message, std::string token = {});
  bool unexpected_character(size_t pos, uint32_t column);
  void warn(uint32_t line, uint32_t column, std::string message) {
    warnings_.push_back({line, column, std::move(message)});
  }

  std::string_view src_;
  const LexOptions& options_;
  AtomTable& atoms_;
  TokenStream& out_;
  size_t pos_ = 0;
  uint32_t line_, column_;
  uint32_t indentation_ = 0;
  std::vector<TextFrame> frames_;
  bool in_text_ = false;  // reading the innermost text rather than code
  std::vector<Terminator> terminators_;
  std::vector<Hint> hints_;
  SourceError error_;
  std::vector<SourceWarning> warnings_;
};

bool is_bidirectional_control(uint32_t code);
/// Four hexadecimal digits of a code point, as errors show it.
std::string code_point_hex(uint32_t code);
/// How errors show a code point, such as `"$" (column 3, code point U+0024)`.
std::string describe_character(uint32_t code, uint32_t column);
/// For a control character or space: its escape and its name; else nullptr.
struct ControlName {
  const char* escape;
  const char* name;
};
const ControlName* control_name(uint32_t code);

inline bool is_name_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_decimal(int c) { return c >= '0' && c <= '9'; }
inline bool is_blank(int c) { return c == ' ' || c == '\t'; }
inline bool is_any_space(int c) { return is_blank(c) || c == '\r' || c == '\n'; }

/// The texts about misplaced `do`, shared with the parser.
extern const char* const kInvalidDoSuffix;

}  // namespace phial::compiler
