// Branches, cases, with, exceptions and receive.
#include <algorithm>
#include <string_view>

#include "compiler/emit/matcher.h"

namespace phial::compiler {

namespace {

bool is_control(const Node* n) {
  switch (n->kind) {
    case NodeKind::AndAlso:
    case NodeKind::OrElse:
    case NodeKind::If:
    case NodeKind::BoolCase:
    case NodeKind::Case:
    case NodeKind::Cond:
    case NodeKind::With:
    case NodeKind::Try:
    case NodeKind::Receive: return true;
    default: return false;
  }
}

}  // namespace

// Joins and contexts.

void Builder::open(Join& join, bool has_value) {
  join.block = new_block();
  if (has_value) join.param = param(join.block);
}

Value Builder::close(Join& join, bool has_value) {
  if (join.jumps == 0) return Value::of(atoms::nil);
  bool straight = join.jumps == 1 && !reachable() && join.only_inst + 1 == c_.insts.size() &&
                  c_.order.back() == join.only_block;
  if (straight) {
    // The one way here ends just before: no join at all.
    c_.pool.resize(c_.insts.back().first);
    c_.insts.pop_back();
    --c_.blocks[join.block].references;
    cur_ = join.only_block;
    set_handler(handler_);
    return join.only;
  }
  place(join.block);
  return has_value ? Value::of(join.param) : Value::of(atoms::nil);
}

void Builder::give(const Value& v, Context ctx, uint32_t line) {
  if (!reachable()) return;
  if (ctx.want == Want::Tail) return finish(v, line);
  if (ctx.join == nullptr) return;
  Join& join = *ctx.join;
  BlockId from = cur_;
  if (ctx.want == Want::Value) jump_with(join.block, {v}, line);
  else jump(join.block);
  ++join.jumps;
  join.only = v;
  join.only_block = from;
  join.only_inst = static_cast<uint32_t>(c_.insts.size() - 1);
}

void Builder::in_context(Node* n, Context ctx) {
  if (ctx.want == Want::Tail) return tail(n);
  if (depth_.exceeded()) fail_unit("expression nested too deeply", n->line);
  if (!u_.error.empty()) return;
  if (n->kind == NodeKind::Seq && !n->kids.empty()) {
    for (size_t i = 0; i + 1 < n->kids.size(); ++i) in_context(n->kids[i], {Want::Effect, nullptr});
    return in_context(n->kids.back(), ctx);
  }
  if (!is_control(n)) return give(eval(n), ctx, n->line);
  if (ctx.join != nullptr) return control_in(n, ctx);
  Join join;
  open(join, false);
  Mark m = mark();
  control_in(n, {Want::Effect, &join});
  close(join, false);
  reset(m);
}

Value Builder::control(Node* n) {
  Join join;
  open(join, true);
  Mark m = mark();
  control_in(n, {Want::Value, &join});
  Value v = close(join, true);
  reset(m);
  return v;
}

void Builder::control_in(Node* n, Context ctx) {
  switch (n->kind) {
    case NodeKind::If: return if_node(n, ctx);
    case NodeKind::BoolCase: return bool_case(n, ctx);
    case NodeKind::Case: return case_node(n, ctx);
    case NodeKind::With: return with_node(n, ctx);
    case NodeKind::Try: return try_node(n, ctx);
    case NodeKind::Receive: return receive_node(n, ctx);
    case NodeKind::AndAlso:
    case NodeKind::OrElse: {
      bool is_and = n->kind == NodeKind::AndAlso;
      Mark m = mark();
      BlockId other = new_block();
      if (guard_fail_ == kNone && !is_boolean(n->kids[0])) {
        VReg v = reg(eval(n->kids[0]), n->line);
        Term op = is_and ? u_.names.and_ : u_.names.or_;
        BlockId bad = cold_tuple(FailKind::BadBoolean, {Value::of(u_.names.badbool), Value::of(op), Value::of(v)}, n->line);
        emit(is_and ? Op::IsTrue : Op::IsFalse, {v, other});
        in_context(n->kids[1], ctx);
        reset(m);
        start(other);
        emit(is_and ? Op::IsFalse : Op::IsTrue, {v, bad});
      } else {
        BlockId second = new_block();
        if (is_and) branch(n->kids[0], second, other, second, false);
        else branch(n->kids[0], other, second, second, false);
        start(second);
        in_context(n->kids[1], ctx);
        reset(m);
        start(other);
      }
      give(Value::of(boolean(!is_and)), ctx, n->line);
      return;
    }
    case NodeKind::Cond: {
      Mark m = mark();
      for (size_t i = 0; i + 1 < n->kids.size(); i += 2) {
        Node* condition = n->kids[i];
        if (condition->kind == NodeKind::Lit && condition->term == atoms::true_) {
          return in_context(n->kids[i + 1], ctx);
        }
        BlockId yes = new_block(), no = new_block();
        branch(condition, yes, no, yes, true);
        start(yes);
        if (reachable()) in_context(n->kids[i + 1], ctx);
        reset(m);
        start(no);
        if (!reachable()) return;
      }
      jump(cold_fail(FailKind::CondClause, Value::of(atoms::nil), n->line));
      return;
    }
    default: return give(eval(n), ctx, n->line);
  }
}

void Builder::if_node(Node* n, Context ctx) {
  Mark m = mark();
  BlockId yes = new_block(), no = new_block();
  bool binds = n->var != kNoVar || n->var2 != kNoVar;
  Value then_value = Value::of(atoms::true_), else_value = Value::of(atoms::false_);
  if (binds && !is_boolean(n->kids[0])) {
    then_value = else_value = eval(n->kids[0]);
    branch_value(then_value, yes, no, yes, true);
  } else {
    branch(n->kids[0], yes, no, yes, true);
  }
  start(yes);
  set_env(n->var2, then_value);
  if (reachable()) in_context(n->kids[1], ctx);
  reset(m);
  start(no);
  set_env(n->var, else_value);
  if (!else_value.is_literal() && !else_value.is_rest()) learn(else_value.reg, kTypeFalsy);
  if (reachable()) in_context(n->kids[2], ctx);
  reset(m);
}

void Builder::bool_case(Node* n, Context ctx) {
  Mark m = mark();
  BlockId no = new_block();
  if (is_boolean(n->kids[0])) {
    BlockId yes = new_block();
    branch(n->kids[0], yes, no, yes, false);
    start(yes);
    if (reachable()) in_context(n->kids[1], ctx);
    reset(m);
    start(no);
    if (reachable()) in_context(n->kids[2], ctx);
    reset(m);
    return;
  }
  VReg v = reg(eval(n->kids[0]), n->line);
  bool has_other = n->kids.size() > 3;
  BlockId other = has_other ? new_block() : cold_fail(FailKind::CaseClause, Value::of(v), n->line);
  emit(Op::IsTrue, {v, no});
  in_context(n->kids[1], ctx);
  reset(m);
  start(no);
  emit(Op::IsFalse, {v, other});
  in_context(n->kids[2], ctx);
  reset(m);
  if (!has_other) return;
  start(other);
  set_env(n->var, Value::of(v));
  if (reachable()) in_context(n->kids[3], ctx);
  reset(m);
}

// Cases.

void Builder::match_single(Value v, Pattern* p, BlockId fail) {
  if (p->kind == PatternKind::Wild) return;
  if (p->kind == PatternKind::Var) return set_env(p->var, v);
  Matcher matcher(*this, 0, [](uint32_t) {});
  uint32_t place = matcher.add_place(reg(v));
  matcher.add_row({&place, 1}, {&p, 1}, {}, {}, 0);
  matcher.run(fail);
}

void Builder::case_clauses(std::span<const Value> values, std::span<Clause> clauses, BlockId fail, Context ctx) {
  Matcher matcher(*this, 0, [&](uint32_t i) {
    if (reachable()) in_context(clauses[i].body, ctx);
  });
  std::vector<uint32_t> places;
  for (const Value& v : values) places.push_back(v.is_rest() ? matcher.add_rest(v) : matcher.add_place(reg(v)));
  for (uint32_t i = 0; i < clauses.size(); ++i) {
    const Clause& c = clauses[i];
    matcher.add_row(places, c.patterns, c.same, c.guards, i);
  }
  if (clauses.empty()) jump(fail);
  else matcher.run(fail);
}

void Builder::case_node(Node* node, Context ctx) {
  auto* n = static_cast<CaseNode*>(node);
  Node* subject = n->kids[0];
  // A tuple made only to be taken apart is not made.
  bool apart = subject->kind == NodeKind::Tuple &&
               std::all_of(n->clauses.begin(), n->clauses.end(), [&](const Clause& c) {
                 const Pattern* p = c.patterns[0];
                 return p->kind == PatternKind::Wild ||
                        (p->kind == PatternKind::Tuple && p->kids.size() == subject->kids.size());
               });
  Mark m = mark();
  if (!apart) {
    Value v = eval(subject);
    if (!v.is_rest()) v = Value::of(reg(v, n->line));
    case_clauses({&v, 1}, n->clauses, cold_fail(n->fail, v, n->line), ctx);
    reset(m);
    return;
  }
  std::vector<Value> values = eval_all(subject->kids);
  for (Value& v : values) v = Value::of(reg(v, n->line));
  BlockId fail = cold_tuple(n->fail, values, n->line);
  Matcher matcher(*this, n->line, [&](uint32_t i) {
    if (reachable()) in_context(n->clauses[i].body, ctx);
  });
  std::vector<uint32_t> places;
  for (const Value& v : values) places.push_back(matcher.add_place(v.reg));
  for (uint32_t i = 0; i < n->clauses.size(); ++i) {
    const Clause& c = n->clauses[i];
    std::span<Pattern* const> patterns;
    if (c.patterns[0]->kind == PatternKind::Tuple) patterns = c.patterns[0]->kids;
    matcher.add_row(places, patterns, c.same, c.guards, i);
  }
  matcher.run(fail);
  reset(m);
}

void Builder::with_node(Node* node, Context ctx) {
  auto* n = static_cast<WithNode*>(node);
  Mark m = mark();
  std::vector<std::pair<BlockId, Value>> failures;
  for (const WithStep& step : n->steps) {
    if (step.pattern == nullptr) {
      in_context(step.expr, {Want::Effect, nullptr});
      continue;
    }
    PatternKind kind = step.pattern->kind;
    bool of_boolean = kind == PatternKind::Lit && step.guards.empty() && step.pattern->term.is_atom() &&
                      (step.pattern->term == atoms::true_ || step.pattern->term == atoms::false_) && is_boolean(step.expr);
    if (of_boolean) {
      // A test needs no boolean in between.
      BlockId ok = new_block(), fail = new_block();
      bool wanted = step.pattern->term == atoms::true_;
      branch(step.expr, wanted ? ok : fail, wanted ? fail : ok, ok, false);
      start(ok);
      failures.emplace_back(fail, Value::of(boolean(!wanted)));
      continue;
    }
    Value v = eval(step.expr);
    if (step.guards.empty() && step.same.empty() && (kind == PatternKind::Var || kind == PatternKind::Wild)) {
      match_single(v, step.pattern, kNone);
      continue;
    }
    v = Value::of(reg(v, n->line));
    BlockId fail = new_block();
    failures.emplace_back(fail, v);
    Matcher matcher(*this, n->line, [](uint32_t) {});
    uint32_t place = matcher.add_place(v.reg);
    Pattern* p = step.pattern;
    matcher.add_row({&place, 1}, {&p, 1}, step.same, step.guards, 0);
    matcher.run(fail);
  }
  if (reachable()) in_context(n->body, ctx);
  reset(m);
  if (n->otherwise.empty()) {
    for (auto& [block, value] : failures) {
      start(block);
      give(value, ctx, n->line);
    }
    return;
  }
  BlockId otherwise = new_block();
  VReg value = param(otherwise);
  for (auto& [block, failed] : failures) {
    start(block);
    jump_with(otherwise, {failed}, n->line);
  }
  start(otherwise);
  if (!reachable()) return;
  Value v = Value::of(value);
  case_clauses({&v, 1}, n->otherwise, cold_fail(FailKind::WithClause, v, n->line), ctx);
  reset(m);
}

// Exceptions.

/// Opens a region: what raises from here on goes to a new block, whose parameters are class, reason and raw trace.
void Builder::try_node(Node* node, Context ctx) {
  auto* n = static_cast<TryNode*>(node);
  if (!reachable()) return;
  uint32_t outer = handler_;
  Mark m = mark();
  auto open_region = [&](VReg* params) {
    BlockId b = new_block();
    for (int i = 0; i < 3; ++i) params[i] = param(b);
    refer(b);
    c_.handlers.push_back({b, HandlerRange::Kind::Try, handler_});
    set_handler(static_cast<uint32_t>(c_.handlers.size() - 1));
    return b;
  };
  // The body, its handlers and `else`.
  auto protected_part = [&](Context inner) {
    uint32_t around = handler_;
    VReg params[3];
    BlockId handler = kNone;
    if (!n->rescues.empty() || !n->catches.empty()) handler = open_region(params);
    if (handler == kNone && !n->has_else) return in_context(n->body, inner);
    Join body;
    open(body, true);
    in_context(n->body, {Want::Value, &body});
    handler_ = around;
    Value v = close(body, true);
    if (reachable() && n->has_else) {
      v = Value::of(reg(v, n->line));
      case_clauses({&v, 1}, n->otherwise, cold_fail(FailKind::TryClause, v, n->line), inner);
    } else {
      give(v, inner, n->line);
    }
    reset(m);
    if (handler == kNone) return;
    place(handler);
    set_env(n->class_var, Value::of(params[0]));
    set_env(n->reason_var, Value::of(params[1]));
    set_env(n->trace_var, Value::of(params[2]));
    handler_code(n, inner);
    reset(m);
  };
  if (n->after == nullptr) return protected_part(ctx);
  // `after` stands once, entered with the class of the exception, or [] and the value.
  BlockId after = new_block();
  VReg state[3], raised[3];
  for (VReg& r : state) r = param(after);
  BlockId handler = open_region(raised);
  Join result;
  open(result, true);
  protected_part({Want::Value, &result});
  handler_ = outer;
  Value v = close(result, true);
  if (reachable()) {
    jump_with(after, {Value::of(Term::nil_list()), v, Value::of(Term::nil_list())}, n->line);
  }
  reset(m);
  place(handler);
  jump_with(after, {Value::of(raised[0]), Value::of(raised[1]), Value::of(raised[2])}, n->line);
  place(after);
  in_context(n->after, {Want::Effect, nullptr});
  BlockId again = new_block();
  emit(Op::IsNilList, {state[0], again});
  give(Value::of(state[1]), ctx, n->line);
  if (ctx.join == nullptr && reachable()) {
    BlockId done = new_block();
    jump(done);
    start(again);
    emit(Op::Reraise, {state[0], state[1], state[2]}, n->line);
    start(done);
    return;
  }
  start(again);
  emit(Op::Reraise, {state[0], state[1], state[2]}, n->line);
  reset(m);
}

void Builder::handler_code(TryNode* n, Context ctx) {
  Value values[2] = {env(n->class_var), env(n->reason_var)};
  auto catches = [&] {
    if (n->catches.empty() || !reachable()) return;
    BlockId none = new_block();
    Mark m = mark();
    case_clauses(values, n->catches, none, ctx);
    reset(m);
    start(none);
  };
  if (n->catch_first) catches();
  rescue_clauses(n, ctx);
  if (!n->catch_first) catches();
  emit(Op::Reraise, {values[0].reg, values[1].reg, env(n->trace_var).reg}, n->line);
}

/// Falls through when no clause of rescue takes the exception.
void Builder::rescue_clauses(TryNode* n, Context ctx) {
  if (n->rescues.empty() || !reachable()) return;
  // Exceptions that stand for plain error terms.
  static constexpr std::string_view kOfTerms[] = {
      "UndefinedFunctionError", "FunctionClauseError", "BadArityError", "BadFunctionError", "BadStructError",
      "MatchError", "CaseClauseError", "CondClauseError", "WithClauseError", "TryClauseError", "ArithmeticError",
      "ArgumentError", "SystemLimitError", "BadMapError", "BadBooleanError", "KeyError", "ErlangError",
      "UnicodeConversionError", "Protocol.UndefinedError"};
  auto of_terms = [&](Term module) {
    std::string_view name = module.is_atom() ? u_.table.text(module) : std::string_view();
    if (!name.starts_with("Elixir.")) return false;
    return std::find(std::begin(kOfTerms), std::end(kOfTerms), name.substr(7)) != std::end(kOfTerms);
  };
  bool normalize = false, erlang_error = false;
  for (const RescueClause& r : n->rescues) {
    normalize = normalize || r.any || std::any_of(r.modules.begin(), r.modules.end(), of_terms);
    erlang_error = erlang_error || std::find(r.modules.begin(), r.modules.end(), u_.names.ErlangError) != r.modules.end();
  }
  Mark m = mark();
  VReg cls = env(n->class_var).reg, reason = env(n->reason_var).reg, trace = env(n->trace_var).reg;
  BlockId none = new_block(), plain = new_block(), known = new_block();
  VReg exception = param(known), name = param(known), was_plain = kNone;
  if (erlang_error) was_plain = param(known);
  emit(Op::IsSame, {cls, constant(atoms::error), none});
  VReg module = new_reg(), mark_field = new_reg();
  emit(Op::MapGetConst, {module, reason, constant(atoms::struct_), plain});
  emit(Op::MapGetConst, {mark_field, reason, constant(atoms::exception_), plain});
  emit(Op::IsTrue, {mark_field, plain});
  auto go_on = [&](VReg e, VReg s, bool is_plain) {
    if (erlang_error) jump_with(known, {Value::of(e), Value::of(s), Value::of(boolean(is_plain))}, n->line);
    else jump_with(known, {Value::of(e), Value::of(s)}, n->line);
  };
  go_on(reason, module, false);
  start(plain);
  if (normalize) {
    VReg list = new_reg(), plain_module = new_reg();
    emit(Op::StackTrace, {list, trace}, n->line);
    Value made = call_export(u_.names.Exception, u_.names.normalize,
                             {Value::of(atoms::error), Value::of(reason), Value::of(list)}, n->line);
    emit(Op::MapGetConst, {plain_module, made.reg, constant(atoms::struct_), none});
    go_on(made.reg, plain_module, true);
  } else {
    jump(none);
  }
  start(known);
  for (const RescueClause& r : n->rescues) {
    BlockId next = new_block();
    if (!r.any) {
      BlockId body = new_block();
      for (size_t i = 0; i < r.modules.size(); ++i) {
        bool last = i + 1 == r.modules.size();
        BlockId miss = last ? next : new_block();
        if (r.modules[i] == u_.names.ErlangError) {
          BlockId not_plain = new_block();
          emit(Op::IsTrue, {was_plain, not_plain});
          jump(body);
          start(not_plain);
        }
        emit(Op::IsSame, {name, constant(r.modules[i]), miss});
        if (last && c_.blocks[body].references == 0) break;
        jump(body);
        if (!last) start(miss);
      }
      if (r.modules.empty()) jump(next);
      start(body);
    }
    set_env(r.var, Value::of(exception));
    Mark inside = mark();
    if (reachable()) in_context(r.body, ctx);
    reset(inside);
    start(next);
    if (!reachable()) break;
  }
  if (reachable()) jump(none);
  reset(m);
  start(none);
}

// Receive.

void Builder::receive_node(Node* node, Context ctx) {
  auto* n = static_cast<ReceiveNode*>(node);
  if (!reachable()) return;
  Mark m = mark();
  bool timed = n->timeout != nullptr;
  VReg timeout = kNone;
  if (timed) {
    Value t = eval(n->timeout);
    timed = !(t.is_literal() && t.literal == atoms::infinity);
    if (timed) timeout = reg(t, n->line);
  }
  if (n->from != kNoVar && !env(n->from).is_literal()) emit(Op::RecvFrom, {env(n->from).reg}, n->line);
  if (!reachable()) return;
  BlockId loop = new_block(), wait = new_block(), other = new_block();
  jump(loop);
  place(loop);
  VReg message = new_reg();
  emit(Op::RecvPeek, {message, wait}, n->line);
  Matcher matcher(*this, n->line, [&](uint32_t i) {
    emit(Op::RecvAccept, std::vector<uint32_t>(), n->clauses[i].line);
    if (reachable()) in_context(n->clauses[i].body, ctx);
  });
  uint32_t place_of = matcher.add_place(message);
  for (uint32_t i = 0; i < n->clauses.size(); ++i) {
    const Clause& c = n->clauses[i];
    matcher.add_row({&place_of, 1}, c.patterns, c.same, c.guards, i);
  }
  if (n->clauses.empty()) jump(other);
  else matcher.run(other);
  reset(m);
  start(other);
  emit(Op::RecvNext, {loop}, n->line);
  start(wait);
  if (!timed) {
    emit(Op::RecvWait, {0, loop}, n->line);
    return;
  }
  emit(Op::RecvWaitFor, {timeout, 0, loop}, n->line);
  in_context(n->after, ctx);
  reset(m);
}

}  // namespace phial::compiler
