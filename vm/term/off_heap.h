// Things outside all heaps that terms hold a count of: shared binaries (vm/term/binary.h) and host objects
// (Resource). Each term that holds a count (RefBinary, Resource) stands in the off-heap list of its space, linked
// through its last word; a space that dies, or a collection that finds such a term dead, drops the count.
// Counting is safe from any thread; a list belongs to its space.
#pragma once

#include <atomic>
#include <cstddef>

#include "vm/term/space.h"
#include "vm/term/binary.h"

namespace phial {

/// A counted host object behind a term of kind Resource: a file, a compiled regex, a table handle.
class Resource {
 public:
  Resource() = default;
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;
  virtual ~Resource() = default;
  /// Tells types of resources apart: the address of some object unique to the type.
  virtual const void* type() const = 0;
  /// What Resource.inspect and dumps call it.
  virtual const char* type_name() const = 0;
  /// Bytes it keeps alive outside all heaps, roughly; makes heaps that drop it collect in time.
  virtual size_t bytes() const { return sizeof(*this); }
  /// A number for printing and ordering, unique in the runtime.
  uint64_t number = 0;

  void retain() { count_.fetch_add(1, std::memory_order_relaxed); }
  /// Deletes the object with the last count.
  void release() {
    // acq_rel: what other holders did to the object happens before its destruction.
    if (count_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  std::atomic<uint64_t> count_{1};
};

/// Room for [capacity] bytes with one count and nothing used; never null.
SharedBinary* new_shared_binary(uint64_t capacity);
inline void retain(SharedBinary* shared) { shared->count.fetch_add(1, std::memory_order_relaxed); }
void release(SharedBinary* shared);

// Layouts (kinds.def). The link to the next off-heap term is the last word of both kinds.
inline SharedBinary* ref_binary_shared(Term t) { return reinterpret_cast<SharedBinary*>(t.box()[2]); }
inline uint64_t ref_binary_bits(Term t) { return t.box()[1]; }
inline Resource* resource_of(Term t) { return reinterpret_cast<Resource*>(t.box()[1]); }
inline bool is_off_heap_kind(Kind kind) { return kind == Kind::RefBinary || kind == Kind::Resource; }
inline Word& off_heap_next(Word* box) { return box[header::words(box[0])]; }

/// A term that shows the first [bits] bits of [shared]; takes over one count.
Term make_ref_binary(Space& space, SharedBinary* shared, uint64_t bits);
/// A term for [resource]; takes over one count.
Term make_resource(Space& space, Resource* resource);

/// Adds the term at [box], whose count it holds already, to the list of [space].
inline void link_off_heap(Space& space, Word* box, size_t bytes) {
  off_heap_next(box) = space.off_heap.bits();
  space.off_heap = Term::boxed(box);
  space.off_heap_bytes += bytes;
}
/// Another count for the object behind the off-heap term at [box].
void retain_off_heap(const Word* box);
/// Drops the count held by the off-heap term at [box].
void release_off_heap(const Word* box);
/// Drops the counts of a whole list.
void release_off_heap_list(Term head);
/// Bytes outside the heaps behind the off-heap term at [box].
size_t off_heap_size(const Word* box);

}  // namespace phial
