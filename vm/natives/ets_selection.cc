#include "vm/natives/ets_selection.h"

#include <algorithm>

#include "vm/heap/copy.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

const char SpecResource::kType = 0;
const char Selection::kType = 0;

Selection::Selection(Process& p, const Handle& handle, SpecResource* spec, SelectOp op, bool reverse, int64_t limit)
    : tables_(ets_tables(p)), handle_(handle), spec_(spec), op_(op), reverse_(reverse), limit_(limit) {
  number = next_reference_id(p);
  if (spec_ != nullptr) find_keys();
  if (handle_->ordered || by_key_) return;
  life_ = handle_->store().fix();
  fixed_ = true;
}

Selection::~Selection() {
  if (fixed_) handle_->store().unfix(life_);
  if (last_ != nullptr) ets::free_object(last_);
  if (spec_ != nullptr) spec_->release();
}

void Selection::find_keys() {
  uint32_t index = handle_->key_index.load(std::memory_order_relaxed);
  for (size_t i = 0; i < spec_->spec->clause_count(); ++i) {
    Term key = spec_->spec->key_of_clause(i, index);
    if (key.is_none()) {
      keys_.clear();
      return;
    }
    bool known = false;
    for (Term k : keys_) known = known || (handle_->ordered ? equal_loose(k, key) : equal_exact(k, key));
    if (!known) keys_.push_back(key);
  }
  by_key_ = true;
  if (!handle_->ordered) return;
  const AtomTable& atoms = tables_.system().atoms;
  std::sort(keys_.begin(), keys_.end(), [&](Term x, Term y) { return compare_terms(x, y, atoms) < 0; });
  if (reverse_) std::reverse(keys_.begin(), keys_.end());
}

Term Selection::position(Process& p) const {
  if (over_ || by_key_) return Term::fixnum(-1);
  if (!handle_->ordered) return Term::fixnum(bucket_);
  return make_tuple(p.heap, {deep_copy(p.heap, last_->tuple, &p.system->literals)});
}

void Selection::set_position(Process&, Term position) {
  if (position == Term::fixnum(-1)) over_ = true;
  else if (position.is_fixnum()) bucket_ = static_cast<uint32_t>(position.as_fixnum());
  else if (is_tuple_of(position, 1)) remember(tuple_at(position, 0));
}

void Selection::remember(Term key) {
  if (last_ != nullptr) ets::free_object(last_);
  last_ = ets::make_object(key, tables_.literals());
}

bool Selection::visit(Process& p, ets::MatchRun& run, Object& object, Term& list) {
  Term result = spec_ == nullptr ? object.tuple : run.run(object.tuple);
  if (result.is_none()) return false;
  switch (op_) {
    case SelectOp::Collect: {
      Term copy = result == object.tuple ? copy_out(p.heap, object)
                  : result.is_pointer()  ? deep_copy(p.heap, result, &p.system->literals) : result;
      list = make_cons(p.heap, copy, list);
      ++count_;
      return false;
    }
    case SelectOp::Count: count_ += result == atoms::true_; return false;
    case SelectOp::Delete: count_ += result == atoms::true_; return result == atoms::true_;
    case SelectOp::Replace:
      if (result.is_tuple()) {
        Object* fresh = ets::make_object(result, tables_.literals());
        fresh->hash = object.hash;
        replaced_.push_back({&object, fresh});
        ++count_;
      }
      return false;
  }
  return false;
}

void Selection::replace_visited() {
  for (auto& [old, fresh] : replaced_) {
    handle_->replace(old, fresh);
    ets::free_object(old);
  }
  replaced_.clear();
}

Selection::Outcome Selection::run(Process& p, Term& list) {
  if (over_) return Outcome::Done;
  ets::MatchSpec everything(p.atoms());
  ets::MatchRun run(spec_ != nullptr ? *spec_->spec : everything, p.atoms(), p.self);
  Outcome outcome = by_key_ ? run_keys(p, run, list)
                    : handle_->ordered ? run_ordered(p, run, list) : run_buckets(p, run, list);
  if (outcome != Outcome::Paused && fixed_) {
    handle_->store().unfix(life_);
    fixed_ = false;
  }
  if (outcome == Outcome::Done && op_ == SelectOp::Delete) handle_->adapt();
  return outcome;
}

