// What is wrong with a source text: the error that ends lexing or parsing, and the warnings found on the way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace phial::compiler {

struct SourceError {
  uint32_t line = 0;
  uint32_t column = 0;  // 0: not known
  // With an opening delimiter: the place it ends or the text ends; else 0.
  uint32_t end_line = 0;
  uint32_t end_column = 0;
  std::string opening_delimiter;
  std::string closing_delimiter;  // set when another delimiter closes than the one expected
  std::string expected_delimiter;
  /// The message is message + token, or message + token + suffix when there is a suffix.
  std::string message;
  std::string suffix;
  bool has_suffix = false;
  std::string token;
  /// The text is not UTF-8 from byte `invalid_byte` on.
  bool invalid_encoding = false;
  size_t invalid_byte = 0;

  bool mismatched() const { return !closing_delimiter.empty(); }
};

struct SourceWarning {
  uint32_t line = 0;
  uint32_t column = 0;  // 0: not known
  std::string message;
};

}  // namespace phial::compiler
