#include "vm/term/bignum.h"

#include <gmp.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <memory>

namespace phial {

static_assert(sizeof(mp_limb_t) == sizeof(Word) && GMP_NAIL_BITS == 0);

namespace {

// Word and mp_limb_t are both unsigned 64-bit integers, but may be distinct types.
mp_limb_t* limbs_of(Word* p) { return reinterpret_cast<mp_limb_t*>(p); }
const mp_limb_t* limbs_of(const Word* p) { return reinterpret_cast<const mp_limb_t*>(p); }

/// Room for limbs outside the heap: small numbers on the stack.
class Scratch {
 public:
  explicit Scratch(size_t words) {
    if (words > kInline) big_ = std::make_unique_for_overwrite<Word[]>(words);
    data_ = big_ ? big_.get() : inline_;
  }
  Word* data() { return data_; }

 private:
  static constexpr size_t kInline = 40;
  Word* data_;
  std::unique_ptr<Word[]> big_;
  Word inline_[kInline];
};

/// Room in a space for the limbs of a result of which only the greatest possible size is known.
/// What stays unused becomes a dead bignum, since a space holds nothing but well-formed terms.
class Result {
 public:
  Result(Space& space, size_t most) : box_(space.alloc(most + 1)), most_(most) {}
  Word* limbs() { return box_ + 1; }
  Term finish(size_t size, bool negative) {
    while (size > 0 && limbs()[size - 1] == 0) --size;
    Word low = limbs()[0];
    if (size <= 1 && (size == 0 || low <= Word(Term::kFixnumMax) + negative)) {
      fill(0);
      if (size == 0) return Term::fixnum(0);
      return Term::fixnum(static_cast<int64_t>(negative ? 0 - low : low));
    }
    box_[0] = header::make(Kind::Bignum, size, negative);
    fill(size + 1);
    return Term::boxed(box_);
  }

