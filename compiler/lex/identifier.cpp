#include "compiler/lex/identifier.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace phial::compiler {

namespace {

#include "compiler/lex/identifier_ranges.inc"

struct ScriptSet {
  uint64_t bits[kScriptWords];
  bool empty() const {
    uint64_t any = 0;
    for (uint64_t w : bits) any |= w;
    return any == 0;
  }
  bool full() const {
    uint64_t all = ~uint64_t{0};
    for (uint64_t w : bits) all &= w;
    return all == ~uint64_t{0};
  }
  void intersect(const ScriptSet& o) {
    for (size_t i = 0; i < kScriptWords; ++i) bits[i] &= o.bits[i];
  }
};

ScriptSet script_set(size_t index) {
  ScriptSet s;
  std::copy(kScriptSets[index], kScriptSets[index] + kScriptWords, s.bits);
  return s;
}
ScriptSet all_scripts() { return script_set(0); }
ScriptSet latin() {
  ScriptSet s{};
  s.bits[0] = 1;
  return s;
}

bool is_upper(uint32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(uint32_t c) { return c >= 'a' && c <= 'z'; }
bool is_digit(uint32_t c) { return c >= '0' && c <= '9'; }

const IdentifierRange* find_range(uint32_t code) {
  const auto* end = std::end(kIdentifierRanges);
  const auto* it = std::lower_bound(std::begin(kIdentifierRanges), end, code,
                                    [](const IdentifierRange& r, uint32_t c) { return r.last < c; });
  return it != end && it->first <= code ? it : nullptr;
}

constexpr uint32_t kMicroSign = 0xB5, kMu = 0x3BC;

ScriptSet scripts_of(uint32_t code) {
  if (is_upper(code) || is_lower(code)) return latin();
  if (code < 128) return all_scripts();
  const IdentifierRange* r = find_range(code);
  return r ? script_set(r->scripts) : all_scripts();
}

std::string map_text(std::string_view text, int options) {
  utf8proc_uint8_t* out = nullptr;
  utf8proc_ssize_t n =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
                   &out, static_cast<utf8proc_option_t>(options));
  if (n < 0) return std::string(text);
  std::string result(reinterpret_cast<char*>(out), static_cast<size_t>(n));
  std::free(out);
  return result;
}

/// Whether every piece between underscores stays within one script.
bool pieces_single_script(std::string_view text) {
  ScriptSet set = all_scripts();
  for (size_t at = 0; at < text.size();) {
    uint32_t code = decode_utf8(text, at);
    if (code == '_') {
      if (set.empty()) return false;
      set = all_scripts();
    } else {
      set.intersect(scripts_of(code));
    }
  }
  return !set.empty();
}

std::string describe_scripts(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t start = at;
    uint32_t code = decode_utf8(text, at);
    char hex[16];
    std::snprintf(hex, sizeof hex, "%04X", code);
    out.append("  \\u").append(hex).append(" ").append(text.substr(start, at - start));
    ScriptSet set = scripts_of(code);
    if (!set.full()) {
      out += " {";
      bool first = true;
      for (size_t i = 0; i < std::size(kScriptNames); ++i) {
        if (!((set.bits[i / 64] >> (i % 64)) & 1)) continue;
        if (!first) out += ",";
        out += kScriptNames[i];
        first = false;
      }
      out += "}";
    }
    out += "\n";
  }
  return out;
}

