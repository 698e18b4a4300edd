#include "compiler/emit/assign.h"

#include <algorithm>

#include "compiler/emit/operands.h"
#include "vm/bytecode/code_builder.h"

namespace phial::compiler {

namespace {
constexpr uint32_t kMaxRegister = 60000;
}

// Registers.

void Assigner::take(uint32_t r) {
  if (r / 64 >= used_.size()) used_.resize(r / 64 + 1, 0);
  used_[r / 64] |= uint64_t{1} << (r % 64);
  need(r + 1);
}

void Assigner::release(VReg v) {
  uint32_t r = reg_of_[v];
  if (r != kNone && r / 64 < used_.size()) used_[r / 64] &= ~(uint64_t{1} << (r % 64));
}

uint32_t Assigner::lowest_free() const {
  for (size_t i = 0; i < used_.size(); ++i) {
    if (~used_[i] != 0) return static_cast<uint32_t>(64 * i + static_cast<size_t>(__builtin_ctzll(~used_[i])));
  }
  return static_cast<uint32_t>(64 * used_.size());
}

uint32_t Assigner::top() const {
  for (size_t i = used_.size(); i-- > 0;) {
    if (used_[i] != 0) return static_cast<uint32_t>(64 * i + 64 - static_cast<size_t>(__builtin_clzll(used_[i])));
  }
  return 0;
}

/// The register [v] should arrive in: where its call, tail call or join wants it.
uint32_t Assigner::hinted(VReg v, uint32_t at, int depth) const {
  const Hint& hint = hints_[v];
  switch (hint.kind) {
    case Hint::Kind::None: return kNone;
    case Hint::Kind::Tail: return hint.position;
    case Hint::Kind::Jump: {
      const VBlock& block = c_.blocks[c_.insts[hint.inst].target];
      VReg p = c_.block_params[block.param_first + hint.position];
      if (reg_of_[p] != kNone) return reg_of_[p];
      return depth < 4 ? hinted(p, at, depth + 1) : kNone;
    }
    case Hint::Kind::Call: {
      // What is live across the call and has its register by now tells where the window will be.
      uint32_t list = across_of_[hint.inst];
      if (list == kNone) return kNone;  // the call's block is not scanned yet
      uint32_t window = 0;
      for (VReg other : across_[list]) {
        if (other == v) return kNone;
        if (reg_of_[other] != kNone) window = std::max(window, reg_of_[other] + 1);
      }
      const VInst& call = c_.insts[hint.inst];
      for (VReg other : {call.fun, call.name}) {
        if (other != kNone && other != v && reg_of_[other] != kNone) window = std::max(window, reg_of_[other] + 1);
      }
      return window + 1 + hint.position;
    }
  }
  return kNone;
}

uint32_t Assigner::choose(VReg v, uint32_t at) {
  uint32_t r = hinted(v, at, 0);
  if (r != kNone && !is_used(r)) return r;
  return lowest_free();
}

void Assigner::define(VReg v, uint32_t at) {
  reg_of_[v] = choose(v, at);
  take(reg_of_[v]);
}

/// Parameters of the block that [inst] jumps to get their registers at the first jump: free of all that lives there.
void Assigner::place_params(BlockId b, const VInst& inst) {
  const VBlock& block = c_.blocks[b];
  std::vector<uint64_t> saved = used_;
  std::fill(used_.begin(), used_.end(), 0);
  for (VReg v : live_in_[b]) take(reg_of_[v]);
  for (uint32_t i = 0; i < block.param_count; ++i) {
    VReg p = c_.block_params[block.param_first + i];
    uint32_t argument = c_.pool[inst.first + i];
    uint32_t from = argument & kConstantArgument ? kNone : reg_of_[argument];
    uint32_t r = hinted(p, 0, 0);
    if (r == kNone || is_used(r)) r = from;
    if (r == kNone || is_used(r)) r = lowest_free();
    reg_of_[p] = r;
    take(r);
  }
  used_ = std::move(saved);
}

// Words.

void Assigner::line(uint32_t number) {
  if (number == 0 || number == last_line_) return;
  last_line_ = number;
  u_.out.lines.push_back({static_cast<uint32_t>(u_.out.code.size()), number, f_->file});
}

void Assigner::move(uint32_t to, uint32_t from) {
  CodeBuilder code(u_.out.code);
  code.emit(Op::Move, {static_cast<uint16_t>(to), static_cast<uint16_t>(from)});
}

/// Loads the argument into [to] if it is a constant.
void Assigner::load_argument(uint32_t to, uint32_t argument) {
  if (!(argument & kConstantArgument)) return;
  Term t = c_.constants[argument & ~kConstantArgument];
  CodeBuilder code(u_.out.code);
  if (t.is_fixnum() && t.as_fixnum() >= INT16_MIN && t.as_fixnum() <= INT16_MAX) {
    code.emit(Op::ConstInt, {static_cast<uint16_t>(to), static_cast<uint16_t>(t.as_fixnum())});
    return;
  }
  code.emit(Op::Const, {static_cast<uint16_t>(to)});
  code.wide(u_.literals.add(t));
}

/// All moves at once: (to, from) pairs with distinct targets.
void Assigner::moves(std::vector<std::pair<uint32_t, uint32_t>>& all, uint32_t scratch) {
  std::erase_if(all, [](const auto& m) { return m.first == m.second; });
  while (!all.empty()) {
    bool progress = false;
    for (size_t i = 0; i < all.size(); ++i) {
      uint32_t to = all[i].first;
      bool blocked = std::any_of(all.begin(), all.end(), [&](const auto& m) { return m.second == to; });
      if (blocked) continue;
      move(to, all[i].second);
      all[i] = all.back();
      all.pop_back();
      progress = true;
      break;
    }
    if (progress) continue;
    // Only cycles are left.
    uint32_t from = all[0].second;
    move(scratch, from);
    need(scratch + 1);
    for (auto& m : all) {
      if (m.second == from) m.second = scratch;
    }
  }
}

void Assigner::apply_kills(uint32_t at, bool by_edge) {
  for (size_t k = kill_at_; k < kills_.size() && kills_[k].inst == at; ++k) {
    if (kills_[k].by_edge == by_edge) release(kills_[k].reg);
  }
  if (by_edge) {
    while (kill_at_ < kills_.size() && kills_[kill_at_].inst == at) ++kill_at_;
  }
}

void Assigner::call(uint32_t at) {
  const VInst& inst = c_.insts[at];
  apply_kills(at, false);
  uint32_t window = top();
  if (inst.fun != kNone) window = std::max(window, reg_of_[inst.fun] + 1);
  if (inst.name != kNone) window = std::max(window, reg_of_[inst.name] + 1);
  uint32_t n = inst.count;
  std::vector<std::pair<uint32_t, uint32_t>> all;
  uint32_t scratch = window + 1 + n;
  for (uint32_t i = 0; i < n; ++i) {
    if (c_.pool[inst.first + i] & kConstantArgument) continue;
    uint32_t from = reg_of_[c_.pool[inst.first + i]];
    all.emplace_back(window + 1 + i, from);
    scratch = std::max(scratch, from + 1);
  }
  line(inst.line);
  moves(all, scratch);
  for (uint32_t i = 0; i < n; ++i) load_argument(window + 1 + i, c_.pool[inst.first + i]);
  need(window + 1 + std::max(n, 1u));
  uint16_t map = static_cast<uint16_t>(u_.live_map(used_)), w = static_cast<uint16_t>(window);
  if (u_.out.live_maps.size() > 65535) u_.error = "module too large: too many live maps";
  CodeBuilder code(u_.out.code);
  switch (inst.call) {
    case CallKind::Local:
    case CallKind::Export:
      code.emit(inst.call == CallKind::Local ? Op::Call : Op::CallExt, {w, map});
      code.wide(inst.target);
      break;
    case CallKind::Fun:
      code.emit(Op::CallFun, {w, static_cast<uint16_t>(n), static_cast<uint16_t>(reg_of_[inst.fun]), map});
      break;
    case CallKind::Dynamic:
      code.emit(Op::CallDyn, {w, static_cast<uint16_t>(n), static_cast<uint16_t>(reg_of_[inst.fun]),
                              static_cast<uint16_t>(reg_of_[inst.name]), map});
      break;
  }
  reg_of_[inst.dst] = window + 1;
  take(window + 1);
  apply_kills(at, true);
}

void Assigner::tail(uint32_t at) {
  const VInst& inst = c_.insts[at];
  uint32_t n = inst.count, scratch = n + 1;
  std::vector<std::pair<uint32_t, uint32_t>> all;
  for (uint32_t i = 0; i < n; ++i) {
    if (c_.pool[inst.first + i] & kConstantArgument) continue;
    uint32_t from = reg_of_[c_.pool[inst.first + i]];
    all.emplace_back(i, from);
    scratch = std::max(scratch, from + 1);
  }
  // The fun, or module and name, stand beyond the arguments.
  uint32_t extra[2] = {kNone, kNone};
  VReg extra_regs[2] = {inst.fun, inst.name};
  for (uint32_t i = 0; i < 2; ++i) {
    if (extra_regs[i] == kNone) continue;
    uint32_t from = extra[i] = reg_of_[extra_regs[i]];
    scratch = std::max({scratch, from + 1, n + 3});
    if (from < n + 2) {
      all.emplace_back(n + i, from);
      extra[i] = n + i;
    }
    need(extra[i] + 1);
  }
  uint16_t fun = static_cast<uint16_t>(extra[0]);
  line(inst.line);
  moves(all, scratch);
  for (uint32_t i = 0; i < n; ++i) load_argument(i, c_.pool[inst.first + i]);
  need(n);
  CodeBuilder code(u_.out.code);
  switch (inst.call) {
    case CallKind::Local:
    case CallKind::Export:
      code.emit(inst.call == CallKind::Local ? Op::TailCall : Op::TailExt, std::initializer_list<uint16_t>{});
      code.wide(inst.target);
      break;
    case CallKind::Fun:
      code.emit(Op::TailFun, {static_cast<uint16_t>(n), fun});
      break;
    case CallKind::Dynamic:
      code.emit(Op::TailDyn, {static_cast<uint16_t>(n), fun, static_cast<uint16_t>(extra[1])});
      break;
  }
}

void Assigner::jump(uint32_t at, BlockId next) {
  const VInst& inst = c_.insts[at];
  const VBlock& target = c_.blocks[inst.target];
  if (target.param_count > 0 && reg_of_[c_.block_params[target.param_first]] == kNone) place_params(inst.target, inst);
  std::vector<std::pair<uint32_t, uint32_t>> all;
  uint32_t scratch = top();
  for (uint32_t i = 0; i < inst.count; ++i) {
    uint32_t to = reg_of_[c_.block_params[target.param_first + i]];
    scratch = std::max(scratch, to + 1);
    if (c_.pool[inst.first + i] & kConstantArgument) continue;
    uint32_t from = reg_of_[c_.pool[inst.first + i]];
    all.emplace_back(to, from);
    scratch = std::max(scratch, from + 1);
  }
  moves(all, scratch);
  for (uint32_t i = 0; i < inst.count; ++i) {
    load_argument(reg_of_[c_.block_params[target.param_first + i]], c_.pool[inst.first + i]);
  }
  if (inst.target == next) return;
  CodeBuilder code(u_.out.code);
  size_t word = code.emit(Op::Jump, std::initializer_list<uint16_t>{});
  fixups_.push_back({word, word, inst.target});
}

/// One reservation for all cells and tuples up to the next instruction that may take other words of the heap.
void Assigner::reserve(uint32_t at, const VBlock& block) {
  if (at < reserved_until_) return;
  uint32_t words = 0, i = at;
  for (; i < block.end; ++i) {
    const VInst& inst = c_.insts[i];
    if (inst.dead) continue;
    if (inst.kind != VKind::Plain) break;
    unsigned facts = op_facts(inst.op);
    uint32_t more = 0;
    if (facts & kReserves) more = inst.op == Op::MakeTuple ? 1 + c_.pool[inst.first + 1] : 2;
    if ((facts & kAllocates) || words + more > 65535) break;
    words += more;
  }
  reserved_until_ = i;
  uint32_t extent = top();
  CodeBuilder code(u_.out.code);
  code.emit(Op::Reserve, {static_cast<uint16_t>(words), static_cast<uint16_t>(u_.live_map(used_)),
                          static_cast<uint16_t>(extent)});
}

void Assigner::plain(uint32_t at) {
  const VInst& inst = c_.insts[at];
  const char* letters = op_operands(inst.op);
  line(inst.line);
  // Sources first, while they have their registers; a single result may then take the place of a source that dies.
  bool two_results = letters[0] == 'd' && letters[1] == 'd';
  if (!two_results) apply_kills(at, false);
  uint16_t map = 0;
  if (inst.op == Op::RecvWait || inst.op == Op::RecvWaitFor) map = static_cast<uint16_t>(u_.live_map(used_));
  each_def(inst, [&](VReg v) { define(v, at); });
  if (two_results) apply_kills(at, false);
  std::vector<uint16_t> small, list;
  std::vector<std::pair<Word, BlockId>> wide;
  bool short_label = false;
  BlockId short_target = kNone;
  const uint32_t* p = c_.pool.data() + inst.first;
  for (const char* letter = letters; *letter != 0; ++letter) {
    uint32_t v = *p++;
    switch (*letter) {
      case 'd':
      case 's': small.push_back(static_cast<uint16_t>(reg_of_[v])); break;
      case 'i':
      case 'u': small.push_back(static_cast<uint16_t>(v)); break;
      case 'v': small.push_back(map); break;
      case 'R':
        if (v > 65535) u_.error = "expression too large";
        for (uint32_t i = 0; i < v; ++i) list.push_back(static_cast<uint16_t>(reg_of_[*p++]));
        break;
      case 'l':
        short_label = true;
        short_target = v;
        break;
      case 'L': wide.emplace_back(0, v); break;
      case 'K': wide.emplace_back(u_.literals.add(c_.constants[v]), kNone); break;
      case 'S':
        wide.emplace_back(v, kNone);
        for (uint32_t i = 0; i < v; ++i, p += 2) {
          wide.emplace_back(u_.literals.add(c_.constants[p[0]]), kNone);
          wide.emplace_back(0, p[1]);
        }
        break;
      case 'B':
        wide.emplace_back(v, kNone);
        for (uint32_t i = 0; i < v; ++i, p += 5) {
          Word size = p[4] == kNone ? kSegmentAll : reg_of_[p[4]];
          wide.emplace_back(Word{p[0]} | Word{p[1]} << 8 | Word{p[2]} << 16 | Word{reg_of_[p[3]]} << 32 | size << 48, kNone);
        }
        break;
      default: wide.emplace_back(v, kNone); break;
    }
  }
  CodeBuilder code(u_.out.code);
  size_t word = code.emit(inst.op, small, list);
  if (short_label) fixups_.push_back({word, word, short_target});
  for (auto [value, target] : wide) {
    size_t place = code.wide(value);
    if (target != kNone) fixups_.push_back({word, place, target});
  }
  apply_kills(at, true);
}

void Assigner::instruction(uint32_t at, BlockId next) {
  const VInst& inst = c_.insts[at];
  switch (inst.kind) {
    case VKind::Plain:
      if (op_facts(inst.op) & kReserves) reserve(at, c_.blocks[current_]);
      plain(at);
      break;
    case VKind::Call: call(at); break;
    case VKind::Tail: tail(at); break;
    case VKind::Jump: jump(at, next); break;
  }
}

void Assigner::block(size_t order_index) {
  BlockId id = c_.order[order_index];
  const VBlock& block = c_.blocks[id];
  BlockId next = order_index + 1 < c_.order.size() ? c_.order[order_index + 1] : kNone;
  current_ = id;
  scan_block(block, id);
  std::fill(used_.begin(), used_.end(), 0);
  for (VReg v : live_in_[id]) take(reg_of_[v]);
  if (handler_of_block_[id] != kNone) {
    uint32_t base = top();
    for (uint32_t i = 0; i < 3; ++i) reg_of_[c_.block_params[block.param_first + i]] = base + i;
    need(base + 3);
  }
  for (uint32_t i = 0; i < block.param_count; ++i) {
    VReg p = c_.block_params[block.param_first + i];
    if (reg_of_[p] != kNone && live_stamp_[p] == stamp_) take(reg_of_[p]);
  }
  if (order_index == 0) {
    for (size_t i = 0; i < c_.params.size(); ++i) {
      reg_of_[c_.params[i]] = static_cast<uint32_t>(i);
      if (live_stamp_[c_.params[i]] == stamp_) take(static_cast<uint32_t>(i));
    }
  }
  reserved_until_ = 0;
  block_start_[id] = u_.out.code.size();
  for (uint32_t i = block.first; i < block.end; ++i) {
    if (!c_.insts[i].dead) instruction(i, next);
    // A block that only jumps on: whoever comes here goes there at once.
    const VInst& inst = c_.insts[i];
    if (inst.kind == VKind::Jump && u_.out.code.size() == block_start_[id] + 1 && inst.target != next) {
      forward_[id] = inst.target;
    }
    if (frame_ > kMaxRegister) u_.error = "function too large: it needs too many registers";
    if (!u_.error.empty()) return;
  }
  block_end_[id] = u_.out.code.size();
}

/// Protected code as ranges of words, inner handlers first.
void Assigner::ranges() {
  struct Range {
    uint32_t handler;
    HandlerRange range;
  };
  std::vector<Range> found;
  std::vector<uint32_t> open(c_.handlers.size(), kNone);
  for (BlockId b : c_.order) {
    uint32_t from = static_cast<uint32_t>(block_start_[b]), to = static_cast<uint32_t>(block_end_[b]);
    if (from == to) continue;
    for (uint32_t h = c_.blocks[b].handler; h != kNone; h = c_.handlers[h].parent) {
      if (open[h] != kNone && found[open[h]].range.to == from) {
        found[open[h]].range.to = to;
        continue;
      }
      const VHandler& handler = c_.handlers[h];
      uint32_t base = 0;
      if (handler.kind == HandlerRange::Kind::Try) base = reg_of_[c_.block_params[c_.blocks[handler.block].param_first]];
      open[h] = static_cast<uint32_t>(found.size());
      found.push_back({h, {from, to, static_cast<uint32_t>(block_start_[handler.block]), static_cast<uint16_t>(base), handler.kind}});
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Range& a, const Range& b) { return a.handler > b.handler; });
  for (const Range& r : found) u_.out.handlers.push_back(r.range);
}

bool Assigner::emit(const Function& f, bool variant, uint32_t index) {
  f_ = &f;
  drop_dead();
  if (!liveness()) {
    u_.error = "internal error: code that cannot be placed";
    u_.error_line = f.line;
    return false;
  }
  reg_of_.assign(c_.vregs, kNone);
  live_stamp_.assign(c_.vregs, 0);
  stamp_ = 0;
  hints_.assign(c_.vregs, Hint());
  across_.clear();
  across_of_.assign(c_.insts.size(), kNone);
  used_.clear();
  block_start_.assign(c_.blocks.size(), 0);
  block_end_.assign(c_.blocks.size(), 0);
  forward_.assign(c_.blocks.size(), kNone);
  fixups_.clear();
  frame_ = static_cast<uint32_t>(c_.params.size());
  last_line_ = 0;
  for (uint32_t i = 0; i < c_.insts.size(); ++i) {
    const VInst& inst = c_.insts[i];
    if (inst.kind == VKind::Plain || inst.dead) continue;
    for (uint32_t k = 0; k < inst.count; ++k) {
      if (c_.pool[inst.first + k] & kConstantArgument) continue;
      Hint& hint = hints_[c_.pool[inst.first + k]];
      if (hint.kind != Hint::Kind::None) continue;
      hint.kind = inst.kind == VKind::Call ? Hint::Kind::Call : inst.kind == VKind::Tail ? Hint::Kind::Tail : Hint::Kind::Jump;
      hint.inst = i;
      hint.position = k;
    }
  }
  FunctionCode& out = u_.out.functions[index];
  out.name = f.name;
  out.arity = f.trace_arity >= 0 ? static_cast<uint32_t>(f.trace_arity) : f.arity;
  out.params = static_cast<uint32_t>(c_.params.size());
  out.exported = f.exported && !variant;
  out.entry = static_cast<uint32_t>(u_.out.code.size());
  line(f.line);
  for (size_t i = 0; i < c_.order.size(); ++i) {
    block(i);
    if (!u_.error.empty()) {
      if (u_.error_line == 0) u_.error_line = f.line;
      return false;
    }
  }
  CodeBuilder code(u_.out.code);
  for (const Fixup& fix : fixups_) {
    BlockId b = fix.block;
    for (int hops = 0; forward_[b] != kNone && hops < 16; ++hops) b = forward_[b];
    code.patch(fix.at, fix.place, block_start_[b]);
  }
  ranges();
  FunctionCode& done = u_.out.functions[index];
  done.end = static_cast<uint32_t>(u_.out.code.size());
  done.frame = frame_;
  return true;
}

}  // namespace phial::compiler
