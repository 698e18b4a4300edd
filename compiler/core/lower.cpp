#include "compiler/core/lower.h"

#include <algorithm>

#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/map.h"

namespace phial::compiler {

Lowerer::Lowerer(const ModuleSource& source, AtomTable& table, const CoreNames& names, Arena& arena,
                 ArenaSpace& space, CoreModule& out, CompileError& error)
    : source_(source), table_(table), names_(names), arena_(arena), space_(space), out_(out), error_(error) {
#define PRIM(name, function, arity, cls) \
  prims_.emplace_back((Word{table.intern(function).atom_index()} << 8) | arity, Prim::name);
#include "compiler/core/prims.def"
#undef PRIM
  std::sort(prims_.begin(), prims_.end());
}

bool Lowerer::run() {
  out_.name = source_.name;
  for (const Definition& d : source_.definitions) {
    definition(d);
    if (failed_) return false;
  }
  return true;
}

Node* Lowerer::fail(const char* message, uint32_t line) {
  if (!failed_) {
    failed_ = true;
    error_.message = message;
    error_.line = line;
  }
  return lit(atoms::nil, line);
}

bool Lowerer::prim_of(Term name, size_t arity, Prim* out) const {
  Word key = (Word{name.atom_index()} << 8) | arity;
  auto it = std::lower_bound(prims_.begin(), prims_.end(), key,
                             [](const std::pair<Word, Prim>& p, Word k) { return p.first < k; });
  if (it == prims_.end() || it->first != key) return false;
  *out = it->second;
  return true;
}

Function* Lowerer::new_function(Term name, uint32_t arity, uint32_t line) {
  Function* f = &out_.storage.emplace_back();
  f->name = name;
  f->arity = arity;
  f->line = line;
  f->group = group_;
  f->parent = function_;
  f->file = function_ != nullptr ? function_->file : 0;
  f->index = static_cast<uint32_t>(out_.functions.size());
  out_.functions.push_back(f);
  return f;
}

void Lowerer::definition(const Definition& d) {
  ++group_;
  fun_count_ = 0;
  owners_.clear();
  use_counts_.clear();
  lifted_calls_.clear();
  fresh_reference_.clear();
  group_start_ = out_.functions.size();
  function_ = nullptr;
  trace_var_ = caller_var_ = kNoVar;
  bool is_macro = d.kind == DefKind::Defmacro || d.kind == DefKind::Defmacrop;
  Term name = d.name;
  if (is_macro) name = table_.intern("MACRO-" + std::string(table_.text(d.name)));
  uint32_t arity = d.arity + (is_macro ? 1 : 0);
  std::string shown(table_.text(name));
  uint32_t shown_arity = arity;
  if (name == names_.run && !source_.frame_label.empty()) {
    bool file = source_.frame_label == "(file)";
    shown = table_.text(file ? names_.file_function : names_.module_function);
    shown_arity = file ? 1 : 0;
  }
  outer_ = shown + "/" + std::to_string(shown_arity);

  Function* f = new_function(name, arity, d.line);
  f->exported = d.kind == DefKind::Def || d.kind == DefKind::Defmacro;
  const std::string& file = d.file.empty() ? source_.file : d.file;
  auto it = std::find(out_.files.rbegin(), out_.files.rend(), file);
  if (it == out_.files.rend()) {
    f->file = static_cast<uint16_t>(out_.files.size());
    out_.files.push_back(file);
  } else {
    f->file = static_cast<uint16_t>(out_.files.rend() - it - 1);
  }
  function_ = f;
  for (uint32_t i = 0; i < arity; ++i) f->params.push_back(fresh());
  if (is_macro) caller_var_ = f->params[0];
  std::vector<Clause> clauses;
  for (const DefClause& c : d.clauses) {
    Term l = ast::keyword(c.meta, atoms::line);
    uint32_t line = !l.is_none() && l.is_fixnum() ? static_cast<uint32_t>(l.as_fixnum()) : d.line;
    Clause lowered = clause(c.args, c.guards, c.body, line);
    if (is_macro) {
      std::span<Pattern*> patterns = arena_.array<Pattern*>(arity);
      patterns[0] = wild();
      std::copy(lowered.patterns.begin(), lowered.patterns.end(), patterns.begin() + 1);
      lowered.patterns = patterns;
    }
    clauses.push_back(lowered);
    if (failed_) return;
  }
  f->clauses = arena_.copy(clauses);
  function_ = nullptr;
  if (name == names_.run && !source_.frame_label.empty()) label_evaluated(f, shown_arity);
  fix_captures();
  for (size_t i = group_start_; i < out_.functions.size(); ++i) {
    out_.functions[i]->var_limit = static_cast<uint32_t>(owners_.size());
  }
}

/// Stack traces show evaluated code as __FILE__/1 or __MODULE__/0, which Elixir prints as "(file)" and "(module)": the body gets
/// that name, and what the host calls only goes on there.
void Lowerer::label_evaluated(Function* body, uint32_t shown_arity) {
  Function* entry = new_function(body->name, body->arity, body->line);
  entry->file = body->file;
  entry->exported = true;
  body->exported = false;
  body->name = shown_arity == 1 ? names_.file_function : names_.module_function;
  body->trace_arity = static_cast<int32_t>(shown_arity);
  // A function has at least as many parameters as its arity says.
  if (body->params.size() < shown_arity) body->captured.push_back(fresh());
  function_ = entry;
  std::vector<Node*> args;
  for (uint32_t i = 0; i < entry->arity; ++i) {
    entry->params.push_back(fresh());
    args.push_back(var_node(entry->params.back()));
  }
  entry->body = with_kids(NodeKind::CallLifted, args, 0);
  entry->body->function = body;
  function_ = nullptr;
}

// A lifted function is called with what it captures, so its callers capture that as well; loops call one another.
void Lowerer::fix_captures() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const LiftedCall& call : lifted_calls_) {
      if (call.caller == call.callee) continue;
      for (size_t i = 0; i < call.callee->captured.size(); ++i) {
        VarId var = call.callee->captured[i];
        for (Function* f = call.caller; f != nullptr && f != owners_[var]; f = f->parent) {
          if (std::find(f->captured.begin(), f->captured.end(), var) != f->captured.end()) continue;
          f->captured.push_back(var);
          changed = true;
        }
      }
    }
  }
}

