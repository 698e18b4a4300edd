// :ets: tables, objects by key, and walking from key to key.
#include <vector>

#include "vm/heap/copy.h"
#include "vm/natives/ets_access.h"
#include "vm/natives/natives.h"
#include "vm/term/bignum.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

constexpr size_t kTableWords = 49;  // the struct, roughly
constexpr size_t kOrderedExtra = 90;

bool flag_of(Term t, bool& out) {
  out = t == atoms::true_;
  return out || t == atoms::false_;
}

bool plain_option(Term option, ets::TableOptions& o) {
  if (option == atoms::set) o.type = TableType::Set;
  else if (option == atoms::ordered_set) o.type = TableType::OrderedSet;
  else if (option == atoms::bag) o.type = TableType::Bag;
  else if (option == atoms::duplicate_bag) o.type = TableType::DuplicateBag;
  else if (option == atoms::public_) o.protection = ets::Protection::Public;
  else if (option == atoms::protected_) o.protection = ets::Protection::Protected;
  else if (option == atoms::private_) o.protection = ets::Protection::Private;
  else if (option == atoms::named_table) o.named = true;
  else if (option == atoms::compressed) o.compressed = true;
  else return false;
  return true;
}

bool pair_option(Term name, Term value, ets::TableOptions& o) {
  if (name == atoms::keypos) {
    if (!value.is_fixnum() || value.as_fixnum() < 1 || value.as_fixnum() > (1 << 24)) return false;
    o.key_index = static_cast<uint32_t>(value.as_fixnum() - 1);
    return true;
  }
  if (name == atoms::heir) {
    o.heir = Term::none();
    return value == atoms::none_;
  }
  if (name == atoms::read_concurrency) return flag_of(value, o.read_concurrency);
  if (name == atoms::decentralized_counters) return flag_of(value, o.decentralized_counters);
  if (name == atoms::write_concurrency) {
    o.write_concurrency = value;
    return value == atoms::true_ || value == atoms::false_ || value == atoms::auto_;
  }
  return false;
}

bool table_options(Term list, ets::TableOptions& o) {
  for (; list.is_cons(); list = list.tail()) {
    Term option = list.head();
    if (option.is_atom()) {
      if (!plain_option(option, o)) return false;
    } else if (is_tuple_of(option, 2)) {
      if (!pair_option(tuple_at(option, 0), tuple_at(option, 1), o)) return false;
    } else if (is_tuple_of(option, 3) && tuple_at(option, 0) == atoms::heir && tuple_at(option, 1).is_pid()) {
      o.heir = tuple_at(option, 1);
      o.heir_data = tuple_at(option, 2);
    } else {
      return false;
    }
  }
  return list.is_nil_list();
}

Term reference_or_name(Process& p, const Table& table) {
  return table.options.named ? table.name : make_reference(p.heap, table.ref);
}

/// The copies of all objects with the key of [object], oldest first.
Term copy_group(Process& p, Table& table, Object* object, Term key) {
  Term list = Term::nil_list();
  int64_t n = 0;
  for (; object != nullptr; object = table.next_same(object, key), ++n) list = make_cons(p.heap, copy_out(p.heap, *object), list);
  p.charge(n);
  return list;
}

Term copy_term(Process& p, Term t) { return t.is_pointer() ? deep_copy(p.heap, t, &p.system->literals) : t; }

}  // namespace

Term ets_new(Process& p, Term* a) {
  ets::TableOptions options;
  if (!a[0].is_atom() || !table_options(a[1], options)) return p.raise_badarg();
  Table* table = ets_tables(p).create(p, a[0], options);
  if (table == nullptr) return ets_fail(p, p.atoms().intern("already_exists"));
  return reference_or_name(p, *table);
}

Term ets_delete_table(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  Term refused = ets_tables(p).destroy(p, t);
  return refused.is_none() ? atoms::true_ : ets_fail(p, refused);
}

