// Quoted forms as text, in the notation of Elixir's inspect, on one line: for --dump=ast and tests.
// Works on terms of any depth without recursion.
#pragma once

#include <string>

#include "vm/term/atom.h"

namespace phial::compiler {

struct InspectQuotedOptions {
  bool charlists_as_lists = false;
};

std::string inspect_quoted(Term quoted, const AtomTable& atoms, const InspectQuotedOptions& options = {});

}  // namespace phial::compiler