 private:
  void fill(size_t from) {
    if (from <= most_) box_[from] = header::make(Kind::Bignum, most_ - from);
  }
  Word* box_;
  size_t most_;
};

Term add_or_subtract(Space& space, const IntegerView& a, const IntegerView& b, bool b_negative) {
  const IntegerView& big = a.size >= b.size ? a : b;
  const IntegerView& small = a.size >= b.size ? b : a;
  if (big.size == 0) return Term::fixnum(0);
  if (a.negative == b_negative) {
    Result result(space, big.size + 1);
    result.limbs()[big.size] =
        mpn_add(limbs_of(result.limbs()), limbs_of(big.limbs), big.size, limbs_of(small.limbs), small.size);
    return result.finish(big.size + 1, a.negative);
  }
  // Different signs: the smaller magnitude is subtracted from the bigger one.
  bool a_bigger = a.size != b.size ? a.size > b.size : mpn_cmp(limbs_of(a.limbs), limbs_of(b.limbs), a.size) >= 0;
  const IntegerView& from = a_bigger ? a : b;
  const IntegerView& what = a_bigger ? b : a;
  Result result(space, from.size);
  mpn_sub(limbs_of(result.limbs()), limbs_of(from.limbs), from.size, limbs_of(what.limbs), what.size);
  return result.finish(from.size, a_bigger ? a.negative : b_negative);
}

/// Writes the two's complement form of [v] in [size] limbs, size > v.size.
void to_twos_complement(const IntegerView& v, Word* out, size_t size) {
  if (v.size != 0) std::memcpy(out, v.limbs, v.size * sizeof(Word));
  std::memset(out + v.size, 0, (size - v.size) * sizeof(Word));
  if (v.negative) mpn_neg(limbs_of(out), limbs_of(out), size);
}

Term from_twos_complement(Result& result, size_t size) {
  bool negative = result.limbs()[size - 1] >> 63;
  if (negative) mpn_neg(limbs_of(result.limbs()), limbs_of(result.limbs()), size);
  return result.finish(size, negative);
}

template <typename Op>
Term bitwise(Space& space, Term a, Term b, Op op) {
  if (a.is_fixnum() && b.is_fixnum()) {
    return Term::fixnum(static_cast<int64_t>(op(static_cast<Word>(a.as_fixnum()), static_cast<Word>(b.as_fixnum()))));
  }
  IntegerView va(a), vb(b);
  size_t size = (va.size > vb.size ? va.size : vb.size) + 1;
  Scratch other(size);
  Result result(space, size);
  to_twos_complement(va, result.limbs(), size);
  to_twos_complement(vb, other.data(), size);
  for (size_t i = 0; i < size; ++i) result.limbs()[i] = op(result.limbs()[i], other.data()[i]);
  return from_twos_complement(result, size);
}

/// Quotient or remainder of the magnitudes, for |a| >= |b| in limbs.
Term divide(Space& space, const IntegerView& a, const IntegerView& b, bool want_quotient) {
  size_t quotient_size = a.size - b.size + 1;
  if (want_quotient) {
    Result result(space, quotient_size);
    Scratch rest(b.size);
    mpn_tdiv_qr(limbs_of(result.limbs()), limbs_of(rest.data()), 0, limbs_of(a.limbs), a.size, limbs_of(b.limbs),
                b.size);
    return result.finish(quotient_size, a.negative != b.negative);
  }
  Result result(space, b.size);
  Scratch quotient(quotient_size);
  mpn_tdiv_qr(limbs_of(quotient.data()), limbs_of(result.limbs()), 0, limbs_of(a.limbs), a.size, limbs_of(b.limbs),
              b.size);
  return result.finish(b.size, a.negative);
}

Term make_int128(Space& space, __int128 value) {
  if (value >= Term::kFixnumMin && value <= Term::kFixnumMax) {
    return Term::fixnum(static_cast<int64_t>(value));
  }
  bool negative = value < 0;
  unsigned __int128 magnitude =
      negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  Word limbs[2] = {static_cast<Word>(magnitude), static_cast<Word>(magnitude >> 64)};
  return make_integer_from_limbs(space, limbs, 2, negative);
}

/// The magnitude of an integral [value] of at least 2^61: 17 limbs from limbs[1] on.
void limbs_from_double(double value, Word (&limbs)[18]) {
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);  // in [0.5, 1)
  Word mantissa = static_cast<Word>(std::ldexp(fraction, 64));
  auto shift = static_cast<unsigned>(exponent);
  // The mantissa's lowest bit stands for 2^(exponent - 64), and the lowest bit of limbs[0] for 2^-64.
  size_t low = shift / 64;
  unsigned bits = shift % 64;
  std::memset(limbs, 0, sizeof(limbs));
  limbs[low] = mantissa << bits;
  if (bits != 0) limbs[low + 1] = mantissa >> (64 - bits);
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 36;
}

}  // namespace

IntegerView::IntegerView(Term integer) {
  if (integer.is_fixnum()) {
    int64_t value = integer.as_fixnum();
    negative = value < 0;
    small_ = negative ? 0 - static_cast<Word>(value) : static_cast<Word>(value);
    limbs = &small_;
    size = value != 0;
    return;
  }
  VM_ASSERT(integer.is_bignum());
  const Word* box = integer.box();
  limbs = box + 1;
  size = header::words(box[0]);
  negative = header::flags(box[0]) & 1;
  small_ = 0;
}

Term make_integer_from_limbs(Space& space, const Word* limbs, size_t size, bool negative) {
  while (size > 0 && limbs[size - 1] == 0) --size;
  if (size == 0) return Term::fixnum(0);
  if (size == 1 && limbs[0] <= Word(Term::kFixnumMax) + negative) {
    return Term::fixnum(static_cast<int64_t>(negative ? 0 - limbs[0] : limbs[0]));
  }
  Word* box = space.alloc(size + 1);
  box[0] = header::make(Kind::Bignum, size, negative);
  std::memcpy(box + 1, limbs, size * sizeof(Word));
  return Term::boxed(box);
}

Term make_integer(Space& space, int64_t value) {
  if (Term::fits_fixnum(value)) return Term::fixnum(value);
  return make_int128(space, value);
}

Term make_unsigned(Space& space, uint64_t value) { return make_integer_from_limbs(space, &value, 1, false); }

