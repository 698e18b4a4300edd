#include "compiler/emit/matcher.h"

#include <algorithm>

#include "vm/term/binary.h"

namespace phial::compiler {

uint32_t Matcher::add_place(VReg r) {
  Place p;
  p.reg = r;
  places_.push_back(p);
  return static_cast<uint32_t>(places_.size() - 1);
}

uint32_t Matcher::add_rest(const Value& v) {
  Place p;
  p.reg = v.reg;
  p.position = v.position;
  p.whole_bytes = v.whole_bytes;
  places_.push_back(p);
  return static_cast<uint32_t>(places_.size() - 1);
}

void Matcher::add_row(std::span<const uint32_t> places, std::span<Pattern* const> patterns,
                      std::span<const VarPair> same, std::span<Node* const> guards, uint32_t action) {
  Row row;
  row.same = same;
  row.guards = guards;
  row.action = action;
  for (size_t i = 0; i < patterns.size(); ++i) add_item(row, places[i], patterns[i]);
  rows_.push_back(std::move(row));
}

void Matcher::add_item(Row& row, uint32_t place, Pattern* p) {
  switch (p->kind) {
    case PatternKind::Wild: return;
    case PatternKind::Var:
      row.binds.emplace_back(p->var, place);
      // Sizes of later segments may ask for it before the row is through.
      if (places_[place].reg != kNone) b_.set_env(p->var, value(place));
      return;
    case PatternKind::Alias:
      add_item(row, place, p->kids[0]);
      add_item(row, place, p->kids[1]);
      return;
    default: row.items.push_back({place, p}); return;
  }
}

VReg Matcher::get(uint32_t place) {
  Place p = places_[place];
  if (p.position != kNone) return b_.reg(value(place));
  if (p.reg != kNone) return p.reg;
  VReg whole = get(p.parent);
  if (p.kind == 0) return b_.element(whole, p.index);
  return p.kind == 1 ? b_.head_of(whole) : b_.tail_of(whole);
}

Value Matcher::value(uint32_t place) {
  Place p = places_[place];
  return p.position == kNone ? Value::of(get(place)) : Value::rest(p.reg, p.position, p.whole_bytes);
}

VReg Matcher::source(uint32_t place) {
  return places_[place].position == kNone ? get(place) : places_[place].reg;
}

Matcher::Class Matcher::class_of(const Item& item) {
  if (item.position != kNone) return Class::Cursor;
  switch (item.pattern->kind) {
    case PatternKind::Tuple: return Class::Tuple;
    case PatternKind::Cons: return Class::Cons;
    case PatternKind::Map: return Class::Map;
    case PatternKind::Bin: return Class::Binary;
    case PatternKind::Same: return Class::Same;
    default: break;
  }
  Term t = item.pattern->term;
  return t.is_atom() || t.is_fixnum() || t.is_nil_list() ? Class::Immediate : Class::Other;
}

/// Row by row, run by run. Ends with every path in a leaf or at [fail].
void Matcher::match(Rows rows, BlockId fail) {
  if (b_.depth_.exceeded()) b_.fail_unit("pattern nested too deeply", line_);
  if (!b_.u_.error.empty()) return;
  size_t at = 0;
  while (at < rows.size()) {
    Builder::Mark m = b_.mark();
    Row& first = rows[at];
    if (first.items.empty()) {
      bool conditional = !first.guards.empty() || !first.same.empty();
      bool last = at + 1 == rows.size();
      BlockId next = conditional && !last ? b_.new_block() : fail;
      leaf(first, next);
      if (!conditional || last) return;
      b_.reset(m);
      b_.start(next);
      ++at;
      continue;
    }
    // The place that most rows in a row test; segments of binaries only when nothing else is left.
    size_t best = 0, best_length = 0;
    bool best_cursor = true;
    for (size_t i = 0; i < first.items.size(); ++i) {
      const Item& item = first.items[i];
      bool cursor = item.position != kNone;
      if (cursor && !best_cursor) continue;
      size_t length = 1;
      if (class_of(item) != Class::Same) {
        while (at + length < rows.size()) {
          const std::vector<Item>& others = rows[at + length].items;
          bool found = std::any_of(others.begin(), others.end(), [&](const Item& o) {
            return o.place == item.place && o.position == item.position && class_of(o) != Class::Same;
          });
          if (!found) break;
          ++length;
        }
      }
      if (length > best_length || (best_cursor && !cursor)) {
        best = i;
        best_length = length;
        best_cursor = cursor;
      }
    }
    Item key = first.items[best];
    Rows run;
    std::vector<Item> items;
    for (size_t i = at; i < at + best_length; ++i) {
      std::vector<Item>& all = rows[i].items;
      auto it = i == at ? all.begin() + static_cast<ptrdiff_t>(best)
                        : std::find_if(all.begin(), all.end(), [&](const Item& o) {
                            return o.place == key.place && o.position == key.position && class_of(o) != Class::Same;
                          });
      items.push_back(*it);
      all.erase(it);
      run.push_back(std::move(rows[i]));
    }
    at += best_length;
    bool last = at == rows.size();
    BlockId next = last ? fail : b_.new_block();
    match_run(std::move(run), std::move(items), next);
    if (last) return;
    b_.reset(m);
    b_.start(next);
  }
}

void Matcher::leaf(Row& row, BlockId fail) {
  for (auto [var, place] : row.binds) b_.set_env(var, value(place));
  for (VarPair s : row.same) {
    b_.emit(Op::EqExact, {b_.reg(b_.env(s.a)), b_.reg(b_.env(s.b)), fail});
  }
  b_.guards(row.guards, fail);
  leaf_(row.action);
}

/// Rows that all test one place, split by class. Rows of other classes cannot fit once a row's class does, except in maps
/// and binaries, whose patterns may overlap.
void Matcher::match_run(Rows rows, std::vector<Item> items, BlockId fail) {
  Class first = class_of(items[0]);
  if (first == Class::Cursor) return cursors(std::move(rows), std::move(items), fail);
  if (places_[items[0].place].position != kNone && first != Class::Same) {
    // The rest of a binary fits patterns of binaries only.
    Rows fitting;
    std::vector<Item> fitting_items;
    for (size_t i = 0; i < items.size(); ++i) {
      Class c = class_of(items[i]);
      if (c != Class::Binary && !(c == Class::Other && items[i].pattern->term.is_bitstring())) continue;
      fitting.push_back(std::move(rows[i]));
      fitting_items.push_back(items[i]);
    }
    if (fitting.empty()) return b_.jump(fail);
    VReg binary = source(items[0].place);
    return binaries(std::move(fitting), std::move(fitting_items), binary, fail, fail);
  }
  VReg r = get(items[0].place);
  bool has_binary = std::any_of(items.begin(), items.end(), [](const Item& i) { return class_of(i) == Class::Binary; });
  auto group_of = [&](const Item& item) {
    Class c = class_of(item);
    return c == Class::Other && has_binary && item.pattern->term.is_bitstring() ? Class::Binary : c;
  };
  std::vector<Class> order;
  for (const Item& item : items) {
    Class c = group_of(item);
    if (std::find(order.begin(), order.end(), c) == order.end()) order.push_back(c);
  }
  // Loops over lists meet a cell more often than the end, so cells are tested first.
  auto is_nil = [](const Item& i) { return class_of(i) != Class::Immediate || i.pattern->term.is_nil_list(); };
  if (std::all_of(items.begin(), items.end(), is_nil)) {
    std::stable_partition(order.begin(), order.end(), [](Class c) { return c == Class::Cons; });
  }
  Builder::Mark m = b_.mark();
  for (size_t k = 0; k < order.size(); ++k) {
    Rows group;
    std::vector<Item> group_items;
    for (size_t i = 0; i < items.size(); ++i) {
      if (group_of(items[i]) != order[k]) continue;
      group.push_back(std::move(rows[i]));
      group_items.push_back(items[i]);
    }
    bool last = k + 1 == order.size();
    BlockId next = last ? fail : b_.new_block();
    switch (order[k]) {
      case Class::Immediate: immediates(std::move(group), std::move(group_items), r, next, fail); break;
      case Class::Tuple: tuples(std::move(group), std::move(group_items), r, next, fail); break;
      case Class::Cons: conses(std::move(group), std::move(group_items), r, next, fail); break;
      case Class::Map: maps(std::move(group), std::move(group_items), r, next); break;
      case Class::Binary: binaries(std::move(group), std::move(group_items), r, next, fail); break;
      default: others(std::move(group), std::move(group_items), r, next, fail); break;
    }
    if (last) return;
    b_.reset(m);
    b_.start(next);
  }
}

void Matcher::test_constant(VReg r, Term t, BlockId fail) {
  uint16_t types = type_of_literal(t), known = b_.fact(r).types;
  if ((known & types) == 0) return b_.jump(fail);
  bool only = (known & ~types) == 0;
  Value v = Value::of(t);
  int64_t i;
  if (t == atoms::true_) {
    if (!only) b_.emit(Op::IsTrue, {r, fail});
  } else if (t == atoms::false_) {
    if (!only) b_.emit(Op::IsFalse, {r, fail});
  } else if (t.is_nil_list()) {
    if (!only) b_.emit(Op::IsNilList, {r, fail});
  } else if (t == atoms::nil && only) {
    return;
  } else if (b_.small(v, &i)) {
    b_.emit(Op::IsSameInt, {r, static_cast<uint32_t>(i), fail});
  } else if (t.is_atom() || t.is_fixnum()) {
    b_.emit(Op::IsSame, {r, b_.constant(t), fail});
  } else {
    b_.emit(Op::EqExact, {r, b_.reg(v), fail});
  }
  b_.learn(r, types);
}

void Matcher::immediates(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail) {
  // Rows by constant, in order of first appearance.
  std::vector<std::pair<Term, Rows>> groups;
  if (rows.size() > 8) {
    std::vector<std::pair<Word, size_t>> index;
    for (size_t i = 0; i < rows.size(); ++i) index.emplace_back(items[i].pattern->term.bits(), i);
    std::stable_sort(index.begin(), index.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [bits, i] : index) {
      if (groups.empty() || groups.back().first.bits() != bits) groups.push_back({Term::from_bits(bits), {}});
      groups.back().second.push_back(std::move(rows[i]));
    }
  } else {
    for (size_t i = 0; i < rows.size(); ++i) {
      Term t = items[i].pattern->term;
      auto it = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == t; });
      if (it == groups.end()) {
        groups.push_back({t, {}});
        it = groups.end() - 1;
      }
      it->second.push_back(std::move(rows[i]));
    }
  }
  Builder::Mark m = b_.mark();
  // [] is no key of a switch.
  auto nil = std::find_if(groups.begin(), groups.end(), [](const auto& g) { return g.first.is_nil_list(); });
  if (nil != groups.end() && groups.size() > 1) {
    BlockId rest = b_.new_block();
    Rows of_nil = std::move(nil->second);
    groups.erase(nil);
    test_constant(r, Term::nil_list(), rest);
    match(std::move(of_nil), fail);
    b_.reset(m);
    b_.start(rest);
  }
  if (groups.size() > 3) {
    std::vector<uint32_t> operands = {r, next, static_cast<uint32_t>(groups.size())};
    std::vector<BlockId> blocks;
    for (auto& [term, group] : groups) {
      blocks.push_back(b_.new_block());
      operands.push_back(b_.constant(term));
      operands.push_back(blocks.back());
    }
    b_.emit(Op::SwitchConst, operands);
    for (size_t i = 0; i < groups.size(); ++i) {
      b_.reset(m);
      b_.start(blocks[i]);
      b_.learn(r, type_of_literal(groups[i].first));
      match(std::move(groups[i].second), fail);
    }
    return;
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    bool last = i + 1 == groups.size();
    BlockId other = last ? next : b_.new_block();
    test_constant(r, groups[i].first, other);
    match(std::move(groups[i].second), fail);
    if (last) return;
    b_.reset(m);
    b_.start(other);
  }
}

