// :ets: changing elements of stored tuples in place: update_counter and update_element.
#include <vector>

#include "vm/heap/copy.h"
#include "vm/natives/ets_access.h"
#include "vm/natives/natives.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

/// One change of update_counter.
struct Step {
  uint64_t index;  // from 0
  Term increment;
  Term threshold, reset;  // none(): no limit
};

/// What is wrong with a request: nothing, a plain badarg, or a cause.
struct Problem {
  bool bad = false;
  Term cause = Term::none();
  static Problem none() { return {}; }
  static Problem plain() { return {true, Term::none()}; }
  static Problem because(Term cause) { return {true, cause}; }
};

Term raise(Process& p, const Problem& problem) {
  return problem.cause.is_none() ? p.raise_badarg() : ets_fail(p, problem.cause);
}

Problem read_step(Term op, uint32_t key_index, size_t arity, Step& step) {
  step = {uint64_t{key_index} + 1, op, Term::none(), Term::none()};
  if (!op.is_integer()) {
    if (!is_tuple_of(op, 2) && !is_tuple_of(op, 4)) return Problem::plain();
    Term position = tuple_at(op, 0);
    step.increment = tuple_at(op, 1);
    if (!position.is_integer() || !step.increment.is_integer()) return Problem::plain();
    if (tuple_arity(op) == 4) {
      step.threshold = tuple_at(op, 2);
      step.reset = tuple_at(op, 3);
      if (!step.threshold.is_integer() || !step.reset.is_integer()) return Problem::plain();
    }
    if (!position.is_fixnum() || position.as_fixnum() < 1) return Problem::because(atoms::position);
    step.index = static_cast<uint64_t>(position.as_fixnum()) - 1;
  }
  if (step.index >= arity) return Problem::because(atoms::position);
  if (step.index == key_index) return Problem::because(atoms::keypos);
  return Problem::none();
}

/// The value after a step.
Term apply_step(Process& p, Term value, const Step& step) {
  Term sum = integer_add(p.heap, value, step.increment);
  if (step.threshold.is_none()) return sum;
  bool up = integer_compare(step.increment, Term::fixnum(0)) >= 0;
  int order = integer_compare(sum, step.threshold);
  return (up && order > 0) || (!up && order < 0) ? step.reset : sum;
}

/// Gives the stored [object] these elements. The key's stripe is held; what is to be freed is returned.
Object* store_elements(Process& p, Table& table, Object* object, const std::vector<Term>& elements) {
  bool in_place = object->words != 0;
  for (size_t i = 0; i < elements.size() && in_place; ++i) {
    in_place = elements[i] == tuple_at(object->tuple, i) || !elements[i].is_pointer();
  }
  if (in_place) {
    for (size_t i = 0; i < elements.size(); ++i) {
      if (elements[i] != tuple_at(object->tuple, i)) ets::set_element_in_place(*object, i, elements[i]);
    }
    return nullptr;
  }
  Object* fresh = ets::make_object(phial::make_tuple(p.heap, std::span<const Term>(elements)), ets_tables(p).literals());
  table.replace(object, fresh);
  return object;
}

Problem update_counters(Process& p, const Handle& t, Term key, Term request, Term fallback, Term& answer, Object*& gone) {
  Tables& tables = ets_tables(p);
  uint32_t hash = tables.hash(*t.table, key);
  WriteGuard lock(*t.table, hash);
  Term refused = Tables::check(t, Access::Write, p.self);
  if (!refused.is_none()) return Problem::because(refused);
  if (t->is_bag()) return Problem::because(atoms::table_type);
  uint32_t key_index = t->options.key_index;
  Object* object = t->find(hash, key);
  if (object == nullptr) {
    if (fallback.is_none()) return Problem::because(p.atoms().intern("badkey"));
    if (!is_object(fallback, key_index)) return Problem::plain();
  }
  Term tuple = object != nullptr ? object->tuple : fallback;
  std::vector<Term> elements;
  for (size_t i = 0; i < tuple_arity(tuple); ++i) elements.push_back(tuple_at(tuple, i));
  if (object == nullptr) elements[key_index] = key;
  bool many = request.is_list();
  ListBuilder answers(p.heap);
  Term ops = many ? request : make_cons(p.heap, request, Term::nil_list());
  for (; ops.is_cons(); ops = ops.tail()) {
    Step step;
    Problem problem = read_step(ops.head(), key_index, elements.size(), step);
    if (problem.bad) return problem;
    if (!elements[step.index].is_integer()) return Problem::plain();
    Term value = apply_step(p, elements[step.index], step);
    elements[step.index] = value;
    // The answer must not refer to the table's memory.
    answer = value.is_pointer() ? deep_copy(p.heap, value) : value;
    if (many) answers.push(answer);
  }
  if (!ops.is_nil_list()) return Problem::plain();
  if (many) answer = answers.finish();
  if (object != nullptr) {
    gone = store_elements(p, *t.table, object, elements);
  } else {
    Object* fresh = ets::make_object(phial::make_tuple(p.heap, std::span<const Term>(elements)), tables.literals());
    fresh->hash = hash;
    gone = t->insert(fresh);
  }
  return Problem::none();
}

