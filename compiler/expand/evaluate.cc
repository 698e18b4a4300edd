// Running expanded code: whole files and strings (EvalUnit), module bodies (define_module). Statements that are calls
// of the expander's own natives with constant arguments run right here; only the rest is compiled and run on the
// machine.
#include <algorithm>

#include "compiler/expand/evaluate.h"
#include "compiler/expand/module_builder.h"
#include "vm/heap/copy.h"

namespace phial::compiler {

namespace {

/// The row of a call of a native of ours, null for anything else.
const SessionNative* native_call(ExpandSession& session, Term t) {
  if (!is_node(t) || !is_call_of(node_head(t), atoms::dot, 2) || !node_args(t).is_list()) return nullptr;
  Term module = first(node_args(node_head(t)));
  const Names& n = session.names();
  if (module != n.phial_module || !second(node_args(node_head(t))).is_atom()) return nullptr;
  return session.native_row(module, second(node_args(node_head(t))), static_cast<uint32_t>(list_length(node_args(t))));
}

struct DirectRunner {
  ExpandSession& session;
  MacroHost& host;
  ArenaSpace& arena;
  Expander& x;

  /// Runs [t] if it needs no machine. [ran] tells; the value is none() after a failure.
  Term run(Term t, bool& ran) {
    ran = true;
    if (is_call_of(t, atoms::block)) {
      // All or nothing: a block's later parts may need the machine, and use what earlier parts bound.
      Term value = atoms::nil;
      for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
        if (!simple(l.head())) {
          ran = false;
          return value;
        }
      }
      for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
        value = run(l.head(), ran);
        if (value.is_none()) return value;
      }
      return value;
    }
    if (const SessionNative* row = native_call(session, t)) {
      std::vector<Term> args;
      for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
        Term value = x.constant_of(l.head());
        if (value.is_none()) {
          ran = false;
          return value;
        }
        args.push_back(value);
      }
      NativeCall call{session, host, arena, args};
      RunResult r = row->body(call);
      return r.raised ? Term::none() : r.value;
    }
    Term value = x.constant_of(t);
    if (value.is_none()) ran = false;
    return value;
  }
  bool simple(Term t) {
    if (is_call_of(t, atoms::block)) {
      for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
        if (!simple(l.head())) return false;
      }
      return true;
    }
    if (native_call(session, t)) {
      for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
        if (x.constant_of(l.head()).is_none()) return false;
      }
      return true;
    }
    return !x.constant_of(t).is_none();
  }
};

}  // namespace

Term run_leading(ExpandSession& session, MacroHost& host, ArenaSpace& arena, Expander& x, Term body, Term& value) {
  DirectRunner runner{session, host, arena, x};
  if (!is_call_of(body, atoms::block)) {
    bool ran = false;
    value = runner.run(body, ran);
    return ran ? Term::nil_list() : body;
  }
  Term l = node_args(body);
  value = atoms::nil;
  for (; l.is_cons(); l = l.tail()) {
    bool ran = false;
    Term v = runner.run(l.head(), ran);
    if (!ran) break;
    value = v;
    if (value.is_none()) return Term::nil_list();
  }
  if (l.is_nil_list()) return l;
  return l.tail().is_nil_list() ? l.head() : block_node(arena, node_meta(body), l);
}

namespace {

Term version_node(Space& s, const Names& n, VariableKey key, int64_t version) {
  Term meta = make_list(s, {pair(s, n.version, Term::fixnum(version))});
  return node(s, key.name, meta, key.context.is_atom() ? key.context : atoms::nil);
}

/// The module around code that is run once: `__run__` with [params].
ModuleSource run_source(ExpandSession& session, std::string file, uint32_t line, std::string label,
                        std::vector<Term> params, Term body) {
  ModuleSource source;
  source.name = session.names().elixir_compiler_eval;
  source.file = file;
  source.line = line;
  source.frame_label = std::move(label);
  DefClause clause;
  clause.meta = Term::nil_list();
  clause.args = std::move(params);
  clause.body = body;
  uint32_t arity = static_cast<uint32_t>(clause.args.size());
  source.definitions.push_back({DefKind::Def, session.names().run, arity, line, std::move(file), {clause}});
  return source;
}

}  // namespace

EvalUnit::EvalUnit(ExpandSession& session, MacroHost& host) : session_(session), host_(host) {
  session.add_unit(this);
  env = session.fresh_env(host, make_binary(arena_, "nofile"));
}

EvalUnit::~EvalUnit() { session_.remove_unit(this); }

void EvalUnit::set_file(std::string_view file) { env.file = make_binary(arena_, file); }

