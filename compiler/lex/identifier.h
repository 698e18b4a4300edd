// Names: which characters form an identifier, an alias or an atom. ASCII is decided here; other scripts follow the
// tables made from Unicode data (UAX 31 with the General Security Profile of UTS 39).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace phial::compiler {

struct IdentifierRange {
  uint32_t first, last;
  char kind;        // 'U' upper case start, 'S' other start, 'C' continues only
  uint8_t scripts;  // index into the script sets
};

struct ScannedName {
  enum class Kind : uint8_t { Empty, Identifier, Alias, Atom, UnexpectedCharacter, MixedScripts };
  Kind kind = Kind::Empty;
  bool ascii = true;
  bool has_at = false;
  bool has_punctuation = false;  // ends in ? or !
  bool normalised = false;       // text differs from the source
  size_t bytes = 0;              // length in the source; up to and with the bad character when unexpected
  uint32_t characters = 0;       // the same in code points
  std::string text;              // in NFC when not ASCII; empty otherwise
  std::string detail;            // for mixed scripts: what the scripts are
};

/// The name at the start of [source].
ScannedName scan_name(std::string_view source);

/// Whether [text] as a whole is an ASCII identifier that needs no quotes.
bool is_plain_identifier(std::string_view text);

/// [text] in compatibility form NFKC.
std::string to_nfkc(std::string_view text);

/// Decodes the code point at [at] and moves [at] behind it; the text must be valid UTF-8.
uint32_t decode_utf8(std::string_view text, size_t& at);
void append_utf8(std::string& out, uint32_t code);
/// Offset of the first byte that is not valid UTF-8, or npos.
size_t find_invalid_utf8(std::string_view text);

}  // namespace phial::compiler