VarId Lowerer::fresh() {
  owners_.push_back(function_);
  use_counts_.push_back(0);
  return static_cast<VarId>(owners_.size() - 1);
}

void Lowerer::use(VarId var) {
  ++use_counts_[var];
  for (Function* f = function_; f != owners_[var] && f != nullptr; f = f->parent) {
    if (std::find(f->captured.begin(), f->captured.end(), var) != f->captured.end()) break;
    f->captured.push_back(var);
  }
}

// Building.

Node* Lowerer::node(NodeKind kind, uint32_t line) {
  Node* n = arena_.make<Node>();
  n->kind = kind;
  n->line = line;
  return n;
}
Node* Lowerer::lit(Term t, uint32_t line) {
  Node* n = node(NodeKind::Lit, line);
  n->term = t;
  return n;
}
Node* Lowerer::var_node(VarId var, uint32_t line) {
  use(var);
  Node* n = node(NodeKind::Var, line);
  n->var = var;
  return n;
}
Node* Lowerer::with_kids(NodeKind kind, std::span<Node* const> kids, uint32_t line) {
  Node* n = node(kind, line);
  n->kids = arena_.array<Node*>(kids.size());
  std::copy(kids.begin(), kids.end(), n->kids.begin());
  return n;
}
Node* Lowerer::prim(Prim p, std::initializer_list<Node*> kids, uint32_t line) {
  Node* n = with_kids(NodeKind::Prim, kids, line);
  n->prim = p;
  return n;
}
Node* Lowerer::remote(Term module, Term name, std::initializer_list<Node*> kids, uint32_t line) {
  Node* n = with_kids(NodeKind::Remote, kids, line);
  n->module = module;
  n->term = name;
  return n;
}
Node* Lowerer::call_lifted(Function* f, std::initializer_list<Node*> kids, uint32_t line) {
  Node* n = with_kids(NodeKind::CallLifted, kids, line);
  n->function = f;
  lifted_calls_.push_back({function_, f});
  return n;
}
Term Lowerer::fun_name(const char* kind) {
  return table_.intern("-" + outer_ + "-" + kind + "-" + std::to_string(fun_count_++) + "-");
}
Function* Lowerer::lifted(uint32_t arity, const char* kind, bool closure) {
  Function* f = new_function(fun_name(kind), arity, function_->line);
  f->is_closure = closure;
  return f;
}

