// :ets: matching and selecting. Each of these walks may yield: what it has so far then stands in the first argument, as
// {selection, list}, and the native goes on from there.
#include <vector>

#include "vm/heap/copy.h"
#include "vm/natives/ets_selection.h"
#include "vm/natives/natives.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

template <typename T>
T* resource_as(Term t) {
  if (!t.is_kind(Kind::Resource)) return nullptr;
  Resource* r = resource_of(t);
  return r->type() == &T::kType ? static_cast<T*>(r) : nullptr;
}

/// The walk that an earlier slice left in the argument.
Selection* paused(Term arg) { return is_tuple_of(arg, 2) ? resource_as<Selection>(tuple_at(arg, 0)) : nullptr; }

SpecResource* new_spec(Process& p, std::unique_ptr<ets::MatchSpec> spec) {
  if (spec == nullptr) return nullptr;
  auto* resource = new SpecResource(std::move(spec));
  resource->number = next_reference_id(p);
  return resource;
}

/// A specification given as such (null: none), or compiled before.
SpecResource* spec_from(Process& p, Term given) {
  if (SpecResource* compiled = resource_as<SpecResource>(given)) {
    compiled->retain();
    return compiled;
  }
  std::vector<ets::MatchError> errors;
  return new_spec(p, ets::MatchSpec::compile(given, p.atoms(), errors));
}

SpecResource* spec_from_pattern(Process& p, Term pattern, Term result) {
  return new_spec(p, ets::MatchSpec::for_pattern(pattern, result, p.atoms()));
}

struct Request {
  Term table;
  SpecResource* spec;  // null: every object
  bool bad_spec = false;
  SelectOp op = SelectOp::Collect;
  bool reverse = false;
  int64_t limit = 0;
};

/// {list, continuation}, or '$end_of_table'.
Term limited_answer(Process& p, Selection& s, Term table, Term list, bool done) {
  Term rest = Term::nil_list();
  int64_t extra = s.count() - s.limit();
  if (extra > 0) {
    // The newest are in front: they wait for the next call.
    ListBuilder kept(p.heap);
    for (; extra > 0; --extra, list = list.tail()) kept.push(list.head());
    rest = kept.finish();
    done = false;
  }
  if (done && list.is_nil_list()) return atoms::end_of_table;
  if (s.spec() == nullptr) return make_tuple(p.heap, {list, atoms::end_of_table});
  Term continuation = atoms::end_of_table;
  if (!done) {
    s.spec()->retain();
    Term spec = make_resource(p.heap, s.spec());
    continuation = make_tuple(p.heap, {table, s.position(p), Term::fixnum(s.limit()), spec, rest, boolean(s.reverse())});
  }
  // An ordered table was walked in the order of the answer, and the list grew from its front.
  Handle t = ets_tables(p).find(table);
  if (t && t->ordered) {
    Term forward = Term::nil_list();
    for (; list.is_cons(); list = list.tail()) forward = make_cons(p.heap, list.head(), forward);
    list = forward;
  }
  return make_tuple(p.heap, {list, continuation});
}

/// Runs [s], whose term is [resource], as far as the slice allows.
Term go_on(Process& p, Term* a, Term table, Term resource, Term list) {
  auto& s = static_cast<Selection&>(*resource_of(resource));
  switch (s.run(p, list)) {
    case Selection::Outcome::Paused:
      a[0] = make_tuple(p.heap, {resource, make_tuple(p.heap, {table, list})});
      return p.yield_native();
    case Selection::Outcome::Refused: return ets_fail(p, s.refused());
    case Selection::Outcome::Full: return limited_answer(p, s, table, list, false);
    case Selection::Outcome::Done: break;
  }
  if (s.op() != SelectOp::Collect) return Term::fixnum(s.count());
  if (s.limit() > 0) return limited_answer(p, s, table, list, true);
  return list;
}

