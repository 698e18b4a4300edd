#include "vm/process/registry.h"

#include "vm/process/process_table.h"

namespace phial {

NameRegistry::~NameRegistry() {
  for (auto& chunk : chunks_) delete[] chunk.load(std::memory_order_relaxed);
}

Term registered_name(const Process& p) { return Term::from_bits(p.name.load(std::memory_order_acquire)); }

bool NameRegistry::add(Term name, Process& p) {
  uint32_t index = name.atom_index();
  if (index / kChunk >= kChunks) return false;
  std::lock_guard lock(mutex_);
  std::atomic<Word>* chunk = chunks_[index / kChunk].load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    chunk = new std::atomic<Word>[kChunk]();
    chunks_[index / kChunk].store(chunk, std::memory_order_release);
  }
  std::atomic<Word>& entry = chunk[index % kChunk];
  if (entry.load(std::memory_order_relaxed) != 0) return false;
  if (p.name.load(std::memory_order_relaxed) != 0) return false;
  // seq_cst: an exiting process first closes its mailbox and then looks for a name; here it is the other way round, so
  // one of the two sees the other.
  p.name.store(name.bits(), std::memory_order_seq_cst);
  if (p.mailbox.outer.load(std::memory_order_seq_cst) == Mailbox::kClosed) {
    p.name.store(0, std::memory_order_relaxed);
    return false;
  }
  entry.store(p.self.bits(), std::memory_order_release);
  return true;
}

bool NameRegistry::remove(Term name, const ProcessTable& table) {
  uint32_t index = name.atom_index();
  if (index / kChunk >= kChunks) return false;
  std::lock_guard lock(mutex_);
  std::atomic<Word>* chunk = chunks_[index / kChunk].load(std::memory_order_relaxed);
  if (chunk == nullptr) return false;
  Term pid = Term::from_bits(chunk[index % kChunk].load(std::memory_order_relaxed));
  if (pid.is_none()) return false;
  if (Process* p = table.find(pid)) p->name.store(0, std::memory_order_release);
  chunk[index % kChunk].store(0, std::memory_order_release);
  return true;
}

void NameRegistry::forget(Process& p) {
  std::lock_guard lock(mutex_);
  Term name = Term::from_bits(p.name.load(std::memory_order_relaxed));
  if (name.is_none()) return;
  uint32_t index = name.atom_index();
  std::atomic<Word>* chunk = chunks_[index / kChunk].load(std::memory_order_relaxed);
  if (chunk == nullptr) return;
  std::atomic<Word>& entry = chunk[index % kChunk];
  if (entry.load(std::memory_order_relaxed) == p.self.bits()) entry.store(0, std::memory_order_release);
  p.name.store(0, std::memory_order_release);
}

std::vector<Term> NameRegistry::names() const {
  std::lock_guard lock(mutex_);
  std::vector<Term> all;
  for (uint32_t c = 0; c < kChunks; ++c) {
    const std::atomic<Word>* chunk = chunks_[c].load(std::memory_order_relaxed);
    if (chunk == nullptr) continue;
    for (uint32_t i = 0; i < kChunk; ++i) {
      if (chunk[i].load(std::memory_order_relaxed) != 0) all.push_back(Term::atom(c * kChunk + i));
    }
  }
  return all;
}

}  // namespace phial
