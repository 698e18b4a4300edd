// When the memory of a process may be used again. A thread that looks processes up is a Reader; between two of its
// quiescent points it may hold pointers from ProcessTable::find. A retired process is free once every reader that was
// active when it was retired has passed a quiescent point since.
//
// operation  who            order
// online     reader         store seq_cst: visible before the reader's first lookup
// quiescent  reader         load acquire of the epoch, store release of its own: earlier lookups stay before it
// offline    reader         store release
// advance    retiring thread  fetch_add acq_rel after the process left the table
// min        retiring thread  load acquire of every reader's epoch
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace phial {

class Reclaimer {
 public:
  struct alignas(64) Reader {
    std::atomic<uint64_t> epoch{kOffline};
  };
  static constexpr uint64_t kOffline = UINT64_MAX;

  /// A place for a thread; stays for the life of the reclaimer.
  Reader* add_reader() {
    std::lock_guard lock(mutex_);
    readers_.push_back(std::make_unique<Reader>());
    return readers_.back().get();
  }

  void online(Reader& r) {
    r.epoch.store(epoch_.load(std::memory_order_acquire), std::memory_order_seq_cst);
    // The epoch may have moved between the load and the store; a reader that shows an old one is only slow.
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
  void quiescent(Reader& r) {
    uint64_t now = epoch_.load(std::memory_order_acquire);
    if (r.epoch.load(std::memory_order_relaxed) != now) r.epoch.store(now, std::memory_order_release);
  }
  void offline(Reader& r) { r.epoch.store(kOffline, std::memory_order_release); }

  /// Closes the present epoch: what was retired so far is free once min_epoch() reaches the result.
  uint64_t advance() { return epoch_.fetch_add(1, std::memory_order_acq_rel) + 1; }
  uint64_t min_epoch() {
    std::atomic_thread_fence(std::memory_order_seq_cst);
    std::lock_guard lock(mutex_);
    uint64_t least = UINT64_MAX;
    for (auto& r : readers_) {
      uint64_t e = r->epoch.load(std::memory_order_acquire);
      if (e < least) least = e;
    }
    return least;
  }

 private:
  std::atomic<uint64_t> epoch_{1};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> readers_;
};

/// Makes the calling thread a reader for a scope: for threads that are no schedulers.
class ReadGuard {
 public:
  ReadGuard(Reclaimer& reclaimer, Reclaimer::Reader& reader) : reclaimer_(reclaimer), reader_(reader) {
    reclaimer_.online(reader_);
  }
  ~ReadGuard() { reclaimer_.offline(reader_); }
  ReadGuard(const ReadGuard&) = delete;
  ReadGuard& operator=(const ReadGuard&) = delete;

 private:
  Reclaimer& reclaimer_;
  Reclaimer::Reader& reader_;
};

}  // namespace phial
