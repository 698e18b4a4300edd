// Source text to the text of its expansion, without a machine: macros are C++ functions of a fake host, and modules are
// written down instead of loaded.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/expand/expand_state.h"
#include "compiler/parse/parser.h"
#include "vm/term/inspect.h"
#include "vm/term/map.h"

namespace phial::compiler::test {

/// Expanded code on one line: variables as name@version, calls as Mod.fun(args), forms as (form args).
inline std::string show(Term t, const AtomTable& atoms) {
  if (t.is_none()) return "<none>";
  auto list_text = [&](Term l, std::string_view separator) {
    std::string out;
    for (Term i = l; i.is_cons(); i = i.tail()) {
      if (!(i == l)) out += separator;
      out += show(i.head(), atoms);
    }
    return out;
  };
  if (t.is_list()) return "[" + list_text(t, ", ") + "]";
  if (is_tuple_of(t, 2)) return "{" + show(tuple_at(t, 0), atoms) + ", " + show(tuple_at(t, 1), atoms) + "}";
  if (!is_node(t)) return inspect_term(t, atoms);
  Term head = node_head(t), args = node_args(t);
  if (head.is_atom() && args.is_atom()) {
    std::string name(atoms.text(head));
    for (Term l = node_meta(t); l.is_cons(); l = l.tail()) {
      if (atoms.text(tuple_at(l.head(), 0)) == "version")
        return name + "@" + std::to_string(tuple_at(l.head(), 1).as_fixnum());
    }
    return name;
  }
  if (is_call_of(head, atoms::dot, 2)) {
    return show(first(node_args(head)), atoms) + "." + std::string(atoms.text(second(node_args(head)))) + "(" +
           list_text(args, ", ") + ")";
  }
  if (is_call_of(head, atoms::dot, 1)) return show(first(node_args(head)), atoms) + ".(" + list_text(args, ", ") + ")";
  if (!head.is_atom()) return "{" + show(head, atoms) + " " + list_text(args, " ") + "}";
  return "(" + std::string(atoms.text(head)) + (args.is_nil_list() ? "" : " ") + list_text(args, " ") + ")";
}

class FakeHost final : public MacroHost {
 public:
  using Function = std::function<Term(ArenaSpace&, std::span<const Term>)>;
  explicit FakeHost(AtomTable& atoms) : atoms(atoms) {
    stack_limit = static_cast<const char*>(__builtin_frame_address(0)) - 2 * 1024 * 1024;
  }

  AtomTable& atoms;
  /// "Elixir.Mod" -> {"name/arity" -> body}
  std::map<std::string, std::map<std::string, Function>> modules;
  std::map<std::string, std::string> defined;  // text of what define_module got
  std::map<std::string, Term> infos;
  std::string diagnostics;
  std::string raised;
  ArenaSpace arena;

  bool ensure_loaded(Term module, bool) override {
    return modules.count(std::string(atoms.text(module))) || defined.count(std::string(atoms.text(module)));
  }
  Term module_info(Term) override { return Term::none(); }
  Term exports(Term module, ArenaSpace& to) override {
    ListBuilder out(to);
    for (const auto& [key, f] : modules[std::string(atoms.text(module))]) {
      size_t slash = key.rfind('/');
      out.push(pair(to, atoms.intern(key.substr(0, slash)), Term::fixnum(std::stoi(key.substr(slash + 1)))));
    }
    return out.finish();
  }
  bool function_exported(Term module, Term name, uint32_t arity) override {
    auto m = modules.find(std::string(atoms.text(module)));
    return m != modules.end() && m->second.count(std::string(atoms.text(name)) + "/" + std::to_string(arity));
  }
  RunResult call(Term module, Term function, std::span<const Term> args, ArenaSpace& to) override {
    auto m = modules.find(std::string(atoms.text(module)));
    std::string key = std::string(atoms.text(function)) + "/" + std::to_string(args.size());
    if (m == modules.end() || !m->second.count(key)) {
      raised = "undefined " + std::string(atoms.text(module)) + "." + key;
      return {true, Term::none()};
    }
    return {false, m->second[key](to, args)};
  }
  RunResult run(const ModuleSource& source, std::span<const Term>, ArenaSpace&) override {
    ran += show(source.definitions[0].clauses[0].body, atoms) + "\n";
    return {false, atoms::ok};
  }
  std::string ran;
  bool define_module(const ModuleSource& source, std::string&) override {
    std::string out;
    for (const Definition& d : source.definitions) {
      std::string_view name = atoms.text(d.name);
      if (name == "__info__" || name == "module_info") continue;
      const char* kinds[] = {"def", "defp", "defmacro", "defmacrop"};
      for (const DefClause& c : d.clauses) {
        out += std::string(kinds[static_cast<int>(d.kind)]) + " " + std::string(name) + "(";
        for (size_t i = 0; i < c.args.size(); ++i) out += (i ? ", " : "") + show(c.args[i], atoms);
        out += ")";
        for (Term g : c.guards) out += " when " + show(g, atoms);
        out += " -> " + show(c.body, atoms) + "\n";
      }
    }
    defined[std::string(atoms.text(source.name))] = out;
    return true;
  }
  void print_diagnostic(std::string_view text) override { diagnostics += text; }
  RunResult raise_exception(Term exception) override {
    Term message = map_get(exception, atoms.intern("message"));
    if (message.is_none()) message = map_get(exception, atoms.intern("description"));
    raised = std::string(atoms.text(map_get(exception, atoms::struct_))) + ": " +
             (!message.is_none() && message.is_bitstring() ? text_of_binary(message) : inspect_term(exception, atoms));
    return {true, Term::none()};
  }
};

struct Fixture {
  AtomTable atoms;
  ExpandSession session{atoms};
  FakeHost host{atoms};

