// A fragment: a term on its way from one process to another, copied out of the sender's heap into one piece of
// memory that the receiver takes over. Whoever holds the pointer owns it.
#pragma once

#include "vm/term/space.h"

namespace phial {

class LiteralRegistry;

struct Fragment {
  Fragment* next;  // for the owner's use: a queue, a list
  size_t words;    // of data
  Term root;
  Term off_heap;  // off-heap terms in it, linked
  size_t off_heap_bytes;
  Word* data() { return reinterpret_cast<Word*>(this + 1); }
};

/// A copy of [term] in a fragment, which becomes its root. Literals are referred to. An immediate or a literal needs no
/// fragment: the result is null then.
Fragment* copy_to_fragment(Term term, const LiteralRegistry& literals);
/// For a message nobody will read.
void discard(Fragment* fragment);

}  // namespace phial
