#include <unordered_set>

#include "vm/heap/heap.h"
#include "vm/heap/scan.h"

namespace phial {

namespace {

/// Where terms start, in all chunks; and what a slot may hold.
class Checker final : public RootVisitor {
 public:
  Checker(const ProcessHeap& heap) : heap_(heap) {}

  void enter(const Chunk* chunk) {
    for (; chunk != nullptr; chunk = chunk->next) {
      for (Word* p = chunk->begin; p != chunk->top;) {
        bool boxed = header::is_header(*p);
        if (boxed) VM_CHECK(static_cast<size_t>(header::kind(*p)) < kKinds);
        (boxed ? boxed_ : cells_).insert(p);
        p += boxed ? 1 + header::words(*p) : 2;
        VM_CHECK(p <= chunk->top);
      }
    }
  }

  void check(const Chunk* chunk) {
    for (; chunk != nullptr; chunk = chunk->next) {
      for (Word* p = chunk->begin; p != chunk->top;) {
        p = scan_object(p, [&](Word* slot) { check_word(*slot, chunk); });
      }
    }
  }

  void check_off_heap(Term list) {
    for (; !list.is_none(); list = Term::from_bits(off_heap_next(list.box()))) {
      VM_CHECK(boxed_.contains(list.box()));
      VM_CHECK(is_off_heap_kind(header::kind(list.header())));
    }
  }

 private:
  static constexpr size_t kKinds = 0
#define KIND(name, scan, doc) +1
#include "vm/term/kinds.def"
#undef KIND
      ;

  void visit_pointer(Term* slot) override { check_word(slot->bits(), nullptr); }

  void check_word(Word w, const Chunk* chunk) {
    VM_CHECK(!header::is_header(w));
    VM_CHECK(w != Term::moved().bits());
    if ((w & 3) != 0 || w == 0) return;
    auto* p = reinterpret_cast<const Word*>(w & ~Word{7});
    VM_CHECK(!heap_.is_young(p));  // the nursery is empty
    if (w & 4) {
      // A literal is in no chunk of this heap, but its first word has to be readable and no header.
      if (!cells_.contains(p)) VM_CHECK(!boxed_.contains(p) && !header::is_header(*p) && !inside(p, chunk));
    } else if (!boxed_.contains(p)) {
      VM_CHECK(!cells_.contains(p) && header::is_header(*p) && !inside(p, chunk));
    }
  }

  static bool inside(const Word* p, const Chunk* chunk) {
    return chunk != nullptr && p >= chunk->begin && p < chunk->end;
  }

  const ProcessHeap& heap_;
  std::unordered_set<const Word*> boxed_;
  std::unordered_set<const Word*> cells_;
};

}  // namespace

void ProcessHeap::check(HeapOwner& owner) {
  VM_CHECK(hp_ == block_end_ && low_ >= block_ && low_ <= hp_);
  VM_CHECK(overflow_ == nullptr && fresh_large_ == nullptr && remembered_.size == 0);
  VM_CHECK(off_heap.is_none());
  Checker checker(*this);
  checker.enter(old_chunks_);
  checker.enter(old_large_);
  checker.check(old_chunks_);
  checker.check(old_large_);
  checker.check_off_heap(old_off_heap_);
  owner.visit_roots(checker, true);
}

}  // namespace phial
