// Expressions without branches of their own: data, calls, primitives.
#include <algorithm>

#include "compiler/emit/builder.h"
#include "vm/term/bignum.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

std::vector<Value> Builder::eval_all(std::span<Node* const> kids) {
  std::vector<Value> out;
  out.reserve(kids.size());
  for (Node* k : kids) out.push_back(eval(k));
  return out;
}

Value Builder::eval(Node* n) {
  if (depth_.exceeded()) fail_unit("expression nested too deeply", n->line);
  if (!u_.error.empty()) return Value::of(atoms::nil);
  switch (n->kind) {
    case NodeKind::Lit: return Value::of(n->term);
    case NodeKind::Var: return env(n->var);
    case NodeKind::Seq: {
      if (n->kids.empty()) return Value::of(atoms::nil);
      for (size_t i = 0; i + 1 < n->kids.size(); ++i) in_context(n->kids[i], {Want::Effect, nullptr});
      return eval(n->kids.back());
    }
    case NodeKind::Match: {
      Value v = eval(n->kids[0]);
      PatternKind kind = n->pattern->kind;
      BlockId fail = kNone;
      if (kind != PatternKind::Var && kind != PatternKind::Wild) {
        v = Value::of(reg(v, n->line));
        fail = cold_fail(FailKind::BadMatch, v, n->line);
      }
      match_single(v, n->pattern, fail);
      return v;
    }
    case NodeKind::Call:
    case NodeKind::CallLifted:
    case NodeKind::Remote:
    case NodeKind::RemoteDyn:
    case NodeKind::CallFun: {
      Value v;
      call_node(n, false, &v);
      return v;
    }
    case NodeKind::Prim: return eval_prim(n);
    case NodeKind::Tuple: {
      std::vector<Value> elements = eval_all(n->kids);
      VReg d = new_reg();
      std::vector<uint32_t> operands = {d, static_cast<uint32_t>(elements.size())};
      for (const Value& v : elements) operands.push_back(reg(v, n->line));
      emit(Op::MakeTuple, operands, n->line);
      learn(d, kTypeTuple, static_cast<int32_t>(elements.size()));
      for (uint32_t i = 0; i < elements.size() && reachable(); ++i) {
        parts_.push_back({d, 0, i, Term::none(), operands[i + 2]});
      }
      return Value::of(d);
    }
    case NodeKind::Cons: return eval_cons(n);
    case NodeKind::Map: return eval_map(n);
    case NodeKind::MapUpdate: return eval_map_update(n);
    case NodeKind::Field: return eval_field(n);
    case NodeKind::Bin: return eval_bin(n);
    case NodeKind::Fn: return eval_fn(n);
    case NodeKind::LocalFun: {
      Function* f = u_.find(n->term, n->arity);
      if (f == nullptr) {
        u_.error = "undefined function " + std::string(u_.table.text(n->term)) + "/" + std::to_string(n->arity);
        u_.error_line = n->line;
        return Value::of(atoms::nil);
      }
      VReg d = new_reg();
      emit(Op::MakeFun, {d, 0, u_.closure_of_local(f)}, n->line);
      learn(d, kTypeFun);
      return Value::of(d);
    }
    case NodeKind::RemoteFun: {
      VReg d = new_reg();
      emit(Op::MakeExport, {d, u_.import(n->module, n->term, n->arity)}, n->line);
      learn(d, kTypeFun);
      return Value::of(d);
    }
    case NodeKind::Trace: {
      VReg d = new_reg();
      emit(Op::StackTrace, {d, reg(env(n->var))}, n->line);
      return Value::of(d);
    }
    case NodeKind::AndAlso:
    case NodeKind::OrElse:
    case NodeKind::If:
    case NodeKind::BoolCase:
    case NodeKind::Case:
    case NodeKind::Cond:
    case NodeKind::With:
    case NodeKind::Try:
    case NodeKind::Receive: return control(n);
  }
  return Value::of(atoms::nil);
}

