// Maps. Building takes heap words without collecting: the space answers with overflow memory when the nursery is full.
#include <vector>

#include "vm/interp/op.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {

SLOW_FN(slow_bad_map);
SLOW_FN(slow_bad_key);

namespace {

constexpr size_t kStackPairs = 32;

/// The register operands from slot [first] on as an array, in [few] when they fit.
std::span<const Term> gather(const Word* pc, const Word* fp, size_t first, size_t n, Term* few,
                             std::vector<Term>& many) {
  Term* to = few;
  if (n > 2 * kStackPairs) {
    many.resize(n);
    to = many.data();
  }
  for (size_t i = 0; i < n; ++i) to[i] = Term::from_bits(fp[1 + encoding::slot(pc, first + i)]);
  return {to, n};
}

Term build_map(Process& p, const Word* pc, const Word* fp, size_t n) {
  Term few[2 * kStackPairs];
  std::vector<Term> many;
  p.charge(static_cast<int64_t>(n / 8));
  return make_map(p.heap, p.atoms(), gather(pc, fp, 2, n, few, many));
}

Term put_pairs(Process& p, const Word* pc, const Word* fp, Term map, size_t n) {
  for (size_t i = 0; i < n; i += 2) {
    Term key = Term::from_bits(fp[1 + encoding::slot(pc, 3 + i)]);
    Term value = Term::from_bits(fp[1 + encoding::slot(pc, 4 + i)]);
    map = map_put(p.heap, p.atoms(), map, key, value);
  }
  return map;
}

/// The first key of an update that [map] lacks, or none().
Term missing_key(const Word* pc, const Word* fp, Term map, size_t n) {
  for (size_t i = 0; i < n; i += 2) {
    Term key = Term::from_bits(fp[1 + encoding::slot(pc, 3 + i)]);
    if (map_get(map, key).is_none()) return key;
  }
  return Term::none();
}

/// A flat map whose updated keys are found by position: copies it once and shares its keys.
Term update_flat(Process& p, const Word* pc, const Word* fp, Term map, size_t n) {
  size_t size = header::words(map.header()) - 1;
  const Word* keys = Term::from_bits(map.box()[1]).box() + 1;
  Word* copy = p.heap.alloc(size + 2);
  std::memcpy(copy, map.box(), (size + 2) * sizeof(Word));
  for (size_t i = 0; i < n; i += 2) {
    Word key = fp[1 + encoding::slot(pc, 3 + i)];
    size_t at = 0;
    while (at < size && keys[at] != key) ++at;
    if (at == size) return put_pairs(p, pc, fp, map, n);  // equal but not the same word
    copy[2 + at] = fp[1 + encoding::slot(pc, 4 + i)];
  }
  return Term::boxed(copy);
}

inline bool is_flat_map(Word w) {
  return (w & 7) == 0 && header::kind(*reinterpret_cast<const Word*>(w)) == Kind::FlatMap;
}

}  // namespace

OP_FN(op_MakeMap) {
  size_t n = SLOT(1);
  SPILL();
  Term map = build_map(*p, pc, fp, n);
  RELOAD();
  R(0) = map.bits();
  NEXT(encoding::small_words(2 + n));
}

OP_FN(op_MapPut) {
  Term map = TERM(1);
  if (UNLIKELY(!map.is_map())) GO(slow_bad_map);
  size_t n = SLOT(2);
  SPILL();
  map = put_pairs(*p, pc, fp, map, n);
  RELOAD();
  R(0) = map.bits();
  NEXT(encoding::small_words(3 + n));
}

OP_FN(op_MapUpdate) {
  Term map = TERM(1);
  if (UNLIKELY(!map.is_map())) GO(slow_bad_map);
  size_t n = SLOT(2);
  if (UNLIKELY(!missing_key(pc, fp, map, n).is_none())) GO(slow_bad_key);
  SPILL();
  map = is_flat_map(map.bits()) ? update_flat(*p, pc, fp, map, n) : put_pairs(*p, pc, fp, map, n);
  RELOAD();
  R(0) = map.bits();
  NEXT(encoding::small_words(3 + n));
}

SLOW_FN(slow_bad_map) {
  SPILL();
  p->raise_error(make_tuple(p->heap, {atoms::badmap, TERM(1)}));
  RELOAD();
  GO(slow_raise);
}
SLOW_FN(slow_bad_key) {
  SPILL();
  p->raise_error(make_tuple(p->heap, {atoms::badkey, missing_key(pc, fp, TERM(1), SLOT(2))}));
  RELOAD();
  GO(slow_raise);
}