/// The slow path: a name with at least one character beyond ASCII.
void scan_unicode(std::string_view source, ScannedName& name) {
  size_t at = 0;
  ScriptSet set = all_scripts();
  std::string text;
  bool first = true;
  name.ascii = true;
  name.has_at = name.has_punctuation = false;
  name.characters = 0;
  while (at < source.size()) {
    size_t next = at;
    uint32_t code = decode_utf8(source, next);
    if (code < 128) {
      if (is_upper(code) || is_lower(code)) {
        if (first) name.kind = is_upper(code) ? ScannedName::Kind::Alias : ScannedName::Kind::Identifier;
        set.intersect(latin());
      } else if (code == '_') {
        if (first) name.kind = ScannedName::Kind::Identifier;
      } else if (first) {
        return;
      } else if (code == '!' || code == '?') {
        text.push_back(static_cast<char>(code));
        at = next;
        ++name.characters;
        name.has_punctuation = true;
        break;
      } else if (code == '@') {
        name.has_at = true;
      } else if (!is_digit(code)) {
        break;
      }
    } else {
      uint32_t mapped = code == kMicroSign ? kMu : code;
      const IdentifierRange* r = find_range(mapped);
      if (!r || (first && r->kind == 'C')) {
        if (first) return;
        name.kind = ScannedName::Kind::UnexpectedCharacter;
        name.bytes = next;
        ++name.characters;
        return;
      }
      if (mapped != code) name.normalised = true;
      if (first) name.kind = r->kind == 'U' ? ScannedName::Kind::Atom : ScannedName::Kind::Identifier;
      set.intersect(script_set(r->scripts));
      name.ascii = false;
      code = mapped;
    }
    append_utf8(text, code);
    at = next;
    ++name.characters;
    first = false;
  }
  name.bytes = at;
  name.text = map_text(text, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  if (name.text != source.substr(0, at)) name.normalised = true;
  if (set.empty() && !pieces_single_script(name.text)) {
    name.kind = ScannedName::Kind::MixedScripts;
    name.detail = describe_scripts(name.text);
  }
}

}  // namespace

uint32_t decode_utf8(std::string_view text, size_t& at) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  uint32_t c = byte(at);
  if (c < 0x80) {
    ++at;
    return c;
  }
  size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
  uint32_t code = c & (0x3F >> more);
  for (size_t i = 1; i <= more && at + i < text.size(); ++i) code = (code << 6) | (byte(at + i) & 0x3F);
  at = std::min(at + more + 1, text.size());
  return code;
}

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

size_t find_invalid_utf8(std::string_view text) {
  size_t i = 0, n = text.size();
  auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
  auto continues = [&](size_t k) { return k < n && (byte(k) & 0xC0) == 0x80; };
  while (i < n) {
    uint64_t chunk;
    if (i + 8 <= n && (std::memcpy(&chunk, text.data() + i, 8), (chunk & 0x8080808080808080ull) == 0)) {
      i += 8;
      continue;
    }
    unsigned char c = byte(i);
    if (c < 0x80) {
      ++i;
    } else if (c >= 0xC2 && c <= 0xDF && continues(i + 1)) {
      i += 2;
    } else if (c >= 0xE0 && c <= 0xEF && continues(i + 1) && continues(i + 2) && !(c == 0xE0 && byte(i + 1) < 0xA0) &&
               !(c == 0xED && byte(i + 1) > 0x9F)) {
      i += 3;
    } else if (c >= 0xF0 && c <= 0xF4 && continues(i + 1) && continues(i + 2) && continues(i + 3) &&
               !(c == 0xF0 && byte(i + 1) < 0x90) && !(c == 0xF4 && byte(i + 1) > 0x8F)) {
      i += 4;
    } else {
      return i;
    }
  }
  return std::string_view::npos;
}

ScannedName scan_name(std::string_view source) {
  ScannedName name;
  if (source.empty()) return name;
  unsigned char head = static_cast<unsigned char>(source[0]);
  if (is_upper(head))
    name.kind = ScannedName::Kind::Alias;
  else if (is_lower(head) || head == '_')
    name.kind = ScannedName::Kind::Identifier;
  else if (head < 128)
    return name;
  size_t at = 0;
  for (; at < source.size(); ++at) {
    unsigned char c = static_cast<unsigned char>(source[at]);
    if (is_lower(c) || is_upper(c) || is_digit(c) || c == '_') continue;
    if (c >= 128) {
      name.kind = ScannedName::Kind::Empty;
      scan_unicode(source, name);
      return name;
    }
    if (c == '@') {
      name.has_at = true;
      continue;
    }
    if (c == '!' || c == '?') {
      name.has_punctuation = true;
      ++at;
    }
    break;
  }
  name.bytes = at;
  name.characters = static_cast<uint32_t>(at);
  return name;
}

bool is_plain_identifier(std::string_view text) {
  ScannedName name = scan_name(text);
  return name.kind == ScannedName::Kind::Identifier && name.ascii && !name.has_at && name.bytes == text.size();
}

std::string to_nfkc(std::string_view text) {
  return map_text(text, UTF8PROC_COMPOSE | UTF8PROC_STABLE | UTF8PROC_COMPAT);
}

}  // namespace phial::compiler
