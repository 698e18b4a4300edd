#include "vm/heap/fragment.h"

#include <cstdlib>

#include "vm/heap/copy.h"
#include "vm/heap/literals.h"
#include "vm/term/off_heap.h"

namespace phial {

Fragment* copy_to_fragment(Term term, const LiteralRegistry& literals) {
  size_t words = copy_size(term, &literals);
  if (words == 0) return nullptr;
  auto* fragment = static_cast<Fragment*>(std::malloc(sizeof(Fragment) + words * sizeof(Word)));
  VM_CHECK(fragment != nullptr);
  CopiedOffHeap off_heap;
  fragment->root = copy_into(fragment->data(), words, term, &literals, off_heap);
  fragment->next = nullptr;
  fragment->words = words;
  fragment->off_heap = off_heap.head;
  fragment->off_heap_bytes = off_heap.bytes;
  return fragment;
}

void discard(Fragment* fragment) {
  release_off_heap_list(fragment->off_heap);
  std::free(fragment);
}

}  // namespace phial
