#include "vm/interp/bits.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "vm/term/bignum.h"
#include "vm/term/float.h"

namespace phial::bits {
namespace {

/// Some bytes, on the stack while they are few.
class Buffer {
 public:
  explicit Buffer(size_t size) : size_(size) {
    if (size > sizeof few_) many_.resize(size);
    std::memset(data(), 0, size);
  }
  unsigned char* data() { return size_ > sizeof few_ ? many_.data() : few_; }

 private:
  size_t size_;
  unsigned char few_[64];
  std::vector<unsigned char> many_;
};

Term sign_extended(Space& space, uint64_t value, uint64_t n, bool is_signed) {
  if (!is_signed || n == 0) {
    return value <= static_cast<uint64_t>(Term::kFixnumMax) ? Term::fixnum(static_cast<int64_t>(value))
                                                           : make_unsigned(space, value);
  }
  int64_t extended = static_cast<int64_t>(value << (64 - n)) >> (64 - n);
  return make_integer(space, extended);
}

/// Up to 64 bits, most significant first.
uint64_t read_big(const unsigned char* bytes, uint64_t at, uint64_t n) {
  uint64_t value = 0;
  const unsigned char* p = bytes + at / 8;
  unsigned skip = at % 8;
  if (skip != 0) {
    unsigned have = 8 - skip;
    value = *p & (0xffu >> skip);
    if (have >= n) return value >> (have - n);
    ++p;
    n -= have;
  }
  for (; n >= 8; n -= 8) value = value << 8 | *p++;
  if (n > 0) value = value << n | (*p >> (8 - n));
  return value;
}

uint64_t read_little(const unsigned char* bytes, uint64_t at, uint64_t n) {
  uint64_t value = 0;
  unsigned shift = 0;
  for (; n >= 8; n -= 8, at += 8, shift += 8) value |= read_big(bytes, at, 8) << shift;
  if (n > 0) value |= read_big(bytes, at, n) << shift;
  return value;
}

double half_to_double(uint16_t h) {
  int exponent = h >> 10 & 31;
  double fraction = (h & 1023) / 1024.0;
  double value = exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1.0 + fraction, exponent - 15);
  if (exponent == 31) value = HUGE_VAL;
  return (h & 0x8000) != 0 ? -value : value;
}

/// Rounds to nearest even; infinity when too large.
uint16_t double_to_half(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  value = std::fabs(value);
  if (value == 0) return sign;
  int exponent;
  std::frexp(value, &exponent);
  exponent -= 1;  // value = 1.x * 2^exponent
  if (exponent < -14) exponent = -14;
  double scaled = std::nearbyint(std::ldexp(value, 10 - exponent));  // 1024..2048, below 1024 when subnormal
  if (scaled >= 2048) {
    scaled /= 2;
    ++exponent;
  }
  if (exponent > 15) return sign | 0x7c00;
  unsigned mantissa = static_cast<unsigned>(scaled);
  if (mantissa < 1024) return static_cast<uint16_t>(sign | mantissa);
  return static_cast<uint16_t>(sign | ((exponent + 15) << 10) | (mantissa - 1024));
}

/// Writes up to 64 bits, most significant first.
void write_big(unsigned char* bytes, uint64_t at, uint64_t value, uint64_t n) {
  if (at % 8 == 0 && n % 8 == 0) {
    unsigned char* p = bytes + at / 8;
    for (uint64_t i = n / 8; i-- > 0; value >>= 8) p[i] = static_cast<unsigned char>(value);
    return;
  }
  unsigned char ordered[8];
  value = n == 0 ? 0 : value << (64 - n);
  for (int i = 0; i < 8; ++i) ordered[i] = static_cast<unsigned char>(value >> (56 - 8 * i));
  copy_bits(bytes, at, ordered, 0, n);
}

void write_little(unsigned char* bytes, uint64_t at, uint64_t value, uint64_t n) {
  for (; n >= 8; n -= 8, at += 8, value >>= 8) write_big(bytes, at, value & 0xff, 8);
  if (n > 0) write_big(bytes, at, value & ((1u << n) - 1), n);
}

}  // namespace

Term read_integer(Space& space, const unsigned char* bytes, uint64_t at, uint64_t n, unsigned flags) {
  bool is_signed = (flags & kSigned) != 0;
  if (n <= 64) {
    return sign_extended(space, is_little(flags) ? read_little(bytes, at, n) : read_big(bytes, at, n), n, is_signed);
  }
  size_t size = (n + 7) / 8;
  unsigned odd = n % 8;
  Buffer buffer(size);
  unsigned char* p = buffer.data();
  if (is_little(flags)) {
    copy_bits(p, 0, bytes, at, n);
    if (odd != 0) {
      unsigned char top = static_cast<unsigned char>(p[size - 1] >> (8 - odd));
      if (is_signed && (top >> (odd - 1) & 1)) top |= static_cast<unsigned char>(0xffu << odd);
      p[size - 1] = top;
    }
  } else {
    copy_bits(p, odd == 0 ? 0 : 8 - odd, bytes, at, n);
    if (odd != 0 && is_signed && (p[0] >> (odd - 1) & 1)) p[0] |= static_cast<unsigned char>(0xffu << odd);
  }
  return integer_from_bytes(space, p, size, !is_little(flags), is_signed);
}

