// Maps. Up to 32 keys: FlatMap, keys sorted in term order (exact order: 1 before 1.0). More: HashMap, a hash trie.
// Persistent: put and remove return a new map that shares structure; both representations are canonical, so equal
// maps of equal size have the same kind.
#pragma once

#include <span>

#include "vm/heap/space.h"

namespace phial {

class AtomTable;

inline constexpr size_t kFlatMapMaxKeys = 32;

Term make_empty_map(Space& space);
/// [pairs] is key, value, key, value...; later duplicates win.
Term make_map(Space& space, const AtomTable& atoms, std::span<const Term> pairs);
size_t map_size(Term map);
/// The value under [key] (===), or none().
Term map_get(Term map, Term key);
Term map_put(Space& space, const AtomTable& atoms, Term map, Term key, Term value);
/// [map] itself when the key is not there.
Term map_remove(Space& space, const AtomTable& atoms, Term map, Term key);

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
  Level levels_[14];
  int depth_ = -1;
};

}  // namespace phial
