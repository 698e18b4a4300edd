// UTF-8, strict: no surrogates, no overlong forms, nothing above U+10FFFF. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace phial {

/// Decodes the first code point of [text] into [code]; the bytes it took, or 0 when they are invalid or cut off.
inline size_t utf8_decode(std::string_view text, uint32_t& code) {
  if (text.empty()) return 0;
  auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto tail = [&](size_t i) { return i < text.size() && (at(i) & 0xC0) == 0x80; };
  uint32_t c = at(0);
  if (c < 0x80) {
    code = c;
    return 1;
  }
  if (c >= 0xC2 && c <= 0xDF && tail(1)) {
    code = (c & 0x1F) << 6 | (at(1) & 0x3F);
    return 2;
  }
  if ((c & 0xF0) == 0xE0 && tail(1) && tail(2)) {
    code = (c & 0x0F) << 12 | (at(1) & 0x3Fu) << 6 | (at(2) & 0x3F);
    return code >= 0x800 && (code < 0xD800 || code > 0xDFFF) ? 3 : 0;
  }
  if (c >= 0xF0 && c <= 0xF4 && tail(1) && tail(2) && tail(3)) {
    code = (c & 0x07) << 18 | (at(1) & 0x3Fu) << 12 | (at(2) & 0x3Fu) << 6 | (at(3) & 0x3F);
    return code >= 0x10000 && code <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

/// Appends [code]; false, and nothing appended, when it is no Unicode scalar value.
inline bool utf8_append(std::string& out, uint64_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    if (code >= 0xD800 && code <= 0xDFFF) return false;
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code <= 0x10FFFF) {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    return false;
  }
  return true;
}

/// Bytes of the longest valid prefix of [text].
inline size_t utf8_valid_prefix(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      ++i;
      continue;
    }
    uint32_t code;
    size_t n = utf8_decode(text.substr(i), code);
    if (n == 0) break;
    i += n;
  }
  return i;
}
inline bool utf8_valid(std::string_view text) { return utf8_valid_prefix(text) == text.size(); }

/// Code points of valid text.
inline size_t utf8_length(std::string_view text) {
  size_t n = 0;
  for (char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

}  // namespace phial