Term ets_whereis(Process& p, Term* a) {
  if (!a[0].is_atom()) return p.raise_badarg();
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return atoms::undefined;
  SharedGuard lock(t->stripe(0));
  if (!Tables::check(t, Access::Any, p.self).is_none()) return atoms::undefined;
  return make_reference(p.heap, t->ref);
}

Term ets_rename(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  if (!a[1].is_atom()) return p.raise_badarg();
  bool taken;
  Term refused = ets_tables(p).rename(p, t, a[1], taken);
  if (!refused.is_none()) return ets_fail(p, refused);
  return taken ? p.raise_badarg() : a[1];
}

Term ets_give_away(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  if (!a[1].is_pid()) return p.raise_badarg();
  switch (ets_tables(p).give(p, t, a[1], a[2])) {
    case Tables::Given::Yes: return atoms::true_;
    case Tables::Given::NoTable: return ets_fail(p, atoms::id);
    case Tables::Given::NoAccess: return ets_fail(p, atoms::access);
    case Tables::Given::ToItself: return ets_fail(p, atoms::owner);
    case Tables::Given::Dead: return p.raise_badarg();
  }
  return p.raise_badarg();
}

Term ets_setopts(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  {
    SharedGuard lock(t->stripe(0));
    Term refused = Tables::check(t, Access::Owner, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
  }
  Term list = a[1].is_list() ? a[1] : make_cons(p.heap, a[1], Term::nil_list());
  for (; list.is_cons(); list = list.tail()) {
    Term option = list.head();
    Term refused = Term::none();
    if (is_tuple_of(option, 2) && tuple_at(option, 0) == atoms::heir && tuple_at(option, 1) == atoms::none_) {
      refused = ets_tables(p).set_heir(p, t, Term::none(), Term::none());
    } else if (is_tuple_of(option, 3) && tuple_at(option, 0) == atoms::heir && tuple_at(option, 1).is_pid()) {
      refused = ets_tables(p).set_heir(p, t, tuple_at(option, 1), tuple_at(option, 2));
    } else if (is_tuple_of(option, 2) && tuple_at(option, 0) == atoms::protection) {
      ets::TableOptions o;
      Term value = tuple_at(option, 1);
      if (value != atoms::public_ && value != atoms::protected_ && value != atoms::private_) return p.raise_badarg();
      plain_option(value, o);
      WriteGuard all(*t.table);
      refused = Tables::check(t, Access::Owner, p.self);
      if (refused.is_none()) t->options.protection = o.protection;
    } else {
      return p.raise_badarg();
    }
    if (!refused.is_none()) return ets_fail(p, refused);
  }
  return list.is_nil_list() ? atoms::true_ : p.raise_badarg();
}

Term ets_safe_fixtable(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  bool on;
  if (!flag_of(a[1], on)) return p.raise_badarg();
  Term refused = ets_tables(p).fix(p, t, on);
  return refused.is_none() ? atoms::true_ : ets_fail(p, refused);
}

Term ets_all(Process& p, Term*) {
  ListBuilder list(p.heap);
  for (const Ref& ref : ets_tables(p).all()) {
    Term reference = make_reference(p.heap, ref);
    Handle t = ets_tables(p).find(reference);
    if (!t) continue;
    SharedGuard lock(t->stripe(0));
    if (Tables::check(t, Access::Any, p.self).is_none()) list.push(reference_or_name(p, *t.table));
  }
  return list.finish();
}

// Objects.

namespace {

/// Inserts one tuple; true, or none() after raising.
Term insert_one(Process& p, const Handle& t, Term tuple, bool only_new) {
  Tables& tables = ets_tables(p);
  uint32_t key_index = t->key_index.load(std::memory_order_relaxed);
  if (!is_object(tuple, key_index)) {
    // What is wrong with the table comes first.
    SharedGuard lock(t->stripe(0));
    Term refused = Tables::check(t, Access::Write, p.self);
    return refused.is_none() ? p.raise_badarg() : ets_fail(p, refused);
  }
  Object* object = ets::make_object(tuple, tables.literals());
  uint32_t hash = tables.hash(*t.table, tuple_at(tuple, key_index));
  object->hash = hash;
  Object* old = object;
  Term refused;
  bool done = false;
  {
    WriteGuard lock(*t.table, hash);
    refused = Tables::check(t, Access::Write, p.self);
    if (refused.is_none() && !(only_new && t->find(hash, tuple_at(tuple, key_index)) != nullptr)) {
      old = t->insert(object);
      done = true;
    }
  }
  if (old != nullptr) ets::free_object(old);
  if (!refused.is_none()) return ets_fail(p, refused);
  t->adapt();
  return boolean(done);
}

/// Inserts all tuples of a list at once, or none.
Term insert_list(Process& p, const Handle& t, Term list, bool only_new) {
  Tables& tables = ets_tables(p);
  {
    SharedGuard lock(t->stripe(0));
    Term refused = Tables::check(t, Access::Write, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
  }
  uint32_t key_index = t->key_index.load(std::memory_order_relaxed);
  std::vector<Object*> objects;
  Term rest = list;
  for (; rest.is_cons() && is_object(rest.head(), key_index); rest = rest.tail()) {
    Object* object = ets::make_object(rest.head(), tables.literals());
    object->hash = tables.hash(*t.table, tuple_at(rest.head(), key_index));
    objects.push_back(object);
  }
  Term refused;
  bool bad = !rest.is_nil_list(), done = false;
  std::vector<Object*> gone;
  if (!bad) {
    WriteGuard all(*t.table);
    refused = Tables::check(t, Access::Write, p.self);
    bool taken = false;
    if (only_new && refused.is_none()) {
      for (Object* o : objects) taken = taken || t->find(o->hash, t->key_of(*o)) != nullptr;
    }
    if (refused.is_none() && !taken) {
      done = true;
      size_t n = objects.size();
      // A bag takes a list from its end.
      for (size_t i = 0; i < n; ++i) {
        Object* old = t->insert(objects[t->options.type == TableType::Bag ? n - 1 - i : i]);
        if (old != nullptr) gone.push_back(old);
      }
    }
  }
  p.charge(static_cast<int64_t>(objects.size()) * 2);
  if (done) {
    for (size_t i = 0; i < objects.size(); ++i) t->adapt();
    objects.swap(gone);
  }
  for (Object* o : objects) ets::free_object(o);
  if (bad) return p.raise_badarg();
  return refused.is_none() ? boolean(done) : ets_fail(p, refused);
}

Term insert(Process& p, Term* a, bool only_new) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  if (a[1].is_list()) return insert_list(p, t, a[1], only_new);
  return insert_one(p, t, a[1], only_new);
}

}  // namespace

Term ets_insert(Process& p, Term* a) { return insert(p, a, false); }
Term ets_insert_new(Process& p, Term* a) { return insert(p, a, true); }

Term ets_lookup(Process& p, Term* a) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t hash = tables.hash(*t.table, a[1]);
  SharedGuard lock(t->stripe(hash));
  Term refused = Tables::check(t, Access::Read, p.self);
  if (!refused.is_none()) return ets_fail(p, refused);
  Object* object = t->find(hash, a[1]);
  return object == nullptr ? Term::nil_list() : copy_group(p, *t.table, object, a[1]);
}

