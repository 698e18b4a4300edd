// A set of address ranges, asked "is this address in one of them" for every pointer a major collection or a
// message copy meets. Ranges are entered under each 64 KiB granule of memory they touch, in an open hash table; a
// lookup is one multiplication and, mostly, one probe.
//
// One thread may insert while others look up: an entry is published by the release store of its granule.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "vm/term/term.h"

namespace phial {

class AddressSet {
 public:
  static constexpr unsigned kGranuleBits = 16;
  /// Entries a range takes.
  static size_t granules(const Word* from, const Word* to) {
    if (from == to) return 0;
    return ((reinterpret_cast<uintptr_t>(to) - 1) >> kGranuleBits) -
           (reinterpret_cast<uintptr_t>(from) >> kGranuleBits) + 1;
  }

  /// Room for [entries]; see granules().
  explicit AddressSet(size_t entries) {
    unsigned bits = 4;
    while ((size_t{1} << bits) < 2 * entries) ++bits;
    shift_ = 64 - bits;
    mask_ = (size_t{1} << bits) - 1;
    entries_ = std::make_unique<Entry[]>(mask_ + 1);
  }

  bool has_room_for(size_t entries) const { return 2 * (used_ + entries) <= mask_ + 1; }
  size_t used() const { return used_; }

  void insert(const Word* from, const Word* to) {
    auto low = reinterpret_cast<uintptr_t>(from), high = reinterpret_cast<uintptr_t>(to);
    if (low == high) return;
    for (uintptr_t g = low >> kGranuleBits; g <= (high - 1) >> kGranuleBits; ++g) {
      size_t i = slot(g);
      while (entries_[i].granule.load(std::memory_order_relaxed) != 0) i = (i + 1) & mask_;
      entries_[i].low = low;
      entries_[i].size = high - low;
      entries_[i].granule.store(g, std::memory_order_release);  // pairs with contains()
      ++used_;
    }
  }

  bool contains(const Word* p) const {
    auto address = reinterpret_cast<uintptr_t>(p);
    uintptr_t granule = address >> kGranuleBits;
    for (size_t i = slot(granule);; i = (i + 1) & mask_) {
      const Entry& entry = entries_[i];
      uintptr_t found = entry.granule.load(std::memory_order_acquire);
      if (found == granule && address - entry.low < entry.size) return true;
      if (found == 0) return false;
    }
  }

  /// Enters everything in [other] here too.
  void insert_all(const AddressSet& other) {
    for (size_t i = 0; i <= other.mask_; ++i) {
      const Entry& entry = other.entries_[i];
      uintptr_t granule = entry.granule.load(std::memory_order_relaxed);
      if (granule == 0) continue;
      size_t j = slot(granule);
      while (entries_[j].granule.load(std::memory_order_relaxed) != 0) j = (j + 1) & mask_;
      entries_[j].low = entry.low;
      entries_[j].size = entry.size;
      entries_[j].granule.store(granule, std::memory_order_release);
      ++used_;
    }
  }

 private:
  struct Entry {
    std::atomic<uintptr_t> granule{0};  // 0 when free; nothing is ever at such low addresses
    uintptr_t low;
    uintptr_t size;
  };
  size_t slot(uintptr_t granule) const { return (granule * 0x9e3779b97f4a7c15) >> shift_; }

  std::unique_ptr<Entry[]> entries_;
  size_t mask_;
  size_t used_ = 0;
  unsigned shift_;
};

}  // namespace phial
