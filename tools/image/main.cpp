// phial_image BOOT_LIST IMAGE: compiles the standard library, file by file in the order of BOOT_LIST, and writes its modules to IMAGE
// (vm/code/image.h). Runs at build time.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "compiler/driver/compiler.h"
#include "compiler/driver/run.h"
#include "vm/bytecode/writer.h"
#include "vm/code/code_server.h"
#include "vm/code/image.h"

using namespace phial;

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: phial_image BOOT_LIST IMAGE\n");
    return 2;
  }
  std::filesystem::path list_path = argv[1];
  std::ifstream list(list_path);
  if (!list) {
    std::fprintf(stderr, "phial_image: cannot read %s\n", argv[1]);
    return 1;
  }
  std::map<std::string, std::string> modules;  // a later definition takes over
  RuntimeOptions options;
  options.schedulers = 1;
  compiler::Instance instance(options, {});
  bool written_in_full = true;
  instance.compiler().on_module = [&](const ModuleCode& code) {
    std::string bytes = write_module(code, instance.runtime().atoms, instance.runtime().code);
    if (bytes.empty()) written_in_full = false;
    modules[std::string(instance.runtime().atoms.text(code.name))] = std::move(bytes);
  };
  std::vector<std::string> files;
  for (std::string line; std::getline(list, line);) {
    if (line.empty() || line[0] == '#') continue;
    files.push_back((list_path.parent_path() / line).string());
  }
  int status = instance.compile_files(files);
  if (status != 0) return status;
  if (!written_in_full) {
    std::fprintf(stderr, "phial_image: a module holds a literal that has no file form\n");
    return 1;
  }
  std::ofstream out(argv[2], std::ios::binary);
  out << write_image(modules);
  return out.good() ? 0 : 1;
}
