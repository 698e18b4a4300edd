// The tables of a runtime: by reference, by name, by owner.
//
// Looking a table up is two loads; the struct found is always good memory, and its id, checked under one of its locks,
// says whether it is still the table that was meant. Owners are kept apart, so that a process on its way out finds what
// it leaves behind.
//
// operation     who                            locks
// find          any                            none; then a stripe of the table, then check()
// create        the owner to be                owners_, names_
// destroy       the owner, or its exit         owners_, names_, resizing, all stripes
// give          the owner, or its exit         owners_, all stripes
#pragma once

#include <mutex>
#include <unordered_map>
#include <vector>

#include "vm/ets/table.h"
#include "vm/process/system.h"

namespace phial::ets {

/// A table as somebody named it. Null: there is none.
struct Handle {
  Table* table = nullptr;
  uint64_t id = 0;
  bool by_name = false;
  Term name;
  explicit operator bool() const { return table != nullptr; }
  Table* operator->() const { return table; }
};

class Tables final : public TableKeeper {
 public:
  explicit Tables(ProcessSystem& system) : system_(system) {}
  ~Tables() override;

  /// [which] is a name or a reference.
  Handle find(Term which) const;
  /// Under a stripe of the table: none() when [self] may do this, else the reason (:id or :access).
  static Term check(const Handle& handle, Access access, Term self);
  uint32_t hash(const Table& table, Term key) { return table.hash(key, key.is_atom() ? atom_hash(key) : 0); }

  /// A new table of [p]; null when the name is taken.
  Table* create(Process& p, Term name, const TableOptions& options);
  /// Reason for refusing, or none().
  Term destroy(Process& p, const Handle& handle);
  Term rename(Process& p, const Handle& handle, Term name, bool& taken);
  enum class Given : uint8_t { Yes, NoTable, NoAccess, ToItself, Dead };
  Given give(Process& p, const Handle& handle, Term to, Term data);
  Term set_heir(Process& p, const Handle& handle, Term heir, Term data);
  Term delete_all_objects(Process& p, const Handle& handle);
  Term fix(Process& p, const Handle& handle, bool on);
  std::vector<Ref> all() const;

  // TableKeeper.
  void owner_exits(Process& p) override;

  ProcessSystem& system() { return system_; }
  const LiteralRegistry& literals() const { return system_.literals; }
  /// Frees [contents], on a thread of the blocking pool when it is much.
  void free_later(Contents contents);

 private:
  static constexpr uint32_t kChunk = 4096;
  static constexpr uint32_t kChunks = 1024;
  struct AtomSlot {
    std::atomic<Table*> table{nullptr};    // named so
    std::atomic<uint32_t> hash{0};         // of the atom's text, plus 1
  };

  uint32_t atom_hash(Term atom);
  /// Null for atoms beyond the last chunk: these name no tables.
  AtomSlot* atom_slot(Term atom) const;
  /// A place for a table of this shape; owners_ held.
  Table* take_place(bool ordered, uint32_t stripes);
  void disown(Term owner, Table& table);
  /// Ends the table; owners_ held, the owner's list of it is the caller's to change.
  void end(Table& table);
  bool hand_over(Process& from, Table& table, Term to, Term message_data);
  void unfix_all(Process& p);

  ProcessSystem& system_;
  mutable std::mutex owners_mutex_;
  std::unordered_map<uint64_t, std::vector<Table*>> owners_;  // by pid_id
  std::unordered_map<uint64_t, std::vector<Table*>> fixers_;
  std::vector<std::unique_ptr<Table>> places_;
  std::unordered_map<uint32_t, std::vector<Table*>> free_;  // by shape
  std::atomic<std::atomic<Table*>*> chunks_[kChunks] = {};
  static constexpr uint32_t kAtomChunk = 4096;
  static constexpr uint32_t kAtomChunks = 4096;
  mutable std::atomic<AtomSlot*> atom_chunks_[kAtomChunks] = {};
};

/// The mark of references to tables, in Ref::info; the place's number stands where other references have their maker.
inline constexpr Word kTableRef = 2;

}  // namespace phial::ets
