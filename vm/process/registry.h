// Registered names of a runtime: atom -> pid, at most one name for each process. Lookup is two loads, without a lock.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "vm/process/process.h"

namespace phial {

class NameRegistry {
 public:
  NameRegistry() = default;
  ~NameRegistry();
  NameRegistry(const NameRegistry&) = delete;
  NameRegistry& operator=(const NameRegistry&) = delete;

  /// The pid, or none(). Any thread.
  Term whereis(Term name) const {
    uint32_t index = name.atom_index();
    if (index / kChunk >= kChunks) return Term::none();
    const std::atomic<Word>* chunk = chunks_[index / kChunk].load(std::memory_order_acquire);
    return chunk == nullptr ? Term::none() : Term::from_bits(chunk[index % kChunk].load(std::memory_order_acquire));
  }
  /// False when the name is taken, or the process has one already or is gone.
  bool add(Term name, Process& p);
  /// False when there is none.
  bool remove(Term name, const class ProcessTable& table);
  /// At exit, after the mailbox was closed.
  void forget(Process& p);
  std::vector<Term> names() const;

 private:
  static constexpr uint32_t kChunk = 4096;
  static constexpr uint32_t kChunks = 1024;
  mutable std::mutex mutex_;  // writers
  std::atomic<std::atomic<Word>*> chunks_[kChunks] = {};
};

/// The registered name of [p], or none(). Any thread.
Term registered_name(const Process& p);

}  // namespace phial
