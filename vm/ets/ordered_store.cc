#include "vm/ets/ordered_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "vm/term/compare.h"

namespace phial::ets {

int OrderedStore::compare(Term a, Term b) const {
  if (a == b) return 0;
  if (a.is_fixnum() && b.is_fixnum()) return a.as_fixnum() < b.as_fixnum() ? -1 : 1;
  return compare_terms(a, b, atoms_);
}

uint32_t OrderedStore::position(const Leaf& leaf, Term key, bool& found) const {
  uint32_t low = 0, high = leaf.count;
  found = false;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    int order = compare(leaf.keys[middle], key);
    if (order == 0) {
      found = true;
      return middle;
    }
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

OrderedStore::Leaf* OrderedStore::leaf_for(Term key, Path* path) const {
  Node* node = root_;
  while (node != nullptr && !node->leaf) {
    auto* inner = static_cast<Inner*>(node);
    uint32_t low = 0, high = inner->count;
    while (low < high) {
      uint32_t middle = (low + high) / 2;
      if (compare(inner->keys[middle]->tuple, key) <= 0) low = middle + 1;
      else high = middle;
    }
    if (path != nullptr) {
      VM_CHECK(path->depth < kMaxDepth);
      path->nodes[path->depth] = inner;
      path->slots[path->depth++] = low;
    }
    node = inner->children[low];
  }
  return static_cast<Leaf*>(node);
}

Object* OrderedStore::find(Term key) const {
  Leaf* leaf = leaf_for(key, nullptr);
  if (leaf == nullptr) return nullptr;
  bool found;
  uint32_t at = position(*leaf, key, found);
  return found ? leaf->objects[at] : nullptr;
}

Object* OrderedStore::first() const { return first_ == nullptr ? nullptr : first_->objects[0]; }
Object* OrderedStore::last() const { return last_ == nullptr ? nullptr : last_->objects[last_->count - 1]; }

Object* OrderedStore::after(Term key) const {
  Leaf* leaf = leaf_for(key, nullptr);
  if (leaf == nullptr) return nullptr;
  bool found;
  uint32_t at = position(*leaf, key, found) + (found ? 1 : 0);
  if (at < leaf->count) return leaf->objects[at];
  return leaf->next == nullptr ? nullptr : leaf->next->objects[0];
}

Object* OrderedStore::before(Term key) const {
  Leaf* leaf = leaf_for(key, nullptr);
  if (leaf == nullptr) return nullptr;
  bool found;
  uint32_t at = position(*leaf, key, found);
  if (at > 0) return leaf->objects[at - 1];
  return leaf->previous == nullptr ? nullptr : leaf->previous->objects[leaf->previous->count - 1];
}

Object* OrderedStore::put(Object* object) {
  Term key = key_of(*object);
  if (root_ == nullptr) {
    auto* leaf = new Leaf;
    root_ = first_ = last_ = leaf;
  }
  Path path;
  Leaf* leaf = leaf_for(key, &path);
  bool found;
  uint32_t at = position(*leaf, key, found);
  if (found) {
    leaf->keys[at] = key;
    return std::exchange(leaf->objects[at], object);
  }
  if (leaf->count == kFan) {
    // Ascending inserts leave full leaves behind.
    uint32_t middle = at == kFan && leaf->next == nullptr ? kFan : kFan / 2;
    split_leaf(leaf, middle, path);
    if (at > middle || middle == kFan) {
      at -= middle;
      leaf = leaf->next;
    }
    if (middle == kFan) {
      // The fresh leaf is empty until now, so its separator is this key.
      leaf->keys[0] = key;
      leaf->objects[0] = object;
      leaf->count = 1;
      insert_child(path, make_object(key, literals_), leaf);
      return nullptr;
    }
  }
  std::copy_backward(leaf->keys + at, leaf->keys + leaf->count, leaf->keys + leaf->count + 1);
  std::copy_backward(leaf->objects + at, leaf->objects + leaf->count, leaf->objects + leaf->count + 1);
  leaf->keys[at] = key;
  leaf->objects[at] = object;
  ++leaf->count;
  return nullptr;
}

/// Moves the objects from [at] on to a new leaf behind [leaf]. An empty new leaf is not yet known to the inner nodes.
void OrderedStore::split_leaf(Leaf* leaf, uint32_t at, Path& path) {
  auto* right = new Leaf;
  right->count = leaf->count - at;
  std::copy(leaf->keys + at, leaf->keys + leaf->count, right->keys);
  std::copy(leaf->objects + at, leaf->objects + leaf->count, right->objects);
  leaf->count = at;
  right->next = leaf->next;
  right->previous = leaf;
  if (leaf->next != nullptr) leaf->next->previous = right;
  else last_ = right;
  leaf->next = right;
  if (right->count > 0) insert_child(path, make_object(right->keys[0], literals_), right);
}

/// Puts [child], which holds keys from [key] on, to the right of the place that [path] leads to.
void OrderedStore::insert_child(Path& path, Object* key, Node* child) {
  while (path.depth > 0) {
    Inner* inner = path.nodes[--path.depth];
    uint32_t slot = path.slots[path.depth];
    if (inner->count < kFan) {
      std::copy_backward(inner->keys + slot, inner->keys + inner->count, inner->keys + inner->count + 1);
      std::copy_backward(inner->children + slot + 1, inner->children + inner->count + 1, inner->children + inner->count + 2);
      inner->keys[slot] = key;
      inner->children[slot + 1] = child;
      ++inner->count;
      return;
    }
    // Full: all kFan + 1 keys in order, the middle one goes up.
    Object* keys[kFan + 1];
    Node* children[kFan + 2];
    std::copy(inner->keys, inner->keys + slot, keys);
    keys[slot] = key;
    std::copy(inner->keys + slot, inner->keys + kFan, keys + slot + 1);
    std::copy(inner->children, inner->children + slot + 1, children);
    children[slot + 1] = child;
    std::copy(inner->children + slot + 1, inner->children + kFan + 1, children + slot + 2);
    uint32_t middle = slot == kFan ? kFan - 1 : kFan / 2;
    auto* right = new Inner;
    inner->count = middle;
    std::copy(keys, keys + middle, inner->keys);
    std::copy(children, children + middle + 1, inner->children);
    right->count = kFan - middle;
    std::copy(keys + middle + 1, keys + kFan + 1, right->keys);
    std::copy(children + middle + 1, children + kFan + 2, right->children);
    key = keys[middle];
    child = right;
  }
  auto* root = new Inner;
  root->count = 1;
  root->keys[0] = key;
  root->children[0] = root_;
  root->children[1] = child;
  root_ = root;
}

Object* OrderedStore::remove(Term key) {
  Path path;
  Leaf* leaf = leaf_for(key, &path);
  if (leaf == nullptr) return nullptr;
  bool found;
  uint32_t at = position(*leaf, key, found);
  if (!found) return nullptr;
  Object* object = leaf->objects[at];
  std::copy(leaf->keys + at + 1, leaf->keys + leaf->count, leaf->keys + at);
  std::copy(leaf->objects + at + 1, leaf->objects + leaf->count, leaf->objects + at);
  if (--leaf->count == 0) drop_leaf(leaf, path);
  return object;
}

void OrderedStore::drop_leaf(Leaf* leaf, Path& path) {
  (leaf->previous != nullptr ? leaf->previous->next : first_) = leaf->next;
  (leaf->next != nullptr ? leaf->next->previous : last_) = leaf->previous;
  delete leaf;
  for (;;) {
    if (path.depth == 0) {
      root_ = nullptr;
      return;
    }
    Inner* inner = path.nodes[--path.depth];
    uint32_t slot = path.slots[path.depth];
    if (inner->count == 0) {  // it had this child only
      delete inner;
      continue;
    }
    uint32_t key = slot > 0 ? slot - 1 : 0;
    free_object(inner->keys[key]);
    std::copy(inner->keys + key + 1, inner->keys + inner->count, inner->keys + key);
    std::copy(inner->children + slot + 1, inner->children + inner->count + 1, inner->children + slot);
    --inner->count;
    break;
  }
  while (!root_->leaf && root_->count == 0) {
    auto* inner = static_cast<Inner*>(root_);
    root_ = inner->children[0];
    delete inner;
  }
}

Object* OrderedStore::take_all() {
  Object* all = nullptr;
  for (Leaf* leaf = first_; leaf != nullptr;) {
    for (uint32_t i = 0; i < leaf->count; ++i) {
      leaf->objects[i]->next = all;
      all = leaf->objects[i];
    }
    leaf = leaf->next;
  }
  std::vector<Node*> nodes;
  if (root_ != nullptr) nodes.push_back(root_);
  while (!nodes.empty()) {
    Node* node = nodes.back();
    nodes.pop_back();
    if (node->leaf) {
      delete static_cast<Leaf*>(node);
      continue;
    }
    auto* inner = static_cast<Inner*>(node);
    for (uint32_t i = 0; i < inner->count; ++i) free_object(inner->keys[i]);
    for (uint32_t i = 0; i <= inner->count; ++i) nodes.push_back(inner->children[i]);
    delete inner;
  }
  root_ = nullptr;
  first_ = last_ = nullptr;
  return all;
}

OrderedStore::~OrderedStore() { free_chain(take_all()); }

}  // namespace phial::ets
