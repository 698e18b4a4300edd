// What String is built on. Grapheme boundaries, simple case mappings and normal forms come from utf8proc, full case mappings
// from special_casing.def.
#include <utf8proc.h>

#include <cstdlib>
#include <cstring>

#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/support/utf8.h"
#include "vm/term/binary.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

struct SpecialCase {
  uint32_t code;
  const char* lower;
  const char* title;
  const char* upper;
};
constexpr SpecialCase kSpecialCases[] = {
#define SPECIAL_CASE(code, lower, title, upper) {code, lower, title, upper},
#include "vm/natives/special_casing.def"
#undef SPECIAL_CASE
};

const SpecialCase* special_case(uint32_t code) {
  if (code < 0xDF) return nullptr;
  size_t low = 0, high = std::size(kSpecialCases);
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (kSpecialCases[middle].code < code) low = middle + 1;
    else high = middle;
  }
  return low < std::size(kSpecialCases) && kSpecialCases[low].code == code ? &kSpecialCases[low] : nullptr;
}

/// Cuts text into graphemes one after the other.
class GraphemeCursor {
 public:
  explicit GraphemeCursor(std::string_view text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  size_t position() const { return at_; }

  /// The next grapheme; empty at the end.
  std::string_view next() {
    size_t start = at_;
    if (done()) return {};
    uint32_t code;
    size_t n = utf8_decode(text_.substr(at_), code);
    if (n == 0) {
      ++at_;
      return text_.substr(start, 1);
    }
    at_ += n;
    if (plain_boundary(code)) return text_.substr(start, at_ - start);
    utf8proc_int32_t state = 0;
    while (!done()) {
      uint32_t following;
      size_t m = utf8_decode(text_.substr(at_), following);
      if (m == 0 || utf8proc_grapheme_break_stateful(static_cast<int32_t>(code), static_cast<int32_t>(following), &state))
        break;
      at_ += m;
      code = following;
    }
    return text_.substr(start, at_ - start);
  }

 private:
  /// Two ASCII characters in a row are two graphemes, but for CR LF: no table look-up needed.
  bool plain_boundary(uint32_t code) const {
    return code < 0x80 && code != '\r' && (done() || static_cast<unsigned char>(text_[at_]) < 0x80);
  }

  std::string_view text_;
  size_t at_ = 0;
};

struct Text {
  Term term;
  std::string scratch;
  std::string_view bytes;
  bool read(Process& p, Term t) {
    if (!is_binary(t)) return false;
    term = t;
    bytes = binary_bytes(t, scratch);
    p.charge(static_cast<int64_t>(bytes.size() / 32));
    return true;
  }
  Term sub(Process& p, size_t at, size_t n) const { return make_sub_bitstring(p.heap, term, at * 8, n * 8); }
  Term from(Process& p, size_t at) const { return sub(p, at, bytes.size() - at); }
};

bool is_whitespace(uint32_t c) {
  return (c >= 9 && c <= 13) || c == 0x20 || c == 0x85 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000 || c == 0xA0;
}
/// White space at which String.split/1 does not cut.
bool is_no_break(uint32_t c) { return c == 0xA0 || c == 0x202F || c == 0x2007; }

enum class Casing { Upper, Lower, Title };
enum class CaseMode { Default, Ascii, Greek, Turkic };

bool read_mode(Process& p, Term t, CaseMode& out) {
  if (!t.is_atom()) return false;
  std::string_view name = p.atoms().text(t);
  if (name == "default") out = CaseMode::Default;
  else if (name == "ascii") out = CaseMode::Ascii;
  else if (name == "greek") out = CaseMode::Greek;
  else if (name == "turkic") out = CaseMode::Turkic;
  else return false;
  return true;
}

bool is_cased_letter(std::string_view text) {
  uint32_t code;
  return utf8_decode(text, code) && utf8proc_category(static_cast<int32_t>(code)) >= UTF8PROC_CATEGORY_LU &&
         utf8proc_category(static_cast<int32_t>(code)) <= UTF8PROC_CATEGORY_LO;
}

void append_cased(std::string& out, uint32_t code, Casing casing, CaseMode mode) {
  if (mode == CaseMode::Turkic) {
    if (casing == Casing::Lower && code == 'I') { out += "\xc4\xb1"; return; }
    if (casing == Casing::Lower && code == 0x130) { out += 'i'; return; }
    if (casing != Casing::Lower && code == 'i') { out += "\xc4\xb0"; return; }
  }
  if (const SpecialCase* s = special_case(code)) {
    out += casing == Casing::Upper ? s->upper : casing == Casing::Lower ? s->lower : s->title;
    return;
  }
  auto c = static_cast<int32_t>(code);
  int32_t mapped = casing == Casing::Upper ? utf8proc_toupper(c) : casing == Casing::Lower ? utf8proc_tolower(c) : utf8proc_totitle(c);
  utf8_append(out, static_cast<uint32_t>(mapped));
}

/// Appends [text] in [casing]; only its first code point when [first_only], and then says how far it got.
size_t append_text(std::string& out, std::string_view text, Casing casing, CaseMode mode, bool first_only = false) {
  size_t i = 0;
  while (i < text.size()) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c < 0x80 && mode != CaseMode::Turkic) {
      bool up = casing != Casing::Lower;
      out += static_cast<char>(up && c >= 'a' && c <= 'z' ? c - 32 : !up && c >= 'A' && c <= 'Z' ? c + 32 : c);
      ++i;
    } else {
      uint32_t code;
      size_t n = utf8_decode(text.substr(i), code);
      if (n == 0 || mode == CaseMode::Ascii) {
        out += text[i++];
      } else {
        bool final_sigma = mode == CaseMode::Greek && casing == Casing::Lower && code == 0x3A3 && i > 0 &&
                           !is_cased_letter(text.substr(i + n));
        if (final_sigma) out += "\xcf\x82";
        else append_cased(out, code, casing, mode);
        i += n;
      }
    }
    if (first_only) break;
  }
  return i;
}

