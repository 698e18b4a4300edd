// Bitstrings and :binary.
#include <algorithm>
#include <cstring>

#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

Term fix(uint64_t n) { return Term::fixnum(static_cast<int64_t>(n)); }
void charge_bytes(Process& p, uint64_t n) { p.charge(static_cast<int64_t>(n / 256)); }

/// Start and length of a part, normalised; a negative length counts backwards. False when outside [size] bytes.
bool part_range(Term start, Term length, uint64_t size, uint64_t& at, uint64_t& n) {
  if (!start.is_fixnum() || !length.is_fixnum()) return false;
  int64_t s = start.as_fixnum(), l = length.as_fixnum();
  if (s < 0 || static_cast<uint64_t>(s) > size) return false;
  if (l < 0) {
    if (-l > s) return false;
    s += l;
    l = -l;
  }
  if (static_cast<uint64_t>(l) > size - static_cast<uint64_t>(s)) return false;
  at = static_cast<uint64_t>(s);
  n = static_cast<uint64_t>(l);
  return true;
}

uint64_t byte_count(Term binary) { return bit_view(binary).bits / 8; }

Term part(Process& p, Term binary, Term start, Term length) {
  uint64_t at, n;
  if (!is_binary(binary) || !part_range(start, length, byte_count(binary), at, n)) return p.raise_badarg();
  return make_sub_bitstring(p.heap, binary, at * 8, n * 8);
}

}  // namespace

Term erlang_byte_size(Process& p, Term* a) {
  return a[0].is_bitstring() ? fix((bit_view(a[0]).bits + 7) / 8) : p.raise_badarg();
}
Term erlang_bit_size(Process& p, Term* a) {
  return a[0].is_bitstring() ? fix(bit_view(a[0]).bits) : p.raise_badarg();
}
Term erlang_binary_part(Process& p, Term* a) { return part(p, a[0], a[1], a[2]); }
Term erlang_binary_part_pair(Process& p, Term* a) {
  if (!is_tuple_of(a[1], 2)) return p.raise_badarg();
  return part(p, a[0], tuple_at(a[1], 0), tuple_at(a[1], 1));
}
Term erlang_split_binary(Process& p, Term* a) {
  if (!is_binary(a[0]) || !a[1].is_fixnum() || a[1].as_fixnum() < 0) return p.raise_badarg();
  uint64_t size = byte_count(a[0]), at = static_cast<uint64_t>(a[1].as_fixnum());
  if (at > size) return p.raise_badarg();
  Term left = make_sub_bitstring(p.heap, a[0], 0, at * 8);
  return make_tuple(p.heap, {left, make_sub_bitstring(p.heap, a[0], at * 8, (size - at) * 8)});
}

namespace {
Term bytes_to_list(Process& p, std::string_view bytes, Term tail) {
  for (size_t i = bytes.size(); i-- > 0;)
    tail = make_cons(p.heap, Term::fixnum(static_cast<unsigned char>(bytes[i])), tail);
  p.charge(static_cast<int64_t>(bytes.size() / 16));
  return tail;
}
}  // namespace

Term erlang_binary_to_list(Process& p, Term* a) {
  if (!is_binary(a[0])) return p.raise_badarg();
  std::string scratch;
  return bytes_to_list(p, binary_bytes(a[0], scratch), Term::nil_list());
}
Term erlang_binary_to_list_range(Process& p, Term* a) {
  if (!is_binary(a[0]) || !a[1].is_fixnum() || !a[2].is_fixnum()) return p.raise_badarg();
  int64_t from = a[1].as_fixnum(), to = a[2].as_fixnum();
  std::string scratch;
  std::string_view bytes = binary_bytes(a[0], scratch);
  if (from < 1 || to < from || to > static_cast<int64_t>(bytes.size())) return p.raise_badarg();
  return bytes_to_list(p, bytes.substr(static_cast<size_t>(from - 1), static_cast<size_t>(to - from + 1)),
                       Term::nil_list());
}
Term erlang_bitstring_to_list(Process& p, Term* a) {
  if (!a[0].is_bitstring()) return p.raise_badarg();
  uint64_t bits = bit_view(a[0]).bits, whole = bits / 8 * 8;
  Term tail = Term::nil_list();
  if (bits != whole) tail = make_cons(p.heap, make_sub_bitstring(p.heap, a[0], whole, bits - whole), tail);
  std::string scratch;
  return bytes_to_list(p, binary_bytes(make_sub_bitstring(p.heap, a[0], 0, whole), scratch), tail);
}

