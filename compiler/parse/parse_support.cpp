// The parser's small parts: metadata, lists, errors, and how errors show a token.
#include <algorithm>

#include "compiler/lex/identifier.h"
#include "compiler/lex/lexer.h"
#include "compiler/parse/parser_impl.h"
#include "vm/term/binary.h"

namespace phial::compiler {

uint32_t Parser::take_eol(uint32_t otherwise) {
  if (!is(TokenKind::Eol)) return otherwise;
  return (cur_++)->newlines;
}

bool Parser::expect_close(TokenKind close) {
  take_eol();
  if (is(close)) {
    ++cur_;
    return true;
  }
  syntax_error();
  return false;
}

Term Parser::take_list(size_t base, Term tail) {
  Term result = make_list(space_, std::span<const Term>(stack_).subspan(base), tail);
  stack_.resize(base);
  return result;
}

Term Parser::meta_at(uint32_t line, uint32_t column) {
  if (cached_line_ != line || cached_line_pair_.is_none()) {
    cached_line_ = line;
    cached_line_pair_ = pair(names_.line, Term::fixnum(line));
  }
  Term rest = Term::nil_list();
  if (options_.columns) rest = make_cons(space_, pair(names_.column, Term::fixnum(column)), rest);
  return make_cons(space_, cached_line_pair_, rest);
}

Term Parser::append(Term first, Term second) {
  if (first.is_nil_list()) return second;
  ListBuilder items(space_);
  for (; first.is_cons(); first = first.tail()) items.push(first.head());
  return items.finish(second);
}

Term Parser::add_newlines(uint32_t count, Term rest) {
  if (!options_.token_metadata || count == 0) return rest;
  return prepend(names_.newlines, Term::fixnum(count), rest);
}

Term Parser::newlines_pair(uint32_t newlines, const Token& close) {
  if (!options_.token_metadata) return Term::nil_list();
  return add_newlines(newlines, list({pair(names_.closing, meta(close))}));
}

/// [alias_meta] with its entry `last` at [segment].
Term Parser::replace_last_segment(Term alias_meta, const Token& segment) {
  ListBuilder items(space_);
  for (; alias_meta.is_cons(); alias_meta = alias_meta.tail()) {
    Term item = alias_meta.head();
    if (is_tuple_of(item, 2) && tuple_at(item, 0) == names_.last) item = pair(names_.last, meta(segment));
    items.push(item);
  }
  return items.finish();
}

Term Parser::literal(Term value, const Token& at, Term extra_meta) {
  if (!options_.hooks || !options_.hooks->encodes_literals()) return value;
  std::string message;
  Term encoded = options_.hooks->encode_literal(value, append(extra_meta, meta(at)), message);
  if (encoded.is_none()) return fail(at.line, at.column, message + ": ", "literal");
  return encoded;
}

Term Parser::fail(uint32_t line, uint32_t column, std::string message, std::string token) {
  error_ = SourceError{};
  error_.line = line;
  error_.column = column;
  error_.message = std::move(message);
  error_.token = std::move(token);
  return Term::none();
}

/// An error at the place that the metadata of [node] names.
Term Parser::fail_at(Term node, std::string message, std::string token) {
  uint32_t line = 0, column = 0;
  if (is_node(node)) {
    for (Term m = tuple_at(node, 1); m.is_cons(); m = m.tail()) {
      Term item = m.head();
      if (!is_tuple_of(item, 2) || !tuple_at(item, 1).is_fixnum()) continue;
      uint32_t value = static_cast<uint32_t>(tuple_at(item, 1).as_fixnum());
      if (tuple_at(item, 0) == names_.line) line = value;
      if (tuple_at(item, 0) == names_.column) column = value;
    }
  }
  return fail(line, column, std::move(message), std::move(token));
}

/// The token at the cursor cannot be there.
Term Parser::syntax_error() {
  if (!error_.message.empty()) return Term::none();
  if (is(TokenKind::Eof) || is(TokenKind::InterpolationEnd)) {
    const Token& last = cur_ > stream_.tokens.data() ? cur_[-1] : *cur_;
    return fail(last.line, last.column, "syntax error before: ", "");
  }
  return fail(cur_->line, cur_->column, "syntax error before: ", token_text(*cur_));
}

/// Whether the token at the cursor can follow an expression inside a call or container.
bool Parser::at_expression_end() const {
  switch (cur_->kind) {
    case TokenKind::Comma:
    case TokenKind::Eol:
    case TokenKind::Semicolon:
    case TokenKind::CloseParen:
    case TokenKind::CloseBracket:
    case TokenKind::CloseCurly:
    case TokenKind::CloseBits:
    case TokenKind::Do:
    case TokenKind::End:
    case TokenKind::BlockIdentifier:
    case TokenKind::StabOp:
    case TokenKind::Eof:
    case TokenKind::InterpolationEnd: return true;
    default: return false;
  }
}

Term Parser::no_parens_in_call(Term node) {
  if (!at_expression_end()) return syntax_error();
  return fail_at(node,
                 "unexpected comma. Parentheses are required to solve ambiguity in nested calls.\n\n"
                 "This error happens when you have nested function calls without parentheses. For example:\n\n"
                 "    parent_call a, nested_call b, c, d\n\n"
                 "In the example above, we don't know if the parameters \"c\" and \"d\" apply to the function "
                 "\"parent_call\" or \"nested_call\". You can solve this by explicitly adding parentheses:\n\n"
                 "    parent_call a, nested_call(b, c, d)\n\n"
                 "Or by adding commas (in case a nested call is not intended):\n\n"
                 "    parent_call a, nested_call, b, c, d\n\n"
                 "Elixir cannot compile otherwise. Syntax error before: ",
                 "','");
}

Term Parser::no_parens_in_container(Term node) {
  if (!at_expression_end()) return syntax_error();
  return fail_at(node,
                 "unexpected comma. Parentheses are required to solve ambiguity inside containers.\n\n"
                 "This error may happen when you forget a comma in a list or other container:\n\n"
                 "    [a, b c, d]\n\n"
                 "Or when you have ambiguous calls:\n\n"
                 "    [function a, b, c]\n\n"
                 "In the example above, we don't know if the values \"b\" and \"c\" belongs to the list or the "
                 "function \"function\". You can solve this by explicitly adding parentheses:\n\n"
                 "    [one, function(a, b, c)]\n\n"
                 "Elixir cannot compile otherwise. Syntax error before: ",
                 "','");
}

namespace {

/// Words that Erlang, whose notation errors use for atoms, quotes.
constexpr std::string_view kErlangReserved[] = {"after",  "and",     "andalso", "band", "begin", "bnot", "bor",
                                                "bsl",    "bsr",     "bxor",    "case", "catch", "cond", "div",
                                                "end",    "fun",     "if",      "let",  "not",   "of",   "or",
                                                "orelse", "receive", "rem",     "try",  "when",  "xor"};

std::string erlang_atom(std::string_view text) {
  bool plain = !text.empty();
  for (size_t at = 0; at < text.size() && plain;) {
    bool first = at == 0;
    uint32_t c = decode_utf8(text, at);
    bool lower = (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7);
    bool other = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@' ||
                 (c >= 0xC0 && c <= 0xDE && c != 0xD7);
    plain = lower || (!first && other);
  }
  if (plain && std::find(std::begin(kErlangReserved), std::end(kErlangReserved), text) == std::end(kErlangReserved))
    return std::string(text);
  std::string out = "'";
  for (char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + "'";
}

std::string erlang_binary(std::string_view text) {
  std::string out = "<<";
  bool printable = find_invalid_utf8(text) == std::string_view::npos, ascii = true;
  for (unsigned char c : text) {
    if (c >= 128) ascii = false;
    if (c > 0xC3) printable = false;  // beyond Latin-1
    if (c < 32 && !(c >= 7 && c <= 13) && c != 27) printable = false;
  }
  if (text.empty()) return "<<>>";
  if (!printable) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (i > 0) out += ",";
      out += std::to_string(static_cast<unsigned char>(text[i]));
    }
    return out + ">>";
  }
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\v': out += "\\v"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case 27: out += "\\e"; break;
      default: out += c;
    }
  }
  return out + (ascii ? "\">>" : "\"/utf8>>");
}

}  // namespace