Object* Selection::visit_bucket(Process& p, ets::MatchRun& run, uint32_t index, const Term* key, uint32_t hash, Term& list) {
  auto meant = [&](const Object& o) {
    return key == nullptr || (o.hash == hash && equal_exact(handle_->key_of(o), *key));
  };
  if (op_ == SelectOp::Delete) {
    return handle_->remove_in_bucket(index, [&](Object& o) { return meant(o) && visit(p, run, o, list); });
  }
  for (Object* o = handle_->store().bucket(index); o != nullptr; o = o->next) {
    if (!o->deleted() && meant(*o)) visit(p, run, *o, list);
  }
  replace_visited();
  return nullptr;
}

Selection::Outcome Selection::run_keys(Process& p, ets::MatchRun& run, Term& list) {
  Access access = writes() ? Access::Write : Access::Read;
  for (; next_key_ < keys_.size(); ++next_key_) {
    Term key = keys_[next_key_];
    uint32_t hash = tables_.hash(*handle_.table, key);
    RwLock& lock = handle_->stripe(hash);
    writes() ? lock.lock() : lock.lock_shared();
    refused_ = Tables::check(handle_, access, p.self);
    Object* gone = nullptr;
    if (refused_.is_none()) {
      if (!handle_->ordered) {
        gone = visit_bucket(p, run, handle_->store().index_of(hash), &key, hash, list);
      } else if (Object* o = handle_->tree().find(key)) {
        if (visit(p, run, *o, list)) gone = handle_->remove(0, handle_->key_of(*o), [](Object&) { return true; });
        replace_visited();
      }
    }
    writes() ? lock.unlock() : lock.unlock_shared();
    ets::free_chain(gone);
    p.charge(1);
    if (!refused_.is_none()) return Outcome::Refused;
  }
  over_ = true;
  return is_full() && count_ > limit_ ? Outcome::Full : Outcome::Done;
}

Selection::Outcome Selection::run_buckets(Process& p, ets::MatchRun& run, Term& list) {
  Access access = writes() ? Access::Write : Access::Read;
  while (bucket_ < handle_->store().buckets()) {
    RwLock& lock = handle_->stripe(bucket_);
    writes() ? lock.lock() : lock.lock_shared();
    refused_ = Tables::check(handle_, access, p.self);
    Object* gone = nullptr;
    if (refused_.is_none() && bucket_ < handle_->store().buckets() && handle_->store().bucket(bucket_) != nullptr) {
      gone = visit_bucket(p, run, bucket_, nullptr, 0, list);
      p.charge(2);
    }
    writes() ? lock.unlock() : lock.unlock_shared();
    ets::free_chain(gone);
    if (!refused_.is_none()) return Outcome::Refused;
    if (++bucket_ % 8 == 0) p.charge(1);
    if (is_full()) return Outcome::Full;
    if (p.out_of_reductions()) return Outcome::Paused;
  }
  over_ = true;
  return Outcome::Done;
}

Selection::Outcome Selection::run_ordered(Process& p, ets::MatchRun& run, Term& list) {
  constexpr int kChunk = 64;
  Access access = writes() ? Access::Write : Access::Read;
  for (;;) {
    RwLock& lock = handle_->stripe(0);
    writes() ? lock.lock() : lock.lock_shared();
    refused_ = Tables::check(handle_, access, p.self);
    Object* gone = nullptr;
    Term last = Term::none();
    bool more = refused_.is_none();
    for (int i = 0; more && i < kChunk && !is_full(); ++i) {
      Term key = !last.is_none() ? last : last_ != nullptr ? last_->tuple : Term::none();
      ets::OrderedStore& tree = handle_->tree();
      Object* o = key.is_none() ? (reverse_ ? tree.last() : tree.first()) : (reverse_ ? tree.before(key) : tree.after(key));
      if (o == nullptr) {
        more = false;
        break;
      }
      last = handle_->key_of(*o);
      if (visit(p, run, *o, list)) {
        // Kept until the chunk ends: [last] is its key.
        Object* removed = handle_->remove(0, last, [](Object&) { return true; });
        removed->next = gone;
        gone = removed;
      } else if (!replaced_.empty()) {
        remember(last);
        last = Term::none();
        replace_visited();
      }
      p.charge(1);
    }
    if (more && !last.is_none()) remember(last);
    writes() ? lock.unlock() : lock.unlock_shared();
    ets::free_chain(gone);
    if (!refused_.is_none()) return Outcome::Refused;
    if (!more) {
      over_ = true;
      return Outcome::Done;
    }
    if (is_full()) return Outcome::Full;
    if (p.out_of_reductions()) return Outcome::Paused;
  }
}

}  // namespace phial::natives
