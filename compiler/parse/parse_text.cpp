// Literals with text: numbers, characters, strings, charlists, heredocs, sigils, quoted atoms; and interpolation.
#include <cstdlib>

#include "compiler/lex/identifier.h"
#include "compiler/parse/parser_impl.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"

namespace phial::compiler {

Term Parser::binary(std::string_view bytes) { return make_binary(space_, bytes); }

Term Parser::charlist(std::string_view text) {
  ListBuilder characters(space_);
  for (size_t at = 0; at < text.size();) characters.push(Term::fixnum(decode_utf8(text, at)));
  return characters.finish();
}

Term Parser::parse_number() {
  const Token& t = *cur_++;
  std::string_view text = stream_.number_text(t);
  int base = 10;
  if (text.size() > 2 && text[0] == '0' && !(text[1] >= '0' && text[1] <= '9') && text[1] != '_' && text[1] != '.') {
    base = text[1] == 'x' ? 16 : text[1] == 'o' ? 8 : 2;
    text.remove_prefix(2);
  }
  std::string digits;
  digits.reserve(text.size());
  for (char c : text)
    if (c != '_') digits.push_back(c);
  if (t.kind == TokenKind::Float) return make_float(space_, std::strtod(digits.c_str(), nullptr));
  if (digits.size() <= 15) return Term::fixnum(std::strtoll(digits.c_str(), nullptr, base));
  Term number = integer_from_text(space_, digits, base);
  if (number.is_none()) return fail(t.line, t.column, "integer is too large: ", std::string(text.substr(0, 32)));
  return number;
}

Term Parser::parse_char() {
  const Token& t = *cur_++;
  Term value = Term::fixnum(static_cast<int64_t>(t.value));
  if (!options_.hooks || !options_.hooks->encodes_literals()) return value;
  Term extra = Term::nil_list();
  if (options_.token_metadata) extra = list({pair(names_.token, binary(char_text(t)))});
  return literal(value, t, extra);
}

Term Parser::parse_text() {
  const Token& t = *cur_;
  const TextInfo& info = stream_.texts[t.value];
  bool is_charlist = t.kind == TokenKind::ListString || t.kind == TokenKind::ListHeredoc;
  Term extra = Term::nil_list();
  if (options_.token_metadata) {
    if (info.heredoc) extra = list({pair(names_.indentation, Term::fixnum(info.indentation))});
    extra = prepend(names_.delimiter, binary(std::string(info.heredoc ? 3 : 1, info.quote)), extra);
  }
  if (info.part_count == 1 && stream_.parts[info.first_part].literal) {
    ++cur_;
    std::string_view text = stream_.literal(stream_.parts[info.first_part]);
    if (!is_charlist) return literal(binary(text), t, extra);
    size_t bad = find_invalid_utf8(text);
    if (bad != std::string_view::npos)
      return fail(t.line, t.column, "invalid encoding starting at byte " + std::to_string(bad), "'");
    return literal(charlist(text), t, extra);
  }
  Term where = meta(t);
  ++cur_;
  Term parts = text_parts(info, is_charlist);
  if (parts.is_none()) return parts;
  if (!is_charlist) return node(names_.bits, append(extra, where), parts);
  return node(node(names_.dot, where, list({names_.List, names_.to_charlist})), append(extra, where), list({parts}));
}

Term Parser::parse_quoted_atom(Term extra_meta) {
  const Token& t = *cur_++;
  bool safe = t.kind == TokenKind::AtomSafe || t.kind == TokenKind::KwIdentifierSafe;
  Term where = meta(t);
  Term parts = text_parts(stream_.texts[t.value], false);
  if (parts.is_none()) return parts;
  Term name = safe ? names_.binary_to_existing_atom : names_.binary_to_atom;
  return node(node(names_.dot, where, list({names_.erlang, name})),
              options_.token_metadata ? append(extra_meta, where) : where,
              list({node(names_.bits, where, parts), names_.utf8}));
}

Term Parser::parse_sigil() {
  const Token& t = *cur_++;
  const TextInfo& info = stream_.texts[t.value];
  Term where = meta(t);
  Term parts = text_parts(info, false);
  if (parts.is_none()) return parts;
  Term inner = where;
  if (info.indentation >= 0) inner = prepend(names_.indentation, Term::fixnum(info.indentation), where);
  Term outer = prepend(names_.delimiter, binary(std::string(info.heredoc ? 3 : 1, info.quote)), where);
  return node(info.name, outer, list({node(names_.bits, inner, parts), charlist(info.modifiers)}));
}

/// The pieces of a text; the cursor is behind its token, at the first interpolation if there is one.
Term Parser::text_parts(const TextInfo& info, bool charlist) {
  size_t base = stack_.size();
  for (uint32_t i = 0; i < info.part_count; ++i) {
    const TextPart& part = stream_.parts[info.first_part + i];
    Term piece = part.literal ? binary(stream_.literal(part)) : text_part(part, charlist);
    if (piece.is_none()) return piece;
    stack_.push_back(piece);
  }
  return take_list(base);
}

Term Parser::text_part(const TextPart& part, bool charlist) {
  bool outer_no_do = no_do_;
  no_do_ = false;
  ++cur_;
  Term form = parse_sequence(TokenKind::InterpolationEnd);
  if (form.is_none()) return form;
  ++cur_;
  no_do_ = outer_no_do;
  Term where = meta_at(part.line, part.column);
  Term outer = where;
  if (options_.token_metadata) outer = prepend(names_.closing, meta_at(part.end_line, part.end_column), where);
  outer = prepend(names_.from_interpolation, atoms::true_, outer);
  Term call = node(node(names_.dot, where, list({names_.Kernel, names_.to_string})), outer, list({form}));
  if (charlist) return call;
  return node(names_.colons, where, list({call, node(names_.binary, where, atoms::nil)}));
}

}  // namespace phial::compiler
