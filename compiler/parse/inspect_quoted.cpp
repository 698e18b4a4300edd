#include "compiler/parse/inspect_quoted.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "compiler/lex/identifier.h"
#include "compiler/lex/lexer.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

namespace {

constexpr std::string_view kPlainOperators[] = {
    "!", "!=",   "!==", "&",   "&&",  "&&&", "*",   "**", "+",   "++", "+++", "-",    "--",   "---", "->", "..",
    "/", "<",    "<-",  "<<<", "<<~", "<=",  "<>",  "<~", "<~>", "=",  "==",  "===",  "=~",   ">",   ">=", ">>>",
    "@", "\\\\", "^",   "|",   "|>",  "||",  "|||", "~>", "~>>", ".",  "...", "..//", "<<>>", "%{}", "%",  "{}"};

bool needs_quotes(std::string_view text) {
  for (std::string_view op : kPlainOperators)
    if (op == text) return false;
  ScannedName name = scan_name(text);
  bool plain = (name.kind == ScannedName::Kind::Identifier || name.kind == ScannedName::Kind::Alias ||
                name.kind == ScannedName::Kind::Atom) &&
               name.bytes == text.size() && !name.normalised;
  return !plain;
}

bool printable(uint32_t c) {
  return (c >= 32 && c <= 127) || (c >= 7 && c <= 13) || c == 27 || (c >= 0xA0 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

bool printable_text(std::string_view text) {
  if (find_invalid_utf8(text) != std::string_view::npos) return false;
  for (size_t at = 0; at < text.size();)
    if (!printable(decode_utf8(text, at))) return false;
  return true;
}

void append_escaped(std::string& out, std::string_view text, char quote) {
  for (size_t at = 0; at < text.size();) {
    size_t start = at;
    uint32_t c = decode_utf8(text, at);
    if (c == static_cast<unsigned char>(quote) || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '#' && at < text.size() && text[at] == '{') {
      out += "\\#";
    } else if (const ControlName* control = c == ' ' ? nullptr : control_name(c)) {
      out += control->escape;
    } else if (c == 0xA0 || c == 0x200D || c == 0xFEFF) {
      char escape[16];
      std::snprintf(escape, sizeof escape, "\\u%04X", c);
      out += escape;
    } else {
      out.append(text.substr(start, at - start));
    }
  }
}

class Printer {
 public:
  Printer(const AtomTable& atoms, const InspectQuotedOptions& options) : atoms_(atoms), options_(options) {}

  std::string print(Term term) {
    push(Step::Value, term);
    while (!steps_.empty()) {
      Todo todo = steps_.back();
      steps_.pop_back();
      run(todo);
    }
    return std::move(out_);
  }

 private:
  enum class Step : uint8_t { Value, ListRest, KeywordRest, TupleRest };
  struct Todo {
    Step step;
    Term term;
    size_t index;
  };

  void push(Step step, Term term, size_t index = 0) { steps_.push_back({step, term, index}); }

  void run(const Todo& todo) {
    switch (todo.step) {
      case Step::Value: value(todo.term); return;
      case Step::ListRest:
        if (todo.term.is_cons()) {
          if (todo.index > 0) out_ += ", ";
          push(Step::ListRest, todo.term.tail(), 1);
          push(Step::Value, todo.term.head());
        } else if (todo.term.is_nil_list()) {
          out_ += "]";
        } else {
          out_ += " | ";
          push(Step::ListRest, Term::nil_list());
          push(Step::Value, todo.term);
        }
        return;
      case Step::KeywordRest:
        if (!todo.term.is_cons()) {
          out_ += "]";
          return;
        }
        if (todo.index > 0) out_ += ", ";
        key(tuple_at(todo.term.head(), 0));
        push(Step::KeywordRest, todo.term.tail(), 1);
        push(Step::Value, tuple_at(todo.term.head(), 1));
        return;
      case Step::TupleRest:
        if (todo.index == tuple_arity(todo.term)) {
          out_ += "}";
          return;
        }
        if (todo.index > 0) out_ += ", ";
        push(Step::TupleRest, todo.term, todo.index + 1);
        push(Step::Value, tuple_at(todo.term, todo.index));
        return;
    }
  }

  void value(Term t) {
    if (t.is_atom()) return atom(t);
    if (t.is_integer()) {
      out_ += t.is_fixnum() ? std::to_string(t.as_fixnum()) : integer_to_text(t, 10);
    } else if (t.is_float()) {
      floating(float_value(t));
    } else if (t.is_nil_list()) {
      out_ += "[]";
    } else if (t.is_cons()) {
      list(t);
    } else if (t.is_tuple()) {
      out_ += "{";
      push(Step::TupleRest, t);
    } else if (is_binary(t)) {
      binary(t);
    } else {
      out_ += "#Term<>";
    }
  }

  void atom(Term t) {
    std::string_view text = atoms_.text(t);
    if (t == atoms::nil || t == atoms::true_ || t == atoms::false_) {
      out_ += text;
    } else if (text == "Elixir") {
      out_ += text;
    } else if (text.starts_with("Elixir.") && is_alias(text.substr(7))) {
      out_ += text.substr(7);
    } else if (!needs_quotes(text)) {
      out_ += ":";
      out_ += text;
    } else {
      out_ += ":\"";
      append_escaped(out_, text, '"');
      out_ += "\"";
    }
  }

  void key(Term t) {
    std::string_view text = atoms_.text(t);
    if (!needs_quotes(text)) {
      out_ += text;
    } else {
      out_ += "\"";
      append_escaped(out_, text, '"');
      out_ += "\"";
    }
    out_ += ": ";
  }

  static bool is_alias(std::string_view text) {
    while (true) {
      ScannedName name = scan_name(text);
      if (name.kind != ScannedName::Kind::Alias || name.has_at || name.has_punctuation || !name.ascii) return false;
      if (name.bytes == text.size()) return true;
      if (text[name.bytes] != '.') return false;
      text.remove_prefix(name.bytes + 1);
    }
  }

  void list(Term t) {
    bool keyword = true, characters = !options_.charlists_as_lists, proper = true;
    for (Term rest = t; !rest.is_nil_list(); rest = rest.tail()) {
      if (!rest.is_cons()) {
        proper = false;
        break;
      }
      Term item = rest.head();
      if (!is_tuple_of(item, 2) || !tuple_at(item, 0).is_atom() ||
          atoms_.text(tuple_at(item, 0)).starts_with("Elixir."))
        keyword = false;
      if (!item.is_fixnum() ||
          !(item.as_fixnum() >= 32 || (item.as_fixnum() >= 7 && item.as_fixnum() <= 13) || item.as_fixnum() == 27) ||
          item.as_fixnum() > 126)
        characters = false;
      if (!keyword && !characters) break;
    }
    if (proper && characters) {
      std::string text;
      for (Term rest = t; rest.is_cons(); rest = rest.tail())
        append_utf8(text, static_cast<uint32_t>(rest.head().as_fixnum()));
      out_ += "~c\"";
      append_escaped(out_, text, '"');
      out_ += "\"";
    } else if (proper && keyword) {
      out_ += "[";
      push(Step::KeywordRest, t);
    } else {
      out_ += "[";
      push(Step::ListRest, t);
    }
  }

  void binary(Term t) {
    std::string scratch;
    std::string_view bytes = binary_bytes(t, scratch);
    if (printable_text(bytes)) {
      out_ += "\"";
      append_escaped(out_, bytes, '"');
      out_ += "\"";
      return;
    }
    out_ += "<<";
    for (size_t i = 0; i < bytes.size(); ++i) {
      if (i > 0) out_ += ", ";
      out_ += std::to_string(static_cast<unsigned char>(bytes[i]));
    }
    out_ += ">>";
  }

  void floating(double d) {
    // Shortest digits; written out up to 1.0e16, with an exponent beyond and for small values.
    char buffer[64];
    auto end = std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr;
    std::string_view text(buffer, static_cast<size_t>(end - buffer));
    bool negative = text[0] == '-';
    if (negative) text.remove_prefix(1), out_ += '-';
    size_t e = text.find('e');
    std::string digits(1, text[0]);
    if (e > 1) digits += text.substr(2, e - 2);
    int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
    // Whole numbers below 1.0e16 in full; otherwise the shorter of the two notations.
    std::string fixed;
    if (exponent < 0) {
      fixed = "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
    } else {
      size_t whole = static_cast<size_t>(exponent) + 1;
      fixed = digits;
      if (fixed.size() <= whole) fixed.append(whole - fixed.size() + 1, '0');
      fixed.insert(whole, ".");
    }
    if (digits.size() == 1) digits += '0';
    std::string scientific = digits.substr(0, 1) + "." + digits.substr(1) + "e" + std::to_string(exponent);
    bool in_full = exponent >= 0 && exponent < 16 && std::floor(d) == d;
    out_ += in_full || (exponent < 16 && fixed.size() <= scientific.size()) ? fixed : scientific;
  }

  const AtomTable& atoms_;
  const InspectQuotedOptions& options_;
  std::string out_;
  std::vector<Todo> steps_;
};

}  // namespace

std::string inspect_quoted(Term quoted, const AtomTable& atoms, const InspectQuotedOptions& options) {
  return Printer(atoms, options).print(quoted);
}

}  // namespace phial::compiler