std::string Parser::char_text(const Token& t) {
  std::string out = "?";
  uint32_t code = static_cast<uint32_t>(t.value);
  if (const ControlName* control = control_name(code)) return out + control->escape;
  if (code == '\\') return out + "\\\\";
  append_utf8(out, code);
  return out;
}

/// The token as errors name it. Texts come as lists of their pieces; the diagnostic turns those into words.
std::string Parser::token_text(const Token& t) {
  auto pieces = [&] {
    const TextInfo& info = stream_.texts[t.value];
    std::string out = "[";
    for (uint32_t i = 0; i < info.part_count; ++i) {
      const TextPart& part = stream_.parts[info.first_part + i];
      if (i > 0) out += ",";
      out += part.literal ? erlang_binary(stream_.literal(part)) : std::string("{...}");
    }
    return out + "]";
  };
  auto place = [&] { return "{" + std::to_string(t.line) + "," + std::to_string(t.column) + ",nil}"; };
  switch (t.kind) {
    case TokenKind::Int:
    case TokenKind::Float: return "\"" + std::string(stream_.number_text(t)) + "\"";
    case TokenKind::Char: return "$" + char_text(t).substr(1);
    case TokenKind::BinString:
    case TokenKind::ListString:
    case TokenKind::AtomSafe:
    case TokenKind::AtomUnsafe:
    case TokenKind::KwIdentifierSafe:
    case TokenKind::KwIdentifierUnsafe: return pieces();
    case TokenKind::BinHeredoc:
    case TokenKind::ListHeredoc: {
      const TextInfo& info = stream_.texts[t.value];
      return "{" + std::string(token_kind_name(t.kind)) + "," + place() + "," + std::to_string(info.indentation) + "," +
             pieces() + "}";
    }
    case TokenKind::Sigil: {
      const TextInfo& info = stream_.texts[t.value];
      std::string name = info.name.is_atom() ? erlang_atom(atoms_.text(info.name)) : "nil";
      return "{sigil," + place() + "," + name + "," + pieces() + "," +
             (info.modifiers.empty() ? std::string("[]") : "\"" + std::string(info.modifiers) + "\"") + "," +
             (info.indentation >= 0 ? std::to_string(info.indentation) : std::string("nil")) + "," +
             erlang_binary(std::string(info.heredoc ? 3 : 1, info.quote)) + "}";
    }
    case TokenKind::Dot:
    case TokenKind::DotCallOp: return "'.'";
    case TokenKind::Eol:
    case TokenKind::Fn:
    case TokenKind::Do:
    case TokenKind::End:
    case TokenKind::True:
    case TokenKind::False:
    case TokenKind::Nil:
    case TokenKind::Comma:
    case TokenKind::Semicolon:
    case TokenKind::OpenParen:
    case TokenKind::CloseParen:
    case TokenKind::OpenBracket:
    case TokenKind::CloseBracket:
    case TokenKind::OpenCurly:
    case TokenKind::CloseCurly:
    case TokenKind::OpenBits:
    case TokenKind::CloseBits:
    case TokenKind::PercentBrace:
    case TokenKind::Percent: return erlang_atom(token_kind_name(t.kind));
    case TokenKind::Eof:
    case TokenKind::InterpolationStart:
    case TokenKind::InterpolationEnd: return "";
    default: return t.term().is_atom() ? erlang_atom(atoms_.text(t.term())) : std::string("...");
  }
}