  Fixture() {
    // A Kernel with three macros, enough to see dispatch and hygiene.
    auto& kernel = host.modules["Elixir.Kernel"];
    kernel["MACRO-to_string/2"] = [](ArenaSpace&, std::span<const Term> a) { return a[1]; };
    for (const char* f :
         {"+/2", "-/2", "-/1", "+/1", "*/2", ">/2", "is_atom/1", "elem/2", "hd/1", "++/2", "not/1", "self/0"}) {
      kernel[f] = [](ArenaSpace&, std::span<const Term>) { return atoms::nil; };
    }
    // twice(x): `tmp = x; tmp + tmp`, with a variable of its own.
    kernel["MACRO-twice/2"] = [this](ArenaSpace& s, std::span<const Term> a) {
      Term tmp = node(s, atoms.intern("tmp"), Term::nil_list(), atoms::Elixir_Kernel);
      Term bind = node(s, atoms::equals, Term::nil_list(), make_list(s, {tmp, a[1]}));
      Term sum = node(s, atoms.intern("+"), Term::nil_list(), make_list(s, {tmp, tmp}));
      return node(s, atoms::block, Term::nil_list(), make_list(s, {bind, sum}));
    };
    // x ~> f(y): f(x, y)
    kernel["MACRO-~>/3"] = [](ArenaSpace& s, std::span<const Term> a) {
      return node(s, node_head(a[2]), node_meta(a[2]), make_cons(s, a[1], node_args(a[2])));
    };
    auto& lib = host.modules["Elixir.Lib"];
    lib["one/1"] = lib["two/2"] = [](ArenaSpace&, std::span<const Term>) { return atoms::nil; };
    lib["MACRO-mac/2"] = [](ArenaSpace&, std::span<const Term> a) { return a[1]; };
    auto& point = host.modules["Elixir.Point"];
    auto make = [this](ArenaSpace& s, std::span<const Term> a) {
      Term x = Term::fixnum(0);
      if (!a.empty() && keyword_has(a[0], atoms.intern("x"))) x = keyword_get(a[0], atoms.intern("x"));
      Term fields[] = {atoms::struct_, atoms.intern("Elixir.Point"), atoms.intern("x"), x, atoms.intern("y"),
                       Term::fixnum(0)};
      return make_map(s, atoms, fields);
    };
    point["__struct__/0"] = make;
    point["__struct__/1"] = make;
  }

  /// What [source] expands to as a script; modules it defines are in host.defined.
  std::string expand(std::string_view source) {
    EvalUnit unit(session, host);
    ParseResult parsed = parse(source, {}, unit.arena(), atoms);
    if (!parsed.ok) return "does not parse";
    EvalUnit::Expanded out;
    host.raised.clear();
    host.diagnostics.clear();
    if (!unit.expand_unit(parsed.quoted, out)) return first_error();
    return show(out.body, atoms);
  }
  /// Defines what [source] defines; the text of its last module.
  std::string define(std::string_view source, std::string_view module = "Elixir.M") {
    EvalUnit unit(session, host);
    unit.want_binding = false;
    ParseResult parsed = parse(source, {}, unit.arena(), atoms);
    if (!parsed.ok) return "does not parse";
    host.raised.clear();
    host.diagnostics.clear();
    host.ran.clear();
    host.defined.clear();
    if (unit.evaluate(parsed.quoted).raised) return first_error();
    return host.defined[std::string(module)];
  }
  std::string first_error() {
    size_t at = host.diagnostics.find("error: ");
    if (at == std::string::npos) return "raised " + host.raised;
    return host.diagnostics.substr(at, host.diagnostics.find('\n', at) - at);
  }
};

}  // namespace phial::compiler::test
