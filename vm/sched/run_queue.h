// A queue of runnable processes, linked through Process::queue_next. Owned by one scheduler.
#pragma once

#include "vm/process/process.h"

namespace phial {

class RunQueue {
 public:
  bool empty() const { return first_ == nullptr; }
  uint32_t size() const { return size_; }

  void push(Process* p) {
    p->queue_next = nullptr;
    if (first_ == nullptr) first_ = p;
    else last_->queue_next = p;
    last_ = p;
    ++size_;
  }
  /// The oldest; the queue must not be empty.
  Process* pop() {
    Process* p = first_;
    first_ = p->queue_next;
    --size_;
    return p;
  }

 private:
  Process* first_ = nullptr;
  Process* last_ = nullptr;
  uint32_t size_ = 0;
};

}  // namespace phial
