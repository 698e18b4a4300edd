#include "vm/sched/blocking_pool.h"

#include "vm/process/system.h"

namespace phial {

void BlockingPool::submit(BlockingCall* call) {
  std::unique_lock lock(mutex_);
  if (stopping_) {
    lock.unlock();
    call->release();
    return;
  }
  call->next = nullptr;
  *last_ = call;
  last_ = &call->next;
  ++queued_;
  if (idle_ < queued_ && threads_.size() < max_threads_) threads_.emplace_back([this] { loop(); });
  wanted_.notify_one();
}

void BlockingPool::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    while (first_ == nullptr && !stopping_) {
      ++idle_;
      wanted_.wait(lock);
      --idle_;
    }
    if (stopping_) return;
    BlockingCall* call = first_;
    first_ = call->next;
    if (first_ == nullptr) last_ = &first_;
    --queued_;
    lock.unlock();
    call->run();
    Term caller = call->caller;
    call->release();
    if (!caller.is_none()) system_.deliver_from_outside(caller, new_signal(system_, SignalKind::Wake));
    lock.lock();
  }
}

void BlockingPool::stop() {
  std::vector<std::thread> threads;
  BlockingCall* dropped;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    threads.swap(threads_);
    dropped = first_;
    first_ = nullptr;
    last_ = &first_;
    queued_ = 0;
  }
  wanted_.notify_all();
  for (std::thread& t : threads) t.join();
  while (dropped != nullptr) {
    BlockingCall* next = dropped->next;
    dropped->release();
    dropped = next;
  }
}

}  // namespace phial
