// Strings, charlists, heredocs, quoted atoms, keys and call names, and sigils: everything that has literal text and
// perhaps interpolations. A text under an open `#{` waits as a frame until its `}`.
#include <utf8proc.h>

#include "compiler/lex/identifier.h"
#include "compiler/lex/lexer.h"
#include "compiler/lex/unescape.h"

namespace phial::compiler {

namespace {

char closing_of(char opening) {
  switch (opening) {
    case '(': return ')';
    case '[': return ']';
    case '{': return '}';
    case '<': return '>';
    default: return opening;
  }
}

/// Bytes of the grapheme cluster at [at]; [first] becomes its first code point.
size_t grapheme_bytes(std::string_view text, size_t at, uint32_t& first) {
  size_t end = at;
  first = decode_utf8(text, end);
  utf8proc_int32_t state = 0;
  uint32_t previous = first;
  while (end < text.size()) {
    size_t next = end;
    uint32_t code = decode_utf8(text, next);
    if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(previous), static_cast<utf8proc_int32_t>(code),
                                         &state))
      break;
    previous = code;
    end = next;
  }
  return end - at;
}

}  // namespace

bool Lexer::open_text(TextKind kind, char quote, size_t opener_bytes) {
  TextFrame f{};
  f.kind = kind;
  f.quote = quote;
  f.closing = closing_of(quote);
  f.interpolates = true;
  f.line = line_;
  f.column = column_;
  f.delimiter_column = column_ + (kind == TextKind::Atom ? 1 : 0);
  if (kind == TextKind::Sigil || kind == TextKind::SigilHeredoc) {
    size_t name_end = pos_ + 1;
    while (name_end < src_.size() && (is_name_letter(src_[name_end]) || is_decimal(src_[name_end]))) ++name_end;
    f.name = src_.substr(pos_ + 1, name_end - pos_ - 1);
    f.interpolates = f.name[0] >= 'a';
    f.delimiter_column = column_ + 1 + static_cast<uint32_t>(f.name.size());
  }
  f.token = out_.tokens.size();
  f.literal_begin = out_.text_pool.size();
  size_t start = pos_;
  skip(opener_bytes);
  if (f.heredoc()) {
    pos_ += spaces_at(pos_);
    if (at(0) == '\n')
      ++pos_;
    else if (at(0) == '\r' && at(1) == '\n')
      pos_ += 2;
    else {
      pos_ = start;
      return fail(line_, f.delimiter_column + 3,
                  "heredoc allows only whitespace characters followed by a new line after opening ",
                  std::string(3, quote));
    }
  }
  bool heredoc = f.heredoc();
  push(TokenKind::BinString, f.line, f.column);
  frames_.push_back(std::move(f));
  in_text_ = true;
  if (heredoc) {
    bool closed = false;
    if (!heredoc_line(closed)) return false;
    if (closed) return close_text();
  }
  return true;
}

bool Lexer::lex_sigil() {
  size_t i = 1;
  bool lower = at(1) >= 'a';
  ++i;
  if (lower ? (at(i) >= 'a' && at(i) <= 'z') : false) i = 0;
  if (!lower) {
    while ((at(i) >= 'A' && at(i) <= 'Z') || is_decimal(at(i))) ++i;
    if (at(i) >= 'a' && at(i) <= 'z') i = 0;
  }
  if (i == 0) {
    return fail(line_, column_,
                "invalid sigil name, it should be either a one-letter lowercase letter or an uppercase letter "
                "optionally followed by uppercase letters and digits, got: ",
                std::string(src_.substr(pos_)));
  }
  int c = at(i);
  if (c < 0) {
    pos_ = src_.size();
    column_ += static_cast<uint32_t>(i);
    return true;
  }
  if ((c == '"' || c == '\'') && at(i + 1) == c && at(i + 2) == c)
    return open_text(TextKind::SigilHeredoc, static_cast<char>(c), i + 3);
  if (c == '/' || c == '<' || c == '"' || c == '\'' || c == '[' || c == '(' || c == '{' || c == '|')
    return open_text(TextKind::Sigil, static_cast<char>(c), i + 1);
  size_t where = pos_ + i;
  uint32_t code = decode_utf8(src_, where), column = column_ + static_cast<uint32_t>(i);
  std::string token = "\"";
  append_utf8(token, code);
  return fail(line_, column_, "invalid sigil delimiter: ",
              token + "\" (column " + std::to_string(column) + ", code point U+" + code_point_hex(code) +
                  "). The available delimiters are: //, ||, \"\", '', (), [], {}, <>");
}

