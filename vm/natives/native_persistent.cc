#include <mutex>

#include "vm/heap/copy.h"
#include "vm/natives/native_state.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {

PersistentTerms::Entry* PersistentTerms::find(uint64_t hash, Term key) const {
  for (Entry& e : buckets_[hash % buckets_.size()])
    if (e.hash == hash && equal_exact(e.key, key)) return &e;
  return nullptr;
}

Term PersistentTerms::get(Term key) const {
  std::shared_lock lock(mutex_);
  Entry* e = find(hash_term(key), key);
  return e ? e->value : Term::none();
}

void PersistentTerms::put(Term key, Term value) {
  uint64_t hash = hash_term(key);
  std::unique_lock lock(mutex_);
  if (Entry* e = find(hash, key)) {
    if (!equal_exact(e->value, value)) e->value = deep_copy(space_, value);
    return;
  }
  buckets_[hash % buckets_.size()].push_back({hash, deep_copy(space_, key), deep_copy(space_, value)});
  ++count_;
}

bool PersistentTerms::erase(Term key) {
  uint64_t hash = hash_term(key);
  std::unique_lock lock(mutex_);
  std::vector<Entry>& bucket = buckets_[hash % buckets_.size()];
  for (size_t i = 0; i < bucket.size(); ++i) {
    if (bucket[i].hash != hash || !equal_exact(bucket[i].key, key)) continue;
    bucket.erase(bucket.begin() + static_cast<ptrdiff_t>(i));
    --count_;
    return true;
  }
  return false;
}

size_t PersistentTerms::count() const {
  std::shared_lock lock(mutex_);
  return count_;
}

void PersistentTerms::all(std::vector<Term>& out) const {
  std::shared_lock lock(mutex_);
  for (const std::vector<Entry>& bucket : buckets_) {
    for (const Entry& e : bucket) {
      out.push_back(e.key);
      out.push_back(e.value);
    }
  }
}

namespace natives {

Term persistent_term_get(Process& p, Term* a) {
  Term value = native_state(p).persistent.get(a[0]);
  return value.is_none() ? p.raise_badarg() : value;
}
Term persistent_term_get_default(Process& p, Term* a) {
  Term value = native_state(p).persistent.get(a[0]);
  return value.is_none() ? a[1] : value;
}
Term persistent_term_put(Process& p, Term* a) {
  native_state(p).persistent.put(a[0], a[1]);
  return atoms::ok;
}
Term persistent_term_erase(Process& p, Term* a) { return boolean(native_state(p).persistent.erase(a[0])); }
Term persistent_term_info(Process& p, Term*) {
  std::vector<Term> terms;
  native_state(p).persistent.all(terms);
  size_t words = 0;
  for (Term t : terms) words += copy_size(t, nullptr);
  Term pairs[] = {p.atoms().intern("count"), Term::fixnum(static_cast<int64_t>(terms.size() / 2)), atoms::memory,
                  Term::fixnum(static_cast<int64_t>(words * sizeof(Word)))};
  return make_map(p.heap, p.atoms(), pairs);
}
Term persistent_term_all(Process& p, Term*) {
  std::vector<Term> pairs;
  native_state(p).persistent.all(pairs);
  ListBuilder out(p.heap);
  for (size_t i = 0; i < pairs.size(); i += 2) out.push(make_tuple(p.heap, {pairs[i], pairs[i + 1]}));
  return out.finish();
}

}  // namespace natives
}  // namespace phial
