#include "compiler/emit/vcode.h"

#include "vm/term/atom.h"

namespace phial::compiler {

const char* op_operands(Op op) {
  static constexpr const char* kOperands[] = {
#define OP(name, family, operands, doc) operands,
#include "vm/bytecode/ops.def"
#undef OP
  };
  return kOperands[static_cast<size_t>(op)];
}

const char* op_name(Op op) {
  static constexpr const char* kNames[] = {
#define OP(name, family, operands, doc) #name,
#include "vm/bytecode/ops.def"
#undef OP
  };
  return kNames[static_cast<size_t>(op)];
}

unsigned op_facts(Op op) {
  switch (op) {
    case Op::Move:
    case Op::Const:
    case Op::ConstInt:
    case Op::Head:
    case Op::Tail:
    case Op::Elem:
    case Op::BoolEq:
    case Op::BoolNe:
    case Op::BoolEqExact:
    case Op::BoolNeExact:
    case Op::BoolLt:
    case Op::BoolLe:
      return kPure;
    case Op::Cons:
    case Op::MakeTuple:
      return kPure | kReserves;
    case Op::ConsHole:
      return kReserves;
    case Op::MakeMap:
    case Op::MakeMapKeys:
    case Op::MakeFun:
    case Op::MakeExport:
    case Op::StackTrace:
      return kPure | kAllocates;
    case Op::Jump:
    case Op::Return:
    case Op::ReturnConst:
    case Op::SwitchConst:
    case Op::SwitchArity:
    case Op::Fail:
    case Op::FailClause:
    case Op::Reraise:
    case Op::RecvNext:
    case Op::RecvWait:
      return kEndsBlock;
    case Op::SetTail:
    case Op::IsInteger:
    case Op::IsFloat:
    case Op::IsNumber:
    case Op::IsAtom:
    case Op::IsBoolean:
    case Op::IsBinary:
    case Op::IsBitstring:
    case Op::IsList:
    case Op::IsCons:
    case Op::IsNilList:
    case Op::IsTuple:
    case Op::IsMap:
    case Op::IsTrue:
    case Op::IsFalse:
    case Op::IsTruthy:
    case Op::IsTupleArity:
    case Op::IsTagged:
    case Op::IsSame:
    case Op::IsSameInt:
    case Op::GetCons:
    case Op::MapGet:
    case Op::MapGetConst:
      return 0;
    default:
      return kAllocates;
  }
}

namespace {

std::string term_text(Term t, const AtomTable& atoms) {
  if (t.is_atom()) return ":" + std::string(atoms.text(t));
  if (t.is_fixnum()) return std::to_string(t.as_fixnum());
  if (t.is_nil_list()) return "[]";
  return "<literal>";
}

}  // namespace

std::string print_vcode(const VCode& code, const AtomTable& atoms) {
  std::string out = "params";
  auto reg = [](VReg r) { return r == kNone ? std::string("_") : "v" + std::to_string(r); };
  auto label = [](BlockId b) { return "L" + std::to_string(b); };
  for (VReg r : code.params) out += " " + reg(r);
  out += "\n";
  for (BlockId b : code.order) {
    const VBlock& block = code.blocks[b];
    out += label(b);
    for (uint32_t i = 0; i < block.param_count; ++i) out += " " + reg(code.block_params[block.param_first + i]);
    if (block.handler != kNone) out += "  ; handler " + label(code.handlers[block.handler].block);
    out += ":\n";
    for (uint32_t i = block.first; i < block.end; ++i) {
      const VInst& inst = code.insts[i];
      if (inst.dead) continue;
      const uint32_t* p = code.pool.data() + inst.first;
      out += "  ";
      if (inst.kind != VKind::Plain) {
        if (inst.kind == VKind::Jump) {
          out += "jump " + label(inst.target);
        } else {
          if (inst.kind == VKind::Call) out += reg(inst.dst) + " = ";
          out += inst.kind == VKind::Call ? "call" : "tail";
          const char* kinds[] = {" local ", " export ", " fun ", " dynamic "};
          out += kinds[static_cast<size_t>(inst.call)];
          if (inst.fun != kNone) out += reg(inst.fun) + " ";
          if (inst.name != kNone) out += reg(inst.name) + " ";
          out += std::to_string(inst.target);
        }
        for (uint32_t k = 0; k < inst.count; ++k) {
          bool constant = p[k] & kConstantArgument;
          out += " " + (constant ? term_text(code.constants[p[k] & ~kConstantArgument], atoms) : reg(p[k]));
        }
        out += "\n";
        continue;
      }
      out += op_name(inst.op);
      for (const char* c = op_operands(inst.op); *c != 0; ++c) {
        uint32_t v = *p++;
        out += " ";
        switch (*c) {
          case 'd':
          case 's': out += reg(v); break;
          case 'i': out += std::to_string(static_cast<int32_t>(v)); break;
          case 'l':
          case 'L': out += label(v); break;
          case 'K': out += term_text(code.constants[v], atoms); break;
          case 'R':
            out += "[";
            for (uint32_t k = 0; k < v; ++k) out += (k > 0 ? " " : "") + reg(*p++);
            out += "]";
            break;
          case 'S':
            out += "{";
            for (uint32_t k = 0; k < v; ++k, p += 2) {
              out += (k > 0 ? " " : "") + term_text(code.constants[p[0]], atoms) + "->" + label(p[1]);
            }
            out += "}";
            break;
          case 'B':
            for (uint32_t k = 0; k < v; ++k, p += 5) {
              out += (k > 0 ? " <" : "<") + std::to_string(p[0]) + "/" + std::to_string(p[1]) + "*" +
                     std::to_string(p[2]) + " " + reg(p[3]) + ":" + reg(p[4]) + ">";
            }
            break;
          default: out += std::to_string(v); break;
        }
      }
      out += "\n";
    }
  }
  return out;
}

}  // namespace phial::compiler