bool Lexer::heredoc_line(bool& closed) {
  TextFrame& f = frames_.back();
  ++line_;
  size_t n = spaces_at(pos_);
  size_t i = pos_ + n;
  column_ = 1 + static_cast<uint32_t>(n);
  closed = i + 2 < src_.size() && src_[i] == f.quote && src_[i + 1] == f.quote && src_[i + 2] == f.quote;
  if (!closed) out_.text_pool.append(src_.substr(pos_, n));
  pos_ = i;
  if (closed) skip(3);
  return true;
}

bool Lexer::lex_text() {
  TextFrame& f = frames_.back();
  const bool heredoc = f.heredoc();
  std::string& pool = out_.text_pool;
  auto newline = [&](bool& closed) {
    closed = false;
    if (heredoc) return heredoc_line(closed);
    ++line_;
    column_ = options_.column;
    return true;
  };
  while (pos_ < src_.size()) {
    int c = at(0), c1 = at(1);
    if (!heredoc && c == f.closing) {
      skip(1);
      return close_text();
    }
    if (c == '\n') {
      pool.push_back('\n');
      ++pos_;
      bool closed;
      if (!newline(closed)) return false;
      if (closed) return close_text();
      continue;
    }
    if (c == '\\') {
      if (c1 == '\n' || (c1 == '\r' && at(2) == '\n')) {
        size_t n = c1 == '\n' ? 2 : 3;
        pool.append(src_.substr(pos_, n));
        pos_ += n;
        bool closed;
        if (!newline(closed)) return false;
        if (closed) return close_text();
        continue;
      }
      if (!heredoc && c1 == f.closing) {
        if (!f.interpolates)
          warn(line_, column_,
               std::string("using \\") + f.closing +
                   " to escape the closing of an uppercase sigil is deprecated, please use another "
                   "delimiter or a lowercase sigil instead");
        pool.push_back(f.closing);
        skip(2);
        continue;
      }
      if (heredoc && c1 == f.quote && at(2) == f.quote && at(3) == f.quote) {
        pool.append(3, f.quote);
        skip(4);
        continue;
      }
      if (f.interpolates && c1 == '#' && at(2) == '{') {
        pool.append("\\#{");
        skip(3);
        continue;
      }
      pool.push_back('\\');
      skip(1);
      if (pos_ >= src_.size()) break;
      c = at(0);
      c1 = at(1);
      if (c == '\n') continue;
    } else if (c == '#' && c1 == '{' && f.interpolates) {
      end_literal();
      f.hash_line = line_;
      f.hash_column = column_;
      f.terminator_base = terminators_.size();
      f.outer_indentation = indentation_;
      f.outer_hints = hints_.size();
      in_text_ = false;
      push(TokenKind::InterpolationStart, line_, column_);
      skip(2);
      return true;
    }
    // Columns count grapheme clusters.
    bool plain = c < 0xC4 && c1 >= 0 && c1 < 0xC4 && (c < 0x80 || c >= 0xC2);
    if (plain && c < 0x80 && (c1 < 0x80 || c1 >= 0xC2)) {
      pool.push_back(static_cast<char>(c));
      skip(1);
      continue;
    }
    uint32_t first;
    size_t n = grapheme_bytes(src_, pos_, first);
    if (is_bidirectional_control(first)) {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u%04X", first);
      fail(line_, column_, "invalid bidirectional formatting character in string: ", escape);
      error_.has_suffix = true;
      error_.suffix =
          std::string(". If you want to use such character, use it in its escaped ") + escape + " form instead";
      return false;
    }
    pool.append(src_.substr(pos_, n));
    pos_ += n;
    ++column_;
  }
  return text_not_closed();
}

void Lexer::end_literal() {
  TextFrame& f = frames_.back();
  size_t end = out_.text_pool.size();
  // The first piece of a heredoc counts even when empty: it holds the start of its first line.
  if (end > f.literal_begin || (f.heredoc() && f.parts.empty())) {
    TextPart part{};
    part.literal = true;
    part.begin = static_cast<uint32_t>(f.literal_begin);
    part.end = static_cast<uint32_t>(end);
    f.parts.push_back(part);
  }
  f.literal_begin = end;
}

void Lexer::resume_text() {
  TextFrame& f = frames_.back();
  // An error at the end of what is inside is placed at the last token, which may be this text itself.
  push(TokenKind::InterpolationEnd, f.line, f.column);
  TextPart part{};
  part.literal = false;
  part.line = f.hash_line;
  part.column = f.hash_column;
  part.end_line = line_;
  part.end_column = column_;
  f.parts.push_back(part);
  f.literal_begin = out_.text_pool.size();
  indentation_ = f.outer_indentation;
  hints_.resize(f.outer_hints);
  in_text_ = true;
  skip(1);
}

