// <<>>: every segment gets its type, size, unit, sign and byte order spelled out.
#include "compiler/expand/expand_state.h"

namespace phial::compiler {

namespace {
struct Spec {
  Term type = Term::none(), size = Term::none(), unit = Term::none(), sign = Term::none(), endian = Term::none();
};

void append_code_point(std::string& out, uint32_t c, Term type, bool little, const Names& n) {
  auto unit16 = [&](uint32_t v) {
    if (little) {
      out += static_cast<char>(v & 255);
      out += static_cast<char>(v >> 8);
    } else {
      out += static_cast<char>(v >> 8);
      out += static_cast<char>(v & 255);
    }
  };
  if (type == n.utf32) {
    for (int i = 0; i < 4; ++i) out += static_cast<char>((c >> (little ? 8 * i : 24 - 8 * i)) & 255);
  } else if (c >= 0x10000) {
    c -= 0x10000;
    unit16(0xD800 | (c >> 10));
    unit16(0xDC00 | (c & 0x3FF));
  } else {
    unit16(c);
  }
}

bool next_code_point(std::string_view text, size_t& i, uint32_t& c) {
  unsigned char b = static_cast<unsigned char>(text[i]);
  size_t more = b < 0x80 ? 0 : b < 0xE0 ? 1 : b < 0xF0 ? 2 : 3;
  if ((b >= 0x80 && b < 0xC2) || b > 0xF4 || i + more >= text.size()) return false;
  c = more == 0 ? b : b & (0x3Fu >> more);
  for (size_t k = 1; k <= more; ++k) c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3F);
  i += more + 1;
  return true;
}
}  // namespace

/// Reads the specifiers of one segment.
class BitsExpander {
 public:
  explicit BitsExpander(Expander& e) : e_(e), n_(e.n) {}
  Term segment(Term item, bool in_match, bool is_last, ListBuilder& out);

 private:
  bool read(Term meta, Term spec);
  bool set(Term meta, Term& slot, Term value, const char* what);
  bool read_size(Term meta, Term size);
  bool read_unit(Term meta, Term unit);
  bool fail(Term meta, const std::string& message) {
    e_.file_error(meta, message);
    return false;
  }
  Expander& e_;
  const Names& n_;
  Spec spec_;
};

bool BitsExpander::set(Term meta, Term& slot, Term value, const char* what) {
  if (!slot.is_none() && !(slot == value)) {
    return fail(meta, std::string("conflicting ") + what + " specification for bit field: \"" + e_.code_text(slot) +
                          "\" and \"" + e_.code_text(value) + "\"");
  }
  slot = value;
  return true;
}

bool BitsExpander::read_size(Term meta, Term size) {
  Term value;
  if (size.is_fixnum()) {
    value = size;
  } else if (e_.env.context == Context::Match) {
    // Variables of the same pattern that stand before are visible, nothing may be bound.
    Context saved = e_.env.context;
    e_.env.context = Context::Guard;
    value = e_.expand(size);
    e_.env.context = saved;
  } else {
    value = e_.expand(size);
  }
  if (value.is_none()) return false;
  if ((value.is_fixnum() && value.as_fixnum() < 0) || value.is_float() || value.is_bitstring() || (value.is_atom())) {
    return fail(meta, "size in bitstring expects an integer or a variable as argument, got: " + e_.code_text(value));
  }
  return set(meta, spec_.size, value, "size");
}

bool BitsExpander::read_unit(Term meta, Term unit) {
  Term value = e_.expand(unit);
  if (value.is_none()) return false;
  if (!value.is_fixnum())
    return fail(meta, "unit in bitstring expects an integer as argument, got: " + e_.code_text(value));
  if (value.as_fixnum() < 1 || value.as_fixnum() > 256) {
    return fail(meta,
                "unit in bitstring expects an integer between 1 and 256 as argument, got: " + e_.code_text(value));
  }
  return set(meta, spec_.unit, value, "unit");
}

