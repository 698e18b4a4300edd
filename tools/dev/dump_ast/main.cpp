// Shows how source text is read: `dump_ast [--tokens] [--no-columns] [--token-metadata] [--error-term] [--lists]
// FILE...`. Standard input when FILE is -. The tree, or the error as Elixir prints it, goes to standard output, one
// line a file for trees; warnings go to standard error with --warnings.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "compiler/lex/lexer.h"
#include "compiler/parse/diagnostic.h"
#include "compiler/parse/inspect_quoted.h"
#include "compiler/parse/parser.h"
#include "vm/heap/arena_space.h"
#include "vm/term/binary.h"

using namespace phial;
using namespace phial::compiler;

namespace {

void print_tokens(const std::string& source) {
  AtomTable atoms;
  TokenStream stream;
  LexOptions options;
  Lexer lexer(source, options, atoms, stream);
  if (!lexer.run()) {
    std::printf("%s\n", render_error(lexer.error(), source, "nofile").c_str());
    return;
  }
  for (const Token& t : stream.tokens) {
    std::string text;
    if (t.kind == TokenKind::Int || t.kind == TokenKind::Float)
      text = stream.number_text(t);
    else if (t.kind == TokenKind::Char)
      text = std::to_string(t.value);
    else if (t.value && t.term().is_atom())
      text = atoms.text(t.term());
    std::printf("%u:%u %s %s\n", t.line, t.column, std::string(token_kind_name(t.kind)).c_str(), text.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  ParseOptions options;
  InspectQuotedOptions inspect;
  bool tokens = false, error_terms = false, warnings = false, list_warnings = false, quiet = false;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    if (arg == "--tokens")
      tokens = true;
    else if (arg == "--no-columns")
      options.columns = false;
    else if (arg == "--token-metadata")
      options.token_metadata = true;
    else if (arg == "--error-term")
      error_terms = true;
    else if (arg == "--warnings")
      warnings = true;
    else if (arg == "--list-warnings")
      list_warnings = true;
    else if (arg == "--lists")
      inspect.charlists_as_lists = true;
    else if (arg == "--quiet")
      quiet = true;
    else {
      std::string source;
      if (arg == "-")
        source.assign(std::istreambuf_iterator<char>(std::cin), {});
      else {
        std::ifstream in(arg, std::ios::binary);
        source.assign(std::istreambuf_iterator<char>(in), {});
      }
      if (tokens) {
        print_tokens(source);
        continue;
      }
      AtomTable atoms;
      ArenaSpace arena;
      ParseResult result = parse(source, options, arena, atoms);
      if (warnings)
        for (const SourceWarning& w : result.warnings)
          std::fprintf(stderr, "%s\n\n", render_warning(w, source, arg == "-" ? "nofile" : arg).c_str());
      std::string text;
      if (result.ok)
        text = quiet ? "ok" : inspect_quoted(result.quoted, atoms, inspect);
      else if (error_terms)
        text = "{:error, " + inspect_quoted(error_term(result.error, arena, atoms), atoms, inspect) + "}";
      else
        text = render_error(result.error, source, arg == "-" ? "nofile" : arg);
      std::fwrite(text.data(), 1, text.size(), stdout);
      std::fputc('\n', stdout);
      if (list_warnings && result.ok)
        for (const SourceWarning& w : result.warnings)
          std::printf("W %u:%u %s\n", w.line, w.column,
                      inspect_quoted(make_binary(arena, w.message), atoms, inspect).c_str());
    }
  }
  return 0;
}
