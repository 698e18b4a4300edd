#include "vm/term/map_hamt.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "vm/term/compare.h"
#include "vm/term/hash.h"
#include "vm/term/list.h"

namespace phial::hamt {

namespace {

constexpr unsigned kBitsPerLevel = 4;
constexpr unsigned kLevelsPerHash = 8;

/// The path of one key through the trie: a child number for each level.
class Path {
 public:
  explicit Path(Term key) : key_(key), hash_(internal_hash(key)) {}
  unsigned digit(unsigned level) {
    unsigned block = level / kLevelsPerHash;
    if (__builtin_expect(block != block_, 0)) {
      block_ = block;
      hash_ = internal_hash(key_, block);
    }
    return (hash_ >> (kBitsPerLevel * (level % kLevelsPerHash))) & 15;
  }

 private:
  Term key_;
  uint32_t hash_;
  unsigned block_ = 0;
};

bool is_node(Term t) { return t.is_boxed() && header::kind(t.header()) == Kind::HashNode; }
Word bitmap_of(Term node) { return node.box()[1]; }
Word* children_of(Term node) { return node.box() + 2; }
size_t child_count(Term node) { return header::words(node.header()) - 1; }
/// Where the child for [digit] stands, or would stand.
size_t child_index(Word bitmap, unsigned digit) {
  return static_cast<size_t>(std::popcount(bitmap & ((Word{1} << digit) - 1)));
}

Term new_node(Space& space, Word bitmap, size_t count) {
  Word* box = space.alloc(2 + count);
  box[0] = header::make(Kind::HashNode, 1 + count);
  box[1] = bitmap;
  return Term::boxed(box);
}

Term with_child(Space& space, Term node, size_t index, Term child) {
  size_t count = child_count(node);
  Term copy = new_node(space, bitmap_of(node), count);
  std::memcpy(children_of(copy), children_of(node), count * sizeof(Word));
  children_of(copy)[index] = child.bits();
  return copy;
}

Term with_new_child(Space& space, Term node, unsigned digit, Term child) {
  size_t count = child_count(node);
  size_t index = child_index(bitmap_of(node), digit);
  Term copy = new_node(space, bitmap_of(node) | (Word{1} << digit), count + 1);
  Word* to = children_of(copy);
  std::memcpy(to, children_of(node), index * sizeof(Word));
  to[index] = child.bits();
  std::memcpy(to + index + 1, children_of(node) + index, (count - index) * sizeof(Word));
  return copy;
}

Term without_child(Space& space, Term node, unsigned digit) {
  size_t count = child_count(node);
  size_t index = child_index(bitmap_of(node), digit);
  Term copy = new_node(space, bitmap_of(node) & ~(Word{1} << digit), count - 1);
  Word* to = children_of(copy);
  std::memcpy(to, children_of(node), index * sizeof(Word));
  std::memcpy(to + index, children_of(node) + index + 1, (count - index - 1) * sizeof(Word));
  return copy;
}

Term bucket_put(Space& space, Term bucket, Term key, Term value, bool* added) {
  const Word* old = bucket.box();
  size_t count = header::words(old[0]);
  size_t at = 0;
  while (at < count && !equal_exact(Term::from_bits(old[1 + at]).head(), key)) ++at;
  *added = at == count;
  Term leaf = make_cons(space, key, value);
  Word* box = space.alloc(1 + count + *added);
  box[0] = header::make(Kind::HashBucket, count + *added);
  std::memcpy(box + 1, old + 1, count * sizeof(Word));
  box[1 + at] = leaf.bits();
  return Term::boxed(box);
}

/// A subtree at [level] with the two leaves, whose keys differ.
Term join_leaves(Space& space, Term old_leaf, Term new_leaf, Path& new_path, unsigned level) {
  Path old_path(old_leaf.head());
  unsigned first = level;
  while (level < kMapMaxDepth && old_path.digit(level) == new_path.digit(level)) ++level;
  Term tree;
  if (level == kMapMaxDepth) {
    Word* box = space.alloc(3);
    box[0] = header::make(Kind::HashBucket, 2);
    box[1] = old_leaf.bits();
    box[2] = new_leaf.bits();
    tree = Term::boxed(box);
  } else {
    unsigned a = old_path.digit(level), b = new_path.digit(level);
    tree = new_node(space, (Word{1} << a) | (Word{1} << b), 2);
    children_of(tree)[a > b] = old_leaf.bits();
    children_of(tree)[a < b] = new_leaf.bits();
  }
  while (level > first) {
    --level;
    Term above = new_node(space, Word{1} << new_path.digit(level), 1);
    children_of(above)[0] = tree.bits();
    tree = above;
  }
  return tree;
}

/// The nodes from the root down to where a key belongs.
struct Descent {
  Term nodes[kMapMaxDepth];
  unsigned depth = 0;  // nodes passed; the child below the last is [child]
  Term child;          // leaf, bucket, or none() when there is no child
};

Descent descend(Term map, Path& path) {
  Descent d;
  Term at = root(map);
  while (is_node(at)) {
    d.nodes[d.depth] = at;
    unsigned digit = path.digit(d.depth++);
    Word bitmap = bitmap_of(at);
    if (((bitmap >> digit) & 1) == 0) {
      d.child = Term::none();
      return d;
    }
    at = Term::from_bits(children_of(at)[child_index(bitmap, digit)]);
  }
  d.child = at;
  return d;
}

/// Copies the nodes above [depth] with [child] in the place of what was there.
Term rebuild(Space& space, const Descent& d, Path& path, unsigned depth, Term child) {
  while (depth > 0) {
    --depth;
    Term node = d.nodes[depth];
    child = with_child(space, node, child_index(bitmap_of(node), path.digit(depth)), child);
  }
  return child;
}

uint32_t reverse_digits(uint32_t h) {
  h = __builtin_bswap32(h);
  return ((h & 0x0f0f0f0f) << 4) | ((h >> 4) & 0x0f0f0f0f);
}

unsigned digit_of(const Entry& entry, unsigned level) {
  return (entry.hash >> (kBitsPerLevel * (level % kLevelsPerHash))) & 15;
}

void sort_by_path(std::span<Entry> entries) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return reverse_digits(a.hash) < reverse_digits(b.hash); });
}

