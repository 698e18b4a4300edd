// Rules of core IR that hold between any two passes.
#include <vector>

#include "compiler/core/core.h"

namespace phial::compiler {

namespace {

class Verifier {
 public:
  explicit Verifier(const CoreModule& module) : module_(module) {}

  std::string run() {
    for (const Function* f : module_.functions) {
      f_ = f;
      if (f->params.size() != f->arity) fail("parameters do not agree with the arity");
      for (VarId v : f->params) var(v);
      for (VarId v : f->captured) var(v);
      clauses(f->clauses, f->arity);
      if (f->body != nullptr) work_.push_back(f->body);
      if (f->body == nullptr && f->clauses.empty()) fail("no body");
      while (!work_.empty() && error_.empty()) {
        const Node* n = work_.back();
        work_.pop_back();
        if (n == nullptr) fail("a missing node");
        else node(n);
      }
      if (!error_.empty()) return error_;
    }
    return error_;
  }

 private:
  void fail(const char* what) {
    if (error_.empty()) error_ = std::string("core: ") + what + ", line " + std::to_string(f_->line);
  }
  void var(VarId v) {
    if (v >= f_->var_limit) fail("a variable out of range");
  }
  void clauses(std::span<const Clause> all, size_t patterns) {
    for (const Clause& c : all) {
      if (c.patterns.size() != patterns) fail("a clause with the wrong number of patterns");
      for (const Pattern* p : c.patterns) pattern(p);
      for (const Node* g : c.guards) work_.push_back(g);
      work_.push_back(c.body);
    }
  }
  void pattern(const Pattern* root) {
    std::vector<const Pattern*> work = {root};
    while (!work.empty()) {
      const Pattern* p = work.back();
      work.pop_back();
      if (p == nullptr) return fail("a missing pattern");
      if (p->kind == PatternKind::Var) var(p->var);
      if (p->kind == PatternKind::Map && p->keys.size() != p->kids.size()) fail("keys without patterns");
      for (const Node* k : p->keys) work_.push_back(k);
      for (const Pattern* k : p->kids) work.push_back(k);
      for (const Segment& s : p->segments) {
        if (s.literal.is_none()) work.push_back(s.pattern);
        if (s.size != nullptr) work_.push_back(s.size);
        if (!s.whole && s.size == nullptr && s.type <= SegmentType::Bits) fail("a segment without size");
      }
      if (p->kind == PatternKind::Same) work_.push_back(p->node);
    }
  }
  void kids(const Node* n, size_t least) {
    if (n->kids.size() < least) fail("too few kids");
  }
  void node(const Node* n) {
    for (const Node* k : n->kids) work_.push_back(k);
    switch (n->kind) {
      case NodeKind::Var: return var(n->var);
      case NodeKind::Match:
        kids(n, 1);
        return pattern(n->pattern);
      case NodeKind::Prim:
        if (n->kids.size() != prim_arity(n->prim)) fail("a primitive with the wrong number of kids");
        return;
      case NodeKind::Cons:
      case NodeKind::AndAlso:
      case NodeKind::OrElse: return kids(n, 2);
      case NodeKind::CallLifted:
        if (n->function == nullptr || n->function->arity != n->kids.size()) fail("a lifted call with wrong arguments");
        return;
      case NodeKind::If:
      case NodeKind::BoolCase: return kids(n, 3);
      case NodeKind::Case: {
        kids(n, 1);
        return clauses(static_cast<const CaseNode*>(n)->clauses, n->kids.size());
      }
      case NodeKind::With: {
        const auto* w = static_cast<const WithNode*>(n);
        for (const WithStep& s : w->steps) {
          if (s.pattern != nullptr) pattern(s.pattern);
          for (const Node* g : s.guards) work_.push_back(g);
          work_.push_back(s.expr);
        }
        work_.push_back(w->body);
        return clauses(w->otherwise, 1);
      }
      case NodeKind::Try: {
        const auto* t = static_cast<const TryNode*>(n);
        work_.push_back(t->body);
        for (const RescueClause& r : t->rescues) work_.push_back(r.body);
        clauses(t->catches, 2);
        clauses(t->otherwise, 1);
        if (t->after != nullptr) work_.push_back(t->after);
        return;
      }
      case NodeKind::Receive: {
        const auto* r = static_cast<const ReceiveNode*>(n);
        if (r->timeout != nullptr) {
          work_.push_back(r->timeout);
          work_.push_back(r->after);
        }
        return clauses(r->clauses, 1);
      }
      case NodeKind::Bin:
        for (const Segment& s : static_cast<const BinNode*>(n)->segments) {
          work_.push_back(s.value);
          if (s.size != nullptr) work_.push_back(s.size);
        }
        return;
      default: return;
    }
  }

  const CoreModule& module_;
  const Function* f_ = nullptr;
  std::vector<const Node*> work_;
  std::string error_;
};

}  // namespace

std::string verify_core(const CoreModule& module) { return Verifier(module).run(); }

}  // namespace phial::compiler
