// A lock for short sections that many threads enter to read and few to write. Readers count themselves in one word; a
// writer announces itself, so that a stream of readers cannot keep it out. Waiting spins, then yields the processor.
#pragma once

#include <atomic>
#include <cstdint>

#include "vm/support/spin_lock.h"

namespace phial {

class RwLock {
 public:
  void lock_shared() {
    // acquire pairs with the release in unlock(): a reader sees all that the last writer did.
    while (__builtin_expect((state_.fetch_add(1, std::memory_order_acquire) & kWriter) != 0, 0)) {
      state_.fetch_sub(1, std::memory_order_relaxed);
      wait_while(kWriter);
    }
  }
  void unlock_shared() { state_.fetch_sub(1, std::memory_order_release); }

  void lock() {
    while (__builtin_expect((state_.fetch_or(kWriter, std::memory_order_acquire) & kWriter) != 0, 0)) wait_while(kWriter);
    // The writer's place is taken; readers inside leave. acquire pairs with unlock_shared().
    if (__builtin_expect(state_.load(std::memory_order_acquire) != kWriter, 0)) wait_while(~kWriter);
  }
  void unlock() { state_.fetch_and(~kWriter, std::memory_order_release); }

 private:
  static constexpr uint32_t kWriter = 0x8000'0000;

  __attribute__((noinline)) void wait_while(uint32_t bits) {
    for (int i = 0; (state_.load(std::memory_order_acquire) & bits) != 0; ++i) {
      if (i < 64) cpu_relax();
      else sched_yield();
    }
  }

  std::atomic<uint32_t> state_{0};
};

}  // namespace phial
