#include "vm/term/off_heap.h"

#include <cstdlib>
#include <new>

namespace phial {

SharedBinary* new_shared_binary(uint64_t capacity) {
  void* memory = std::malloc(sizeof(SharedBinary) + capacity);
  VM_CHECK(memory != nullptr);
  auto* shared = new (memory) SharedBinary;
  shared->count.store(1, std::memory_order_relaxed);
  shared->capacity = capacity;
  shared->used_bits.store(0, std::memory_order_relaxed);
  return shared;
}

void release(SharedBinary* shared) {
  // acq_rel: reads and writes of the bytes by other holders happen before the memory is freed.
  if (shared->count.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  shared->~SharedBinary();
  std::free(shared);
}

Term make_ref_binary(Space& space, SharedBinary* shared, uint64_t bits) {
  Word* box = space.alloc(4);
  box[0] = header::make(Kind::RefBinary, 3);
  box[1] = bits;
  box[2] = reinterpret_cast<Word>(shared);
  link_off_heap(space, box, shared->capacity);
  return Term::boxed(box);
}

Term make_resource(Space& space, Resource* resource) {
  Word* box = space.alloc(3);
  box[0] = header::make(Kind::Resource, 2);
  box[1] = reinterpret_cast<Word>(resource);
  link_off_heap(space, box, resource->bytes());
  return Term::boxed(box);
}

void retain_off_heap(const Word* box) {
  if (header::kind(box[0]) == Kind::RefBinary)
    retain(reinterpret_cast<SharedBinary*>(box[2]));
  else
    reinterpret_cast<Resource*>(box[1])->retain();
}

void release_off_heap(const Word* box) {
  if (header::kind(box[0]) == Kind::RefBinary)
    release(reinterpret_cast<SharedBinary*>(box[2]));
  else
    reinterpret_cast<Resource*>(box[1])->release();
}

void release_off_heap_list(Term head) {
  while (!head.is_none()) {
    Word* box = head.box();
    head = Term::from_bits(off_heap_next(box));
    release_off_heap(box);
  }
}

size_t off_heap_size(const Word* box) {
  if (header::kind(box[0]) == Kind::RefBinary) {
    return reinterpret_cast<SharedBinary*>(box[2])->capacity;
  }
  return reinterpret_cast<Resource*>(box[1])->bytes();
}

}  // namespace phial