Term recase(Process& p, Term* a, Casing casing) {
  Text text;
  CaseMode mode;
  if (!text.read(p, a[0]) || !read_mode(p, a[1], mode)) return p.raise_badarg();
  std::string out;
  out.reserve(text.bytes.size());
  append_text(out, text.bytes, casing, mode);
  return make_binary(p.heap, out);
}

}  // namespace

Term string_next_grapheme(Process& p, Term* a) {
  Text text;
  if (!is_binary(a[0])) return p.raise_badarg();
  text.term = a[0];
  text.bytes = binary_bytes(a[0], text.scratch);
  if (text.bytes.empty()) return atoms::nil;
  GraphemeCursor cursor(text.bytes);
  size_t n = cursor.next().size();
  return make_tuple(p.heap, {text.sub(p, 0, n), text.from(p, n)});
}

Term string_graphemes(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  GraphemeCursor cursor(text.bytes);
  ListBuilder out(p.heap);
  while (!cursor.done()) out.push(make_binary(p.heap, cursor.next()));
  p.charge(static_cast<int64_t>(text.bytes.size() / 8));
  return out.finish();
}

Term string_codepoints(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  ListBuilder out(p.heap);
  for (size_t i = 0; i < text.bytes.size();) {
    uint32_t code;
    size_t n = std::max<size_t>(1, utf8_decode(text.bytes.substr(i), code));
    out.push(make_binary(p.heap, text.bytes.substr(i, n)));
    i += n;
  }
  p.charge(static_cast<int64_t>(text.bytes.size() / 8));
  return out.finish();
}

Term string_length(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  GraphemeCursor cursor(text.bytes);
  int64_t n = 0;
  for (; !cursor.done(); ++n) cursor.next();
  return Term::fixnum(n);
}

/// Bytes that the first a[1] graphemes take, or nil when there are fewer.
Term string_byte_offset(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0]) || !a[1].is_fixnum() || a[1].as_fixnum() < 0) return p.raise_badarg();
  GraphemeCursor cursor(text.bytes);
  for (int64_t i = 0; i < a[1].as_fixnum(); ++i) {
    if (cursor.done()) return atoms::nil;
    cursor.next();
  }
  return Term::fixnum(static_cast<int64_t>(cursor.position()));
}

