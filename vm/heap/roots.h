// How a collection reaches what it does not know: the stack frames, registers, dictionary and mailbox of the
// process that owns a heap. The heap calls the owner, the owner shows its slots to the visitor.
#pragma once

#include <cstddef>

#include "vm/term/term.h"

namespace phial {

class RootVisitor {
 public:
  /// Shows a slot that holds a term (or none()); the collection may store the term's new address there.
  void visit(Term* slot) {
    if (slot->is_pointer()) visit_pointer(slot);
  }
  void visit(Term* slots, size_t count) {
    for (size_t i = 0; i < count; ++i) visit(slots + i);
  }
  void visit(Word* slot) { visit(reinterpret_cast<Term*>(slot)); }

 protected:
  ~RootVisitor() = default;
  virtual void visit_pointer(Term* slot) = 0;
};

class HeapOwner {
 public:
  /// Shows every slot outside the heap that may hold a pointer into it. Without [all], slots that cannot have
  /// changed since the last collection may be left out: stack frames below the watermark.
  virtual void visit_roots(RootVisitor& visitor, bool all) = 0;
  /// The block that holds the stack moved by [bytes]; everything that points into the stack has to follow.
  virtual void stack_moved(ptrdiff_t bytes) = 0;

 protected:
  ~HeapOwner() = default;
};

}  // namespace phial
