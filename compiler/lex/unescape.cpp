#include "compiler/lex/unescape.h"

#include <cstdint>

#include "compiler/lex/identifier.h"

namespace phial::compiler {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Number of hexadecimal digits at [at], at most [most].
size_t hex_digits(std::string_view text, size_t at, size_t most) {
  size_t n = 0;
  while (n < most && at + n < text.size() && hex_value(text[at + n]) >= 0) ++n;
  return n;
}

uint32_t hex_number(std::string_view digits) {
  uint32_t value = 0;
  for (char c : digits) value = value * 16 + static_cast<uint32_t>(hex_value(c));
  return value;
}

bool append_code_point(std::string_view digits, std::string& out, UnescapeError& error) {
  uint32_t code = hex_number(digits);
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
    error = {"invalid or reserved Unicode code point \\u{" + std::string(digits) + "}", "\\u"};
    return false;
  }
  append_utf8(out, code);
  return true;
}

/// `{` one to six digits `}` at [at]; the digits, and [at] moved behind the brace, or nothing.
std::string_view braced_digits(std::string_view text, size_t& at) {
  if (at >= text.size() || text[at] != '{') return {};
  size_t n = hex_digits(text, at + 1, 6);
  if (n == 0 || at + 1 + n >= text.size() || text[at + 1 + n] != '}') return {};
  std::string_view digits = text.substr(at + 1, n);
  at += n + 2;
  return digits;
}

}  // namespace

uint32_t unescape_character(uint32_t c) {
  switch (c) {
    case '0': return 0;
    case 'a': return 7;
    case 'b': return 8;
    case 'd': return 127;
    case 'e': return 27;
    case 'f': return 12;
    case 'n': return 10;
    case 'r': return 13;
    case 's': return 32;
    case 't': return 9;
    case 'v': return 11;
    default: return c;
  }
}

bool unescape(std::string_view text, std::string& out, UnescapeError& error, bool* deprecated) {
  size_t i = 0;
  while (i < text.size()) {
    size_t slash = text.find('\\', i);
    if (slash == std::string_view::npos || slash + 1 >= text.size()) {
      out.append(text.substr(i));
      return true;
    }
    out.append(text.substr(i, slash - i));
    char c = text[slash + 1];
    i = slash + 2;
    if (c == 'x') {
      size_t n = hex_digits(text, i, 2);
      if (n == 2) {
        out.push_back(static_cast<char>(hex_number(text.substr(i, 2))));
        i += 2;
        continue;
      }
      std::string_view digits = n == 1 ? text.substr(i, 1) : braced_digits(text, i);
      if (digits.empty()) {
        error = {"invalid hex escape character, expected \\xHH where H is a hexadecimal digit", "\\x"};
        return false;
      }
      if (n == 1) ++i;
      if (deprecated) *deprecated = true;
      if (!append_code_point(digits, out, error)) return false;
    } else if (c == 'u') {
      std::string_view digits;
      if (hex_digits(text, i, 4) == 4) {
        digits = text.substr(i, 4);
        i += 4;
      } else {
        digits = braced_digits(text, i);
      }
      if (digits.empty()) {
        error = {"invalid Unicode escape character, expected \\uHHHH or \\u{H*} where H is a hexadecimal digit", "\\u"};
        return false;
      }
      if (!append_code_point(digits, out, error)) return false;
    } else if (c == '\n') {
    } else if (c == '\r' && i < text.size() && text[i] == '\n') {
      ++i;
    } else {
      out.push_back(static_cast<char>(unescape_character(static_cast<unsigned char>(c))));
    }
  }
  return true;
}

}  // namespace phial::compiler
