// Inside of HashMap, for map.cpp: see map.h for the shape.
#pragma once

#include <vector>

#include "vm/term/map.h"

namespace phial::hamt {

struct Entry {
  uint32_t hash;   // internal_hash(key)
  uint32_t order;  // where map.cpp found it
  Term key;
  Term value;
};

inline Term root(Term map) { return Term::from_bits(map.box()[2]); }
Term make_map(Space& space, size_t size, Term root);
Term get(Term map, Term key);
Term put(Space& space, Term map, Term key, Term value);
/// The map without [key], still as a trie however small; [map] itself when the key is not there.
Term remove(Space& space, Term map, Term key);
/// A trie of [entries], none twice. Reorders them.
Term build(Space& space, std::vector<Entry>& entries);

}  // namespace phial::hamt
