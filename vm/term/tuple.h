// Tuples: a header and the elements. The empty tuple is a boxed header without words.
#pragma once

#include <initializer_list>
#include <span>

#include "vm/term/space.h"

namespace phial {

/// A tuple whose elements the caller must fill at once through tuple_slots().
inline Term make_tuple_uninitialised(Space& space, size_t arity) {
  Word* box = space.alloc(arity + 1);
  box[0] = header::make(Kind::Tuple, arity);
  return Term::boxed(box);
}
inline Term make_tuple(Space& space, std::span<const Term> elements) {
  Word* box = space.alloc(elements.size() + 1);
  box[0] = header::make(Kind::Tuple, elements.size());
  for (size_t i = 0; i < elements.size(); ++i) box[1 + i] = elements[i].bits();
  return Term::boxed(box);
}
inline Term make_tuple(Space& space, std::initializer_list<Term> elements) {
  return make_tuple(space, std::span<const Term>(elements.begin(), elements.size()));
}
inline size_t tuple_arity(Term tuple) { return header::words(tuple.header()); }
inline bool is_tuple_of(Term t, size_t arity) { return t.is_tuple() && tuple_arity(t) == arity; }
/// Element [i], counted from 0.
inline Term tuple_at(Term tuple, size_t i) { return Term::from_bits(tuple.box()[1 + i]); }
inline void tuple_set_fresh(Term tuple, size_t i, Term value) { tuple.box()[1 + i] = value.bits(); }

}  // namespace phial
