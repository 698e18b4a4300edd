#include "vm/ets/tables.h"

#include <algorithm>
#include <cstdlib>

#include "vm/process/message.h"
#include "vm/term/hash.h"
#include "vm/term/tuple.h"

namespace phial::ets {

namespace {

constexpr int64_t kManyObjects = 5000;

/// Frees what was in a table, away from the schedulers.
class FreeContents final : public BlockingCall {
 public:
  explicit FreeContents(Contents contents) : contents_(std::move(contents)) {}
  void work() override { Contents gone = std::move(contents_); }

 private:
  Contents contents_;
};

uint32_t shape_of(bool ordered, uint32_t stripes) { return stripes * 2 + (ordered ? 1 : 0); }

uint32_t stripes_for(const TableOptions& options) {
  if (options.type == TableType::OrderedSet || options.protection == Protection::Private) return 1;
  bool concurrent = options.read_concurrency || options.write_concurrency != atoms::false_;
  return concurrent ? 64 : 16;
}

}  // namespace

Tables::~Tables() {
  for (auto& place : places_) {
    if (place->id.load(std::memory_order_relaxed) != 0) {
      Contents gone = place->take_all(system_.atoms, literals());
    }
  }
  for (auto& chunk : chunks_) std::free(chunk.load(std::memory_order_relaxed));
  for (auto& chunk : atom_chunks_) std::free(chunk.load(std::memory_order_relaxed));
}

Tables::AtomSlot* Tables::atom_slot(Term atom) const {
  uint32_t index = atom.atom_index();
  if (index / kAtomChunk >= kAtomChunks) return nullptr;
  std::atomic<AtomSlot*>& cell = atom_chunks_[index / kAtomChunk];
  AtomSlot* chunk = cell.load(std::memory_order_acquire);
  if (__builtin_expect(chunk == nullptr, 0)) {
    auto* fresh = static_cast<AtomSlot*>(std::calloc(kAtomChunk, sizeof(AtomSlot)));
    VM_CHECK(fresh != nullptr);
    // release publishes the zeros; who loses takes the winner's.
    if (cell.compare_exchange_strong(chunk, fresh, std::memory_order_acq_rel, std::memory_order_acquire)) chunk = fresh;
    else std::free(fresh);
  }
  return &chunk[index % kAtomChunk];
}

uint32_t Tables::atom_hash(Term atom) {
  AtomSlot* slot = atom_slot(atom);
  if (slot == nullptr) return portable_hash(atom, system_.atoms);
  uint32_t known = slot->hash.load(std::memory_order_relaxed);
  if (__builtin_expect(known == 0, 0)) {
    known = portable_hash(atom, system_.atoms) + 1;
    slot->hash.store(known, std::memory_order_relaxed);
  }
  return known - 1;
}

Handle Tables::find(Term which) const {
  Handle handle;
  if (which.is_atom()) {
    AtomSlot* slot = atom_slot(which);
    if (slot == nullptr) return handle;
    handle.table = slot->table.load(std::memory_order_acquire);
    if (handle.table == nullptr) return handle;
    handle.id = handle.table->id.load(std::memory_order_acquire);
    handle.by_name = true;
    handle.name = which;
    if (handle.id == 0) handle.table = nullptr;
    return handle;
  }
  if (!which.is_reference()) return handle;
  Ref ref = Ref::from(which);
  if ((ref.info & 15) != kTableRef) return handle;
  uint64_t slot = ref.info >> 4;
  if (slot / kChunk >= kChunks) return handle;
  std::atomic<Table*>* chunk = chunks_[slot / kChunk].load(std::memory_order_acquire);
  if (chunk == nullptr) return handle;
  Table* table = chunk[slot % kChunk].load(std::memory_order_acquire);
  if (table == nullptr || table->id.load(std::memory_order_relaxed) != ref.id) return handle;
  handle.table = table;
  handle.id = ref.id;
  return handle;
}

Term Tables::check(const Handle& handle, Access access, Term self) {
  const Table& table = *handle.table;
  if (table.id.load(std::memory_order_relaxed) != handle.id) return atoms::id;
  if (handle.by_name && (!table.options.named || table.name != handle.name)) return atoms::id;
  if (table.owner == self || access == Access::Any) return Term::none();
  Protection protection = table.options.protection;
  if (access == Access::Owner || protection == Protection::Private) return atoms::access;
  if (access == Access::Write && protection == Protection::Protected) return atoms::access;
  return Term::none();
}

Table* Tables::take_place(bool ordered, uint32_t stripes) {
  std::vector<Table*>& free = free_[shape_of(ordered, stripes)];
  if (!free.empty()) {
    Table* table = free.back();
    free.pop_back();
    return table;
  }
  uint32_t slot = static_cast<uint32_t>(places_.size());
  if (slot / kChunk >= kChunks) return nullptr;
  std::atomic<Table*>* chunk = chunks_[slot / kChunk].load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    chunk = static_cast<std::atomic<Table*>*>(std::calloc(kChunk, sizeof(std::atomic<Table*>)));
    VM_CHECK(chunk != nullptr);
    chunks_[slot / kChunk].store(chunk, std::memory_order_release);
  }
  places_.push_back(std::make_unique<Table>(slot, ordered, stripes));
  Table* table = places_.back().get();
  chunk[slot % kChunk].store(table, std::memory_order_release);
  return table;
}

