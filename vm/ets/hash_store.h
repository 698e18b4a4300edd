// The objects of a set, bag or duplicate bag: a hash table that grows and shrinks by one bucket at a time (linear
// hashing), so that no operation pays for the whole table.
//
// Locks. A bucket belongs to the stripe with the low bits of its number; splitting a bucket keeps it in its stripe. Who
// calls bucket functions holds the stripe of the hash: shared to look, exclusive to change. resize_mutex_ comes first
// in the lock order, then stripes.
//
// Traversal goes by bucket number, in order. It is complete, and meets nothing twice, while the store is fixed:
// then the number of buckets stays as it is and deleted objects keep their places, marked.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "vm/ets/object.h"
#include "vm/support/rw_lock.h"

namespace phial::ets {

struct alignas(64) Stripe {
  RwLock lock;
};

/// The buckets themselves, in pieces that double in size. Destroying them frees the objects.
struct Buckets {
  static constexpr uint32_t kFirst = 256;
  static constexpr uint32_t kSegments = 24;
  Buckets();
  ~Buckets();
  Buckets(const Buckets&) = delete;
  Buckets& operator=(const Buckets&) = delete;

  static uint32_t segment_of(uint32_t index) { return index < kFirst ? 0 : 32 - static_cast<uint32_t>(__builtin_clz(index / kFirst)); }
  Object*& at(uint32_t index) {
    uint32_t segment = segment_of(index);
    return segments[segment][index - (segment == 0 ? 0 : kFirst << (segment - 1))];
  }

  Object** segments[kSegments] = {};
  uint32_t used = kFirst;  // when destroyed
};

/// Made once for a place in the list of tables and used again for later tables there, so that late visitors do no harm.
class HashStore {
 public:
  HashStore(Stripe* stripes, uint32_t stripe_count)
      : buckets_(std::make_unique<Buckets>()), stripes_(stripes), stripe_count_(stripe_count) {}
  ~HashStore();
  HashStore(const HashStore&) = delete;
  HashStore& operator=(const HashStore&) = delete;

  uint32_t buckets() const { return active_.load(std::memory_order_acquire); }
  Object*& bucket_of(uint32_t hash) { return bucket(index_of(hash)); }
  Object*& bucket(uint32_t index) { return buckets_->at(index); }
  uint32_t index_of(uint32_t hash) const {
    // A split of another stripe's bucket may change these meanwhile; it never changes the answer for this stripe.
    uint32_t mask = mask_.load(std::memory_order_acquire);
    uint32_t index = hash & mask;
    return index < active_.load(std::memory_order_acquire) ? index : index & (mask >> 1);
  }

  /// Grows or shrinks a little if [objects] asks for it. The caller holds no stripe.
  void adapt(int64_t objects) {
    uint32_t active = active_.load(std::memory_order_relaxed);
    if (objects > active) {
      grow();
    } else if (active > Buckets::kFirst && objects < active / 2) {
      // A table that is being emptied must not end as a long row of empty buckets.
      for (int i = objects < active / 4 ? 4 : 1; i > 0; --i) shrink();
    }
  }

  /// Says for which life of the store the answer counts.
  uint64_t fix();
  void unfix(uint64_t life);
  bool is_fixed() const { return fixed_.load(std::memory_order_seq_cst) > 0; }
  /// Remembers a bucket that holds an object marked as deleted.
  void note_deleted(uint32_t index);
  /// Empties the store and ends its life. The caller holds resizing() and every stripe.
  std::unique_ptr<Buckets> take_all();
  std::mutex& resizing() { return resize_mutex_; }

 private:
  void grow();
  void shrink();
  void purge(uint32_t index);
  RwLock& stripe(uint32_t index) { return stripes_[index & (stripe_count_ - 1)].lock; }

  std::unique_ptr<Buckets> buckets_;
  std::atomic<uint32_t> active_{Buckets::kFirst};
  std::atomic<uint32_t> mask_{Buckets::kFirst - 1};
  Stripe* stripes_;
  uint32_t stripe_count_;
  std::atomic<int32_t> fixed_{0};  // written under resize_mutex_
  uint64_t life_ = 0;              // under resize_mutex_
  std::mutex resize_mutex_;
  SpinLock deleted_lock_;
  std::vector<uint32_t> deleted_;  // buckets; under deleted_lock_
};

}  // namespace phial::ets