Value Builder::eval_cons(Node* n) {
  std::vector<Value> items = eval_all(n->kids);
  VReg tail = reg(items.back(), n->line);
  for (size_t i = items.size() - 1; i-- > 0;) {
    VReg d = new_reg();
    emit(Op::Cons, {d, reg(items[i], n->line), tail}, n->line);
    tail = d;
  }
  learn(tail, kTypeCons);
  return Value::of(tail);
}

// Maps.

Value Builder::eval_map(Node* n) {
  size_t count = n->kids.size() / 2;
  bool constant_keys = count <= kFlatMapMaxKeys;
  for (size_t i = 0; i < count; ++i) constant_keys = constant_keys && n->kids[2 * i]->kind == NodeKind::Lit;
  std::vector<Value> values = eval_all(n->kids);
  VReg d = new_reg();
  if (constant_keys) {
    // A map from key to place gives the order of the keys.
    std::vector<Term> pairs;
    for (size_t i = 0; i < count; ++i) {
      pairs.push_back(n->kids[2 * i]->term);
      pairs.push_back(Term::fixnum(static_cast<int64_t>(2 * i + 1)));
    }
    Term places = make_map(u_.space, u_.table, pairs);
    size_t constant_values = 0;
    for (size_t i = 0; i < count; ++i) constant_values += values[2 * i + 1].is_literal();
    if (map_size(places) == count) {
      MapIterator it(places);
      Term key, place;
      std::vector<Term> keys, base;
      std::vector<uint32_t> operands = {d};
      bool update = constant_values * 2 > count && count > 2;
      if (update) operands.push_back(kNone);
      operands.push_back(0);
      while (it.next(key, place)) {
        const Value& v = values[static_cast<size_t>(place.as_fixnum())];
        base.push_back(key);
        base.push_back(v.is_literal() ? v.literal : atoms::nil);
        if (update && v.is_literal()) continue;
        keys.push_back(key);
        operands.push_back(reg(v, n->line));
      }
      operands[update ? 2 : 1] = static_cast<uint32_t>(keys.size());
      operands.push_back(constant(phial::make_tuple(u_.space, std::span<const Term>(keys))));
      if (keys.empty()) return Value::of(make_map(u_.space, u_.table, base));
      // Mostly constants: the constant map with the few others put in their places.
      if (update) operands[1] = reg(Value::of(make_map(u_.space, u_.table, base)), n->line);
      emit(update ? Op::MapUpdateKeys : Op::MakeMapKeys, operands, n->line);
      learn(d, kTypeMap);
      return Value::of(d);
    }
  }
  std::vector<uint32_t> operands = {d, static_cast<uint32_t>(values.size())};
  if (values.size() > 60000) fail_unit("a map with too many keys", n->line);
  for (const Value& v : values) operands.push_back(reg(v, n->line));
  emit(Op::MakeMap, operands, n->line);
  learn(d, kTypeMap);
  return Value::of(d);
}

Value Builder::eval_map_update(Node* n) {
  std::vector<Value> values = eval_all(n->kids);
  VReg map = reg(values[0], n->line);
  if (!n->term.is_none()) {
    BlockId bad = cold_tuple(FailKind::Error, {Value::of(u_.names.badstruct), Value::of(n->term), Value::of(map)}, n->line);
    VReg name = new_reg();
    emit(Op::MapGetConst, {name, map, constant(atoms::struct_), bad}, n->line);
    emit(Op::IsSame, {name, constant(n->term), bad}, n->line);
  }
  size_t count = n->kids.size() / 2;
  if (count == 0) return values[0];
  VReg d = new_reg();
  bool constant_keys = count <= kFlatMapMaxKeys;
  std::vector<Term> pairs;
  for (size_t i = 0; i < count && constant_keys; ++i) {
    constant_keys = n->kids[2 * i + 1]->kind == NodeKind::Lit;
    pairs.push_back(n->kids[2 * i + 1]->term);
    pairs.push_back(Term::fixnum(static_cast<int64_t>(2 * i + 2)));
  }
  if (constant_keys) {
    Term places = make_map(u_.space, u_.table, pairs);
    if (map_size(places) == count) {
      std::vector<uint32_t> operands = {d, map, static_cast<uint32_t>(count)};
      std::vector<Term> keys;
      MapIterator it(places);
      Term key, place;
      while (it.next(key, place)) {
        keys.push_back(key);
        operands.push_back(reg(values[static_cast<size_t>(place.as_fixnum())], n->line));
      }
      operands.push_back(constant(phial::make_tuple(u_.space, std::span<const Term>(keys))));
      emit(Op::MapUpdateKeys, operands, n->line);
      learn(d, kTypeMap);
      return Value::of(d);
    }
  }
  std::vector<uint32_t> operands = {d, map, static_cast<uint32_t>(2 * count)};
  for (size_t i = 1; i < values.size(); ++i) operands.push_back(reg(values[i], n->line));
  emit(Op::MapUpdate, operands, n->line);
  learn(d, kTypeMap);
  return Value::of(d);
}