Term erlang_iolist_to_binary(Process& p, Term* a) {
  if (is_binary(a[0])) return a[0];
  std::string out;
  if (!a[0].is_list() || !append_iodata(a[0], out)) return p.raise_badarg();
  charge_bytes(p, out.size() * 4);
  return make_binary(p.heap, out);
}
Term erlang_list_to_binary(Process& p, Term* a) {
  return a[0].is_list() ? erlang_iolist_to_binary(p, a) : p.raise_badarg();
}

/// As iodata, but a bitstring that is no binary may end it or stand inside: bits are joined.
Term erlang_list_to_bitstring(Process& p, Term* a) {
  if (a[0].is_bitstring()) return a[0];
  if (!a[0].is_list()) return p.raise_badarg();
  std::string out;
  uint64_t bits = 0;
  auto push_bits = [&](unsigned value, unsigned n) {
    for (unsigned i = n; i-- > 0;) {
      if (bits % 8 == 0) out += '\0';
      if (value >> i & 1) out.back() = static_cast<char>(out.back() | (0x80 >> bits % 8));
      ++bits;
    }
  };
  bool fine = walk_iolist(a[0], [&](Term t) {
    if (t.is_fixnum()) {
      if (t.as_fixnum() < 0 || t.as_fixnum() > 255) return false;
      push_bits(static_cast<unsigned>(t.as_fixnum()), 8);
      return true;
    }
    if (!t.is_bitstring()) return false;
    BitView v = bit_view(t);
    for (uint64_t i = 0; i < v.bits; ++i) {
      uint64_t at = v.bit_offset + i;
      push_bits(v.bytes[at / 8] >> (7 - at % 8) & 1, 1);
    }
    return true;
  });
  if (!fine) return p.raise_badarg();
  charge_bytes(p, out.size() * 16);
  unsigned char* bytes;
  Term result = make_bitstring_uninitialised(p.heap, bits, &bytes);
  std::memcpy(bytes, out.data(), out.size());
  return result;
}

Term erlang_iolist_size(Process& p, Term* a) {
  uint64_t n = 0;
  bool fine = (a[0].is_list() || is_binary(a[0])) && walk_iolist(a[0], [&n](Term t) {
    if (t.is_fixnum()) {
      ++n;
      return t.as_fixnum() >= 0 && t.as_fixnum() <= 255;
    }
    if (!is_binary(t)) return false;
    n += byte_count(t);
    return true;
  });
  return fine ? fix(n) : p.raise_badarg();
}
Term erlang_iolist_to_iovec(Process& p, Term* a) {
  Term whole = erlang_iolist_to_binary(p, a);
  if (whole.is_none()) return whole;
  return byte_count(whole) == 0 ? Term::nil_list() : make_list(p.heap, {whole});
}

// :binary

Term binary_at(Process& p, Term* a) {
  if (!is_binary(a[0]) || !a[1].is_fixnum()) return p.raise_badarg();
  std::string scratch;
  std::string_view bytes = binary_bytes(a[0], scratch);
  if (a[1].as_fixnum() < 0 || static_cast<uint64_t>(a[1].as_fixnum()) >= bytes.size()) return p.raise_badarg();
  return Term::fixnum(static_cast<unsigned char>(bytes[static_cast<size_t>(a[1].as_fixnum())]));
}
Term binary_first(Process& p, Term* a) {
  Term args[] = {a[0], Term::fixnum(0)};
  return binary_at(p, args);
}
Term binary_last(Process& p, Term* a) {
  if (!is_binary(a[0])) return p.raise_badarg();
  Term args[] = {a[0], Term::fixnum(static_cast<int64_t>(byte_count(a[0])) - 1)};
  return binary_at(p, args);
}
Term binary_copy(Process& p, Term* a) {
  if (!is_binary(a[0])) return p.raise_badarg();
  std::string scratch;
  std::string_view bytes = binary_bytes(a[0], scratch);
  charge_bytes(p, bytes.size());
  return make_binary(p.heap, bytes);
}
Term binary_copy_times(Process& p, Term* a) {
  if (!is_binary(a[0]) || !a[1].is_fixnum() || a[1].as_fixnum() < 0) return p.raise_badarg();
  std::string scratch;
  std::string_view bytes = binary_bytes(a[0], scratch);
  uint64_t n = static_cast<uint64_t>(a[1].as_fixnum()), total;
  if (__builtin_mul_overflow(bytes.size(), n, &total) || total > (uint64_t{1} << 40)) return p.raise_error(atoms::system_limit);
  unsigned char* out;
  Term result = make_bitstring_uninitialised(p.heap, total * 8, &out);
  if (bytes.size() == 1) {
    std::memset(out, bytes[0], total);
  } else {
    for (uint64_t i = 0; i < n; ++i) std::memcpy(out + i * bytes.size(), bytes.data(), bytes.size());
  }
  charge_bytes(p, total);
  return result;
}

