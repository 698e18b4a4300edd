// What natives keep per runtime beside the processes: compiled regular expressions, persistent terms. Made with the runtime,
// safe from any thread.
#pragma once

#include "vm/natives/persistent_terms.h"
#include "vm/natives/regex_cache.h"

namespace phial {

class Process;

struct NativeState {
  RegexCache regexes;
  PersistentTerms persistent;
};

/// The state of the runtime that [p] belongs to.
NativeState& native_state(Process& p);

}  // namespace phial
