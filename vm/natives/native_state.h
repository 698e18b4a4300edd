// What natives keep per runtime beside the processes: compiled regular expressions, persistent terms, the program's arguments.
// Made with the runtime, safe from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "vm/ets/tables.h"
#include "vm/natives/persistent_terms.h"
#include "vm/natives/regex_cache.h"
#include "vm/process/process.h"
#include "vm/process/system.h"

namespace phial {

/// The arguments of the program: what System.argv shows. Code may replace them.
struct ProgramArguments {
  std::mutex mutex;
  std::vector<std::string> argv;
  bool no_halt = false;
};

struct NativeState final : SystemPart {
  RegexCache regexes;
  PersistentTerms persistent;
  ProgramArguments program;
  std::unique_ptr<ets::Tables> tables;  // ProcessSystem::tables is this
};

/// The state of the runtime that [p] belongs to.
inline NativeState& native_state(Process& p) { return static_cast<NativeState&>(*p.system->natives); }

}  // namespace phial
