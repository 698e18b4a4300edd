// A map from nonzero 64-bit keys to small values, for relations of a process: mostly empty or of one or two entries,
// sometimes of a hundred thousand. Entries stand dense in an array (the first kInline of them in place), so walking
// them is fast; beyond kLinear entries an index of open addressing finds them. Order of entries is arbitrary after an
// erase. Pointers to entries are good until the next insert or erase. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

namespace phial {

template <typename Value, uint32_t kInline = 1>
class IdMap {
 public:
  struct Entry {
    uint64_t key;
    Value value;
  };
  static_assert(std::is_trivially_copyable_v<Value>);

  IdMap() = default;
  IdMap(const IdMap&) = delete;
  IdMap& operator=(const IdMap&) = delete;
  ~IdMap() { clear(); }

  uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Entry* begin() { return entries(); }
  Entry* end() { return entries() + size_; }

  /// The value under [key], or null.
  Value* find(uint64_t key) {
    uint32_t at = position(key);
    return at == kNone ? nullptr : &entries()[at].value;
  }
  bool contains(uint64_t key) { return position(key) != kNone; }

  /// The value under [key], made from [fresh] when there was none; second says whether it was made.
  std::pair<Value*, bool> insert(uint64_t key, const Value& fresh) {
    uint32_t at = position(key);
    if (at != kNone) return {&entries()[at].value, false};
    if (size_ == capacity_) grow();
    Entry& e = entries()[size_];
    e.key = key;
    e.value = fresh;
    ++size_;
    if (size_ > kLinear) index_insert(key, size_ - 1);
    return {&e.value, true};
  }

  /// Whether there was one.
  bool erase(uint64_t key) {
    uint32_t at = position(key);
    if (at == kNone) return false;
    Entry* all = entries();
    if (index_ != nullptr) index_erase(key);
    uint32_t last = size_ - 1;
    if (at != last) {
      all[at] = all[last];
      if (index_ != nullptr) index_[index_slot(all[at].key)] = at;
    }
    --size_;
    if (index_ != nullptr && size_ <= kLinear) drop_index();
    return true;
  }

  void clear() {
    drop_index();
    if (heap_ != nullptr) std::free(heap_);
    heap_ = nullptr;
    size_ = 0;
    capacity_ = kInline;
  }

  size_t bytes() const {
    return (heap_ != nullptr ? capacity_ * sizeof(Entry) : 0) + (index_ != nullptr ? (index_mask_ + 1) * 4u : 0);
  }

 private:
  static constexpr uint32_t kNone = ~0u;
  static constexpr uint32_t kLinear = 8;

  Entry* entries() { return heap_ != nullptr ? heap_ : reinterpret_cast<Entry*>(inline_); }

  static uint64_t mix(uint64_t key) {
    key *= 0x9e3779b97f4a7c15u;
    return key ^ (key >> 29);
  }
  uint32_t position(uint64_t key) {
    if (index_ == nullptr) {
      Entry* all = entries();
      for (uint32_t i = 0; i < size_; ++i) {
        if (all[i].key == key) return i;
      }
      return kNone;
    }
    return index_[index_slot(key)];
  }
  /// The slot that holds [key], or the free one where a search for it ends.
  uint32_t index_slot(uint64_t key) {
    Entry* all = entries();
    uint32_t slot = static_cast<uint32_t>(mix(key)) & index_mask_;
    while (index_[slot] != kNone && all[index_[slot]].key != key) slot = (slot + 1) & index_mask_;
    return slot;
  }
  void index_insert(uint64_t key, uint32_t at) {
    if (index_ == nullptr || size_ * 2 > index_mask_) {
      rebuild_index();
      return;
    }
    index_[index_slot(key)] = at;
  }
  void rebuild_index() {
    drop_index();
    uint32_t slots = 32;
    while (slots < size_ * 4) slots *= 2;
    index_mask_ = slots - 1;
    index_ = static_cast<uint32_t*>(std::malloc(slots * sizeof(uint32_t)));
    std::memset(index_, 0xff, slots * sizeof(uint32_t));
    Entry* all = entries();
    for (uint32_t i = 0; i < size_; ++i) index_[index_slot(all[i].key)] = i;
  }
  /// Frees the slot of [key] and moves up later members of its run.
  void index_erase(uint64_t key) {
    Entry* all = entries();
    uint32_t hole = index_slot(key);
    for (uint32_t next = (hole + 1) & index_mask_; index_[next] != kNone; next = (next + 1) & index_mask_) {
      uint32_t home = static_cast<uint32_t>(mix(all[index_[next]].key)) & index_mask_;
      if (((next - home) & index_mask_) >= ((next - hole) & index_mask_)) {
        index_[hole] = index_[next];
        hole = next;
      }
    }
    index_[hole] = kNone;
  }
  void drop_index() {
    if (index_ != nullptr) std::free(index_);
    index_ = nullptr;
  }
  void grow() {
    uint32_t wanted = capacity_ < 4 ? 4 : capacity_ * 2;
    Entry* bigger = static_cast<Entry*>(std::malloc(wanted * sizeof(Entry)));
    std::memcpy(static_cast<void*>(bigger), entries(), size_ * sizeof(Entry));
    if (heap_ != nullptr) std::free(heap_);
    heap_ = bigger;
    capacity_ = wanted;
  }

  Entry* heap_ = nullptr;
  uint32_t* index_ = nullptr;
  uint32_t index_mask_ = 0;
  uint32_t size_ = 0;
  uint32_t capacity_ = kInline;
  alignas(Entry) unsigned char inline_[sizeof(Entry) * kInline];
};

}  // namespace phial