// Expressions.

std::vector<Node*> Lowerer::exprs(Term list) {
  std::vector<Node*> out;
  for (; list.is_cons(); list = list.tail()) out.push_back(expr(list.head()));
  return out;
}

Node* Lowerer::expr(Term t) {
  if (depth_.exceeded()) return fail("expression nested too deeply", 0);
  if (failed_) return lit(atoms::nil);
  if (t.is_cons()) return list(t);
  if (!t.is_tuple()) return lit(t);
  size_t n = tuple_arity(t);
  if (n == 3) return tagged(t);
  if (n != 2) return lit(t);
  std::vector<Node*> elements = {expr(tuple_at(t, 0)), expr(tuple_at(t, 1))};
  return tuple(elements, 0);
}

Node* Lowerer::tagged(Term t) {
  Term form = ast::form(t), args = ast::args(t);
  if (ast::is_node(form)) return remote_call(t);
  if (!form.is_atom()) return fail("this cannot be called", ast::line(t, 0));
  if (args.is_atom()) return variable(t);
  uint32_t line = ast::line(t, 0);
  if (form == atoms::block) return block(args);
  if (form == atoms::equals) return match(t);
  if (form == names_.case_) return case_of(t);
  if (form == atoms::tuple_brace) {
    std::vector<Node*> elements = exprs(args);
    return tuple(elements, line);
  }
  if (form == atoms::percent_brace) return map(t);
  if (form == atoms::percent) return struct_update(t);
  if (form == atoms::bits) return binary(t);
  if (form == atoms::fn) return closure(t);
  if (form == atoms::capture) return capture(t);
  if (form == names_.cond) return cond(t);
  if (form == names_.try_) return try_of(t);
  if (form == names_.receive) return receive(t);
  if (form == names_.with) return with(t);
  if (form == names_.for_) return comprehension(t);
  if (form == names_.stacktrace || form == names_.caller) return variable(t);
  if (form == atoms::pin) return variable(ast::nth(args, 0));
  std::vector<Node*> kids = exprs(args);
  Node* call = with_kids(NodeKind::Call, kids, line);
  call->term = form;
  call->arity = static_cast<uint32_t>(kids.size());
  return call;
}

Node* Lowerer::block(Term exprs) {
  if (exprs.is_nil_list()) return lit(atoms::nil);
  if (exprs.tail().is_nil_list()) return expr(exprs.head());
  std::vector<Node*> kids = this->exprs(exprs);
  return with_kids(NodeKind::Seq, kids, 0);
}

Node* Lowerer::variable(Term t) {
  uint32_t line = ast::line(t, 0);
  Term form = ast::is_node(t) ? ast::form(t) : Term::none();
  if (form == names_.stacktrace) {
    if (trace_var_ == kNoVar) return lit(Term::nil_list(), line);
    use(trace_var_);
    Node* n = node(NodeKind::Trace, line);
    n->var = trace_var_;
    return n;
  }
  if (form == names_.caller) {
    if (caller_var_ == kNoVar) return fail("__CALLER__ is available only inside defmacro and defmacrop", line);
    return var_node(caller_var_, line);
  }
  Term version = form.is_none() ? Term::none() : ast::keyword(ast::meta(t), names_.version);
  if (version.is_none() || !version.is_fixnum() || version.as_fixnum() < 0) {
    return fail("variable without a version", line);
  }
  size_t v = static_cast<size_t>(version.as_fixnum());
  if (v >= versions_.size() || versions_[v].group != group_) {
    error_.message = "undefined variable " + std::string(form.is_atom() ? table_.text(form) : "?");
    if (!failed_) error_.line = line;
    failed_ = true;
    return lit(atoms::nil, line);
  }
  return var_node(versions_[v].var, line);
}