Term start(Process& p, Term* a, const Request& request) {
  Handle t = ets_tables(p).find(request.table);
  if (!t) {
    if (request.spec != nullptr) request.spec->release();
    return ets_no_table(p, request.table);
  }
  Term refused;
  bool bag;
  {
    SharedGuard lock(t->stripe(0));
    bool writes = request.op == SelectOp::Delete || request.op == SelectOp::Replace;
    refused = Tables::check(t, writes ? Access::Write : Access::Read, p.self);
    bag = t->is_bag();
  }
  if (refused.is_none() && request.op == SelectOp::Replace && bag) refused = atoms::table_type;
  bool bad = request.bad_spec;
  if (request.op == SelectOp::Replace && request.spec != nullptr) {
    bad = bad || !request.spec->spec->keeps_key(t->key_index.load(std::memory_order_relaxed));
  }
  if (!refused.is_none() || bad) {
    if (request.spec != nullptr) request.spec->release();
    return refused.is_none() ? p.raise_badarg() : ets_fail(p, refused);
  }
  // Without a limit, an ordered table is walked backwards, as the list grows from its front.
  bool reverse = request.reverse != (t->ordered && request.limit == 0 && request.op == SelectOp::Collect);
  auto* s = new Selection(p, t, request.spec, request.op, reverse, request.limit);
  return go_on(p, a, request.table, make_resource(p.heap, s), Term::nil_list());
}

/// Takes up a paused walk; [s] is in a[0].
Term resume(Process& p, Term* a) {
  Term state = tuple_at(a[0], 1);
  return go_on(p, a, tuple_at(state, 0), tuple_at(a[0], 0), tuple_at(state, 1));
}

/// Reads a limit; 0 when it is none.
int64_t limit_of(Term t) { return t.is_fixnum() && t.as_fixnum() > 0 ? t.as_fixnum() : 0; }

Term select(Process& p, Term* a, bool limited, bool reverse) {
  if (paused(a[0]) != nullptr) return resume(p, a);
  Request request{a[0], spec_from(p, a[1])};
  request.bad_spec = request.spec == nullptr;
  request.reverse = reverse;
  if (limited) {
    request.limit = limit_of(a[2]);
    request.bad_spec = request.bad_spec || request.limit == 0;
  }
  return start(p, a, request);
}

Term match(Process& p, Term* a, bool limited, Term result) {
  if (paused(a[0]) != nullptr) return resume(p, a);
  Request request{a[0], spec_from_pattern(p, a[1], result)};
  request.bad_spec = request.spec == nullptr;
  if (limited) {
    request.limit = limit_of(a[2]);
    request.bad_spec = request.bad_spec || request.limit == 0;
  }
  return start(p, a, request);
}

Term select_with(Process& p, Term* a, SelectOp op) {
  if (paused(a[0]) != nullptr) return resume(p, a);
  Request request{a[0], spec_from(p, a[1])};
  request.bad_spec = request.spec == nullptr;
  request.op = op;
  return start(p, a, request);
}

}  // namespace

Term ets_select(Process& p, Term* a) { return select(p, a, false, false); }
Term ets_select_limit(Process& p, Term* a) { return select(p, a, true, false); }
Term ets_select_reverse(Process& p, Term* a) { return select(p, a, false, true); }
Term ets_select_reverse_limit(Process& p, Term* a) { return select(p, a, true, true); }
Term ets_match(Process& p, Term* a) { return match(p, a, false, atoms::dollar_dollar); }
Term ets_match_limit(Process& p, Term* a) { return match(p, a, true, atoms::dollar_dollar); }
Term ets_match_object(Process& p, Term* a) { return match(p, a, false, atoms::dollar_underscore); }
Term ets_match_object_limit(Process& p, Term* a) { return match(p, a, true, atoms::dollar_underscore); }

Term ets_tab2list(Process& p, Term* a) {
  if (paused(a[0]) != nullptr) return resume(p, a);
  return start(p, a, {a[0], nullptr});
}

