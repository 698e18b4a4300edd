// Type tests, lists, tuples and atoms as functions.
#include <unordered_map>
#include <vector>

#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"
#include "vm/support/utf8.h"

namespace phial::natives {

Term erlang_is_atom(Process&, Term* a) { return boolean(a[0].is_atom()); }
Term erlang_is_boolean(Process&, Term* a) { return boolean(a[0] == atoms::true_ || a[0] == atoms::false_); }
Term erlang_is_integer(Process&, Term* a) { return boolean(a[0].is_integer()); }
Term erlang_is_float(Process&, Term* a) { return boolean(a[0].is_float()); }
Term erlang_is_number(Process&, Term* a) { return boolean(a[0].is_number()); }
Term erlang_is_list(Process&, Term* a) { return boolean(a[0].is_list()); }
Term erlang_is_tuple(Process&, Term* a) { return boolean(a[0].is_tuple()); }
Term erlang_is_map(Process&, Term* a) { return boolean(a[0].is_map()); }
Term erlang_is_binary(Process&, Term* a) { return boolean(is_binary(a[0])); }
Term erlang_is_bitstring(Process&, Term* a) { return boolean(a[0].is_bitstring()); }
Term erlang_is_pid(Process&, Term* a) { return boolean(a[0].is_pid()); }
Term erlang_is_port(Process&, Term*) { return atoms::false_; }
Term erlang_is_reference(Process&, Term* a) {
  return boolean(a[0].is_reference() || a[0].is_kind(Kind::Resource));
}
Term erlang_is_function(Process&, Term* a) { return boolean(a[0].is_fun()); }

namespace {
Term bad_map(Process& p, Term t) { return p.raise_error(make_tuple(p.heap, {atoms::badmap, t})); }
Term bad_key(Process& p, Term key) { return p.raise_error(make_tuple(p.heap, {atoms::badkey, key})); }
/// Charges for having walked [n] cells.
void charge_cells(Process& p, int64_t n) { p.charge(n / 16); }
}  // namespace

// Lists.

Term erlang_hd(Process& p, Term* a) { return a[0].is_cons() ? a[0].head() : p.raise_badarg(); }
Term erlang_tl(Process& p, Term* a) { return a[0].is_cons() ? a[0].tail() : p.raise_badarg(); }

Term erlang_length(Process& p, Term* a) {
  int64_t n = list_length(a[0]);
  if (n < 0) return p.raise_badarg();
  charge_cells(p, n);
  return Term::fixnum(n);
}

Term erlang_append(Process& p, Term* a) {
  if (a[0].is_nil_list()) return a[1];
  int64_t n = list_length(a[0]);
  if (n < 0) return p.raise_badarg();
  ListBuilder out(p.heap);
  for (Term l = a[0]; l.is_cons(); l = l.tail()) out.push(l.head());
  charge_cells(p, n);
  return out.finish(a[1]);
}

namespace {
struct ExactHash {
  size_t operator()(Term t) const { return hash_term(t); }
};
struct ExactEqual {
  bool operator()(Term a, Term b) const { return equal_exact(a, b); }
};
}  // namespace

/// Each element of the right list removes its first equal on the left; by a count per element, so linear.
Term erlang_subtract_list(Process& p, Term* a) {
  int64_t left = list_length(a[0]), right = list_length(a[1]);
  if (left < 0 || right < 0) return p.raise_badarg();
  if (left == 0 || right == 0) return a[0];
  std::unordered_map<Term, int64_t, ExactHash, ExactEqual> drop;
  for (Term l = a[1]; l.is_cons(); l = l.tail()) ++drop[l.head()];
  ListBuilder out(p.heap);
  Term l = a[0];
  for (int64_t remaining = right; l.is_cons() && remaining > 0; l = l.tail()) {
    auto it = drop.find(l.head());
    if (it != drop.end() && it->second > 0) {
      --it->second;
      --remaining;
    } else {
      out.push(l.head());
    }
  }
  charge_cells(p, 4 * (left + right));
  return out.finish(l);
}

namespace {
Term reverse_onto(Process& p, Term list, Term tail) {
  int64_t n = 0;
  for (; list.is_cons(); list = list.tail(), ++n) tail = make_cons(p.heap, list.head(), tail);
  charge_cells(p, n);
  return list.is_nil_list() ? tail : p.raise_badarg();
}
}  // namespace

Term lists_reverse(Process& p, Term* a) { return reverse_onto(p, a[0], Term::nil_list()); }
Term lists_reverse_onto(Process& p, Term* a) { return reverse_onto(p, a[0], a[1]); }

Term lists_member(Process& p, Term* a) {
  Term l = a[1];
  int64_t n = 0;
  for (; l.is_cons(); l = l.tail(), ++n) {
    if (equal_exact(l.head(), a[0])) {
      charge_cells(p, n);
      return atoms::true_;
    }
  }
  charge_cells(p, n);
  return l.is_nil_list() ? atoms::false_ : p.raise_badarg();
}

namespace {
/// The first tuple of [list] whose element [position] (from 1) == key; none() when absent; [ok] false when arguments are bad.
Term key_search(Process& p, Term key, Term position, Term list, bool& ok) {
  ok = position.is_fixnum() && position.as_fixnum() >= 1;
  if (!ok) return Term::none();
  size_t at = static_cast<size_t>(position.as_fixnum()) - 1;
  int64_t n = 0;
  for (; list.is_cons(); list = list.tail(), ++n) {
    Term item = list.head();
    if (item.is_tuple() && tuple_arity(item) > at) {
      Term element = tuple_at(item, at);
      if (element == key || (!(key.is_atom() && element.is_atom()) && equal_loose(element, key))) {
        charge_cells(p, n);
        return item;
      }
    }
  }
  charge_cells(p, n);
  ok = list.is_nil_list();
  return Term::none();
}
}  // namespace

Term lists_keyfind(Process& p, Term* a) {
  bool ok;
  Term found = key_search(p, a[0], a[1], a[2], ok);
  if (!ok) return p.raise_badarg();
  return found.is_none() ? atoms::false_ : found;
}
Term lists_keymember(Process& p, Term* a) {
  bool ok;
  Term found = key_search(p, a[0], a[1], a[2], ok);
  return ok ? boolean(!found.is_none()) : p.raise_badarg();
}
Term lists_keysearch(Process& p, Term* a) {
  bool ok;
  Term found = key_search(p, a[0], a[1], a[2], ok);
  if (!ok) return p.raise_badarg();
  return found.is_none() ? atoms::false_ : make_tuple(p.heap, {p.atoms().intern("value"), found});
}

// Tuples.

namespace {
constexpr int64_t kMaxTuple = (int64_t{1} << 24) - 1;

/// [index] counts from 1; false when it is outside 1..[limit].
bool tuple_index(Term index, size_t limit, size_t& at) {
  if (!index.is_fixnum() || index.as_fixnum() < 1 || index.as_fixnum() > static_cast<int64_t>(limit)) return false;
  at = static_cast<size_t>(index.as_fixnum()) - 1;
  return true;
}

/// A copy of [tuple] with room for [extra] more elements behind the first [at].
Term copy_with_gap(Process& p, Term tuple, size_t at, size_t extra) {
  size_t n = tuple_arity(tuple);
  Term out = make_tuple_uninitialised(p.heap, n + extra);
  for (size_t i = 0; i < at; ++i) tuple_set_fresh(out, i, tuple_at(tuple, i));
  for (size_t i = at; i < n; ++i) tuple_set_fresh(out, i + extra, tuple_at(tuple, i));
  return out;
}
}  // namespace

Term erlang_tuple_size(Process& p, Term* a) {
  return a[0].is_tuple() ? Term::fixnum(static_cast<int64_t>(tuple_arity(a[0]))) : p.raise_badarg();
}
Term erlang_size(Process& p, Term* a) {
  if (a[0].is_tuple()) return Term::fixnum(static_cast<int64_t>(tuple_arity(a[0])));
  if (a[0].is_bitstring()) return Term::fixnum(static_cast<int64_t>(bit_view(a[0]).bits / 8));
  return p.raise_badarg();
}
Term erlang_element(Process& p, Term* a) {
  size_t at;
  if (!a[1].is_tuple() || !tuple_index(a[0], tuple_arity(a[1]), at)) return p.raise_badarg();
  return tuple_at(a[1], at);
}
Term erlang_setelement(Process& p, Term* a) {
  size_t at;
  if (!a[1].is_tuple() || !tuple_index(a[0], tuple_arity(a[1]), at)) return p.raise_badarg();
  Term out = copy_with_gap(p, a[1], 0, 0);
  tuple_set_fresh(out, at, a[2]);
  p.charge(static_cast<int64_t>(tuple_arity(out) / 32));
  return out;
}

namespace {
Term make_filled(Process& p, Term size, Term fill) {
  if (!size.is_fixnum() || size.as_fixnum() < 0 || size.as_fixnum() > kMaxTuple) return Term::none();
  size_t n = static_cast<size_t>(size.as_fixnum());
  Term out = make_tuple_uninitialised(p.heap, n);
  for (size_t i = 0; i < n; ++i) tuple_set_fresh(out, i, fill);
  p.charge(static_cast<int64_t>(n / 32));
  return out;
}
}  // namespace

Term erlang_make_tuple(Process& p, Term* a) {
  Term out = make_filled(p, a[0], a[1]);
  return out.is_none() ? p.raise_badarg() : out;
}
Term erlang_make_tuple_init(Process& p, Term* a) {
  Term out = make_filled(p, a[0], a[1]);
  if (out.is_none()) return p.raise_badarg();
  Term l = a[2];
  for (; l.is_cons(); l = l.tail()) {
    size_t at;
    if (!is_tuple_of(l.head(), 2) || !tuple_index(tuple_at(l.head(), 0), tuple_arity(out), at)) return p.raise_badarg();
    tuple_set_fresh(out, at, tuple_at(l.head(), 1));
  }
  return l.is_nil_list() ? out : p.raise_badarg();
}
Term erlang_append_element(Process& p, Term* a) {
  if (!a[0].is_tuple()) return p.raise_badarg();
  size_t n = tuple_arity(a[0]);
  Term out = copy_with_gap(p, a[0], n, 1);
  tuple_set_fresh(out, n, a[1]);
  return out;
}
Term erlang_insert_element(Process& p, Term* a) {
  size_t at;
  if (!a[1].is_tuple() || !tuple_index(a[0], tuple_arity(a[1]) + 1, at)) return p.raise_badarg();
  Term out = copy_with_gap(p, a[1], at, 1);
  tuple_set_fresh(out, at, a[2]);
  return out;
}
Term erlang_delete_element(Process& p, Term* a) {
  size_t at;
  if (!a[1].is_tuple() || !tuple_index(a[0], tuple_arity(a[1]), at)) return p.raise_badarg();
  size_t n = tuple_arity(a[1]);
  Term out = make_tuple_uninitialised(p.heap, n - 1);
  for (size_t i = 0, j = 0; i < n; ++i)
    if (i != at) tuple_set_fresh(out, j++, tuple_at(a[1], i));
  return out;
}
Term erlang_tuple_to_list(Process& p, Term* a) {
  if (!a[0].is_tuple()) return p.raise_badarg();
  Term out = Term::nil_list();
  for (size_t i = tuple_arity(a[0]); i-- > 0;) out = make_cons(p.heap, tuple_at(a[0], i), out);
  charge_cells(p, static_cast<int64_t>(tuple_arity(a[0])));
  return out;
}
Term erlang_list_to_tuple(Process& p, Term* a) {
  int64_t n = list_length(a[0]);
  if (n < 0) return p.raise_badarg();
  if (n > kMaxTuple) return p.raise_error(atoms::system_limit);
  Term out = make_tuple_uninitialised(p.heap, static_cast<size_t>(n));
  size_t i = 0;
  for (Term l = a[0]; l.is_cons(); l = l.tail()) tuple_set_fresh(out, i++, l.head());
  charge_cells(p, n);
  return out;
}

// Maps.

Term erlang_map_size(Process& p, Term* a) {
  return a[0].is_map() ? Term::fixnum(static_cast<int64_t>(map_size(a[0]))) : bad_map(p, a[0]);
}
Term erlang_map_get(Process& p, Term* a) {
  if (!a[1].is_map()) return bad_map(p, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? bad_key(p, a[0]) : value;
}
Term erlang_is_map_key(Process& p, Term* a) {
  return a[1].is_map() ? boolean(!map_get(a[1], a[0]).is_none()) : bad_map(p, a[1]);
}
Term maps_get_default(Process& p, Term* a) {
  if (!a[1].is_map()) return bad_map(p, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? a[2] : value;
}
Term maps_find(Process& p, Term* a) {
  if (!a[1].is_map()) return bad_map(p, a[1]);
  Term value = map_get(a[1], a[0]);
  return value.is_none() ? atoms::error : make_tuple(p.heap, {atoms::ok, value});
}
Term maps_put(Process& p, Term* a) {
  return a[2].is_map() ? map_put(p.heap, p.atoms(), a[2], a[0], a[1]) : bad_map(p, a[2]);
}
Term maps_update(Process& p, Term* a) {
  if (!a[2].is_map()) return bad_map(p, a[2]);
  if (map_get(a[2], a[0]).is_none()) return bad_key(p, a[0]);
  return map_put(p.heap, p.atoms(), a[2], a[0], a[1]);
}
Term maps_remove(Process& p, Term* a) {
  return a[1].is_map() ? map_remove(p.heap, p.atoms(), a[1], a[0]) : bad_map(p, a[1]);
}
Term maps_take(Process& p, Term* a) {
  if (!a[1].is_map()) return bad_map(p, a[1]);
  Term value = map_get(a[1], a[0]);
  if (value.is_none()) return atoms::error;
  return make_tuple(p.heap, {value, map_remove(p.heap, p.atoms(), a[1], a[0])});
}

namespace {
template <typename Item>
Term list_of_map(Process& p, Term map, Item item) {
  if (!map.is_map()) return bad_map(p, map);
  ListBuilder out(p.heap);
  MapIterator it(map);
  Term k, v;
  while (it.next(k, v)) out.push(item(k, v));
  charge_cells(p, 2 * static_cast<int64_t>(map_size(map)));
  return out.finish();
}
}  // namespace

Term maps_keys(Process& p, Term* a) {
  return list_of_map(p, a[0], [](Term k, Term) { return k; });
}
Term maps_values(Process& p, Term* a) {
  return list_of_map(p, a[0], [](Term, Term v) { return v; });
}
Term maps_to_list(Process& p, Term* a) {
  return list_of_map(p, a[0], [&p](Term k, Term v) { return make_tuple(p.heap, {k, v}); });
}
Term maps_from_list(Process& p, Term* a) {
  std::vector<Term> pairs;
  Term l = a[0];
  for (; l.is_cons(); l = l.tail()) {
    if (!is_tuple_of(l.head(), 2)) return p.raise_badarg();
    pairs.push_back(tuple_at(l.head(), 0));
    pairs.push_back(tuple_at(l.head(), 1));
  }
  if (!l.is_nil_list()) return p.raise_badarg();
  charge_cells(p, 8 * static_cast<int64_t>(pairs.size()));
  return make_map(p.heap, p.atoms(), pairs);
}
Term maps_from_keys(Process& p, Term* a) {
  std::vector<Term> pairs;
  Term l = a[0];
  for (; l.is_cons(); l = l.tail()) {
    pairs.push_back(l.head());
    pairs.push_back(a[1]);
  }
  if (!l.is_nil_list()) return p.raise_badarg();
  charge_cells(p, 8 * static_cast<int64_t>(pairs.size()));
  return make_map(p.heap, p.atoms(), pairs);
}
Term maps_merge(Process& p, Term* a) {
  if (!a[0].is_map()) return bad_map(p, a[0]);
  if (!a[1].is_map()) return bad_map(p, a[1]);
  size_t left = map_size(a[0]), right = map_size(a[1]);
  if (left == 0) return a[1];
  if (right == 0) return a[0];
  // The smaller side is put into the larger one; the right side's values win either way.
  bool into_left = right <= left;
  Term out = into_left ? a[0] : a[1];
  MapIterator it(into_left ? a[1] : a[0]);
  Term k, v;
  while (it.next(k, v)) {
    if (!into_left && !map_get(out, k).is_none()) continue;
    out = map_put(p.heap, p.atoms(), out, k, v);
  }
  charge_cells(p, 16 * static_cast<int64_t>(std::min(left, right)));
  return out;
}
Term maps_new(Process& p, Term*) { return make_empty_map(p.heap); }

// Atoms.

Term erlang_atom_to_binary(Process& p, Term* a) {
  return a[0].is_atom() ? make_binary(p.heap, p.atoms().text(a[0])) : p.raise_badarg();
}
Term erlang_atom_to_list(Process& p, Term* a) {
  if (!a[0].is_atom()) return p.raise_badarg();
  std::string_view text = p.atoms().text(a[0]);
  ListBuilder out(p.heap);
  for (size_t i = 0; i < text.size();) {
    uint32_t c;
    size_t n = utf8_decode(text.substr(i), c);
    out.push(Term::fixnum(c));
    i += n ? n : 1;
  }
  return out.finish();
}

namespace {
Term atom_of_text(Process& p, std::string_view text, bool must_exist) {
  if (!utf8_valid(text)) return p.raise_badarg();
  if (utf8_length(text) > AtomTable::kMaxCharacters) return must_exist ? p.raise_badarg() : p.raise_error(atoms::system_limit);
  // Some atoms are kept for the machine itself, so that code can still be loaded and the error be told.
  constexpr uint32_t kReserve = 16'384;
  bool full = p.atoms().count() + kReserve >= AtomTable::kDefaultLimit;
  Term atom = must_exist || full ? p.atoms().find(text) : p.atoms().intern(text);
  if (!atom.is_none()) return atom;
  return must_exist ? p.raise_badarg() : p.raise_error(atoms::system_limit);
}
Term atom_of_binary(Process& p, Term binary, bool must_exist) {
  if (!is_binary(binary)) return p.raise_badarg();
  std::string scratch;
  return atom_of_text(p, binary_bytes(binary, scratch), must_exist);
}
Term atom_of_list(Process& p, Term list, bool must_exist) {
  std::string text;
  for (; list.is_cons(); list = list.tail()) {
    Term c = list.head();
    if (!c.is_fixnum() || !utf8_append(text, static_cast<uint64_t>(c.as_fixnum()))) return p.raise_badarg();
  }
  return list.is_nil_list() ? atom_of_text(p, text, must_exist) : p.raise_badarg();
}
}  // namespace

Term erlang_binary_to_atom(Process& p, Term* a) { return atom_of_binary(p, a[0], false); }
Term erlang_binary_to_existing_atom(Process& p, Term* a) { return atom_of_binary(p, a[0], true); }
Term erlang_list_to_atom(Process& p, Term* a) { return atom_of_list(p, a[0], false); }
Term erlang_list_to_existing_atom(Process& p, Term* a) { return atom_of_list(p, a[0], true); }

}  // namespace phial::natives
