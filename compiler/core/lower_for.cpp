// Comprehensions. Each generator becomes a function of the module that loops by tail calls; the functions of inner generators
// stand inside those of outer ones and go on with the outer loop at their end. Two kinds of result:
//   List  a loop returns the list of what is left to come, [body | loop(rest)], in constant stack by tail-modulo-cons
//   Fold  a loop carries an accumulator (reduce, into)
// Lists, maps, ranges known as such and bitstrings loop in place; any other enumerable goes through Enum.
#include <algorithm>

#include "compiler/core/lower.h"
#include "vm/term/binary.h"
#include "vm/term/map.h"

namespace phial::compiler {

namespace {
Segment bits_segment() {
  Segment s;
  s.type = SegmentType::Bits;
  return s;
}
}  // namespace

struct Lowerer::Loop {
  /// A generator whose function is being built: where it stands and what is left of its source.
  struct Level {
    Function* function;
    std::vector<VarId> rest;     // state for the next round
    Node* step = nullptr;        // ranges: constant or captured step
    bool is_range = false;
  };
  std::vector<Term> qualifiers;
  std::vector<Level> levels;
  bool fold = false;
  enum class Acc { Reduce, Binary, Collect } kind = Acc::Reduce;
  Term body;                     // block, or clauses of reduce
  VarId acc = kNoVar;            // accumulator in the current function
  VarId collector = kNoVar;      // fun of Collectable.into
  uint32_t line = 0;
};

Node* Lowerer::case_node(Node* value, std::vector<Clause>& clauses, FailKind fail, uint32_t line) {
  auto* n = arena_.make<CaseNode>();
  n->kind = NodeKind::Case;
  n->line = line;
  n->kids = arena_.array<Node*>(1);
  n->kids[0] = value;
  n->clauses = arena_.copy(clauses);
  n->fail = fail;
  return n;
}

/// Calls a loop's function with its state, and the accumulator of a fold.
Node* Lowerer::loop_call(Loop& loop, Function* f, std::initializer_list<Node*> state, Node* acc) {
  Node* call = call_lifted(f, state, loop.line);
  if (!loop.fold) return call;
  std::vector<Node*> kids(call->kids.begin(), call->kids.end());
  kids.push_back(acc);
  call->kids = arena_.copy(kids);
  return call;
}

/// What follows an element (or a skipped one): the next round of the innermost generator, or the result.
Node* Lowerer::loop_next(Loop& loop, Node* acc) {
  if (loop.levels.empty()) return loop.fold ? acc : lit(Term::nil_list());
  Loop::Level& level = loop.levels.back();
  if (level.is_range) {
    Node* element = prim(Prim::Add, {var_node(level.rest[0]), level.step}, loop.line);
    Node* left = prim(Prim::Sub, {var_node(level.rest[1]), lit(Term::fixnum(1))}, loop.line);
    if (level.step->kind == NodeKind::Var) use(level.step->var);
    return loop_call(loop, level.function, {element, left}, acc);
  }
  return loop_call(loop, level.function, {var_node(level.rest[0])}, acc);
}

void Lowerer::enter_loop(Loop& loop, Function* f) {
  function_ = f;
  for (uint32_t i = 0; i < f->arity; ++i) f->params.push_back(fresh());
  if (loop.fold) loop.acc = f->params.back();
}

/// From qualifier [at] on, in the current function: the rest of the whole comprehension.
Node* Lowerer::loop_from(Loop& loop, size_t at) {
  if (depth_.exceeded()) return fail("comprehension nested too deeply", loop.line);
  if (failed_) return lit(atoms::nil);
  if (at == loop.qualifiers.size()) return loop_body(loop);
  Term q = loop.qualifiers[at];
  if (ast::is_form(q, names_.generator)) {
    Term left = ast::nth(ast::args(q), 0), source_ast = ast::nth(ast::args(q), 1);
    Node* source = expr(source_ast);
    bool new_range = source->kind == NodeKind::Remote && source->module == names_.Range &&
                     source->term == names_.new_;
    bool literal_range = source->kind == NodeKind::Lit && source->term.is_map() &&
                         map_get(source->term, atoms::struct_) == names_.Range;
    if (new_range || literal_range) return range_loop(loop, at, left, source);
    // A list as it is; a map as its list; anything else through Enum.
    bool outermost = loop.levels.empty();
    Function* outside = function_;
    VarId acc_outside = loop.acc;
    VarId list = fresh();
    size_t levels = loop.levels.size();
    Node* call = list_loop(loop, at, left);  // the call's first argument is filled in below
    loop.levels.resize(levels);
    Function* f = call->function;
    function_ = outside;
    loop.acc = acc_outside;
    Node* is_list = prim(Prim::IsList, {var_node(list)}, loop.line);
    Node* is_plain_map = with_kids(
        NodeKind::AndAlso,
        {prim(Prim::IsMap, {var_node(list)}, loop.line),
         prim(Prim::Not, {prim(Prim::IsMapKey, {lit(atoms::struct_), var_node(list)}, loop.line)}, loop.line)},
        loop.line);
    Node* from_map = remote(names_.maps, names_.to_list, {var_node(list)}, loop.line);
    Node* bound = with_kids(NodeKind::Match, {source}, loop.line);
    bound->pattern = var_pattern(list);
    Node* acc = loop.fold ? var_node(loop.acc) : nullptr;
    if (!outermost) {
      Node* from_enum = remote(names_.Enum, names_.to_list, {var_node(list)}, loop.line);
      Node* other = with_kids(NodeKind::If, {is_plain_map, from_map, from_enum}, loop.line);
      Node* any = with_kids(NodeKind::If, {is_list, var_node(list), other}, loop.line);
      return with_kids(NodeKind::Seq, {bound, loop_call(loop, f, {any}, acc)}, loop.line);
    }
    // Enum drives element by element, so that effects of a stream and of the body interleave.
    Function* each = lifted(2, "fun", true);
    function_ = each;
    each->params = {fresh(), fresh()};
    Node* one = with_kids(NodeKind::Cons, {var_node(each->params[0]), lit(Term::nil_list())}, loop.line);
    each->body = loop_call(loop, f, {one}, loop.fold ? var_node(each->params[1]) : nullptr);
    if (!loop.fold) {
      each->body = remote(names_.lists, names_.reverse, {each->body, var_node(each->params[1])}, loop.line);
    }
    function_ = outside;
    Node* fun = node(NodeKind::Fn, loop.line);
    fun->function = each;
    lifted_calls_.push_back({outside, each});
    Node* initial = loop.fold ? var_node(loop.acc) : lit(Term::nil_list());
    Node* reduced = remote(names_.Enum, names_.reduce, {var_node(list), initial, fun}, loop.line);
    if (!loop.fold) reduced = remote(names_.lists, names_.reverse, {reduced}, loop.line);
    Node* direct = loop_call(loop, f, {var_node(list)}, acc);
    Node* mapped = loop_call(loop, f, {from_map}, acc);
    Node* other = with_kids(NodeKind::If, {is_plain_map, mapped, reduced}, loop.line);
    return with_kids(NodeKind::Seq, {bound, with_kids(NodeKind::If, {is_list, direct, other}, loop.line)}, loop.line);
  }
  if (ast::is_form(q, atoms::bits)) {
    Term parts = ast::args(q);
    Term last = parts.is_cons() ? ast::nth(parts, ast::length(parts) - 1) : parts;
    if (ast::is_form(last, names_.generator)) return bits_loop(loop, at, q);
  }
  // A filter.
  Node* condition = expr(q);
  Node* pass = loop_from(loop, at + 1);
  Node* skip = loop_next(loop, loop.fold ? var_node(loop.acc) : nullptr);
  return with_kids(NodeKind::If, {condition, pass, skip}, loop.line);
}

/// One element: [element] matched by the generator's pattern, else skipped.
Node* Lowerer::element_clauses(Loop& loop, size_t at, Term left, Node* element, bool* refutable) {
  std::vector<Term> guards;
  if (ast::is_form(left, atoms::when)) {
    flatten_guard(ast::nth(ast::args(left), 1), guards);
    left = ast::nth(ast::args(left), 0);
  }
  std::vector<Clause> clauses(1);
  PatternState state;
  begin_pattern();
  clauses[0].patterns = arena_.array<Pattern*>(1);
  clauses[0].patterns[0] = pattern(left, state);
  clauses[0].same = arena_.copy(state.same);
  std::vector<Node*> lowered;
  for (Term g : guards) lowered.push_back(expr(g));
  for (Node* demand : state.guards) {
    if (lowered.empty()) lowered.push_back(demand);
    else
      for (Node*& g : lowered) g = with_kids(NodeKind::AndAlso, {demand, g}, loop.line);
  }
  clauses[0].guards = arena_.copy(lowered);
  clauses[0].line = loop.line;
  PatternKind kind = clauses[0].patterns[0]->kind;
  bool always = lowered.empty() && state.same.empty() && (kind == PatternKind::Wild || kind == PatternKind::Var);
  if (refutable != nullptr) *refutable = !always;
  size_t levels = loop.levels.size();
  clauses[0].body = loop_from(loop, at + 1);
  loop.levels.resize(levels);
  if (!always) {
    Clause skip;
    skip.patterns = arena_.array<Pattern*>(1);
    skip.patterns[0] = wild();
    skip.line = loop.line;
    skip.body = loop_next(loop, loop.fold ? var_node(loop.acc) : nullptr);
    clauses.push_back(skip);
  }
  return case_node(element, clauses, FailKind::CaseClause, loop.line);
}

/// Builds the loop over a list; the returned node only names its function.
Node* Lowerer::list_loop(Loop& loop, size_t at, Term left) {
  Function* outside = function_;
  size_t outer_levels = loop.levels.size();
  Function* f = lifted(loop.fold ? 2 : 1, "fun", false);
  enter_loop(loop, f);
  VarId head = fresh(), tail = fresh();
  Clause more, done;
  for (Clause* c : {&more, &done}) {
    c->patterns = arena_.array<Pattern*>(1);
    c->line = loop.line;
  }
  more.patterns[0] = make_pattern(PatternKind::Cons);
  more.patterns[0]->kids = arena_.array<Pattern*>(2);
  more.patterns[0]->kids[0] = var_pattern(head);
  more.patterns[0]->kids[1] = var_pattern(tail);
  VarId acc = loop.acc;
  loop.levels.push_back({f, {tail}});
  more.body = element_clauses(loop, at, left, var_node(head), nullptr);
  loop.acc = acc;
  loop.levels.resize(outer_levels);
  done.patterns[0] = literal_pattern(Term::nil_list());
  done.body = loop_next(loop, loop.fold ? var_node(acc) : nullptr);
  std::vector<Clause> clauses = {more, done};
  f->body = case_node(var_node(f->params[0]), clauses, FailKind::CaseClause, loop.line);
  function_ = outside;
  Node* n = node(NodeKind::CallLifted, loop.line);
  n->function = f;
  return n;
}

/// Counts elements down, so that the test costs the same for both directions and any size of integer.
Node* Lowerer::range_loop(Loop& loop, size_t at, Term left, Node* source) {
  Function* outside = function_;
  uint32_t line = loop.line;
  size_t outer_levels = loop.levels.size();
  std::vector<Node*> before;
  Node *first, *last, *step;
  if (source->kind == NodeKind::Lit) {
    Term step_term = map_get(source->term, names_.step);
    first = lit(map_get(source->term, names_.first));
    last = lit(map_get(source->term, names_.last));
    step = lit(step_term.is_none() ? Term::fixnum(1) : step_term);
  } else {
    Pattern* p = make_pattern(PatternKind::Map);
    p->keys = arena_.array<Node*>(3);
    p->kids = arena_.array<Pattern*>(3);
    VarId parts[3];
    Term keys[] = {names_.first, names_.last, names_.step};
    for (size_t i = 0; i < 3; ++i) {
      parts[i] = fresh();
      p->keys[i] = lit(keys[i]);
      p->kids[i] = var_pattern(parts[i]);
    }
    Node* bound = with_kids(NodeKind::Match, {source}, line);
    bound->pattern = p;
    before.push_back(bound);
    first = var_node(parts[0]);
    last = var_node(parts[1]);
    step = var_node(parts[2]);
  }
  // count = max(div(last - first, step) + 1, 0); div truncates, so an empty range with |distance| < |step| needs the test.
  Node* distance = prim(Prim::Sub, {last, first}, line);
  Node* forward = with_kids(NodeKind::AndAlso, {prim(Prim::Gt, {step, lit(Term::fixnum(0))}, line),
                                                prim(Prim::Ge, {last, first}, line)}, line);
  Node* backward = with_kids(NodeKind::AndAlso, {prim(Prim::Lt, {step, lit(Term::fixnum(0))}, line),
                                                 prim(Prim::Le, {last, first}, line)}, line);
  Node* count = prim(Prim::Add, {prim(Prim::IntDiv, {distance, step}, line), lit(Term::fixnum(1))}, line);
  count = with_kids(NodeKind::If, {with_kids(NodeKind::OrElse, {forward, backward}, line), count, lit(Term::fixnum(0))}, line);
  if (source->kind == NodeKind::Lit) {
    for (Node* n : {first, last, step}) {
      if (!n->term.is_fixnum() || step->term == Term::fixnum(0)) return fail("a range needs integers and a step", line);
    }
  }
  Function* f = lifted(loop.fold ? 3 : 2, "fun", false);
  VarId acc_outside = loop.acc;
  enter_loop(loop, f);
  VarId element = f->params[0], left_over = f->params[1], acc = loop.acc;
  Loop::Level level{f, {element, left_over}};
  level.step = step;
  level.is_range = true;
  loop.levels.push_back(level);
  Node* round = element_clauses(loop, at, left, var_node(element), nullptr);
  loop.acc = acc;
  loop.levels.resize(outer_levels);
  Node* done = loop_next(loop, loop.fold ? var_node(acc) : nullptr);
  Node* finished = prim(Prim::EqExact, {var_node(left_over), lit(Term::fixnum(0))}, line);
  f->body = with_kids(NodeKind::If, {finished, done, round}, line);
  function_ = outside;
  loop.acc = acc_outside;
  before.push_back(loop_call(loop, f, {first, count}, loop.fold ? var_node(loop.acc) : nullptr));
  return with_kids(NodeKind::Seq, before, line);
}

/// <<segments <- source>>: as long as the segments fit; those that fit but do not match are skipped.
Node* Lowerer::bits_loop(Loop& loop, size_t at, Term generator) {
  Function* outside = function_;
  uint32_t line = loop.line;
  size_t outer_levels = loop.levels.size();
  std::vector<Term> segments;
  for (Term list = ast::args(generator); list.is_cons(); list = list.tail()) segments.push_back(list.head());
  Term arrow = segments.back();
  segments.back() = ast::nth(ast::args(arrow), 0);
  Node* source = expr(ast::nth(ast::args(arrow), 1));
  Function* f = lifted(loop.fold ? 2 : 1, "fun", false);
  VarId acc_outside = loop.acc;
  enter_loop(loop, f);
  VarId rest = fresh(), acc = loop.acc;
  loop.levels.push_back({f, {rest}});
  // The pattern of the segments with the rest behind them.
  PatternState state;
  begin_pattern();
  Pattern* p = binary_pattern(make_list(space_, segments), state);
  if (failed_) return lit(atoms::nil);
  std::vector<Segment> parts(p->segments.begin(), p->segments.end());
  if (p->kind == PatternKind::Lit) {
    Segment only = bits_segment();
    only.literal = p->term;
    only.pattern = p;
    only.whole = true;
    parts = {only};
  }
  Segment remaining = bits_segment();
  remaining.whole = true;
  remaining.pattern = var_pattern(rest);
  parts.push_back(remaining);
  Clause more;
  more.patterns = arena_.array<Pattern*>(1);
  more.patterns[0] = make_pattern(PatternKind::Bin);
  more.patterns[0]->segments = arena_.copy(parts);
  more.same = arena_.copy(state.same);
  more.line = line;
  std::vector<Clause> clauses = {more};
  size_t levels = loop.levels.size();
  clauses[0].body = loop_from(loop, at + 1);
  loop.levels.resize(levels);
  loop.acc = acc;
  // The same sizes with anything in them. Only a pattern that can refuse a value needs this round.
  bool refutable = !state.same.empty();
  for (Segment& s : parts) refutable = refutable || !s.literal.is_none() || (s.pattern->kind != PatternKind::Var && s.pattern->kind != PatternKind::Wild);
  bool fixed = true;
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    Segment& s = parts[i];
    if (!s.literal.is_none()) {
      s.size = lit(Term::fixnum(static_cast<int64_t>(bit_view(s.literal).bits)));
      s.type = SegmentType::Bits;
      s.unit = 1;
      s.whole = false;
      s.literal = Term::none();
    }
    fixed = fixed && (s.whole || s.size->kind == NodeKind::Lit) && s.type != SegmentType::Utf8 &&
            s.type != SegmentType::Utf16 && s.type != SegmentType::Utf32;
    s.pattern = wild();
  }
  if (refutable && fixed) {
    Clause skip;
    VarId rest2 = fresh();
    parts.back().pattern = var_pattern(rest2);
    skip.patterns = arena_.array<Pattern*>(1);
    skip.patterns[0] = make_pattern(PatternKind::Bin);
    skip.patterns[0]->segments = arena_.copy(parts);
    skip.line = line;
    loop.levels.back().rest = {rest2};
    skip.body = loop_next(loop, loop.fold ? var_node(acc) : nullptr);
    clauses.push_back(skip);
  }
  loop.levels.resize(outer_levels);
  Clause done, wrong;
  for (Clause* c : {&done, &wrong}) {
    c->patterns = arena_.array<Pattern*>(1);
    c->line = line;
  }
  Segment whole = bits_segment();
  whole.whole = true;
  whole.pattern = wild();
  done.patterns[0] = make_pattern(PatternKind::Bin);
  done.patterns[0]->segments = arena_.copy(std::vector<Segment>{whole});
  done.body = loop_next(loop, loop.fold ? var_node(acc) : nullptr);
  clauses.push_back(done);
  wrong.patterns[0] = wild();
  Node* reason = with_kids(NodeKind::Tuple, {lit(names_.bad_generator), var_node(f->params[0])}, line);
  wrong.body = remote(atoms::erlang, atoms::error, {reason}, line);
  clauses.push_back(wrong);
  f->body = case_node(var_node(f->params[0]), clauses, FailKind::CaseClause, line);
  function_ = outside;
  loop.acc = acc_outside;
  return loop_call(loop, f, {source}, loop.fold ? var_node(loop.acc) : nullptr);
}

