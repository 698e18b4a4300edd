// Bitstrings. Up to 64 bytes live in the heap (HeapBinary); longer ones are counted and shared between processes
// (RefBinary -> SharedBinary); SubBinary shows a range of bits of one of these.
// A binary is a bitstring whose size in bits is a multiple of eight.
#pragma once

#include <atomic>
#include <string>
#include <string_view>

#include "vm/term/space.h"

namespace phial {

inline constexpr size_t kHeapBinaryMaxBytes = 64;

/// Bytes outside all heaps, freed with the last count. [capacity] >= the sizes shown: the last writer may append
/// in place (see binary_append).
struct SharedBinary {
  std::atomic<uint64_t> count;
  uint64_t capacity;                // bytes
  std::atomic<uint64_t> used_bits;  // how far an appender has written
  unsigned char* bytes() { return reinterpret_cast<unsigned char*>(this + 1); }
};

/// Where the bits of a bitstring are: [bit_offset] (0..7) into [bytes], [bits] long.
struct BitView {
  const unsigned char* bytes;
  unsigned bit_offset;
  uint64_t bits;
  bool is_binary() const { return bits % 8 == 0; }
  bool is_aligned() const { return bit_offset == 0; }
};

/// A binary with these bytes.
Term make_binary(Space& space, std::string_view bytes);
/// A fresh bitstring of [bits] bits to be filled by the caller at once through [*out]; unused bits of the last byte
/// must end up zero.
Term make_bitstring_uninitialised(Space& space, uint64_t bits, unsigned char** out);
/// A view of [bits] bits from bit [offset] of [bitstring], sharing its bytes; small ones may be copied.
Term make_sub_bitstring(Space& space, Term bitstring, uint64_t offset, uint64_t bits);

/// [bitstring] followed by [extra] fresh bits. The caller fills those at once:
/// they start at bit [*bit_offset] of byte [*out]; bits of the last byte beyond the end must end up zero. When
/// [bitstring] ends where its shared bytes were last appended to, and there is room, nothing is copied.
Term binary_append(Space& space, Term bitstring, uint64_t extra, unsigned char** out,
                   unsigned* bit_offset);

BitView bit_view(Term bitstring);
inline bool is_binary(Term t) { return t.is_bitstring() && bit_view(t).is_binary(); }
/// The bytes of an aligned binary; when it is not byte-aligned they are first copied into [scratch].
std::string_view binary_bytes(Term binary, std::string& scratch);

/// Copies [bits] bits from bit [from_offset] of [from] to bit [to_offset] of [to]; other bits of [to] stay.
/// Offsets may be any number. The ranges do not overlap.
void copy_bits(unsigned char* to, uint64_t to_offset, const unsigned char* from,
               uint64_t from_offset, uint64_t bits);
/// The order of the bits of [a] and [b], a prefix before what it is a prefix of: <0, 0, >0.
int compare_bits(const BitView& a, const BitView& b);
bool equal_bits(const BitView& a, const BitView& b);
/// The [n] bits (up to 8) from bit [offset] of [bytes], in the low end of the result.
inline unsigned read_bits(const unsigned char* bytes, uint64_t offset, unsigned n) {
  const unsigned char* p = bytes + offset / 8;
  unsigned shift = offset % 8;
  unsigned two = unsigned{p[0]} << 8;
  if (shift + n > 8) two |= p[1];
  return (two >> (16 - shift - n)) & ((1u << n) - 1);
}

}  // namespace phial