Term integer_from_bytes(Space& space, const unsigned char* bytes, size_t size, bool big_endian, bool is_signed) {
  size_t count = (size + 7) / 8;
  if (count == 0) return Term::fixnum(0);
  Scratch limbs(count);
  bool negative = is_signed && (big_endian ? bytes[0] : bytes[size - 1]) >> 7;
  std::memset(limbs.data(), negative ? 0xff : 0, count * sizeof(Word));
  auto* out = reinterpret_cast<unsigned char*>(limbs.data());
  if (big_endian) {
    for (size_t i = 0; i < size; ++i) out[i] = bytes[size - 1 - i];
  } else {
    std::memcpy(out, bytes, size);
  }
  if (negative) mpn_neg(limbs_of(limbs.data()), limbs_of(limbs.data()), count);
  return make_integer_from_limbs(space, limbs.data(), count, negative);
}

void integer_to_bytes(Term integer, unsigned char* bytes, size_t size, bool big_endian) {
  IntegerView v(integer);
  const auto* in = reinterpret_cast<const unsigned char*>(v.limbs);
  unsigned carry = 1;
  for (size_t i = 0; i < size; ++i) {
    unsigned byte = i < v.size * sizeof(Word) ? in[i] : 0;
    if (v.negative) {
      byte = (byte ^ 0xff) + carry;
      carry = byte >> 8;
    }
    bytes[big_endian ? size - 1 - i : i] = static_cast<unsigned char>(byte);
  }
}

uint64_t integer_bit_length(Term integer) {
  IntegerView v(integer);
  if (v.size == 0) return 0;
  return v.size * 64 - static_cast<unsigned>(std::countl_zero(v.limbs[v.size - 1]));
}

Term integer_from_text(Space& space, std::string_view text, int base) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return Term::none();
  while (text.size() > 1 && text[0] == '0') text.remove_prefix(1);

  if (text.size() <= 11) {  // 36^11 is below 2^61
    int64_t value = 0;
    for (char c : text) {
      int digit = digit_value(c);
      if (digit >= base) return Term::none();
      value = value * base + digit;
    }
    return Term::fixnum(negative ? -value : value);
  }
  auto digits = std::make_unique_for_overwrite<unsigned char[]>(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    int digit = digit_value(text[i]);
    if (digit >= base) return Term::none();
    digits[i] = static_cast<unsigned char>(digit);
  }
  auto bits_per_digit = static_cast<size_t>(std::bit_width(static_cast<unsigned>(base - 1)));
  size_t most = text.size() * bits_per_digit / 64 + 2;
  auto limbs = std::make_unique_for_overwrite<Word[]>(most);
  size_t size = static_cast<size_t>(mpn_set_str(limbs_of(limbs.get()), digits.get(), text.size(), base));
  if (size > kMaxLimbs) return Term::none();
  return make_integer_from_limbs(space, limbs.get(), size, negative);
}

