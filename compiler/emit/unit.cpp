#include "compiler/emit/unit.h"

#include "compiler/emit/vcode.h"
#include "vm/term/binary.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

namespace {

uint64_t mix(uint64_t h, uint64_t v) {
  h ^= v + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2);
  return h * 0xff51afd7ed558ccdu;
}

enum class Scan { All, Raw, Special };
Scan scan_of(Kind kind) {
  switch (kind) {
#define KIND(name, scan, doc) \
  case Kind::name: return Scan::scan;
#include "vm/term/kinds.def"
#undef KIND
  }
  return Scan::Special;
}

uint64_t hash_bytes(const unsigned char* p, size_t n) {
  uint64_t h = 0xcbf29ce484222325u;
  for (size_t i = 0; i < n; ++i) h = (h ^ p[i]) * 0x100000001b3u;
  return h;
}

}  // namespace

uint64_t literal_hash(Term t) {
  uint64_t h = 17;
  while (t.is_cons()) {
    h = mix(h, literal_hash(t.head()));
    t = t.tail();
  }
  if (!t.is_boxed()) return mix(h, t.bits());
  if (t.is_bitstring()) {
    BitView v = bit_view(t);
    return mix(mix(h, v.bits), v.is_aligned() ? hash_bytes(v.bytes, v.bits / 8) : 1);
  }
  Word header = t.header();
  h = mix(h, static_cast<uint64_t>(t.kind()));
  if (t.kind() == Kind::HashMap) return mix(h, map_size(t));
  for (uint64_t i = 1; i <= header::words(header); ++i) {
    Word w = t.box()[i];
    h = mix(h, scan_of(t.kind()) == Scan::All ? literal_hash(Term::from_bits(w)) : w);
  }
  return h;
}

bool literal_equal(Term a, Term b) {
  while (a.is_cons() && b.is_cons()) {
    if (a == b) return true;
    if (!literal_equal(a.head(), b.head())) return false;
    a = a.tail();
    b = b.tail();
  }
  if (a == b) return true;
  if (!a.is_boxed() || !b.is_boxed()) return false;
  if (a.is_bitstring() || b.is_bitstring()) {
    return a.is_bitstring() && b.is_bitstring() && equal_bits(bit_view(a), bit_view(b));
  }
  if (a.header() != b.header()) return false;
  Scan scan = scan_of(a.kind());
  if (scan == Scan::Special) return false;
  for (uint64_t i = 1; i <= header::words(a.header()); ++i) {
    Word x = a.box()[i], y = b.box()[i];
    if (scan == Scan::Raw ? x != y : !literal_equal(Term::from_bits(x), Term::from_bits(y))) return false;
  }
  return true;
}

Term copy_literal(Term t, ArenaSpace& space, AtomTable& table) {
  if (!t.is_pointer()) return t;
  if (t.is_cons()) {
    ListBuilder list(space);
    for (; t.is_cons(); t = t.tail()) list.push(copy_literal(t.head(), space, table));
    return list.finish(copy_literal(t, space, table));
  }
  if (t.is_bitstring()) {
    BitView v = bit_view(t);
    unsigned char* to;
    Term copy = make_bitstring_uninitialised(space, v.bits, &to);
    if (v.bits % 8 != 0) to[v.bits / 8] = 0;
    copy_bits(to, 0, v.bytes, v.bit_offset, v.bits);
    return copy;
  }
  Scan scan = scan_of(t.kind());
  if (t.kind() == Kind::HashMap) {
    std::vector<Term> pairs;
    MapIterator it(t);
    Term key, value;
    while (it.next(key, value)) {
      pairs.push_back(copy_literal(key, space, table));
      pairs.push_back(copy_literal(value, space, table));
    }
    return make_map(space, table, pairs);
  }
  uint64_t words = header::words(t.header());
  std::vector<Word> content(words);
  for (uint64_t i = 0; i < words; ++i) {
    Word w = t.box()[i + 1];
    content[i] = scan == Scan::All ? copy_literal(Term::from_bits(w), space, table).bits() : w;
  }
  Word* box = space.alloc(words + 1);
  box[0] = t.header();
  for (uint64_t i = 0; i < words; ++i) box[i + 1] = content[i];
  return Term::boxed(box);
}

uint32_t LiteralPool::add(Term t) {
  uint32_t next = static_cast<uint32_t>(out_.literals.size());
  if (!t.is_pointer()) {
    auto [it, fresh] = immediates_.try_emplace(t.bits(), next);
    if (fresh) out_.literals.push_back(t);
    return it->second;
  }
  uint64_t h = literal_hash(t);
  auto [from, to] = boxed_.equal_range(h);
  for (; from != to; ++from) {
    if (literal_equal(out_.literals[from->second], t)) return from->second;
  }
  out_.literals.push_back(copy_literal(t, *out_.arena, table_));
  boxed_.emplace(h, next);
  return next;
}