namespace {
struct UnitExpansion {
  VariableSnapshot before, after;
  Term body;
};
bool expand_in_unit(EvalUnit& unit, Expander& x, Term ast, UnitExpansion& out) {
  int64_t version = 0;
  for (const BoundVariable& v : unit.binding) out.before.entries.push_back({{v.name, v.context}, version++});
  x.unit = &unit;
  x.scope.load(out.before);
  out.body = x.expand(ast);
  if (out.body.is_none()) return false;
  out.after = x.scope.snapshot();
  // Variables of macros' own are not part of a binding; the rest comes in descending order of names.
  std::erase_if(out.after.entries, [](const auto& e) { return !e.key.context.is_atom(); });
  AtomTable& table = unit.session().atoms();
  std::sort(out.after.entries.begin(), out.after.entries.end(), [&](const auto& a, const auto& b) {
    if (a.key.name != b.key.name) return table.text(a.key.name) > table.text(b.key.name);
    return table.text(a.key.context) > table.text(b.key.context);
  });
  if (unit.want_binding) {
    // Whoever reads the binding uses every variable in it.
    for (const auto& e : out.after.entries) x.scope.mark_used(e.version);
  }
  x.warn_unused_variables();
  unit.env = x.env;
  unit.env.context = Context::None;
  return true;
}

ModuleSource unit_source(EvalUnit& unit, Expander& x, const UnitExpansion& e, Term body) {
  const Names& n = unit.session().names();
  ArenaSpace& s = unit.arena();
  std::vector<Term> params;
  for (const auto& entry : e.before.entries) params.push_back(version_node(s, n, entry.key, entry.version));
  if (unit.want_binding) {
    int64_t version = x.scope.new_version();
    Term result = version_node(s, n, {n.result, n.phial}, version);
    ListBuilder values(s);
    for (const auto& entry : e.after.entries) values.push(version_node(s, n, entry.key, entry.version));
    Term bind = node(s, atoms::equals, Term::nil_list(), make_list(s, {result, body}));
    body = block_node(s, Term::nil_list(), make_list(s, {bind, pair(s, result, values.finish())}));
  }
  std::string file = text_of_binary(unit.env.file);
  return run_source(unit.session(), file, unit.env.line, "(file)", std::move(params), body);
}
}  // namespace

bool EvalUnit::expand_unit(Term ast, Expanded& out) {
  Expander x(session_, host_, arena_, env);
  UnitExpansion e;
  if (!expand_in_unit(*this, x, ast, e)) return false;
  out.body = e.body;
  out.variables.clear();
  for (const auto& entry : e.after.entries) out.variables.push_back({entry.key.name, entry.key.context, Term::none()});
  out.source = unit_source(*this, x, e, e.body);
  return true;
}

RunResult EvalUnit::evaluate(Term ast) {
  Expander x(session_, host_, arena_, env);
  UnitExpansion e;
  if (!expand_in_unit(*this, x, ast, e)) return {true, Term::none()};
  Term value;
  Term rest = run_leading(session_, host_, arena_, x, e.body, value);
  if (rest.is_nil_list()) {
    // No machine was needed, so nothing was bound.
    return value.is_none() ? RunResult{true, Term::none()} : RunResult{false, value};
  }
  ModuleSource source = unit_source(*this, x, e, rest);
  std::vector<Term> args;
  for (const BoundVariable& v : binding) args.push_back(v.value);
  RunResult r = host_.run(source, args, arena_);
  if (r.raised || !want_binding) return r;
  std::vector<BoundVariable> after;
  Term values = tuple_at(r.value, 1);
  for (const auto& entry : e.after.entries) {
    after.push_back({entry.key.name, entry.key.context, values.head()});
    values = values.tail();
  }
  binding = std::move(after);
  return {false, tuple_at(r.value, 0)};
}

namespace {

/// Expands and runs what a hook answers, as if it stood at the end of the body.
bool run_in_module(ModuleBuilder& builder, MacroHost& host, Env& env, Term code) {
  Expander x(builder.session, host, builder.arena, env);
  Term body = x.expand(code);
  if (body.is_none()) return false;
  env = x.env;
  Term value;
  Term rest = run_leading(builder.session, host, builder.arena, x, body, value);
  if (rest.is_nil_list()) return !value.is_none();
  ModuleSource source = run_source(builder.session, builder.file, builder.line, "(module)", {}, rest);
  source.info = make_list(builder.arena, {pair(builder.arena, builder.session.names().module, builder.name)});
  return !host.run(source, {}, builder.arena).raised;
}

std::vector<Term> hooks_of(ModuleBuilder& builder, Term name) {
  std::vector<Term> out;
  if (auto* a = builder.find_attribute(name)) {
    for (Term l = a->value.is_none() ? Term::nil_list() : a->value; l.is_cons(); l = l.tail()) out.push_back(l.head());
  }
  std::reverse(out.begin(), out.end());
  return out;
}

void split_hook(Term hook, Term default_function, Term& module, Term& function) {
  module = hook;
  function = default_function;
  if (is_tuple_of(hook, 2)) {
    module = tuple_at(hook, 0);
    function = tuple_at(hook, 1);
  }
}

bool before_compile(ModuleBuilder& builder, MacroHost& host, Env& env) {
  const Names& n = builder.session.names();
  for (Term hook : hooks_of(builder, n.before_compile)) {
    Term module, function;
    split_hook(hook, n.before_compile_, module, function);
    if (!module.is_atom()) continue;
    Term env_term = env_to_term(builder.arena, builder.session.atoms(), n, env, {});
    Term macro = macro_function_name(builder.session.atoms(), function);
    if (host.ensure_loaded(module, true) && host.function_exported(module, macro, 2)) {
      Expander x(builder.session, host, builder.arena, env);
      Term meta = make_list(builder.arena, {pair(builder.arena, atoms::line, Term::fixnum(env.line))});
      Term quoted = x.call_macro(meta, module, function, make_list(builder.arena, {env_term}), false);
      if (quoted.is_none() || !run_in_module(builder, host, env, quoted)) return false;
    } else if (host.call(module, function, std::span<const Term>(&env_term, 1), builder.arena).raised) {
      return false;
    }
  }
  return true;
}

}  // namespace