std::string integer_to_text(Term integer, int base) {
  static constexpr char kDigits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  IntegerView v(integer);
  if (v.size <= 1) {
    char buffer[66];
    char* p = buffer + sizeof(buffer);
    Word value = v.size == 0 ? 0 : v.limbs[0];
    do {
      *--p = kDigits[value % static_cast<unsigned>(base)];
      value /= static_cast<unsigned>(base);
    } while (value != 0);
    if (v.negative) *--p = '-';
    return std::string(p, buffer + sizeof(buffer));
  }
  auto copy = std::make_unique_for_overwrite<Word[]>(v.size + 1);  // mpn_get_str clobbers it
  std::memcpy(copy.get(), v.limbs, v.size * sizeof(Word));
  size_t least_bits_per_digit = static_cast<size_t>(std::bit_width(static_cast<unsigned>(base)) - 1);
  std::string text(v.size * 64 / least_bits_per_digit + 3, '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data()) + v.negative;
  size_t size = mpn_get_str(out, base, limbs_of(copy.get()), static_cast<mp_size_t>(v.size));
  size_t zeros = 0;
  while (zeros + 1 < size && out[zeros] == 0) ++zeros;
  if (zeros != 0) std::memmove(out, out + zeros, size - zeros);
  size -= zeros;
  for (size_t i = 0; i < size; ++i) out[i] = static_cast<unsigned char>(kDigits[out[i]]);
  if (v.negative) text[0] = '-';
  text.resize(size + v.negative);
  return text;
}

std::optional<int64_t> integer_to_int64(Term integer) {
  if (integer.is_fixnum()) return integer.as_fixnum();
  IntegerView v(integer);
  if (v.size > 1 || v.limbs[0] > (Word{1} << 63) - !v.negative) return std::nullopt;
  return static_cast<int64_t>(v.negative ? 0 - v.limbs[0] : v.limbs[0]);
}

std::optional<uint64_t> integer_to_uint64(Term integer) {
  IntegerView v(integer);
  if (v.negative || v.size > 1) return std::nullopt;
  return v.size == 0 ? 0 : v.limbs[0];
}

std::optional<double> integer_to_double(Term integer) {
  if (integer.is_fixnum()) return static_cast<double>(integer.as_fixnum());
  IntegerView v(integer);
  if (v.size > 16) return std::nullopt;
  Word top = v.limbs[v.size - 1];
  int zeros = std::countl_zero(top);
  // The top 64 bits with everything below them folded into the lowest: the conversion to double then rounds as if
  // it saw all bits.
  Word head = top << zeros;
  bool sticky = false;
  if (v.size > 1) {
    Word next = v.limbs[v.size - 2];
    if (zeros != 0) head |= next >> (64 - zeros);
    sticky = (next << zeros) != 0;
    for (size_t i = 0; i + 2 < v.size && !sticky; ++i) sticky = v.limbs[i] != 0;
  }
  double value = std::ldexp(static_cast<double>(head | sticky), static_cast<int>((v.size - 1) * 64) - zeros);
  if (std::isinf(value)) return std::nullopt;
  return v.negative ? -value : value;
}

Term integer_from_double(Space& space, double value) {
  value = std::trunc(value);
  if (std::fabs(value) < 0x1p61) return Term::fixnum(static_cast<int64_t>(value));
  Word limbs[18];
  limbs_from_double(value, limbs);
  return make_integer_from_limbs(space, limbs + 1, 17, value < 0);
}

Term integer_add(Space& space, Term a, Term b) {
  if (a.is_fixnum() && b.is_fixnum()) return make_integer(space, a.as_fixnum() + b.as_fixnum());
  IntegerView va(a), vb(b);
  return add_or_subtract(space, va, vb, vb.negative);
}

Term integer_sub(Space& space, Term a, Term b) {
  if (a.is_fixnum() && b.is_fixnum()) return make_integer(space, a.as_fixnum() - b.as_fixnum());
  IntegerView va(a), vb(b);
  return add_or_subtract(space, va, vb, !vb.negative);
}

Term integer_mul(Space& space, Term a, Term b) {
  if (a.is_fixnum() && b.is_fixnum()) {
    return make_int128(space, static_cast<__int128>(a.as_fixnum()) * b.as_fixnum());
  }
  IntegerView va(a), vb(b);
  if (va.size == 0 || vb.size == 0) return Term::fixnum(0);
  size_t size = va.size + vb.size;
  if (size > kMaxLimbs + 1) return Term::none();
  Result result(space, size);
  const IntegerView& big = va.size >= vb.size ? va : vb;
  const IntegerView& small = va.size >= vb.size ? vb : va;
  if (a == b) {
    mpn_sqr(limbs_of(result.limbs()), limbs_of(va.limbs), static_cast<mp_size_t>(va.size));
  } else {
    mpn_mul(limbs_of(result.limbs()), limbs_of(big.limbs), static_cast<mp_size_t>(big.size), limbs_of(small.limbs),
            static_cast<mp_size_t>(small.size));
  }
  Term product = result.finish(size, va.negative != vb.negative);
  return product.is_boxed() && header::words(product.header()) > kMaxLimbs ? Term::none() : product;
}

Term integer_div(Space& space, Term a, Term b) {
  if (a.is_fixnum() && b.is_fixnum()) return make_integer(space, a.as_fixnum() / b.as_fixnum());
  IntegerView va(a), vb(b);
  if (va.size < vb.size) return Term::fixnum(0);
  return divide(space, va, vb, true);
}

Term integer_rem(Space& space, Term a, Term b) {
  if (a.is_fixnum() && b.is_fixnum()) return Term::fixnum(a.as_fixnum() % b.as_fixnum());
  IntegerView va(a), vb(b);
  if (va.size < vb.size) return a;
  return divide(space, va, vb, false);
}

Term integer_neg(Space& space, Term a) {
  if (a.is_fixnum()) return make_integer(space, -a.as_fixnum());
  IntegerView v(a);
  return make_integer_from_limbs(space, v.limbs, v.size, !v.negative);
}

Term integer_and(Space& space, Term a, Term b) {
  return bitwise(space, a, b, [](Word x, Word y) { return x & y; });
}
Term integer_or(Space& space, Term a, Term b) {
  return bitwise(space, a, b, [](Word x, Word y) { return x | y; });
}
Term integer_xor(Space& space, Term a, Term b) {
  return bitwise(space, a, b, [](Word x, Word y) { return x ^ y; });
}

Term integer_not(Space& space, Term a) {
  if (a.is_fixnum()) return Term::fixnum(~a.as_fixnum());
  return integer_sub(space, Term::fixnum(-1), a);
}

Term integer_shift(Space& space, Term a, int64_t count) {
  IntegerView v(a);
  if (v.size == 0) return Term::fixnum(0);
  if (count == 0) return a;
  if (count > 0) {
    auto up = static_cast<uint64_t>(count);
    if (up / 64 > kMaxLimbs) return Term::none();
    uint64_t bits = v.size * 64 - static_cast<unsigned>(std::countl_zero(v.limbs[v.size - 1])) + up;
    size_t size = (bits + 63) / 64;
    if (size > kMaxLimbs) return Term::none();
    size_t whole = up / 64;
    unsigned part = up % 64;
    Scratch limbs(whole + v.size + 1);
    std::memset(limbs.data(), 0, whole * sizeof(Word));
    Word* top = limbs.data() + whole;
    top[v.size] = 0;
    if (part == 0)
      std::memcpy(top, v.limbs, v.size * sizeof(Word));
    else
      top[v.size] = mpn_lshift(limbs_of(top), limbs_of(v.limbs), static_cast<mp_size_t>(v.size), part);
    return make_integer_from_limbs(space, limbs.data(), whole + v.size + 1, v.negative);
  }
  uint64_t down = 0 - static_cast<uint64_t>(count);
  if (down / 64 >= v.size) return Term::fixnum(v.negative ? -1 : 0);
  size_t whole = down / 64;
  unsigned part = down % 64;
  size_t size = v.size - whole;
  // A shift rounds towards minus infinity: a negative number that loses one bits moves one further down.
  bool lost = false;
  for (size_t i = 0; i < whole && !lost; ++i) lost = v.limbs[i] != 0;
  Scratch limbs(size + 1);
  limbs.data()[size] = 0;
  if (part == 0) {
    std::memcpy(limbs.data(), v.limbs + whole, size * sizeof(Word));
  } else {
    lost |= mpn_rshift(limbs_of(limbs.data()), limbs_of(v.limbs + whole), static_cast<mp_size_t>(size), part) != 0;
  }
  if (v.negative && lost) {
    mpn_add_1(limbs_of(limbs.data()), limbs_of(limbs.data()), static_cast<mp_size_t>(size + 1), 1);
  }
  return make_integer_from_limbs(space, limbs.data(), size + 1, v.negative);
}

int integer_compare(Term a, Term b) {
  if (a.is_fixnum() && b.is_fixnum()) {
    return a.as_fixnum() < b.as_fixnum() ? -1 : a.as_fixnum() > b.as_fixnum();
  }
  IntegerView va(a), vb(b);
  if (va.negative != vb.negative) return va.negative ? -1 : 1;
  int order = va.size != vb.size ? (va.size < vb.size ? -1 : 1)
                                 : mpn_cmp(limbs_of(va.limbs), limbs_of(vb.limbs), static_cast<mp_size_t>(va.size));
  return va.negative ? -order : order;
}

int integer_compare_double(Term integer, double value) {
  double whole = std::trunc(value);
  int order;
  if (std::fabs(whole) < 0x1p61) {
    order = integer_compare(integer, Term::fixnum(static_cast<int64_t>(whole)));
  } else {
    IntegerView v(integer);
    if (v.negative != (value < 0)) return v.negative ? -1 : 1;
    Word limbs[18];
    limbs_from_double(whole, limbs);
    size_t size = 17;
    while (limbs[size] == 0) --size;
    order = v.size != size ? (v.size < size ? -1 : 1)
                           : mpn_cmp(limbs_of(v.limbs), limbs_of(limbs + 1), static_cast<mp_size_t>(size));
    if (v.negative) order = -order;
  }
  if (order != 0 || whole == value) return order;
  return value > whole ? -1 : 1;
}

}  // namespace phial