Term read_float(Space& space, const unsigned char* bytes, uint64_t at, uint64_t n, unsigned flags) {
  if (n != 16 && n != 32 && n != 64) return Term::none();
  uint64_t raw = is_little(flags) ? read_little(bytes, at, n) : read_big(bytes, at, n);
  double value = n == 64   ? std::bit_cast<double>(raw)
                 : n == 32 ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(raw)))
                           : half_to_double(static_cast<uint16_t>(raw));
  return std::isfinite(value) ? make_float(space, value) : Term::none();
}

CodePoint read_utf(const Source& s, uint64_t at, unsigned form, unsigned flags) {
  constexpr CodePoint kNone{0, 0};
  uint64_t left = s.size - at;
  uint64_t from = s.offset + at;
  auto unit = [&](uint64_t skip, unsigned n) {
    return static_cast<uint32_t>(is_little(flags) && n > 8 ? read_little(s.bytes, from + skip, n)
                                                           : read_big(s.bytes, from + skip, n));
  };
  auto valid = [](uint32_t c) { return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff); };
  if (form == 32) {
    if (left < 32) return kNone;
    uint32_t c = unit(0, 32);
    return valid(c) ? CodePoint{c, 32} : kNone;
  }
  if (form == 16) {
    if (left < 16) return kNone;
    uint32_t high = unit(0, 16);
    if (high < 0xd800 || high > 0xdfff) return {high, 16};
    if (high > 0xdbff || left < 32) return kNone;
    uint32_t low = unit(16, 16);
    if (low < 0xdc00 || low > 0xdfff) return kNone;
    return {0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 32};
  }
  if (left < 8) return kNone;
  uint32_t first = unit(0, 8);
  if (first < 0x80) return {first, 8};
  unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc2 || first > 0xf4 || left < 8 + 8 * more) return kNone;
  uint32_t c = first & (0x3fu >> more);
  for (unsigned i = 1; i <= more; ++i) {
    uint32_t next = unit(8 * i, 8);
    if ((next & 0xc0) != 0x80) return kNone;
    c = c << 6 | (next & 0x3f);
  }
  constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[more] || !valid(c)) return kNone;
  return {c, 8 + 8 * more};
}

void write_integer(unsigned char* bytes, uint64_t at, Term integer, uint64_t n, unsigned flags) {
  if (integer.is_fixnum() && n <= 64) {
    uint64_t value = static_cast<uint64_t>(integer.as_fixnum());
    if (is_little(flags)) write_little(bytes, at, value, n);
    else write_big(bytes, at, value, n);
    return;
  }
  size_t size = (n + 7) / 8;
  unsigned odd = n % 8;
  Buffer buffer(size);
  unsigned char* p = buffer.data();
  integer_to_bytes(integer, p, size, !is_little(flags));
  if (is_little(flags)) {
    if (odd != 0) p[size - 1] = static_cast<unsigned char>(p[size - 1] << (8 - odd));
    copy_bits(bytes, at, p, 0, n);
  } else {
    copy_bits(bytes, at, p, odd == 0 ? 0 : 8 - odd, n);
  }
}

bool float_fits(double value, uint64_t n) {
  if (n == 32) return std::isfinite(static_cast<float>(value));
  if (n == 16) return (double_to_half(value) & 0x7c00) != 0x7c00;
  return true;
}

void write_float(unsigned char* bytes, uint64_t at, double value, uint64_t n, unsigned flags) {
  uint64_t raw = n == 64   ? std::bit_cast<uint64_t>(value)
                 : n == 32 ? std::bit_cast<uint32_t>(static_cast<float>(value))
                           : double_to_half(value);
  if (is_little(flags)) write_little(bytes, at, raw, n);
  else write_big(bytes, at, raw, n);
}

unsigned utf_bits(Term code_point, unsigned form) {
  if (!code_point.is_fixnum()) return 0;
  int64_t c = code_point.as_fixnum();
  if (c < 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return 0;
  if (form == 32) return 32;
  if (form == 16) return c < 0x10000 ? 16 : 32;
  return c < 0x80 ? 8 : c < 0x800 ? 16 : c < 0x10000 ? 24 : 32;
}

void write_utf(unsigned char* bytes, uint64_t at, uint32_t c, unsigned form, unsigned flags) {
  auto unit = [&](uint32_t value, unsigned n) {
    if (is_little(flags) && n > 8) write_little(bytes, at, value, n);
    else write_big(bytes, at, value, n);
    at += n;
  };
  if (form == 32) {
    unit(c, 32);
  } else if (form == 16) {
    if (c >= 0x10000) {
      unit(0xd800 + ((c - 0x10000) >> 10), 16);
      c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    unit(c, 16);
  } else if (c < 0x80) {
    unit(c, 8);
  } else {
    unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    unit((0xff00u >> (more + 1) & 0xff) | (c >> (6 * more)), 8);
    while (more-- > 0) unit(0x80 | (c >> (6 * more) & 0x3f), 8);
  }
}

}  // namespace phial::bits
