#include "vm/heap/copy.h"

#include <cstring>

#include "vm/heap/literals.h"
#include "vm/term/off_heap.h"
#include "vm/heap/scan.h"
#include "vm/support/inline_stack.h"
#include "vm/term/binary.h"

namespace phial {

namespace {

bool is_copied(Term t, const LiteralRegistry* literals) {
  if (!t.is_pointer() || t.is_none()) return false;
  return literals == nullptr || !literals->contains(t);
}

/// How a SubBinary is copied: what it shows of a small binary, or little of a big one, becomes a binary of its own.
enum class SubCopy : uint8_t { Bytes, RefBinary, RefAndSub };

SubCopy sub_copy(const Word* sub) {
  const Word* base = Term::from_bits(sub[1]).box();
  if (sub[3] <= kHeapBinaryMaxBytes * 8 || header::kind(base[0]) == Kind::HeapBinary) {
    return SubCopy::Bytes;
  }
  return sub[2] == 0 ? SubCopy::RefBinary : SubCopy::RefAndSub;
}

size_t heap_binary_words(uint64_t bits) { return 2 + (bits + 63) / 64; }

size_t sub_binary_copy_words(const Word* sub) {
  switch (sub_copy(sub)) {
    case SubCopy::Bytes: return heap_binary_words(sub[3]);
    case SubCopy::RefBinary: return 4;
    case SubCopy::RefAndSub: return 8;
  }
  return 0;
}

class Copier {
 public:
  Copier(Word* to, size_t words, const LiteralRegistry* literals, CopiedOffHeap& off_heap)
      : begin_(to), words_(words), next_(to), literals_(literals), off_heap_(off_heap) {}

  Term run(Term term) {
    Word root = term.bits();
    copy(&root);
    Word* scan = begin_;
    while (scan != next_) {
      scan = scan_object(scan, [this](Word* slot) { copy(slot); });
    }
    VM_ASSERT(next_ == begin_ + words_);
    return Term::from_bits(root);
  }

 private:
  /// Replaces a term of the source by its copy. Slots that hold copies already stay.
  void copy(Word* slot) {
    Term t = Term::from_bits(*slot);
    if (!t.is_pointer()) return;
    auto offset = reinterpret_cast<uintptr_t>(t.cell()) - reinterpret_cast<uintptr_t>(begin_);
    if (offset < words_ * sizeof(Word)) return;
    if (!is_copied(t, literals_)) return;
    if (t.is_cons())
      copy_list(slot, t);
    else
      copy_boxed(slot, t.box());
  }

  /// Copies the whole spine, so that it stands together.
  void copy_list(Word* slot, Term list) {
    do {
      Word* cell = next_;
      next_ += 2;
      cell[0] = list.cell()[0];
      cell[1] = list.cell()[1];
      *slot = Term::cons(cell).bits();
      slot = cell + 1;
      list = list.tail();
    } while (list.is_cons() && is_copied(list, literals_));
  }

  void copy_boxed(Word* slot, const Word* box) {
    Kind kind = header::kind(box[0]);
    if (kind == Kind::SubBinary) {
      copy_sub_binary(slot, box);
      return;
    }
    size_t words = 1 + header::words(box[0]);
    Word* to = next_;
    next_ += words;
    std::memcpy(to, box, words * sizeof(Word));
    *slot = Term::boxed(to).bits();
    if (is_off_heap_kind(kind)) link(to);
  }

  void copy_sub_binary(Word* slot, const Word* sub) {
    uint64_t bits = sub[3];
    const Word* base = Term::from_bits(sub[1]).box();
    Word* to = next_;
    next_ += sub_binary_copy_words(sub);
    *slot = Term::boxed(to).bits();
    switch (sub_copy(sub)) {
      case SubCopy::Bytes: {
        size_t words = heap_binary_words(bits);
        to[0] = header::make(Kind::HeapBinary, words - 1);
        to[1] = bits;
        if (words > 2) to[words - 1] = 0;
        BitView view = bit_view(Term::boxed(sub));
        copy_bits(reinterpret_cast<unsigned char*>(to + 2), 0, view.bytes, view.bit_offset, bits);
        return;
      }
      case SubCopy::RefAndSub:
        std::memcpy(to + 4, sub, 4 * sizeof(Word));
        to[5] = Term::boxed(to).bits();
        *slot = Term::boxed(to + 4).bits();
        std::memcpy(to, base, 4 * sizeof(Word));
        link(to);
        return;
      case SubCopy::RefBinary:
        std::memcpy(to, base, 4 * sizeof(Word));
        to[1] = bits;
        link(to);
        return;
    }
  }

  void link(Word* box) {
    retain_off_heap(box);
    if (off_heap_.last == nullptr) off_heap_.last = &off_heap_next(box);
    off_heap_next(box) = off_heap_.head.bits();
    off_heap_.head = Term::boxed(box);
    off_heap_.bytes += off_heap_size(box);
  }

  Word* begin_;
  size_t words_;
  Word* next_;
  const LiteralRegistry* literals_;
  CopiedOffHeap& off_heap_;
};

}  // namespace

size_t copy_size(Term term, const LiteralRegistry* literals) {
  size_t total = 0;
  InlineStack<Term, 32> pending;
  auto push = [&](Term t) {
    if (is_copied(t, literals)) pending.push(t);
  };
  push(term);
  while (!pending.empty()) {
    Term t = pending.pop();
    while (t.is_cons()) {
      total += 2;
      push(t.head());
      t = t.tail();
      if (!is_copied(t, literals)) break;
    }
    if (!t.is_boxed() || !is_copied(t, literals)) continue;
    Word* box = t.box();
    if (header::kind(box[0]) == Kind::SubBinary) {
      total += sub_binary_copy_words(box);
      continue;
    }
    total += 1 + header::words(box[0]);
    scan_object(box, [&](Word* slot) { push(Term::from_bits(*slot)); });
  }
  return total;
}

Term copy_into(Word* to, size_t words, Term term, const LiteralRegistry* literals, CopiedOffHeap& off_heap) {
  return Copier(to, words, literals, off_heap).run(term);
}

Term deep_copy(Space& space, Term term, const LiteralRegistry* literals) {
  size_t words = copy_size(term, literals);
  if (words == 0) return term;
  CopiedOffHeap off_heap;
  Term copy = copy_into(space.alloc(words), words, term, literals, off_heap);
  if (off_heap.last != nullptr) {
    *off_heap.last = space.off_heap.bits();
    space.off_heap = off_heap.head;
    space.off_heap_bytes += off_heap.bytes;
  }
  return copy;
}

}  // namespace phial
