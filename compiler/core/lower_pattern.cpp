// Patterns. A variable that stands twice in one pattern is bound twice; the clause compares the two (PatternState::same).
#include <algorithm>

#include "compiler/core/lower.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"

namespace phial::compiler {

Pattern* Lowerer::make_pattern(PatternKind kind) {
  Pattern* p = arena_.make<Pattern>();
  p->kind = kind;
  return p;
}
Pattern* Lowerer::wild() { return make_pattern(PatternKind::Wild); }
Pattern* Lowerer::var_pattern(VarId var) {
  Pattern* p = make_pattern(PatternKind::Var);
  p->var = var;
  return p;
}
Pattern* Lowerer::literal_pattern(Term t) {
  Pattern* p = make_pattern(PatternKind::Lit);
  p->term = t;
  return p;
}

Pattern* Lowerer::bind(Term t, PatternState& state) {
  if (ast::form(t) == names_.underscore) return wild();
  Term version = ast::keyword(ast::meta(t), names_.version);
  if (version.is_none() || !version.is_fixnum() || version.as_fixnum() < 0) {
    fail("variable without a version", ast::line(t, 0));
    return wild();
  }
  size_t v = static_cast<size_t>(version.as_fixnum());
  if (v > (size_t{1} << 26)) {
    fail("too many variables", ast::line(t, 0));
    return wild();
  }
  if (v >= versions_.size()) versions_.resize(std::max(v + 1, versions_.size() * 2));
  VarSlot& slot = versions_[v];
  VarId var = fresh();
  if (slot.group == group_ && slot.pattern == pattern_epoch_) {
    state.same.push_back({slot.var, var});
  } else {
    slot = {group_, pattern_epoch_, var};
  }
  return var_pattern(var);
}

Pattern* Lowerer::pattern(Term t, PatternState& state) {
  if (depth_.exceeded()) fail("pattern nested too deeply", 0);
  if (failed_) return wild();
  if (t.is_cons()) return list_pattern(t, state);
  if (!t.is_tuple()) return literal_pattern(t);
  if (tuple_arity(t) == 2) {
    Pattern* p = make_pattern(PatternKind::Tuple);
    p->kids = arena_.array<Pattern*>(2);
    for (size_t i = 0; i < 2; ++i) p->kids[i] = pattern(tuple_at(t, i), state);
    return p;
  }
  if (tuple_arity(t) != 3) return literal_pattern(t);
  uint32_t line = ast::line(t, 0);
  Term form = ast::form(t), args = ast::args(t);
  if (ast::is_variable(t)) return bind(t, state);
  if (form == atoms::tuple_brace) {
    Pattern* p = make_pattern(PatternKind::Tuple);
    p->kids = arena_.array<Pattern*>(ast::length(args));
    for (size_t i = 0; args.is_cons(); args = args.tail()) p->kids[i++] = pattern(args.head(), state);
    return p;
  }
  if (form == atoms::pin) {
    Pattern* p = make_pattern(PatternKind::Same);
    p->node = expr(ast::nth(args, 0));
    return p;
  }
  if (form == atoms::equals) {
    Pattern* p = make_pattern(PatternKind::Alias);
    p->kids = arena_.array<Pattern*>(2);
    for (size_t i = 0; i < 2; ++i) p->kids[i] = pattern(ast::nth(args, i), state);
    return p;
  }
  if (form == atoms::percent_brace) return map_pattern(args, nullptr, state);
  if (form == atoms::percent) {
    Pattern* name = pattern(ast::nth(args, 0), state);
    Term body = ast::nth(args, 1);
    if (!ast::is_form(body, atoms::percent_brace)) {
      fail("a struct needs a map", line);
      return wild();
    }
    if (name->kind == PatternKind::Wild) name = var_pattern(fresh());
    if (name->kind == PatternKind::Var) {
      state.guards.push_back(prim(Prim::IsAtom, {var_node(name->var)}, line));
    }
    return map_pattern(ast::args(body), name, state);
  }
  if (form == atoms::bits) return binary_pattern(args, state);
  if (form == atoms::block && ast::length(args) == 1) return pattern(ast::nth(args, 0), state);
  Term module, name;
  if (ast::is_remote(t, &module, &name) && module == atoms::erlang) {
    Term first = ast::nth(args, 0);
    size_t arity = ast::length(args);
    if (arity == 1 && first.is_number() && name == names_.plus) return literal_pattern(first);
    if (arity == 1 && first.is_number() && name == names_.minus) {
      return literal_pattern(first.is_float() ? make_float(space_, -float_value(first))
                                              : integer_neg(space_, first));
    }
    if (arity == 2 && name == names_.append && list_length(first) >= 0) {
      std::vector<Pattern*> items;
      for (; first.is_cons(); first = first.tail()) items.push_back(pattern(first.head(), state));
      Pattern* tail = pattern(ast::nth(args, 1), state);
      for (size_t i = items.size(); i-- > 0;) {
        Pattern* p = make_pattern(PatternKind::Cons);
        p->kids = arena_.array<Pattern*>(2);
        p->kids[0] = items[i];
        p->kids[1] = tail;
        tail = p;
      }
      return tail;
    }
  }
  fail("this is no pattern", line);
  return wild();
}

Pattern* Lowerer::list_pattern(Term t, PatternState& state) {
  std::vector<Pattern*> items;
  Pattern* tail = nullptr;
  bool constant = true;
  for (; t.is_cons(); t = t.tail()) {
    Term head = t.head();
    if (t.tail().is_nil_list() && ast::is_form(head, names_.bar) && ast::length(ast::args(head)) == 2) {
      items.push_back(pattern(ast::nth(ast::args(head), 0), state));
      tail = pattern(ast::nth(ast::args(head), 1), state);
      break;
    }
    items.push_back(pattern(head, state));
  }
  if (tail == nullptr) tail = literal_pattern(Term::nil_list());
  for (Pattern* p : items) constant = constant && p->kind == PatternKind::Lit;
  constant = constant && tail->kind == PatternKind::Lit;
  // A long constant list is compared in one go.
  if (constant && items.size() > 6) {
    Term list = tail->term;
    for (size_t i = items.size(); i-- > 0;) list = make_cons(space_, items[i]->term, list);
    return literal_pattern(list);
  }
  for (size_t i = items.size(); i-- > 0;) {
    Pattern* p = make_pattern(PatternKind::Cons);
    p->kids = arena_.array<Pattern*>(2);
    p->kids[0] = items[i];
    p->kids[1] = tail;
    tail = p;
  }
  return tail;
}

Pattern* Lowerer::map_pattern(Term pairs, Pattern* struct_name, PatternState& state) {
  std::vector<std::pair<Node*, Pattern*>> fields;
  if (struct_name != nullptr) fields.emplace_back(lit(atoms::struct_), struct_name);
  for (; pairs.is_cons(); pairs = pairs.tail()) {
    Term pair = pairs.head();
    if (!is_tuple_of(pair, 2)) {
      fail("a map pattern needs pairs", 0);
      return wild();
    }
    Term key = tuple_at(pair, 0);
    Node* k = ast::is_form(key, atoms::pin) ? expr(ast::nth(ast::args(key), 0)) : expr(key);
    fields.emplace_back(k, pattern(tuple_at(pair, 1), state));
  }
  // The struct's name decides between clauses most often, so it is tested first.
  std::stable_partition(fields.begin(), fields.end(), [](const auto& f) {
    return f.first->kind == NodeKind::Lit && f.first->term == atoms::struct_;
  });
  Pattern* p = make_pattern(PatternKind::Map);
  p->keys = arena_.array<Node*>(fields.size());
  p->kids = arena_.array<Pattern*>(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) {
    p->keys[i] = fields[i].first;
    p->kids[i] = fields[i].second;
  }
  return p;
}

/// Reads {:"::", _, [expr, {:segment, _, [type, size, unit, sign, endian]}]}; [*value] is the expr.
bool Lowerer::segment(Term t, Segment& out, Term* value) {
  uint32_t line = ast::line(t, 0);
  Term description = ast::is_form(t, atoms::type_colons) ? ast::nth(ast::args(t), 1) : Term::none();
  if (description.is_none() || !ast::is_node(description) || ast::length(ast::args(description)) != 5) {
    fail("a malformed segment of a binary", line);
    return false;
  }
  *value = ast::nth(ast::args(t), 0);
  Term parts = ast::args(description);
  Term type = ast::nth(parts, 0), size = ast::nth(parts, 1), unit = ast::nth(parts, 2);
  Term sign = ast::nth(parts, 3), endian = ast::nth(parts, 4);
  int64_t default_size = -1, default_unit = 1;
  if (type == names_.integer) {
    out.type = SegmentType::Integer;
    default_size = 8;
  } else if (type == names_.float_) {
    out.type = SegmentType::Float;
    default_size = 64;
  } else if (type == names_.binary) {
    out.type = SegmentType::Binary;
    default_unit = 8;
  } else if (type == names_.bitstring) {
    out.type = SegmentType::Bits;
  } else {
    out.type = type == names_.utf8    ? SegmentType::Utf8
               : type == names_.utf16 ? SegmentType::Utf16
                                      : SegmentType::Utf32;
  }
  if (sign == names_.signed_) out.flags |= kSigned;
  if (endian == names_.little) out.flags |= kLittle;
  if (endian == names_.native) out.flags |= kNativeEndian;
  out.unit = static_cast<uint16_t>(unit.is_fixnum() ? unit.as_fixnum() : default_unit);
  if (size.is_none() || size == atoms::nil || size == names_.all) {
    if (default_size < 0) out.whole = true;
    else out.size = lit(Term::fixnum(default_size), line);
    // A default size of an integer or float counts bits, whatever the unit says.
    if (default_size >= 0 && !unit.is_fixnum()) out.unit = 1;
  } else {
    out.size = expr(size);
  }
  return true;
}

Pattern* Lowerer::binary_pattern(Term segments, PatternState& state) {
  std::vector<Segment> out;
  for (; segments.is_cons(); segments = segments.tail()) {
    Segment s;
    Term value;
    if (!segment(segments.head(), s, &value)) return wild();
    s.pattern = pattern(value, state);
    Pattern* p = s.pattern;
    bool is_string = p->kind == PatternKind::Lit && p->term.is_bitstring();
    if (is_string && (s.type == SegmentType::Binary || s.type == SegmentType::Bits)) {
      if (bit_view(p->term).bits == 0) continue;
      s.literal = p->term;
    }
    if (is_string && s.type == SegmentType::Utf8) s.literal = p->term;
    out.push_back(s);
  }
  if (out.empty()) return literal_pattern(make_binary(space_, ""));
  bool constant = std::all_of(out.begin(), out.end(), [](const Segment& s) { return !s.literal.is_none(); });
  if (constant && out.size() == 1) return literal_pattern(out[0].literal);
  Pattern* p = make_pattern(PatternKind::Bin);
  p->segments = arena_.copy(out);
  return p;
}

}  // namespace phial::compiler
