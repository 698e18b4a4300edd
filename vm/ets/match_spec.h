// Match specifications: [{pattern, guards, body}, ...], compiled once and run over many tuples.
//
// A compiled specification is immutable and may be used from several threads, each with a MatchRun of its own. It holds
// copies of the constants it needs. Both the pattern and the expressions are flat programs for a small stack machine, so
// that running one costs no C++ recursion; compiling recurses over nested expressions to a fixed depth.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/atom.h"

namespace phial::ets {

class MatchRun;

/// A function for guards and bodies; none() is an error of the program.
using MatchFunction = Term (*)(MatchRun& run, const Term* args);

/// Something wrong in a specification, as :ets.test_ms words it.
struct MatchError {
  std::string text;
};

class MatchSpec {
 public:
  explicit MatchSpec(const AtomTable& atoms) : atoms_(&atoms) {}
  MatchSpec(const MatchSpec&) = delete;
  MatchSpec& operator=(const MatchSpec&) = delete;
  /// Null, with what is wrong added to [errors], when [spec] is none.
  static std::unique_ptr<MatchSpec> compile(Term spec, AtomTable& atoms, std::vector<MatchError>& errors);
  /// The specification of :ets.match and its like: one clause without guards whose body is [result].
  static std::unique_ptr<MatchSpec> for_pattern(Term pattern, Term result, AtomTable& atoms);

  size_t clause_count() const { return clauses_.size(); }
  /// What the pattern of clause [i] wants at position [index] (from 0) if that is a term without variables, else none().
  Term key_of_clause(size_t i, uint32_t index) const;
  /// Whether every result of every clause is a tuple with the key, at [index], of what matched.
  bool keeps_key(uint32_t index) const;

 private:
  friend class MatchRun;
  friend class MatchCompiler;

  enum class Op : uint8_t {
    // Patterns: the stack holds what is still to be matched.
    Any,    // drop
    Bind,   // variable a := top
    Same,   // variable a === top
    Const,  // constant a === top
    Tuple,  // top is a tuple of a elements: push them
    Cons,   // top is a cons: push tail, head
    Map,    // top is a map; stays
    Key,    // top is a map: push the value under constant a
    Drop,
    Matched,
    // Expressions: the stack holds values.
    PushConst,
    PushVariable,
    PushObject,
    PushAll,       // the list of all variables, in order
    MakeTuple,     // of a values
    MakeList,      // a values and a tail
    MakeMap,       // a keys and values
    Call,          // function a
    And, Or,       // of a values
    AndAlso,       // top false: go to a; true: drop
    OrElse,        // top true: go to a; false: drop
    Guard,         // top must be true
    Return,
  };
  struct Instruction {
    Op op;
    uint32_t a;
  };
  struct Clause {
    uint32_t pattern, guards, body;  // where each starts in code_; guards == body: none
    uint32_t variables;
    std::vector<uint32_t> ordered;   // slots in order of their numbers
    Term head;                       // the pattern as it was given, in arena_
    Term result;                     // the last expression of the body
  };

  const AtomTable* atoms_;
  std::vector<Instruction> code_;
  std::vector<Term> constants_;
  std::vector<Clause> clauses_;
  ArenaSpace arena_;
};

/// One use of a specification: bindings, a stack, and room for what the expressions build.
class MatchRun {
 public:
  MatchRun(const MatchSpec& spec, AtomTable& atoms, Term self) : spec_(spec), atoms_(atoms), self_(self) {}

  /// The result for [object]: none() when no clause matches. It may refer to [object], to the specification and to this
  /// run, and is good until the next call.
  Term run(Term object);

  // For functions.
  Space& space() { return scratch_; }
  AtomTable& atoms() { return atoms_; }
  Term self() const { return self_; }

 private:
  bool match(const MatchSpec::Clause& clause, Term object);
  /// Runs expressions from [pc] up to the next Guard or Return; none() on an error.
  Term evaluate(const MatchSpec::Clause& clause, uint32_t& pc, Term object);
  Term all_variables(const MatchSpec::Clause& clause);

  const MatchSpec& spec_;
  AtomTable& atoms_;
  Term self_;
  std::vector<Term> variables_;
  std::vector<Term> stack_;
  /// Where expressions build their values: emptied for each object.
  class Scratch final : public Space {
   public:
    ~Scratch();
    void reset();

   private:
    static constexpr size_t kPieceWords = 256;
    Word* alloc_slow(size_t words) override;
    std::vector<std::unique_ptr<Word[]>> pieces_;  // the first one is kept
  };
  Scratch scratch_;
};

/// The number of a variable atom like $12; nothing for other terms.
std::optional<uint64_t> match_variable(Term t, const AtomTable& atoms);

}  // namespace phial::ets
