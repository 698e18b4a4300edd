#include "vm/code/internal_op.h"
#include "vm/interp/frame.h"
#include "vm/interp/interp.h"
#include "vm/interp/op.h"

namespace phial {

namespace {
/// Opcodes nobody defined; unreachable in linked code.
OP_FN(op_undefined_opcode) { assertion_failed("opcode is defined", __FILE__, __LINE__); }

constexpr OpTable make_table() {
  OpTable t{};
  for (Handler& h : t.ops) h = op_undefined_opcode;
#define OP(name, family, operands, doc) t.ops[static_cast<size_t>(Op::name)] = op_##name;
#include "vm/bytecode/ops.def"
#undef OP
#define INTERNAL_OP(name, words, doc) t.ops[static_cast<size_t>(InternalOp::name)] = iop_##name;
#include "vm/code/internal_ops.def"
#undef INTERNAL_OP
  return t;
}
constexpr Word internal(InternalOp op) { return static_cast<Word>(op); }
}  // namespace

constinit const OpTable kOpTable = make_table();

constinit const InternalCode kInternalCode = {{0, 0, internal(InternalOp::Exit),         //
                                               0, 0, internal(InternalOp::Watermark),    //
                                               0, 0, internal(InternalOp::FiberReturn),  //
                                               0, 0, internal(InternalOp::FiberRaise), internal(InternalOp::FiberResume),
                                               internal(InternalOp::HibernateWake)}};

SliceResult run_slice(Process& process) {
  Process* p = &process;
  const Word* pc = p->resume.pc;
  Word* fp = p->resume.fp;
  int64_t reds = p->reductions;
  Word* hp = p->heap.hp();
  const OpTable* table = &kOpTable;
  table->ops[static_cast<uint8_t>(*pc)](PHIAL_OP_ARGS);
  return p->slice_result;
}

}  // namespace phial
