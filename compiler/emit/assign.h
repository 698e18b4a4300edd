// Virtual registers to frame slots, and words: liveness, registers, call windows, live maps, reservations, handler ranges and
// lines of one function. Registers are given in the order of definitions; a register is free again after the last use of what
// it holds, and two values share one exactly when they are never live together. One object a module; one thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/emit/unit.h"
#include "compiler/emit/vcode.h"

namespace phial::compiler {

class Assigner {
 public:
  Assigner(Unit& unit, VCode& code) : u_(unit), c_(code) {}
  /// Appends the code of [f], or of a variant of it, to the module as function number [index].
  bool emit(const Function& f, bool variant, uint32_t index);

 private:
  struct Kill {
    uint32_t inst;
    VReg reg;
    bool by_edge;  // still live where the instruction may branch to
  };
  struct Hint {
    enum class Kind : uint8_t { None, Call, Tail, Jump } kind = Kind::None;
    uint32_t inst = 0, position = 0;
  };
  struct Fixup {
    size_t at, place;
    BlockId block;
  };

  // Analysis.
  template <class F>
  void each_use(const VInst& inst, F use) const;
  template <class F>
  void each_def(const VInst& inst, F def) const;
  template <class F>
  void each_label(const VInst& inst, F label) const;
  void drop_dead();
  bool liveness();
  void spread(VReg v, BlockId from);
  void scan_block(const VBlock& block, BlockId id);

  // Registers.
  bool is_used(uint32_t r) const { return r / 64 < used_.size() && (used_[r / 64] >> (r % 64) & 1) != 0; }
  void take(uint32_t r);
  void release(VReg v);
  uint32_t lowest_free() const;
  uint32_t top() const;  // one above the highest register in use
  uint32_t choose(VReg v, uint32_t at);
  uint32_t hinted(VReg v, uint32_t at, int depth) const;
  void define(VReg v, uint32_t at);
  void place_params(BlockId b, const VInst& jump);
  void need(uint32_t registers) {
    if (registers > frame_) frame_ = registers;
  }

  // Words.
  void block(size_t order_index);
  void instruction(uint32_t at, BlockId next);
  void plain(uint32_t at);
  void call(uint32_t at);
  void tail(uint32_t at);
  void jump(uint32_t at, BlockId next);
  void reserve(uint32_t at, const VBlock& block);
  void apply_kills(uint32_t at, bool by_edge);
  void moves(std::vector<std::pair<uint32_t, uint32_t>>& all, uint32_t scratch);
  void move(uint32_t to, uint32_t from);
  void load_argument(uint32_t to, uint32_t argument);
  void line(uint32_t number);
  void ranges();

  Unit& u_;
  VCode& c_;
  const Function* f_ = nullptr;
  std::vector<uint32_t> uses_, def_block_, reg_of_, live_stamp_, visited_;
  std::vector<std::vector<VReg>> live_in_;
  std::vector<uint32_t> pred_start_, preds_;
  std::vector<Hint> hints_;
  std::vector<std::vector<VReg>> across_;   // by call, in order: live across it
  std::vector<uint32_t> across_of_;         // by instruction
  std::vector<Kill> kills_;
  size_t kill_at_ = 0;
  std::vector<BlockId> work_;
  std::vector<uint64_t> used_;
  std::vector<size_t> block_start_;         // word index by block
  std::vector<size_t> block_end_;
  std::vector<BlockId> forward_;            // by block: where a block that only jumps leads
  std::vector<Fixup> fixups_;
  std::vector<uint32_t> handler_of_block_;  // handler whose entry a block is
  uint32_t frame_ = 0, stamp_ = 0;
  uint32_t reserved_until_ = 0;
  uint32_t last_line_ = 0;
  BlockId current_ = kNone;
};

}  // namespace phial::compiler
