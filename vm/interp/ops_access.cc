// Functions of guards as instructions: parts and sizes of terms. A failure looks like that of the function they stand for.
#include "vm/interp/op.h"
#include "vm/interp/raise.h"
#include "vm/interp/trace.h"
#include "vm/term/binary.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

const char* function_name(Op op) {
  switch (op) {
    case Op::TupleSize:
      return "tuple_size";
    case Op::MapSize:
      return "map_size";
    case Op::ByteSize:
      return "byte_size";
    case Op::Length:
      return "length";
    default:
      return "element";
  }
}

inline bool is_tuple_word(Word w) {
  return (w & 7) == 0 && header::kind(*reinterpret_cast<const Word*>(w)) == Kind::Tuple;
}

}  // namespace

SLOW_FN(slow_bad_access) {
  SPILL();
  if (const Word* handler = guard_handler(*p, pc)) {
    pc = handler;
    RELOAD();
    DISPATCH();
  }
  Op op = static_cast<Op>(static_cast<uint8_t>(*pc));
  Term args[2] = {TERM(1), Term::none()};
  size_t count = 1;
  if (op == Op::Element) {
    args[1] = args[0];
    args[0] = Term::fixnum(SLOT(2) + 1);
    count = 2;
  } else if (op == Op::ElementVar) {
    args[1] = TERM(2);
    count = 2;
  }
  Term reason = atoms::badarg;
  if (op == Op::MapSize) reason = make_tuple(p->heap, {atoms::badmap, args[0]});
  p->raise_error(reason);
  Term name = p->atoms().intern(function_name(op));
  Term head = trace_head_call(*p, atoms::erlang, name, args, count, error_info_for(*p, atoms::erlang, name));
  p->exc.trace = make_raw_trace(*p, pc, fp, head);
  RELOAD();
  GO(slow_unwind);
}

OP_FN(op_Element) {
  Word tuple = R(1);
  size_t i = SLOT(2);
  if (UNLIKELY(!is_tuple_word(tuple))) GO(slow_bad_access);
  const Word* box = reinterpret_cast<const Word*>(tuple);
  if (UNLIKELY(i >= header::words(box[0]))) GO(slow_bad_access);
  R(0) = box[1 + i];
  NEXT(1);
}

OP_FN(op_ElementVar) {
  Term index = TERM(1);
  Word tuple = R(2);
  if (UNLIKELY(!is_tuple_word(tuple)) || UNLIKELY(!index.is_fixnum())) GO(slow_bad_access);
  const Word* box = reinterpret_cast<const Word*>(tuple);
  int64_t i = index.as_fixnum();
  if (UNLIKELY(i < 1) || UNLIKELY(static_cast<uint64_t>(i) > header::words(box[0]))) GO(slow_bad_access);
  R(0) = box[i];
  NEXT(1);
}

OP_FN(op_TupleSize) {
  Word tuple = R(1);
  if (UNLIKELY(!is_tuple_word(tuple))) GO(slow_bad_access);
  R(0) = Term::fixnum(static_cast<int64_t>(header::words(*reinterpret_cast<const Word*>(tuple)))).bits();
  NEXT(1);
}

OP_FN(op_MapSize) {
  Term map = TERM(1);
  if (UNLIKELY(!map.is_map())) GO(slow_bad_access);
  R(0) = Term::fixnum(static_cast<int64_t>(map_size(map))).bits();
  table = &kOpTable;
  NEXT(1);
}

OP_FN(op_ByteSize) {
  Term t = TERM(1);
  if (UNLIKELY(!t.is_bitstring())) GO(slow_bad_access);
  R(0) = Term::fixnum(static_cast<int64_t>((bit_view(t).bits + 7) / 8)).bits();
  table = &kOpTable;
  NEXT(1);
}

OP_FN(op_Length) {
  Term list = TERM(1);
  int64_t n = list_length(list);
  if (UNLIKELY(n < 0)) GO(slow_bad_access);
  // Long lists cost what walking them costs, but the slice ends only at a call.
  reds -= n / 64 < reds ? n / 64 : reds - 1;
  R(0) = Term::fixnum(n).bits();
  NEXT(1);
}

}  // namespace phial