namespace {

/// What to look for: one or more non-empty byte strings, copied, so that searching is safe from any layout.
struct Patterns {
  std::vector<std::string> texts;

  /// The leftmost match at or after [from], the longest among those at one place; npos when none.
  size_t find(std::string_view in, size_t from, size_t& length) const {
    if (texts.size() == 1) {
      length = texts[0].size();
      return in.find(texts[0], from);
    }
    size_t best = std::string_view::npos;
    for (const std::string& t : texts) {
      size_t at = best == std::string_view::npos ? in.find(t, from) : in.substr(0, best + t.size()).find(t, from);
      if (at == std::string_view::npos) continue;
      if (best == std::string_view::npos || at < best || (at == best && t.size() > length)) {
        best = at;
        length = t.size();
      }
    }
    return best;
  }
};

bool read_pattern(Term t, Patterns& out) {
  if (!is_binary(t)) return false;
  std::string scratch;
  out.texts.emplace_back(binary_bytes(t, scratch));
  return !out.texts.back().empty();
}

/// A binary, a non-empty list of binaries, or what compile_pattern gave.
bool read_patterns(Process& p, Term t, Patterns& out) {
  if (is_tuple_of(t, 2) && tuple_at(t, 0) == p.atoms().intern("bm")) t = tuple_at(t, 1);
  if (t.is_bitstring()) return read_pattern(t, out);
  if (!t.is_cons()) return false;
  for (; t.is_cons(); t = t.tail())
    if (!read_pattern(t.head(), out)) return false;
  return t.is_nil_list();
}

struct SearchOptions {
  uint64_t from = 0, to = 0;
  bool global = false, trim = false, trim_all = false;
};

bool read_options(Process& p, Term list, uint64_t size, SearchOptions& out) {
  out.to = size;
  for (; list.is_cons(); list = list.tail()) {
    Term o = list.head();
    if (o.is_atom()) {
      std::string_view name = p.atoms().text(o);
      if (name == "global") out.global = true;
      else if (name == "trim") out.trim = true;
      else if (name == "trim_all") out.trim_all = true;
      else return false;
    } else if (is_tuple_of(o, 2) && is_tuple_of(tuple_at(o, 1), 2)) {
      Term scope = tuple_at(o, 1);
      uint64_t at, n;
      if (!part_range(tuple_at(scope, 0), tuple_at(scope, 1), size, at, n)) return false;
      out.from = at;
      out.to = at + n;
    } else {
      return false;
    }
  }
  return list.is_nil_list();
}

struct Search {
  std::string scratch;
  std::string_view bytes;
  Patterns patterns;
  SearchOptions options;
};

bool prepare(Process& p, Term subject, Term pattern, Term options, Search& out) {
  if (!is_binary(subject) || !read_patterns(p, pattern, out.patterns)) return false;
  out.bytes = binary_bytes(subject, out.scratch);
  if (!read_options(p, options, out.bytes.size(), out.options)) return false;
  charge_bytes(p, out.bytes.size() * out.patterns.texts.size());
  return true;
}

Term match_pair(Process& p, size_t at, size_t length) { return make_tuple(p.heap, {fix(at), fix(length)}); }

Term match_one(Process& p, Term subject, Term pattern, Term options) {
  Search s;
  if (!prepare(p, subject, pattern, options, s)) return p.raise_badarg();
  size_t length = 0;
  size_t at = s.patterns.find(s.bytes.substr(0, s.options.to), s.options.from, length);
  return at == std::string_view::npos ? p.atoms().intern("nomatch") : match_pair(p, at, length);
}

Term match_all(Process& p, Term subject, Term pattern, Term options) {
  Search s;
  if (!prepare(p, subject, pattern, options, s)) return p.raise_badarg();
  ListBuilder out(p.heap);
  size_t length = 0;
  std::string_view in = s.bytes.substr(0, s.options.to);
  for (size_t at = s.options.from; (at = s.patterns.find(in, at, length)) != std::string_view::npos; at += length)
    out.push(match_pair(p, at, length));
  return out.finish();
}

Term split(Process& p, Term subject, Term pattern, Term options) {
  Search s;
  if (!prepare(p, subject, pattern, options, s)) return p.raise_badarg();
  std::vector<std::pair<size_t, size_t>> pieces;
  std::string_view in = s.bytes.substr(0, s.options.to);
  size_t start = 0, length = 0;
  for (size_t at = s.options.from; (at = s.patterns.find(in, at, length)) != std::string_view::npos; at += length) {
    pieces.emplace_back(start, at - start);
    start = at + length;
    if (!s.options.global) break;
  }
  pieces.emplace_back(start, s.bytes.size() - start);
  if (s.options.trim || s.options.trim_all)
    while (!pieces.empty() && pieces.back().second == 0) pieces.pop_back();
  ListBuilder out(p.heap);
  for (auto [at, n] : pieces) {
    if (s.options.trim_all && n == 0) continue;
    out.push(make_sub_bitstring(p.heap, subject, at * 8, n * 8));
  }
  p.charge(static_cast<int64_t>(pieces.size() / 4));
  return out.finish();
}

}  // namespace

