// A few threads for work that blocks. They start when there is work and nobody free to do it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "vm/process/blocking.h"

namespace phial {

class BlockingPool {
 public:
  BlockingPool(ProcessSystem& system, unsigned max_threads) : system_(system), max_threads_(max_threads) {}
  ~BlockingPool() { stop(); }

  /// Any thread.
  void submit(BlockingCall* call);
  /// Waits for work under way and drops the rest. The work must be one that ends.
  void stop();

 private:
  void loop();

  ProcessSystem& system_;
  const unsigned max_threads_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  BlockingCall* first_ = nullptr;
  BlockingCall** last_ = &first_;
  unsigned queued_ = 0;
  unsigned idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace phial
