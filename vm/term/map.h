// Maps. Up to 32 keys: FlatMap, keys sorted in exact term order (all integers before all floats). More: HashMap, a hash trie.
// Persistent: put and remove return a new map that shares structure; both representations are canonical, so equal
// maps have the same kind and the same shape.
//
// A trie node has up to 16 children, chosen by four bits of the key's hash, lowest bits first: eight levels for
// internal_hash(key), eight more for internal_hash(key, 1); keys that agree in all 64 bits share a HashBucket.
// A single entry below a node is a leaf: the cons [key|value].
#pragma once

#include <span>

#include "vm/term/space.h"

namespace phial {

class AtomTable;

inline constexpr size_t kFlatMapMaxKeys = 32;

Term make_empty_map(Space& space);
/// [pairs] is key, value, key, value...; later duplicates win.
Term make_map(Space& space, const AtomTable& atoms, std::span<const Term> pairs);
/// A map with the keys of [keys], a tuple of at most 32 in exact order without duplicates, and these values.
Term make_flat_map(Space& space, Term keys, std::span<const Term> values);
size_t map_size(Term map);
/// The value under [key] (===), or none().
Term map_get(Term map, Term key);
Term map_put(Space& space, const AtomTable& atoms, Term map, Term key, Term value);
/// [map] itself when the key is not there.
Term map_remove(Space& space, const AtomTable& atoms, Term map, Term key);

/// All of [a] and [b]; under a common key, the value of [b].
Term map_merge(Space& space, const AtomTable& atoms, Term a, Term b);
inline bool map_has_key(Term map, Term key) { return !map_get(map, key).is_none(); }
/// Key [i] of a flat map, counted from 0, and its value.
inline Term flat_map_key(Term map, size_t i) {
  return Term::from_bits(Term::from_bits(map.box()[1]).box()[1 + i]);
}
inline Term flat_map_value(Term map, size_t i) { return Term::from_bits(map.box()[2 + i]); }

/// Levels of trie nodes a HashMap can have.
inline constexpr int kMapMaxDepth = 16;

/// Walks a map: flat maps in key order, hash maps in hash order (the order of Map.to_list). No allocation.
class MapIterator {
 public:
  explicit MapIterator(Term map);
  /// False at the end.
  bool next(Term& key, Term& value);

 private:
  struct Level {
    Term node;
    uint32_t index;
  };
  Term map_;
  size_t flat_index_ = 0;
  Level levels_[kMapMaxDepth + 1];
  int depth_ = -1;
};

}  // namespace phial
