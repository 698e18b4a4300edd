#include "vm/ets/table.h"

#include "vm/term/compare.h"
#include "vm/term/hash.h"

namespace phial::ets {

Table::Table(uint32_t slot, bool ordered, uint32_t stripe_count)
    : slot(slot), ordered(ordered), stripe_count(stripe_count), stripes_(std::make_unique<Stripe[]>(stripe_count)),
      store_(stripes_.get(), stripe_count) {}

Table::~Table() {
  if (heir_data != nullptr) free_object(heir_data);
}

uint32_t Table::hash(Term key, uint32_t atom_hash) const {
  if (ordered) return 0;
  return (key.is_atom() ? atom_hash : internal_hash(key)) & 0x7fff'ffff;
}

void Table::lock_all() {
  for (uint32_t i = 0; i < stripe_count; ++i) stripes_[i].lock.lock();
}
void Table::unlock_all() {
  for (uint32_t i = 0; i < stripe_count; ++i) stripes_[i].lock.unlock();
}
void Table::lock_all_shared() {
  for (uint32_t i = 0; i < stripe_count; ++i) stripes_[i].lock.lock_shared();
}
void Table::unlock_all_shared() {
  for (uint32_t i = 0; i < stripe_count; ++i) stripes_[i].lock.unlock_shared();
}

void Table::count(int64_t objects, int64_t words) {
  if (stripe_count == 1) {
    // The one lock makes this thread the only writer.
    objects_.store(objects_.load(std::memory_order_relaxed) + objects, std::memory_order_relaxed);
    words_.store(words_.load(std::memory_order_relaxed) + words, std::memory_order_relaxed);
    return;
  }
  objects_.fetch_add(objects, std::memory_order_relaxed);
  words_.fetch_add(words, std::memory_order_relaxed);
}

bool Table::same_key(const Object& object, uint32_t hash, Term key) const {
  if (object.hash != hash) return false;
  Term its = key_of(object);
  if (its == key) return true;
  return its.is_pointer() && key.is_pointer() && equal_exact(its, key);
}

Object* Table::find(uint32_t hash, Term key) {
  if (ordered) return tree_->find(key);
  for (Object* object = store_.bucket_of(hash); object != nullptr; object = object->next) {
    if (same_key(*object, hash, key) && !object->deleted()) return object;
  }
  return nullptr;
}

Object* Table::next_same(Object* object, Term key) const {
  if (ordered) return nullptr;
  uint32_t hash = object->hash;
  // Objects with one key stand together.
  for (object = object->next; object != nullptr && same_key(*object, hash, key); object = object->next) {
    if (!object->deleted()) return object;
  }
  return nullptr;
}

Object* Table::insert(Object* object) {
  if (!ordered) return insert_hashed(object);
  Object* old = tree_->put(object);
  int64_t words = static_cast<int64_t>(object->memory_words());
  if (old == nullptr) count(1, words);
  else count(0, words - static_cast<int64_t>(old->memory_words()));
  return old;
}

Object* Table::insert_hashed(Object* object) {
  Term key = key_of(*object);
  int64_t words = static_cast<int64_t>(object->memory_words());
  Object** at = &store_.bucket_of(object->hash);
  while (*at != nullptr && !same_key(**at, object->hash, key)) at = &(*at)->next;
  Object** place = options.type == TableType::Set && *at != nullptr ? at : nullptr;
  if (options.type == TableType::Bag) {
    for (Object** q = at; *q != nullptr && same_key(**q, object->hash, key); q = &(*q)->next) {
      if (!equal_exact((*q)->tuple, object->tuple)) continue;
      if (!(*q)->deleted()) return object;
      place = q;
      break;
    }
  }
  if (place == nullptr) {
    // Before others with the same key, else at the end of the bucket.
    object->next = *at;
    *at = object;
    count(1, words);
    return nullptr;
  }
  at = place;
  Object* old = *at;
  object->next = old->next;
  *at = object;
  if (old->deleted()) count(1, words);
  else count(0, words - static_cast<int64_t>(old->memory_words()));
  old->next = nullptr;
  return old;
}

void Table::replace(Object* old, Object* fresh) {
  if (ordered) {
    tree_->put(fresh);
  } else {
    Object** at = &store_.bucket_of(old->hash);
    while (*at != old) at = &(*at)->next;
    fresh->next = old->next;
    fresh->hash = old->hash;
    *at = fresh;
  }
  count(0, static_cast<int64_t>(fresh->memory_words()) - static_cast<int64_t>(old->memory_words()));
  old->next = nullptr;
}

Contents Table::take_all(const AtomTable& atoms, const LiteralRegistry& literals) {
  Contents contents;
  contents.objects = objects();
  if (ordered) {
    contents.ordered = std::move(tree_);
    begin(atoms, literals);
  } else {
    contents.buckets = store_.take_all();
  }
  objects_.store(0, std::memory_order_relaxed);
  words_.store(0, std::memory_order_relaxed);
  return contents;
}

void Table::begin(const AtomTable& atoms, const LiteralRegistry& literals) {
  if (ordered) tree_ = std::make_unique<OrderedStore>(atoms, literals, key_index.load(std::memory_order_relaxed));
}

}  // namespace phial::ets
