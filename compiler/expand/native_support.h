// What the bodies of the expander's natives share. The bodies are in natives_module.cc and natives_macro.cc.
#pragma once

#include <string>

#include "compiler/expand/expand_state.h"
#include "vm/term/map.h"

namespace phial::compiler {

namespace native_bodies {
#define SESSION_NATIVE(module, function, arity, body) RunResult body(NativeCall& c);
#include "compiler/expand/natives.def"
#undef SESSION_NATIVE
}  // namespace native_bodies

inline RunResult ok(Term value) { return {false, value}; }

inline RunResult argument_error(NativeCall& c, const std::string& message) {
  const Names& n = c.session.names();
  Term fields[] = {atoms::struct_, n.Elixir_ArgumentError,       atoms::exception_, atoms::true_,
                   n.message,      make_binary(c.arena, message)};
  return c.host.raise_exception(make_map(c.arena, c.session.atoms(), fields));
}

}  // namespace phial::compiler
