#include "vm/bytecode/disasm.h"

#include <cstdio>

#include "vm/bytecode/encoding.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

constexpr int kBriefDepth = 6;
constexpr int kBriefItems = 24;

void brief(std::string& out, Term t, const AtomTable& atoms, int depth);

void brief_items(std::string& out, size_t count, auto at, const AtomTable& atoms, int depth) {
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) out += ", ";
    if (i == kBriefItems) {
      out += "...";
      return;
    }
    brief(out, at(i), atoms, depth - 1);
  }
}

void brief_list(std::string& out, Term t, const AtomTable& atoms, int depth) {
  out += '[';
  int n = 0;
  while (t.is_cons()) {
    if (n > 0) out += ", ";
    if (n++ == kBriefItems) {
      out += "...]";
      return;
    }
    brief(out, t.head(), atoms, depth - 1);
    t = t.tail();
  }
  if (!t.is_nil_list()) {
    out += " | ";
    brief(out, t, atoms, depth - 1);
  }
  out += ']';
}

void brief_bits(std::string& out, Term t) {
  std::string scratch;
  BitView view = bit_view(t);
  if (!view.is_binary()) {
    out += "<<" + std::to_string(view.bits) + " bits>>";
    return;
  }
  out += '"';
  for (unsigned char c : binary_bytes(t, scratch)) {
    if (c >= 32 && c < 127 && c != '"' && c != '\\') {
      out += static_cast<char>(c);
    } else {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02X", c);
      out += hex;
    }
  }
  out += '"';
}

void brief_boxed(std::string& out, Term t, const AtomTable& atoms, int depth) {
  switch (t.kind()) {
    case Kind::Tuple:
      out += '{';
      brief_items(out, tuple_arity(t), [&](size_t i) { return tuple_at(t, i); }, atoms, depth);
      out += '}';
      return;
    case Kind::FlatMap:
    case Kind::HashMap: {
      out += "%{";
      MapIterator it(t);
      Term key, value;
      for (int n = 0; it.next(key, value); ++n) {
        if (n > 0) out += ", ";
        if (n == kBriefItems) {
          out += "...";
          break;
        }
        brief(out, key, atoms, depth - 1);
        out += " => ";
        brief(out, value, atoms, depth - 1);
      }
      out += '}';
      return;
    }
    case Kind::Bignum:
      out += integer_to_text(t, 10);
      return;
    case Kind::HeapBinary:
    case Kind::RefBinary:
    case Kind::SubBinary:
      brief_bits(out, t);
      return;
    case Kind::Fun:
    case Kind::Export:
      out += "#Function";
      return;
    case Kind::Reference:
      out += "#Reference";
      return;
    default:
      out += "#Term";
      return;
  }
}

void brief(std::string& out, Term t, const AtomTable& atoms, int depth) {
  if (depth == 0) {
    out += "...";
  } else if (t.is_none()) {
    out += "#none";
  } else if (t.is_fixnum()) {
    out += std::to_string(t.as_fixnum());
  } else if (t.is_atom()) {
    out += ':';
    out += atoms.text(t);
  } else if (t.is_float()) {
    char text[40];
    std::snprintf(text, sizeof text, "%.17g", float_value(t));
    out += text;
    if (out.find_first_of(".en", out.size() - std::char_traits<char>::length(text)) == std::string::npos) out += ".0";
  } else if (t.is_list()) {
    brief_list(out, t, atoms, depth);
  } else if (t.is_pid()) {
    out += "#PID" + std::to_string(t.pid_id());
  } else if (t.is_boxed()) {
    brief_boxed(out, t, atoms, depth);
  } else {
    out += "#special";
  }
}

class Lister {
 public:
  Lister(const ModuleCode& module, const AtomTable& atoms) : module_(module), atoms_(atoms) {}

  std::string run() {
    out_ += "module " + std::string(atoms_.text(module_.name)) + "\n";
    for (const FunctionCode& f : module_.functions) function(f);
    return std::move(out_);
  }

 private:
  void function(const FunctionCode& f) {
    out_ += "\n" + std::string(f.exported ? "def " : "defp ") + std::string(atoms_.text(f.name)) + "/" +
            std::to_string(f.arity) + " params " + std::to_string(f.params) + " frame " +
            std::to_string(f.frame) + "\n";
    size_t at = f.entry;
    while (at < f.end) {
      Instruction instruction;
      if (!decode_instruction(std::span(module_.code).first(std::min<size_t>(f.end, module_.code.size())), at,
                              instruction)) {
        out_ += "  " + std::to_string(at - f.entry) + ": ???\n";
        break;
      }
      line(f, at, instruction);
      at += instruction.words;
    }
    for (const HandlerRange& h : module_.handlers) {
      if (h.from < f.entry || h.from >= f.end) continue;
      out_ += "  " + std::string(h.kind == HandlerRange::Kind::Try ? "try " : "guard ") +
              std::to_string(h.from - f.entry) + ".." + std::to_string(h.to - f.entry) + " -> " +
              std::to_string(h.handler - f.entry);
      if (h.kind == HandlerRange::Kind::Try) out_ += " r" + std::to_string(h.base);
      out_ += "\n";
    }
  }

