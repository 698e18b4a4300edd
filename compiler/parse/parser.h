// Source text to quoted form: what Code.string_to_quoted does.
//
// The tree consists of terms in the space given; atoms go to the table given. The same input and options give the
// same tree. Usable from any thread, as long as the space belongs to it.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/lex/hooks.h"
#include "compiler/lex/source_error.h"
#include "vm/term/space.h"
#include "vm/term/atom.h"

namespace phial::compiler {

struct ParseOptions {
  uint32_t line = 1;
  uint32_t column = 1;
  bool columns = true;          // metadata has columns
  bool token_metadata = false;  // metadata has closing, do, end, newlines, end_of_expression, delimiter, ...
  bool unescape = true;
  bool existing_atoms_only = false;
  ParseHooks* hooks = nullptr;
  size_t max_tokens = size_t{1} << 25;
  /// C stack that parsing may use; source nested more deeply is an error. The caller has that much left.
  size_t max_stack_bytes = size_t{6} << 20;
};

struct ParseResult {
  bool ok = false;
  Term quoted;        // when ok
  SourceError error;  // when not
  std::vector<SourceWarning> warnings;
};

ParseResult parse(std::string_view source, const ParseOptions& options, Space& space, AtomTable& atoms);

/// What Code.string_to_quoted returns beside :error: {metadata, message or {prefix, suffix}, token}.
Term error_term(const SourceError& error, Space& space, AtomTable& atoms);

}  // namespace phial::compiler