Node* Lowerer::tuple(std::vector<Node*>& elements, uint32_t line) {
  bool constant = std::all_of(elements.begin(), elements.end(), [](Node* n) { return n->kind == NodeKind::Lit; });
  if (!constant) return with_kids(NodeKind::Tuple, elements, line);
  std::vector<Term> terms;
  for (Node* n : elements) terms.push_back(n->term);
  return lit(phial::make_tuple(space_, std::span<const Term>(terms)), line);
}

Node* Lowerer::list(Term t) {
  std::vector<Node*> items;
  Node* tail = nullptr;
  for (; t.is_cons(); t = t.tail()) {
    Term head = t.head();
    if (t.tail().is_nil_list() && ast::is_form(head, names_.bar) && ast::length(ast::args(head)) == 2) {
      items.push_back(expr(ast::nth(ast::args(head), 0)));
      tail = expr(ast::nth(ast::args(head), 1));
      break;
    }
    items.push_back(expr(head));
  }
  if (tail == nullptr) tail = lit(Term::nil_list());
  // Constant elements at the end are one constant.
  while (!items.empty() && tail->kind == NodeKind::Lit && items.back()->kind == NodeKind::Lit) {
    tail = lit(make_cons(space_, items.back()->term, tail->term));
    items.pop_back();
  }
  if (items.empty()) return tail;
  if (tail->kind == NodeKind::Cons) {
    items.insert(items.end(), tail->kids.begin(), tail->kids.end());
  } else {
    items.push_back(tail);
  }
  return with_kids(NodeKind::Cons, items, items[0]->line);
}

Node* Lowerer::map(Term t) {
  uint32_t line = ast::line(t, 0);
  Term pairs = ast::args(t);
  std::vector<Node*> kids;
  NodeKind kind = NodeKind::Map;
  if (pairs.is_cons() && ast::is_form(pairs.head(), names_.bar)) {
    Term parts = ast::args(pairs.head());
    kids.push_back(expr(ast::nth(parts, 0)));
    pairs = ast::nth(parts, 1);
    kind = NodeKind::MapUpdate;
  }
  bool constant = kind == NodeKind::Map;
  for (; pairs.is_cons(); pairs = pairs.tail()) {
    if (!is_tuple_of(pairs.head(), 2)) return fail("a map needs pairs", line);
    for (size_t i = 0; i < 2; ++i) {
      kids.push_back(expr(tuple_at(pairs.head(), i)));
      constant = constant && kids.back()->kind == NodeKind::Lit;
    }
  }
  if (constant) {
    std::vector<Term> terms;
    for (Node* n : kids) terms.push_back(n->term);
    return lit(make_map(space_, table_, terms), line);
  }
  return with_kids(kind, kids, line);
}

Node* Lowerer::struct_update(Term t) {
  Term name = ast::nth(ast::args(t), 0), body = ast::nth(ast::args(t), 1);
  if (!ast::is_form(body, atoms::percent_brace)) return fail("a struct needs a map", ast::line(t, 0));
  Node* n = map(body);
  if (n->kind == NodeKind::MapUpdate && name.is_atom()) n->term = name;
  return n;
}

