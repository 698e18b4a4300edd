#include "vm/heap/evacuate.h"

namespace phial {

namespace {

class Nursery {
 public:
  Nursery(const Word* from, const Word* to)
      : from_(reinterpret_cast<uintptr_t>(from)), size_(reinterpret_cast<uintptr_t>(to) - from_) {}
  bool contains(const Word* p) const { return reinterpret_cast<uintptr_t>(p) - from_ < size_; }

 private:
  uintptr_t from_;
  uintptr_t size_;
};

}  // namespace

size_t ProcessHeap::collect_minor(HeapOwner& owner) {
  ++minors_;
  size_t before = old_used();
  Nursery nursery(hp_, block_end_);
  Evacuator<Nursery> evacuator(*this, nursery);
  owner.visit_roots(evacuator, false);
  for (uint32_t i = 0; i < remembered_.size; ++i) evacuator.evacuate(remembered_.cells[i] + 1);
  remembered_.size = 0;

  while (overflow_ != nullptr) {
    Chunk* chunk = overflow_;
    overflow_ = chunk->next;
    before += chunk->used();
    push_large(chunk);
    evacuator.scan_range(chunk->begin, chunk->top);
  }
  evacuator.drain();

  Term list = off_heap;
  off_heap = Term::none();
  off_heap_bytes = 0;
  sweep_off_heap(list, [&](const Word* box) { return nursery.contains(box); });
  return old_used() - before;
}

}  // namespace phial