Term error_term(const SourceError& error, Space& space, AtomTable& atoms) {
  ListBuilder meta(space);
  auto add = [&](const char* key, Term value) { meta.push(make_tuple(space, {atoms.intern(key), value})); };
  auto place = [&] {
    add("line", Term::fixnum(error.line));
    if (error.column) add("column", Term::fixnum(error.column));
    if (error.end_line) {
      add("end_line", Term::fixnum(error.end_line));
      add("end_column", Term::fixnum(error.end_column));
    }
  };
  if (error.mismatched()) {
    place();
    add("error_type", atoms.intern("mismatched_delimiter"));
    add("opening_delimiter", atoms.intern(error.opening_delimiter));
    add("closing_delimiter", atoms.intern(error.closing_delimiter));
    add("expected_delimiter", atoms.intern(error.expected_delimiter));
  } else {
    if (!error.opening_delimiter.empty()) {
      add("opening_delimiter", atoms.intern(error.opening_delimiter));
      add("expected_delimiter", atoms.intern(error.expected_delimiter));
    }
    place();
  }
  Term message = make_binary(space, error.message);
  if (error.has_suffix) message = make_tuple(space, {message, make_binary(space, error.suffix)});
  return make_tuple(space, {meta.finish(), message, make_binary(space, error.token)});
}

}  // namespace phial::compiler
