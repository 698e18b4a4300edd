// Cons cells: two words, head and tail, no header.
#pragma once

#include <initializer_list>
#include <span>

#include "vm/term/space.h"

namespace phial {

inline Term make_cons(Space& space, Term head, Term tail) {
  Word* cell = space.alloc(2);
  cell[0] = head.bits();
  cell[1] = tail.bits();
  return Term::cons(cell);
}

/// The list of [items], ending in [tail].
inline Term make_list(Space& space, std::span<const Term> items, Term tail = Term::nil_list()) {
  for (size_t i = items.size(); i-- > 0;) tail = make_cons(space, items[i], tail);
  return tail;
}
inline Term make_list(Space& space, std::initializer_list<Term> items) {
  return make_list(space, std::span<const Term>(items.begin(), items.size()));
}

/// Appends at the end in constant time while a list is being built; finish() closes it.
/// The cells are in [space]; nothing may collect in between.
class ListBuilder {
 public:
  explicit ListBuilder(Space& space) : space_(space) {}
  void push(Term item) {
    Term cell = make_cons(space_, item, Term::nil_list());
    if (last_.is_none()) first_ = cell;
    else last_.cell()[1] = cell.bits();
    last_ = cell;
  }
  bool empty() const { return last_.is_none(); }
  Term finish(Term tail = Term::nil_list()) {
    if (last_.is_none()) return tail;
    last_.cell()[1] = tail.bits();
    return first_;
  }

 private:
  Space& space_;
  Term first_;
  Term last_;
};

/// Number of elements of a proper list; -1 when [list] is improper or no list.
inline int64_t list_length(Term list) {
  int64_t n = 0;
  while (list.is_cons()) {
    ++n;
    list = list.tail();
  }
  return list.is_nil_list() ? n : -1;
}

}  // namespace phial
