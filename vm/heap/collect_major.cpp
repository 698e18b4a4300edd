#include "vm/heap/address_set.h"
#include "vm/heap/evacuate.h"

namespace phial {

namespace {

/// Everything the heap has before the collection: the nursery and all chunks. What lies elsewhere, literals above
/// all, is not the heap's to move.
class WholeHeap {
 public:
  WholeHeap(const Word* nursery, const Word* nursery_end, const Chunk* const (&lists)[3])
      : set_(entries(lists)),
        from_(reinterpret_cast<uintptr_t>(nursery)),
        size_(reinterpret_cast<uintptr_t>(nursery_end) - from_) {
    for (const Chunk* chunk : lists) {
      for (; chunk != nullptr; chunk = chunk->next) set_.insert(chunk->begin, chunk->top);
    }
  }
  bool contains(const Word* p) const { return reinterpret_cast<uintptr_t>(p) - from_ < size_ || set_.contains(p); }

 private:
  static size_t entries(const Chunk* const (&lists)[3]) {
    size_t n = 0;
    for (const Chunk* chunk : lists) {
      for (; chunk != nullptr; chunk = chunk->next) n += AddressSet::granules(chunk->begin, chunk->top);
    }
    return n;
  }

  AddressSet set_;
  uintptr_t from_;
  uintptr_t size_;
};

}  // namespace

size_t ProcessHeap::collect_major(HeapOwner& owner) {
  ++majors_;
  Chunk* old[3] = {old_chunks_, old_large_, overflow_};
  const Chunk* const lists[3] = {old[0], old[1], old[2]};
  WholeHeap from(hp_, block_end_, lists);
  old_chunks_ = old_large_ = overflow_ = nullptr;
  old_used_ = old_capacity_ = 0;
  remembered_.size = 0;  // every live cell is visited anyway

  Evacuator<WholeHeap> evacuator(*this, from);
  owner.visit_roots(evacuator, true);
  evacuator.drain();

  Term young = off_heap, aged = old_off_heap_;
  off_heap = old_off_heap_ = Term::none();
  off_heap_bytes = old_off_heap_bytes_ = 0;
  auto may_die = [](const Word*) { return true; };
  sweep_off_heap(young, may_die);
  sweep_off_heap(aged, may_die);

  for (Chunk* chunk : old) destroy_chunks(chunk);
  live_after_major_ = old_used();
  off_heap_after_major_ = old_off_heap_bytes_;
  return live_after_major_;
}

}  // namespace phial
