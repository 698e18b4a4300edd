// phial --dump=STAGE FILE: what a stage of the compiler makes of a file, as text on standard output.
#pragma once

#include <string>

namespace phial::cli {

/// Exit status; a file that does not compile up to the stage prints its error and gives 1.
int dump(const std::string& stage, const std::string& file);

}  // namespace phial::cli
