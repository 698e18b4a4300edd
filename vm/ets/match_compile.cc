#include <algorithm>

#include "vm/ets/match_functions.h"
#include "vm/ets/match_spec.h"
#include "vm/heap/copy.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/inspect.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::ets {

std::optional<uint64_t> match_variable(Term t, const AtomTable& atoms) {
  if (!t.is_atom()) return {};
  std::string_view text = atoms.text(t);
  if (text.size() < 2 || text.size() > 10 || text[0] != '$') return {};
  if (text[1] == '0' && text.size() > 2) return {};
  uint64_t number = 0;
  for (char c : text.substr(1)) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

namespace {

/// Calls visit(leaf) for every part of [t] that is no list, tuple or (if [into_maps]) map, until it returns false.
template <typename Visit>
bool all_leaves(Term t, bool into_maps, Visit visit) {
  std::vector<Term> todo{t};
  while (!todo.empty()) {
    Term next = todo.back();
    todo.pop_back();
    while (next.is_cons()) {
      if (next.head().is_pointer()) todo.push_back(next.head());
      else if (!visit(next.head())) return false;
      next = next.tail();
    }
    if (next.is_tuple()) {
      for (size_t i = 0; i < tuple_arity(next); ++i) todo.push_back(tuple_at(next, i));
    } else if (into_maps && next.is_map()) {
      MapIterator it(next);
      Term key, value;
      while (it.next(key, value)) {
        todo.push_back(key);
        todo.push_back(value);
      }
    } else if (!visit(next)) {
      return false;
    }
  }
  return true;
}

bool is_wild(Term leaf, const AtomTable& table) { return leaf == atoms::underscore || match_variable(leaf, table); }

/// Without variables.
bool is_ground(Term t, const AtomTable& table) {
  return all_leaves(t, true, [&](Term leaf) { return !is_wild(leaf, table); });
}
/// Matches nothing but itself: a pattern with maps also matches bigger maps.
bool is_exact(Term t, const AtomTable& table) {
  return all_leaves(t, false, [&](Term leaf) { return !is_wild(leaf, table) && !leaf.is_map(); });
}

}  // namespace

class MatchCompiler {
 public:
  MatchCompiler(MatchSpec& spec, AtomTable& atoms, std::vector<MatchError>& errors)
      : spec_(spec), atoms_(atoms), errors_(errors) {}

  void clause(Term head, Term guards, Term body) {
    numbers_.clear();
    MatchSpec::Clause c;
    c.head = head;
    c.pattern = here();
    pattern(head);
    emit(Op::Matched);
    if (list_length(guards) < 0 || list_length(body) < 0) {
      fail("Match expression is not a list.");
      return;
    }
    c.guards = here();
    for (Term g = guards; g.is_cons(); g = g.tail()) {
      expression(g.head(), 0);
      emit(Op::Guard);
    }
    c.body = here();
    if (body.is_nil_list()) fail("Body clause does not return anything.");
    for (Term b = body; b.is_cons(); b = b.tail()) {
      expression(b.head(), 0);
      c.result = b.head();
      if (!b.tail().is_nil_list()) emit(Op::Drop);
    }
    emit(Op::Return);
    c.variables = static_cast<uint32_t>(numbers_.size());
    std::vector<std::pair<uint64_t, uint32_t>> sorted;
    for (uint32_t i = 0; i < numbers_.size(); ++i) sorted.push_back({numbers_[i], i});
    std::sort(sorted.begin(), sorted.end());
    for (auto& [number, slot] : sorted) c.ordered.push_back(slot);
    spec_.clauses_.push_back(std::move(c));
  }

  void fail(std::string text) { errors_.push_back({std::move(text)}); }

 private:
  using Op = MatchSpec::Op;
  static constexpr int kMaxDepth = 2000;

  uint32_t here() const { return static_cast<uint32_t>(spec_.code_.size()); }
  void emit(Op op, size_t a = 0) { spec_.code_.push_back({op, static_cast<uint32_t>(a)}); }
  uint32_t constant(Term t) {
    spec_.constants_.push_back(t);
    return static_cast<uint32_t>(spec_.constants_.size() - 1);
  }
  int slot_of(uint64_t number) const {
    auto it = std::find(numbers_.begin(), numbers_.end(), number);
    return it == numbers_.end() ? -1 : static_cast<int>(it - numbers_.begin());
  }

  struct Work {
    enum Kind { Pattern, Key, Drop } kind;
    Term term;
  };

  void pattern(Term head) {
    std::vector<Work> todo{{Work::Pattern, head}};
    while (!todo.empty()) {
      Work w = todo.back();
      todo.pop_back();
      if (w.kind == Work::Key) emit(Op::Key, constant(w.term));
      else if (w.kind == Work::Drop) emit(Op::Drop);
      else one_pattern(w.term, todo);
    }
  }

  void one_pattern(Term t, std::vector<Work>& todo) {
    if (t == atoms::underscore) {
      emit(Op::Any);
    } else if (auto number = match_variable(t, atoms_)) {
      int slot = slot_of(*number);
      if (slot < 0) {
        numbers_.push_back(*number);
        emit(Op::Bind, numbers_.size() - 1);
      } else {
        emit(Op::Same, static_cast<size_t>(slot));
      }
    } else if (t.is_tuple() && !is_exact(t, atoms_)) {
      emit(Op::Tuple, tuple_arity(t));
      for (size_t i = tuple_arity(t); i-- > 0;) todo.push_back({Work::Pattern, tuple_at(t, i)});
    } else if (t.is_cons() && !is_exact(t, atoms_)) {
      emit(Op::Cons);
      todo.push_back({Work::Pattern, t.tail()});
      todo.push_back({Work::Pattern, t.head()});
    } else if (t.is_map()) {
      // A map pattern matches maps with more keys, so it is never a constant.
      emit(Op::Map);
      todo.push_back({Work::Drop, {}});
      MapIterator it(t);
      Term key, value;
      std::vector<std::pair<Term, Term>> entries;
      while (it.next(key, value)) {
        if (!is_ground(key, atoms_)) fail("Variable found in map key.");
        entries.push_back({key, value});
      }
      for (size_t i = entries.size(); i-- > 0;) {
        todo.push_back({Work::Pattern, entries[i].second});
        todo.push_back({Work::Key, entries[i].first});
      }
    } else {
      emit(Op::Const, constant(t));
    }
  }

  void expression(Term t, int depth) {
    if (depth > kMaxDepth) {
      fail("Match expression is nested too deeply.");
      return;
    }
    if (t.is_atom()) {
      atom(t);
    } else if (t.is_cons()) {
      size_t n = 0;
      for (; t.is_cons(); t = t.tail(), ++n) expression(t.head(), depth + 1);
      expression(t, depth + 1);
      emit(Op::MakeList, n);
    } else if (t.is_map()) {
      MapIterator it(t);
      Term key, value;
      size_t n = 0;
      for (; it.next(key, value); ++n) {
        expression(key, depth + 1);
        expression(value, depth + 1);
      }
      emit(Op::MakeMap, n);
    } else if (t.is_tuple()) {
      tuple(t, depth);
    } else {
      emit(Op::PushConst, constant(t));
    }
  }

  void atom(Term t) {
    if (t == atoms::dollar_underscore) return emit(Op::PushObject);
    if (t == atoms::dollar_dollar) return emit(Op::PushAll);
    auto number = match_variable(t, atoms_);
    if (!number) return emit(Op::PushConst, constant(t));
    int slot = slot_of(*number);
    if (slot < 0) fail("Variable $" + std::to_string(*number) + " is unbound.");
    emit(Op::PushVariable, static_cast<size_t>(slot < 0 ? 0 : slot));
  }

  void tuple(Term t, int depth) {
    size_t arity = tuple_arity(t);
    if (arity == 1 && tuple_at(t, 0).is_tuple()) {
      Term inner = tuple_at(t, 0);
      for (size_t i = 0; i < tuple_arity(inner); ++i) expression(tuple_at(inner, i), depth + 1);
      emit(Op::MakeTuple, tuple_arity(inner));
      return;
    }
    if (arity == 0 || !tuple_at(t, 0).is_atom()) {
      fail(inspect_term(t, atoms_) + " is neither a function call, nor a tuple (tuples are written {{ ... }}).");
      return;
    }
    std::string_view name = atoms_.text(tuple_at(t, 0));
    size_t count = arity - 1;
    if (name == "const") {
      if (count != 1) fail("Special form 'const' called with more than one argument in {const}.");
      else emit(Op::PushConst, constant(tuple_at(t, 1)));
    } else if (name == "and" || name == "or") {
      if (count == 0) return no_arguments(name);
      for (size_t i = 1; i < arity; ++i) expression(tuple_at(t, i), depth + 1);
      emit(name == "and" ? Op::And : Op::Or, count);
    } else if (name == "andalso" || name == "orelse") {
      if (count == 0) return no_arguments(name);
      std::vector<uint32_t> jumps;
      for (size_t i = 1; i < arity; ++i) {
        expression(tuple_at(t, i), depth + 1);
        if (i + 1 == arity) break;
        jumps.push_back(here());
        emit(name == "andalso" ? Op::AndAlso : Op::OrElse);
      }
      for (uint32_t at : jumps) spec_.code_[at].a = here();
    } else {
      int function = find_match_function(name, count);
      if (function < 0) {
        fail("Function " + std::string(name) + "/" + std::to_string(count) + " does_not_exist.");
        return;
      }
      for (size_t i = 1; i < arity; ++i) expression(tuple_at(t, i), depth + 1);
      emit(Op::Call, static_cast<size_t>(function));
    }
  }

  void no_arguments(std::string_view name) {
    std::string text(name);
    fail("Special form '" + text + "' called without arguments in {" + text + "}.");
  }

  MatchSpec& spec_;
  AtomTable& atoms_;
  std::vector<MatchError>& errors_;
  std::vector<uint64_t> numbers_;  // of the variables, by slot
};

std::unique_ptr<MatchSpec> MatchSpec::compile(Term spec, AtomTable& atoms, std::vector<MatchError>& errors) {
  auto compiled = std::make_unique<MatchSpec>(atoms);
  MatchCompiler compiler(*compiled, atoms, errors);
  if (list_length(spec) <= 0) {
    compiler.fail("Match programs are not in a list.");
    return nullptr;
  }
  spec = deep_copy(compiled->arena_, spec);
  for (; spec.is_cons(); spec = spec.tail()) {
    Term clause = spec.head();
    if (!is_tuple_of(clause, 3)) {
      compiler.fail("Match program part is not a tuple of arity 3.");
      return nullptr;
    }
    compiler.clause(tuple_at(clause, 0), tuple_at(clause, 1), tuple_at(clause, 2));
  }
  return errors.empty() ? std::move(compiled) : nullptr;
}

std::unique_ptr<MatchSpec> MatchSpec::for_pattern(Term pattern, Term result, AtomTable& atoms) {
  auto compiled = std::make_unique<MatchSpec>(atoms);
  std::vector<MatchError> errors;
  MatchCompiler compiler(*compiled, atoms, errors);
  Term head = deep_copy(compiled->arena_, pattern);
  compiler.clause(head, Term::nil_list(), make_list(compiled->arena_, {result}));
  for (Clause& c : compiled->clauses_) c.head = head;
  return errors.empty() ? std::move(compiled) : nullptr;
}

Term MatchSpec::key_of_clause(size_t i, uint32_t index) const {
  Term head = clauses_[i].head;
  if (!head.is_tuple() || index >= tuple_arity(head)) return Term::none();
  Term key = tuple_at(head, index);
  return is_exact(key, *atoms_) ? key : Term::none();
}

bool MatchSpec::keeps_key(uint32_t index) const {
  for (size_t i = 0; i < clauses_.size(); ++i) {
    const Clause& c = clauses_[i];
    if (c.result == atoms::dollar_underscore) continue;
    if (!c.head.is_tuple() || index >= tuple_arity(c.head)) return false;
    if (!is_tuple_of(c.result, 1) || !tuple_at(c.result, 0).is_tuple()) return false;
    Term built = tuple_at(c.result, 0);
    if (index >= tuple_arity(built)) return false;
    Term made = tuple_at(built, index);
    Term key = tuple_at(c.head, index);
    if (match_variable(key, *atoms_) && made == key) continue;
    // {element, position, '$_'}
    if (is_tuple_of(made, 3) && tuple_at(made, 0).is_atom() && atoms_->text(tuple_at(made, 0)) == "element" &&
        tuple_at(made, 1) == Term::fixnum(int64_t{index} + 1) && tuple_at(made, 2) == atoms::dollar_underscore) {
      continue;
    }
    if (is_tuple_of(made, 2) && tuple_at(made, 0) == atoms::const_) made = tuple_at(made, 1);
    else if (made.is_tuple() && is_tuple_of(made, 1)) made = tuple_at(made, 0);
    else if (made.is_tuple()) return false;
    if (!is_exact(key, *atoms_) || !equal_exact(made, key)) return false;
  }
  return true;
}

}  // namespace phial::ets