Value Builder::eval_field(Node* n) {
  Value v = eval(n->kids[0]);
  VReg whole = reg(v, n->line);
  VReg known = known_part(whole, 3, 0, n->term);
  if (known != kNone) return Value::of(known);
  VReg d = new_reg();
  if (guard_fail_ != kNone) {
    emit(Op::MapGetConst, {d, whole, constant(n->term), guard_fail_}, n->line);
    return Value::of(d);
  }
  if (!reachable()) return Value::of(atoms::nil);
  if (fact(whole).types == kTypeMap) {
    BlockId missing = cold_call(u_.names.phial, u_.names.no_field, {Value::of(whole), Value::of(n->term)}, kNone, n->line);
    emit(Op::MapGetConst, {d, whole, constant(n->term), missing}, n->line);
    parts_.push_back({whole, 3, 0, n->term, d});
    return Value::of(d);
  }
  BlockId done = new_block();
  VReg result = param(done);
  BlockId slow = cold_call(u_.names.phial, u_.names.no_field, {Value::of(whole), Value::of(n->term)}, done, n->line);
  emit(Op::MapGetConst, {d, whole, constant(n->term), slow}, n->line);
  jump_with(done, {Value::of(d)}, n->line);
  place(done);
  return Value::of(result);
}

Value Builder::eval_fn(Node* n) {
  std::vector<uint32_t> operands = {new_reg(), static_cast<uint32_t>(n->function->captured.size())};
  for (VarId var : n->function->captured) operands.push_back(reg(env(var), n->line));
  operands.push_back(u_.closure(n->function));
  emit(Op::MakeFun, operands, n->line);
  learn(operands[0], kTypeFun);
  return Value::of(operands[0]);
}

// Primitives.

namespace {

Op arithmetic_op(Prim p) {
  switch (p) {
    case Prim::Add: return Op::Add;
    case Prim::Sub: return Op::Sub;
    case Prim::Mul: return Op::Mul;
    case Prim::Div: return Op::Div;
    case Prim::IntDiv: return Op::IntDiv;
    case Prim::Rem: return Op::Rem;
    case Prim::Neg: return Op::Neg;
    case Prim::BAnd: return Op::BAnd;
    case Prim::BOr: return Op::BOr;
    case Prim::BXor: return Op::BXor;
    case Prim::BNot: return Op::BNot;
    case Prim::Bsl: return Op::Bsl;
    default: return Op::Bsr;
  }
}

/// The form of [p] with constant [i] as its second operand, or Move when there is none.
Op immediate_op(Prim p, int64_t i) {
  bool divides = i != 0 && i != -1;
  switch (p) {
    case Prim::Add: return Op::AddInt;
    case Prim::Sub: return Op::SubInt;
    case Prim::Mul: return Op::MulInt;
    case Prim::IntDiv: return divides ? Op::IntDivInt : Op::Move;
    case Prim::Rem: return divides ? Op::RemInt : Op::Move;
    case Prim::BAnd: return Op::BAndInt;
    case Prim::Bsl: return Op::BslInt;
    case Prim::Bsr: return Op::BsrInt;
    default: return Op::Move;
  }
}

uint16_t arithmetic_type(Prim p) {
  switch (p) {
    case Prim::Add:
    case Prim::Sub:
    case Prim::Mul:
    case Prim::Neg: return kTypeNumber;
    case Prim::Div: return kTypeFloat;
    default: return kTypeInteger;
  }
}

}  // namespace

