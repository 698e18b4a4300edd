// Which virtual registers are live where. A register is live into the blocks on the ways from its definition to its uses;
// walking back from each use finds them. What a handler needs is live throughout the blocks it protects.
#include <algorithm>

#include "compiler/emit/assign.h"
#include "compiler/emit/operands.h"

namespace phial::compiler {

/// Drops instructions whose result nobody uses. Uses stand behind definitions, so one pass from the end is enough.
void Assigner::drop_dead() {
  uses_.assign(c_.vregs, 0);
  for (BlockId b : c_.order) {
    for (uint32_t i = c_.blocks[b].first; i < c_.blocks[b].end; ++i) {
      each_use(c_.insts[i], [&](VReg v) { ++uses_[v]; });
    }
  }
  for (size_t k = c_.order.size(); k-- > 0;) {
    const VBlock& block = c_.blocks[c_.order[k]];
    for (uint32_t i = block.end; i-- > block.first;) {
      VInst& inst = c_.insts[i];
      if (inst.kind != VKind::Plain || !(op_facts(inst.op) & kPure)) continue;
      if (uses_[c_.pool[inst.first]] != 0) continue;
      each_use(inst, [&](VReg v) { --uses_[v]; });
      inst.dead = true;
    }
  }
}

bool Assigner::liveness() {
  size_t blocks = c_.blocks.size();
  live_in_.resize(std::max(live_in_.size(), blocks));
  for (size_t i = 0; i < blocks; ++i) live_in_[i].clear();
  def_block_.assign(c_.vregs, kNone);
  handler_of_block_.assign(blocks, kNone);
  for (uint32_t h = 0; h < c_.handlers.size(); ++h) {
    if (c_.handlers[h].kind == HandlerRange::Kind::Try) handler_of_block_[c_.handlers[h].block] = h;
  }
  // Predecessors.
  pred_start_.assign(blocks + 1, 0);
  bool complete = true;
  auto each_edge = [&](auto edge) {
    for (BlockId b : c_.order) {
      const VBlock& block = c_.blocks[b];
      for (uint32_t i = block.first; i < block.end; ++i) {
        if (c_.insts[i].dead) continue;
        each_label(c_.insts[i], [&](BlockId to) { edge(b, to); });
      }
      if (block.handler != kNone) edge(b, c_.handlers[block.handler].block);
    }
  };
  each_edge([&](BlockId, BlockId to) {
    ++pred_start_[to + 1];
    complete = complete && c_.blocks[to].placed;
  });
  if (!complete) return false;
  for (size_t i = 0; i < blocks; ++i) pred_start_[i + 1] += pred_start_[i];
  preds_.resize(pred_start_[blocks]);
  std::vector<uint32_t> fill(pred_start_.begin(), pred_start_.end() - 1);
  each_edge([&](BlockId from, BlockId to) { preds_[fill[to]++] = from; });

  // Definitions, then (register, block) pairs of uses, grouped by register.
  for (VReg v : c_.params) def_block_[v] = c_.order[0];
  std::vector<std::pair<VReg, BlockId>> uses;
  std::vector<uint32_t> seen(c_.vregs, kNone);
  for (BlockId b : c_.order) {
    const VBlock& block = c_.blocks[b];
    for (uint32_t i = 0; i < block.param_count; ++i) def_block_[c_.block_params[block.param_first + i]] = b;
    for (uint32_t i = block.first; i < block.end; ++i) {
      const VInst& inst = c_.insts[i];
      if (inst.dead) continue;
      each_use(inst, [&](VReg v) {
        if (def_block_[v] == b || seen[v] == b) return;
        seen[v] = b;
        uses.emplace_back(v, b);
      });
      each_def(inst, [&](VReg v) { def_block_[v] = b; });
    }
  }
  std::vector<uint32_t> start(c_.vregs + 1, 0);
  for (auto [v, b] : uses) ++start[v + 1];
  for (uint32_t v = 0; v < c_.vregs; ++v) start[v + 1] += start[v];
  std::vector<BlockId> by_reg(uses.size());
  std::vector<uint32_t> next(start.begin(), start.end() - 1);
  for (auto [v, b] : uses) by_reg[next[v]++] = b;
  visited_.assign(blocks, kNone);
  for (uint32_t v = 0; v < c_.vregs; ++v) {
    for (uint32_t i = start[v]; i < start[v + 1]; ++i) {
      if (def_block_[v] == kNone) return false;
      spread(v, by_reg[i]);
    }
  }
  return true;
}

void Assigner::spread(VReg v, BlockId from) {
  work_.push_back(from);
  while (!work_.empty()) {
    BlockId b = work_.back();
    work_.pop_back();
    if (visited_[b] == v || b == def_block_[v]) continue;
    visited_[b] = v;
    live_in_[b].push_back(v);
    for (uint32_t i = pred_start_[b]; i < pred_start_[b + 1]; ++i) work_.push_back(preds_[i]);
  }
}

/// Walks the block from its end: where each register is used last, and what lives across each call.
void Assigner::scan_block(const VBlock& block, BlockId id) {
  ++stamp_;
  kills_.clear();
  std::vector<VReg> live;  // what was made live, dead ones among them
  auto is_live = [&](VReg v) { return live_stamp_[v] == stamp_; };
  auto make_live = [&](VReg v) {
    live_stamp_[v] = stamp_;
    live.push_back(v);
  };
  if (block.handler != kNone) {
    for (VReg v : live_in_[c_.handlers[block.handler].block]) {
      // Defined before the region, so live to the end of this block.
      if (!is_live(v)) make_live(v);
    }
  }
  for (uint32_t i = block.end; i-- > block.first;) {
    const VInst& inst = c_.insts[i];
    if (inst.dead) continue;
    each_label(inst, [&](BlockId to) {
      for (VReg v : live_in_[to]) {
        if (is_live(v)) continue;
        make_live(v);
        kills_.push_back({i, v, true});
      }
    });
    each_def(inst, [&](VReg v) {
      if (!is_live(v)) kills_.push_back({i, v, true});
      live_stamp_[v] = 0;
    });
    if (inst.kind == VKind::Call) {
      std::vector<VReg> across;
      size_t keep = 0;
      for (VReg v : live) {
        if (!is_live(v)) continue;
        live[keep++] = v;
        across.push_back(v);
      }
      live.resize(keep);
      across_of_[i] = static_cast<uint32_t>(across_.size());
      across_.push_back(std::move(across));
    }
    each_use(inst, [&](VReg v) {
      if (is_live(v)) return;
      make_live(v);
      kills_.push_back({i, v, false});
    });
  }
  std::reverse(kills_.begin(), kills_.end());
  kill_at_ = 0;
}

}  // namespace phial::compiler
