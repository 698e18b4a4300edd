// How the term of a signal is stored and taken out.
#pragma once

#include "vm/process/signals.h"

namespace phial {

/// A copy of the inline words of [signal] (which has some) in the heap of [p].
Term copy_from_signal(Process& p, const Signal& signal);
/// The term of [signal] in the heap of [p], whichever way it travelled; the signal may be freed after.
Term adopt_term(Process& p, Signal& signal);

/// A few words on the C++ stack to put a term together that is copied at once.
template <size_t N>
class ScratchSpace : public Space {
 public:
  ScratchSpace() {
    low_ = words_;
    hp_ = words_ + N;
  }

 private:
  Word* alloc_slow(size_t) override { VM_CHECK(!"scratch space is too small"); return nullptr; }
  Word words_[N];
};

}  // namespace phial