Table* Tables::create(Process& p, Term name, const TableOptions& options) {
  std::lock_guard owners(owners_mutex_);
  AtomSlot* named = nullptr;
  if (options.named) {
    named = atom_slot(name);
    if (named == nullptr || named->table.load(std::memory_order_relaxed) != nullptr) return nullptr;
  }
  Table* table = take_place(options.type == TableType::OrderedSet, stripes_for(options));
  if (table == nullptr) return nullptr;
  {
    WriteGuard all(*table);
    table->key_index.store(options.key_index, std::memory_order_relaxed);
    table->options = options;
    table->name = name;
    table->owner = p.self;
    table->heir_data = options.heir.is_none() ? nullptr : make_object(options.heir_data, literals());
    table->options.heir_data = Term::none();
    table->ref = {next_reference_id(p), (Word{table->slot} << 4) | kTableRef};
    table->begin(system_.atoms, literals());
    table->id.store(table->ref.id, std::memory_order_release);
  }
  if (named != nullptr) named->table.store(table, std::memory_order_release);
  owners_[p.self.pid_id()].push_back(table);
  p.set(kOwnsTables);
  return table;
}

void Tables::disown(Term owner, Table& table) {
  auto it = owners_.find(owner.pid_id());
  if (it == owners_.end()) return;
  std::vector<Table*>& list = it->second;
  list.erase(std::remove(list.begin(), list.end(), &table), list.end());
  if (list.empty()) owners_.erase(it);
}

void Tables::free_later(Contents contents) {
  if (contents.objects < kManyObjects) return;
  auto* call = new FreeContents(std::move(contents));
  call->caller = Term::none();
  system_.run_blocking(call);
  call->release();
}

void Tables::end(Table& table) {
  Contents contents;
  Object* heir_data;
  {
    std::lock_guard resizing(table.store().resizing());
    WriteGuard all(table);
    if (table.options.named) atom_slot(table.name)->table.store(nullptr, std::memory_order_release);
    table.id.store(0, std::memory_order_release);
    contents = table.take_all(system_.atoms, literals());
    heir_data = std::exchange(table.heir_data, nullptr);
    table.owner = Term::none();
  }
  {
    std::lock_guard lock(table.fixers_mutex);
    table.fixers.clear();
  }
  if (heir_data != nullptr) free_object(heir_data);
  free_[shape_of(table.ordered, table.stripe_count)].push_back(&table);
  free_later(std::move(contents));
}

Term Tables::destroy(Process& p, const Handle& handle) {
  std::lock_guard owners(owners_mutex_);
  Table& table = *handle.table;
  Term owner;
  {
    SharedGuard lock(table.stripe(0));
    Term refused = check(handle, Access::Write, p.self);
    if (!refused.is_none()) return refused;
    owner = table.owner;
  }
  disown(owner, table);
  end(table);
  return Term::none();
}

Term Tables::rename(Process& p, const Handle& handle, Term name, bool& taken) {
  std::lock_guard owners(owners_mutex_);
  WriteGuard all(*handle.table);
  Table& table = *handle.table;
  taken = false;
  Term refused = check(handle, Access::Write, p.self);
  if (!refused.is_none()) return refused;
  if (table.options.named) {
    AtomSlot* to = atom_slot(name);
    if (to == nullptr || to->table.load(std::memory_order_relaxed) != nullptr) {
      taken = true;
      return Term::none();
    }
    atom_slot(table.name)->table.store(nullptr, std::memory_order_release);
    to->table.store(&table, std::memory_order_release);
  }
  table.name = name;
  return Term::none();
}

