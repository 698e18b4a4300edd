#include "vm/ets/object.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "vm/heap/copy.h"
#include "vm/term/off_heap.h"
#include "vm/heap/scan.h"
#include "vm/term/tuple.h"

namespace phial::ets {

namespace {

bool points_into(Term t, const Word* from, size_t words) {
  return t.is_pointer() && reinterpret_cast<uintptr_t>(t.cell()) - reinterpret_cast<uintptr_t>(from) < words * sizeof(Word);
}

bool is_flat(Word* data, size_t words) {
  bool flat = true;
  for (Word* p = data; p < data + words;) {
    if (header::is_header(*p) && is_off_heap_kind(header::kind(*p))) return false;
    p = scan_object(p, [&](Word* slot) { flat = flat && !points_into(Term::from_bits(*slot), data, words); });
  }
  return flat;
}

}  // namespace

Object* make_object(Term term, const LiteralRegistry& literals) {
  size_t words = copy_size(term, &literals);
  void* memory = std::malloc(sizeof(Object) + words * sizeof(Word));
  VM_CHECK(memory != nullptr);
  auto* object = new (memory) Object{nullptr, term, Term::none(), 0, Object::kFlat, words};
  if (words == 0) return object;
  CopiedOffHeap off_heap;
  object->tuple = copy_into(object->data(), words, term, &literals, off_heap);
  object->off_heap = off_heap.head;
  if (!is_flat(object->data(), words)) object->flags = 0;
  return object;
}

void free_object(Object* object) {
  if (!object->off_heap.is_none()) release_off_heap_list(object->off_heap);
  std::free(object);
}

void free_chain(Object* first) {
  while (first != nullptr) {
    Object* next = first->next;
    free_object(first);
    first = next;
  }
}

Term copy_out(Space& space, const Object& object) {
  size_t words = object.words;
  if (words == 0) return object.tuple;
  Word* to = space.alloc(words);
  std::memcpy(to, object.data(), words * sizeof(Word));
  Word delta = reinterpret_cast<Word>(to) - reinterpret_cast<Word>(object.data());
  Term root = Term::from_bits(object.tuple.bits() + delta);
  if ((object.flags & Object::kFlat) != 0) return root;
  for (Word* p = to; p < to + words;) {
    if (header::is_header(*p) && is_off_heap_kind(header::kind(*p))) {
      retain_off_heap(p);
      link_off_heap(space, p, off_heap_size(p));
    }
    p = scan_object(p, [&](Word* slot) {
      if (points_into(Term::from_bits(*slot), object.data(), words)) *slot += delta;
    });
  }
  return root;
}

bool set_element_in_place(Object& object, size_t i, Term value) {
  if (object.words == 0 || value.is_pointer()) return false;
  tuple_set_fresh(object.tuple, i, value);
  return true;
}

}  // namespace phial::ets