bool Lexer::text_not_closed() {
  const TextFrame& f = frames_.back();
  size_t n = f.heredoc() ? 3 : 1;
  std::string closing(n, f.closing), what;
  switch (f.kind) {
    case TextKind::String: what = "string"; break;
    case TextKind::Heredoc:
    case TextKind::SigilHeredoc: what = "heredoc"; break;
    case TextKind::Atom: what = "atom"; break;
    case TextKind::CallName: what = "function name"; break;
    case TextKind::Sigil: what = std::string("sigil ~") + f.name[0] + f.quote; break;
  }
  fail(f.line, f.delimiter_column,
       (in_text_ ? "missing terminator: " + closing : std::string("missing interpolation terminator: \"}\"")) +
           " (for " + what + " starting at line " + std::to_string(f.line) + ")");
  error_.end_line = in_text_ ? line_ : f.hash_line;
  error_.end_column = in_text_ ? column_ : f.hash_column;
  error_.opening_delimiter = std::string(n, f.quote);
  error_.expected_delimiter = closing;
  return false;
}

void Lexer::strip_indentation(TextFrame& f, size_t indentation) {
  std::string& pool = out_.text_pool;
  uint32_t line = f.line, warn_line = 0;
  for (size_t i = 0; i < f.parts.size(); ++i) {
    TextPart& part = f.parts[i];
    if (!part.literal) {
      line = part.end_line;
      continue;
    }
    size_t read = part.begin, write = part.begin, end = part.end;
    bool at_start = i == 0;
    while (at_start || read < end) {
      if (at_start) {
        ++line;
        at_start = false;
        size_t left = indentation;
        while (left > 0 && read < end && is_blank(pool[read])) ++read, --left;
        bool line_ends =
            read >= end || pool[read] == '\n' || (pool[read] == '\r' && read + 1 < end && pool[read + 1] == '\n');
        if (left > 0 && !line_ends && warn_line == 0) warn_line = line;
        continue;
      }
      char c = pool[read++];
      pool[write++] = c;
      if (c == '\n') at_start = true;
    }
    part.end = static_cast<uint32_t>(write);
  }
  if (warn_line == 0) return;
  std::string mark(3, f.quote);
  warn(warn_line, f.delimiter_column,
       "outdented heredoc line. The contents inside the heredoc should be indented at the same level as the closing " +
           mark +
           ". The following is forbidden:\n\n"
           "    def text do\n"
           "      \"\"\"\n"
           "    contents\n"
           "      \"\"\"\n"
           "    end\n\n"
           "Instead make sure the contents are indented as much as the heredoc closing:\n\n"
           "    def text do\n"
           "      \"\"\"\n"
           "      contents\n"
           "      \"\"\"\n"
           "    end\n\n"
           "The current heredoc line is indented too little");
}

bool Lexer::unescape_parts(TextFrame& f) {
  if (!options_.unescape) return true;
  std::string& pool = out_.text_pool;
  std::string clean;
  for (TextPart& part : f.parts) {
    if (!part.literal) continue;
    std::string_view raw = std::string_view(pool).substr(part.begin, part.end - part.begin);
    if (raw.find('\\') == std::string_view::npos) continue;
    clean.clear();
    UnescapeError bad;
    bool deprecated = false;
    if (!unescape(raw, clean, bad, &deprecated)) {
      uint32_t column = f.column + (f.kind == TextKind::String ? 1 : 0);
      return fail(f.line, column, bad.message + ". Syntax error after: ", bad.token);
    }
    if (deprecated)
      warn(
          f.line, f.column,
          "\\x{H*} inside strings/sigils/chars is deprecated, please use \\xHH (byte) or \\uHHHH (code point) instead");
    pool.replace(part.begin, clean.size(), clean);  // never longer than the raw text
    part.end = part.begin + static_cast<uint32_t>(clean.size());
  }
  return true;
}

void Lexer::warn_about_quotes(const TextFrame& f, std::string_view text) {
  const std::string quoted = "\"" + std::string(text) + "\"";
  switch (f.kind) {
    case TextKind::Atom:
      warn(f.line, f.column,
           "found quoted atom " + quoted +
               " but the quotes are not required. Atoms made exclusively of ASCII letters, numbers, underscores, "
               "beginning with a letter or underscore, and optionally ending with ! or ? do not require quotes");
      break;
    case TextKind::CallName:
      warn(f.line, f.column,
           "found quoted call " + quoted +
               " but the quotes are not required. Calls made exclusively of Unicode letters, numbers, and "
               "underscores and not beginning with a number do not require quotes");
      break;
    default:
      warn(f.line, f.column,
           "found quoted keyword " + quoted +
               " but the quotes are not required. Note that keywords are always atoms, even when quoted. "
               "Similar to atoms, keywords made exclusively of ASCII letters, numbers, and underscores and not "
               "beginning with a number do not require quotes");
  }
}

