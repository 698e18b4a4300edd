#include "tools/cli/image.h"

extern "C" const char phial_stdlib_image[];
extern "C" const char phial_stdlib_image_end[];

namespace phial::cli {

std::string_view stdlib_image() {
  return {phial_stdlib_image, static_cast<size_t>(phial_stdlib_image_end - phial_stdlib_image)};
}

}  // namespace phial::cli
