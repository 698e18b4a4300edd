// Work that would hold up a scheduler: reading files, asking the operating system. It runs on a thread of the blocking
// pool while the process that asked for it waits.
//
// A native that needs such work is called at least twice. First it makes a BlockingCall, hands it to start_blocking() and
// returns what that returns. Whenever the process is woken the native runs again: blocking_call(p) then gives the same
// call, and once done() it takes the result out and finish_blocking()s it:
//
//   if (BlockingCall* c = blocking_call(p)) {
//     if (!c->done()) return p.wait_native();
//     auto* mine = static_cast<ReadCall*>(c);  ... build the answer ...
//     finish_blocking(p);
//     return answer;
//   }
//   return start_blocking(p, new ReadCall(...));
//
// The work itself sees only the C++ data in the call, never terms of a heap.
#pragma once

#include <atomic>

#include "vm/process/process.h"

namespace phial {

class BlockingCall {
 public:
  virtual ~BlockingCall() = default;
  /// Runs on a pool thread.
  virtual void work() = 0;
  /// True once work() has returned; acquire, pairs with the release in run().
  bool done() const { return done_.load(std::memory_order_acquire); }

  // For the pool and the process.
  void run() {
    work();
    done_.store(true, std::memory_order_release);
  }
  void release() {
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  Term caller;  // woken when it is done; none(): nobody waits
  BlockingCall* next = nullptr;

 private:
  std::atomic<int> holders_{2};  // the process and the pool
  std::atomic<bool> done_{false};
};

/// Gives [call] to the pool; the result is to be returned by the native.
Term start_blocking(Process& p, BlockingCall* call);
/// The call [p] waits for, or null.
BlockingCall* blocking_call(const Process& p);
void finish_blocking(Process& p);

}  // namespace phial
