// A walk over a table with a match specification, which may be left when the process's slice is used up and taken up
// again, or end early and leave a continuation. It belongs to the process that runs it.
//
// A walk over a hashed table goes bucket by bucket, the table being fixed meanwhile; over an ordered one, key by key. A
// specification whose clauses all name a key visits these keys only.
#pragma once

#include <memory>
#include <vector>

#include "vm/ets/match_spec.h"
#include "vm/term/off_heap.h"
#include "vm/natives/ets_access.h"

namespace phial::natives {

/// A compiled specification as a term.
class SpecResource final : public Resource {
 public:
  explicit SpecResource(std::unique_ptr<ets::MatchSpec> spec) : spec(std::move(spec)) {}
  static const char kType;
  const void* type() const override { return &kType; }
  const char* type_name() const override { return "match_spec"; }
  std::unique_ptr<ets::MatchSpec> spec;
};

enum class SelectOp : uint8_t { Collect, Count, Delete, Replace };

class Selection final : public Resource {
 public:
  enum class Outcome : uint8_t { Done, Paused, Full, Refused };

  /// [spec] null: every object as it is. Takes over a count of it.
  Selection(Process& p, const Handle& handle, SpecResource* spec, SelectOp op, bool reverse, int64_t limit);
  ~Selection() override;
  static const char kType;
  const void* type() const override { return &kType; }
  const char* type_name() const override { return "ets_selection"; }

  /// Walks on. Results are pushed in front of [list].
  Outcome run(Process& p, Term& list);

  SpecResource* spec() const { return spec_; }
  int64_t count() const { return count_; }
  int64_t limit() const { return limit_; }
  SelectOp op() const { return op_; }
  bool reverse() const { return reverse_; }
  Term refused() const { return refused_; }
  /// Where a continuation goes on: a bucket's number, {key}, or -1 when only what was left over remains.
  Term position(Process& p) const;
  void set_position(Process& p, Term position);
  void set_count(int64_t count) { count_ = count; }

 private:
  void find_keys();
  bool is_full() const { return limit_ > 0 && count_ >= limit_; }
  Outcome run_keys(Process& p, ets::MatchRun& run, Term& list);
  Outcome run_buckets(Process& p, ets::MatchRun& run, Term& list);
  Outcome run_ordered(Process& p, ets::MatchRun& run, Term& list);
  /// What becomes of one object. True: it is to be removed.
  bool visit(Process& p, ets::MatchRun& run, Object& object, Term& list);
  /// Visits the objects of a bucket, or those with a key; a chain to be freed.
  Object* visit_bucket(Process& p, ets::MatchRun& run, uint32_t index, const Term* key, uint32_t hash, Term& list);
  void replace_visited();
  bool writes() const { return op_ == SelectOp::Delete || op_ == SelectOp::Replace; }
  void remember(Term key);

  Tables& tables_;
  Handle handle_;
  SpecResource* spec_;
  SelectOp op_;
  bool reverse_;
  int64_t limit_;
  int64_t count_ = 0;
  Term refused_;
  bool by_key_ = false;
  std::vector<Term> keys_;  // in the specification
  size_t next_key_ = 0;
  uint32_t bucket_ = 0;
  bool over_ = false;           // only left-overs remain
  Object* last_ = nullptr;      // a copy of the last key visited in an ordered table
  bool fixed_ = false;
  uint64_t life_ = 0;
  std::vector<std::pair<Object*, Object*>> replaced_;  // old, fresh
};

}  // namespace phial::natives