/// The body for one element, then the next round.
Node* Lowerer::loop_body(Loop& loop) {
  uint32_t line = loop.line;
  if (!loop.fold) {
    Node* value = expr(loop.body);
    return with_kids(NodeKind::Cons, {value, loop_next(loop, nullptr)}, line);
  }
  Node* acc = var_node(loop.acc);
  Node* next;
  if (loop.kind == Loop::Acc::Reduce) {
    auto* n = arena_.make<CaseNode>();
    n->kind = NodeKind::Case;
    n->line = line;
    n->kids = arena_.array<Node*>(1);
    n->kids[0] = acc;
    n->clauses = arrow_clauses(loop.body);
    next = simplify_case(n);
  } else if (loop.kind == Loop::Acc::Collect) {
    Node* value = with_kids(NodeKind::Tuple, {lit(names_.cont), expr(loop.body)}, line);
    next = with_kids(NodeKind::CallFun, {var_node(loop.collector), acc, value}, line);
  } else {
    VarId value = fresh();
    Node* bound = with_kids(NodeKind::Match, {expr(loop.body)}, line);
    bound->pattern = var_pattern(value);
    std::vector<Segment> parts(2, bits_segment());
    for (Segment& s : parts) s.whole = true;
    parts[0].value = acc;
    parts[1].value = var_node(value);
    auto* joined = arena_.make<BinNode>();
    joined->kind = NodeKind::Bin;
    joined->line = line;
    joined->segments = arena_.copy(parts);
    Node* reason = with_kids(NodeKind::Tuple, {lit(atoms::badarg), var_node(value)}, line);
    Node* wrong = remote(atoms::erlang, atoms::error, {reason}, line);
    Node* test = prim(Prim::IsBitstring, {var_node(value)}, line);
    next = with_kids(NodeKind::Seq, {bound, with_kids(NodeKind::If, {test, joined, wrong}, line)}, line);
  }
  return loop_next(loop, next);
}

