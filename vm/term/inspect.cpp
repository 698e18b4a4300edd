#include "vm/term/inspect.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "vm/term/off_heap.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/identity.h"
#include "vm/term/map.h"
#include "vm/term/number_print.h"
#include "vm/term/tuple.h"

namespace phial {

namespace {

constexpr std::string_view kElixirPrefix = "Elixir.";

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_lower(c) || is_upper(c) || is_digit(c) || c == '_' || c < 0; }

/// name, _name, name@host, name?, Name!
bool is_identifier(std::string_view text) {
  if (text.empty() || is_digit(text[0]) || !is_word(text[0])) return false;
  if (text.back() == '?' || text.back() == '!') text.remove_suffix(1);
  return std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '@'; });
}

/// Foo.Bar, without the Elixir prefix.
bool is_alias(std::string_view text) {
  bool start = true;
  for (char c : text) {
    if (start ? !is_upper(c) : !(is_word(c) && c >= 0) && c != '.') return false;
    start = c == '.';
  }
  return !start;
}

bool is_operator(std::string_view text) {
  static constexpr std::string_view kOperators[] = {"!",  "!=",  "!==", "&",   "&&",  "&&&",  "*",   "**",  "+",
                                                    "++", "+++", "-",   "--",  "---", "..",   "...", "/",   "<",
                                                    "<-", "<<<", "<<~", "<=",  "<>",  "<|>",  "<~",  "<~>", "=",
                                                    "==", "===", "=~",  ">",   ">=",  ">>>",  "@",   "^",   "^^^",
                                                    "|",  "|>",  "||",  "|||", "~>",  "~>>",  "~~~", "::",  "\\\\",
                                                    "//", "->",  "=>",  "%{}", "{}",  "<<>>", "%",   ".",   "..//"};
  return std::find(std::begin(kOperators), std::end(kOperators), text) != std::end(kOperators);
}

/// Operators that inspect writes without quotes. The others could be misread next to what follows.
bool is_plain_operator(std::string_view text) {
  return is_operator(text) && text != "<|>" && text != "~~~" && text != "^^^" && text != "=>" && text != "->" &&
         text != "//";
}

bool decode_utf8(std::string_view text, size_t& at, uint32_t* code) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = byte(at);
  size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (size == 0 || text.size() - at < size) return false;
  uint32_t value = size == 1 ? first : first & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return false;
    value = (value << 6) | (byte(at + i) & 0x3f);
  }
  static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return false;
  at += size;
  *code = value;
  return true;
}

char escape_letter(unsigned char c) {
  switch (c) {
    case 0: return '0';
    case 7: return 'a';
    case 8: return 'b';
    case 9: return 't';
    case 10: return 'n';
    case 11: return 'v';
    case 12: return 'f';
    case 13: return 'r';
    case 27: return 'e';
    case 127: return 'd';
    default: return 0;
  }
}

/// Printing works off a stack: terms still to print, and text between them.
class Printer {
 public:
  Printer(const AtomTable& atoms, size_t max_bytes) : atoms_(atoms), max_bytes_(max_bytes) {}

  std::string run(Term term) {
    push(term);
    while (!tasks_.empty()) {
      if (out_.size() > max_bytes_) {
        out_.resize(max_bytes_);
        return out_ + "...";
      }
      Task task = tasks_.back();
      tasks_.pop_back();
      switch (task.kind) {
        case Task::Print: print(task.term); break;
        case Task::Text: out_ += task.text; break;
        case Task::Key:
          out_ += inspect_key(atoms_.text(task.term));
          out_ += ' ';
          break;
        case Task::Elements: print_elements(task.term, task.text); break;
      }
    }
    return std::move(out_);
  }

 private:
  struct Task {
    enum Type : uint8_t { Print, Text, Key, Elements } kind;
    Term term;
    const char* text;
  };

  void push(Term term) { tasks_.push_back({Task::Print, term, ""}); }
  void push_text(const char* text) { tasks_.push_back({Task::Text, Term(), text}); }

