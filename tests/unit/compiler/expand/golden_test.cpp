// Compares expansions of tests/golden/expanded/*.ex with the .out beside each. A file holds snippets between lines of
// dashes; those that start with defmodule show the definitions of module M. PHIAL_BLESS=1 rewrites the .out files.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/compiler/expand/expand_helper.h"

namespace phial::compiler::test {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string expansion(const std::string& snippet) {
  Fixture f;
  if (snippet.rfind("defmodule", 0) == 0) return f.define(snippet);
  return f.expand(snippet);
}

TEST(Golden, Expanded) {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::directory_iterator(fs::path(PHIAL_SOURCE_DIR) / "tests/golden/expanded")) {
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
      actual += snippet + "=> " + expansion(snippet) + "\n\n";
      snippet.clear();
    }
    fs::path expected = entry.path();
    expected.replace_extension(".out");
    if (std::getenv("PHIAL_BLESS")) std::ofstream(expected, std::ios::binary) << actual;
    else EXPECT_EQ(actual, read(expected)) << entry.path();
  }
}

}  // namespace
}  // namespace phial::compiler::test
