// Integers beyond fixnums: sign and magnitude, limbs in the heap, arithmetic on GMP's mpn functions.
// All results are normalised: what fits a fixnum is a fixnum.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vm/term/space.h"

namespace phial {

/// The limbs of an integer of either size, least significant first, and its sign. Points into the heap or into
/// itself; not to be copied.
class IntegerView {
 public:
  explicit IntegerView(Term integer);
  IntegerView(const IntegerView&) = delete;
  IntegerView& operator=(const IntegerView&) = delete;
  const Word* limbs;
  size_t size;  // 0 for zero; the top limb is not zero
  bool negative;

 private:
  Word small_;
};

/// The integer with this magnitude, whose top limbs may be zero.
Term make_integer_from_limbs(Space& space, const Word* limbs, size_t size, bool negative);
/// The integer in [bytes], two's complement if [is_signed]. Any length up to kMaxLimbs limbs.
Term integer_from_bytes(Space& space, const unsigned char* bytes, size_t size, bool big_endian,
                        bool is_signed);
/// The low [size] bytes of the two's complement form of [integer].
void integer_to_bytes(Term integer, unsigned char* bytes, size_t size, bool big_endian);
/// Number of bits of the magnitude; 0 for 0.
uint64_t integer_bit_length(Term integer);
Term make_integer(Space& space, int64_t value);
Term make_unsigned(Space& space, uint64_t value);
/// Digits of [base] 2..36 with an optional sign, nothing else; none() if malformed.
Term integer_from_text(Space& space, std::string_view digits, int base);
std::string integer_to_text(Term integer, int base);
/// The value if it fits.
std::optional<int64_t> integer_to_int64(Term integer);
std::optional<uint64_t> integer_to_uint64(Term integer);
/// none() when the magnitude is beyond a double.
std::optional<double> integer_to_double(Term integer);
/// Truncates.
Term integer_from_double(Space& space, double value);

// Arithmetic on integers of either size. Division by zero is the caller's check.
Term integer_add(Space& space, Term a, Term b);
Term integer_sub(Space& space, Term a, Term b);
/// none() when the result would pass kMaxLimbs.
Term integer_mul(Space& space, Term a, Term b);
Term integer_div(Space& space, Term a, Term b);  // truncates towards zero
Term integer_rem(Space& space, Term a, Term b);  // sign of a
Term integer_neg(Space& space, Term a);
Term integer_and(Space& space, Term a, Term b);  // two's complement
Term integer_or(Space& space, Term a, Term b);
Term integer_xor(Space& space, Term a, Term b);
Term integer_not(Space& space, Term a);
/// Arithmetic shift left by [count]; right when negative. none() when the result would pass kMaxLimbs.
Term integer_shift(Space& space, Term a, int64_t count);
int integer_compare(Term a, Term b);
/// Compares the exact values.
int integer_compare_double(Term integer, double value);
/// Number of 64-bit limbs above which the VM raises system_limit.
inline constexpr size_t kMaxLimbs = size_t{1} << 20;

}  // namespace phial
