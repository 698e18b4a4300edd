// The standard library as one block of read-only bytes: a directory of modules and their module files. Modules are
// decoded when first used. The bytes were verified when they were built and must stay valid as long as the source.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "vm/code/code_server.h"

namespace phial {

/// The image of [modules], name to module file.
std::string write_image(const std::map<std::string, std::string>& modules);

class ImageSource final : public ModuleSource {
 public:
  /// [image] may be empty. A malformed image holds no modules.
  ImageSource(std::string_view image, AtomTable& atoms);
  bool find(Term module, Found& out) override;

 private:
  // Names are compared as text, in the directory's order, so that starting up interns nothing.
  std::string_view image_;
  uint32_t count_ = 0;
  AtomTable& atoms_;
};

}  // namespace phial
