// Copies of whole terms from one space into another: messages, table rows, literals. Iterative: one pass adds up the
// size, one copies into one piece of memory. What a term shares within itself is copied once for each use.
#pragma once

#include <cstddef>

#include "vm/term/space.h"

namespace phial {

class LiteralRegistry;

/// Words a copy of [term] takes. Terms in [literals] (may be null) are referred to, not copied.
size_t copy_size(Term term, const LiteralRegistry* literals);

/// The off-heap terms a copy made, linked, each with a count of its own.
struct CopiedOffHeap {
  Term head;
  Word* last = nullptr;  // the link of the last one
  size_t bytes = 0;
};
/// Copies [term] to [to], where [words] == copy_size(...) words are free.
Term copy_into(Word* to, size_t words, Term term, const LiteralRegistry* literals, CopiedOffHeap& off_heap);

/// A copy of [term] in [space].
Term deep_copy(Space& space, Term term, const LiteralRegistry* literals = nullptr);

}  // namespace phial
