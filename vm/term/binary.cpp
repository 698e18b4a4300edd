#include "vm/term/binary.h"

#include <cstring>

#include "vm/term/off_heap.h"

namespace phial {

namespace {

constexpr uint64_t kAppendMinBytes = 256;
/// A part of a binary up to this size costs no more words as a copy than as a SubBinary.
constexpr uint64_t kSubCopyMaxBytes = 16;

uint64_t bytes_for(uint64_t bits) { return bits / 8 + (bits % 8 != 0); }

Term make_heap_binary(Space& space, uint64_t bits, unsigned char** out) {
  size_t words = 1 + (bytes_for(bits) + 7) / 8;
  Word* box = space.alloc(1 + words);
  box[0] = header::make(Kind::HeapBinary, words);
  box[1] = bits;
  if (words > 1) box[words] = 0;  // defined padding
  *out = reinterpret_cast<unsigned char*>(box + 2);
  return Term::boxed(box);
}

Term make_sub_binary(Space& space, Term base, uint64_t offset, uint64_t bits) {
  Word* box = space.alloc(4);
  box[0] = header::make(Kind::SubBinary, 3);
  box[1] = base.bits();
  box[2] = offset;
  box[3] = bits;
  return Term::boxed(box);
}

/// Zeroes what follows the last bit within its byte.
void clear_tail(unsigned char* bytes, uint64_t bits) {
  if (bits % 8 != 0) bytes[bits / 8] &= static_cast<unsigned char>(0xff00u >> (bits % 8));
}

/// The RefBinary behind [bitstring] and the first bit shown, or none().
Term shared_base(Term bitstring, uint64_t* offset) {
  *offset = 0;
  if (bitstring.is_kind(Kind::SubBinary)) {
    *offset = bitstring.box()[2];
    bitstring = Term::from_bits(bitstring.box()[1]);
  }
  return bitstring.is_kind(Kind::RefBinary) ? bitstring : Term::none();
}

}  // namespace

Term make_bitstring_uninitialised(Space& space, uint64_t bits, unsigned char** out) {
  uint64_t bytes = bytes_for(bits);
  if (bytes <= kHeapBinaryMaxBytes) return make_heap_binary(space, bits, out);
  SharedBinary* shared = new_shared_binary(bytes);
  shared->used_bits.store(bits, std::memory_order_relaxed);
  *out = shared->bytes();
  if (bits % 8 != 0) shared->bytes()[bytes - 1] = 0;
  return make_ref_binary(space, shared, bits);
}

Term make_binary(Space& space, std::string_view bytes) {
  unsigned char* out;
  Term binary = make_bitstring_uninitialised(space, uint64_t{bytes.size()} * 8, &out);
  if (!bytes.empty()) std::memcpy(out, bytes.data(), bytes.size());
  return binary;
}

Term make_sub_bitstring(Space& space, Term bitstring, uint64_t offset, uint64_t bits) {
  BitView view = bit_view(bitstring);
  VM_ASSERT(offset <= view.bits && bits <= view.bits - offset);
  if (offset == 0 && bits == view.bits) return bitstring;
  uint64_t from = view.bit_offset + offset;
  if (bits <= kSubCopyMaxBytes * 8 && from % 8 == 0) {
    unsigned char* out;
    Term copy = make_heap_binary(space, bits, &out);
    if (bits != 0) std::memcpy(out, view.bytes + from / 8, bytes_for(bits));
    clear_tail(out, bits);
    return copy;
  }
  if (!bitstring.is_kind(Kind::SubBinary)) return make_sub_binary(space, bitstring, offset, bits);
  return make_sub_binary(space, Term::from_bits(bitstring.box()[1]), bitstring.box()[2] + offset, bits);
}

Term binary_append(Space& space, Term bitstring, uint64_t extra, unsigned char** out, unsigned* bit_offset) {
  BitView view = bit_view(bitstring);
  uint64_t total = view.bits + extra;
  uint64_t first;
  Term base = shared_base(bitstring, &first);
  if (!base.is_none() && first % 8 == 0) {
    SharedBinary* shared = ref_binary_shared(base);
    uint64_t end = first + view.bits;
    // Others may read the byte in which an uneven end lies, so then only a sole holder may write.
    // The acquire load pairs with the release of the counts other threads dropped.
    bool writable = bytes_for(end + extra) <= shared->capacity &&
                    (end % 8 == 0 || shared->count.load(std::memory_order_acquire) == 1);
    // Whoever moves used_bits on owns the bits in between; relaxed is enough, as no data is published by it.
    if (writable && shared->used_bits.compare_exchange_strong(end, end + extra, std::memory_order_relaxed)) {
      *out = shared->bytes() + end / 8;
      uint64_t last = (end + extra) / 8;
      if ((end + extra) % 8 != 0 && (last != end / 8 || end % 8 == 0)) shared->bytes()[last] = 0;
      *bit_offset = end % 8;
      return make_sub_binary(space, base, first, total);
    }
  }

  unsigned char* bytes;
  Term result;
  if (bytes_for(total) <= kHeapBinaryMaxBytes) {
    result = make_heap_binary(space, total, &bytes);
  } else {
    uint64_t capacity = 2 * bytes_for(total);
    SharedBinary* shared = new_shared_binary(capacity < kAppendMinBytes ? kAppendMinBytes : capacity);
    shared->used_bits.store(total, std::memory_order_relaxed);
    bytes = shared->bytes();
    result = make_ref_binary(space, shared, total);
  }
  if (total % 8 != 0) bytes[total / 8] = 0;
  copy_bits(bytes, 0, view.bytes, view.bit_offset, view.bits);
  clear_tail(bytes, view.bits);
  *out = bytes + view.bits / 8;
  *bit_offset = view.bits % 8;
  return result;
}

BitView bit_view(Term bitstring) {
  VM_ASSERT(bitstring.is_bitstring());
  const Word* box = bitstring.box();
  uint64_t offset = 0;
  uint64_t bits;
  if (header::kind(box[0]) == Kind::SubBinary) {
    offset = box[2];
    bits = box[3];
    box = Term::from_bits(box[1]).box();
  } else {
    bits = box[1];
  }
  const unsigned char* bytes = header::kind(box[0]) == Kind::HeapBinary
                                   ? reinterpret_cast<const unsigned char*>(box + 2)
                                   : reinterpret_cast<SharedBinary*>(box[2])->bytes();
  return {bytes + offset / 8, static_cast<unsigned>(offset % 8), bits};
}

std::string_view binary_bytes(Term binary, std::string& scratch) {
  BitView view = bit_view(binary);
  size_t size = view.bits / 8;
  if (view.is_aligned()) return {reinterpret_cast<const char*>(view.bytes), size};
  scratch.assign(size, '\0');
  copy_bits(reinterpret_cast<unsigned char*>(scratch.data()), 0, view.bytes, view.bit_offset, uint64_t{size} * 8);
  return scratch;
}

void copy_bits(unsigned char* to, uint64_t to_offset, const unsigned char* from, uint64_t from_offset, uint64_t bits) {
  if (bits == 0) return;
  to += to_offset / 8;
  from += from_offset / 8;
  unsigned to_shift = to_offset % 8;
  unsigned from_shift = from_offset % 8;

  if (to_shift != 0) {
    unsigned n = 8 - to_shift;
    if (n > bits) n = static_cast<unsigned>(bits);
    unsigned value = read_bits(from, from_shift, n);
    unsigned place = 8 - to_shift - n;
    unsigned mask = ((1u << n) - 1) << place;
    *to = static_cast<unsigned char>((*to & ~mask) | (value << place));
    bits -= n;
    ++to;
    from += (from_shift + n) / 8;
    from_shift = (from_shift + n) % 8;
  }

  uint64_t whole = bits / 8;
  if (from_shift == 0) {
    if (whole != 0) std::memcpy(to, from, whole);
  } else {
    for (uint64_t i = 0; i < whole; ++i) {
      to[i] = static_cast<unsigned char>((from[i] << from_shift) | (from[i + 1] >> (8 - from_shift)));
    }
  }

  unsigned rest = bits % 8;
  if (rest != 0) {
    unsigned value = read_bits(from + whole, from_shift, rest) << (8 - rest);
    unsigned mask = 0xff00u >> rest & 0xff;
    to[whole] = static_cast<unsigned char>((to[whole] & ~mask) | value);
  }
}

int compare_bits(const BitView& a, const BitView& b) {
  uint64_t common = a.bits < b.bits ? a.bits : b.bits;
  if (a.is_aligned() && b.is_aligned()) {
    int order = common < 8 ? 0 : std::memcmp(a.bytes, b.bytes, common / 8);
    if (order != 0) return order;
  } else {
    for (uint64_t i = 0; i < common / 8; ++i) {
      int order = static_cast<int>(read_bits(a.bytes, a.bit_offset + i * 8, 8)) -
                  static_cast<int>(read_bits(b.bytes, b.bit_offset + i * 8, 8));
      if (order != 0) return order;
    }
  }
  if (unsigned rest = common % 8; rest != 0) {
    uint64_t at = common - rest;
    int order = static_cast<int>(read_bits(a.bytes, a.bit_offset + at, rest)) -
                static_cast<int>(read_bits(b.bytes, b.bit_offset + at, rest));
    if (order != 0) return order;
  }
  return a.bits < b.bits ? -1 : a.bits > b.bits;
}

bool equal_bits(const BitView& a, const BitView& b) { return a.bits == b.bits && compare_bits(a, b) == 0; }

}  // namespace phial