bool Lexer::close_text() {
  end_literal();
  TextFrame f = std::move(frames_.back());
  frames_.pop_back();
  in_text_ = false;
  if (f.parts.empty()) {
    TextPart part{};
    part.literal = true;
    part.begin = part.end = static_cast<uint32_t>(f.literal_begin);
    f.parts.push_back(part);
  }
  bool keyword = f.kind == TextKind::String && at(0) == ':' && is_any_space(at(1));
  bool single = f.parts.size() == 1 && f.parts[0].literal;
  if (f.kind == TextKind::CallName && !single)
    return fail(
        f.line, f.column,
        "interpolation is not allowed when calling function/macro. Found interpolation in a call starting with: ",
        std::string(1, f.quote));
  if (f.heredoc()) strip_indentation(f, column_ - 4);
  if (f.kind == TextKind::Atom || f.kind == TextKind::CallName || keyword) {
    std::string text(single ? out_.literal(f.parts[0]) : std::string_view());
    if (single && is_plain_identifier(text))
      warn_about_quotes(f, text);
    else if (keyword && f.quote == '\'')
      warn(f.line, f.column, "single quotes around keywords are deprecated. Use double quotes instead");
  } else if (f.kind == TextKind::String && f.quote == '\'') {
    warn(f.line, f.column,
         "using single-quoted strings to represent charlists is deprecated.\n"
         "Use ~c\"\" if you indeed want a charlist or use \"\" instead.\n"
         "You may run \"mix format --migrate\" to change all single-quoted\n"
         "strings to use the ~c sigil and fix this warning.");
  }
  bool is_sigil = f.kind == TextKind::Sigil || f.kind == TextKind::SigilHeredoc;
  if (!is_sigil && !unescape_parts(f)) return false;
  return finish_text(f, keyword);
}

bool Lexer::finish_text(TextFrame& f, bool keyword) {
  TokenKind kind = TokenKind::BinString;
  bool single = f.parts.size() == 1 && f.parts[0].literal;
  bool is_atom = f.kind == TextKind::Atom || keyword;
  char quote = 0;
  if (keyword) skip(1);
  if (is_atom || f.kind == TextKind::CallName) {
    quote = f.quote;
    bool safe = options_.existing_atoms_only;
    if (single) {
      Term atom = make_atom(out_.literal(f.parts[0]), f.line, f.column);
      if (atom.is_none()) return false;
      Token& t = out_.tokens[f.token];
      t.kind = f.kind == TextKind::CallName ? call_kind() : keyword ? TokenKind::KwIdentifier : TokenKind::AtomQuoted;
      t.quote = quote;
      t.value = atom.bits();
      return true;
    }
    kind = keyword ? (safe ? TokenKind::KwIdentifierSafe : TokenKind::KwIdentifierUnsafe)
                   : (safe ? TokenKind::AtomSafe : TokenKind::AtomUnsafe);
  } else if (f.kind == TextKind::Heredoc) {
    kind = f.quote == '"' ? TokenKind::BinHeredoc : TokenKind::ListHeredoc;
  } else if (f.kind == TextKind::String) {
    kind = f.quote == '"' ? TokenKind::BinString : TokenKind::ListString;
  } else {
    kind = TokenKind::Sigil;
  }
  TextInfo info;
  info.first_part = static_cast<uint32_t>(out_.parts.size());
  info.part_count = static_cast<uint32_t>(f.parts.size());
  info.quote = f.quote;
  info.heredoc = f.heredoc();
  if (info.heredoc) info.indentation = static_cast<int32_t>(column_) - 4;
  out_.parts.insert(out_.parts.end(), f.parts.begin(), f.parts.end());
  if (kind == TokenKind::Sigil) {
    size_t n = 0;
    while (is_name_letter(at(n)) || is_decimal(at(n))) ++n;
    info.modifiers = src_.substr(pos_, n);
    skip(n);
    std::string name = "sigil_" + std::string(f.name);
    Term atom = f.name.size() == 1 ? fixed_atom(name) : make_atom(name, f.line, f.column);
    if (atom.is_none()) return false;
    info.name = atom;
  }
  Token& t = out_.tokens[f.token];
  t.kind = kind;
  t.quote = quote;
  t.value = out_.texts.size();
  out_.texts.push_back(info);
  return true;
}

}  // namespace phial::compiler
