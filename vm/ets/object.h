// A tuple stored in a table: one allocation outside all heaps, with the tuple's words behind the header. The table that
// holds the pointer owns it; its locks say who may look at it.
#pragma once

#include <cstdint>

#include "vm/term/space.h"

namespace phial {

class LiteralRegistry;

namespace ets {

struct Object {
  static constexpr uint32_t kDeleted = 1;  // a traversal is under way: it counts as gone, but keeps its place
  static constexpr uint32_t kFlat = 2;     // no word of the data points into the data

  Object* next;    // in its bucket
  Term tuple;      // stands at data(), unless it is a literal
  Term off_heap;   // off-heap terms in the data, linked
  uint32_t hash;   // of the key; 0 in ordered tables
  uint32_t flags;
  uint64_t words;  // of data; 0 for a literal
  Word* data() { return reinterpret_cast<Word*>(this + 1); }
  const Word* data() const { return reinterpret_cast<const Word*>(this + 1); }
  bool deleted() const { return (flags & kDeleted) != 0; }
  /// Words it takes in memory.
  uint64_t memory_words() const { return sizeof(Object) / sizeof(Word) + words; }
};

/// A copy of [term], which may be any term; literals are referred to.
Object* make_object(Term term, const LiteralRegistry& literals);
void free_object(Object* object);
/// A copy of the tuple of [object] in [space].
Term copy_out(Space& space, const Object& object);
/// Frees a chain linked by next.
void free_chain(Object* first);

/// Gives element [i] (from 0) of the stored tuple the value of an immediate. False when the tuple is a literal or the
/// value is no immediate: then the object must be made anew.
bool set_element_in_place(Object& object, size_t i, Term value);

}  // namespace ets
}  // namespace phial