Term ets_continue(Process& p, Term* a) {
  if (paused(a[0]) != nullptr) return resume(p, a);
  if (a[0] == atoms::end_of_table) return a[0];
  if (!is_tuple_of(a[0], 6)) return p.raise_badarg();
  Term table = tuple_at(a[0], 0), position = tuple_at(a[0], 1), rest = tuple_at(a[0], 4);
  SpecResource* spec = resource_as<SpecResource>(tuple_at(a[0], 3));
  int64_t limit = limit_of(tuple_at(a[0], 2)), left = list_length(rest);
  if (spec == nullptr || limit == 0 || left < 0) return p.raise_badarg();
  Handle t = ets_tables(p).find(table);
  if (!t) return ets_no_table(p, table);
  bool placed = position == Term::fixnum(-1) || (t->ordered ? is_tuple_of(position, 1)
                                                            : position.is_fixnum() && position.as_fixnum() >= 0);
  if (!placed) return p.raise_badarg();
  spec->retain();
  auto* s = new Selection(p, t, spec, SelectOp::Collect, tuple_at(a[0], 5) == atoms::true_, limit);
  Term resource = make_resource(p.heap, s);
  s->set_position(p, position);
  s->set_count(left);
  if (left >= limit) return limited_answer(p, *s, table, rest, false);
  return go_on(p, a, table, resource, rest);
}

Term ets_select_count(Process& p, Term* a) { return select_with(p, a, SelectOp::Count); }
Term ets_select_delete(Process& p, Term* a) { return select_with(p, a, SelectOp::Delete); }
Term ets_select_replace(Process& p, Term* a) { return select_with(p, a, SelectOp::Replace); }

Term ets_match_delete(Process& p, Term* a) {
  Term ended;
  if (paused(a[0]) != nullptr) {
    ended = resume(p, a);
  } else {
    Request request{a[0], spec_from_pattern(p, a[1], atoms::true_)};
    request.bad_spec = request.spec == nullptr;
    request.op = SelectOp::Delete;
    ended = start(p, a, request);
  }
  return ended.is_none() ? ended : atoms::true_;
}

// Specifications without tables.

Term ets_match_spec_compile(Process& p, Term* a) {
  SpecResource* spec = spec_from(p, a[0]);
  return spec == nullptr ? p.raise_badarg() : make_resource(p.heap, spec);
}

Term ets_is_compiled_ms(Process&, Term* a) { return boolean(resource_as<SpecResource>(a[0]) != nullptr); }

/// Pushes the results for the elements of a list in front of another.
Term ets_match_spec_run_r(Process& p, Term* a) {
  SpecResource* spec = resource_as<SpecResource>(a[1]);
  if (spec == nullptr || list_length(a[0]) < 0) return p.raise_badarg();
  ets::MatchRun run(*spec->spec, p.atoms(), p.self);
  Term list = a[2];
  for (Term l = a[0]; l.is_cons(); l = l.tail()) {
    Term result = run.run(l.head());
    if (result.is_none()) continue;
    list = make_cons(p.heap, result == l.head() ? result : deep_copy(p.heap, result, &p.system->literals), list);
    p.charge(1);
  }
  return list;
}

/// {:ok, result} of one tuple, or {:error, [error: charlist]}.
Term ets_test_ms(Process& p, Term* a) {
  if (!a[0].is_tuple()) return p.raise_badarg();
  std::vector<ets::MatchError> errors;
  std::unique_ptr<ets::MatchSpec> spec = ets::MatchSpec::compile(a[1], p.atoms(), errors);
  if (spec == nullptr) {
    ListBuilder list(p.heap);
    for (const ets::MatchError& e : errors) {
      ListBuilder text(p.heap);
      for (unsigned char c : e.text) text.push(Term::fixnum(c));
      list.push(make_tuple(p.heap, {atoms::error, text.finish()}));
    }
    return make_tuple(p.heap, {atoms::error, list.finish()});
  }
  ets::MatchRun run(*spec, p.atoms(), p.self);
  Term result = run.run(a[0]);
  return make_tuple(p.heap, {atoms::ok, result.is_none() ? atoms::false_ : deep_copy(p.heap, result, &p.system->literals)});
}

}  // namespace phial::natives
