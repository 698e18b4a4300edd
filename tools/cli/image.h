// The standard library linked into this program.
#pragma once

#include <string_view>

namespace phial::cli {

std::string_view stdlib_image();

}  // namespace phial::cli