  void print(Term t) {
    char buffer[64];
    if (t.is_none()) {
      out_ += "#None<>";
    } else if (t.is_integer()) {
      out_ += integer_to_text(t, 10);
    } else if (t.is_float()) {
      out_ += float_to_inspect(float_value(t));
    } else if (t.is_atom()) {
      out_ += inspect_atom(atoms_.text(t));
    } else if (t.is_cons()) {
      print_list(t);
    } else if (t.is_nil_list()) {
      out_ += "[]";
    } else if (t.is_pid()) {
      out_ += "#PID" + pid_text(t);
    } else if (!t.is_boxed()) {
      std::snprintf(buffer, sizeof(buffer), "#Special<%llx>", static_cast<unsigned long long>(t.bits()));
      out_ += buffer;
    } else {
      print_boxed(t);
    }
  }

  void print_boxed(Term t) {
    char buffer[64];
    switch (t.kind()) {
      case Kind::Tuple: {
        out_ += '{';
        push_text("}");
        for (size_t i = tuple_arity(t); i-- > 0;) {
          push(tuple_at(t, i));
          if (i != 0) push_text(", ");
        }
        return;
      }
      case Kind::FlatMap:
      case Kind::HashMap: print_map(t); return;
      case Kind::HeapBinary:
      case Kind::RefBinary:
      case Kind::SubBinary: print_bits(t); return;
      case Kind::Fun:
        std::snprintf(buffer, sizeof(buffer), "#Function<%llx>", static_cast<unsigned long long>(t.box()[1]));
        break;
      case Kind::Export:
        std::snprintf(buffer, sizeof(buffer), "#Export<%llx>", static_cast<unsigned long long>(t.box()[1]));
        break;
      case Kind::Reference: out_ += "#Reference<" + reference_digits(Ref::from(t)) + ">"; return;
      case Kind::Resource:
        out_ += "#Resource<";
        out_ += resource_of(t)->type_name();
        out_ += '>';
        return;
      case Kind::HashNode:
      case Kind::HashBucket:
      case Kind::Bignum:
      case Kind::Float: std::snprintf(buffer, sizeof(buffer), "#Internal<%d>", static_cast<int>(t.kind())); break;
    }
    out_ += buffer;
  }

  bool is_pair_with_plain_key(Term t) const {
    return is_tuple_of(t, 2) && tuple_at(t, 0).is_atom() && !atoms_.text(tuple_at(t, 0)).starts_with(kElixirPrefix);
  }

  void print_list(Term list) {
    bool characters = true, keywords = true;
    Term t = list;
    for (; t.is_cons() && (characters || keywords); t = t.tail()) {
      Term head = t.head();
      characters &= head.is_fixnum() && ((head.as_fixnum() >= 32 && head.as_fixnum() < 127) ||
                                         (head.as_fixnum() >= 7 && head.as_fixnum() <= 13) || head.as_fixnum() == 27);
      keywords &= is_pair_with_plain_key(head);
    }
    bool proper = t.is_nil_list();
    if (characters && proper) {
      std::string text;
      for (t = list; t.is_cons(); t = t.tail()) text += static_cast<char>(t.head().as_fixnum());
      out_ += "~c";
      append_quoted(out_, text, '"');
      return;
    }
    out_ += '[';
    print_elements(list, keywords && proper ? "k" : "");
  }

  /// The rest of a list from its cell [list] on; [mode] "k" for a keyword list.
  void print_elements(Term list, const char* mode) {
    Term tail = list.tail();
    if (tail.is_cons()) {
      tasks_.push_back({Task::Elements, tail, mode});
      push_text(", ");
    } else {
      push_text("]");
      if (!tail.is_nil_list()) {
        push(tail);
        push_text(" | ");
      }
    }
    if (*mode == 'k') {
      push(tuple_at(list.head(), 1));
      tasks_.push_back({Task::Key, tuple_at(list.head(), 0), ""});
    } else {
      push(list.head());
    }
  }

