// Walking memory filled with terms, word by word: a header starts a boxed term, any other word starts a cons. This
// is the one place that knows which words of each kind of boxed term are terms (the scan column of kinds.def).
#pragma once

#include "vm/term/space.h"

namespace phial {

/// Calls visit(Word*) for each word of the boxed term or cons at [p] that holds a term. Returns the first word after
/// it.
template <typename Visit>
inline Word* scan_object(Word* p, Visit&& visit) {
  Word first = *p;
  if (!header::is_header(first)) {
    visit(p);
    visit(p + 1);
    return p + 2;
  }
  Word* end = p + 1 + header::words(first);
  switch (header::kind(first)) {
    case Kind::Tuple:
    case Kind::FlatMap:
    case Kind::HashBucket:
      for (Word* q = p + 1; q != end; ++q) visit(q);
      return end;
    case Kind::HashMap:
    case Kind::HashNode:
    case Kind::Fun:
      for (Word* q = p + 2; q < end; ++q) visit(q);
      return end;
    case Kind::SubBinary: visit(p + 1); return end;
    case Kind::Bignum:
    case Kind::Float:
    case Kind::HeapBinary:
    case Kind::RefBinary:
    case Kind::Export:
    case Kind::Reference:
    case Kind::Resource: return end;
  }
  return end;
}

}  // namespace phial