void Matcher::tuples(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail) {
  if ((b_.fact(r).types & kTypeTuple) == 0) return b_.jump(next);
  std::vector<uint32_t> arities;
  for (const Item& item : items) {
    uint32_t n = static_cast<uint32_t>(item.pattern->kids.size());
    if (std::find(arities.begin(), arities.end(), n) == arities.end()) arities.push_back(n);
  }
  Builder::Mark m = b_.mark();
  std::vector<BlockId> blocks;
  if (arities.size() > 2) {
    std::vector<uint32_t> operands = {r, next, static_cast<uint32_t>(arities.size())};
    for (uint32_t n : arities) {
      blocks.push_back(b_.new_block());
      operands.push_back(b_.constant(Term::fixnum(n)));
      operands.push_back(blocks.back());
    }
    b_.emit(Op::SwitchArity, operands);
  }
  for (size_t k = 0; k < arities.size(); ++k) {
    uint32_t arity = arities[k];
    Rows group;
    std::vector<Item> group_items;
    for (size_t i = 0; i < items.size(); ++i) {
      if (items[i].pattern->kids.size() != arity) continue;
      group.push_back(std::move(rows[i]));
      group_items.push_back(items[i]);
    }
    bool last = k + 1 == arities.size();
    BlockId other = last ? next : b_.new_block();
    if (!blocks.empty()) {
      b_.reset(m);
      b_.start(blocks[k]);
      other = next;
    }
    Builder::Fact known = b_.fact(r);
    bool known_arity = known.types == kTypeTuple && known.arity >= 0;
    uint32_t place = items[0].place;
    if (known_arity && static_cast<uint32_t>(known.arity) != arity) {
      b_.jump(other);
    } else {
      // Few atoms as first elements: arity and tag in one test.
      std::vector<Term> tags;
      bool tagged = !known_arity && blocks.empty() && arity > 0;
      for (const Item& item : group_items) {
        const Pattern* p = arity > 0 ? item.pattern->kids[0] : nullptr;
        if (p == nullptr || p->kind != PatternKind::Lit || !p->term.is_atom()) {
          tagged = false;
          break;
        }
        if (std::find(tags.begin(), tags.end(), p->term) == tags.end()) tags.push_back(p->term);
      }
      tagged = tagged && tags.size() <= 3;
      if (tagged) {
        Builder::Mark before = b_.mark();
        for (size_t t = 0; t < tags.size(); ++t) {
          bool last_tag = t + 1 == tags.size();
          BlockId miss = last_tag ? other : b_.new_block();
          b_.emit(Op::IsTagged, {r, arity, b_.constant(tags[t]), miss});
          b_.learn(r, kTypeTuple, static_cast<int32_t>(arity));
          Rows of_tag;
          std::vector<Item> of_tag_items;
          for (size_t i = 0; i < group_items.size(); ++i) {
            if (group_items[i].pattern->kids[0]->term != tags[t]) continue;
            of_tag.push_back(std::move(group[i]));
            of_tag_items.push_back(group_items[i]);
          }
          tuple_elements(std::move(of_tag), std::move(of_tag_items), place, 1, fail);
          if (!last_tag) {
            b_.reset(before);
            b_.start(miss);
          }
        }
      } else {
        if (!known_arity && blocks.empty()) b_.emit(Op::IsTupleArity, {r, arity, other});
        b_.learn(r, kTypeTuple, static_cast<int32_t>(arity));
        tuple_elements(std::move(group), std::move(group_items), place, 0, fail);
      }
    }
    if (last) return;
    if (blocks.empty()) {
      b_.reset(m);
      b_.start(other);
    }
  }
}