Term binary_match(Process& p, Term* a) { return match_one(p, a[0], a[1], Term::nil_list()); }
Term binary_match_options(Process& p, Term* a) { return match_one(p, a[0], a[1], a[2]); }
Term binary_matches(Process& p, Term* a) { return match_all(p, a[0], a[1], Term::nil_list()); }
Term binary_matches_options(Process& p, Term* a) { return match_all(p, a[0], a[1], a[2]); }
Term binary_split(Process& p, Term* a) { return split(p, a[0], a[1], Term::nil_list()); }
Term binary_split_options(Process& p, Term* a) { return split(p, a[0], a[1], a[2]); }

/// {:bm, patterns}: the patterns are short, so there is nothing worth keeping but that they were checked.
Term binary_compile_pattern(Process& p, Term* a) {
  Patterns patterns;
  if (!read_patterns(p, a[0], patterns)) return p.raise_badarg();
  return make_tuple(p.heap, {p.atoms().intern("bm"), a[0]});
}

namespace {
Term common(Process& p, Term list, bool suffix) {
  std::string first, scratch;
  bool started = false;
  size_t n = 0;
  for (; list.is_cons(); list = list.tail()) {
    if (!is_binary(list.head())) return p.raise_badarg();
    std::string_view bytes = binary_bytes(list.head(), scratch);
    if (!started) {
      first = bytes;
      n = first.size();
      started = true;
      continue;
    }
    n = std::min(n, bytes.size());
    size_t k = 0;
    while (k < n && (suffix ? first[first.size() - 1 - k] == bytes[bytes.size() - 1 - k] : first[k] == bytes[k])) ++k;
    n = k;
  }
  return started && list.is_nil_list() ? fix(n) : p.raise_badarg();
}
}  // namespace

Term binary_longest_common_prefix(Process& p, Term* a) { return common(p, a[0], false); }
Term binary_longest_common_suffix(Process& p, Term* a) { return common(p, a[0], true); }

namespace {
Term decode(Process& p, Term binary, bool little) {
  if (!is_binary(binary)) return p.raise_badarg();
  std::string scratch;
  std::string bytes(binary_bytes(binary, scratch));
  if (little) std::reverse(bytes.begin(), bytes.end());
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex = "0";
  for (unsigned char c : bytes) {
    hex += kDigits[c >> 4];
    hex += kDigits[c & 15];
  }
  return integer_from_text(p.heap, hex, 16);
}
Term encode(Process& p, Term integer, bool little) {
  if (!integer.is_integer() || integer_compare(integer, Term::fixnum(0)) < 0) return p.raise_badarg();
  std::string hex = integer_to_text(integer, 16);
  if (hex.size() % 2) hex.insert(0, "0");
  auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  if (little) std::reverse(bytes.begin(), bytes.end());
  return make_binary(p.heap, bytes);
}
bool read_endian(Process& p, Term t, bool& little) {
  if (!t.is_atom()) return false;
  little = p.atoms().text(t) == "little";
  return little || p.atoms().text(t) == "big";
}
}  // namespace