  void print_map(Term map) {
    std::vector<std::pair<Term, Term>> pairs;
    bool plain_keys = true;
    Term name = map_get(map, atoms::struct_);
    bool is_struct = name.is_atom() && !name.is_none() && atoms_.text(name).starts_with(kElixirPrefix);
    MapIterator it(map);
    Term key, value;
    while (it.next(key, value)) {
      if (is_struct && key == atoms::struct_) continue;
      plain_keys &= key.is_atom() && !atoms_.text(key).starts_with(kElixirPrefix);
      pairs.emplace_back(key, value);
    }
    out_ += '%';
    if (is_struct) out_ += inspect_atom(atoms_.text(name));
    out_ += '{';
    push_text("}");
    for (size_t i = pairs.size(); i-- > 0;) {
      push(pairs[i].second);
      if (plain_keys) {
        tasks_.push_back({Task::Key, pairs[i].first, ""});
      } else {
        push_text(" => ");
        push(pairs[i].first);
      }
      if (i != 0) push_text(", ");
    }
  }

  void print_bits(Term t) {
    BitView view = bit_view(t);
    std::string scratch;
    if (view.is_binary()) {
      std::string_view text = binary_bytes(t, scratch);
      if (is_printable_text(text)) {
        append_quoted(out_, text, '"');
        return;
      }
    }
    out_ += "<<";
    for (uint64_t at = 0; at < view.bits; at += 8) {
      if (out_.size() > max_bytes_) return;
      if (at != 0) out_ += ", ";
      auto n = static_cast<unsigned>(std::min<uint64_t>(8, view.bits - at));
      out_ += std::to_string(read_bits(view.bytes, view.bit_offset + at, n));
      if (n < 8) out_ += "::size(" + std::to_string(n) + ")";
    }
    out_ += ">>";
  }

  const AtomTable& atoms_;
  size_t max_bytes_;
  std::string out_;
  std::vector<Task> tasks_;
};

}  // namespace

std::string inspect_term(Term term, const AtomTable& atoms, size_t max_bytes) {
  return Printer(atoms, max_bytes).run(term);
}

std::string inspect_atom(std::string_view text) {
  if (text == "nil" || text == "true" || text == "false") return std::string(text);
  if (text == "Elixir") return "Elixir";
  if (text.starts_with(kElixirPrefix) && is_alias(text.substr(kElixirPrefix.size()))) {
    std::string_view name = text.substr(kElixirPrefix.size());
    // Elixir.Elixir.Foo is not Foo.
    if (name != "Elixir" && !name.starts_with(kElixirPrefix)) return std::string(name);
    return std::string(text);
  }
  std::string out = ":";
  if (is_identifier(text) || is_plain_operator(text))
    out += text;
  else
    append_quoted(out, text, '"');
  return out;
}

std::string inspect_key(std::string_view text) {
  std::string out;
  if (is_identifier(text) || (is_plain_operator(text) && text != "::"))
    out += text;
  else
    append_quoted(out, text, '"');
  return out + ":";
}

void append_quoted(std::string& out, std::string_view text, char quote) {
  out += quote;
  for (size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    size_t start = i;
    uint32_t code;
    if (c == static_cast<unsigned char>(quote) || c == '\\' ||
        (c == '#' && i + 1 < text.size() && text[i + 1] == '{')) {
      out += '\\';
      out += text[i++];
    } else if (char letter = escape_letter(c); letter != 0) {
      out += '\\';
      out += letter;
      ++i;
    } else if (c >= 32 && decode_utf8(text, i, &code)) {
      out += text.substr(start, i - start);
    } else {
      char buffer[8];
      std::snprintf(buffer, sizeof(buffer), "\\x%02X", c);
      out += buffer;
      i = start + 1;
    }
  }
  out += quote;
}

bool is_printable_text(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c < 32 || c == 127) {
      if (c == 0 || escape_letter(c) == 0) return false;
      ++i;
      continue;
    }
    uint32_t code;
    if (!decode_utf8(text, i, &code) || (code >= 0x80 && code < 0xa0)) return false;
  }
  return true;
}

}  // namespace phial
