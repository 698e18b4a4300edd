// Errors and warnings of source text as people read them: the message of SyntaxError, TokenMissingError and
// MismatchedDelimiterError with the lines concerned.
#pragma once

#include <string>
#include <string_view>

#include "compiler/lex/source_error.h"

namespace phial::compiler {

enum class SourceErrorKind : uint8_t { Syntax, TokenMissing, MismatchedDelimiter };

/// What Elixir raises for a SourceError: one field for each field of the exception.
struct SourceException {
  SourceErrorKind kind = SourceErrorKind::Syntax;
  std::string description;
  std::string snippet;  // the lines concerned
  bool has_snippet = false;
};

/// "SyntaxError", "TokenMissingError" or "MismatchedDelimiterError".
const char* exception_name(SourceErrorKind kind);

/// [first_line] and [first_column]: where the source text starts.
SourceException to_exception(const SourceError& error, std::string_view source, uint32_t first_line = 1,
                             uint32_t first_column = 1);

/// The exception's message. [file] as shown, relative to the working folder; empty when there is none.
std::string exception_message(const SourceException& exception, const SourceError& error, std::string_view file);

/// `** (SyntaxError) ` and the message.
std::string render_error(const SourceError& error, std::string_view source, std::string_view file,
                         uint32_t first_line = 1, uint32_t first_column = 1);

/// A warning or error at a place, with its line of [source] when that is not empty.
std::string render_diagnostic(std::string_view severity, uint32_t line, uint32_t column, std::string_view message,
                              std::string_view source, std::string_view file);
std::string render_warning(const SourceWarning& warning, std::string_view source, std::string_view file);

}  // namespace phial::compiler