  void line(const FunctionCode& f, size_t at, const Instruction& in) {
    std::string number = std::to_string(at - f.entry);
    out_ += std::string(number.size() < 6 ? 6 - number.size() : 0, ' ') + number + ": ";
    out_ += op_info(in.op).name;
    size_t small = 0, wide = 0;
    for (char letter : in.operands()) {
      out_ += ' ';
      switch (letter) {
        case 'd':
        case 's':
          out_ += "r" + std::to_string(in.slot(small++));
          break;
        case 'i':
          out_ += std::to_string(static_cast<int16_t>(in.slot(small++)));
          break;
        case 'u':
          out_ += std::to_string(in.slot(small++));
          break;
        case 'v':
          live(in.slot(small++));
          break;
        case 'R':
          registers(in);
          break;
        case 'l':
          label(f, at, encoding::short_label(in.at));
          break;
        case 'S':
          cases(f, at, in, wide);
          break;
        case 'B':
          segments(in, wide);
          break;
        default:
          wide_operand(letter, f, at, in.wide(wide++));
      }
    }
    out_ += "\n";
  }

  void registers(const Instruction& in) {
    out_ += '(';
    for (size_t i = 0; i < in.list_length; ++i) {
      if (i > 0) out_ += ' ';
      out_ += "r" + std::to_string(in.slot(in.list + i));
    }
    out_ += ')';
  }
  void live(size_t index) {
    out_ += '<';
    if (index < module_.live_maps.size()) {
      const auto& map = module_.live_maps[index];
      bool first = true;
      for (size_t i = 0; i < map.size() * 64; ++i) {
        if (!(map[i / 64] >> (i % 64) & 1)) continue;
        if (!first) out_ += ' ';
        first = false;
        out_ += "r" + std::to_string(i);
      }
    }
    out_ += '>';
  }
  void label(const FunctionCode& f, size_t at, int64_t offset) {
    out_ += "->" + std::to_string(static_cast<int64_t>(at) + offset - static_cast<int64_t>(f.entry));
  }
  void constant(Word index) {
    if (index < module_.literals.size()) out_ += brief_term(module_.literals[index], atoms_);
    else out_ += "literal?" + std::to_string(index);
  }
  void function_name(Word index) {
    if (index >= module_.functions.size()) {
      out_ += "function?" + std::to_string(index);
      return;
    }
    const FunctionCode& f = module_.functions[index];
    out_ += std::string(atoms_.text(f.name)) + "/" + std::to_string(f.arity);
  }
  void wide_operand(char letter, const FunctionCode& f, size_t at, Word value) {
    switch (letter) {
      case 'L':
        label(f, at, static_cast<int64_t>(value));
        return;
      case 'K':
        constant(value);
        return;
      case 'F':
        function_name(value);
        return;
      case 'E':
        if (value < module_.imports.size()) {
          const ImportRef& i = module_.imports[value];
          out_ += std::string(atoms_.text(i.module)) + "." + std::string(atoms_.text(i.function)) + "/" +
                  std::to_string(i.arity);
        } else {
          out_ += "import?" + std::to_string(value);
        }
        return;
      case 'U':
        out_ += "fn ";
        if (value < module_.closures.size()) function_name(module_.closures[value].function);
        else out_ += "closure?" + std::to_string(value);
        return;
      default:
        out_ += "?";
    }
  }
  void cases(const FunctionCode& f, size_t at, const Instruction& in, size_t wide) {
    Word count = in.wide(wide);
    out_ += '[';
    for (Word i = 0; i < count; ++i) {
      if (i > 0) out_ += ", ";
      constant(in.wide(wide + 1 + 2 * i));
      label(f, at, static_cast<int64_t>(in.wide(wide + 2 + 2 * i)));
    }
    out_ += ']';
  }
  void segments(const Instruction& in, size_t wide) {
    static constexpr const char* kTypes[] = {"integer", "float", "binary", "bits", "utf8", "utf16", "utf32"};
    Word count = in.wide(wide);
    out_ += "<<";
    for (Word i = 0; i < count; ++i) {
      Word s = in.wide(wide + 1 + i);
      unsigned type = s & 0xff, flags = s >> 8 & 0xff, unit = s >> 16 & 0xffff, source = s >> 32 & 0xffff,
               size = s >> 48;
      if (i > 0) out_ += ", ";
      out_ += "r" + std::to_string(source) + "::" + (type < 7 ? kTypes[type] : "?");
      if (size != kSegmentAll) out_ += " r" + std::to_string(size) + "*" + std::to_string(unit);
      if (flags & kSigned) out_ += " signed";
      if (flags & kLittle) out_ += " little";
      if (flags & kNativeEndian) out_ += " native";
    }
    out_ += ">>";
  }

  const ModuleCode& module_;
  const AtomTable& atoms_;
  std::string out_;
};

}  // namespace

std::string brief_term(Term term, const AtomTable& atoms) {
  std::string out;
  brief(out, term, atoms, kBriefDepth);
  return out;
}

std::string disassemble(const ModuleCode& module, const AtomTable& atoms) { return Lister(module, atoms).run(); }

}  // namespace phial