bool BitsExpander::read(Term meta, Term spec) {
  if (spec.is_fixnum()) return read_size(meta, spec);
  if (!is_node(spec)) {
    if (spec.is_float() || spec.is_list() || spec.is_bitstring()) {
      return fail(meta, "size in bitstring expects an integer or a variable as argument, got: " + e_.code_text(spec));
    }
    return fail(meta, "unknown bitstring specifier: " + e_.code_text(spec));
  }
  Term head = node_head(spec), args = node_args(spec);
  if (is_call_of(spec, n_.minus, 2)) return read(meta, first(args)) && read(meta, second(args));
  if (is_call_of(spec, n_.star, 2)) {
    // `size*unit`; `_*unit` gives the unit alone.
    Term size = first(args);
    bool any = is_variable(size) && node_head(size) == n_.underscore;
    return (any || read_size(meta, size)) && read_unit(meta, second(args));
  }
  if (is_call_of(spec, n_.size, 1)) return read_size(meta, first(args));
  if (is_call_of(spec, n_.unit, 1)) return read_unit(meta, first(args));
  if (is_call_of(spec, atoms::block, 1)) return read(meta, first(args));
  if (head.is_atom() && (args.is_atom() || args.is_nil_list())) {
    if (head == n_.integer || head == n_.float_ || head == n_.binary || head == n_.bitstring || head == n_.utf8 ||
        head == n_.utf16 || head == n_.utf32) {
      return set(meta, spec_.type, head, "type");
    }
    if (head == n_.bytes) return set(meta, spec_.type, n_.binary, "type");
    if (head == n_.bits_) return set(meta, spec_.type, n_.bitstring, "type");
    if (head == n_.signed_ || head == n_.unsigned_) return set(meta, spec_.sign, head, "sign");
    if (head == n_.big || head == n_.little || head == n_.native) return set(meta, spec_.endian, head, "endianness");
  }
  // Anything else may be a macro that gives specifiers.
  Term call = args.is_atom() ? e_.node3(head, node_meta(spec), Term::nil_list()) : spec;
  bool expanded = false;
  Term result = e_.expand_once(call, expanded);
  if (result.is_none()) return false;
  if (expanded) return read(meta, result);
  if (head.is_atom() && args.is_atom()) {
    return fail(meta, "unknown bitstring specifier: " + std::string(e_.text(head)) + "()");
  }
  return fail(meta, "unknown bitstring specifier: " + e_.code_text(spec));
}