RunResult define_module(ExpandSession& session, MacroHost& host, ArenaSpace& result_arena, EvalUnit* unit, Term name,
                        Term body, const Env& outer, std::span<const BoundVariable> variables) {
  const Names& n = session.names();
  RunResult failed{true, Term::none()};
  ModuleBuilder builder(session, host, name.is_atom() ? name : atoms::nil, outer);
  builder.unit = unit;
  {
    Expander x(session, host, builder.arena, outer);
    if (!name.is_atom() || name == atoms::nil || name == atoms::true_ || name == atoms::false_) {
      x.file_error(Term::nil_list(), "invalid module name: " + x.inspect_text(name));
      return failed;
    }
    Term meta = outer.line == 0
                    ? Term::nil_list()
                    : make_list(builder.arena, {pair(builder.arena, atoms::line, Term::fixnum(outer.line))});
    if (ModuleBuilder* open = session.open_module(name)) {
      x.file_error(meta, "cannot define module " + x.module_text(name) + " because it is currently being defined in " +
                             open->file + ":" + std::to_string(open->line));
      return failed;
    }
    if (!host.module_info(name).is_none() && session.option_is_off("ignore_module_conflict")) {
      x.env.module = name;
      x.env.function = Term::none();
      x.warn(meta, "redefining module " + x.module_text(name) + " (current version defined in memory)");
      x.env.module = outer.module;
    }
    if (!session.open(&builder)) {
      x.file_error(meta, "cannot define module " + x.module_text(name) + " because it is currently being defined");
      return failed;
    }
  }
  struct Closer {
    ExpandSession& session;
    ModuleBuilder& builder;
    bool open = true;
    void close() {
      if (open) session.close(&builder);
      open = false;
    }
    ~Closer() { close(); }
  } closer{session, builder};

  Env env = outer;
  env.module = name;
  env.function = Term::none();
  env.context = Context::None;
  if (!list_has(env.context_modules, name)) env.context_modules = make_cons(builder.arena, name, env.context_modules);

  Term value;
  {
    Expander x(session, host, builder.arena, env);
    VariableSnapshot visible;
    int64_t version = 0;
    for (const BoundVariable& v : variables) visible.entries.push_back({{v.name, v.context}, version++});
    x.scope.load(visible);
    Term expanded = x.expand(body);
    if (expanded.is_none()) return failed;
    x.warn_unused_variables();
    env = x.env;
    Term rest = run_leading(session, host, builder.arena, x, expanded, value);
    if (!rest.is_nil_list()) {
      std::vector<Term> params, args;
      for (const auto& e : visible.entries) params.push_back(version_node(builder.arena, n, e.key, e.version));
      for (const BoundVariable& v : variables) args.push_back(v.value);
      ModuleSource source = run_source(session, builder.file, builder.line, "(module)", std::move(params), rest);
      source.info = make_list(builder.arena, {pair(builder.arena, n.module, name)});
      RunResult r = host.run(source, args, builder.arena);
      if (r.raised) return failed;
      value = r.value;
    } else if (value.is_none()) {
      return failed;
    }
  }
  if (!before_compile(builder, host, env)) return failed;
  if (!builder.finish(env)) return failed;
  Term env_term = Term::none();
  std::vector<Term> after = hooks_of(builder, n.after_compile), verify = hooks_of(builder, n.after_verify);
  Term binary = make_binary(builder.arena, "phial module " + std::string(session.atoms().text(name)));
  closer.close();
  if (unit) unit->defined_modules.push_back(name);
  for (Term hook : after) {
    Term module, function;
    split_hook(hook, n.after_compile_, module, function);
    if (env_term.is_none()) env_term = env_to_term(builder.arena, session.atoms(), n, env, {});
    Term args[] = {env_term, binary};
    if (host.call(module, function, args, builder.arena).raised) return failed;
  }
  for (Term hook : verify) {
    Term module, function;
    split_hook(hook, n.after_verify_, module, function);
    if (host.call(module, function, std::span<const Term>(&name, 1), builder.arena).raised) return failed;
  }
  Term result = make_tuple(builder.arena, {n.module, name, binary, value});
  return {false, deep_copy(result_arena, result)};
}

Term expand_quoted(ExpandSession& session, MacroHost& host, ArenaSpace& arena, Term ast, Env& env) {
  Expander x(session, host, arena, env);
  Term e = x.expand(ast);
  if (!e.is_none()) env = x.env;
  return e;
}

}  // namespace phial::compiler
