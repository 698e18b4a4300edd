#include "compiler/emit/builder.h"

#include <algorithm>

#include "vm/term/binary.h"

namespace phial::compiler {

// Functions.

bool Builder::build(Function& f, uint32_t variant) {
  c_.clear();
  f_ = &f;
  worker_ = (variant & kWorker) != 0;
  reader_ = (variant & kReader) != 0;
  never_ = kNone;
  dest_ = kNone;
  cur_ = kNone;
  handler_ = guard_fail_ = kNone;
  ++epoch_;
  if (env_.size() < f.var_limit) env_.resize(f.var_limit);
  facts_.clear();
  fact_trail_.clear();
  parts_.clear();
  cold_.clear();
  std::vector<Value> args;
  for (VarId var : f.params) {
    Value v = Value::of(new_reg());
    c_.params.push_back(v.reg);
    set_env(var, v);
    args.push_back(v);
  }
  for (VarId var : f.captured) {
    Value v = Value::of(new_reg());
    c_.params.push_back(v.reg);
    set_env(var, v);
  }
  if (worker_) c_.params.push_back(dest_ = new_reg());
  VReg position = reader_ ? new_reg() : kNone;
  if (reader_) c_.params.push_back(position);
  BlockId entry = new_block();
  refer(entry);
  place(entry);
  if (reader_) {
    size_t i = static_cast<size_t>(u_.binary_param(&f));
    bool whole_bytes = u_.binary_param_needs_bytes(&f);
    args[i] = Value::rest(args[i].reg, position, whole_bytes);
    set_env(f.params[i], args[i]);
    learn(args[i].reg, kTypeBitstring);
    learn(position, kTypeFixnum, whole_bytes ? 8 : 1);
  }
  if (f.body != nullptr) {
    tail(f.body);
  } else {
    Cold cold{};
    cold.block = new_block();
    cold.line = f.line;
    cold.handler = kNone;
    cold.clause_arity = static_cast<int>(f.arity);
    cold_.push_back(cold);
    case_clauses(args, f.clauses, cold.block, {Want::Tail, nullptr});
  }
  emit_cold();
  return u_.error.empty();
}

void Builder::fail_unit(const char* message, uint32_t line) {
  if (!u_.error.empty()) return;
  u_.error = message;
  u_.error_line = line;
}

Value Builder::env(VarId var) const {
  if (var >= env_.size() || env_[var].first != epoch_) return Value::of(atoms::nil);  // only in dead code
  return env_[var].second;
}

void Builder::set_env(VarId var, Value v) {
  if (var == kNoVar) return;
  if (var >= env_.size()) env_.resize(var + 1);
  env_[var] = {epoch_, v};
}

// Blocks.

BlockId Builder::new_block() {
  c_.blocks.emplace_back();
  return static_cast<BlockId>(c_.blocks.size() - 1);
}

void Builder::place(BlockId b) {
  VBlock& block = c_.blocks[b];
  block.placed = true;
  block.first = block.end = static_cast<uint32_t>(c_.insts.size());
  block.handler = handler_;
  c_.order.push_back(b);
  cur_ = b;
}

void Builder::end_block() {
  if (cur_ == kNone) return;
  c_.blocks[cur_].end = static_cast<uint32_t>(c_.insts.size());
  cur_ = kNone;
}

void Builder::start(BlockId b) {
  if (c_.blocks[b].references == 0) return;
  if (reachable()) jump(b);
  place(b);
}

void Builder::jump(BlockId b) { jump_with(b, {}, 0); }

void Builder::jump_with(BlockId b, std::initializer_list<Value> args, uint32_t line) {
  if (!reachable()) return;
  std::vector<uint32_t> regs;
  for (const Value& v : args) regs.push_back(argument(v));
  VInst inst;
  inst.kind = VKind::Jump;
  inst.target = b;
  inst.line = line;
  inst.first = static_cast<uint32_t>(c_.pool.size());
  inst.count = static_cast<uint32_t>(regs.size());
  c_.pool.insert(c_.pool.end(), regs.begin(), regs.end());
  c_.insts.push_back(inst);
  refer(b);
  end_block();
}

void Builder::set_handler(uint32_t handler) {
  handler_ = handler;
  if (!reachable() || c_.blocks[cur_].handler == handler) return;
  BlockId b = new_block();
  jump(b);
  place(b);
}

VReg Builder::param(BlockId b) {
  VBlock& block = c_.blocks[b];
  if (block.param_count == 0) block.param_first = static_cast<uint32_t>(c_.block_params.size());
  ++block.param_count;
  VReg r = new_reg();
  c_.block_params.push_back(r);
  return r;
}

// Instructions.

uint32_t Builder::constant(Term t) {
  c_.constants.push_back(t);
  return static_cast<uint32_t>(c_.constants.size() - 1);
}

void Builder::emit(Op op, std::initializer_list<uint32_t> operands, uint32_t line) {
  emit(op, std::vector<uint32_t>(operands), line);
}

void Builder::emit(Op op, const std::vector<uint32_t>& operands, uint32_t line) {
  if (!reachable()) return;
  VInst inst;
  inst.op = op;
  inst.line = line;
  inst.first = static_cast<uint32_t>(c_.pool.size());
  inst.count = static_cast<uint32_t>(operands.size());
  c_.pool.insert(c_.pool.end(), operands.begin(), operands.end());
  c_.insts.push_back(inst);
  const uint32_t* p = operands.data();
  for (const char* letter = op_operands(op); *letter != 0; ++letter) {
    uint32_t v = *p++;
    if (*letter == 'l' || *letter == 'L') refer(v);
    if (*letter == 'R') p += v;
    if (*letter == 'B') p += 5 * v;
    if (*letter == 'S') {
      for (uint32_t i = 0; i < v; ++i, p += 2) refer(p[1]);
    }
  }
  if (op_facts(op) & kEndsBlock) end_block();
}

VReg Builder::reg(const Value& v, uint32_t line) {
  if (v.is_rest()) {
    VReg known = known_part(v.reg, 4, v.position, Term::none());
    if (known != kNone) return known;
    VReg rest = new_reg();
    emit(Op::BinRest, {rest, v.reg, v.position, 1, never()}, line);
    learn(rest, v.whole_bytes ? kTypeBinary : kTypeBitstring);
    if (reachable()) parts_.push_back({v.reg, 4, v.position, Term::none(), rest});
    return rest;
  }
  if (!v.is_literal()) return v.reg;
  VReg r = new_reg();
  int64_t i;
  if (small(v, &i)) emit(Op::ConstInt, {r, static_cast<uint32_t>(i)}, line);
  else emit(Op::Const, {r, constant(v.literal)}, line);
  learn(r, type_of_literal(v.literal));
  return r;
}

bool Builder::small(const Value& v, int64_t* out) const {
  if (!v.is_literal() || !v.literal.is_fixnum()) return false;
  *out = v.literal.as_fixnum();
  return *out >= INT16_MIN && *out <= INT16_MAX;
}

Value Builder::call(CallKind kind, uint32_t target, VReg fun, const std::vector<Value>& args, uint32_t line,
                    VReg name) {
  if (!reachable()) return Value::of(atoms::nil);
  std::vector<uint32_t> regs;
  for (const Value& v : args) regs.push_back(argument(v));
  VInst inst;
  inst.kind = VKind::Call;
  inst.call = kind;
  inst.target = target;
  inst.fun = fun;
  inst.name = name;
  inst.line = line;
  inst.dst = new_reg();
  inst.first = static_cast<uint32_t>(c_.pool.size());
  inst.count = static_cast<uint32_t>(regs.size());
  c_.pool.insert(c_.pool.end(), regs.begin(), regs.end());
  c_.insts.push_back(inst);
  return Value::of(inst.dst);
}

Value Builder::call_export(Term module, Term name, const std::vector<Value>& args, uint32_t line) {
  uint32_t import = u_.import(module, name, static_cast<uint32_t>(args.size()));
  return call(CallKind::Export, import, kNone, args, line);
}

void Builder::tail_call(CallKind kind, uint32_t target, VReg fun, const std::vector<Value>& args, uint32_t line,
                        VReg name) {
  if (!reachable()) return;
  call(kind, target, fun, args, line, name);
  VInst& inst = c_.insts.back();
  inst.kind = VKind::Tail;
  inst.dst = kNone;
  end_block();
}

void Builder::finish(const Value& v, uint32_t line) {
  if (!reachable()) return;
  if (worker_) {
    emit(Op::SetTail, {dest_, reg(v, line)}, line);
    emit(Op::ReturnConst, {constant(atoms::nil)}, line);
  } else if (v.is_literal()) {
    emit(Op::ReturnConst, {constant(v.literal)}, line);
  } else {
    emit(Op::Return, {reg(v, line)}, line);
  }
}

// Failures.

BlockId Builder::cold_fail(FailKind kind, Value value, uint32_t line) {
  Cold cold{};
  cold.block = new_block();
  cold.kind = kind;
  cold.values = {value};
  cold.line = line;
  cold.handler = handler_;
  cold_.push_back(std::move(cold));
  return cold_.back().block;
}

BlockId Builder::cold_tuple(FailKind kind, std::vector<Value> elements, uint32_t line) {
  BlockId b = cold_fail(kind, Value(), line);
  cold_.back().values = std::move(elements);
  cold_.back().tuple = true;
  return b;
}

BlockId Builder::cold_call(Term module, Term function, std::vector<Value> args, BlockId resume, uint32_t line) {
  BlockId b = cold_fail(FailKind::Error, Value(), line);
  Cold& cold = cold_.back();
  cold.values = std::move(args);
  cold.module = module;
  cold.function = function;
  cold.resume = resume;
  return b;
}

void Builder::emit_cold() {
  end_block();
  never_ = kNone;  // one made earlier may be left out for lack of references
  for (size_t i = 0; i < cold_.size(); ++i) {
    Cold cold = cold_[i];
    if (c_.blocks[cold.block].references == 0) continue;
    handler_ = cold.handler;
    place(cold.block);
    reset({0, 0});
    if (cold.clause_arity >= 0 && reader_) {
      // The plain function fails with the arguments as they are.
      std::vector<Value> args;
      for (VarId var : f_->params) args.push_back(env(var));
      tail_call(CallKind::Local, f_->index, kNone, args, cold.line);
      continue;
    }
    if (cold.clause_arity >= 0) {
      emit(Op::FailClause, {static_cast<uint32_t>(cold.clause_arity)}, cold.line);
      continue;
    }
    if (!cold.module.is_none()) {
      Value v = call_export(cold.module, cold.function, cold.values, cold.line);
      if (cold.resume != kNone) jump_with(cold.resume, {v}, cold.line);
      else emit(Op::ReturnConst, {constant(atoms::nil)}, cold.line);
      continue;
    }
    VReg value;
    if (cold.tuple) {
      std::vector<uint32_t> operands = {new_reg(), static_cast<uint32_t>(cold.values.size())};
      value = operands[0];
      for (const Value& v : cold.values) operands.push_back(reg(v, cold.line));
      emit(Op::MakeTuple, operands, cold.line);
    } else {
      value = reg(cold.values[0], cold.line);
    }
    emit(Op::Fail, {static_cast<uint32_t>(cold.kind), value}, cold.line);
  }
  end_block();
}

/// Where an instruction goes that cannot fail here.
BlockId Builder::never() {
  if (never_ == kNone || never_handler_ != handler_) {
    never_ = cold_fail(FailKind::BadMatch, Value::of(atoms::nil), 0);
    never_handler_ = handler_;
  }
  return never_;
}

// Facts.

uint16_t Builder::types_of(const Value& v) const {
  if (v.is_rest()) return v.whole_bytes ? kTypeBinary : kTypeBitstring;
  return v.is_literal() ? type_of_literal(v.literal) : fact(v.reg).types;
}

void Builder::learn(VReg r, uint16_t types, int32_t arity) {
  if (!reachable()) return;
  if (r >= facts_.size()) facts_.resize(std::max<size_t>(r + 1, facts_.size() * 2));
  fact_trail_.emplace_back(r, facts_[r]);
  facts_[r].types &= types;
  if (arity >= 0) facts_[r].arity = arity;
}

void Builder::reset(Mark m) {
  while (fact_trail_.size() > m.facts) {
    facts_[fact_trail_.back().first] = fact_trail_.back().second;
    fact_trail_.pop_back();
  }
  parts_.resize(std::min(parts_.size(), m.parts));
}

VReg Builder::known_part(VReg whole, uint8_t kind, uint32_t index, Term key) const {
  size_t stop = parts_.size() > 48 ? parts_.size() - 48 : 0;
  for (size_t i = parts_.size(); i-- > stop;) {
    const Part& p = parts_[i];
    if (p.whole == whole && p.kind == kind && p.index == index && p.key == key) return p.reg;
  }
  return kNone;
}

VReg Builder::element(VReg tuple, uint32_t index) {
  VReg r = known_part(tuple, 0, index, Term::none());
  if (r != kNone) return r;
  r = new_reg();
  emit(Op::Elem, {r, tuple, index});
  if (reachable()) parts_.push_back({tuple, 0, index, Term::none(), r});
  return r;
}

VReg Builder::head_of(VReg list) {
  VReg r = known_part(list, 1, 0, Term::none());
  if (r != kNone) return r;
  r = new_reg();
  emit(Op::Head, {r, list});
  if (reachable()) parts_.push_back({list, 1, 0, Term::none(), r});
  return r;
}

VReg Builder::tail_of(VReg list) {
  VReg r = known_part(list, 2, 0, Term::none());
  if (r != kNone) return r;
  r = new_reg();
  emit(Op::Tail, {r, list});
  if (reachable()) parts_.push_back({list, 2, 0, Term::none(), r});
  return r;
}

uint16_t type_of_literal(Term t) {
  if (t.is_fixnum()) return kTypeFixnum;
  if (t.is_atom()) {
    if (t == atoms::true_) return kTypeTrue;
    if (t == atoms::false_) return kTypeFalse;
    return t == atoms::nil ? kTypeNil : kTypeAtom;
  }
  if (t.is_nil_list()) return kTypeNilList;
  if (t.is_cons()) return kTypeCons;
  if (t.is_float()) return kTypeFloat;
  if (!t.is_boxed()) return kTypeOther;
  if (t.is_bignum()) return kTypeBig;
  if (t.is_tuple()) return kTypeTuple;
  if (t.is_map()) return kTypeMap;
  if (t.is_bitstring()) return is_binary(t) ? kTypeBinary : kTypeBits;
  if (t.is_fun()) return kTypeFun;
  return kTypeOther;
}

}  // namespace phial::compiler
