// :atomics and :counters: arrays of 64-bit numbers that all processes may change at once. Every operation is sequentially
// consistent, as OTP promises for :atomics.
#include <atomic>
#include <memory>

#include "vm/term/off_heap.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/process/system.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

class Atomics final : public Resource {
 public:
  Atomics(size_t size, bool is_signed)
      : size(size), is_signed(is_signed), cells(std::make_unique<std::atomic<uint64_t>[]>(size)) {}
  static const char kType;
  const void* type() const override { return &kType; }
  const char* type_name() const override { return "atomics"; }
  size_t bytes() const override { return sizeof(*this) + size * 8; }

  const size_t size;
  const bool is_signed;
  std::unique_ptr<std::atomic<uint64_t>[]> cells;
};
const char Atomics::kType = 0;

/// The array behind a reference, or behind {kind, reference} of :counters.
Atomics* array_of(Term t) {
  if (is_tuple_of(t, 2)) t = tuple_at(t, 1);
  if (!t.is_kind(Kind::Resource)) return nullptr;
  Resource* r = resource_of(t);
  return r->type() == &Atomics::kType ? static_cast<Atomics*>(r) : nullptr;
}

std::atomic<uint64_t>* cell_of(Term array, Term index) {
  Atomics* a = array_of(array);
  if (a == nullptr || !index.is_fixnum()) return nullptr;
  uint64_t i = static_cast<uint64_t>(index.as_fixnum()) - 1;
  return i < a->size ? &a->cells[i] : nullptr;
}

bool number(Term array, Term t, uint64_t& out) {
  if (t.is_fixnum() && (t.as_fixnum() >= 0 || array_of(array)->is_signed)) {
    out = static_cast<uint64_t>(t.as_fixnum());
    return true;
  }
  if (!t.is_integer()) return false;
  if (array_of(array)->is_signed) {
    std::optional<int64_t> v = integer_to_int64(t);
    out = static_cast<uint64_t>(v.value_or(0));
    return v.has_value();
  }
  std::optional<uint64_t> v = integer_to_uint64(t);
  out = v.value_or(0);
  return v.has_value();
}

/// An increment may be of either sign in both kinds of arrays.
bool increment(Term t, uint64_t& out) {
  if (!t.is_integer()) return false;
  if (std::optional<int64_t> v = integer_to_int64(t)) {
    out = static_cast<uint64_t>(*v);
    return true;
  }
  std::optional<uint64_t> v = integer_to_uint64(t);
  out = v.value_or(0);
  return v.has_value();
}

Term value(Process& p, Term array, uint64_t bits) {
  return array_of(array)->is_signed ? make_integer(p.heap, static_cast<int64_t>(bits)) : make_unsigned(p.heap, bits);
}

Term make_array(Process& p, Term size, bool is_signed) {
  if (!size.is_fixnum() || size.as_fixnum() < 1 || size.as_fixnum() > (int64_t{1} << 32)) return Term::none();
  auto* array = new Atomics(static_cast<size_t>(size.as_fixnum()), is_signed);
  array->number = next_reference_id(p);
  return make_resource(p.heap, array);
}

Term info_map(Process& p, Atomics& a, bool with_range) {
  AtomTable& table = p.atoms();
  Term max = a.is_signed ? make_integer(p.heap, INT64_MAX) : make_unsigned(p.heap, UINT64_MAX);
  Term min = a.is_signed ? make_integer(p.heap, INT64_MIN) : Term::fixnum(0);
  Term pairs[] = {atoms::size, Term::fixnum(static_cast<int64_t>(a.size)), atoms::memory,
                  Term::fixnum(static_cast<int64_t>(a.bytes())), atoms::max_, max, table.intern("min"), min};
  return make_map(p.heap, table, std::span<const Term>(pairs, with_range ? 8 : 4));
}

}  // namespace

