// One table. Its struct is a place that tables of the same shape use one after the other, so a pointer to it is always
// good; [id] says which table lives in it now, and whoever has taken a lock checks that it is still the one meant.
//
// Locks. Sets and bags have stripes, chosen by the hash of the key; ordered sets have one. Everything about the table as a
// whole (owner, name, protection, ...) is read under any stripe and written under all of them. Lock order: the registry's
// mutexes (tables.h), resizing (hash_store.h), stripes by number.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "vm/ets/hash_store.h"
#include "vm/ets/ordered_store.h"
#include "vm/term/identity.h"

namespace phial::ets {

enum class TableType : uint8_t { Set, OrderedSet, Bag, DuplicateBag };
enum class Protection : uint8_t { Public, Protected, Private };
enum class Access : uint8_t { Read, Write, Owner, Any };

/// What :ets.new was asked for.
struct TableOptions {
  TableType type = TableType::Set;
  Protection protection = Protection::Protected;
  uint32_t key_index = 0;  // from 0
  bool named = false;
  Term heir = Term::none();
  Term heir_data = Term::none();
  bool read_concurrency = false;
  Term write_concurrency = atoms::false_;
  bool decentralized_counters = false;
  bool compressed = false;
};

/// Contents taken out of a table, freed with this.
struct Contents {
  std::unique_ptr<Buckets> buckets;
  std::unique_ptr<OrderedStore> ordered;
  int64_t objects = 0;
};

class Table {
 public:
  Table(uint32_t slot, bool ordered, uint32_t stripe_count);
  ~Table();

  // Of the place, constant.
  const uint32_t slot;
  const bool ordered;
  const uint32_t stripe_count;

  /// The number in the references to the table that lives here; 0: none.
  std::atomic<uint64_t> id{0};
  std::atomic<uint32_t> key_index{0};

  // Read under a stripe.
  Ref ref;
  Term name;
  Term owner;
  TableOptions options;
  Object* heir_data = nullptr;

  bool is_bag() const { return options.type == TableType::Bag || options.type == TableType::DuplicateBag; }

  uint32_t hash(Term key, uint32_t atom_hash) const;
  RwLock& stripe(uint32_t hash) { return stripes_[hash & (stripe_count - 1)].lock; }
  void lock_all();
  void unlock_all();
  void lock_all_shared();
  void unlock_all_shared();

  Term key_of(const Object& object) const {
    return Term::from_bits(object.tuple.box()[1 + key_index.load(std::memory_order_relaxed)]);
  }

  // Objects by key, the key's stripe held.
  /// The first live object with [key], or null. In a bag the others follow it (next_same).
  Object* find(uint32_t hash, Term key);
  Object* next_same(Object* object, Term key) const;
  /// Puts [object], whose hash is set, in; what is to be freed then, or null (in a bag: [object] itself, when its equal is
  /// there already).
  Object* insert(Object* object);
  /// Puts [fresh], which has the same key, in the place of [old].
  void replace(Object* old, Object* fresh);
  /// Removes the objects with [key] for which [wanted] is true, or marks them; a chain to be freed.
  template <typename Wanted>
  Object* remove(uint32_t hash, Term key, Wanted wanted);
  /// Removes live objects of bucket [index] that [wanted] selects.
  template <typename Wanted>
  Object* remove_in_bucket(uint32_t index, Wanted wanted);

  /// After inserts and deletes, no lock held.
  void adapt() {
    if (!ordered) store_.adapt(objects());
  }
  /// Takes everything out; resizing and all stripes held.
  Contents take_all(const AtomTable& atoms, const LiteralRegistry& literals);
  /// Makes the store for a table that begins to live here.
  void begin(const AtomTable& atoms, const LiteralRegistry& literals);

  HashStore& store() { return store_; }
  OrderedStore& tree() { return *tree_; }
  int64_t objects() const { return objects_.load(std::memory_order_relaxed); }
  int64_t words() const { return words_.load(std::memory_order_relaxed); }

  // :ets.safe_fixtable, under fixers_mutex.
  struct Fixer {
    Term pid;
    int64_t count;
    uint64_t life;
  };
  std::mutex fixers_mutex;
  std::vector<Fixer> fixers;
  int64_t fixed_since_ns = 0;

 private:
  void count(int64_t objects, int64_t words);
  bool same_key(const Object& object, uint32_t hash, Term key) const;
  Object* insert_hashed(Object* object);

  std::unique_ptr<Stripe[]> stripes_;
  HashStore store_;
  std::unique_ptr<OrderedStore> tree_;
  std::atomic<int64_t> objects_{0};
  std::atomic<int64_t> words_{0};
};

class SharedGuard {
 public:
  explicit SharedGuard(RwLock& lock) : lock_(lock) { lock_.lock_shared(); }
  ~SharedGuard() { lock_.unlock_shared(); }
  SharedGuard(const SharedGuard&) = delete;
  SharedGuard& operator=(const SharedGuard&) = delete;

 private:
  RwLock& lock_;
};

/// One stripe for writing; or all of them, for changes to many keys or to the table itself.
class WriteGuard {
 public:
  WriteGuard(Table& table, uint32_t hash) : table_(table), lock_(&table.stripe(hash)) { lock_->lock(); }
  explicit WriteGuard(Table& table) : table_(table) { table_.lock_all(); }
  ~WriteGuard() {
    if (lock_ != nullptr) lock_->unlock();
    else table_.unlock_all();
  }
  WriteGuard(const WriteGuard&) = delete;
  WriteGuard& operator=(const WriteGuard&) = delete;

 private:
  Table& table_;
  RwLock* lock_ = nullptr;
};

template <typename Wanted>
Object* Table::remove_in_bucket(uint32_t index, Wanted wanted) {
  Object* removed = nullptr;
  int64_t objects = 0, words = 0;
  bool fixed = store_.is_fixed();
  for (Object** at = &store_.bucket(index); *at != nullptr;) {
    Object* object = *at;
    if (object->deleted() || !wanted(*object)) {
      at = &object->next;
      continue;
    }
    --objects;
    words -= static_cast<int64_t>(object->memory_words());
    if (fixed) {
      object->flags |= Object::kDeleted;
      at = &object->next;
    } else {
      *at = object->next;
      object->next = removed;
      removed = object;
    }
  }
  if (fixed && objects != 0) store_.note_deleted(index);
  if (objects != 0) count(objects, words);
  return removed;
}

template <typename Wanted>
Object* Table::remove(uint32_t hash, Term key, Wanted wanted) {
  if (!ordered) {
    return remove_in_bucket(store_.index_of(hash),
                            [&](Object& object) { return same_key(object, hash, key) && wanted(object); });
  }
  Object* object = tree_->find(key);
  if (object == nullptr || !wanted(*object)) return nullptr;
  tree_->remove(key);
  count(-1, -static_cast<int64_t>(object->memory_words()));
  object->next = nullptr;
  return object;
}

}  // namespace phial::ets
