#include "tools/cli/dump.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "compiler/driver/run.h"
#include "compiler/parse/diagnostic.h"
#include "compiler/parse/inspect_quoted.h"
#include "compiler/parse/parser.h"
#include "tools/cli/image.h"

namespace phial::cli {

namespace {

int dump_ast(const std::string& source, const std::string& file) {
  AtomTable atoms;
  ArenaSpace space;
  compiler::ParseResult r = compiler::parse(source, {}, space, atoms);
  if (!r.ok) {
    std::fprintf(stderr, "%s\n", compiler::render_error(r.error, source, file).c_str());
    return 1;
  }
  std::printf("%s\n", compiler::inspect_quoted(r.quoted, atoms).c_str());
  return 0;
}

}  // namespace

int dump(const std::string& stage, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream source;
  if (!in || !(source << in.rdbuf())) {
    std::fprintf(stderr, "phial: cannot read %s\n", file.c_str());
    return 1;
  }
  if (stage == "ast") return dump_ast(source.str(), file);
  compiler::Instance instance({}, stdlib_image());
  instance.compiler().dump = {stage, [](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }};
  compiler::Job job;
  job.kind = compiler::Job::Kind::File;
  job.sources = {file};
  return instance.run(job);
}

}  // namespace phial::cli
