// Copying live terms to the old generation: Cheney's algorithm over chunks. [From] says what memory is being
// emptied: bool contains(const Word*).
//
// A term that has moved leaves its new address behind: a boxed term in its header word (which then is no header), a
// cons in its tail, with the moved() mark as its head.
#pragma once

#include "vm/heap/heap.h"
#include "vm/heap/scan.h"

namespace phial {

template <typename From>
class Evacuator final : public RootVisitor {
 public:
  Evacuator(ProcessHeap& heap, const From& from) : heap_(heap), from_(from) {
    if (heap.old_chunks_ != nullptr) {
      first_ = heap.old_chunks_;
      scan_ = first_->top;
    }
  }

  /// Moves what the term in [slot] points to, if it is to be moved, and updates the slot.
  void evacuate(Word* slot) {
    Word w = *slot;
    if ((w & 3) != 0) return;
    Word* p = reinterpret_cast<Word*>(w & ~Word{7});
    if (!from_.contains(p)) return;
    if (w & 4)
      evacuate_list(slot, p);
    else
      evacuate_boxed(slot, p);
  }

  /// Moves everything reachable from what has moved already.
  void drain() {
    for (;;) {
      if (heap_.fresh_large_ != nullptr) {
        Chunk* chunk = heap_.fresh_large_;
        heap_.fresh_large_ = chunk->next;
        heap_.push_large(chunk);
        scan_range(chunk->begin, chunk->top);
      } else if (!drain_chunks()) {
        return;
      }
    }
  }

  void scan_range(Word* p, Word* end) {
    while (p < end) {
      p = scan_object(p, [this](Word* slot) { evacuate(slot); });
    }
  }

 private:
  void visit_pointer(Term* slot) override {
    Word w = slot->bits();
    evacuate(&w);
    *slot = Term::from_bits(w);
  }

  /// Copies cells one after another as long as the tail is a cons to be moved, so that a list stands together.
  void evacuate_list(Word* slot, Word* cell) {
    for (;;) {
      if (cell[0] == Term::moved().bits()) {
        *slot = cell[1];
        return;
      }
      Word* to = heap_.old_alloc(2);
      Word tail = cell[1];
      to[0] = cell[0];
      to[1] = tail;
      cell[0] = Term::moved().bits();
      cell[1] = Term::cons(to).bits();
      *slot = Term::cons(to).bits();
      if ((tail & 7) != 4) return;
      cell = reinterpret_cast<Word*>(tail & ~Word{7});
      if (!from_.contains(cell)) return;
      slot = to + 1;
    }
  }

  void evacuate_boxed(Word* slot, Word* box) {
    Word first = box[0];
    if (!header::is_header(first)) {
      *slot = first;
      return;
    }
    size_t words = 1 + header::words(first);
    Word* to = heap_.old_alloc(words);
    to[0] = first;
    for (size_t i = 1; i < words; ++i) to[i] = box[i];
    Word moved = Term::boxed(to).bits();
    box[0] = moved;
    *slot = moved;
  }

  /// Scans the chunks filled since the start, oldest first. False when there was nothing to scan.
  bool drain_chunks() {
    bool any = false;
    for (;;) {
      if (first_ == nullptr) {
        // Newer chunks stand before older ones in the list.
        first_ = heap_.old_chunks_;
        if (first_ == nullptr) return any;
        while (first_->next != nullptr) first_ = first_->next;
        scan_ = first_->begin;
      }
      while (scan_ != first_->top) {
        any = true;
        scan_ = scan_object(scan_, [this](Word* slot) { evacuate(slot); });
      }
      if (first_ == heap_.old_chunks_) return any;
      Chunk* newer = heap_.old_chunks_;
      while (newer->next != first_) newer = newer->next;
      first_ = newer;
      scan_ = newer->begin;
    }
  }

  ProcessHeap& heap_;
  const From& from_;
  Chunk* first_ = nullptr;  // the chunk being scanned
  Word* scan_ = nullptr;
};

}  // namespace phial
