// Core IR: the tree between expanded syntax and bytecode. Expressions are nodes with kids, patterns are trees of their own;
// every variable is a number, bound at exactly one place of a definition. Closures and comprehension loops are functions of
// the module (lifted), with the variables they capture as further parameters.
// Nodes live in the Arena of one compilation and are not changed once a pass is through with them. One thread.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "compiler/core/arena.h"
#include "vm/bytecode/format.h"
#include "vm/term/term.h"

namespace phial {
class AtomTable;
}

namespace phial::compiler {

enum class NodeKind : uint8_t {
#define NODE(name, doc) name,
#include "compiler/core/nodes.def"
#undef NODE
};

enum class PrimClass : uint8_t { Arith, Not, Compare, Test, FunArity, Access, MapKey };

enum class Prim : uint8_t {
#define PRIM(name, function, arity, cls) name,
#include "compiler/core/prims.def"
#undef PRIM
};

using VarId = uint32_t;
inline constexpr VarId kNoVar = ~uint32_t{0};

/// In Node::arity of an If: [var] is used only as the whole of k2, [var2] only as the whole of k1.
inline constexpr uint32_t kElseIsCondition = 1;
inline constexpr uint32_t kThenIsCondition = 2;

struct Function;
struct Pattern;

struct Node {
  NodeKind kind;
  Prim prim = Prim::Add;
  uint32_t line = 0;
  VarId var = kNoVar;
  VarId var2 = kNoVar;
  uint32_t arity = 0;
  Term term;
  Term module;
  std::span<Node*> kids;
  Pattern* pattern = nullptr;
  Function* function = nullptr;
};

enum class PatternKind : uint8_t {
  Wild,
  Var,    // binds [var]
  Lit,    // the constant [term], compared with ===
  Same,   // equal (===) to the value of [node]
  Alias,  // both kids
  Tuple,  // kids
  Cons,   // kids: head, tail
  Map,    // keys[i] must be there, its value matches kids[i]
  Bin,    // segments
};

struct Segment {
  SegmentType type = SegmentType::Integer;
  uint8_t flags = 0;       // SegmentFlags
  uint16_t unit = 1;
  bool whole = false;      // size :all, or a type without size
  Node* size = nullptr;    // in units
  Node* value = nullptr;       // construction
  Pattern* pattern = nullptr;  // matching
  Term literal;            // bits of a constant segment of a pattern, or none()
};

struct Pattern {
  PatternKind kind;
  VarId var = kNoVar;
  Term term;
  Node* node = nullptr;
  std::span<Pattern*> kids;
  std::span<Node*> keys;
  std::span<Segment> segments;
};

struct VarPair {
  VarId a, b;
};

struct Clause {
  std::span<Pattern*> patterns;
  std::span<VarPair> same;   // variables that stood twice in the patterns
  std::span<Node*> guards;   // alternatives; none: always
  Node* body = nullptr;
  uint32_t line = 0;
};

struct CaseNode : Node {
  std::span<Clause> clauses;
  FailKind fail = FailKind::CaseClause;
};
struct BinNode : Node {
  std::span<Segment> segments;
};
struct WithStep {
  Pattern* pattern = nullptr;  // null: a plain expression
  std::span<VarPair> same;
  std::span<Node*> guards;
  Node* expr = nullptr;
};
struct WithNode : Node {
  std::span<WithStep> steps;
  Node* body = nullptr;
  std::span<Clause> otherwise;
};
struct RescueClause {
  VarId var = kNoVar;        // bound to the exception
  bool any = false;          // no list of modules
  std::span<Term> modules;
  Node* body = nullptr;
};
struct TryNode : Node {
  Node* body = nullptr;
  std::span<RescueClause> rescues;
  std::span<Clause> catches;    // two patterns: class, reason
  bool catch_first = false;     // `catch` stands before `rescue`
  std::span<Clause> otherwise;
  bool has_else = false;
  Node* after = nullptr;
  VarId class_var, reason_var, trace_var;
};
struct ReceiveNode : Node {
  std::span<Clause> clauses;
  Node* timeout = nullptr;
  Node* after = nullptr;
  VarId from = kNoVar;  // a fresh reference that every message that matches must hold
};

/// A function of the module: defined by def*, a closure, or a loop of a comprehension.
struct Function {
  Term name;
  uint32_t arity = 0;            // visible
  std::vector<VarId> params;     // one a visible argument
  std::vector<VarId> captured;   // further parameters
  std::span<Clause> clauses;     // on the params; no match raises FunctionClauseError
  Node* body = nullptr;          // instead of clauses
  Function* parent = nullptr;    // function whose body holds it, or null
  int32_t trace_arity = -1;      // arity in stack traces, where it differs
  uint32_t line = 0;
  uint16_t file = 0;
  bool exported = false;
  bool is_closure = false;       // made by Fn; else called directly
  uint32_t group = 0;            // functions with variables of one numbering
  uint32_t var_limit = 0;        // above every variable of its group
  uint32_t index = 0;            // in CoreModule::functions
  uint32_t closure = ~uint32_t{0};  // index into ModuleCode::closures once used
};

struct CoreModule {
  Term name;
  std::deque<Function> storage;
  std::vector<Function*> functions;
  std::vector<std::string> files;
};

const char* node_name(NodeKind kind);
const char* prim_name(Prim prim);
PrimClass prim_class(Prim prim);
unsigned prim_arity(Prim prim);

/// Text form, for --dump=core and golden tests.
std::string print_core(const CoreModule& module, const AtomTable& atoms);
/// The first broken rule, or an empty string: kids present, arities, variables in range.
std::string verify_core(const CoreModule& module);

/// Ends recursion over user data before the C++ stack ends.
class DepthCheck {
 public:
  DepthCheck() : base_(here()) {}
  bool exceeded() const {
    intptr_t used = base_ - here();
    return (used < 0 ? -used : used) > kLimit;
  }

 private:
  static constexpr intptr_t kLimit = 400 * 1024;
  static intptr_t here() { return reinterpret_cast<intptr_t>(__builtin_frame_address(0)); }
  intptr_t base_;
};

}  // namespace phial::compiler