Term BitsExpander::segment(Term item, bool in_match, bool is_last, ListBuilder& out) {
  Term meta = is_node(item) && node_meta(item).is_list() ? node_meta(item) : Term::nil_list();
  Term expr = item, spec_ast = Term::none();
  if (is_call_of(item, atoms::type_colons, 2)) {
    expr = first(node_args(item));
    spec_ast = second(node_args(item));
    if (is_call_of(spec_ast, n_.segment, 5)) {  // made by escape(): finished already
      out.push(item);
      return item;
    }
  }
  Term value = e_.expand(expr);
  if (value.is_none()) return value;
  spec_ = Spec();
  if (!spec_ast.is_none() && !read(meta, spec_ast)) return Term::none();

  bool nested = is_call_of(value, atoms::bits);
  bool literal = value.is_bitstring();
  if (spec_.type.is_none()) {
    if (literal) {
      spec_.type = n_.binary;
    } else if (nested) {
      spec_.type = n_.bitstring;
    } else if (value.is_float()) {
      spec_.type = n_.float_;
    } else {
      spec_.type = n_.integer;
    }
  }
  Term type = spec_.type;
  bool utf = type == n_.utf8 || type == n_.utf16 || type == n_.utf32;
  bool bytes = type == n_.binary || type == n_.bitstring;
  if (utf && (!spec_.size.is_none() || !spec_.unit.is_none())) {
    return e_.file_error(meta, "size and unit are not supported on utf types");
  }
  if ((utf || bytes) && !spec_.sign.is_none()) {
    return e_.file_error(meta, "signed and unsigned specifiers are supported only on integer and float types");
  }
  if (literal && (type == n_.integer || type == n_.float_)) {
    return e_.file_error(
        meta, "conflicting type specification for bit field: \"binary\" and \"" + std::string(e_.text(type)) + "\"");
  }
  Term sign = spec_.sign.is_none() ? n_.unsigned_ : spec_.sign;
  Term endian = spec_.endian.is_none() ? n_.big : spec_.endian;
  auto push = [&](Term v, Term size, Term unit) {
    Term s = e_.node3(n_.segment, Term::nil_list(), e_.list({type, size, unit, sign, endian}));
    Term result = e_.node3(atoms::type_colons, meta, e_.list({v, s}));
    out.push(result);
    return result;
  };
  if (utf) {
    if (!literal) return push(value, atoms::nil, Term::fixnum(1));
    // A literal string in another encoding is encoded here.
    std::string from = text_of_binary(value), to;
    if (type == n_.utf8) {
      to = from;
    } else {
      for (size_t i = 0; i < from.size();) {
        uint32_t c = 0;
        if (!next_code_point(from, i, c)) return e_.file_error(meta, "invalid UTF-8 in a literal binary");
        append_code_point(to, c, type, endian == n_.little || endian == n_.native, n_);
      }
    }
    type = n_.binary;
    endian = n_.big;
    return push(e_.binary(to), n_.all, Term::fixnum(8));
  }
  if (bytes) {
    Term unit = spec_.unit.is_none() ? Term::fixnum(type == n_.binary ? 8 : 1) : spec_.unit;
    if (spec_.size.is_none()) {
      if (nested && type == n_.bitstring && spec_.unit.is_none()) {
        // <<a, <<b, c>> >> is <<a, b, c>>.
        for (Term l = node_args(value); l.is_cons(); l = l.tail()) out.push(l.head());
        return value;
      }
      if (in_match && !is_last && !literal) {
        return e_.file_error(
            meta,
            "a binary field without size is only allowed at the end of a binary pattern, at the right side of "
            "binary concatenation and and never allowed in binary generators. The following examples are "
            "invalid:\n\n    rest <> \"foo\"\n    <<rest::binary, \"foo\">>\n\nThey are invalid because there is a "
            "bits/bitstring component not at the end. However, the \"reverse\" would work:\n\n    \"foo\" <> "
            "rest\n    <<\"foo\", rest::binary>>\n");
      }
      return push(value, n_.all, unit);
    }
    return push(value, spec_.size, unit);
  }
  if (spec_.size.is_none()) {
    if (!spec_.unit.is_none()) {
      return e_.file_error(meta, "integer and float types require a size specifier if the unit specifier is given");
    }
    return push(value, Term::fixnum(type == n_.float_ ? 64 : 8), Term::fixnum(1));
  }
  Term unit = spec_.unit.is_none() ? Term::fixnum(1) : spec_.unit;
  if (type == n_.float_ && spec_.size.is_fixnum()) {
    int64_t bits = spec_.size.as_fixnum() * unit.as_fixnum();
    if (bits != 16 && bits != 32 && bits != 64) {
      return e_.file_error(meta,
                           "float requires size*unit to be 16, 32, or 64 (default), got: " + std::to_string(bits));
    }
  }
  return push(value, spec_.size, unit);
}

Term Expander::literal_bits(Term value) {
  Term spec = node3(n.segment, Term::nil_list(), list({n.binary, n.all, Term::fixnum(8), n.unsigned_, n.big}));
  return node3(atoms::bits, Term::nil_list(), list({node3(atoms::type_colons, Term::nil_list(), list({value, spec}))}));
}

Term Expander::expand_bits(Term meta, Term args) {
  bool in_match = env.context == Context::Match;
  ListBuilder out(arena);
  std::vector<Scope::Binding> bound;
  size_t mark = scope.mark();
  for (Term l = args; l.is_cons(); l = l.tail()) {
    BitsExpander reader(*this);
    if (reader.segment(l.head(), in_match, l.tail().is_nil_list(), out).is_none()) return Term::none();
    if (!in_match && scope.mark() != mark) {
      for (const auto& b : scope.cut(mark)) bound.push_back(b);
    }
  }
  for (const auto& b : bound) scope.bind(b.key, b.version);
  // A string made of literal pieces only is a literal.
  Term segments = out.finish();
  bool all_literal = segments.is_cons() || args.is_nil_list();
  std::string joined;
  for (Term l = segments; l.is_cons() && all_literal; l = l.tail()) {
    Term value = first(node_args(l.head()));
    Term spec = node_args(second(node_args(l.head())));
    if (value.is_bitstring() && first(spec) == n.binary && second(spec) == n.all) {
      joined += text_of_binary(value);
    } else {
      all_literal = false;
    }
  }
  if (all_literal) return binary(joined);
  return node3(atoms::bits, meta, segments);
}

}  // namespace phial::compiler