Term ets_member(Process& p, Term* a) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t hash = tables.hash(*t.table, a[1]);
  SharedGuard lock(t->stripe(hash));
  Term refused = Tables::check(t, Access::Read, p.self);
  if (!refused.is_none()) return ets_fail(p, refused);
  return boolean(t->find(hash, a[1]) != nullptr);
}

namespace {

Term lookup_element(Process& p, Term* a, Term absent) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t hash = tables.hash(*t.table, a[1]);
  SharedGuard lock(t->stripe(hash));
  Term refused = Tables::check(t, Access::Read, p.self);
  if (!refused.is_none()) return ets_fail(p, refused);
  if (!a[2].is_fixnum() || a[2].as_fixnum() < 1) return p.raise_badarg();
  Object* object = t->find(hash, a[1]);
  if (object == nullptr) return absent.is_none() ? ets_fail(p, p.atoms().intern("badkey")) : absent;
  uint64_t index = static_cast<uint64_t>(a[2].as_fixnum()) - 1;
  Term list = Term::nil_list();
  for (; object != nullptr; object = t->next_same(object, a[1])) {
    if (index >= tuple_arity(object->tuple)) return p.raise_badarg();
    Term element = copy_term(p, tuple_at(object->tuple, index));
    if (!t->is_bag()) return element;
    list = make_cons(p.heap, element, list);
  }
  return list;
}

}  // namespace