Term update_counter(Process& p, Term* a, Term fallback) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  Term answer;
  Object* gone = nullptr;
  Problem problem = update_counters(p, t, a[1], a[2], fallback, answer, gone);
  if (gone != nullptr) ets::free_object(gone);
  if (problem.bad) return raise(p, problem);
  if (!fallback.is_none()) t->adapt();
  return answer;
}

Problem update_elements(Process& p, const Handle& t, Term key, Term request, Term fallback, Term& answer, Object*& gone) {
  Tables& tables = ets_tables(p);
  uint32_t hash = tables.hash(*t.table, key);
  WriteGuard lock(*t.table, hash);
  Term refused = Tables::check(t, Access::Write, p.self);
  if (!refused.is_none()) return Problem::because(refused);
  if (t->is_bag()) return Problem::plain();
  uint32_t key_index = t->options.key_index;
  Term pairs = request.is_list() ? request : make_cons(p.heap, request, Term::nil_list());
  for (Term l = pairs; l.is_cons(); l = l.tail()) {
    if (!is_tuple_of(l.head(), 2) || !tuple_at(l.head(), 0).is_fixnum() || tuple_at(l.head(), 0).as_fixnum() < 1) {
      return Problem::plain();
    }
    if (tuple_at(l.head(), 0).as_fixnum() - 1 == int64_t{key_index}) return Problem::because(atoms::keypos);
  }
  if (list_length(pairs) < 0) return Problem::plain();
  Object* object = t->find(hash, key);
  if (object == nullptr && fallback.is_none()) {
    answer = atoms::false_;
    return Problem::none();
  }
  if (object == nullptr && !is_object(fallback, key_index)) return Problem::plain();
  Term tuple = object != nullptr ? object->tuple : fallback;
  std::vector<Term> elements;
  for (size_t i = 0; i < tuple_arity(tuple); ++i) elements.push_back(tuple_at(tuple, i));
  if (object == nullptr) elements[key_index] = key;
  for (Term l = pairs; l.is_cons(); l = l.tail()) {
    uint64_t index = static_cast<uint64_t>(tuple_at(l.head(), 0).as_fixnum()) - 1;
    if (index >= elements.size()) return Problem::plain();
    elements[index] = tuple_at(l.head(), 1);
  }
  answer = atoms::true_;
  if (object != nullptr) {
    gone = store_elements(p, *t.table, object, elements);
  } else {
    Object* fresh = ets::make_object(phial::make_tuple(p.heap, std::span<const Term>(elements)), tables.literals());
    fresh->hash = hash;
    gone = t->insert(fresh);
  }
  return Problem::none();
}

Term update_element(Process& p, Term* a, Term fallback) {
  Handle t = ets_tables(p).find(a[0]);
  if (!t) return ets_no_table(p, a[0]);
  Term answer;
  Object* gone = nullptr;
  Problem problem = update_elements(p, t, a[1], a[2], fallback, answer, gone);
  if (gone != nullptr) ets::free_object(gone);
  if (problem.bad) return raise(p, problem);
  if (!fallback.is_none()) t->adapt();
  return answer;
}

}  // namespace

Term ets_update_counter(Process& p, Term* a) { return update_counter(p, a, Term::none()); }
Term ets_update_counter_default(Process& p, Term* a) { return update_counter(p, a, a[3]); }
Term ets_update_element(Process& p, Term* a) { return update_element(p, a, Term::none()); }
Term ets_update_element_default(Process& p, Term* a) { return update_element(p, a, a[3]); }

}  // namespace phial::natives
