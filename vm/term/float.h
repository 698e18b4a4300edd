// Floats. Doubles with a magnitude between about 1.7e-77 and 1.2e77, and 0.0, are immediate: the word is the double
// rotated left by three, its two now redundant exponent bits replaced by the tag (the encoding of CRuby's flonums).
// Others (-0.0 among them) are boxed. Infinities and NaN are no Elixir values; callers check first.
#pragma once

#include <bit>

#include "vm/term/space.h"

namespace phial {

namespace flonum {
inline constexpr Word kZero = 0x8000000000000002;
/// Whether the double with these bits fits in the word.
inline bool fits(Word bits) {
  unsigned top = static_cast<unsigned>(bits >> 60) & 7;
  return (bits != 0x3000000000000000 && ((top - 3) & ~1u) == 0) || bits == 0;
}
inline Term encode(Word bits) {
  if (bits == 0) return Term::from_bits(kZero);
  return Term::from_bits((std::rotl(bits, 3) & ~Word{3}) | 2);
}
inline double decode(Term t) {
  Word v = t.bits();
  if (v == kZero) return 0.0;
  return std::bit_cast<double>(std::rotr((2 - (v >> 63)) | (v & ~Word{3}), 3));
}
}  // namespace flonum

inline Term make_float(Space& space, double value) {
  Word bits = std::bit_cast<Word>(value);
  if (__builtin_expect(flonum::fits(bits), 1)) return flonum::encode(bits);
  Word* box = space.alloc(2);
  box[0] = header::make(Kind::Float, 1);
  box[1] = bits;
  return Term::boxed(box);
}
/// The value of a term for which is_float() holds.
inline double float_value(Term t) {
  return t.is_flonum() ? flonum::decode(t) : std::bit_cast<double>(t.box()[1]);
}

}  // namespace phial