OP_FN(op_MakeMapKeys) {
  size_t n = SLOT(1);
  SPILL();
  Word* map = p->heap.alloc(n + 2);
  RELOAD();
  map[0] = header::make(Kind::FlatMap, n + 1);
  map[1] = pc[encoding::small_words(2 + n)];
  for (size_t i = 0; i < n; ++i) map[2 + i] = R(2 + i);
  R(0) = Term::boxed(map).bits();
  NEXT(encoding::small_words(2 + n) + 1);
}

/// Maps whose keys are not found by walking both in step: key by key.
SLOW_FN(slow_update_keys) {
  Term map = TERM(1);
  if (UNLIKELY(!map.is_map())) GO(slow_bad_map);
  size_t n = SLOT(2);
  Term keys = Term::from_bits(pc[encoding::small_words(3 + n)]);
  SPILL();
  for (size_t i = 0; i < n; ++i) {
    Term key = tuple_at(keys, i);
    if (map_get(map, key).is_none()) {
      p->raise_error(make_tuple(p->heap, {atoms::badkey, key}));
      RELOAD();
      GO(slow_raise);
    }
    map = map_put(p->heap, p->atoms(), map, key, TERM(3 + i));
  }
  RELOAD();
  R(0) = map.bits();
  NEXT(encoding::small_words(3 + n) + 1);
}

OP_FN(op_MapUpdateKeys) {
  Word map = R(1);
  if (UNLIKELY(!is_flat_map(map))) GO(slow_update_keys);
  size_t n = SLOT(2), size = header::words(*reinterpret_cast<const Word*>(map)) - 1;
  const Word* box = reinterpret_cast<const Word*>(map);
  const Word* keys = Term::from_bits(box[1]).box() + 1;
  const Word* wanted = Term::from_bits(pc[encoding::small_words(3 + n)]).box() + 1;
  // Both are sorted, so one pass finds all; keys that are equal without being the same word take the slow way.
  size_t at = 0;
  for (size_t i = 0; i < n; ++i, ++at) {
    while (at < size && keys[at] != wanted[i]) ++at;
    if (UNLIKELY(at >= size)) GO(slow_update_keys);
  }
  SPILL();
  Word* copy = p->heap.alloc(size + 2);
  RELOAD();
  std::memcpy(copy, box, (size + 2) * sizeof(Word));
  at = 0;
  for (size_t i = 0; i < n; ++i, ++at) {
    while (keys[at] != wanted[i]) ++at;
    copy[2 + at] = R(3 + i);
  }
  R(0) = Term::boxed(copy).bits();
  NEXT(encoding::small_words(3 + n) + 1);
}

OP_FN(op_MapGet) {
  Term map = TERM(1);
  if (UNLIKELY(!map.is_map())) JUMP_WIDE(1);
  SPILL();
  Term value = map_get(map, TERM(2));
  RELOAD();
  if (value.is_none()) JUMP_WIDE(1);
  R(0) = value.bits();
  NEXT(2);
}

SLOW_FN(slow_map_get_const) {
  Term map = TERM(1);
  if (UNLIKELY(!map.is_map())) JUMP_WIDE(2);
  SPILL();
  Term value = map_get(map, Term::from_bits(pc[1]));
  RELOAD();
  if (value.is_none()) JUMP_WIDE(2);
  R(0) = value.bits();
  NEXT(3);
}

/// Searches all keys, and leaves the position in the instruction as a guess for the next time. Other schedulers may
/// do the same meanwhile: any guess is checked.
SLOW_FN(slow_map_get_scan) {
  const Word* box = TERM(1).box();
  size_t size = header::words(box[0]) - 1;
  const Word* keys = Term::from_bits(box[1]).box() + 1;
  Word key = pc[1];
  for (size_t i = 0; i < size; ++i) {
    if (keys[i] != key) continue;
    auto* guess = reinterpret_cast<uint16_t*>(const_cast<Word*>(pc)) + 3;
    __atomic_store_n(guess, static_cast<uint16_t>(i), __ATOMIC_RELAXED);
    R(0) = box[2 + i];
    NEXT(3);
  }
  // An atom or a small integer that is not the same word is not there; other keys may be equal without being the same.
  if ((key & 1) != 0) JUMP_WIDE(2);
  GO(slow_map_get_const);
}

OP_FN(op_MapGetConst) {
  Word map = R(1);
  if (UNLIKELY(!is_flat_map(map))) GO(slow_map_get_const);
  const Word* box = reinterpret_cast<const Word*>(map);
  size_t size = header::words(box[0]) - 1;
  const Word* keys = Term::from_bits(box[1]).box() + 1;
  size_t guess = __atomic_load_n(reinterpret_cast<const uint16_t*>(pc) + 3, __ATOMIC_RELAXED);
  if (UNLIKELY(guess >= size) || UNLIKELY(keys[guess] != pc[1])) GO(slow_map_get_scan);
  R(0) = box[2 + guess];
  NEXT(3);
}

}  // namespace phial