Value Builder::fold_prim(Prim p, const std::vector<Value>& args, bool* folded) {
  *folded = false;
  for (const Value& v : args) {
    if (!v.is_literal()) return {};
  }
  Term a = args[0].literal, b = args.size() > 1 ? args[1].literal : Term::none();
  bool integers = a.is_integer() && (args.size() < 2 || b.is_integer());
  bool smalls = a.is_fixnum() && b.is_fixnum();
  *folded = true;
  if (integers && args.size() == 2) {
    switch (p) {
      case Prim::Add: return Value::of(integer_add(u_.space, a, b));
      case Prim::Sub: return Value::of(integer_sub(u_.space, a, b));
      case Prim::Mul:
        if (smalls) return Value::of(integer_mul(u_.space, a, b));
        break;
      case Prim::IntDiv:
        if (b != Term::fixnum(0)) return Value::of(integer_div(u_.space, a, b));
        break;
      case Prim::Rem:
        if (b != Term::fixnum(0)) return Value::of(integer_rem(u_.space, a, b));
        break;
      case Prim::BAnd: return Value::of(integer_and(u_.space, a, b));
      case Prim::BOr: return Value::of(integer_or(u_.space, a, b));
      case Prim::BXor: return Value::of(integer_xor(u_.space, a, b));
      case Prim::Bsl:
        if (smalls && b.as_fixnum() >= 0 && b.as_fixnum() < 256) return Value::of(integer_shift(u_.space, a, b.as_fixnum()));
        break;
      case Prim::Lt: return Value::of(boolean(integer_compare(a, b) < 0));
      case Prim::Gt: return Value::of(boolean(integer_compare(a, b) > 0));
      case Prim::Le: return Value::of(boolean(integer_compare(a, b) <= 0));
      case Prim::Ge: return Value::of(boolean(integer_compare(a, b) >= 0));
      default: break;
    }
  }
  bool same_kind = smalls || (a.is_atom() && !b.is_none() && b.is_atom());
  if (same_kind && (p == Prim::EqExact || p == Prim::Eq)) return Value::of(boolean(a == b));
  if (same_kind && (p == Prim::NeExact || p == Prim::Ne)) return Value::of(boolean(a != b));
  if (p == Prim::Not && (a == atoms::true_ || a == atoms::false_)) return Value::of(boolean(a == atoms::false_));
  *folded = false;
  return {};
}

