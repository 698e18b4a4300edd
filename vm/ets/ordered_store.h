// The objects of an ordered set: a B+ tree by key, in Elixir's term order (1 == 1.0). Leaves hold the key words beside
// the objects, so that a search for a number touches no object, and are linked in order. Inner nodes own copies of the
// keys that separate their children. A leaf is freed when its last object goes; nodes are not merged before that.
//
// The table's one lock guards it all: shared to look, exclusive to change. A position is a key, so a traversal needs
// nothing to be held in place.
#pragma once

#include "vm/ets/object.h"
#include "vm/term/atom.h"

namespace phial {

class LiteralRegistry;

namespace ets {

class OrderedStore {
 public:
  OrderedStore(const AtomTable& atoms, const LiteralRegistry& literals, uint32_t key_index)
      : atoms_(atoms), literals_(literals), key_index_(key_index) {}
  ~OrderedStore();
  OrderedStore(const OrderedStore&) = delete;
  OrderedStore& operator=(const OrderedStore&) = delete;

  Object* find(Term key) const;
  Object* first() const;
  Object* last() const;
  /// The object with the least key above [key], which need not be there; the greatest below.
  Object* after(Term key) const;
  Object* before(Term key) const;

  /// Puts [object] in the place of its key. What stood there is returned for the caller to free, or null.
  Object* put(Object* object);
  /// Takes the object with [key] out; null when there is none.
  Object* remove(Term key);
  /// Empties the store: all objects, linked.
  Object* take_all();

  Term key_of(const Object& object) const { return Term::from_bits(object.tuple.box()[1 + key_index_]); }

 private:
  static constexpr uint32_t kFan = 32;
  static constexpr uint32_t kMaxDepth = 24;
  struct Node {
    uint32_t count = 0;  // keys
    bool leaf;
  };
  struct Leaf : Node {
    Leaf() { leaf = true; }
    Term keys[kFan];
    Object* objects[kFan];
    Leaf* next = nullptr;
    Leaf* previous = nullptr;
  };
  /// Child i holds keys >= key i-1 and < key i.
  struct Inner : Node {
    Inner() { leaf = false; }
    Object* keys[kFan];  // copies of the keys
    Node* children[kFan + 1];
  };
  struct Path {
    Inner* nodes[kMaxDepth];
    uint32_t slots[kMaxDepth];
    uint32_t depth = 0;
  };

  int compare(Term a, Term b) const;
  /// The number of keys of [leaf] below [key]; [found] when the next one equals it.
  uint32_t position(const Leaf& leaf, Term key, bool& found) const;
  Leaf* leaf_for(Term key, Path* path) const;
  void split_leaf(Leaf* leaf, uint32_t at, Path& path);
  void insert_child(Path& path, Object* key, Node* child);
  void drop_leaf(Leaf* leaf, Path& path);

  const AtomTable& atoms_;
  const LiteralRegistry& literals_;
  uint32_t key_index_;  // from 0
  Node* root_ = nullptr;
  Leaf* first_ = nullptr;
  Leaf* last_ = nullptr;
};

}  // namespace ets
}  // namespace phial
