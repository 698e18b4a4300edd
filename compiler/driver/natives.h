// The natives that the compiler adds to a runtime.
#pragma once

namespace phial {
class CodeServer;
}

namespace phial::compiler {

/// Registers the expander's natives and those of native_code.cc; before any code is loaded.
void register_natives(CodeServer& server);
/// The expander's alone.
void register_session_natives(CodeServer& server);

}  // namespace phial::compiler
