// A lock for sections of a few dozen instructions that are almost never contended. It spins, then yields the processor:
// a holder that lost its processor gets it back.
#pragma once

#include <atomic>

#include <sched.h>

namespace phial {

/// Tells the processor that this is a waiting loop.
inline void cpu_relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

class SpinLock {
 public:
  void lock() {
    // acquire pairs with the release in unlock().
    while (__builtin_expect(held_.exchange(true, std::memory_order_acquire), 0)) wait();
  }
  void unlock() { held_.store(false, std::memory_order_release); }

 private:
  __attribute__((noinline)) void wait() {
    for (int i = 0; held_.load(std::memory_order_relaxed); ++i) {
      if (i < 64) cpu_relax();
      else sched_yield();
    }
  }
  std::atomic<bool> held_{false};
};

}  // namespace phial