Term binary_decode_unsigned(Process& p, Term* a) { return decode(p, a[0], false); }
Term binary_decode_unsigned_endian(Process& p, Term* a) {
  bool little;
  return read_endian(p, a[1], little) ? decode(p, a[0], little) : p.raise_badarg();
}
Term binary_encode_unsigned(Process& p, Term* a) { return encode(p, a[0], false); }
Term binary_encode_unsigned_endian(Process& p, Term* a) {
  bool little;
  return read_endian(p, a[1], little) ? encode(p, a[0], little) : p.raise_badarg();
}
Term binary_referenced_byte_size(Process& p, Term* a) {
  return a[0].is_bitstring() ? fix((bit_view(a[0]).bits + 7) / 8) : p.raise_badarg();
}

// :unicode

namespace {

enum class Encoding { Utf8, Latin1, Utf16Big, Utf16Little, Utf32Big, Utf32Little };

bool read_encoding(Process& p, Term t, Encoding& out) {
  if (is_tuple_of(t, 2)) {
    Encoding wide;
    if (!read_encoding(p, tuple_at(t, 0), wide) || !tuple_at(t, 1).is_atom()) return false;
    bool little = p.atoms().text(tuple_at(t, 1)) == "little";
    if (wide == Encoding::Utf16Big) out = little ? Encoding::Utf16Little : Encoding::Utf16Big;
    else if (wide == Encoding::Utf32Big) out = little ? Encoding::Utf32Little : Encoding::Utf32Big;
    else return false;
    return true;
  }
  if (!t.is_atom()) return false;
  std::string_view name = p.atoms().text(t);
  if (name == "utf8" || name == "unicode") out = Encoding::Utf8;
  else if (name == "latin1") out = Encoding::Latin1;
  else if (name == "utf16") out = Encoding::Utf16Big;
  else if (name == "utf32") out = Encoding::Utf32Big;
  else return false;
  return true;
}

/// One code point of [text] in [encoding]: its bytes, 0 when invalid, -1 when cut off.
int decode_one(std::string_view text, Encoding encoding, uint32_t& code) {
  auto at = [&](size_t i) -> uint32_t { return static_cast<unsigned char>(text[i]); };
  auto unit16 = [&](size_t i) {
    return encoding == Encoding::Utf16Big ? at(i) << 8 | at(i + 1) : at(i + 1) << 8 | at(i);
  };
  switch (encoding) {
    case Encoding::Latin1: code = at(0); return 1;
    case Encoding::Utf8: {
      size_t n = utf8_decode(text, code);
      if (n) return static_cast<int>(n);
      uint32_t lead = at(0);
      size_t need = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead >= 0xC2 && lead < 0xE0 ? 2 : 1;
      if (text.size() >= need) return 0;
      for (size_t i = 1; i < text.size(); ++i)
        if ((at(i) & 0xC0) != 0x80) return 0;
      return -1;
    }
    case Encoding::Utf16Big:
    case Encoding::Utf16Little: {
      if (text.size() < 2) return -1;
      uint32_t high = unit16(0);
      if (high < 0xD800 || high > 0xDFFF) {
        code = high;
        return 2;
      }
      if (high > 0xDBFF) return 0;
      if (text.size() < 4) return -1;
      uint32_t low = unit16(2);
      if (low < 0xDC00 || low > 0xDFFF) return 0;
      code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
      return 4;
    }
    case Encoding::Utf32Big:
    case Encoding::Utf32Little: {
      if (text.size() < 4) return -1;
      code = encoding == Encoding::Utf32Big ? at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3)
                                            : at(3) << 24 | at(2) << 16 | at(1) << 8 | at(0);
      return code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF) ? 0 : 4;
    }
  }
  return 0;
}

bool encode_one(std::string& out, uint32_t code, Encoding encoding) {
  auto unit16 = [&](uint32_t u) {
    char big = static_cast<char>(u >> 8), small = static_cast<char>(u);
    out += encoding == Encoding::Utf16Big ? big : small;
    out += encoding == Encoding::Utf16Big ? small : big;
  };
  switch (encoding) {
    case Encoding::Utf8: return utf8_append(out, code);
    case Encoding::Latin1:
      if (code > 255) return false;
      out += static_cast<char>(code);
      return true;
    case Encoding::Utf16Big:
    case Encoding::Utf16Little:
      if (code >= 0x10000) {
        unit16(0xD800 + ((code - 0x10000) >> 10));
        unit16(0xDC00 + ((code - 0x10000) & 0x3FF));
      } else {
        unit16(code);
      }
      return true;
    case Encoding::Utf32Big:
    case Encoding::Utf32Little:
      for (int i = 0; i < 4; ++i)
        out += static_cast<char>(code >> (encoding == Encoding::Utf32Big ? 24 - 8 * i : 8 * i));
      return true;
  }
  return false;
}