/// The subtree of [entries], which are sorted by path. C++ recursion is bounded by kMapMaxDepth.
Term build_level(Space& space, std::span<Entry> entries, unsigned level) {
  if (entries.size() == 1) return make_cons(space, entries[0].key, entries[0].value);
  if (level == kLevelsPerHash) {
    for (Entry& entry : entries) entry.hash = internal_hash(entry.key, 1);
    sort_by_path(entries);
  }
  if (level == kMapMaxDepth) {
    Word* box = space.alloc(1 + entries.size());
    box[0] = header::make(Kind::HashBucket, entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      box[1 + i] = make_cons(space, entries[i].key, entries[i].value).bits();
    }
    return Term::boxed(box);
  }
  Term children[16];
  Word bitmap = 0;
  size_t count = 0;
  for (size_t from = 0; from < entries.size();) {
    unsigned digit = digit_of(entries[from], level);
    size_t to = from + 1;
    while (to < entries.size() && digit_of(entries[to], level) == digit) ++to;
    bitmap |= Word{1} << digit;
    children[count++] = build_level(space, entries.subspan(from, to - from), level + 1);
    from = to;
  }
  Term node = new_node(space, bitmap, count);
  std::memcpy(children_of(node), children, count * sizeof(Word));
  return node;
}

}  // namespace

Term make_map(Space& space, size_t size, Term root) {
  Word* box = space.alloc(3);
  box[0] = header::make(Kind::HashMap, 2);
  box[1] = size;
  box[2] = root.bits();
  return Term::boxed(box);
}

Term get(Term map, Term key) {
  Path path(key);
  Term at = root(map);
  for (unsigned level = 0; is_node(at); ++level) {
    unsigned digit = path.digit(level);
    Word bitmap = bitmap_of(at);
    if (((bitmap >> digit) & 1) == 0) return Term::none();
    at = Term::from_bits(children_of(at)[child_index(bitmap, digit)]);
  }
  if (at.is_cons()) return equal_exact(at.head(), key) ? at.tail() : Term::none();
  for (size_t i = 1; i <= header::words(at.header()); ++i) {
    Term leaf = Term::from_bits(at.box()[i]);
    if (equal_exact(leaf.head(), key)) return leaf.tail();
  }
  return Term::none();
}

Term put(Space& space, Term map, Term key, Term value) {
  Path path(key);
  Descent d = descend(map, path);
  bool added = true;
  Term child;
  unsigned depth = d.depth;
  if (d.child.is_none()) {
    --depth;
    child = with_new_child(space, d.nodes[depth], path.digit(depth), make_cons(space, key, value));
  } else if (!d.child.is_cons()) {
    child = bucket_put(space, d.child, key, value, &added);
  } else if (equal_exact(d.child.head(), key)) {
    if (d.child.tail() == value) return map;
    added = false;
    child = make_cons(space, d.child.head(), value);
  } else {
    child = join_leaves(space, d.child, make_cons(space, key, value), path, d.depth);
  }
  return make_map(space, map.box()[1] + added, rebuild(space, d, path, depth, child));
}

Term remove(Space& space, Term map, Term key) {
  Path path(key);
  Descent d = descend(map, path);
  if (d.child.is_none()) return map;
  unsigned depth = d.depth;
  Term rest;
  if (d.child.is_cons()) {
    if (!equal_exact(d.child.head(), key)) return map;
    // A node left with one leaf becomes that leaf, and so may the node above it.
    --depth;
    Term node = d.nodes[depth];
    rest = without_child(space, node, path.digit(depth));
    while (depth > 0 && is_node(rest) && child_count(rest) == 1 && !is_node(Term::from_bits(children_of(rest)[0])) &&
           Term::from_bits(children_of(rest)[0]).is_cons()) {
      Term leaf = Term::from_bits(children_of(rest)[0]);
      --depth;
      Term above = d.nodes[depth];
      rest = with_child(space, above, child_index(bitmap_of(above), path.digit(depth)), leaf);
    }
  } else {
    const Word* old = d.child.box();
    size_t count = header::words(old[0]);
    size_t at = 0;
    while (at < count && !equal_exact(Term::from_bits(old[1 + at]).head(), key)) ++at;
    if (at == count) return map;
    if (count == 2) {
      rest = Term::from_bits(old[2 - at]);
      while (depth > 1 && child_count(d.nodes[depth - 1]) == 1) --depth;
    } else {
      Word* box = space.alloc(count);
      box[0] = header::make(Kind::HashBucket, count - 1);
      std::memcpy(box + 1, old + 1, at * sizeof(Word));
      std::memcpy(box + 1 + at, old + 2 + at, (count - 1 - at) * sizeof(Word));
      rest = Term::boxed(box);
    }
  }
  return make_map(space, map.box()[1] - 1, rebuild(space, d, path, depth, rest));
}

Term build(Space& space, std::vector<Entry>& entries) {
  sort_by_path(entries);
  return make_map(space, entries.size(), build_level(space, entries, 0));
}

}  // namespace phial::hamt