/// Makes [to] the owner if it lives; sends it the message. owners_ held; [from] still is the owner.
bool Tables::hand_over(Process& from, Table& table, Term to, Term data) {
  gave_away.store(true, std::memory_order_seq_cst);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (system_.table.find(to) == nullptr) return false;
  owners_[to.pid_id()].push_back(&table);
  Term what = table.name;
  ScratchSpace<kReferenceWords + 5> scratch;
  {
    WriteGuard all(table);
    table.owner = to;
    if (!table.options.named) what = make_reference(scratch, table.ref);
  }
  Term message = make_tuple(scratch, {atoms::ets_transfer, what, from.self, data});
  deliver(system_, from.scheduler, to, new_message(system_, message));
  return true;
}

Tables::Given Tables::give(Process& p, const Handle& handle, Term to, Term data) {
  std::lock_guard owners(owners_mutex_);
  Table& table = *handle.table;
  {
    SharedGuard lock(table.stripe(0));
    Term refused = check(handle, Access::Owner, p.self);
    if (!refused.is_none()) return refused == atoms::id ? Given::NoTable : Given::NoAccess;
  }
  if (to == p.self) return Given::ToItself;
  if (!hand_over(p, table, to, data)) return Given::Dead;
  disown(p.self, table);
  return Given::Yes;
}

Term Tables::set_heir(Process& p, const Handle& handle, Term heir, Term data) {
  Object* fresh = heir.is_none() ? nullptr : make_object(data, literals());
  Term refused;
  {
    WriteGuard all(*handle.table);
    refused = check(handle, Access::Owner, p.self);
    if (refused.is_none()) {
      handle->options.heir = heir;
      std::swap(fresh, handle->heir_data);
    }
  }
  if (fresh != nullptr) free_object(fresh);
  return refused;
}

Term Tables::delete_all_objects(Process& p, const Handle& handle) {
  Contents contents;
  {
    std::lock_guard resizing(handle->store().resizing());
    WriteGuard all(*handle.table);
    Term refused = check(handle, Access::Write, p.self);
    if (!refused.is_none()) return refused;
    contents = handle->take_all(system_.atoms, literals());
  }
  free_later(std::move(contents));
  return Term::none();
}

Term Tables::fix(Process& p, const Handle& handle, bool on) {
  std::lock_guard owners(owners_mutex_);
  Table& table = *handle.table;
  {
    SharedGuard lock(table.stripe(0));
    Term refused = check(handle, Access::Read, p.self);
    if (!refused.is_none()) return refused;
  }
  std::lock_guard lock(table.fixers_mutex);
  auto it = std::find_if(table.fixers.begin(), table.fixers.end(), [&](const Table::Fixer& f) { return f.pid == p.self; });
  if (on) {
    if (table.fixers.empty()) table.fixed_since_ns = system_.environment.monotonic_ns();
    uint64_t life = table.store().fix();
    if (it != table.fixers.end()) {
      // The life may have changed since; one hold is enough.
      if (it->life == life) table.store().unfix(life);
      it->life = life;
      ++it->count;
    } else {
      table.fixers.push_back({p.self, 1, life});
      fixers_[p.self.pid_id()].push_back(&table);
      p.set(kOwnsTables);
    }
  } else if (it != table.fixers.end() && --it->count == 0) {
    table.store().unfix(it->life);
    table.fixers.erase(it);
    auto& list = fixers_[p.self.pid_id()];
    list.erase(std::remove(list.begin(), list.end(), &table), list.end());
    if (list.empty()) fixers_.erase(p.self.pid_id());
  }
  return Term::none();
}

void Tables::unfix_all(Process& p) {
  auto it = fixers_.find(p.self.pid_id());
  if (it == fixers_.end()) return;
  std::vector<Table*> list = std::move(it->second);
  fixers_.erase(it);
  for (Table* table : list) {
    std::lock_guard lock(table->fixers_mutex);
    for (auto f = table->fixers.begin(); f != table->fixers.end(); ++f) {
      if (f->pid != p.self) continue;
      table->store().unfix(f->life);
      table->fixers.erase(f);
      break;
    }
  }
}

void Tables::owner_exits(Process& p) {
  std::lock_guard owners(owners_mutex_);
  unfix_all(p);
  auto it = owners_.find(p.self.pid_id());
  if (it == owners_.end()) return;
  std::vector<Table*> list = std::move(it->second);
  owners_.erase(it);
  for (Table* table : list) {
    Term heir = table->options.heir;  // only the owner changes it
    if (!heir.is_none() && heir != p.self && hand_over(p, *table, heir, table->heir_data->tuple)) continue;
    end(*table);
  }
}

std::vector<Ref> Tables::all() const {
  std::lock_guard owners(owners_mutex_);
  std::vector<Ref> refs;
  for (auto& place : places_) {
    if (place->id.load(std::memory_order_acquire) != 0) refs.push_back(place->ref);
  }
  return refs;
}

}  // namespace phial::ets
