// Walking the operands of virtual instructions; private to the assigner.
#pragma once

#include "compiler/emit/assign.h"

namespace phial::compiler {

template <class F>
void Assigner::each_use(const VInst& inst, F use) const {
  const uint32_t* p = c_.pool.data() + inst.first;
  if (inst.kind != VKind::Plain) {
    for (uint32_t i = 0; i < inst.count; ++i) {
      if (!(p[i] & kConstantArgument)) use(p[i]);
    }
    if (inst.fun != kNone) use(inst.fun);
    if (inst.name != kNone) use(inst.name);
    return;
  }
  if (inst.op == Op::FailClause) {
    for (uint32_t i = 0; i < p[0]; ++i) use(c_.params[i]);
    return;
  }
  for (const char* letter = op_operands(inst.op); *letter != 0; ++letter) {
    uint32_t v = *p++;
    if (*letter == 's') use(v);
    if (*letter == 'S') p += 2 * v;
    if (*letter == 'R') {
      for (uint32_t i = 0; i < v; ++i) use(*p++);
    }
    if (*letter == 'B') {
      for (uint32_t i = 0; i < v; ++i, p += 5) {
        use(p[3]);
        if (p[4] != kNone) use(p[4]);
      }
    }
  }
}

template <class F>
void Assigner::each_def(const VInst& inst, F def) const {
  if (inst.kind == VKind::Call) def(inst.dst);
  if (inst.kind != VKind::Plain) return;
  const uint32_t* p = c_.pool.data() + inst.first;
  for (const char* letter = op_operands(inst.op); *letter == 'd'; ++letter) def(*p++);
}

template <class F>
void Assigner::each_label(const VInst& inst, F label) const {
  if (inst.kind == VKind::Jump) label(inst.target);
  if (inst.kind != VKind::Plain) return;
  const uint32_t* p = c_.pool.data() + inst.first;
  for (const char* letter = op_operands(inst.op); *letter != 0; ++letter) {
    uint32_t v = *p++;
    if (*letter == 'l' || *letter == 'L') label(v);
    if (*letter == 'R') p += v;
    if (*letter == 'B') p += 5 * v;
    if (*letter == 'S') {
      for (uint32_t i = 0; i < v; ++i, p += 2) label(p[1]);
    }
  }
}

}  // namespace phial::compiler