Unit::Unit(CoreModule& core, AtomTable& table, const CoreNames& names, ArenaSpace& space, ModuleCode& out)
    : core(core), table(table), names(names), space(space), out(out), literals(out, table) {
  out.functions.resize(core.functions.size());
  variants_.assign(4 * core.functions.size(), kNone);
  binary_params_.resize(core.functions.size());
  local_closures_.assign(core.functions.size(), kNone);
  for (Function* f : core.functions) {
    if (f->parent == nullptr && !f->is_closure) {
      by_name_.try_emplace((uint64_t{f->name.atom_index()} << 8) | f->arity, f);
    }
  }
  out.live_maps.emplace_back();
}

Function* Unit::find(Term name, uint32_t arity) const {
  auto it = by_name_.find((uint64_t{name.atom_index()} << 8) | arity);
  return it == by_name_.end() ? nullptr : it->second;
}

uint32_t Unit::import(Term module, Term function, uint32_t arity) {
  ImportRef ref{module, function, arity};
  auto [it, fresh] = imports_.try_emplace(ref, static_cast<uint32_t>(out.imports.size()));
  if (fresh) out.imports.push_back(ref);
  return it->second;
}

uint32_t Unit::add_closure(Function* f, uint32_t captured, uint64_t salt) {
  std::string_view module = table.text(core.name), name = table.text(f->name);
  uint64_t unique = hash_bytes(reinterpret_cast<const unsigned char*>(module.data()), module.size());
  unique = mix(unique, hash_bytes(reinterpret_cast<const unsigned char*>(name.data()), name.size()));
  unique = mix(unique, (uint64_t{f->line} << 8) + salt) >> 37;
  out.closures.push_back({f->index, captured, unique});
  return static_cast<uint32_t>(out.closures.size() - 1);
}

uint32_t Unit::closure(Function* f) {
  if (f->closure == kNone) f->closure = add_closure(f, static_cast<uint32_t>(f->captured.size()), 0);
  return f->closure;
}

uint32_t Unit::closure_of_local(Function* f) {
  uint32_t& index = local_closures_[f->index];
  if (index == kNone) index = add_closure(f, 0, 1);
  return index;
}

uint32_t Unit::live_map(const std::vector<uint64_t>& bits) {
  size_t n = bits.size();
  while (n > 0 && bits[n - 1] == 0) --n;
  if (n == 0) return 0;
  uint64_t h = n;
  for (size_t i = 0; i < n; ++i) h = mix(h, bits[i]);
  auto [from, to] = live_maps_.equal_range(h);
  for (; from != to; ++from) {
    const std::vector<uint64_t>& known = out.live_maps[from->second];
    if (known.size() == n && std::equal(known.begin(), known.end(), bits.begin())) return from->second;
  }
  uint32_t index = static_cast<uint32_t>(out.live_maps.size());
  out.live_maps.emplace_back(bits.begin(), bits.begin() + static_cast<ptrdiff_t>(n));
  live_maps_.emplace(h, index);
  return index;
}

uint32_t Unit::variant(Function* f, uint32_t bits) {
  uint32_t& index = variants_[4 * f->index + bits];
  if (index == kNone) {
    index = static_cast<uint32_t>(out.functions.size());
    out.functions.emplace_back();
    pending_variants.emplace_back(f, bits);
  }
  return index;
}

const Unit::BinaryParam& Unit::binary(const Function* f) {
  BinaryParam& p = binary_params_[f->index];
  if (p.known) return p;
  p.known = true;
  if (f->is_closure) return p;
  auto look = [&](const Pattern* pattern, int index) {
    while (pattern->kind == PatternKind::Alias) pattern = pattern->kids[pattern->kids[0]->kind == PatternKind::Var ? 1 : 0];
    if (pattern->kind != PatternKind::Bin || (p.index >= 0 && p.index != index)) return;
    p.index = index;
    const Segment& last = pattern->segments.back();
    if (last.whole && last.type == SegmentType::Binary && last.literal.is_none()) p.needs_bytes = true;
  };
  for (int i = 0; i < static_cast<int>(f->arity) && p.index < 0; ++i) {
    for (const Clause& c : f->clauses) look(c.patterns[static_cast<size_t>(i)], i);
  }
  // Loops of comprehensions are one case on their first parameter.
  if (f->body != nullptr && f->body->kind == NodeKind::Case && f->body->kids.size() == 1 &&
      f->body->kids[0]->kind == NodeKind::Var && !f->params.empty() && f->body->kids[0]->var == f->params[0]) {
    for (const Clause& c : static_cast<const CaseNode*>(f->body)->clauses) look(c.patterns[0], 0);
  }
  return p;
}

int Unit::binary_param(const Function* f) { return binary(f).index; }
bool Unit::binary_param_needs_bytes(const Function* f) { return binary(f).needs_bytes; }

}  // namespace phial::compiler
