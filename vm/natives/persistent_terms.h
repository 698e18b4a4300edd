// :persistent_term. Values are kept outside all heaps and handed out without copying, so a value once stored stays in memory for
// as long as the runtime: replaced values may still be referred to. Reading takes a shared lock only.
#pragma once

#include <list>
#include <shared_mutex>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/term.h"

namespace phial {

class PersistentTerms {
 public:
  /// The value under [key] (===), or none().
  Term get(Term key) const;
  /// Stores copies; true when something was replaced by a different value.
  void put(Term key, Term value);
  bool erase(Term key);
  size_t count() const;
  /// Appends keys and values in turn.
  void all(std::vector<Term>& out) const;

 private:
  struct Entry {
    uint64_t hash;
    Term key, value;
  };
  Entry* find(uint64_t hash, Term key) const;

  mutable std::shared_mutex mutex_;
  mutable std::vector<std::vector<Entry>> buckets_ = std::vector<std::vector<Entry>>(256);
  ArenaSpace space_;
  size_t count_ = 0;
};

}  // namespace phial
