#include "compiler/parse/diagnostic.h"

#include <algorithm>
#include <vector>

#include "compiler/lex/identifier.h"

namespace phial::compiler {

namespace {

constexpr std::string_view kBefore = "syntax error before: ";

// Words that errors name in Erlang's notation (quoted) and those they name as they are.
constexpr std::string_view kQuotedWords[] = {"'not'", "'and'", "'or'", "'when'", "'after'", "'catch'", "'end'"};
constexpr std::string_view kPlainWords[] = {"fn", "else", "rescue", "true", "false", "nil", "in"};

std::string reserved(std::string_view word) {
  std::string w(word);
  return "syntax error before: " + w + ". \"" + w +
         "\" is a reserved word in Elixir and therefore its usage is limited. For instance, it can't be used as a "
         "variable or be defined nor invoked as a regular function";
}

/// The text inside the first Erlang binary of [token] if that is what its list of pieces starts with.
bool first_piece(std::string_view token, std::string& text) {
  if (token.starts_with("<<>>")) {
    text.clear();
    return true;
  }
  text.clear();
  if (token.starts_with("<<") && token.size() > 2 && token[2] >= '0' && token[2] <= '9') {
    for (size_t i = 2; i < token.size() && token[i] != '>'; ++i) {
      unsigned byte = 0;
      for (; i < token.size() && token[i] >= '0' && token[i] <= '9'; ++i)
        byte = byte * 10 + static_cast<unsigned>(token[i] - '0');
      text += static_cast<char>(byte);
      if (i >= token.size() || token[i] != ',') break;
    }
    return true;
  }
  if (!token.starts_with("<<\"")) return false;
  for (size_t i = 3; i < token.size() && token[i] != '"'; ++i) {
    if (token[i] == '\\' && i + 1 < token.size()) {
      char c = token[++i];
      text += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'e' ? 27 : c;
    } else {
      text += token[i];
    }
  }
  return true;
}

std::string describe(const SourceError& error) {
  const std::string& token = error.token;
  if (error.has_suffix) return error.message + token + error.suffix;
  if (token.empty()) return error.message == kBefore ? "syntax error: expression is incomplete" : error.message;
  if (error.message == kBefore) {
    if (token == "eol") return "unexpectedly reached end of line. The current expression is invalid or incomplete";
    if (std::find(std::begin(kQuotedWords), std::end(kQuotedWords), token) != std::end(kQuotedWords))
      return reserved(std::string_view(token).substr(1, token.size() - 2));
    if (std::find(std::begin(kPlainWords), std::end(kPlainWords), token) != std::end(kPlainWords))
      return reserved(token);
    if (token.starts_with("$")) return "syntax error before: ?" + token.substr(1);
    if (token.starts_with("{sigil,")) {
      std::string name, content;
      size_t at = token.find("sigil_");
      if (at != std::string::npos) {
        size_t end = token.find_first_of(",'", at);
        name = "~" + token.substr(at + 6, end - at - 6) + " ";
      }
      size_t pieces = token.find('[');
      if (pieces != std::string::npos) first_piece(std::string_view(token).substr(pieces + 1), content);
      return "syntax error before: sigil " + name + "starting with content '" + content + "'";
    }
  }
  if (token.starts_with("[")) {
    std::string text;
    if (first_piece(std::string_view(token).substr(1), text)) return error.message + "\"" + text + "\"";
    return error.message + "\"";
  }
  return error.message + token;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t at = 0;;) {
    size_t end = text.find('\n', at);
    if (end == std::string_view::npos) {
      lines.push_back(text.substr(at));
      return lines;
    }
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

/// [count] lines of [source] from [line] on, each with the indentation the source is meant to have.
std::string cut(std::string_view source, uint32_t line, uint32_t count, uint32_t first_line, uint32_t first_column) {
  size_t at = 0;
  for (uint32_t n = first_line; n < line && at != std::string_view::npos; ++n) {
    at = source.find('\n', at);
    if (at != std::string_view::npos) ++at;
  }
  std::string out, indent(first_column - 1, ' ');
  for (uint32_t i = 0; i < count && at != std::string_view::npos; ++i) {
    size_t end = source.find('\n', at);
    if (i > 0) out += '\n';
    out += indent;
    out += source.substr(at, end == std::string_view::npos ? end : end - at);
    at = end == std::string_view::npos ? end : end + 1;
  }
  return out;
}

std::string spaces(size_t n) { return std::string(n, ' '); }
size_t digits(uint32_t n) { return std::to_string(n).size(); }

std::string location(std::string_view file, uint32_t line, uint32_t column) {
  std::string out(file);
  out += ":" + std::to_string(line);
  if (column) out += ":" + std::to_string(column);
  return out;
}

/// Continuation lines of [message] behind [padding]; empty ones stay empty when [bare_empty].
std::string pad(std::string_view message, const std::string& padding, bool bare_empty) {
  std::string out;
  std::vector<std::string_view> lines = split_lines(message);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out += "\n";
    if (i > 0 && !(bare_empty && lines[i].empty() && i + 1 < lines.size())) out += padding;
    out += lines[i];
  }
  return out;
}

/// Leading blanks of a line that is indented so far that its start is cut off.
struct ShownLine {
  std::string text;
  size_t cut = 0;  // columns
};

ShownLine shown_line(std::string_view line) {
  size_t width = 0, i = 0;
  for (; i < line.size() && (line[i] == ' ' || line[i] == '\t'); ++i) width += line[i] == ' ' ? 1 : 8;
  if (width < 27) return {std::string(line), 0};
  return {"..." + spaces(19) + std::string(line.substr(i)), width - 22};
}

std::string delimiter_shown(std::string_view delimiter) {
  bool has_quote = delimiter.find_first_of("\"'") != std::string_view::npos;
  return has_quote ? std::string(delimiter) : "\"" + std::string(delimiter) + "\"";
}

std::string line_start(uint32_t line, size_t max_digits) {
  size_t n = digits(line);
  size_t spacing = n == 1 ? std::max<size_t>(2, max_digits) : max_digits - n + 1;
  return spaces(spacing) + std::to_string(line) + " │ ";
}

/// Two places in the source, the opening delimiter and where it is closed wrongly or not at all.
std::string two_places(uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column,
                       std::string_view description, std::string_view file, const std::vector<std::string_view>& lines,
                       std::string_view start_message, std::string_view end_message) {
  size_t max_digits = digits(end_line);
  std::string padding = spaces(std::max<size_t>(2, max_digits) + 1);
  std::string out = " " + padding + "error: " + pad(description, " " + padding, false) + "\n " + padding + "│\n";
  auto mark = [&](uint32_t at, std::string_view message) {
    return padding + " │ " + spaces(at > 0 ? at - 1 : 0) + std::string(message);
  };
  if (line == end_line) {
    out += line_start(end_line, max_digits) + std::string(lines[0]) + "\n";
    uint32_t apart = end_column > column ? end_column - column : 1;
    out += padding + " │ " + spaces(column - 1) + "│" + spaces(apart - 1) + std::string(end_message) + "\n";
    out += mark(column, start_message) + "\n";
  } else if (end_line - line < 5) {
    for (uint32_t n = line; n <= end_line && n - line < lines.size(); ++n) {
      out += line_start(n, max_digits) + std::string(lines[n - line]) + "\n";
      if (n == line) out += mark(column, start_message) + "\n";
      if (n == end_line) out += mark(end_column, end_message) + "\n";
    }
  } else {
    out += line_start(line, max_digits) + std::string(lines.front()) + "\n" + mark(column, start_message) + "\n ...\n";
    out += line_start(end_line, max_digits) + std::string(lines.back()) + "\n" + mark(end_column, end_message) + "\n";
  }
  return out + " " + padding + "│\n " + padding + "└─ " + location(file, end_line, end_column);
}

uint32_t code_points(std::string_view text) {
  uint32_t n = 0;
  for (char c : text) n += (c & 0xC0) != 0x80;
  return n;
}

}  // namespace

const char* exception_name(SourceErrorKind kind) {
  switch (kind) {
    case SourceErrorKind::Syntax: return "SyntaxError";
    case SourceErrorKind::TokenMissing: return "TokenMissingError";
    case SourceErrorKind::MismatchedDelimiter: return "MismatchedDelimiterError";
  }
  return "";
}

SourceException to_exception(const SourceError& error, std::string_view source, uint32_t first_line,
                             uint32_t first_column) {
  SourceException e;
  e.description = describe(error);
  if (error.mismatched())
    e.kind = SourceErrorKind::MismatchedDelimiter;
  else if (error.token.empty() && !error.has_suffix)
    e.kind = SourceErrorKind::TokenMissing;
  if (error.column == 0) return e;
  uint32_t count = error.end_line ? error.end_line - error.line + 1 : 1;
  e.snippet = cut(source, error.line, count, first_line, first_column);
  e.has_snippet = error.end_line != 0 || e.snippet.find_first_not_of(" \t\r\n\v\f") != std::string::npos;
  return e;
}

std::string render_diagnostic(std::string_view severity, uint32_t line, uint32_t column, std::string_view message,
                              std::string_view source_line, std::string_view file) {
  std::string label = std::string(severity) + ":";
  if (source_line.empty()) {
    std::string out = label + " " + std::string(message);
    if (!file.empty()) out += "\n└─ " + location(file, line, column);
    return out;
  }
  size_t n = digits(line);
  std::string spacing = spaces(std::max<size_t>(2, n) + 1);
  size_t number_spacing = n == 1 ? 1 : 0;
  ShownLine shown = shown_line(source_line);
  char marker = severity == "warning" ? '~' : '^';
  std::string highlight;
  if (column) {
    size_t at = column > shown.cut ? column - shown.cut : 0;
    highlight = spaces(at > 0 ? at - 1 : 0) + marker;
  } else {
    size_t start = shown.text.find_first_not_of(" \t");
    if (start == std::string::npos) start = shown.text.size();
    size_t width = 0;
    for (size_t i = 0; i < start; ++i) width += shown.text[i] == '\t' ? 8 : 1;
    highlight = spaces(width) + std::string(code_points(std::string_view(shown.text).substr(start)), marker);
  }
  return " " + spacing + label + " " + pad(message, spaces(n + 2 + number_spacing), true) + "\n " + spacing + "│\n " +
         spaces(number_spacing) + std::to_string(line) + " │ " + shown.text + "\n " + spacing + "│ " + highlight +
         "\n " + spacing + "│\n " + spacing + "└─ " + location(file, line, column);
}

std::string exception_message(const SourceException& e, const SourceError& error, std::string_view file) {
  std::string_view what = e.kind == SourceErrorKind::Syntax         ? "invalid syntax found on "
                          : e.kind == SourceErrorKind::TokenMissing ? "token missing on "
                                                                    : "mismatched delimiter found on ";
  auto heading = [&](uint32_t line, uint32_t column) {
    return std::string(what) + location(file, line, column) + ":\n";
  };
  if (error.end_line && e.has_snippet && e.kind != SourceErrorKind::Syntax) {
    std::vector<std::string_view> lines = split_lines(e.snippet);
    uint32_t end_line = error.end_line, end_column = error.end_column;
    std::string expected = "(expected " + delimiter_shown(error.expected_delimiter) + ")";
    std::string end_message = "└ mismatched closing delimiter " + expected;
    if (e.kind == SourceErrorKind::TokenMissing) {
      end_message = "└ missing closing delimiter " + expected;
      while (lines.size() > 1 && lines.back().empty()) {
        lines.pop_back();
        --end_line;
      }
      end_column = code_points(lines.back()) + 1;
    }
    return heading(end_line, end_column) + two_places(error.line, error.column, end_line, end_column, e.description,
                                                      file, lines, "└ unclosed delimiter", end_message);
  }
  std::string body = render_diagnostic("error", error.line, error.column, e.description,
                                       e.has_snippet ? std::string_view(e.snippet) : std::string_view(), file);
  if (!e.has_snippet && e.kind == SourceErrorKind::Syntax) body = "   " + pad(body, "   ", false);
  return heading(error.line, error.column) + body;
}

std::string render_error(const SourceError& error, std::string_view source, std::string_view file, uint32_t first_line,
                         uint32_t first_column) {
  if (error.invalid_encoding) {
    size_t end = std::min(source.size(), error.invalid_byte + 1);
    std::string bytes;
    for (size_t i = error.invalid_byte; i < end; ++i) {
      if (!bytes.empty()) bytes += ", ";
      bytes += std::to_string(static_cast<unsigned char>(source[i]));
    }
    return "** (UnicodeConversionError) invalid encoding starting at <<" + bytes + ">>";
  }
  SourceException e = to_exception(error, source, first_line, first_column);
  return std::string("** (") + exception_name(e.kind) + ") " + exception_message(e, error, file);
}

std::string render_warning(const SourceWarning& warning, std::string_view source, std::string_view file) {
  std::string line = source.empty() ? std::string() : cut(source, warning.line, 1, 1, 1);
  return render_diagnostic("warning", warning.line, warning.column, warning.message, line, file);
}

}  // namespace phial::compiler