Term ets_lookup_element(Process& p, Term* a) { return lookup_element(p, a, Term::none()); }
Term ets_lookup_element_default(Process& p, Term* a) { return lookup_element(p, a, a[3]); }

Term ets_delete_key(Process& p, Term* a) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t hash = tables.hash(*t.table, a[1]);
  Object* gone;
  {
    WriteGuard lock(*t.table, hash);
    Term refused = Tables::check(t, Access::Write, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
    gone = t->remove(hash, a[1], [](Object&) { return true; });
  }
  ets::free_chain(gone);
  t->adapt();
  return atoms::true_;
}

Term ets_take(Process& p, Term* a) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t hash = tables.hash(*t.table, a[1]);
  Object* gone;
  Term list = Term::nil_list();
  {
    WriteGuard lock(*t.table, hash);
    Term refused = Tables::check(t, Access::Write, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
    if (Object* object = t->find(hash, a[1])) list = copy_group(p, *t.table, object, a[1]);
    gone = t->remove(hash, a[1], [](Object&) { return true; });
  }
  ets::free_chain(gone);
  t->adapt();
  return list;
}

Term ets_delete_object(Process& p, Term* a) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t key_index = t->key_index.load(std::memory_order_relaxed);
  bool valid = a[1].is_tuple();
  bool has_key = valid && is_object(a[1], key_index);
  Term key = has_key ? tuple_at(a[1], key_index) : atoms::nil;
  uint32_t hash = tables.hash(*t.table, key);
  Object* gone = nullptr;
  {
    WriteGuard lock(*t.table, hash);
    Term refused = Tables::check(t, Access::Write, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
    if (!has_key) return valid ? atoms::true_ : p.raise_badarg();
    gone = t->remove(hash, key, [&](Object& o) { return equal_exact(o.tuple, a[1]); });
  }
  ets::free_chain(gone);
  t->adapt();
  return atoms::true_;
}

Term ets_delete_all_objects(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  Term refused = ets_tables(p).delete_all_objects(p, t);
  return refused.is_none() ? atoms::true_ : ets_fail(p, refused);
}

// From key to key.

