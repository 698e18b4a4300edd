// The expander's own atoms, interned once a session, and texts derived from atoms.
#pragma once

#include <string>
#include <string_view>

#include "vm/term/atom.h"

namespace phial::compiler {

struct Names {
  explicit Names(AtomTable& table) {
#define NAME(member, text) member = table.intern(text);
#include "compiler/expand/names.def"
#undef NAME
  }
#define NAME(member, text) Term member;
#include "compiler/expand/names.def"
#undef NAME
};

/// The name of the function behind a macro.
inline Term macro_function_name(AtomTable& atoms, Term name) {
  std::string text = "MACRO-";
  text += atoms.text(name);
  return atoms.intern(text);
}
inline bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}
/// `Elixir.Foo` for Foo, and so on: [name] as an alias.
inline Term alias_atom(AtomTable& atoms, std::string_view name) {
  std::string text = "Elixir.";
  text += starts_with(name, "Elixir.") ? name.substr(7) : name;
  return atoms.intern(text);
}

}  // namespace phial::compiler
