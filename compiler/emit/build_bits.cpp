// Binaries: construction, and the segments of binary patterns.
#include <algorithm>

#include "compiler/emit/matcher.h"
#include "vm/term/binary.h"

namespace phial::compiler {

Value Builder::eval_bin(Node* n) {
  auto* bin = static_cast<BinNode*>(n);
  struct Part {
    Value value, size;
  };
  std::vector<Part> parts;
  bool constant = true;
  std::string bytes;
  for (const Segment& s : bin->segments) {
    Part p;
    p.value = eval(s.value);
    if (s.size != nullptr) p.size = eval(s.size);
    parts.push_back(p);
    // Whole literal strings and single bytes fold.
    bool byte = s.type == SegmentType::Integer && p.value.is_literal() && p.value.literal.is_fixnum() &&
                p.size.is_literal() && p.size.literal == Term::fixnum(8) && s.unit == 1;
    bool text = (s.type == SegmentType::Binary || s.type == SegmentType::Bits) && s.whole && p.value.is_literal() &&
                p.value.literal.is_bitstring() && is_binary(p.value.literal);
    if (byte) {
      bytes.push_back(static_cast<char>(p.value.literal.as_fixnum()));
    } else if (text) {
      std::string scratch;
      bytes.append(binary_bytes(p.value.literal, scratch));
    } else {
      constant = false;
    }
  }
  if (constant) return Value::of(make_binary(u_.space, bytes));
  std::vector<uint32_t> operands = {new_reg(), static_cast<uint32_t>(parts.size())};
  std::vector<std::pair<Term, VReg>> sizes;  // constant sizes are loaded once
  for (size_t i = 0; i < parts.size(); ++i) {
    const Segment& s = bin->segments[i];
    VReg value = reg(parts[i].value, n->line), size = kNone;
    if (!s.whole && s.size != nullptr) {
      const Value& v = parts[i].size;
      auto known = std::find_if(sizes.begin(), sizes.end(), [&](const auto& e) { return v.is_literal() && e.first == v.literal; });
      size = known != sizes.end() ? known->second : reg(v, n->line);
      if (v.is_literal() && known == sizes.end()) sizes.emplace_back(v.literal, size);
    }
    operands.push_back(static_cast<uint32_t>(s.type));
    operands.push_back(s.flags);
    operands.push_back(s.unit);
    operands.push_back(value);
    operands.push_back(size);
  }
  emit(Op::MakeBin, operands, n->line);
  learn(operands[0], kTypeBitstring);
  return Value::of(operands[0]);
}

// Matching.

/// Literal bitstrings among the rows become patterns of one segment.
void Matcher::binaries(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail) {
  if ((b_.fact(r).types & kTypeBitstring) == 0) return b_.jump(next);
  VReg position = places_[items[0].place].position;
  if (position == kNone) {
    bool whole_bytes = (b_.fact(r).types & ~kTypeBinary) == 0;
    position = b_.new_reg();
    b_.emit(Op::BinStart, {position, r, next});
    b_.learn(r, kTypeBitstring);
    b_.learn(position, kTypeFixnum, whole_bytes ? 8 : 1);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    Item item = items[i];
    item.position = position;
    rows[i].items.push_back(item);
  }
  match(std::move(rows), fail);
}

bool Matcher::same_segment(const Segment& a, const Segment& b) {
  if (a.type != b.type || a.flags != b.flags || a.unit != b.unit || a.whole != b.whole) return false;
  if (!a.literal.is_none() || !b.literal.is_none()) {
    return !a.literal.is_none() && !b.literal.is_none() && literal_equal(a.literal, b.literal);
  }
  if (a.size == nullptr || b.size == nullptr) return a.size == b.size;
  return a.size->kind == NodeKind::Lit && b.size->kind == NodeKind::Lit && a.size->term == b.size->term;
}

/// Rows at one position of one binary. Groups of rows with the same next segment read it once; groups may overlap.
void Matcher::cursors(Rows rows, std::vector<Item> items, BlockId fail) {
  Builder::Mark m = b_.mark();
  auto at_end = [](const Item& i) {
    if (i.pattern->kind == PatternKind::Lit) return i.step > 0 || bit_view(i.pattern->term).bits == 0;
    return i.step >= i.pattern->segments.size();
  };
  auto literal_of = [](const Item& i) {
    if (i.pattern->kind == PatternKind::Lit) return i.pattern->term;
    return i.pattern->segments[i.step].literal;
  };
  size_t at = 0;
  while (at < rows.size()) {
    size_t length = 1;
    const Item first = items[at];
    bool end = at_end(first);
    Term literal = end ? Term::none() : literal_of(first);
    auto same = [&](const Item& o) {
      if (at_end(o) || end) return at_end(o) && end;
      Term l = literal_of(o);
      if (!l.is_none() || !literal.is_none()) return !l.is_none() && !literal.is_none() && literal_equal(l, literal);
      return same_segment(first.pattern->segments[first.step], o.pattern->segments[o.step]);
    };
    while (at + length < rows.size() && same(items[at + length])) ++length;
    bool last = at + length == rows.size();
    BlockId other = last ? fail : b_.new_block();
    Rows group;
    std::vector<Item> group_items;
    for (size_t i = at; i < at + length; ++i) {
      group.push_back(std::move(rows[i]));
      group_items.push_back(items[i]);
    }
    VReg r = source(first.place);
    if (end) {
      b_.emit(Op::BinEnd, {r, first.position, other});
      match(std::move(group), other);
    } else if (!literal.is_none()) {
      VReg position = b_.new_reg();
      b_.emit(Op::BinLit, {position, r, first.position, b_.constant(literal), other});
      bool whole_bytes = b_.fact(first.position).arity == 8 && bit_view(literal).is_binary();
      b_.learn(position, kTypeFixnum, whole_bytes ? 8 : 1);
      for (size_t i = 0; i < group.size(); ++i) {
        Item item = group_items[i];
        item.position = position;
        ++item.step;
        group[i].items.push_back(item);
      }
      match(std::move(group), other);
    } else {
      one_segment(std::move(group), std::move(group_items), other);
    }
    at += length;
    if (last) return;
    b_.reset(m);
    b_.start(other);
  }
}

/// The size of a segment in a register. An expression that raises makes the match fail.
VReg Matcher::segment_size(const Segment& s, BlockId fail) {
  if (s.size->kind == NodeKind::Lit) return b_.reg(Value::of(s.size->term));
  uint32_t outer_handler = b_.handler_;
  BlockId outer_guard = b_.guard_fail_;
  b_.guard_fail_ = fail;
  bool raises = b_.may_raise(s.size);
  if (raises && b_.reachable()) {
    b_.c_.handlers.push_back({fail, HandlerRange::Kind::Guard, outer_handler});
    b_.refer(fail);
    b_.set_handler(static_cast<uint32_t>(b_.c_.handlers.size() - 1));
  }
  VReg size = b_.reg(b_.eval(s.size));
  b_.set_handler(outer_handler);
  b_.guard_fail_ = outer_guard;
  return size;
}

void Matcher::one_segment(Rows rows, std::vector<Item> items, BlockId fail) {
  const Item first = items[0];
  const Segment& s = first.pattern->segments[first.step];
  VReg r = source(first.place), from = first.position;
  bool at_bytes = b_.fact(from).arity == 8, moves_bytes = false;
  // A rest that is only bound is not made before it is needed.
  bool all_bound = std::all_of(items.begin(), items.end(), [](const Item& i) {
    PatternKind kind = i.pattern->segments[i.step].pattern->kind;
    return kind == PatternKind::Wild || kind == PatternKind::Var;
  });
  bool all_wild = std::all_of(items.begin(), items.end(), [](const Item& i) {
    return i.pattern->segments[i.step].pattern->kind == PatternKind::Wild;
  });
  VReg value = b_.new_reg(), position = b_.new_reg();
  bool rest = false;
  uint16_t types = kTypeBitstring;
  switch (s.type) {
    case SegmentType::Integer: {
      types = kTypeInteger;
      int64_t bits = -1;
      if (s.size->kind == NodeKind::Lit && s.size->term.is_fixnum() && s.size->term.as_fixnum() >= 0 &&
          s.size->term.as_fixnum() < 0x8000) {
        bits = s.size->term.as_fixnum() * s.unit;
        moves_bytes = bits % 8 == 0;
      }
      if (all_wild && bits >= 0) b_.emit(Op::BinSkip, {position, r, from, segment_size(s, fail), s.unit, fail});
      else if (bits >= 0 && bits < 0x10000) b_.emit(Op::BinInt, {value, position, r, from, static_cast<uint32_t>(bits), s.flags, fail});
      else b_.emit(Op::BinIntVar, {value, position, r, from, segment_size(s, fail), s.unit, s.flags, fail});
      break;
    }
    case SegmentType::Float: {
      types = kTypeFloat;
      moves_bytes = true;
      b_.emit(Op::BinFloat, {value, position, r, from, segment_size(s, fail), s.unit, s.flags, fail});
      break;
    }
    case SegmentType::Binary:
    case SegmentType::Bits: {
      rest = s.whole;
      bool anything = rest && all_wild && s.unit == 1;
      moves_bytes = s.unit % 8 == 0;
      if (rest && all_bound) {
        if (s.unit == 8 ? !at_bytes : s.unit > 1) b_.emit(Op::BinUnit, {r, from, s.unit, fail});
        if (s.unit == 8) b_.learn(from, kTypeFixnum, 8);
      } else if (rest && !anything) b_.emit(Op::BinRest, {value, r, from, s.unit, fail});
      else if (!rest && all_wild) b_.emit(Op::BinSkip, {position, r, from, segment_size(s, fail), s.unit, fail});
      else if (!rest) b_.emit(Op::BinTake, {value, position, r, from, segment_size(s, fail), s.unit, fail});
      if (s.unit % 8 == 0) types = kTypeBinary;
      break;
    }
    case SegmentType::Utf8:
    case SegmentType::Utf16:
    case SegmentType::Utf32: {
      types = kTypeFixnum;
      moves_bytes = true;
      uint32_t width = s.type == SegmentType::Utf8 ? 8 : s.type == SegmentType::Utf16 ? 16 : 32;
      b_.emit(Op::BinUtf, {value, position, r, from, width, s.flags, fail});
      break;
    }
  }
  if (!all_wild) b_.learn(value, types);
  b_.learn(position, kTypeFixnum, at_bytes && moves_bytes ? 8 : 1);
  uint32_t place = rest && all_bound ? add_rest(Value::rest(r, from, s.unit % 8 == 0 || at_bytes)) : add_place(value);
  for (size_t i = 0; i < rows.size(); ++i) {
    Item item = items[i];
    Pattern* p = item.pattern->segments[item.step].pattern;
    if (p->kind != PatternKind::Wild) add_item(rows[i], place, p);
    if (rest) continue;
    item.position = position;
    ++item.step;
    rows[i].items.push_back(item);
  }
  match(std::move(rows), fail);
}

}  // namespace phial::compiler