namespace {

/// The key of the first live object at or after bucket [index]; '$end_of_table' when there is none.
Term key_from_bucket(Process& p, const Handle& t, uint32_t index) {
  for (; index < t->store().buckets(); ++index) {
    SharedGuard lock(t->stripe(index));
    Term refused = Tables::check(t, Access::Read, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
    if (index >= t->store().buckets()) break;
    for (Object* o = t->store().bucket(index); o != nullptr; o = o->next) {
      if (!o->deleted()) return copy_term(p, t->key_of(*o));
    }
  }
  return atoms::end_of_table;
}

Term edge_key(Process& p, Term which, bool first) {
  Handle t = ets_tables(p).find(which);
  if (!t) return ets_no_table(p, which);
  {
    SharedGuard lock(t->stripe(0));
    Term refused = Tables::check(t, Access::Read, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
    if (t->ordered) {
      Object* o = first ? t->tree().first() : t->tree().last();
      return o == nullptr ? atoms::end_of_table : copy_term(p, t->key_of(*o));
    }
  }
  return key_from_bucket(p, t, 0);
}

Term neighbour_key(Process& p, Term* a, bool forward) {
  Tables& tables = ets_tables(p);
  Handle t = tables.find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint32_t hash = tables.hash(*t.table, a[1]);
  uint32_t index;
  {
    SharedGuard lock(t->stripe(hash));
    Term refused = Tables::check(t, Access::Read, p.self);
    if (!refused.is_none()) return ets_fail(p, refused);
    if (t->ordered) {
      Object* o = forward ? t->tree().after(a[1]) : t->tree().before(a[1]);
      return o == nullptr ? atoms::end_of_table : copy_term(p, t->key_of(*o));
    }
    index = t->store().index_of(hash);
    // A key deleted while the table is fixed still has its place.
    Object* o = t->store().bucket(index);
    auto same = [&](Object* x) { return x->hash == hash && equal_exact(t->key_of(*x), a[1]); };
    while (o != nullptr && !same(o)) o = o->next;
    if (o == nullptr) return p.raise_badarg();
    for (; o != nullptr; o = o->next) {
      if (!o->deleted() && !same(o)) return copy_term(p, t->key_of(*o));
    }
  }
  return key_from_bucket(p, t, index + 1);
}

}  // namespace

Term ets_first(Process& p, Term* a) { return edge_key(p, a[0], true); }
Term ets_last(Process& p, Term* a) { return edge_key(p, a[0], false); }
Term ets_next(Process& p, Term* a) { return neighbour_key(p, a, true); }
Term ets_prev(Process& p, Term* a) { return neighbour_key(p, a, false); }

Term ets_slot(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  uint64_t wanted = a[1].is_fixnum() && a[1].as_fixnum() >= 0 ? static_cast<uint64_t>(a[1].as_fixnum()) : UINT64_MAX;
  SharedGuard lock(t->stripe(static_cast<uint32_t>(wanted)));
  Term refused = Tables::check(t, Access::Read, p.self);
  if (!refused.is_none()) return ets_fail(p, refused);
  uint64_t slots = t->ordered ? static_cast<uint64_t>(t->objects()) : t->store().buckets();
  if (wanted > slots) return p.raise_badarg();
  if (wanted == slots) return atoms::end_of_table;
  Term list = Term::nil_list();
  if (t->ordered) {
    Object* o = t->tree().first();
    for (uint64_t i = 0; i < wanted && o != nullptr; ++i) o = t->tree().after(t->key_of(*o));
    return o == nullptr ? atoms::end_of_table : make_cons(p.heap, copy_out(p.heap, *o), list);
  }
  for (Object* o = t->store().bucket(static_cast<uint32_t>(wanted)); o != nullptr; o = o->next) {
    if (!o->deleted()) list = make_cons(p.heap, copy_out(p.heap, *o), list);
  }
  return list;
}

// Information.

namespace {

Term type_atom(TableType type) {
  switch (type) {
    case TableType::Set: return atoms::set;
    case TableType::OrderedSet: return atoms::ordered_set;
    case TableType::Bag: return atoms::bag;
    case TableType::DuplicateBag: return atoms::duplicate_bag;
  }
  return atoms::set;
}

Term protection_atom(ets::Protection protection) {
  switch (protection) {
    case ets::Protection::Public: return atoms::public_;
    case ets::Protection::Protected: return atoms::protected_;
    case ets::Protection::Private: return atoms::private_;
  }
  return atoms::private_;
}

Term fixed_info(Process& p, Table& t, bool monotonic) {
  std::lock_guard lock(t.fixers_mutex);
  if (t.fixers.empty()) return atoms::false_;
  ListBuilder list(p.heap);
  for (const Table::Fixer& f : t.fixers) list.push(make_tuple(p.heap, {f.pid, Term::fixnum(f.count)}));
  int64_t ns = t.fixed_since_ns;
  Term time;
  if (monotonic) {
    time = make_integer(p.heap, ns);
  } else {
    int64_t micros = (p.system->environment.system_ns() - p.system->environment.monotonic_ns() + ns) / 1000;
    time = make_tuple(p.heap, {Term::fixnum(micros / 1'000'000'000'000), Term::fixnum(micros / 1'000'000 % 1'000'000),
                               Term::fixnum(micros % 1'000'000)});
  }
  return make_tuple(p.heap, {time, list.finish()});
}

/// none() when there is no such item. A stripe of the table is held.
Term info_item(Process& p, Table& t, Term item) {
  const ets::TableOptions& o = t.options;
  if (item == atoms::id) return make_reference(p.heap, t.ref);
  if (item == atoms::decentralized_counters) return boolean(o.decentralized_counters);
  if (item == atoms::read_concurrency) return boolean(o.read_concurrency);
  if (item == atoms::write_concurrency) return o.write_concurrency;
  if (item == atoms::compressed) return boolean(o.compressed);
  if (item == atoms::memory) {
    int64_t own = t.ordered ? static_cast<int64_t>(kTableWords + kOrderedExtra)
                            : static_cast<int64_t>(kTableWords) + t.store().buckets();
    return Term::fixnum(own + t.words());
  }
  if (item == atoms::owner) return t.owner;
  if (item == atoms::heir) return o.heir.is_none() ? atoms::none_ : o.heir;
  if (item == atoms::name) return t.name;
  if (item == atoms::size) return Term::fixnum(t.objects());
  if (item == atoms::node) return atoms::nonode;
  if (item == atoms::named_table) return boolean(o.named);
  if (item == atoms::type) return type_atom(o.type);
  if (item == atoms::keypos) return Term::fixnum(int64_t{o.key_index} + 1);
  if (item == atoms::protection) return protection_atom(o.protection);
  if (item == atoms::fixed) {
    std::lock_guard lock(t.fixers_mutex);
    return boolean(!t.fixers.empty());
  }
  if (item == atoms::safe_fixed) return fixed_info(p, t, false);
  if (item == atoms::safe_fixed_monotonic_time) return fixed_info(p, t, true);
  if (item == atoms::stats) return atoms::false_;
  return Term::none();
}

}  // namespace

Term ets_info(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return a[0].is_atom() || (a[0].is_reference() && (Ref::from(a[0]).info & 15) == ets::kTableRef)
                     ? atoms::undefined : ets_no_table(p, a[0]);
  SharedGuard lock(t->stripe(0));
  if (!Tables::check(t, Access::Any, p.self).is_none()) return atoms::undefined;
  ListBuilder list(p.heap);
  for (Term item : {atoms::id, atoms::decentralized_counters, atoms::read_concurrency, atoms::write_concurrency,
                    atoms::compressed, atoms::memory, atoms::owner, atoms::heir, atoms::name, atoms::size, atoms::node,
                    atoms::named_table, atoms::type, atoms::keypos, atoms::protection}) {
    Term value = info_item(p, *t.table, item);
    list.push(make_tuple(p.heap, {item, value}));
  }
  return list.finish();
}

Term ets_info_item(Process& p, Term* a) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return a[0].is_atom() || (a[0].is_reference() && (Ref::from(a[0]).info & 15) == ets::kTableRef)
                     ? atoms::undefined : ets_no_table(p, a[0]);
  SharedGuard lock(t->stripe(0));
  if (!Tables::check(t, Access::Any, p.self).is_none()) return atoms::undefined;
  Term value = info_item(p, *t.table, a[1]);
  return value.is_none() ? p.raise_badarg() : value;
}

}  // namespace phial::natives
