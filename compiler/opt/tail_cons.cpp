#include "compiler/opt/tail_cons.h"

#include <algorithm>

namespace phial::compiler {

namespace {

struct Edge {
  uint32_t to;
  bool cons;
};

/// Collects the calls of one function that stand in tail position, or as the tail of a list that does.
class TailWalk {
 public:
  TailWalk(const FunctionFinder& find, std::vector<Edge>& out) : find_(find), out_(out) {}

  void walk(const Node* root) {
    work_.push_back(root);
    while (!work_.empty()) {
      const Node* n = work_.back();
      work_.pop_back();
      if (n != nullptr) visit(n);
    }
  }

 private:
  void clauses(std::span<const Clause> all) {
    for (const Clause& c : all) work_.push_back(c.body);
  }
  void edge(const Node* call, bool cons) {
    const Function* f = nullptr;
    if (call->kind == NodeKind::Call) f = find_(call->term, call->arity);
    if (call->kind == NodeKind::CallLifted) f = call->function;
    if (f != nullptr) out_.push_back({f->index, cons});
  }
  void visit(const Node* n) {
    switch (n->kind) {
      case NodeKind::Call:
      case NodeKind::CallLifted: edge(n, false); break;
      case NodeKind::Cons: edge(n->kids.back(), true); break;
      case NodeKind::Seq:
      case NodeKind::AndAlso:
      case NodeKind::OrElse:
        if (!n->kids.empty()) work_.push_back(n->kids.back());
        break;
      case NodeKind::If:
      case NodeKind::BoolCase:
        for (size_t i = 1; i < n->kids.size(); ++i) work_.push_back(n->kids[i]);
        break;
      case NodeKind::Cond:
        for (size_t i = 1; i < n->kids.size(); i += 2) work_.push_back(n->kids[i]);
        break;
      case NodeKind::Case: clauses(static_cast<const CaseNode*>(n)->clauses); break;
      case NodeKind::With:
        work_.push_back(static_cast<const WithNode*>(n)->body);
        clauses(static_cast<const WithNode*>(n)->otherwise);
        break;
      case NodeKind::Receive:
        work_.push_back(static_cast<const ReceiveNode*>(n)->after);
        clauses(static_cast<const ReceiveNode*>(n)->clauses);
        break;
      default: break;
    }
  }

  const FunctionFinder& find_;
  std::vector<Edge>& out_;
  std::vector<const Node*> work_;
};

}  // namespace

// Tarjan's algorithm with its own stack.
TailCons find_tail_cons(const CoreModule& module, const FunctionFinder& find) {
  size_t n = module.functions.size();
  TailCons result;
  result.loop.assign(n, TailCons::kOutside);
  std::vector<std::vector<Edge>> edges(n);
  bool any = false;
  for (const Function* f : module.functions) {
    TailWalk walk(find, edges[f->index]);
    for (const Clause& c : f->clauses) walk.walk(c.body);
    if (f->body != nullptr) walk.walk(f->body);
    any = any || std::any_of(edges[f->index].begin(), edges[f->index].end(), [](const Edge& e) { return e.cons; });
  }
  if (!any) return result;

  constexpr uint32_t kNew = ~uint32_t{0};
  std::vector<uint32_t> number(n, kNew), low(n, 0), component(n, kNew), next_edge(n, 0), stack, path;
  uint32_t counter = 0, components = 0;
  for (uint32_t root = 0; root < n; ++root) {
    if (number[root] != kNew) continue;
    path.push_back(root);
    while (!path.empty()) {
      uint32_t v = path.back();
      if (number[v] == kNew) {
        number[v] = low[v] = counter++;
        stack.push_back(v);
      }
      if (next_edge[v] < edges[v].size()) {
        uint32_t w = edges[v][next_edge[v]++].to;
        if (number[w] == kNew) path.push_back(w);
        else if (component[w] == kNew) low[v] = std::min(low[v], number[w]);
        continue;
      }
      path.pop_back();
      if (!path.empty()) low[path.back()] = std::min(low[path.back()], low[v]);
      if (low[v] != number[v]) continue;
      for (uint32_t w = kNew; w != v;) {
        w = stack.back();
        stack.pop_back();
        component[w] = components;
      }
      ++components;
    }
  }
  std::vector<bool> has_cons(components, false);
  for (uint32_t v = 0; v < n; ++v) {
    for (const Edge& e : edges[v]) {
      if (e.cons && component[e.to] == component[v]) has_cons[component[v]] = true;
    }
  }
  for (uint32_t v = 0; v < n; ++v) {
    if (has_cons[component[v]]) result.loop[v] = component[v];
  }
  return result;
}

}  // namespace phial::compiler
