// Calls and tail positions: which variant of a local function is called, lists built from their first cell on.
#include <algorithm>

#include "compiler/emit/builder.h"

namespace phial::compiler {

void Builder::captured_args(Function* f, std::vector<Value>& args) {
  for (VarId var : f->captured) args.push_back(env(var));
}

/// A call in tail position ends the block; otherwise [*out] is its result.
void Builder::call_node(Node* n, bool is_tail, Value* out) {
  CallKind kind = CallKind::Local;
  uint32_t target = 0;
  VReg fun = kNone, name = kNone;
  Function* callee = nullptr;
  std::vector<Value> args;
  switch (n->kind) {
    case NodeKind::Call:
      args = eval_all(n->kids);
      callee = u_.find(n->term, n->arity);
      if (callee == nullptr) {
        u_.error = "undefined function " + std::string(u_.table.text(n->term)) + "/" + std::to_string(n->arity);
        u_.error_line = n->line;
        *out = Value::of(atoms::nil);
        return;
      }
      break;
    case NodeKind::CallLifted:
      callee = n->function;
      args = eval_all(n->kids);
      captured_args(callee, args);
      break;
    case NodeKind::Remote:
      args = eval_all(n->kids);
      kind = CallKind::Export;
      target = u_.import(n->module, n->term, static_cast<uint32_t>(args.size()));
      // Built-in functions keep the frame of their caller, so that it shows in the stack trace of what they raise.
      if (n->module == atoms::erlang && n->term != u_.names.apply) {
        *out = call(kind, target, fun, args, n->line);
        if (is_tail) finish(*out, n->line);
        return;
      }
      break;
    case NodeKind::RemoteDyn:
    case NodeKind::CallFun: {
      Value first = eval(n->kids[0]);
      args = eval_all(n->kids.subspan(1));
      fun = reg(first, n->line);
      kind = n->kind == NodeKind::CallFun ? CallKind::Fun : CallKind::Dynamic;
      if (n->kind == NodeKind::RemoteDyn) name = reg(Value::of(n->term), n->line);
      break;
    }
    default: break;
  }
  if (args.size() > 255) fail_unit("a call with more than 255 arguments", n->line);
  Value position;
  uint32_t variant = kPlain;
  if (callee != nullptr && take_position(callee, args, &position)) variant |= kReader;
  bool same_loop = is_tail && worker_ && callee != nullptr && tail_cons_.same_loop(*f_, *callee);
  if (same_loop) {
    variant |= kWorker;
    args.push_back(Value::of(dest_));
  }
  if (variant & kReader) args.push_back(position);
  if (callee != nullptr) target = variant == kPlain ? callee->index : u_.variant(callee, variant);
  if (is_tail && (!worker_ || same_loop)) {
    tail_call(kind, target, fun, args, n->line, name);
    return;
  }
  *out = call(kind, target, fun, args, n->line, name);
  if (is_tail) finish(*out, n->line);
}

/// When the argument that [callee] reads as a binary is the rest of one: passes the binary itself, and the position apart.
bool Builder::take_position(Function* callee, std::vector<Value>& args, Value* position) {
  int i = u_.binary_param(callee);
  if (i < 0) return false;
  Value& v = args[static_cast<size_t>(i)];
  if (!v.is_rest() || (u_.binary_param_needs_bytes(callee) && !v.whole_bytes)) return false;
  *position = Value::of(v.position);
  v = Value::of(v.reg);
  return true;
}

/// Whether [n] is a list whose tail is a call within the loop; then it is built from its first cell on (opt/tail_cons.h).
bool Builder::tail_cons(Node* n) {
  Node* last = n->kids.back();
  Function* callee = nullptr;
  if (last->kind == NodeKind::Call) callee = u_.find(last->term, last->arity);
  if (last->kind == NodeKind::CallLifted) callee = last->function;
  if (callee == nullptr || !tail_cons_.same_loop(*f_, *callee)) return false;
  std::vector<VReg> items;
  for (size_t i = 0; i + 1 < n->kids.size(); ++i) items.push_back(reg(eval(n->kids[i]), n->line));
  std::vector<Value> args = eval_all(last->kids);
  if (last->kind == NodeKind::CallLifted) captured_args(callee, args);
  Value position;
  uint32_t variant = kWorker;
  if (take_position(callee, args, &position)) variant |= kReader;
  for (Value& v : args) v = Value::of(reg(v, n->line));
  VReg cell = new_reg(), first = cell;
  emit(Op::ConsHole, {cell, items.back()}, n->line);
  for (size_t i = items.size() - 1; i-- > 0;) {
    VReg d = new_reg();
    emit(Op::Cons, {d, items[i], first}, n->line);
    first = d;
  }
  args.push_back(Value::of(cell));
  if (variant & kReader) args.push_back(position);
  uint32_t target = u_.variant(callee, variant);
  if (worker_) {
    emit(Op::SetTail, {dest_, first}, n->line);
    tail_call(CallKind::Local, target, kNone, args, last->line);
  } else {
    call(CallKind::Local, target, kNone, args, last->line);
    finish(Value::of(first), n->line);
  }
  return true;
}

void Builder::tail(Node* n) {
  if (depth_.exceeded()) fail_unit("expression nested too deeply", n->line);
  if (!u_.error.empty()) return;
  switch (n->kind) {
    case NodeKind::Seq:
      for (size_t i = 0; i + 1 < n->kids.size(); ++i) in_context(n->kids[i], {Want::Effect, nullptr});
      if (n->kids.empty()) finish(Value::of(atoms::nil), n->line);
      else tail(n->kids.back());
      return;
    case NodeKind::Call:
    case NodeKind::CallLifted:
    case NodeKind::Remote:
    case NodeKind::RemoteDyn:
    case NodeKind::CallFun: {
      Value ignored;
      call_node(n, true, &ignored);
      return;
    }
    case NodeKind::Cons:
      if (tail_cons(n)) return;
      break;
    case NodeKind::AndAlso:
    case NodeKind::OrElse:
    case NodeKind::If:
    case NodeKind::BoolCase:
    case NodeKind::Case:
    case NodeKind::Cond:
    case NodeKind::With:
    case NodeKind::Receive:
      control_in(n, {Want::Tail, nullptr});
      return;
    default: break;
  }
  finish(eval(n), n->line);
}

}  // namespace phial::compiler
