// An account: what a group of processes may use and has used. Each process has one and hands it to what it spawns.
// Counters are sums that threads add to in passing; they are exact when nothing runs.
#pragma once

#include <atomic>
#include <cstdint>

namespace phial {

struct Account {
  static constexpr uint64_t kUnlimited = UINT64_MAX;
  std::atomic<uint64_t> processes{0};
  std::atomic<uint64_t> reductions{0};
  uint64_t max_processes = kUnlimited;
  uint64_t max_heap_words = kUnlimited;  // of one process
};

}  // namespace phial
