// Terms as text in Elixir syntax, for dumps, crash reports and debugging: what Kernel.inspect gives for plain data, on
// one line. (The Inspect protocol itself is in Elixir, in stdlib.) Iterative; thread-safe on terms that do not move.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "vm/term/term.h"

namespace phial {

class AtomTable;

/// [max_bytes]: stops there and ends in "...".
std::string inspect_term(Term term, const AtomTable& atoms, size_t max_bytes = ~size_t{0});
/// An atom as it is written in source: :ok, nil, Foo.Bar, :"with space".
std::string inspect_atom(std::string_view text);
/// An atom as a key of a keyword list or map, with its colon: a:, "with space":.
std::string inspect_key(std::string_view text);
/// [text] between [quote] characters, escaped.
void append_quoted(std::string& out, std::string_view text, char quote);
/// Whether [text] is valid UTF-8 without control characters other than those with an escape of their own.
bool is_printable_text(std::string_view text);

}  // namespace phial
