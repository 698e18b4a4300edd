// Core IR to code with virtual registers, a function at a time: evaluation order, branches, pattern matching, exceptions.
// Constants and aliases never become instructions: a variable stands for a Value, a register or a constant, and constants
// are loaded where they are used. One object a module; one thread.
#pragma once

#include <functional>
#include <vector>

#include "compiler/emit/unit.h"
#include "compiler/emit/vcode.h"
#include "compiler/opt/tail_cons.h"

namespace phial::compiler {

/// A register, a constant, or the rest of a binary from a position on, which is made only if somebody needs it as a term.
struct Value {
  VReg reg = kNone;
  Term literal;
  VReg position = kNone;
  bool whole_bytes = false;  // such a rest is a binary
  bool is_literal() const { return reg == kNone; }
  bool is_rest() const { return position != kNone; }
  static Value of(VReg r) { return {r, Term::none()}; }
  static Value of(Term t) { return {kNone, t}; }
  static Value rest(VReg binary, VReg position, bool whole_bytes) { return {binary, Term::none(), position, whole_bytes}; }
};

/// Variants of a function, as bits. A worker has one parameter more, the cell its result goes to (opt/tail_cons.h). A reader gets
/// its binary (Unit::binary_param) with a position in one more parameter, so that loops over binaries make no sub-binaries.
enum Variant : uint32_t { kPlain = 0, kWorker = 1, kReader = 2 };

class Builder {
 public:
  Builder(Unit& unit, const TailCons& tail_cons, VCode& code) : u_(unit), tail_cons_(tail_cons), c_(code) {}
  /// Builds a variant of [f]. False when Unit::error is set.
  bool build(Function& f, uint32_t variant);

 private:
  friend class Matcher;

  enum class Want { Value, Effect, Tail };
  /// Where branches of an expression come together.
  struct Join {
    BlockId block = kNone;
    VReg param = kNone;
    uint32_t jumps = 0;
    uint32_t only_inst = kNone;   // the one jump
    BlockId only_block = kNone;
    Value only;
  };
  struct Context {
    Want want;
    Join* join;
  };
  /// What is known of a register on the current path.
  struct Fact {
    uint16_t types = 0xffff;
    int32_t arity = -1;  // of a tuple; of a position: what is left is a multiple of so many bits
  };
  /// A value that was taken out of another and still holds on the current path.
  struct Part {
    VReg whole;
    uint8_t kind;      // 0 element, 1 head, 2 tail, 3 map value under a constant, 4 rest from position [index]
    uint32_t index;
    Term key;
    VReg reg;
  };
  struct Mark {
    size_t facts, parts;
  };
  /// Failures stand behind the function's hot code.
  struct Cold {
    BlockId block;
    FailKind kind;
    std::vector<Value> values;   // one: the value; more: the elements of a tuple
    bool tuple = false;
    uint32_t line, handler;
    int clause_arity = -1;       // FailClause
    Term module, function;       // instead of a failure: a call on the values ...
    BlockId resume = kNone;      // ... whose result goes on there, unless it cannot return
  };

  // builder.cpp: blocks and instructions
  bool reachable() const { return cur_ != kNone; }
  BlockId new_block();
  void place(BlockId b);
  /// Goes on at [b]. A block nothing refers to is only a continuation of the current code.
  void start(BlockId b);
  void refer(BlockId b) { ++c_.blocks[b].references; }
  void jump(BlockId b);
  void jump_with(BlockId b, std::initializer_list<Value> args, uint32_t line);
  void end_block();
  void set_handler(uint32_t handler);
  VReg new_reg() { return c_.vregs++; }
  VReg param(BlockId b);
  /// Appends an instruction; operands as the row of ops.def lists them.
  void emit(Op op, std::initializer_list<uint32_t> operands, uint32_t line = 0);
  void emit(Op op, const std::vector<uint32_t>& operands, uint32_t line = 0);
  uint32_t constant(Term t);
  VReg reg(const Value& v, uint32_t line = 0);
  uint32_t argument(const Value& v) { return v.is_literal() ? kConstantArgument | constant(v.literal) : reg(v); }
  BlockId never();
  bool small(const Value& v, int64_t* out) const;
  Value call(CallKind kind, uint32_t target, VReg fun, const std::vector<Value>& args, uint32_t line,
             VReg name = kNone);
  Value call_export(Term module, Term name, const std::vector<Value>& args, uint32_t line);
  void tail_call(CallKind kind, uint32_t target, VReg fun, const std::vector<Value>& args, uint32_t line,
                 VReg name = kNone);
  void finish(const Value& v, uint32_t line);  // return from the function
  BlockId cold_fail(FailKind kind, Value value, uint32_t line);
  BlockId cold_tuple(FailKind kind, std::vector<Value> elements, uint32_t line);
  BlockId cold_call(Term module, Term function, std::vector<Value> args, BlockId resume, uint32_t line);
  void emit_cold();
  Value env(VarId var) const;
  void set_env(VarId var, Value v);
  void fail_unit(const char* message, uint32_t line);