void Matcher::tuple_elements(Rows rows, std::vector<Item> items, uint32_t place, uint32_t from, BlockId fail) {
  uint32_t arity = static_cast<uint32_t>(items[0].pattern->kids.size());
  uint32_t base = static_cast<uint32_t>(places_.size());
  for (uint32_t i = 0; i < arity; ++i) {
    Place p;
    p.kind = 0;
    p.parent = place;
    p.index = i;
    places_.push_back(p);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    for (uint32_t e = from; e < arity; ++e) add_item(rows[i], base + e, items[i].pattern->kids[e]);
  }
  match(std::move(rows), fail);
}

void Matcher::conses(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail) {
  uint16_t known = b_.fact(r).types;
  if ((known & kTypeCons) == 0) return b_.jump(next);
  bool head = false, tail = false;
  for (const Item& item : items) {
    head = head || item.pattern->kids[0]->kind != PatternKind::Wild;
    tail = tail || item.pattern->kids[1]->kind != PatternKind::Wild;
  }
  uint32_t base = static_cast<uint32_t>(places_.size());
  for (uint8_t kind = 1; kind <= 2; ++kind) {
    Place p;
    p.kind = kind;
    p.parent = items[0].place;
    places_.push_back(p);
  }
  if ((known & ~kTypeCons) != 0) {
    if (head && tail) {
      VReg h = b_.new_reg(), t = b_.new_reg();
      b_.emit(Op::GetCons, {h, t, r, next});
      if (b_.reachable()) {
        b_.parts_.push_back({r, 1, 0, Term::none(), h});
        b_.parts_.push_back({r, 2, 0, Term::none(), t});
      }
    } else {
      b_.emit(Op::IsCons, {r, next});
    }
    b_.learn(r, kTypeCons);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    add_item(rows[i], base, items[i].pattern->kids[0]);
    add_item(rows[i], base + 1, items[i].pattern->kids[1]);
  }
  match(std::move(rows), fail);
}

