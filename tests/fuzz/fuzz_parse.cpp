// Any bytes parse to a tree or to an error whose text can be rendered.
#include <cstdint>
#include <string_view>

#include "compiler/parse/diagnostic.h"
#include "compiler/parse/inspect_quoted.h"
#include "compiler/parse/parser.h"
#include "vm/heap/arena_space.h"

using namespace phial;
using namespace phial::compiler;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view source(reinterpret_cast<const char*>(data), size);
  AtomTable atoms;
  ArenaSpace space;
  ParseOptions options;
  options.token_metadata = size % 2 == 0;
  options.max_stack_bytes = 256 << 10;
  ParseResult result = parse(source, options, space, atoms);
  if (result.ok) (void)inspect_quoted(result.quoted, atoms);
  else (void)render_error(result.error, source, "fuzz.exs");
  return 0;
}
