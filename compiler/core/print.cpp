#include "compiler/core/core.h"
#include "vm/term/atom.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/bignum.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

namespace {

class Printer {
 public:
  explicit Printer(const AtomTable& atoms) : atoms_(atoms) {}
  std::string out;

  void function(const Function& f) {
    out += std::string(atoms_.text(f.name)) + "/" + std::to_string(f.arity) + vars(f.params);
    if (!f.captured.empty()) out += " captures" + vars(f.captured);
    if (f.exported) out += " exported";
    depth_ = 1;
    if (f.body != nullptr) node(f.body);
    clauses(f.clauses);
    out += "\n";
  }

 private:
  std::string var(VarId v) { return v == kNoVar ? "_" : "x" + std::to_string(v); }
  std::string vars(const std::vector<VarId>& all) {
    std::string s = " (";
    for (size_t i = 0; i < all.size(); ++i) s += (i > 0 ? " " : "") + var(all[i]);
    return s + ")";
  }
  void line() { out += "\n" + std::string(2 * depth_, ' '); }
  void term(Term t) {
    if (t.is_none()) out += "none";
    else if (t.is_atom()) out += ":" + std::string(atoms_.text(t));
    else if (t.is_integer()) out += integer_to_text(t, 10);
    else if (t.is_float()) out += std::to_string(float_value(t));
    else if (t.is_bitstring() && is_binary(t)) {
      std::string scratch;
      out += "\"" + std::string(binary_bytes(t, scratch)) + "\"";
    } else if (t.is_list()) {
      out += "[";
      bool first = true;
      for (; t.is_cons(); t = t.tail(), first = false) {
        if (!first) out += " ";
        term(t.head());
      }
      if (!t.is_nil_list()) {
        out += " | ";
        term(t);
      }
      out += "]";
    } else if (t.is_tuple()) {
      out += "{";
      for (size_t i = 0; i < tuple_arity(t); ++i) {
        if (i > 0) out += " ";
        term(tuple_at(t, i));
      }
      out += "}";
    } else if (t.is_map()) {
      out += "%{" + std::to_string(map_size(t)) + "}";
    } else {
      out += "?";
    }
  }
  void pattern(const Pattern* p) {
    switch (p->kind) {
      case PatternKind::Wild: out += "_"; return;
      case PatternKind::Var: out += var(p->var); return;
      case PatternKind::Lit: term(p->term); return;
      case PatternKind::Same:
        out += "^";
        if (p->node->kind == NodeKind::Var) out += var(p->node->var);
        return;
      case PatternKind::Alias:
        pattern(p->kids[0]);
        out += "=";
        pattern(p->kids[1]);
        return;
      case PatternKind::Tuple:
      case PatternKind::Cons:
        out += p->kind == PatternKind::Tuple ? "{" : "[";
        for (size_t i = 0; i < p->kids.size(); ++i) {
          if (i > 0) out += p->kind == PatternKind::Tuple ? " " : " | ";
          pattern(p->kids[i]);
        }
        out += p->kind == PatternKind::Tuple ? "}" : "]";
        return;
      case PatternKind::Map:
        out += "%{";
        for (size_t i = 0; i < p->kids.size(); ++i) {
          if (i > 0) out += " ";
          if (p->keys[i]->kind == NodeKind::Lit) term(p->keys[i]->term);
          else out += "^" + var(p->keys[i]->var);
          out += "=>";
          pattern(p->kids[i]);
        }
        out += "}";
        return;
      case PatternKind::Bin:
        out += "<<";
        for (size_t i = 0; i < p->segments.size(); ++i) {
          if (i > 0) out += " ";
          segment(p->segments[i]);
        }
        out += ">>";
        return;
    }
  }
  void segment(const Segment& s) {
    static constexpr const char* kTypes[] = {"integer", "float", "binary", "bits", "utf8", "utf16", "utf32"};
    if (s.pattern != nullptr) pattern(s.pattern);
    out += std::string("::") + kTypes[static_cast<size_t>(s.type)];
    if (s.size != nullptr && s.size->kind == NodeKind::Lit) {
      out += ":";
      term(s.size->term);
    } else if (s.size != nullptr) {
      out += ":...";
    }
    if (s.unit != 1) out += "*" + std::to_string(s.unit);
  }
  void clauses(std::span<const Clause> all) {
    for (const Clause& c : all) {
      line();
      for (size_t i = 0; i < c.patterns.size(); ++i) {
        if (i > 0) out += ", ";
        pattern(c.patterns[i]);
      }
      for (VarPair s : c.same) out += " " + var(s.a) + "===" + var(s.b);
      depth_ += 2;
      for (const Node* g : c.guards) {
        line();
        out += "when";
        node(g);
      }
      depth_ -= 1;
      node(c.body);
      --depth_;
    }
  }
  void label(const char* text) {
    line();
    out += text;
  }
  void node(const Node* n) {
    if (check_.exceeded()) {
      out += " ...";
      return;
    }
    line();
    if (n->kind == NodeKind::Lit) return term(n->term);
    if (n->kind == NodeKind::Var) {
      out += var(n->var);
      return;
    }
    out += n->kind == NodeKind::Prim ? prim_name(n->prim) : node_name(n->kind);
    if (n->kind == NodeKind::Match) {
      out += " ";
      pattern(n->pattern);
    }
    if (!n->module.is_none()) out += " " + std::string(atoms_.text(n->module));
    if (!n->term.is_none()) {
      out += " ";
      term(n->term);
    }
    if (n->function != nullptr) out += " " + std::string(atoms_.text(n->function->name));
    if (n->var != kNoVar) out += " " + var(n->var);
    ++depth_;
    for (const Node* k : n->kids) node(k);
    parts(n);
    --depth_;
  }
  void parts(const Node* n) {
    switch (n->kind) {
      case NodeKind::Case: return clauses(static_cast<const CaseNode*>(n)->clauses);
      case NodeKind::Bin:
        for (const Segment& s : static_cast<const BinNode*>(n)->segments) {
          line();
          segment(s);
          ++depth_;
          node(s.value);
          --depth_;
        }
        return;
      case NodeKind::With: {
        const auto* w = static_cast<const WithNode*>(n);
        for (const WithStep& s : w->steps) {
          line();
          if (s.pattern != nullptr) pattern(s.pattern);
          out += " <-";
          ++depth_;
          node(s.expr);
          for (const Node* g : s.guards) node(g);
          --depth_;
        }
        label("do");
        node(w->body);
        if (!w->otherwise.empty()) label("else");
        return clauses(w->otherwise);
      }
      case NodeKind::Try: {
        const auto* t = static_cast<const TryNode*>(n);
        node(t->body);
        for (const RescueClause& r : t->rescues) {
          label("rescue ");
          out += var(r.var);
          for (Term m : r.modules) {
            out += " ";
            term(m);
          }
          node(r.body);
        }
        if (!t->catches.empty()) label("catch");
        clauses(t->catches);
        if (t->has_else) label("else");
        clauses(t->otherwise);
        if (t->after != nullptr) {
          label("after");
          node(t->after);
        }
        return;
      }
      case NodeKind::Receive: {
        const auto* r = static_cast<const ReceiveNode*>(n);
        if (r->from != kNoVar) out += " from " + var(r->from);
        clauses(r->clauses);
        if (r->timeout == nullptr) return;
        label("after");
        node(r->timeout);
        node(r->after);
        return;
      }
      default: return;
    }
  }

  const AtomTable& atoms_;
  DepthCheck check_;
  size_t depth_ = 0;
};

}  // namespace

std::string print_core(const CoreModule& module, const AtomTable& atoms) {
  Printer p(atoms);
  for (const Function* f : module.functions) p.function(*f);
  return p.out;
}

}  // namespace phial::compiler