Term string_reverse(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  unsigned char* out;
  Term result = make_bitstring_uninitialised(p.heap, text.bytes.size() * 8, &out);
  GraphemeCursor cursor(text.bytes);
  size_t end = text.bytes.size();
  while (!cursor.done()) {
    std::string_view g = cursor.next();
    end -= g.size();
    std::memcpy(out + end, g.data(), g.size());
  }
  return result;
}

Term string_upcase(Process& p, Term* a) { return recase(p, a, Casing::Upper); }
Term string_downcase(Process& p, Term* a) { return recase(p, a, Casing::Lower); }
Term string_capitalize(Process& p, Term* a) {
  Text text;
  CaseMode mode;
  if (!text.read(p, a[0]) || !read_mode(p, a[1], mode)) return p.raise_badarg();
  std::string out;
  size_t n = append_text(out, text.bytes, Casing::Title, mode, true);
  append_text(out, text.bytes.substr(n), Casing::Lower, mode);
  return make_binary(p.heap, out);
}

/// a[1] is :nfc, :nfd, :nfkc or :nfkd. Stretches of valid text are normalised, invalid bytes stay.
Term string_normalize(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0]) || !a[1].is_atom()) return p.raise_badarg();
  std::string_view form = p.atoms().text(a[1]);
  int options = UTF8PROC_STABLE;
  if (form == "nfc") options |= UTF8PROC_COMPOSE;
  else if (form == "nfd") options |= UTF8PROC_DECOMPOSE;
  else if (form == "nfkc") options |= UTF8PROC_COMPOSE | UTF8PROC_COMPAT;
  else if (form == "nfkd") options |= UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT;
  else return p.raise_badarg();
  std::string out;
  std::string_view left = text.bytes;
  while (!left.empty()) {
    size_t n = utf8_valid_prefix(left);
    utf8proc_uint8_t* mapped = nullptr;
    utf8proc_ssize_t size = n == 0 ? 0 : utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(left.data()),
                                                       static_cast<utf8proc_ssize_t>(n), &mapped, static_cast<utf8proc_option_t>(options));
    if (size > 0) out.append(reinterpret_cast<char*>(mapped), static_cast<size_t>(size));
    std::free(mapped);
    left.remove_prefix(n);
    if (!left.empty()) {
      out += left[0];
      left.remove_prefix(1);
    }
  }
  p.charge(static_cast<int64_t>(out.size() / 8));
  return make_binary(p.heap, out);
}

Term string_valid(Process& p, Term* a) {
  if (!a[0].is_bitstring()) return p.raise_badarg();
  Text text;
  return boolean(text.read(p, a[0]) && utf8_valid(text.bytes));
}

Term string_split_whitespace(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  ListBuilder out(p.heap);
  size_t start = 0, i = 0;
  auto cut = [&] {
    if (i > start) out.push(text.sub(p, start, i - start));
  };
  while (i < text.bytes.size()) {
    uint32_t code;
    size_t n = utf8_decode(text.bytes.substr(i), code);
    if (n != 0 && is_whitespace(code) && !is_no_break(code)) {
      cut();
      start = i + n;
    }
    i += n ? n : 1;
  }
  cut();
  p.charge(static_cast<int64_t>(text.bytes.size() / 16));
  return out.finish();
}

Term string_trim_leading(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  size_t i = 0;
  uint32_t code;
  while (size_t n = utf8_decode(text.bytes.substr(i), code)) {
    if (!is_whitespace(code)) break;
    i += n;
  }
  return i == 0 ? a[0] : text.from(p, i);
}

Term string_trim_trailing(Process& p, Term* a) {
  Text text;
  if (!text.read(p, a[0])) return p.raise_badarg();
  size_t end = text.bytes.size();
  while (end > 0) {
    size_t start = end - 1;
    while (start > 0 && end - start < 4 && (static_cast<unsigned char>(text.bytes[start]) & 0xC0) == 0x80) --start;
    uint32_t code;
    size_t n = utf8_decode(text.bytes.substr(start, end - start), code);
    if (n != end - start || !is_whitespace(code)) break;
    end = start;
  }
  return end == text.bytes.size() ? a[0] : text.sub(p, 0, end);
}

}  // namespace phial::natives
