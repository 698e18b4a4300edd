// Source text to the text of its tree or error, for tests.
#pragma once

#include <string>

#include "compiler/lex/lexer.h"
#include "compiler/parse/diagnostic.h"
#include "compiler/parse/inspect_quoted.h"
#include "compiler/parse/parser.h"
#include "vm/heap/arena_space.h"

namespace phial::compiler::test {

inline std::string ast(std::string_view source, ParseOptions options = {}) {
  AtomTable atoms;
  ArenaSpace arena;
  ParseResult result = parse(source, options, arena, atoms);
  Term term = result.ok ? result.quoted : error_term(result.error, arena, atoms);
  return (result.ok ? "" : "error ") + inspect_quoted(term, atoms);
}

/// The tree without columns: metadata is [line: n].
inline std::string ast_lines(std::string_view source) {
  ParseOptions options;
  options.columns = false;
  return ast(source, options);
}

inline std::string message(std::string_view source, std::string_view file = "nofile") {
  AtomTable atoms;
  ArenaSpace arena;
  ParseResult result = parse(source, {}, arena, atoms);
  return result.ok ? "ok" : render_error(result.error, source, file);
}

inline std::string tokens(std::string_view source) {
  AtomTable atoms;
  TokenStream stream;
  LexOptions options;
  Lexer lexer(source, options, atoms, stream);
  if (!lexer.run()) return render_error(lexer.error(), source, "nofile");
  std::string out;
  for (const Token& t : stream.tokens) {
    if (!out.empty()) out += ' ';
    out += std::to_string(t.line) + ":" + std::to_string(t.column) + " " + std::string(token_kind_name(t.kind));
    bool number = t.kind == TokenKind::Int || t.kind == TokenKind::Float;
    if (number)
      out += "(" + std::string(stream.number_text(t)) + ")";
    else if (t.kind == TokenKind::Char)
      out += "(" + std::to_string(t.value) + ")";
    else if (t.value && t.term().is_atom())
      out += "(" + std::string(atoms.text(t.term())) + ")";
    if (!number && t.newlines) out += "+" + std::to_string(t.newlines);
  }
  return out;
}

}  // namespace phial::compiler::test
