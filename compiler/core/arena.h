// Memory of one compilation of one module: nodes are bumped out of large pieces and freed together.
// Destructors are never run, so only trivially destructible types live here. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace phial::compiler {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* alloc(size_t bytes) {
    bytes = (bytes + 7) & ~size_t{7};
    if (static_cast<size_t>(end_ - at_) < bytes) grow(bytes);
    char* p = at_;
    at_ += bytes;
    return p;
  }
  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (alloc(sizeof(T))) T{std::forward<Args>(args)...};
  }
  /// [n] value-initialised elements.
  template <class T>
  std::span<T> array(size_t n) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (n == 0) return {};
    T* p = static_cast<T*>(alloc(sizeof(T) * n));
    for (size_t i = 0; i < n; ++i) new (p + i) T();
    return {p, n};
  }
  template <class T>
  std::span<T> copy(std::span<const T> from) {
    std::span<T> to = array<T>(from.size());
    for (size_t i = 0; i < from.size(); ++i) to[i] = from[i];
    return to;
  }
  template <class T>
  std::span<T> copy(const std::vector<T>& from) {
    return copy(std::span<const T>(from));
  }

 private:
  void grow(size_t bytes) {
    size_t size = bytes > next_ ? bytes : next_;
    pieces_.push_back(std::make_unique_for_overwrite<char[]>(size));
    at_ = pieces_.back().get();
    end_ = at_ + size;
    if (next_ < (size_t{1} << 20)) next_ *= 2;
  }

  std::vector<std::unique_ptr<char[]>> pieces_;
  char* at_ = nullptr;
  char* end_ = nullptr;
  size_t next_ = size_t{1} << 14;
};

}  // namespace phial::compiler
