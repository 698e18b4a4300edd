// Where the literals of loaded code are. Terms there live as long as the runtime, so messages refer to them instead
// of copying them. A runtime has one registry; any thread may ask, and adding takes a lock.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "vm/heap/address_set.h"

namespace phial {

class ArenaSpace;

class LiteralRegistry {
 public:
  LiteralRegistry();
  LiteralRegistry(const LiteralRegistry&) = delete;
  LiteralRegistry& operator=(const LiteralRegistry&) = delete;

  /// Words [from, to) hold literals from now on.
  void add(const Word* from, const Word* to);
  /// All that was built in [arena]. Nothing more may be built there, and it must outlive the runtime's processes.
  void add(const ArenaSpace& arena);
  bool contains(const Word* address) const {
    return current_.load(std::memory_order_acquire)->contains(address);  // pairs with add()
  }
  bool contains(Term pointer) const { return contains(pointer.is_cons() ? pointer.cell() : pointer.box()); }

 private:
  std::atomic<AddressSet*> current_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<AddressSet>> sets_;  // outgrown ones stay: readers may be inside
};

}  // namespace phial