bool is_scalar(int64_t c) { return c >= 0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF); }

/// Turns chardata into code points. Stops at the first bad place: [verdict] is then :error or :incomplete and [rest] what
/// follows, in the shape OTP gives it.
template <typename Sink>
Term transcode(Process& p, Term data, Encoding in, Sink sink, Term& rest) {
  Term verdict = atoms::ok;
  Term bad_rest;
  std::vector<Term> remaining;
  bool fine = walk_iolist(
      data,
      [&](Term t) {
        if (t.is_fixnum()) {
          if (is_scalar(t.as_fixnum()) && sink(static_cast<uint32_t>(t.as_fixnum()))) return true;
          verdict = atoms::error;
          bad_rest = t;
          return false;
        }
        if (!is_binary(t)) {
          verdict = atoms::badarg;
          return false;
        }
        std::string scratch;
        std::string_view bytes = binary_bytes(t, scratch);
        for (size_t i = 0; i < bytes.size();) {
          uint32_t code;
          int n = decode_one(bytes.substr(i), in, code);
          if (n <= 0 || !sink(code)) {
            verdict = n < 0 ? p.atoms().intern("incomplete") : atoms::error;
            bad_rest = make_sub_bitstring(p.heap, t, i * 8, (bytes.size() - i) * 8);
            return false;
          }
          i += static_cast<size_t>(n);
        }
        return true;
      },
      &remaining);
  if (fine) return atoms::ok;
  if (verdict == atoms::badarg) return verdict;
  Term tail = Term::nil_list();
  for (size_t i = remaining.size(); i-- > 0;)
    if (!remaining[i].is_nil_list()) tail = make_cons(p.heap, remaining[i], tail);
  if (tail.is_nil_list() && bad_rest.is_bitstring() && is_binary(data)) rest = bad_rest;
  else if (tail.is_nil_list() && verdict != atoms::error) rest = bad_rest;
  else rest = make_cons(p.heap, bad_rest, tail);
  return verdict;
}

Term to_binary(Process& p, Term data, Encoding in, Encoding out_encoding) {
  std::string out;
  if (is_binary(data) && in == Encoding::Utf8 && out_encoding == Encoding::Utf8) {
    std::string scratch;
    std::string_view bytes = binary_bytes(data, scratch);
    charge_bytes(p, bytes.size());
    if (utf8_valid(bytes)) return data;
  }
  if (!data.is_list() && !is_binary(data)) return p.raise_badarg();
  Term rest;
  Term verdict = transcode(p, data, in, [&](uint32_t c) { return encode_one(out, c, out_encoding); }, rest);
  if (verdict == atoms::badarg) return p.raise_badarg();
  charge_bytes(p, out.size() * 8);
  Term done = make_binary(p.heap, out);
  return verdict == atoms::ok ? done : make_tuple(p.heap, {verdict, done, rest});
}

Term to_list(Process& p, Term data, Encoding in) {
  if (!data.is_list() && !is_binary(data)) return p.raise_badarg();
  ListBuilder out(p.heap);
  int64_t n = 0;
  Term rest;
  Term verdict = transcode(p, data, in, [&](uint32_t c) {
    out.push(Term::fixnum(c));
    ++n;
    return true;
  }, rest);
  if (verdict == atoms::badarg) return p.raise_badarg();
  p.charge(n / 8);
  Term done = out.finish();
  return verdict == atoms::ok ? done : make_tuple(p.heap, {verdict, done, rest});
}

}  // namespace

Term unicode_characters_to_binary(Process& p, Term* a) { return to_binary(p, a[0], Encoding::Utf8, Encoding::Utf8); }
Term unicode_characters_to_binary_in(Process& p, Term* a) {
  Encoding in;
  return read_encoding(p, a[1], in) ? to_binary(p, a[0], in, Encoding::Utf8) : p.raise_badarg();
}
Term unicode_characters_to_binary_in_out(Process& p, Term* a) {
  Encoding in, out;
  if (!read_encoding(p, a[1], in) || !read_encoding(p, a[2], out)) return p.raise_badarg();
  return to_binary(p, a[0], in, out);
}
Term unicode_characters_to_list(Process& p, Term* a) { return to_list(p, a[0], Encoding::Utf8); }
Term unicode_characters_to_list_in(Process& p, Term* a) {
  Encoding in;
  return read_encoding(p, a[1], in) ? to_list(p, a[0], in) : p.raise_badarg();
}

}  // namespace phial::natives