Value Builder::eval_prim(Node* n) {
  PrimClass cls = prim_class(n->prim);
  if (cls == PrimClass::Test || cls == PrimClass::FunArity) return truth_value(n);
  std::vector<Value> args = eval_all(n->kids);
  bool folded;
  Value constant_value = fold_prim(n->prim, args, &folded);
  if (folded) return constant_value;
  VReg d = new_reg();
  int64_t i;
  switch (cls) {
    case PrimClass::Arith: {
      bool commutes = n->prim == Prim::Add || n->prim == Prim::Mul;
      // An operation that may fail keeps its operands in order: they show in the stack trace.
      bool may_swap = commutes && small(args[0], &i) && !args[1].is_literal() &&
                      (guard_fail_ != kNone || (fact(reg(args[1])).types & ~kTypeNumber) == 0);
      if (may_swap) std::swap(args[0], args[1]);
      Op with_constant = args.size() == 2 && small(args[1], &i) ? immediate_op(n->prim, i) : Op::Move;
      if (with_constant != Op::Move && !args[0].is_literal()) {
        emit(with_constant, {d, reg(args[0]), static_cast<uint32_t>(i)}, n->line);
      } else if (args.size() == 1) {
        emit(arithmetic_op(n->prim), {d, reg(args[0], n->line)}, n->line);
      } else {
        VReg a = reg(args[0], n->line), b = reg(args[1], n->line);
        emit(arithmetic_op(n->prim), {d, a, b}, n->line);
      }
      learn(d, arithmetic_type(n->prim));
      return Value::of(d);
    }
    case PrimClass::Not:
      emit(Op::BoolNot, {d, reg(args[0], n->line)}, n->line);
      learn(d, kTypeBoolean);
      return Value::of(d);
    case PrimClass::Compare: {
      VReg a = reg(args[0], n->line), b = reg(args[1], n->line);
      if (n->prim == Prim::Gt || n->prim == Prim::Ge) std::swap(a, b);
      Op op = Op::BoolEq;
      if (n->prim == Prim::Ne) op = Op::BoolNe;
      if (n->prim == Prim::EqExact) op = Op::BoolEqExact;
      if (n->prim == Prim::NeExact) op = Op::BoolNeExact;
      if (n->prim == Prim::Lt || n->prim == Prim::Gt) op = Op::BoolLt;
      if (n->prim == Prim::Le || n->prim == Prim::Ge) op = Op::BoolLe;
      emit(op, {d, a, b}, n->line);
      learn(d, kTypeBoolean);
      return Value::of(d);
    }
    case PrimClass::MapKey: {
      if (guard_fail_ != kNone) return truth_value(n);
      Term name = u_.table.intern("is_map_key");
      return call_export(atoms::erlang, name, args, n->line);
    }
    default: break;
  }
  // Access.
  auto slow = [&](const char* name) {
    if (guard_fail_ != kNone) return guard_fail_;
    return cold_call(atoms::erlang, u_.table.intern(name), args, kNone, n->line);
  };
  switch (n->prim) {
    case Prim::Hd:
    case Prim::Tl: {
      VReg list = reg(args[0], n->line);
      args[0] = Value::of(list);
      if ((fact(list).types & ~kTypeCons) != 0) {
        emit(Op::IsCons, {list, slow(n->prim == Prim::Hd ? "hd" : "tl")}, n->line);
        learn(list, kTypeCons);
      }
      return Value::of(n->prim == Prim::Hd ? head_of(list) : tail_of(list));
    }
    case Prim::Element: {
      VReg tuple = reg(args[1], n->line);
      if (small(args[0], &i) && i >= 1) {
        if (fact(tuple).types == kTypeTuple && fact(tuple).arity >= i) return Value::of(element(tuple, static_cast<uint32_t>(i - 1)));
        VReg known = known_part(tuple, 0, static_cast<uint32_t>(i - 1), Term::none());
        if (known != kNone) return Value::of(known);
        emit(Op::Element, {d, tuple, static_cast<uint32_t>(i - 1)}, n->line);
        if (reachable()) parts_.push_back({tuple, 0, static_cast<uint32_t>(i - 1), Term::none(), d});
      } else {
        emit(Op::ElementVar, {d, reg(args[0], n->line), tuple}, n->line);
      }
      return Value::of(d);
    }
    case Prim::MapGet: {
      VReg map = reg(args[1], n->line);
      args[1] = Value::of(map);
      if (args[0].is_literal()) emit(Op::MapGetConst, {d, map, constant(args[0].literal), slow("map_get")}, n->line);
      else emit(Op::MapGet, {d, map, reg(args[0]), slow("map_get")}, n->line);
      return Value::of(d);
    }
    default: {
      Op op = n->prim == Prim::TupleSize  ? Op::TupleSize
              : n->prim == Prim::MapSize  ? Op::MapSize
              : n->prim == Prim::ByteSize ? Op::ByteSize
                                          : Op::Length;
      emit(op, {d, reg(args[0], n->line)}, n->line);
      learn(d, kTypeFixnum);
      return Value::of(d);
    }
  }
}

}  // namespace phial::compiler
