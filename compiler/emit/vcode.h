// Code with virtual registers, the form between core IR and bytecode. Instructions of ops.def, with calls and jumps still
// abstract; each virtual register is defined once (SSA). A block is entered at its top only, but may be left in the middle:
// tests go on at their label when they fail. Blocks stand in an order in which definitions come before uses; only receive
// loops jump backwards. Plain data, reused from function to function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/bytecode/format.h"

namespace phial {
class AtomTable;
}

namespace phial::compiler {

using VReg = uint32_t;
using BlockId = uint32_t;
inline constexpr uint32_t kNone = ~uint32_t{0};
/// Marks an argument of a call or jump that is a constant: loaded straight to where it is wanted.
inline constexpr uint32_t kConstantArgument = uint32_t{1} << 31;

enum class VKind : uint8_t {
  Plain,  // [op] with its operands in the pool, one word an operand letter (R, S and B: a count, then the items)
  Call,   // dst := call of [callee] on the arguments in the pool
  Tail,   // tail call
  Jump,   // to block [target]; the arguments in the pool become its parameters
};
enum class CallKind : uint8_t { Local, Export, Fun, Dynamic };

struct VInst {
  VKind kind = VKind::Plain;
  CallKind call = CallKind::Local;
  bool dead = false;
  Op op = Op::Move;
  uint32_t first = 0, count = 0;  // operands in the pool
  uint32_t line = 0;
  VReg dst = kNone;        // Call
  uint32_t target = 0;     // function, import or block
  VReg fun = kNone;        // the fun, or the module of a dynamic call
  VReg name = kNone;       // the function of a dynamic call
};

struct VBlock {
  uint32_t first = 0, end = 0;    // instructions
  uint32_t param_first = 0, param_count = 0;
  uint32_t handler = kNone;       // innermost
  uint32_t references = 0;
  bool placed = false;
};

struct VHandler {
  BlockId block;
  HandlerRange::Kind kind;
  uint32_t parent;
};

struct VCode {
  std::vector<VInst> insts;
  std::vector<uint32_t> pool;
  std::vector<VBlock> blocks;
  std::vector<BlockId> order;
  std::vector<VReg> block_params;
  std::vector<VHandler> handlers;
  std::vector<Term> constants;
  std::vector<VReg> params;
  uint32_t vregs = 0;

  void clear() {
    insts.clear();
    pool.clear();
    blocks.clear();
    order.clear();
    block_params.clear();
    handlers.clear();
    constants.clear();
    params.clear();
    vregs = 0;
  }
};

/// Facts about an instruction that its row in ops.def does not state.
enum OpFacts : uint8_t {
  kPure = 1,        // may be dropped when its result is not used
  kReserves = 2,    // takes reserved words
  kAllocates = 4,   // takes other words of the heap, so no reservation holds across it
  kEndsBlock = 8,
};
const char* op_operands(Op op);
const char* op_name(Op op);
unsigned op_facts(Op op);

std::string print_vcode(const VCode& code, const AtomTable& atoms);

}  // namespace phial::compiler
