// Reading fields of bitstrings and writing them: the parts of the bin instructions that are about bits alone.
#pragma once

#include <optional>

#include "vm/bytecode/format.h"
#include "vm/process/process.h"
#include "vm/term/binary.h"

namespace phial::bits {

/// Where the bits of a bitstring are: bit [offset] (any number) of [bytes] on, [size] bits.
struct Source {
  const unsigned char* bytes;
  uint64_t offset;
  uint64_t size;
};
inline Source source_of(Term bitstring) {
  const Word* box = bitstring.box();
  uint64_t offset = 0, size = box[1];
  if (header::kind(box[0]) == Kind::SubBinary) {
    offset = box[2];
    size = box[3];
    box = Term::from_bits(box[1]).box();
  }
  if (header::kind(box[0]) == Kind::HeapBinary) return {reinterpret_cast<const unsigned char*>(box + 2), offset, size};
  return {reinterpret_cast<SharedBinary*>(box[2])->bytes(), offset, size};
}

/// Whether [bits] can be taken at [position]: a small integer that a bin instruction made, or hostile code.
inline bool fits(const Source& s, Term position, uint64_t bits) {
  uint64_t at = static_cast<uint64_t>(position.as_fixnum());
  return position.is_fixnum() && at <= s.size && bits <= s.size - at;
}

/// Size in bits of [size] units; nullopt when that is negative, no integer or beyond all memory.
inline std::optional<uint64_t> field_bits(Term size, unsigned unit) {
  if (!size.is_fixnum() || size.as_fixnum() < 0) return std::nullopt;
  uint64_t bits;
  if (__builtin_mul_overflow(static_cast<uint64_t>(size.as_fixnum()), uint64_t{unit}, &bits)) return std::nullopt;
  return bits;
}

inline bool is_little(unsigned flags) { return (flags & (kLittle | kNativeEndian)) != 0; }

/// The integer in [n] bits at bit [at].
Term read_integer(Space& space, const unsigned char* bytes, uint64_t at, uint64_t n, unsigned flags);
/// The float in 16, 32 or 64 bits; none() when the bits are no number or [n] is another size.
Term read_float(Space& space, const unsigned char* bytes, uint64_t at, uint64_t n, unsigned flags);

struct CodePoint {
  uint32_t value;
  unsigned bits;  // that it took; 0 when there is none
};
CodePoint read_utf(const Source& s, uint64_t at, unsigned form, unsigned flags);

/// Writes the low [n] bits of [integer] at bit [at]; other bits stay.
void write_integer(unsigned char* bytes, uint64_t at, Term integer, uint64_t n, unsigned flags);
/// Whether [value] can be written in [n] bits (16, 32, 64) as a finite float.
bool float_fits(double value, uint64_t n);
void write_float(unsigned char* bytes, uint64_t at, double value, uint64_t n, unsigned flags);
/// Bits of the code point in a form (8, 16, 32); 0 when it is none.
unsigned utf_bits(Term code_point, unsigned form);
void write_utf(unsigned char* bytes, uint64_t at, uint32_t code_point, unsigned form, unsigned flags);

}  // namespace phial::bits
