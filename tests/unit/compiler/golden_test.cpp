// Compares trees and tokens of tests/golden/{ast,tokens}/*.ex with the .out beside each. A file holds snippets between
// lines of dashes. PHIAL_BLESS=1 rewrites the .out files; read the difference before committing it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/compiler/parse_helper.h"

namespace phial::compiler::test {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> snippets(const std::string& text) {
  std::vector<std::string> out(1);
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line == "----")
      out.emplace_back();
    else
      out.back() += (out.back().empty() ? "" : "\n") + line;
  }
  return out;
}

void check_folder(const char* folder, std::string (*show)(const std::string&)) {
  namespace fs = std::filesystem;
  fs::path root = fs::path(PHIAL_SOURCE_DIR) / "tests/golden" / folder;
  bool bless = std::getenv("PHIAL_BLESS") != nullptr;
  size_t files = 0;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.path().extension() != ".ex") continue;
    ++files;
    std::string actual;
    for (const std::string& snippet : snippets(read(entry.path())))
      actual += snippet + "\n=> " + show(snippet) + "\n\n";
    fs::path expected = entry.path();
    expected.replace_extension(".out");
    if (bless)
      std::ofstream(expected, std::ios::binary) << actual;
    else
      EXPECT_EQ(actual, read(expected)) << entry.path();
  }
  EXPECT_GT(files, 0u);
}

TEST(Golden, Ast) {
  check_folder("ast", [](const std::string& s) { return ast(s); });
}
TEST(Golden, Tokens) {
  check_folder("tokens", [](const std::string& s) { return tokens(s); });
}

}  // namespace
}  // namespace phial::compiler::test
