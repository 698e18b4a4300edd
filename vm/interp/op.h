// What every instruction handler is made of. A handler is a small function that ends in a tail call of the next one,
// so pc, frame, process, reductions and the allocation pointer stay in machine registers from one to the next
// (preserve_none passes them in registers that no C++ function it calls has to save for it).
//
// Rules for handlers:
//  - operands are read from the words at pc: slot k with SLOT(k), register operand k with R(k);
//  - the fast path is a handful of instructions and calls no C++; everything else goes to a slow handler (GO), a
//    noinline function of the same shape;
//  - SPILL before C++ that may allocate, charge reductions or look at the process; RELOAD after it;
//  - C++ never collects. Only the safepoint handlers in safepoint.cc do, and they rebuild fp and hp.
// The macros live in vm/interp only.
#pragma once

#include <cstring>

#include "vm/bytecode/encoding.h"
#include "vm/code/code.h"
#include "vm/process/process.h"

namespace phial {

struct OpTable;

#define PHIAL_OP_PARAMS const Word *pc, Word *fp, Process *p, int64_t reds, Word *hp, const OpTable *table
#define PHIAL_OP_ARGS pc, fp, p, reds, hp, table

using Handler = __attribute__((preserve_none)) void (*)(PHIAL_OP_PARAMS);

struct OpTable {
  Handler ops[256];
};

/// The one table; constant.
extern const OpTable kOpTable;

#define OP_FN(name) __attribute__((preserve_none)) void name(PHIAL_OP_PARAMS)
#define SLOW_FN(name) __attribute__((preserve_none, noinline)) void name(PHIAL_OP_PARAMS)

#define DISPATCH() [[clang::musttail]] return table->ops[static_cast<uint8_t>(*pc)](PHIAL_OP_ARGS)
#define NEXT(words) \
  do {              \
    pc += (words);  \
    DISPATCH();     \
  } while (0)
#define GO(handler) [[clang::musttail]] return handler(PHIAL_OP_ARGS)

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define SLOT(k) (encoding::slot(pc, (k)))
#define INT_SLOT(k) (static_cast<int16_t>(encoding::slot(pc, (k))))
/// The register that operand k names, as a word.
#define R(k) (fp[1 + SLOT(k)])
#define TERM(k) (Term::from_bits(R(k)))

#define SPILL() (p->heap.set_hp(hp), p->reductions = reds)
#define RELOAD()                                                     \
  do {                                                               \
    hp = p->heap.hp();                                               \
    reds = p->reductions;                                            \
    table = &kOpTable;                                               \
    if (UNLIKELY(p->heap.gc_wanted()) && reds > 1) {                 \
      /* The rest is kept aside, so that the next call comes to slow_enter. */ \
      p->held_reductions += reds - 1;                                \
      reds = 1;                                                      \
    }                                                                \
  } while (0)
/// Ends the slice; p->resume says where the next one starts.
#define LEAVE(result)                                \
  do {                                               \
    p->heap.set_hp(hp);                              \
    p->reductions = reds + p->held_reductions;       \
    p->held_reductions = 0;                          \
    p->slice_result = (result);                      \
    return;                                          \
  } while (0)
/// Enters the function at [entry] with its frame at [frame_pointer] and its parameters in place: one reduction, and
/// stack room for its registers.
#define ENTER(entry, frame_pointer)                                                              \
  do {                                                                                           \
    pc = (entry);                                                                                \
    fp = (frame_pointer);                                                                        \
    --reds;                                                                                      \
    if (UNLIKELY(reds <= 0) || UNLIKELY(fp + 1 + FunctionHeader::frame(pc) > p->heap.low()) ||   \
        (kGcStress && reds % 16 == 0))                                                           \
      GO(slow_enter);                                                                            \
    DISPATCH();                                                                                  \
  } while (0)

/// Goes on at the label in word [w] of the instruction.
#define JUMP_WIDE(w)                      \
  do {                                    \
    pc += static_cast<int64_t>(pc[(w)]);  \
    DISPATCH();                           \
  } while (0)
#define JUMP_SHORT()                      \
  do {                                    \
    pc += encoding::short_label(pc);      \
    DISPATCH();                           \
  } while (0)

#define OP(name, family, operands, doc) OP_FN(op_##name);
#include "vm/bytecode/ops.def"
#undef OP
#define INTERNAL_OP(name, words, doc) OP_FN(iop_##name);
#include "vm/code/internal_ops.def"
#undef INTERNAL_OP

// Slow handlers that several files use.
/// pc is a function's entry and fp its frame with parameters in place: finds stack room, collects when the heap wants
/// it, yields when reductions are used up; then runs the function.
SLOW_FN(slow_enter);
/// p->exc holds class, reason and trace (trace.h); pc is the failing instruction. Unwinds to a handler.
SLOW_FN(slow_raise);
/// Reserve that finds no room.
SLOW_FN(slow_reserve);
SLOW_FN(slow_remember);
/// CallFun and TailFun of anything but a closure of the right arity.
SLOW_FN(slow_call_fun);
/// CallFun and TailFun that lack stack room: makes some, runs the instruction again.
SLOW_FN(slow_call_fun_room);
/// The arithmetic instruction at pc failed with badarith.
SLOW_FN(slow_badarith);
/// A native's frame is at fp, pc is its stub: it returned none(); does what p->request says.
SLOW_FN(slow_native_request);
/// The native's exception in p->exc, raised from its frame at fp with its stub at pc.
SLOW_FN(slow_native_raise);
/// p->exc is complete with its trace; pc is null when the frame at fp has no code of its own.
SLOW_FN(slow_unwind);
/// Runs a native on a fiber; fp is its frame, pc its stub.
SLOW_FN(slow_start_fiber);

}  // namespace phial