Node* Lowerer::comprehension(Term t) {
  Loop loop;
  loop.line = ast::line(t, 0);
  Term options = Term::nil_list();
  Term uniq = Term::none(), into = Term::none(), reduce = Term::none();
  loop.body = atoms::nil;
  for (Term list = ast::args(t); list.is_cons(); list = list.tail()) {
    Term q = list.head();
    bool is_options = q.is_nil_list() || (q.is_cons() && is_tuple_of(q.head(), 2) && tuple_at(q.head(), 0).is_atom() &&
                                          (list.tail().is_nil_list() || ast::nth(list, 1).is_cons()));
    if (!is_options) {
      loop.qualifiers.push_back(q);
      continue;
    }
    auto take = [&](Term key, Term& out) {
      Term v = ast::keyword(q, key);
      if (!v.is_none()) out = v;
    };
    take(names_.uniq, uniq);
    take(names_.into, into);
    take(names_.reduce, reduce);
    take(atoms::do_, loop.body);
  }
  (void)options;
  bool distinct = !uniq.is_none() && uniq != atoms::false_;
  uint32_t line = loop.line;
  std::vector<Node*> before;
  auto bind_value = [&](VarId var, Node* value) {
    Node* bound = with_kids(NodeKind::Match, {value}, line);
    bound->pattern = var_pattern(var);
    before.push_back(bound);
  };
  if (!reduce.is_none()) {
    loop.fold = true;
    loop.acc = fresh();
    bind_value(loop.acc, expr(reduce));
    before.push_back(loop_from(loop, 0));
    return with_kids(NodeKind::Seq, before, line);
  }
  Node* target = into.is_none() ? lit(Term::nil_list()) : expr(into);
  bool literal = target->kind == NodeKind::Lit;
  bool empty_string = literal && target->term.is_bitstring() && bit_view(target->term).bits == 0;
  bool empty_map = literal && target->term.is_map() && map_size(target->term) == 0;
  bool empty_list = literal && target->term.is_nil_list();
  if (empty_list || empty_map || distinct) {
    VarId target_var = kNoVar;
    if (!empty_list && !empty_map) bind_value(target_var = fresh(), target);
    bool pairs = is_tuple_of(loop.body, 2) ||
                 (ast::is_form(loop.body, atoms::block) && ast::length(ast::args(loop.body)) > 0 &&
                  is_tuple_of(ast::nth(ast::args(loop.body), ast::length(ast::args(loop.body)) - 1), 2));
    Node* result = loop_from(loop, 0);
    if (distinct) result = remote(names_.Enum, names_.uniq, {result}, line);
    if (empty_map && pairs) {
      result = remote(names_.maps, names_.from_list, {result}, line);
    } else if (!empty_list) {
      Node* where = empty_map ? target : var_node(target_var);
      result = remote(names_.Enum, names_.into, {result, where}, line);
    }
    before.push_back(result);
    return with_kids(NodeKind::Seq, before, line);
  }
  loop.fold = true;
  loop.acc = fresh();
  if (empty_string) {
    loop.kind = Loop::Acc::Binary;
    bind_value(loop.acc, target);
    before.push_back(loop_from(loop, 0));
    return with_kids(NodeKind::Seq, before, line);
  }
  // {acc, fun} = Collectable.into(target); an exception tells the collector to halt.
  loop.kind = Loop::Acc::Collect;
  loop.collector = fresh();
  Node* start = with_kids(NodeKind::Match, {remote(names_.Collectable, names_.into, {target}, line)}, line);
  start->pattern = make_pattern(PatternKind::Tuple);
  start->pattern->kids = arena_.array<Pattern*>(2);
  start->pattern->kids[0] = var_pattern(loop.acc);
  start->pattern->kids[1] = var_pattern(loop.collector);
  before.push_back(start);
  auto* guarded = arena_.make<TryNode>();
  guarded->kind = NodeKind::Try;
  guarded->line = line;
  guarded->class_var = fresh();
  guarded->reason_var = fresh();
  guarded->trace_var = fresh();
  VarId initial = loop.acc;
  guarded->body = loop_from(loop, 0);
  VarId kind = fresh(), reason = fresh();
  Clause any;
  any.line = line;
  any.patterns = arena_.array<Pattern*>(2);
  any.patterns[0] = var_pattern(kind);
  any.patterns[1] = var_pattern(reason);
  Node* trace = node(NodeKind::Trace, line);
  trace->var = guarded->trace_var;
  Node* halted = with_kids(NodeKind::CallFun, {var_node(loop.collector), var_node(initial), lit(names_.halt)}, line);
  Node* again = remote(atoms::erlang, table_.intern("raise"), {var_node(kind), var_node(reason), trace}, line);
  any.body = with_kids(NodeKind::Seq, {halted, again}, line);
  guarded->catches = arena_.copy(std::vector<Clause>{any});
  before.push_back(with_kids(NodeKind::CallFun, {var_node(loop.collector), guarded, lit(names_.done)}, line));
  return with_kids(NodeKind::Seq, before, line);
}

}  // namespace phial::compiler
