// Escapes in strings, charlists, quoted atoms and keywords: \n, \x41, \u{1F600} and so on.
#pragma once

#include <string>
#include <string_view>

namespace phial::compiler {

struct UnescapeError {
  std::string message;
  std::string token;  // the escape that starts the fault
};

/// Appends [text] with its escapes replaced to [out]. False with [error] set at a malformed one. [deprecated] is set
/// when a form such as \x{41} occurs.
bool unescape(std::string_view text, std::string& out, UnescapeError& error, bool* deprecated = nullptr);

/// What a single character stands for after a backslash.
uint32_t unescape_character(uint32_t c);

}  // namespace phial::compiler
