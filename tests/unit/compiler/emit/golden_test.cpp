// Compares stages of the compiler with tests/golden/{core,opt,bytecode}/*.out. A file holds snippets of definitions between lines
// of dashes. PHIAL_BLESS=1 rewrites the .out files; read the difference before committing it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/compiler/emit/compile_helper.h"

namespace phial::compiler::test {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void check_stage(const char* folder, DumpStage stage) {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::directory_iterator(fs::path(PHIAL_SOURCE_DIR) / "tests/golden" / folder)) {
    if (entry.path().extension() != ".ex") continue;
    std::string actual, snippet;
    std::stringstream in(read(entry.path()));
    bool more = true;
    while (more) {
      std::string line;
      more = static_cast<bool>(std::getline(in, line));
      if (more && line != "----") {
        snippet += line + "\n";
        continue;
      }
      actual += snippet + "=>\n" + dump(snippet, stage) + "\n";
      snippet.clear();
    }
    fs::path expected = entry.path();
    expected.replace_extension(".out");
    if (std::getenv("PHIAL_BLESS")) std::ofstream(expected, std::ios::binary) << actual;
    else EXPECT_EQ(actual, read(expected)) << entry.path();
  }
}

TEST(Golden, Core) { check_stage("core", DumpStage::Core); }
TEST(Golden, Opt) { check_stage("opt", DumpStage::Opt); }
TEST(Golden, Bytecode) { check_stage("bytecode", DumpStage::Bytecode); }

}  // namespace
}  // namespace phial::compiler::test