/// Patterns of maps overlap, so a row that fails goes on to the next group of rows.
void Matcher::maps(Rows rows, std::vector<Item> items, VReg r, BlockId next) {
  Builder::Mark m = b_.mark();
  if ((b_.fact(r).types & kTypeMap) == 0) return b_.jump(next);
  size_t at = 0;
  while (at < rows.size()) {
    const Pattern* p = items[at].pattern;
    uint32_t step = items[at].step;
    size_t length = 1;
    Rows group;
    if (p->keys.empty()) {
      // %{} is any map: the rows up to here that say no more.
      while (at + length < rows.size() && items[at + length].pattern->keys.empty()) ++length;
    } else if (p->keys[step]->kind == NodeKind::Lit) {
      auto same_key = [&](const Item& i) {
        if (i.pattern->keys.size() <= i.step) return false;
        const Node* k = i.pattern->keys[i.step];
        return k->kind == NodeKind::Lit && literal_equal(k->term, p->keys[step]->term);
      };
      while (at + length < rows.size() && same_key(items[at + length])) ++length;
    }
    bool last = at + length == rows.size();
    BlockId other = last ? next : b_.new_block();
    if (p->keys.empty()) {
      if (b_.fact(r).types != kTypeMap) b_.emit(Op::IsMap, {r, other});
      b_.learn(r, kTypeMap);
      for (size_t i = at; i < at + length; ++i) group.push_back(std::move(rows[i]));
    } else {
      Node* key = p->keys[step];
      VReg value = kNone;
      if (key->kind == NodeKind::Lit) {
        value = b_.known_part(r, 3, 0, key->term);
        if (value == kNone) {
          value = b_.new_reg();
          b_.emit(Op::MapGetConst, {value, r, b_.constant(key->term), other});
          if (b_.reachable()) b_.parts_.push_back({r, 3, 0, key->term, value});
        }
      } else {
        value = b_.new_reg();
        VReg k = b_.reg(b_.eval(key));
        b_.emit(Op::MapGet, {value, r, k, other});
      }
      b_.learn(r, kTypeMap);
      uint32_t place = add_place(value);
      for (size_t i = at; i < at + length; ++i) {
        Item item = items[i];
        add_item(rows[i], place, item.pattern->kids[item.step]);
        ++item.step;
        if (item.step < item.pattern->keys.size()) rows[i].items.push_back(item);
        group.push_back(std::move(rows[i]));
      }
    }
    match(std::move(group), other);
    at += length;
    if (last) return;
    b_.reset(m);
    b_.start(other);
  }
}

void Matcher::others(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail) {
  Builder::Mark m = b_.mark();
  for (size_t i = 0; i < rows.size(); ++i) {
    bool last = i + 1 == rows.size();
    BlockId other = last ? next : b_.new_block();
    bool pinned = items[i].pattern->kind == PatternKind::Same;
    Value v = pinned ? b_.eval(items[i].pattern->node) : Value::of(items[i].pattern->term);
    if (v.is_literal()) test_constant(r, v.literal, other);
    else b_.emit(Op::EqExact, {r, b_.reg(v), other});
    Rows one;
    one.push_back(std::move(rows[i]));
    // The same constant may stand in a later row, so a row that fails goes on there.
    match(std::move(one), last ? fail : other);
    if (last) return;
    b_.reset(m);
    b_.start(other);
  }
}

}  // namespace phial::compiler
