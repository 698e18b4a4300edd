#include "vm/term/map.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "vm/term/atom.h"
#include "vm/term/compare.h"
#include "vm/term/hash.h"
#include "vm/term/map_hamt.h"
#include "vm/term/tuple.h"

namespace phial {

namespace {

constexpr size_t kNotFound = ~size_t{0};

bool is_flat(Term map) { return map.is_kind(Kind::FlatMap); }
size_t flat_size(Term map) { return header::words(map.header()) - 1; }
Term keys_of(Term map) { return Term::from_bits(map.box()[1]); }

/// Whether two such terms are equal only as the same word. Not so for floats: 0.0 === -0.0.
bool is_identity_key(Term key) { return !key.is_pointer() && !key.is_flonum(); }

int compare_keys(Term a, Term b, const AtomTable& atoms) {
  if (a.is_atom() && b.is_atom()) return a == b ? 0 : atoms.text(a).compare(atoms.text(b));
  return compare_exact(a, b, atoms);
}

size_t find_flat(Term map, Term key) {
  size_t size = flat_size(map);
  const Word* keys = keys_of(map).box() + 1;
  if (is_identity_key(key)) {
    for (size_t i = 0; i < size; ++i) {
      if (keys[i] == key.bits()) return i;
    }
    return kNotFound;
  }
  for (size_t i = 0; i < size; ++i) {
    if (equal_exact(Term::from_bits(keys[i]), key)) return i;
  }
  return kNotFound;
}

/// The number of keys before [key] among the sorted [keys].
size_t lower_bound(const Word* keys, size_t count, Term key, const AtomTable& atoms) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (compare_keys(Term::from_bits(keys[middle]), key, atoms) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

Term make_flat(Space& space, const Term* keys, const Term* values, size_t size) {
  Term tuple = make_tuple(space, std::span<const Term>(keys, size));
  return make_flat_map(space, tuple, std::span<const Term>(values, size));
}

/// A flat map from unsorted entries without duplicates, at most kFlatMapMaxKeys.
Term make_flat_unsorted(Space& space, const AtomTable& atoms, std::vector<hamt::Entry>& entries) {
  std::sort(entries.begin(), entries.end(),
            [&](const hamt::Entry& a, const hamt::Entry& b) { return compare_keys(a.key, b.key, atoms) < 0; });
  Term keys[kFlatMapMaxKeys], values[kFlatMapMaxKeys];
  for (size_t i = 0; i < entries.size(); ++i) {
    keys[i] = entries[i].key;
    values[i] = entries[i].value;
  }
  return make_flat(space, keys, values, entries.size());
}

Term make_unsorted(Space& space, const AtomTable& atoms, std::vector<hamt::Entry>& entries) {
  if (entries.size() <= kFlatMapMaxKeys) return make_flat_unsorted(space, atoms, entries);
  return hamt::build(space, entries);
}

/// Leaves of equal keys only the last in [entries]; changes the order.
void drop_earlier_duplicates(std::vector<hamt::Entry>& entries) {
  for (size_t i = 0; i < entries.size(); ++i) entries[i].order = static_cast<uint32_t>(i);
  std::sort(entries.begin(), entries.end(), [](const hamt::Entry& a, const hamt::Entry& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.order < b.order;
  });
  size_t kept = 0;
  size_t group = 0;  // first kept entry with the hash at hand
  for (const hamt::Entry& entry : entries) {
    if (kept == 0 || entries[kept - 1].hash != entry.hash) group = kept;
    size_t i = group;
    while (i < kept && !equal_exact(entries[i].key, entry.key)) ++i;
    if (i < kept)
      entries[i].value = entry.value;
    else
      entries[kept++] = entry;
  }
  entries.resize(kept);
}

void append_entries(std::vector<hamt::Entry>& entries, Term map, bool hashed) {
  MapIterator it(map);
  Term key, value;
  while (it.next(key, value)) entries.push_back({hashed ? internal_hash(key) : 0, 0, key, value});
}

Term flat_to_hash(Space& space, Term map, Term key, Term value) {
  std::vector<hamt::Entry> entries;
  entries.reserve(flat_size(map) + 1);
  append_entries(entries, map, true);
  entries.push_back({internal_hash(key), 0, key, value});
  return hamt::build(space, entries);
}

Term flat_merge(Space& space, const AtomTable& atoms, Term a, Term b) {
  if (keys_of(a) == keys_of(b)) return b;
  size_t a_size = flat_size(a), b_size = flat_size(b);
  Term keys[2 * kFlatMapMaxKeys], values[2 * kFlatMapMaxKeys];
  size_t i = 0, j = 0, n = 0;
  while (i < a_size || j < b_size) {
    int order = i == a_size ? 1 : j == b_size ? -1 : compare_keys(flat_map_key(a, i), flat_map_key(b, j), atoms);
    keys[n] = order > 0 ? flat_map_key(b, j) : flat_map_key(a, i);
    values[n] = order < 0 ? flat_map_value(a, i) : flat_map_value(b, j);
    i += order <= 0;
    j += order >= 0;
    ++n;
  }
  if (n == a_size) return make_flat_map(space, keys_of(a), std::span<const Term>(values, n));
  if (n == b_size) return make_flat_map(space, keys_of(b), std::span<const Term>(values, n));
  if (n <= kFlatMapMaxKeys) return make_flat(space, keys, values, n);
  std::vector<hamt::Entry> entries;
  entries.reserve(n);
  for (size_t k = 0; k < n; ++k) entries.push_back({internal_hash(keys[k]), 0, keys[k], values[k]});
  return hamt::build(space, entries);
}

}  // namespace

Term make_empty_map(Space& space) { return make_flat(space, nullptr, nullptr, 0); }

Term make_flat_map(Space& space, Term keys, std::span<const Term> values) {
  VM_ASSERT(tuple_arity(keys) == values.size() && values.size() <= kFlatMapMaxKeys);
  Word* box = space.alloc(2 + values.size());
  box[0] = header::make(Kind::FlatMap, 1 + values.size());
  box[1] = keys.bits();
  for (size_t i = 0; i < values.size(); ++i) box[2 + i] = values[i].bits();
  return Term::boxed(box);
}

Term make_map(Space& space, const AtomTable& atoms, std::span<const Term> pairs) {
  VM_ASSERT(pairs.size() % 2 == 0);
  if (pairs.size() / 2 <= kFlatMapMaxKeys) {
    Word keys[kFlatMapMaxKeys], values[kFlatMapMaxKeys];
    size_t size = 0;
    for (size_t i = 0; i < pairs.size(); i += 2) {
      Term key = pairs[i];
      // Keys often come in order already.
      size_t at = size > 0 && compare_keys(Term::from_bits(keys[size - 1]), key, atoms) < 0
                      ? size
                      : lower_bound(keys, size, key, atoms);
      if (at == size || compare_keys(Term::from_bits(keys[at]), key, atoms) != 0) {
        std::move_backward(keys + at, keys + size, keys + size + 1);
        std::move_backward(values + at, values + size, values + size + 1);
        keys[at] = key.bits();
        ++size;
      }
      values[at] = pairs[i + 1].bits();
    }
    Word* box = space.alloc(2 + size);
    Word* tuple = space.alloc(1 + size);
    box[0] = header::make(Kind::FlatMap, 1 + size);
    box[1] = Term::boxed(tuple).bits();
    std::copy_n(values, size, box + 2);
    tuple[0] = header::make(Kind::Tuple, size);
    std::copy_n(keys, size, tuple + 1);
    return Term::boxed(box);
  }
  std::vector<hamt::Entry> entries;
  entries.reserve(pairs.size() / 2);
  for (size_t i = 0; i < pairs.size(); i += 2) {
    entries.push_back({internal_hash(pairs[i]), 0, pairs[i], pairs[i + 1]});
  }
  drop_earlier_duplicates(entries);
  return make_unsorted(space, atoms, entries);
}

size_t map_size(Term map) { return is_flat(map) ? flat_size(map) : map.box()[1]; }

Term map_get(Term map, Term key) {
  if (!is_flat(map)) return hamt::get(map, key);
  size_t at = find_flat(map, key);
  return at == kNotFound ? Term::none() : flat_map_value(map, at);
}

Term map_put(Space& space, const AtomTable& atoms, Term map, Term key, Term value) {
  if (!is_flat(map)) return hamt::put(space, map, key, value);
  size_t size = flat_size(map);
  size_t at = find_flat(map, key);
  if (at != kNotFound) {
    if (flat_map_value(map, at) == value) return map;
    Word* box = space.alloc(2 + size);
    std::memcpy(box, map.box(), (2 + size) * sizeof(Word));
    box[2 + at] = value.bits();
    return Term::boxed(box);
  }
  if (size == kFlatMapMaxKeys) return flat_to_hash(space, map, key, value);
  const Word* old_keys = keys_of(map).box() + 1;
  at = lower_bound(old_keys, size, key, atoms);
  Word* keys = space.alloc(2 + size);
  keys[0] = header::make(Kind::Tuple, size + 1);
  std::memcpy(keys + 1, old_keys, at * sizeof(Word));
  keys[1 + at] = key.bits();
  std::memcpy(keys + 2 + at, old_keys + at, (size - at) * sizeof(Word));
  Word* box = space.alloc(3 + size);
  const Word* old_values = map.box() + 2;
  box[0] = header::make(Kind::FlatMap, 2 + size);
  box[1] = Term::boxed(keys).bits();
  std::memcpy(box + 2, old_values, at * sizeof(Word));
  box[2 + at] = value.bits();
  std::memcpy(box + 3 + at, old_values + at, (size - at) * sizeof(Word));
  return Term::boxed(box);
}

Term map_remove(Space& space, const AtomTable& atoms, Term map, Term key) {
  if (!is_flat(map)) {
    Term rest = hamt::remove(space, map, key);
    if (map_size(rest) > kFlatMapMaxKeys) return rest;
    std::vector<hamt::Entry> entries;
    append_entries(entries, rest, false);
    return make_flat_unsorted(space, atoms, entries);
  }
  size_t at = find_flat(map, key);
  if (at == kNotFound) return map;
  size_t rest = flat_size(map) - 1;
  const Word* old_keys = keys_of(map).box();
  const Word* old = map.box();
  Word* keys = space.alloc(1 + rest);
  keys[0] = header::make(Kind::Tuple, rest);
  std::memcpy(keys + 1, old_keys + 1, at * sizeof(Word));
  std::memcpy(keys + 1 + at, old_keys + 2 + at, (rest - at) * sizeof(Word));
  Word* box = space.alloc(2 + rest);
  box[0] = header::make(Kind::FlatMap, 1 + rest);
  box[1] = Term::boxed(keys).bits();
  std::memcpy(box + 2, old + 2, at * sizeof(Word));
  std::memcpy(box + 2 + at, old + 3 + at, (rest - at) * sizeof(Word));
  return Term::boxed(box);
}

Term map_merge(Space& space, const AtomTable& atoms, Term a, Term b) {
  size_t a_size = map_size(a), b_size = map_size(b);
  if (a_size == 0 || a == b) return b;
  if (b_size == 0) return a;
  if (is_flat(a) && is_flat(b)) return flat_merge(space, atoms, a, b);
  // A few entries are put one by one, sharing the rest of the trie; many make a new one.
  bool b_smaller = b_size <= a_size;
  if ((b_smaller ? b_size * 4 : a_size * 4) < a_size + b_size) {
    Term merged = b_smaller ? a : b;
    MapIterator it(b_smaller ? b : a);
    Term key, value;
    while (it.next(key, value)) {
      if (b_smaller || !map_has_key(merged, key)) merged = map_put(space, atoms, merged, key, value);
    }
    return merged;
  }
  std::vector<hamt::Entry> entries;
  entries.reserve(a_size + b_size);
  append_entries(entries, a, true);
  append_entries(entries, b, true);
  drop_earlier_duplicates(entries);
  return hamt::build(space, entries);
}

MapIterator::MapIterator(Term map) : map_(map) {
  if (is_flat(map)) return;
  Term root = hamt::root(map);
  depth_ = 0;
  levels_[0] = {root, static_cast<uint32_t>(header::words(root.header()))};
}

bool MapIterator::next(Term& key, Term& value) {
  if (is_flat(map_)) {
    if (flat_index_ == flat_size(map_)) return false;
    key = flat_map_key(map_, flat_index_);
    value = flat_map_value(map_, flat_index_++);
    return true;
  }
  // Children are visited from the last to the first. A level's index is one past the word to visit next;
  // word 1 of a node is its bitmap, of a bucket its first leaf.
  while (depth_ >= 0) {
    Level& level = levels_[depth_];
    uint32_t first = level.node.is_kind(Kind::HashNode) ? 2 : 1;
    if (level.index < first) {
      --depth_;
      continue;
    }
    Term child = Term::from_bits(level.node.box()[level.index--]);
    if (child.is_cons()) {
      key = child.head();
      value = child.tail();
      return true;
    }
    levels_[++depth_] = {child, static_cast<uint32_t>(header::words(child.header()))};
  }
  return false;
}

}  // namespace phial