Node* Lowerer::remote_call(Term t) {
  uint32_t line = ast::line(t, 0);
  Term dot = ast::form(t);
  if (ast::form(dot) != atoms::dot || !ast::args(t).is_list()) {
    return fail("this cannot be called", line);
  }
  Term parts = ast::args(dot);
  if (ast::length(parts) == 1) {
    std::vector<Node*> kids = {expr(ast::nth(parts, 0))};
    for (Node* n : exprs(ast::args(t))) kids.push_back(n);
    return with_kids(NodeKind::CallFun, kids, line);
  }
  Term name = ast::nth(parts, 1);
  if (!name.is_atom()) return fail("a function's name is an atom", line);
  Node* target = expr(ast::nth(parts, 0));
  std::vector<Node*> args = exprs(ast::args(t));
  if (target->kind == NodeKind::Lit && target->term.is_atom()) {
    if (target->term == atoms::erlang) return erlang_call(name, args, line);
    Node* n = with_kids(NodeKind::Remote, args, line);
    n->module = target->term;
    n->term = name;
    return n;
  }
  Term no_parens = ast::keyword(ast::meta(t), names_.no_parens);
  Node* n;
  if (args.empty() && no_parens == atoms::true_) {
    n = with_kids(NodeKind::Field, {target}, line);
  } else {
    args.insert(args.begin(), target);
    n = with_kids(NodeKind::RemoteDyn, args, line);
  }
  n->term = name;
  return n;
}

Node* Lowerer::erlang_call(Term name, std::vector<Node*>& args, uint32_t line) {
  Prim p;
  if (args.size() == 2 && (name == names_.andalso || name == names_.orelse)) {
    return with_kids(name == names_.andalso ? NodeKind::AndAlso : NodeKind::OrElse, args, line);
  }
  bool constant_number = args.size() == 1 && args[0]->kind == NodeKind::Lit && args[0]->term.is_number();
  if (constant_number && name == names_.plus) return args[0];
  if (constant_number && name == names_.minus) {
    Term t = args[0]->term;
    return lit(t.is_float() ? make_float(space_, -float_value(t)) : integer_neg(space_, t), line);
  }
  if (prim_of(name, args.size(), &p)) {
    bool fits = p != Prim::IsFunArity || (args[1]->kind == NodeKind::Lit && args[1]->term.is_fixnum() &&
                                          args[1]->term.as_fixnum() >= 0 && args[1]->term.as_fixnum() < 256);
    if (fits) {
      Node* n = with_kids(NodeKind::Prim, args, line);
      n->prim = p;
      return n;
    }
  }
  Node* n = with_kids(NodeKind::Remote, args, line);
  n->module = atoms::erlang;
  n->term = name;
  return n;
}

Node* Lowerer::capture(Term t) {
  uint32_t line = ast::line(t, 0);
  Term slash = ast::nth(ast::args(t), 0);
  if (!ast::is_form(slash, names_.slash)) return fail("a capture needs name/arity", line);
  Term target = ast::nth(ast::args(slash), 0), arity = ast::nth(ast::args(slash), 1);
  if (!arity.is_fixnum() || !ast::is_node(target)) return fail("a capture needs name/arity", line);
  Node* n;
  if (ast::is_node(ast::form(target))) {
    Term parts = ast::args(ast::form(target));
    Node* module = expr(ast::nth(parts, 0));
    Term name = ast::nth(parts, 1);
    if (module->kind != NodeKind::Lit || !module->term.is_atom()) {
      return remote(atoms::erlang, table_.intern("make_fun"), {module, lit(name), lit(arity)}, line);
    }
    n = node(NodeKind::RemoteFun, line);
    n->module = module->term;
    n->term = name;
  } else {
    n = node(NodeKind::LocalFun, line);
    n->term = ast::form(target);
  }
  n->arity = static_cast<uint32_t>(arity.as_fixnum());
  return n;
}

Node* Lowerer::binary(Term t) {
  uint32_t line = ast::line(t, 0);
  std::vector<Segment> segments;
  for (Term list = ast::args(t); list.is_cons(); list = list.tail()) {
    Segment s;
    Term value;
    if (!segment(list.head(), s, &value)) return lit(atoms::nil);
    s.value = expr(value);
    segments.push_back(s);
  }
  if (segments.empty()) return lit(make_binary(space_, ""), line);
  auto* n = arena_.make<BinNode>();
  n->kind = NodeKind::Bin;
  n->line = line;
  n->segments = arena_.copy(segments);
  return n;
}

}  // namespace phial::compiler
