// A stack of plain values whose first [N] stand in the object itself: what walks over terms use instead of C++
// recursion. Common terms are shallow, so most walks allocate nothing.
#pragma once

#include <cstdlib>
#include <cstring>
#include <type_traits>

#include "vm/support/assert.h"

namespace phial {

template <typename T, size_t N>
class InlineStack {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  InlineStack() : data_(reinterpret_cast<T*>(inline_)) {}
  ~InlineStack() {
    if (!is_inline()) std::free(data_);
  }
  InlineStack(const InlineStack&) = delete;
  InlineStack& operator=(const InlineStack&) = delete;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  void push(const T& value) {
    if (__builtin_expect(size_ == capacity_, 0)) grow();
    data_[size_++] = value;
  }
  T& top() { return data_[size_ - 1]; }
  T pop() { return data_[--size_]; }
  void drop() { --size_; }

 private:
  bool is_inline() const { return data_ == reinterpret_cast<const T*>(inline_); }
  [[gnu::noinline]] void grow() {
    size_t capacity = 2 * capacity_;
    T* bigger = static_cast<T*>(std::malloc(capacity * sizeof(T)));
    VM_CHECK(bigger != nullptr);
    std::memcpy(static_cast<void*>(bigger), data_, size_ * sizeof(T));
    if (!is_inline()) std::free(data_);
    data_ = bigger;
    capacity_ = capacity;
  }

  T* data_;
  size_t size_ = 0;
  size_t capacity_ = N;
  alignas(T) unsigned char inline_[N * sizeof(T)];
};

}  // namespace phial
