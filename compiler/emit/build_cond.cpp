// Conditions: jumps straight from comparisons and tests to where the program goes on, without making booleans.
#include <algorithm>

#include "compiler/emit/builder.h"

namespace phial::compiler {

namespace {

struct TestOp {
  Op op;
  uint16_t types;
  bool exact;  // the types are just those the test accepts
};

TestOp test_op(Prim p) {
  switch (p) {
    case Prim::IsInteger: return {Op::IsInteger, kTypeInteger, true};
    case Prim::IsFloat: return {Op::IsFloat, kTypeFloat, true};
    case Prim::IsNumber: return {Op::IsNumber, kTypeNumber, true};
    case Prim::IsAtom: return {Op::IsAtom, kTypeAnyAtom, true};
    case Prim::IsBoolean: return {Op::IsBoolean, kTypeBoolean, true};
    case Prim::IsBinary: return {Op::IsBinary, kTypeBinary, true};
    case Prim::IsBitstring: return {Op::IsBitstring, kTypeBitstring, true};
    case Prim::IsList: return {Op::IsList, kTypeList, true};
    case Prim::IsTuple: return {Op::IsTuple, kTypeTuple, true};
    case Prim::IsMap: return {Op::IsMap, kTypeMap, true};
    case Prim::IsPid: return {Op::IsPid, kTypeOther, false};
    case Prim::IsPort: return {Op::IsPort, kTypeOther, false};
    case Prim::IsReference: return {Op::IsReference, kTypeOther, false};
    default: return {Op::IsFunction, kTypeFun, true};
  }
}

bool is_falsy(Term t) { return t == atoms::false_ || t == atoms::nil; }

}  // namespace

bool Builder::is_boolean(const Node* n, int depth) const {
  if (depth > 16) return false;
  switch (n->kind) {
    case NodeKind::Lit: return n->term == atoms::true_ || n->term == atoms::false_;
    case NodeKind::Var: {
      Value v = env(n->var);
      return (types_of(v) & ~kTypeBoolean) == 0;
    }
    case NodeKind::Prim: {
      PrimClass cls = prim_class(n->prim);
      return cls != PrimClass::Arith && cls != PrimClass::Access;
    }
    case NodeKind::AndAlso:
    case NodeKind::OrElse:
    case NodeKind::Seq: return !n->kids.empty() && is_boolean(n->kids.back(), depth + 1);
    case NodeKind::If: {
      bool then_ok = (n->arity & kThenIsCondition) ? is_boolean(n->kids[0], depth + 1) : is_boolean(n->kids[1], depth + 1);
      bool else_ok = (n->arity & kElseIsCondition) ? is_boolean(n->kids[0], depth + 1) : is_boolean(n->kids[2], depth + 1);
      return then_ok && else_ok;
    }
    case NodeKind::BoolCase: return is_boolean(n->kids[1], depth + 1) && is_boolean(n->kids[2], depth + 1);
    default: return false;
  }
}

void Builder::test(Op op, std::vector<uint32_t> operands, BlockId t, BlockId f, BlockId next, Op negation) {
  if (next == f && negation != op) {
    operands.push_back(t);
    emit(negation, operands);
    return;
  }
  operands.push_back(f);
  emit(op, operands);
  if (next != t) jump(t);
}

void Builder::branch_test(Op op, VReg r, uint16_t types, BlockId t, BlockId f, BlockId next) {
  uint16_t known = fact(r).types;
  if ((known & types) == 0) return always(false, t, f, next);
  test(op, {r}, t, f, next, op);
  if (next == t) learn(r, types);
}

void Builder::branch_value(Value v, BlockId t, BlockId f, BlockId next, bool truthy) {
  if (v.is_literal()) {
    if (!truthy && guard_fail_ != kNone && v.literal != atoms::true_ && v.literal != atoms::false_) {
      jump(guard_fail_);
      return;
    }
    return always(!is_falsy(v.literal), t, f, next);
  }
  if (v.is_rest()) return truthy ? always(true, t, f, next) : jump(guard_fail_ != kNone ? guard_fail_ : f);
  uint16_t known = fact(v.reg).types;
  if ((known & kTypeFalsy) == 0 && truthy) return always(true, t, f, next);
  if ((known & ~kTypeFalsy) == 0) return always(false, t, f, next);
  if ((known & ~kTypeBoolean) == 0) return test(Op::IsTrue, {v.reg}, t, f, next, Op::IsFalse);
  if (truthy) {
    test(Op::IsTruthy, {v.reg}, t, f, next, Op::IsTruthy);
    if (next == t) learn(v.reg, static_cast<uint16_t>(~kTypeFalsy));
    return;
  }
  if (guard_fail_ != kNone && f != guard_fail_) {
    BlockId not_true = new_block();
    emit(Op::IsTrue, {v.reg, not_true});
    jump(t);
    start(not_true);
    emit(Op::IsFalse, {v.reg, guard_fail_});
    if (next != f) jump(f);
    return;
  }
  test(Op::IsTrue, {v.reg}, t, f, next, Op::IsTrue);
}

void Builder::branch_compare(Prim p, Value a, Value b, BlockId t, BlockId f, BlockId next, uint32_t line) {
  bool folded;
  Value constant_value = fold_prim(p, {a, b}, &folded);
  if (folded) return always(constant_value.literal == atoms::true_, t, f, next);
  if (p == Prim::Ne || p == Prim::NeExact) {
    std::swap(t, f);
    p = p == Prim::Ne ? Prim::Eq : Prim::EqExact;
  }
  if (a.is_literal()) {
    std::swap(a, b);
    if (p == Prim::Lt) p = Prim::Gt;
    else if (p == Prim::Gt) p = Prim::Lt;
    else if (p == Prim::Le) p = Prim::Ge;
    else if (p == Prim::Ge) p = Prim::Le;
  }
  int64_t i = 0;
  bool immediate = small(b, &i);
  uint32_t imm = static_cast<uint32_t>(i);
  VReg x = reg(a, line);
  bool equality = p == Prim::Eq || p == Prim::EqExact;
  if (equality && b.is_literal()) {
    Term k = b.literal;
    uint16_t types = type_of_literal(k);
    bool no_number = k.is_atom() || k.is_nil_list();
    bool integer_known = (fact(x).types & ~kTypeInteger) == 0;
    if (no_number || (k.is_fixnum() && (p == Prim::EqExact || integer_known))) {
      if ((fact(x).types & types) == 0) return always(false, t, f, next);
      bool is_bool = (fact(x).types & ~kTypeBoolean) == 0;
      if (k == atoms::true_) test(Op::IsTrue, {x}, t, f, next, is_bool ? Op::IsFalse : Op::IsTrue);
      else if (k == atoms::false_) test(Op::IsFalse, {x}, t, f, next, is_bool ? Op::IsTrue : Op::IsFalse);
      else if (k.is_nil_list()) test(Op::IsNilList, {x}, t, f, next, Op::IsNilList);
      else if (immediate) test(Op::IsSameInt, {x, imm}, t, f, next, Op::IsSameInt);
      else test(Op::IsSame, {x, constant(k)}, t, f, next, Op::IsSame);
      if (next == t) learn(x, types);
      return;
    }
    if (immediate) return test(Op::EqInt, {x, imm}, t, f, next, Op::NeInt);
  }
  if (immediate && !equality) {
    if (p == Prim::Lt) return test(Op::LtInt, {x, imm}, t, f, next, Op::GeInt);
    if (p == Prim::Gt) return test(Op::GtInt, {x, imm}, t, f, next, Op::LeInt);
    if (p == Prim::Le) return test(Op::LeInt, {x, imm}, t, f, next, Op::GtInt);
    return test(Op::GeInt, {x, imm}, t, f, next, Op::LtInt);
  }
  VReg y = reg(b, line);
  if (p == Prim::Eq) return test(Op::Eq, {x, y}, t, f, next, Op::Ne);
  if (p == Prim::EqExact) return test(Op::EqExact, {x, y}, t, f, next, Op::NeExact);
  if (p == Prim::Gt || p == Prim::Le) std::swap(x, y);
  if (p == Prim::Lt || p == Prim::Gt) test(Op::Lt, {x, y}, t, f, next, Op::Ge);
  else test(Op::Ge, {x, y}, t, f, next, Op::Lt);
}

void Builder::branch_prim(Node* n, BlockId t, BlockId f, BlockId next) {
  switch (prim_class(n->prim)) {
    case PrimClass::Compare: {
      Value a = eval(n->kids[0]), b = eval(n->kids[1]);
      return branch_compare(n->prim, a, b, t, f, next, n->line);
    }
    case PrimClass::Test: {
      TestOp op = test_op(n->prim);
      Value v = eval(n->kids[0]);
      uint16_t known = types_of(v);
      if (op.exact && (known & ~op.types) == 0) return always(true, t, f, next);
      return branch_test(op.op, reg(v, n->line), op.types, t, f, next);
    }
    case PrimClass::FunArity: {
      VReg r = reg(eval(n->kids[0]), n->line);
      eval(n->kids[1]);
      test(Op::IsFunArity, {r, static_cast<uint32_t>(n->kids[1]->term.as_fixnum())}, t, f, next, Op::IsFunArity);
      return;
    }
    case PrimClass::MapKey: {
      Value key = eval(n->kids[0]);
      VReg map = reg(eval(n->kids[1]), n->line);
      if (guard_fail_ == kNone && fact(map).types != kTypeMap) {
        Value v = call_export(atoms::erlang, u_.table.intern("is_map_key"), {key, Value::of(map)}, n->line);
        if (reachable()) learn(v.reg, kTypeBoolean);
        return branch_value(v, t, f, next, false);
      }
      if (guard_fail_ != kNone && f != guard_fail_ && fact(map).types != kTypeMap) {
        emit(Op::IsMap, {map, guard_fail_});
        learn(map, kTypeMap);
      }
      VReg d = new_reg();
      if (key.is_literal()) test(Op::MapGetConst, {d, map, constant(key.literal)}, t, f, next, Op::MapGetConst);
      else test(Op::MapGet, {d, map, reg(key)}, t, f, next, Op::MapGet);
      return;
    }
    case PrimClass::Not:
      if (guard_fail_ != kNone || is_boolean(n->kids[0])) return branch(n->kids[0], f, t, next, false);
      break;
    default: break;
  }
  branch_value(eval_prim(n), t, f, next, false);
}

void Builder::branch(Node* n, BlockId t, BlockId f, BlockId next, bool truthy) {
  if (depth_.exceeded()) fail_unit("expression nested too deeply", n->line);
  if (!u_.error.empty()) return;
  switch (n->kind) {
    case NodeKind::Prim:
      if (is_boolean(n)) return branch_prim(n, t, f, next);
      break;
    case NodeKind::Seq:
      for (size_t i = 0; i + 1 < n->kids.size(); ++i) in_context(n->kids[i], {Want::Effect, nullptr});
      if (!n->kids.empty()) return branch(n->kids.back(), t, f, next, truthy);
      break;
    case NodeKind::AndAlso:
    case NodeKind::OrElse: {
      bool is_and = n->kind == NodeKind::AndAlso;
      Mark m = mark();
      if (guard_fail_ == kNone && !is_boolean(n->kids[0])) {
        VReg v = reg(eval(n->kids[0]), n->line);
        Term op = is_and ? u_.names.and_ : u_.names.or_;
        VReg reason = v;
        BlockId other = new_block();
        BlockId bad = cold_tuple(FailKind::BadBoolean, {Value::of(u_.names.badbool), Value::of(op), Value::of(reason)}, n->line);
        emit(is_and ? Op::IsTrue : Op::IsFalse, {v, other});
        branch(n->kids[1], t, f, kNone, truthy);
        reset(m);
        start(other);
        emit(is_and ? Op::IsFalse : Op::IsTrue, {v, bad});
        BlockId to = is_and ? f : t;
        if (next != to) jump(to);
        return;
      }
      BlockId second = new_block();
      if (is_and) branch(n->kids[0], second, f, second, false);
      else branch(n->kids[0], t, second, second, false);
      if (!is_and) reset(m);
      start(second);
      branch(n->kids[1], t, f, next, truthy);
      if (!is_and) reset(m);
      return;
    }
    case NodeKind::If: {
      Node *c = n->kids[0], *a = n->kids[1], *b = n->kids[2];
      bool then_true = (n->arity & kThenIsCondition) || (a->kind == NodeKind::Lit && !is_falsy(a->term) && truthy) ||
                       (a->kind == NodeKind::Lit && a->term == atoms::true_);
      bool else_false = (n->arity & kElseIsCondition) || (b->kind == NodeKind::Lit && is_falsy(b->term) && truthy) ||
                        (b->kind == NodeKind::Lit && b->term == atoms::false_);
      if (!truthy && ((n->arity & kThenIsCondition) || (n->arity & kElseIsCondition)) && !is_boolean(c)) break;
      bool then_false = a->kind == NodeKind::Lit && (truthy ? is_falsy(a->term) : a->term == atoms::false_);
      bool else_true = b->kind == NodeKind::Lit && (truthy ? !is_falsy(b->term) : b->term == atoms::true_);
      bool then_binds = n->var2 != kNoVar && !(n->arity & kThenIsCondition);
      bool else_binds = n->var != kNoVar && !(n->arity & kElseIsCondition);
      bool binds = then_binds || else_binds;
      Value v = Value::of(atoms::nil);
      bool boolean_condition = is_boolean(c);
      bool valued = binds && !boolean_condition;
      if (valued) v = Value::of(reg(eval(c), n->line));
      auto condition = [&](BlockId yes, BlockId no, BlockId behind) {
        if (valued) branch_value(v, yes, no, behind, true);
        else branch(c, yes, no, behind, true);
      };
      auto bind = [&](VarId var, bool truth) { set_env(var, valued ? v : Value::of(boolean(truth))); };
      Mark m = mark();
      if (then_true && else_false) return condition(t, f, next);
      if (then_false && else_true) return condition(f, t, next);
      if (else_false) {
        BlockId yes = new_block();
        condition(yes, f, yes);
        start(yes);
        bind(n->var2, true);
        branch(a, t, f, next, truthy);
        return;
      }
      BlockId no = new_block();
      if (then_true) {
        condition(t, no, no);
      } else {
        BlockId yes = new_block();
        condition(yes, no, yes);
        start(yes);
        bind(n->var2, true);
        branch(a, t, f, kNone, truthy);
      }
      reset(m);
      start(no);
      bind(n->var, false);
      branch(b, t, f, next, truthy);
      reset(m);
      return;
    }
    case NodeKind::BoolCase: {
      Node *c = n->kids[0], *a = n->kids[1], *b = n->kids[2];
      Mark m = mark();
      if (!is_boolean(c)) break;
      BlockId no = new_block();
      if (b->kind == NodeKind::Lit && b->term == atoms::false_) {
        BlockId yes = new_block();
        branch(c, yes, f, yes, false);
        start(yes);
        branch(a, t, f, next, truthy);
        return;
      }
      if (a->kind == NodeKind::Lit && a->term == atoms::true_) {
        branch(c, t, no, no, false);
      } else {
        BlockId yes = new_block();
        branch(c, yes, no, yes, false);
        start(yes);
        branch(a, t, f, kNone, truthy);
      }
      reset(m);
      start(no);
      branch(b, t, f, next, truthy);
      reset(m);
      return;
    }
    default: break;
  }
  branch_value(eval(n), t, f, next, truthy);
}

/// The boolean value of a test.
Value Builder::truth_value(Node* n) {
  Join join;
  open(join, true);
  BlockId t = new_block(), f = new_block();
  Context ctx{Want::Value, &join};
  Mark m = mark();
  if (n->kind == NodeKind::Prim) branch_prim(n, t, f, t);
  else branch(n, t, f, t, false);
  start(t);
  // A test that is always true never refers to [t] and falls through to here.
  if (reachable()) give(Value::of(atoms::true_), ctx, n->line);
  reset(m);
  start(f);
  if (reachable()) give(Value::of(atoms::false_), ctx, n->line);
  return close(join, true);
}

bool Builder::may_raise(const Node* n) const {
  switch (n->kind) {
    case NodeKind::Prim: {
      PrimClass cls = prim_class(n->prim);
      bool labelled = n->prim == Prim::Hd || n->prim == Prim::Tl || n->prim == Prim::MapGet;
      if (cls == PrimClass::Arith || cls == PrimClass::Not || (cls == PrimClass::Access && !labelled)) return true;
      break;
    }
    case NodeKind::Lit:
    case NodeKind::Var:
    case NodeKind::AndAlso:
    case NodeKind::OrElse:
    case NodeKind::Tuple:
    case NodeKind::Cons:
    case NodeKind::Field: break;
    default: return true;
  }
  return std::any_of(n->kids.begin(), n->kids.end(), [&](const Node* k) { return may_raise(k); });
}

/// Falls through when one of the alternatives is true. What raises in an alternative makes that alternative fail.
void Builder::guards(std::span<Node* const> alternatives, BlockId fail) {
  if (alternatives.empty()) return;
  BlockId outer_guard = guard_fail_;
  uint32_t outer_handler = handler_;
  BlockId passed = new_block();
  Mark m = mark();
  for (size_t i = 0; i < alternatives.size(); ++i) {
    bool last = i + 1 == alternatives.size();
    BlockId next = last ? fail : new_block();
    BlockId ok = new_block();
    guard_fail_ = next;
    if (may_raise(alternatives[i])) {
      c_.handlers.push_back({next, HandlerRange::Kind::Guard, outer_handler});
      if (reachable()) refer(next);
      set_handler(static_cast<uint32_t>(c_.handlers.size() - 1));
    }
    branch(alternatives[i], ok, next, ok, false);
    start(ok);
    set_handler(outer_handler);
    if (!last) {
      jump(passed);
      reset(m);
      start(next);
    }
  }
  guard_fail_ = outer_guard;
  if (alternatives.size() > 1) reset(m);
  start(passed);
}

}  // namespace phial::compiler
