#include "vm/ets/hash_store.h"

#include <cstdlib>
#include <utility>

namespace phial::ets {

namespace {
Object** new_segment(uint32_t segment) {
  uint32_t size = segment == 0 ? Buckets::kFirst : Buckets::kFirst << (segment - 1);
  auto* buckets = static_cast<Object**>(std::calloc(size, sizeof(Object*)));
  VM_CHECK(buckets != nullptr);
  return buckets;
}
}  // namespace

Buckets::Buckets() { segments[0] = new_segment(0); }

Buckets::~Buckets() {
  for (uint32_t i = 0; i < used; ++i) free_chain(at(i));
  for (Object** segment : segments) std::free(segment);
}

HashStore::~HashStore() { buckets_->used = buckets(); }

std::unique_ptr<Buckets> HashStore::take_all() {
  buckets_->used = buckets();
  active_.store(Buckets::kFirst, std::memory_order_release);
  mask_.store(Buckets::kFirst - 1, std::memory_order_release);
  ++life_;
  fixed_.store(0, std::memory_order_seq_cst);
  {
    std::lock_guard lock(deleted_lock_);
    deleted_.clear();
  }
  return std::exchange(buckets_, std::make_unique<Buckets>());
}

void HashStore::grow() {
  std::unique_lock resizing(resize_mutex_, std::try_to_lock);
  if (!resizing.owns_lock() || is_fixed()) return;
  uint32_t to = active_.load(std::memory_order_relaxed);
  uint32_t mask = mask_.load(std::memory_order_relaxed);
  uint32_t segment = Buckets::segment_of(to);
  if (segment >= Buckets::kSegments) return;
  if (buckets_->segments[segment] == nullptr) buckets_->segments[segment] = new_segment(segment);
  bool doubles = to == mask + 1;
  uint32_t wide = doubles ? 2 * mask + 1 : mask;
  uint32_t from = to & (wide >> 1);
  RwLock& lock = stripe(from);
  lock.lock();
  // The wider mask first: until active_ follows, it leads to the same buckets as the old one.
  if (doubles) mask_.store(wide, std::memory_order_release);
  active_.store(to + 1, std::memory_order_release);
  Object** stays = &bucket(from);
  Object** moves = &bucket(to);
  while (Object* object = *stays) {
    if ((object->hash & wide) == to) {
      *moves = object;
      moves = &object->next;
      *stays = object->next;
    } else {
      stays = &object->next;
    }
  }
  *moves = nullptr;
  lock.unlock();
}

void HashStore::shrink() {
  std::unique_lock resizing(resize_mutex_, std::try_to_lock);
  if (!resizing.owns_lock() || is_fixed()) return;
  uint32_t from = active_.load(std::memory_order_relaxed) - 1;
  uint32_t mask = mask_.load(std::memory_order_relaxed);
  if (from < Buckets::kFirst) return;
  uint32_t to = from & (mask >> 1);
  RwLock& lock = stripe(to);
  lock.lock();
  active_.store(from, std::memory_order_release);
  if (from == (mask >> 1) + 1) mask_.store(mask >> 1, std::memory_order_release);
  Object** end = &bucket(to);
  while (*end != nullptr) end = &(*end)->next;
  *end = bucket(from);
  bucket(from) = nullptr;
  lock.unlock();
}

uint64_t HashStore::fix() {
  std::lock_guard resizing(resize_mutex_);
  fixed_.fetch_add(1, std::memory_order_seq_cst);
  return life_;
}

void HashStore::unfix(uint64_t life) {
  std::lock_guard resizing(resize_mutex_);
  if (life != life_) return;
  if (fixed_.fetch_sub(1, std::memory_order_seq_cst) != 1) return;
  std::vector<uint32_t> marked;
  {
    std::lock_guard lock(deleted_lock_);
    marked.swap(deleted_);
  }
  for (uint32_t index : marked) purge(index);
}

void HashStore::note_deleted(uint32_t index) {
  std::lock_guard lock(deleted_lock_);
  if (deleted_.empty() || deleted_.back() != index) deleted_.push_back(index);
}

void HashStore::purge(uint32_t index) {
  RwLock& lock = stripe(index);
  lock.lock();
  for (Object** at = &bucket(index); *at != nullptr;) {
    Object* object = *at;
    if (object->deleted()) {
      *at = object->next;
      free_object(object);
    } else {
      at = &object->next;
    }
  }
  lock.unlock();
}

}  // namespace phial::ets