  // Facts.
  Mark mark() const { return {fact_trail_.size(), parts_.size()}; }
  void reset(Mark m);
  Fact fact(VReg r) const { return r < facts_.size() ? facts_[r] : Fact(); }
  uint16_t types_of(const Value& v) const;
  void learn(VReg r, uint16_t types, int32_t arity = -1);
  VReg known_part(VReg whole, uint8_t kind, uint32_t index, Term key) const;
  VReg element(VReg tuple, uint32_t index);
  VReg head_of(VReg list);
  VReg tail_of(VReg list);

  // build_expr.cpp
  Value eval(Node* n);
  Value eval_prim(Node* n);
  Value fold_prim(Prim p, const std::vector<Value>& args, bool* folded);
  Value eval_map(Node* n);
  Value eval_map_update(Node* n);
  Value eval_field(Node* n);
  Value eval_fn(Node* n);
  Value eval_cons(Node* n);
  std::vector<Value> eval_all(std::span<Node* const> kids);
  void tail(Node* n);
  bool tail_cons(Node* n);
  void call_node(Node* n, bool is_tail, Value* out);
  void captured_args(Function* f, std::vector<Value>& args);
  bool take_position(Function* callee, std::vector<Value>& args, Value* position);

  // build_cond.cpp
  /// Jumps to [t] or [f] by the truth of [n]; [next] is the one that stands behind, or kNone.
  void branch(Node* n, BlockId t, BlockId f, BlockId next, bool truthy);
  void branch_value(Value v, BlockId t, BlockId f, BlockId next, bool truthy);
  void branch_prim(Node* n, BlockId t, BlockId f, BlockId next);
  void branch_compare(Prim p, Value a, Value b, BlockId t, BlockId f, BlockId next, uint32_t line);
  void branch_test(Op op, VReg r, uint16_t types, BlockId t, BlockId f, BlockId next);
  void test(Op op, std::vector<uint32_t> operands, BlockId t, BlockId f, BlockId next, Op negation);
  void always(bool truth, BlockId t, BlockId f, BlockId next) {
    BlockId to = truth ? t : f;
    if (to != next) jump(to);
  }
  bool is_boolean(const Node* n, int depth = 0) const;
  void require_boolean(VReg r, Node* n, BlockId t, BlockId f, Term op);
  void guards(std::span<Node* const> alternatives, BlockId fail);
  bool may_raise(const Node* n) const;
  Value truth_value(Node* n);

  // build_control.cpp
  Value control(Node* n);
  void control_in(Node* n, Context ctx);
  void in_context(Node* n, Context ctx);
  void give(const Value& v, Context ctx, uint32_t line);
  void open(Join& join, bool has_value);
  Value close(Join& join, bool has_value);
  void if_node(Node* n, Context ctx);
  void bool_case(Node* n, Context ctx);
  void case_clauses(std::span<const Value> values, std::span<Clause> clauses, BlockId fail, Context ctx);
  void case_node(Node* n, Context ctx);
  void with_node(Node* n, Context ctx);
  void try_node(Node* n, Context ctx);
  void handler_code(TryNode* n, Context ctx);
  void rescue_clauses(TryNode* n, Context ctx);
  void receive_node(Node* n, Context ctx);
  void match_single(Value v, Pattern* p, BlockId fail);

  // build_bits.cpp
  Value eval_bin(Node* n);

  Unit& u_;
  const TailCons& tail_cons_;
  VCode& c_;
  Function* f_ = nullptr;
  bool worker_ = false;
  bool reader_ = false;
  BlockId never_ = kNone;
  uint32_t never_handler_ = kNone;
  VReg dest_ = kNone;             // the cell a worker stores its result in
  BlockId cur_ = kNone;
  uint32_t handler_ = kNone;
  BlockId guard_fail_ = kNone;    // inside a guard: where it goes when it is not true
  uint32_t epoch_ = 0;
  std::vector<std::pair<uint32_t, Value>> env_;
  std::vector<Fact> facts_;
  std::vector<std::pair<VReg, Fact>> fact_trail_;
  std::vector<Part> parts_;
  std::vector<Cold> cold_;
  DepthCheck depth_;
};

uint16_t type_of_literal(Term t);

/// Types for Fact, as bits.
enum TypeBits : uint16_t {
  kTypeFixnum = 1,
  kTypeBig = 2,
  kTypeFloat = 4,
  kTypeTrue = 8,
  kTypeFalse = 16,
  kTypeNil = 32,
  kTypeAtom = 64,  // other atoms
  kTypeNilList = 128,
  kTypeCons = 256,
  kTypeTuple = 512,
  kTypeMap = 1024,
  kTypeBinary = 2048,
  kTypeBits = 4096,
  kTypeFun = 8192,
  kTypeOther = 16384,
  kTypeInteger = kTypeFixnum | kTypeBig,
  kTypeNumber = kTypeInteger | kTypeFloat,
  kTypeBoolean = kTypeTrue | kTypeFalse,
  kTypeAnyAtom = kTypeBoolean | kTypeNil | kTypeAtom,
  kTypeList = kTypeNilList | kTypeCons,
  kTypeBitstring = kTypeBinary | kTypeBits,
  kTypeFalsy = kTypeFalse | kTypeNil,
  kTypeAny = 0xffff,
};

}  // namespace phial::compiler
