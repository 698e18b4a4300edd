// Where terms are built. A Space hands out words, bumping a pointer downwards; when its piece is used up
// it takes another. It never moves anything: what alloc returned stays where it is for as long as the space
// lives or, in a process heap, until that process's next safepoint.
//
// Three things are spaces: a process heap (ProcessHeap in heap.h), a compile arena (arena_space.h) and a message
// fragment (fragment.h). So a builder written once (tuple.h, list.h, map.h, ...) serves them all.
// A space belongs to one thread at a time.
#pragma once

#include "vm/term/term.h"

namespace phial {

struct SharedBinary;

class Space {
 public:
  /// [words] fresh words, uninitialised; the caller fills all of them before the next safepoint.
  Word* alloc(size_t words) {
    if (__builtin_expect(static_cast<size_t>(hp_ - low_) < words, 0)) return alloc_slow(words);
    hp_ -= words;
    return hp_;
  }
  /// Head of the list of terms of this space that hold a count outside it (RefBinary, Resource), linked
  /// through their own "next" word. Builders of such terms push here.
  Term off_heap = Term::none();
  /// Bytes those terms keep alive outside the space, as counted when they were pushed.
  size_t off_heap_bytes = 0;

 protected:
  Space() = default;
  ~Space() = default;
  virtual Word* alloc_slow(size_t words) = 0;
  Word* hp_ = nullptr;   // lowest word in use
  Word* low_ = nullptr;  // lowest word that may be handed out
};

}  // namespace phial
