// Variables in scope during one definition's expansion: a stack of bindings with a hash index, so that lookup, binding
// and leaving a scope cost the same however many variables there are. One thread.
#pragma once

#include <vector>

#include "compiler/expand/env.h"

namespace phial::compiler {

class Scope {
 public:
  static constexpr int64_t kMissing = -1;
  struct Binding {
    VariableKey key;
    int64_t version;
    int32_t slot;
    int32_t previous;  // index of the binding it hides, -1 for none
  };
  /// What is known of each version, for warnings.
  struct Origin {
    Term name;
    uint32_t line;
    uint32_t column;
    bool used;
    bool silent;  // generated, or named so
  };

  size_t mark() const { return bindings_.size(); }
  void restore(size_t mark) {
    while (bindings_.size() > mark) pop();
  }
  /// Takes the bindings after [mark] away, to be applied again later.
  std::vector<Binding> cut(size_t mark) {
    std::vector<Binding> out(bindings_.begin() + static_cast<ptrdiff_t>(mark), bindings_.end());
    restore(mark);
    return out;
  }
  void bind(VariableKey key, int64_t version) {
    int32_t slot = slot_of(key);
    bindings_.push_back({key, version, slot, heads_[static_cast<size_t>(slot)].last});
    heads_[static_cast<size_t>(slot)].last = static_cast<int32_t>(bindings_.size()) - 1;
  }
  int64_t find(VariableKey key) {
    int32_t i = heads_.empty() ? -1 : heads_[static_cast<size_t>(slot_of(key))].last;
    return i < 0 ? kMissing : bindings_[static_cast<size_t>(i)].version;
  }
  /// The version of [key] as of [mark].
  int64_t find_before(VariableKey key, size_t mark) {
    int32_t i = heads_.empty() ? -1 : heads_[static_cast<size_t>(slot_of(key))].last;
    while (i >= 0 && static_cast<size_t>(i) >= mark) i = bindings_[static_cast<size_t>(i)].previous;
    return i < 0 ? kMissing : bindings_[static_cast<size_t>(i)].version;
  }
  bool bound_since(VariableKey key, size_t mark) {
    int32_t i = heads_.empty() ? -1 : heads_[static_cast<size_t>(slot_of(key))].last;
    return i >= 0 && static_cast<size_t>(i) >= mark;
  }
  int64_t new_version(Origin origin) {
    origins_.push_back(origin);
    return next_version_++;
  }
  /// A version no warning is given for.
  int64_t new_version() { return new_version(Origin{Term::none(), 0, 0, false, true}); }
  void mark_used(int64_t version) {
    int64_t i = version - first_version_;
    if (i >= 0 && static_cast<size_t>(i) < origins_.size()) origins_[static_cast<size_t>(i)].used = true;
  }
  const std::vector<Origin>& origins() const { return origins_; }
  /// Visible variables, oldest binding first.
  VariableSnapshot snapshot() const {
    VariableSnapshot out;
    for (size_t i = 0; i < bindings_.size(); ++i) {
      const Binding& b = bindings_[i];
      if (heads_[static_cast<size_t>(b.slot)].last == static_cast<int32_t>(i)) {
        out.entries.push_back({b.key, b.version});
      }
    }
    return out;
  }
  /// Starts from [snapshot].
  void load(const VariableSnapshot& snapshot) {
    int64_t top = -1;
    for (const auto& e : snapshot.entries) {
      bind(e.key, e.version);
      if (e.version > top) top = e.version;
    }
    if (top + 1 > next_version_) next_version_ = first_version_ = top + 1;
  }
  int64_t next_version() const { return next_version_; }

 private:
  struct Head {
    VariableKey key;
    int32_t last;
    bool used;
  };
  void pop() {
    const Binding& b = bindings_.back();
    heads_[static_cast<size_t>(b.slot)].last = b.previous;
    bindings_.pop_back();
  }
  static size_t hash(VariableKey k) {
    return (k.name.bits() * 0x9E3779B97F4A7C15u) ^ (k.context.bits() * 0xC2B2AE3D27D4EB4Fu >> 7);
  }
  int32_t slot_of(VariableKey key) {
    if ((count_ + 1) * 2 > heads_.size()) grow();
    size_t mask = heads_.size() - 1;
    for (size_t i = hash(key) >> 3 & mask;; i = (i + 1) & mask) {
      if (!heads_[i].used) {
        heads_[i] = {key, -1, true};
        ++count_;
        return static_cast<int32_t>(i);
      }
      if (heads_[i].key == key) return static_cast<int32_t>(i);
    }
  }
  void grow() {
    std::vector<Head> old(heads_.empty() ? 16 : heads_.size() * 2, Head{{}, -1, false});
    old.swap(heads_);
    size_t mask = heads_.size() - 1;
    for (const Head& h : old) {
      if (!h.used) continue;
      size_t i = hash(h.key) >> 3 & mask;
      while (heads_[i].used) i = (i + 1) & mask;
      heads_[i] = h;
    }
    for (Binding& b : bindings_) {
      size_t i = hash(b.key) >> 3 & mask;
      while (!(heads_[i].key == b.key && heads_[i].used)) i = (i + 1) & mask;
      b.slot = static_cast<int32_t>(i);
    }
  }
  std::vector<Binding> bindings_;
  std::vector<Head> heads_;
  size_t count_ = 0;
  std::vector<Origin> origins_;
  int64_t next_version_ = 0;
  int64_t first_version_ = 0;
};

}  // namespace phial::compiler
