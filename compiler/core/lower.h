// Expanded syntax to core IR. Scopes are gone already: variables carry version numbers, which become VarIds here; what a
// closure captures is found on the way. One object a module; one thread.
#pragma once

#include <string>
#include <vector>

#include "compiler/core/ast.h"
#include "compiler/core/compile.h"
#include "compiler/core/core.h"
#include "compiler/core/names.h"

namespace phial::compiler {

class Lowerer {
 public:
  /// [space] takes constants folded on the way; it must live as long as [out].
  Lowerer(const ModuleSource& source, AtomTable& table, const CoreNames& names, Arena& arena, ArenaSpace& space,
          CoreModule& out, CompileError& error);
  bool run();

 private:
  struct VarSlot {
    uint32_t group = 0;
    uint32_t pattern = 0;
    VarId var = 0;
  };
  struct LiftedCall {
    Function* caller;
    Function* callee;
  };
  /// What the clauses of one pattern need besides patterns.
  struct PatternState {
    std::vector<VarPair> same;
    std::vector<Node*> guards;
  };

  // lower.cpp: definitions, calls, data
  void definition(const Definition& d);
  void fix_captures();
  void label_evaluated(Function* body, uint32_t shown_arity);
  Node* expr(Term t);
  Node* tagged(Term t);
  Node* block(Term exprs);
  Node* variable(Term t);
  Node* list(Term t);
  Node* tuple(std::vector<Node*>& elements, uint32_t line);
  Node* map(Term t);
  Node* struct_update(Term t);
  Node* remote_call(Term t);
  Node* erlang_call(Term name, std::vector<Node*>& args, uint32_t line);
  Node* capture(Term t);
  Node* binary(Term t);
  std::vector<Node*> exprs(Term list);

  // lower_pattern.cpp
  void begin_pattern() { ++pattern_epoch_; }
  Pattern* pattern(Term t, PatternState& state);
  Pattern* bind(Term t, PatternState& state);
  Pattern* list_pattern(Term t, PatternState& state);
  Pattern* map_pattern(Term pairs, Pattern* struct_name, PatternState& state);
  Pattern* binary_pattern(Term segments, PatternState& state);
  bool segment(Term t, Segment& out, Term* expr);
  Pattern* literal_pattern(Term t);
  Pattern* wild();
  Pattern* var_pattern(VarId var);
  Pattern* make_pattern(PatternKind kind);

  // lower_control.cpp
  Clause clause(Term patterns, Term body, uint32_t line);
  Clause clause(const std::vector<Term>& patterns, const std::vector<Term>& guards, Term body, uint32_t line);
  std::span<Clause> arrow_clauses(Term list);
  void flatten_guard(Term guard, std::vector<Term>& out);
  void split_head(Term head, std::vector<Term>& patterns, std::vector<Term>& guards);
  Node* match(Term t);
  Node* case_of(Term t);
  Node* simplify_case(CaseNode* node);
  Node* cond(Term t);
  Node* closure(Term t);
  Node* try_of(Term t);
  Node* receive(Term t);
  VarId receive_marker(std::span<Clause> clauses);
  Node* with(Term t);

  // lower_for.cpp
  struct Loop;
  Node* comprehension(Term t);
  Node* loop_from(Loop& loop, size_t at);
  Node* list_loop(Loop& loop, size_t at, Term pattern_ast);
  Node* range_loop(Loop& loop, size_t at, Term pattern_ast, Node* source);
  Node* bits_loop(Loop& loop, size_t at, Term generator);
  Node* loop_body(Loop& loop);
  Node* loop_next(Loop& loop, Node* acc);
  Node* loop_call(Loop& loop, Function* f, std::initializer_list<Node*> state, Node* acc);
  void enter_loop(Loop& loop, Function* f);
  Node* element_clauses(Loop& loop, size_t at, Term pattern_ast, Node* element, bool* refutable);
  Node* case_node(Node* value, std::vector<Clause>& clauses, FailKind fail, uint32_t line);
  Node* collect(Loop& loop, Node* into);
  Function* lifted(uint32_t arity, const char* kind, bool closure);

  // building
  Node* node(NodeKind kind, uint32_t line);
  Node* lit(Term t, uint32_t line = 0);
  Node* var_node(VarId var, uint32_t line = 0);
  Node* prim(Prim p, std::initializer_list<Node*> kids, uint32_t line);
  Node* remote(Term module, Term name, std::initializer_list<Node*> kids, uint32_t line);
  Node* with_kids(NodeKind kind, std::span<Node* const> kids, uint32_t line);
  Node* with_kids(NodeKind kind, std::initializer_list<Node*> kids, uint32_t line) {
    return with_kids(kind, std::span<Node* const>(kids.begin(), kids.size()), line);
  }
  Node* call_lifted(Function* f, std::initializer_list<Node*> kids, uint32_t line);
  VarId fresh();
  void use(VarId var);
  Function* new_function(Term name, uint32_t arity, uint32_t line);
  Term fun_name(const char* kind);
  Node* fail(const char* message, uint32_t line);
  bool prim_of(Term name, size_t arity, Prim* out) const;

  const ModuleSource& source_;
  AtomTable& table_;
  const CoreNames& names_;
  Arena& arena_;
  ArenaSpace& space_;
  CoreModule& out_;
  CompileError& error_;
  bool failed_ = false;
  DepthCheck depth_;

  std::vector<VarSlot> versions_;
  std::vector<Function*> owners_;  // by VarId, of this definition
  std::vector<uint32_t> use_counts_;   // by VarId
  std::vector<bool> fresh_reference_;  // by VarId: bound to a reference made there
  std::vector<LiftedCall> lifted_calls_;
  uint32_t group_ = 0;
  uint32_t pattern_epoch_ = 0;
  uint32_t fun_count_ = 0;
  size_t group_start_ = 0;         // first function of this definition
  Function* function_ = nullptr;   // being lowered
  std::string outer_;              // "name/arity" of the definition, for names of closures
  VarId trace_var_ = kNoVar;       // raw trace of the innermost rescue or catch
  VarId caller_var_ = kNoVar;
  std::vector<std::pair<Word, Prim>> prims_;  // (name, arity) sorted
};

}  // namespace phial::compiler
