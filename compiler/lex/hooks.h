// Lets Elixir code take part in lexing and parsing: the options static_atoms_encoder, literal_encoder and
// preserve_comments of Code.string_to_quoted. Calls may suspend the running fiber; the terms passed are arena terms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/term/term.h"

namespace phial::compiler {

struct Token;

class ParseHooks {
 public:
  virtual ~ParseHooks() = default;
  virtual bool encodes_atoms() const { return false; }
  virtual bool encodes_literals() const { return false; }
  virtual bool wants_comments() const { return false; }
  /// The term that stands for an atom of the source. none() with [error] set to refuse it.
  virtual Term encode_atom(std::string_view text, uint32_t line, uint32_t column, std::string& error) {
    return Term::none();
  }
  /// The node that stands for [literal]. none() with [error] set to refuse it.
  virtual Term encode_literal(Term literal, Term meta, std::string& error) { return literal; }
  /// A comment from `#` to the end of its line; [previous_newlines] is the number of newlines since the last token.
  virtual void comment(std::string_view text, uint32_t line, uint32_t column, uint32_t previous_newlines,
                       uint32_t next_newlines) {}
};

}  // namespace phial::compiler