Term atomics_new(Process& p, Term* a) {
  bool is_signed = true;
  Term l = a[1];
  for (; l.is_cons(); l = l.tail()) {
    Term option = l.head();
    if (!is_tuple_of(option, 2) || !tuple_at(option, 0).is_atom() || p.atoms().text(tuple_at(option, 0)) != "signed") break;
    if (tuple_at(option, 1) != atoms::true_ && tuple_at(option, 1) != atoms::false_) break;
    is_signed = tuple_at(option, 1) == atoms::true_;
  }
  Term array = l.is_nil_list() ? make_array(p, a[0], is_signed) : Term::none();
  return array.is_none() ? p.raise_badarg() : array;
}

Term counters_new(Process& p, Term* a) {
  Term atomics = p.atoms().intern("atomics");
  Term kind = atomics, l = a[1];
  for (; l.is_cons() && (l.head() == atomics || l.head() == atoms::write_concurrency); l = l.tail()) kind = l.head();
  Term array = l.is_nil_list() ? make_array(p, a[0], true) : Term::none();
  return array.is_none() ? p.raise_badarg() : make_tuple(p.heap, {kind, array});
}

Term atomics_get(Process& p, Term* a) {
  std::atomic<uint64_t>* cell = cell_of(a[0], a[1]);
  return cell == nullptr ? p.raise_badarg() : value(p, a[0], cell->load(std::memory_order_seq_cst));
}

Term atomics_put(Process& p, Term* a) {
  std::atomic<uint64_t>* cell = cell_of(a[0], a[1]);
  uint64_t v;
  if (cell == nullptr || !number(a[0], a[2], v)) return p.raise_badarg();
  cell->store(v, std::memory_order_seq_cst);
  return atoms::ok;
}

namespace {
/// Adds, or subtracts; the new value, or nothing after raising.
bool change(Process& p, Term* a, bool subtract, uint64_t& now) {
  std::atomic<uint64_t>* cell = cell_of(a[0], a[1]);
  uint64_t v;
  if (cell == nullptr || !increment(a[2], v)) {
    p.raise_badarg();
    return false;
  }
  if (subtract) v = 0 - v;
  now = cell->fetch_add(v, std::memory_order_seq_cst) + v;
  return true;
}
}  // namespace

Term atomics_add(Process& p, Term* a) {
  uint64_t now;
  return change(p, a, false, now) ? atoms::ok : Term::none();
}
Term atomics_sub(Process& p, Term* a) {
  uint64_t now;
  return change(p, a, true, now) ? atoms::ok : Term::none();
}
Term atomics_add_get(Process& p, Term* a) {
  uint64_t now;
  return change(p, a, false, now) ? value(p, a[0], now) : Term::none();
}
Term atomics_sub_get(Process& p, Term* a) {
  uint64_t now;
  return change(p, a, true, now) ? value(p, a[0], now) : Term::none();
}

Term atomics_exchange(Process& p, Term* a) {
  std::atomic<uint64_t>* cell = cell_of(a[0], a[1]);
  uint64_t v;
  if (cell == nullptr || !number(a[0], a[2], v)) return p.raise_badarg();
  return value(p, a[0], cell->exchange(v, std::memory_order_seq_cst));
}

Term atomics_compare_exchange(Process& p, Term* a) {
  std::atomic<uint64_t>* cell = cell_of(a[0], a[1]);
  uint64_t expected, wanted;
  if (cell == nullptr || !number(a[0], a[2], expected) || !number(a[0], a[3], wanted)) return p.raise_badarg();
  if (cell->compare_exchange_strong(expected, wanted, std::memory_order_seq_cst)) return atoms::ok;
  return value(p, a[0], expected);
}

Term atomics_info(Process& p, Term* a) {
  Atomics* array = array_of(a[0]);
  return array == nullptr ? p.raise_badarg() : info_map(p, *array, true);
}
Term counters_info(Process& p, Term* a) {
  Atomics* array = array_of(a[0]);
  return array == nullptr ? p.raise_badarg() : info_map(p, *array, false);
}

}  // namespace phial::natives
