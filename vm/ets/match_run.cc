#include "vm/ets/match_functions.h"
#include "vm/ets/match_spec.h"
#include "vm/term/off_heap.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::ets {

MatchRun::Scratch::~Scratch() { release_off_heap_list(off_heap); }

void MatchRun::Scratch::reset() {
  if (pieces_.empty()) return;
  release_off_heap_list(off_heap);
  off_heap = Term::none();
  off_heap_bytes = 0;
  pieces_.resize(1);
  low_ = pieces_[0].get();
  hp_ = low_ + kPieceWords;
}

Word* MatchRun::Scratch::alloc_slow(size_t words) {
  if (pieces_.empty()) {
    pieces_.push_back(std::make_unique_for_overwrite<Word[]>(kPieceWords));
    low_ = pieces_[0].get();
    hp_ = low_ + kPieceWords;
    if (words <= kPieceWords) {
      hp_ -= words;
      return hp_;
    }
  }
  if (words > kPieceWords) {
    pieces_.push_back(std::make_unique_for_overwrite<Word[]>(words));
    return pieces_.back().get();
  }
  pieces_.push_back(std::make_unique_for_overwrite<Word[]>(kPieceWords));
  low_ = pieces_.back().get();
  hp_ = low_ + kPieceWords - words;
  return hp_;
}

bool MatchRun::match(const MatchSpec::Clause& clause, Term object) {
  using Op = MatchSpec::Op;
  variables_.resize(clause.variables);
  stack_.clear();
  stack_.push_back(object);
  for (const MatchSpec::Instruction* in = &spec_.code_[clause.pattern];; ++in) {
    if (in->op == Op::Matched) return true;
    Term top = stack_.back();
    stack_.pop_back();
    switch (in->op) {
      case Op::Any:
      case Op::Drop: break;
      case Op::Bind: variables_[in->a] = top; break;
      case Op::Same:
        if (!equal_exact(variables_[in->a], top)) return false;
        break;
      case Op::Const:
        if (top != spec_.constants_[in->a] && !equal_exact(spec_.constants_[in->a], top)) return false;
        break;
      case Op::Tuple:
        if (!is_tuple_of(top, in->a)) return false;
        for (size_t i = in->a; i-- > 0;) stack_.push_back(tuple_at(top, i));
        break;
      case Op::Cons:
        if (!top.is_cons()) return false;
        stack_.push_back(top.tail());
        stack_.push_back(top.head());
        break;
      case Op::Map:
        if (!top.is_map()) return false;
        stack_.push_back(top);
        break;
      case Op::Key: {
        Term value = map_get(top, spec_.constants_[in->a]);
        if (value.is_none()) return false;
        stack_.push_back(top);
        stack_.push_back(value);
        break;
      }
      default: VM_CHECK(!"no pattern instruction");
    }
  }
}

Term MatchRun::all_variables(const MatchSpec::Clause& clause) {
  Term list = Term::nil_list();
  for (size_t i = clause.ordered.size(); i-- > 0;) list = make_cons(space(), variables_[clause.ordered[i]], list);
  return list;
}

Term MatchRun::evaluate(const MatchSpec::Clause& clause, uint32_t& pc, Term object) {
  using Op = MatchSpec::Op;
  auto is_boolean = [](Term t) { return t == atoms::true_ || t == atoms::false_; };
  for (;; ++pc) {
    const MatchSpec::Instruction in = spec_.code_[pc];
    size_t n = in.a;
    switch (in.op) {
      case Op::PushConst: stack_.push_back(spec_.constants_[n]); break;
      case Op::PushVariable: stack_.push_back(variables_[n]); break;
      case Op::PushObject: stack_.push_back(object); break;
      case Op::PushAll: stack_.push_back(all_variables(clause)); break;
      case Op::MakeTuple: {
        Term tuple = make_tuple(space(), std::span<const Term>(stack_.data() + stack_.size() - n, n));
        stack_.resize(stack_.size() - n);
        stack_.push_back(tuple);
        break;
      }
      case Op::MakeList: {
        Term tail = stack_.back();
        stack_.pop_back();
        Term list = make_list(space(), std::span<const Term>(stack_.data() + stack_.size() - n, n), tail);
        stack_.resize(stack_.size() - n);
        stack_.push_back(list);
        break;
      }
      case Op::MakeMap: {
        Term map = make_map(space(), atoms_, std::span<const Term>(stack_.data() + stack_.size() - 2 * n, 2 * n));
        stack_.resize(stack_.size() - 2 * n);
        stack_.push_back(map);
        break;
      }
      case Op::Call: {
        uint32_t arity = match_function_arity(in.a);
        Term result = match_function(in.a)(*this, stack_.data() + stack_.size() - arity);
        if (result.is_none()) return result;
        stack_.resize(stack_.size() - arity);
        stack_.push_back(result);
        break;
      }
      case Op::And:
      case Op::Or: {
        // All values count, so that one that is no boolean is an error wherever it stands.
        bool all = true, any = false;
        for (size_t i = stack_.size() - n; i < stack_.size(); ++i) {
          if (!is_boolean(stack_[i])) return Term::none();
          all = all && stack_[i] == atoms::true_;
          any = any || stack_[i] == atoms::true_;
        }
        bool result = in.op == Op::And ? all : any;
        stack_.resize(stack_.size() - n);
        stack_.push_back(boolean(result));
        break;
      }
      case Op::AndAlso:
      case Op::OrElse: {
        Term top = stack_.back();
        if (!is_boolean(top)) return Term::none();
        if ((top == atoms::true_) == (in.op == Op::OrElse)) pc = in.a - 1;
        else stack_.pop_back();
        break;
      }
      case Op::Drop: stack_.pop_back(); break;
      case Op::Guard:
      case Op::Return: {
        Term top = stack_.back();
        stack_.pop_back();
        ++pc;
        return top;
      }
      default: VM_CHECK(!"no expression instruction");
    }
  }
}

Term MatchRun::run(Term object) {
  scratch_.reset();
  for (const MatchSpec::Clause& clause : spec_.clauses_) {
    if (!match(clause, object)) continue;
    stack_.clear();
    uint32_t pc = clause.guards;
    bool holds = true;
    while (holds && pc < clause.body) holds = evaluate(clause, pc, object) == atoms::true_;
    if (!holds) continue;
    stack_.clear();
    Term result = evaluate(clause, pc, object);
    return result.is_none() ? atoms::EXIT : result;
  }
  return Term::none();
}

}  // namespace phial::ets
