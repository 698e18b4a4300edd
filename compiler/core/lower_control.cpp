// Clauses, matches, branches, try, receive, with and closures.
#include <algorithm>

#include "compiler/core/lower.h"

namespace phial::compiler {

// Clauses.

void Lowerer::flatten_guard(Term guard, std::vector<Term>& out) {
  while (ast::is_form(guard, atoms::when) && ast::length(ast::args(guard)) == 2) {
    out.push_back(ast::nth(ast::args(guard), 0));
    guard = ast::nth(ast::args(guard), 1);
  }
  out.push_back(guard);
}

/// Takes a clause head apart: patterns, or [{:when, _, patterns ++ [guard]}].
void Lowerer::split_head(Term head, std::vector<Term>& patterns, std::vector<Term>& guards) {
  if (head.is_cons() && head.tail().is_nil_list() && ast::is_form(head.head(), atoms::when)) {
    for (Term list = ast::args(head.head()); list.is_cons(); list = list.tail()) {
      if (list.tail().is_cons()) patterns.push_back(list.head());
      else flatten_guard(list.head(), guards);
    }
    return;
  }
  for (; head.is_cons(); head = head.tail()) patterns.push_back(head.head());
}

Clause Lowerer::clause(const std::vector<Term>& patterns, const std::vector<Term>& guards, Term body,
                       uint32_t line) {
  Clause c;
  PatternState state;
  begin_pattern();
  c.line = line;
  c.patterns = arena_.array<Pattern*>(patterns.size());
  for (size_t i = 0; i < patterns.size(); ++i) c.patterns[i] = pattern(patterns[i], state);
  c.same = arena_.copy(state.same);
  std::vector<Node*> lowered;
  for (Term g : guards) {
    std::vector<Term> alternatives;
    flatten_guard(g, alternatives);
    for (Term a : alternatives) lowered.push_back(expr(a));
  }
  // What the patterns themselves demand holds in every alternative.
  for (Node* demand : state.guards) {
    if (lowered.empty()) lowered.push_back(demand);
    else
      for (Node*& g : lowered) g = with_kids(NodeKind::AndAlso, {demand, g}, line);
  }
  c.guards = arena_.copy(lowered);
  c.body = expr(body);
  return c;
}

Clause Lowerer::clause(Term head, Term body, uint32_t line) {
  std::vector<Term> patterns, guards;
  split_head(head, patterns, guards);
  return clause(patterns, guards, body, line);
}

std::span<Clause> Lowerer::arrow_clauses(Term list) {
  std::vector<Clause> out;
  for (; list.is_cons(); list = list.tail()) {
    Term arrow = list.head();
    if (!ast::is_form(arrow, atoms::arrow)) continue;
    out.push_back(clause(ast::nth(ast::args(arrow), 0), ast::nth(ast::args(arrow), 1), ast::line(arrow, 0)));
    if (failed_) break;
  }
  return arena_.copy(out);
}

// Match, case, cond.

Node* Lowerer::match(Term t) {
  uint32_t line = ast::line(t, 0);
  Node* value = expr(ast::nth(ast::args(t), 1));
  PatternState state;
  begin_pattern();
  Pattern* p = pattern(ast::nth(ast::args(t), 0), state);
  if (!state.same.empty() || !state.guards.empty()) {
    // Rare: variables that stand twice, or %name{}. A case with the pattern's variables as its result would hide
    // them, so the demands are tested behind the match.
    Node* whole = var_node(fresh(), line);
    Node* bound = with_kids(NodeKind::Match, {value}, line);
    bound->pattern = make_pattern(PatternKind::Alias);
    bound->pattern->kids = arena_.array<Pattern*>(2);
    bound->pattern->kids[0] = var_pattern(whole->var);
    bound->pattern->kids[1] = p;
    std::vector<Node*> all = {bound};
    for (VarPair s : state.same) {
      state.guards.push_back(prim(Prim::EqExact, {var_node(s.a), var_node(s.b)}, line));
    }
    for (Node* demand : state.guards) {
      auto* check = arena_.make<CaseNode>();
      check->kind = NodeKind::Case;
      check->line = line;
      check->kids = arena_.array<Node*>(1);
      check->kids[0] = whole;
      check->fail = FailKind::BadMatch;
      check->clauses = arena_.array<Clause>(1);
      check->clauses[0].patterns = arena_.array<Pattern*>(1);
      check->clauses[0].patterns[0] = wild();
      check->clauses[0].guards = arena_.array<Node*>(1);
      check->clauses[0].guards[0] = demand;
      check->clauses[0].body = lit(atoms::nil);
      all.push_back(check);
    }
    all.push_back(whole);
    return with_kids(NodeKind::Seq, all, line);
  }
  if (p->kind == PatternKind::Wild) return value;
  bool fresh_reference =
      value->kind == NodeKind::Remote && value->module == atoms::erlang &&
      (value->term == names_.make_ref || value->term == names_.monitor || value->term == names_.alias);
  if (p->kind == PatternKind::Var && fresh_reference) {
    if (fresh_reference_.size() <= p->var) fresh_reference_.resize(p->var + 1);
    fresh_reference_[p->var] = true;
  }
  Node* n = with_kids(NodeKind::Match, {value}, line);
  n->pattern = p;
  return n;
}

Node* Lowerer::case_of(Term t) {
  uint32_t line = ast::line(t, 0);
  Node* value = expr(ast::nth(ast::args(t), 0));
  auto* n = arena_.make<CaseNode>();
  n->kind = NodeKind::Case;
  n->line = line;
  n->kids = arena_.array<Node*>(1);
  n->kids[0] = value;
  n->clauses = arrow_clauses(ast::keyword(ast::nth(ast::args(t), 1), atoms::do_));
  return simplify_case(n);
}

namespace {

/// Whether [g] says that [var] is false or nil.
bool is_falsy_guard(const Node* g, VarId var) {
  if (g->kind != NodeKind::OrElse) return false;
  bool has_false = false, has_nil = false;
  for (const Node* side : g->kids) {
    if (side->kind != NodeKind::Prim || (side->prim != Prim::EqExact && side->prim != Prim::Eq)) return false;
    const Node *a = side->kids[0], *b = side->kids[1];
    if (a->kind == NodeKind::Lit) std::swap(a, b);
    if (a->kind != NodeKind::Var || a->var != var || b->kind != NodeKind::Lit) return false;
    has_false = has_false || b->term == atoms::false_;
    has_nil = has_nil || b->term == atoms::nil;
  }
  return has_false && has_nil;
}

bool is_irrefutable(const Pattern* p) { return p->kind == PatternKind::Wild || p->kind == PatternKind::Var; }

}  // namespace

/// The shapes that if, &&, ||, !, and, or expand to become branches.
Node* Lowerer::simplify_case(CaseNode* n) {
  std::span<Clause> c = n->clauses;
  auto plain = [&](size_t i) { return c[i].guards.empty() && c[i].same.empty(); };
  if (c.size() == 2 && c[0].patterns.size() == 1 && c[0].patterns[0]->kind == PatternKind::Var &&
      c[0].guards.size() == 1 && c[0].same.empty() && plain(1) && is_irrefutable(c[1].patterns[0]) &&
      is_falsy_guard(c[0].guards[0], c[0].patterns[0]->var)) {
    Node* branch = with_kids(NodeKind::If, {n->kids[0], c[1].body, c[0].body}, n->line);
    branch->var = c[0].patterns[0]->var;
    branch->var2 = c[1].patterns[0]->var;
    // x && y gives x, x || y gives x: as conditions these are plain false and true.
    auto is_var = [](const Node* node, VarId var) { return node->kind == NodeKind::Var && node->var == var; };
    uint32_t uses = use_counts_[branch->var] - 2;  // without those in the guard
    if (uses == 0) branch->var = kNoVar;
    else if (uses == 1 && is_var(c[0].body, branch->var)) branch->arity |= kElseIsCondition;
    if (branch->var2 != kNoVar && use_counts_[branch->var2] == 0) branch->var2 = kNoVar;
    if (branch->var2 != kNoVar && use_counts_[branch->var2] == 1 && is_var(c[1].body, branch->var2)) {
      branch->arity |= kThenIsCondition;
    }
    return branch;
  }
  if (c.size() < 2 || c.size() > 3 || c[0].patterns.size() != 1) return n;
  Node *when_true = nullptr, *when_false = nullptr;
  for (size_t i = 0; i < 2; ++i) {
    const Pattern* p = c[i].patterns[0];
    if (p->kind != PatternKind::Lit || !plain(i)) return n;
    if (p->term == atoms::true_) when_true = c[i].body;
    if (p->term == atoms::false_) when_false = c[i].body;
  }
  if (when_true == nullptr || when_false == nullptr) return n;
  if (c.size() == 3 && (!plain(2) || !is_irrefutable(c[2].patterns[0]))) return n;
  Node* branch = with_kids(NodeKind::BoolCase, {n->kids[0], when_true, when_false}, n->line);
  if (c.size() == 3) {
    branch = with_kids(NodeKind::BoolCase, {n->kids[0], when_true, when_false, c[2].body}, n->line);
    branch->var = c[2].patterns[0]->var;
  }
  return branch;
}

Node* Lowerer::cond(Term t) {
  std::vector<Node*> kids;
  Term clauses = ast::keyword(ast::nth(ast::args(t), 0), atoms::do_);
  for (; !clauses.is_none() && clauses.is_cons(); clauses = clauses.tail()) {
    Term arrow = clauses.head();
    kids.push_back(expr(ast::nth(ast::nth(ast::args(arrow), 0), 0)));
    kids.push_back(expr(ast::nth(ast::args(arrow), 1)));
  }
  return with_kids(NodeKind::Cond, kids, ast::line(t, 0));
}

Node* Lowerer::closure(Term t) {
  uint32_t line = ast::line(t, 0);
  Term first = ast::nth(ast::args(t), 0);
  if (first.is_none() || !ast::is_form(first, atoms::arrow)) return fail("fn needs clauses", line);
  std::vector<Term> patterns, guards;
  split_head(ast::nth(ast::args(first), 0), patterns, guards);
  Function* f = lifted(static_cast<uint32_t>(patterns.size()), "fun", true);
  f->line = line;
  Function* outside = function_;
  function_ = f;
  for (uint32_t i = 0; i < f->arity; ++i) f->params.push_back(fresh());
  f->clauses = arrow_clauses(ast::args(t));
  function_ = outside;
  for (const Clause& c : f->clauses) {
    if (c.patterns.size() != f->arity) return fail("cannot mix clauses with different arities in anonymous functions", line);
  }
  Node* n = node(NodeKind::Fn, line);
  n->function = f;
  return n;
}

// try, receive, with.

Node* Lowerer::try_of(Term t) {
  Term blocks = ast::nth(ast::args(t), 0);
  auto* n = arena_.make<TryNode>();
  n->kind = NodeKind::Try;
  n->line = ast::line(t, 0);
  n->class_var = fresh();
  n->reason_var = fresh();
  n->trace_var = fresh();
  Term body = ast::keyword(blocks, atoms::do_);
  n->body = body.is_none() ? lit(atoms::nil) : expr(body);
  VarId outer_trace = trace_var_;
  trace_var_ = n->trace_var;
  std::vector<Clause> catches;
  std::vector<RescueClause> rescues;
  for (Term list = blocks; list.is_cons(); list = list.tail()) {
    Term key = tuple_at(list.head(), 0), clauses = tuple_at(list.head(), 1);
    if (key == atoms::catch_ && rescues.empty()) n->catch_first = true;
    for (; (key == atoms::rescue || key == atoms::catch_) && clauses.is_cons(); clauses = clauses.tail()) {
      Term arrow = clauses.head();
      Term head = ast::nth(ast::args(arrow), 0), code = ast::nth(ast::args(arrow), 1);
      if (key == atoms::catch_) {
        std::vector<Term> patterns, guards;
        split_head(head, patterns, guards);
        if (patterns.size() == 1) patterns.insert(patterns.begin(), atoms::throw_);
        catches.push_back(clause(patterns, guards, code, ast::line(arrow, 0)));
        continue;
      }
      RescueClause r;
      Term what = ast::nth(head, 0);
      Term name = what;
      if (ast::is_form(what, names_.in)) {
        name = ast::nth(ast::args(what), 0);
        std::vector<Term> modules;
        for (Term m = ast::nth(ast::args(what), 1); m.is_cons(); m = m.tail()) modules.push_back(m.head());
        r.modules = arena_.copy(modules);
      } else {
        r.any = true;
      }
      PatternState state;
      begin_pattern();
      Pattern* p = pattern(name, state);
      if (p->kind == PatternKind::Var) r.var = p->var;
      r.body = expr(code);
      rescues.push_back(r);
    }
  }
  trace_var_ = outer_trace;
  if (rescues.empty()) n->catch_first = false;
  n->catches = arena_.copy(catches);
  n->rescues = arena_.copy(rescues);
  Term otherwise = ast::keyword(blocks, atoms::else_);
  if (!otherwise.is_none()) {
    n->has_else = true;
    n->otherwise = arrow_clauses(otherwise);
  }
  Term after = ast::keyword(blocks, atoms::after);
  if (!after.is_none()) n->after = expr(after);
  return n;
}

Node* Lowerer::receive(Term t) {
  Term blocks = ast::nth(ast::args(t), 0);
  auto* n = arena_.make<ReceiveNode>();
  n->kind = NodeKind::Receive;
  n->line = ast::line(t, 0);
  Term after = ast::keyword(blocks, atoms::after);
  Term arrow = after.is_none() ? after : ast::nth(after, 0);
  if (!arrow.is_none()) n->timeout = expr(ast::nth(ast::nth(ast::args(arrow), 0), 0));
  Term clauses = ast::keyword(blocks, atoms::do_);
  if (!clauses.is_none() && clauses.is_cons()) n->clauses = arrow_clauses(clauses);
  if (!arrow.is_none()) n->after = expr(ast::nth(ast::args(arrow), 1));
  n->from = receive_marker(n->clauses);
  return n;
}

/// A fresh reference that stands at some place of the tuple in every clause: no message sent before it was made matches.
VarId Lowerer::receive_marker(std::span<Clause> clauses) {
  auto holds = [](const Clause& c, VarId var) {
    const Pattern* p = c.patterns.empty() ? nullptr : c.patterns[0];
    if (p == nullptr || p->kind != PatternKind::Tuple) return false;
    return std::any_of(p->kids.begin(), p->kids.end(), [&](const Pattern* k) {
      return k->kind == PatternKind::Same && k->node->kind == NodeKind::Var && k->node->var == var;
    });
  };
  if (clauses.empty() || clauses[0].patterns.empty() || clauses[0].patterns[0]->kind != PatternKind::Tuple) {
    return kNoVar;
  }
  for (const Pattern* k : clauses[0].patterns[0]->kids) {
    if (k->kind != PatternKind::Same || k->node->kind != NodeKind::Var) continue;
    VarId var = k->node->var;
    bool is_fresh = var < fresh_reference_.size() && fresh_reference_[var] && owners_[var] == function_;
    if (is_fresh && std::all_of(clauses.begin(), clauses.end(), [&](const Clause& c) { return holds(c, var); })) {
      return var;
    }
  }
  return kNoVar;
}

Node* Lowerer::with(Term t) {
  auto* n = arena_.make<WithNode>();
  n->kind = NodeKind::With;
  n->line = ast::line(t, 0);
  std::vector<WithStep> steps;
  Term list = ast::args(t);
  for (; list.is_cons() && list.tail().is_cons(); list = list.tail()) {
    Term step = list.head();
    WithStep s;
    if (ast::is_form(step, names_.generator)) {
      Term left = ast::nth(ast::args(step), 0);
      s.expr = expr(ast::nth(ast::args(step), 1));
      std::vector<Term> guards;
      if (ast::is_form(left, atoms::when)) {
        flatten_guard(ast::nth(ast::args(left), 1), guards);
        left = ast::nth(ast::args(left), 0);
      }
      PatternState state;
      begin_pattern();
      s.pattern = pattern(left, state);
      s.same = arena_.copy(state.same);
      std::vector<Node*> lowered;
      for (Term g : guards) lowered.push_back(expr(g));
      for (Node* demand : state.guards) {
        if (lowered.empty()) lowered.push_back(demand);
        else
          for (Node*& g : lowered) g = with_kids(NodeKind::AndAlso, {demand, g}, n->line);
      }
      s.guards = arena_.copy(lowered);
    } else {
      s.expr = expr(step);
    }
    steps.push_back(s);
    if (failed_) break;
  }
  n->steps = arena_.copy(steps);
  Term blocks = list.is_cons() ? list.head() : Term::nil_list();
  Term body = ast::keyword(blocks, atoms::do_);
  n->body = body.is_none() ? lit(atoms::nil) : expr(body);
  Term otherwise = ast::keyword(blocks, atoms::else_);
  if (!otherwise.is_none() && otherwise.is_cons()) n->otherwise = arrow_clauses(otherwise);
  return n;
}

}  // namespace phial::compiler
