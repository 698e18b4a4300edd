// Definitions in source text to bytecode, without an expander: the text is parsed and taken as expanded, except that variables get
// a version for each name, operators become calls of :erlang, and segments of binaries their full description.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/core/compile.h"
#include "compiler/parse/diagnostic.h"
#include "compiler/parse/parser.h"
#include "vm/bytecode/verify.h"
#include "vm/term/atom.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::compiler::test {

class Reader {
 public:
  explicit Reader(AtomTable& atoms) : atoms_(atoms) {}

  /// `def` and `defp` of [text] as a module named "t".
  ModuleSource module(std::string_view text) {
    ModuleSource out;
    out.name = atoms_.intern("t");
    out.file = "t.ex";
    ParseOptions options;
    options.columns = false;
    ParseResult parsed = parse(text, options, space_, atoms_);
    if (!parsed.ok) {
      error = render_error(parsed.error, text, "t.ex");
      return out;
    }
    Term block = parsed.quoted;
    if (is_form(block, "__block__")) {
      for (Term l = tuple_at(block, 2); l.is_cons(); l = l.tail()) definition(l.head(), out);
    } else {
      definition(block, out);
    }
    return out;
  }
  std::string error;

 private:
  Term atom(std::string_view text) { return atoms_.intern(text); }
  Term tuple(std::initializer_list<Term> t) { return phial::make_tuple(space_, t); }
  bool is_form(Term t, std::string_view name) {
    return is_tuple_of(t, 3) && tuple_at(t, 0).is_atom() && atoms_.text(tuple_at(t, 0)) == name && tuple_at(t, 2).is_list();
  }
  Term nth(Term list, size_t n) {
    while (n-- > 0) list = list.tail();
    return list.head();
  }

  void definition(Term t, ModuleSource& out) {
    bool is_public = is_form(t, "def");
    Term head = nth(tuple_at(t, 2), 0), body = tuple_at(nth(tuple_at(t, 2), 1).head(), 1);
    DefClause clause;
    clause.meta = tuple_at(t, 1);
    if (is_form(head, "when")) {
      Term guard = nth(tuple_at(head, 2), 1);
      head = nth(tuple_at(head, 2), 0);
      for (; is_form(guard, "when"); guard = nth(tuple_at(guard, 2), 1)) {
        clause.guards.push_back(expand(nth(tuple_at(guard, 2), 0)));
      }
      clause.guards.push_back(expand(guard));
    }
    Term args = tuple_at(head, 2);
    for (; args.is_cons(); args = args.tail()) clause.args.push_back(expand(args.head()));
    clause.body = expand(body);
    Term name = tuple_at(head, 0);
    uint32_t arity = static_cast<uint32_t>(clause.args.size());
    if (out.definitions.empty() || out.definitions.back().name != name || out.definitions.back().arity != arity) {
      Definition d;
      d.kind = is_public ? DefKind::Def : DefKind::Defp;
      d.name = name;
      d.arity = arity;
      d.line = 1;
      out.definitions.push_back(d);
      versions_.clear();
    }
    out.definitions.back().clauses.push_back(clause);
  }

  Term each(Term list) {
    ListBuilder out(space_);
    for (; list.is_cons(); list = list.tail()) out.push(expand(list.head()));
    return out.finish(list.is_nil_list() ? list : expand(list));
  }

  Term expand(Term t) {
    if (t.is_cons()) return each(t);
    if (is_tuple_of(t, 2)) return tuple({expand(tuple_at(t, 0)), expand(tuple_at(t, 1))});
    if (!is_tuple_of(t, 3)) return t;
    Term head = tuple_at(t, 0), meta = tuple_at(t, 1), args = tuple_at(t, 2);
    if (head.is_atom() && args.is_atom()) {
      auto [it, fresh] = versions_.try_emplace(head.bits(), static_cast<int64_t>(versions_.size()));
      Term version = tuple({atom("version"), Term::fixnum(it->second)});
      return tuple({head, make_cons(space_, version, meta), args});
    }
    if (is_form(t, "<<>>")) return tuple({head, meta, segments(args)});
    if (head.is_atom()) {
      static const std::map<std::string_view, std::string_view> kOperators = {
          {"+", "+"},   {"-", "-"},   {"*", "*"}, {"/", "/"}, {"==", "=="},      {"!=", "/="},     {"===", "=:="},
          {"!==", "=/="}, {"<", "<"}, {">", ">"}, {"<=", "=<"}, {">=", ">="}, {"and", "andalso"}, {"or", "orelse"},
          {"not", "not"}, {"++", "++"}};
      auto op = kOperators.find(atoms_.text(head));
      if (op != kOperators.end()) {
        Term dot = tuple({atoms::dot, meta, make_list(space_, {atoms::erlang, atom(op->second)})});
        return tuple({dot, meta, each(args)});
      }
    }
    return tuple({expand(head), meta, each(args)});
  }

  Term segments(Term list) {
    ListBuilder out(space_);
    for (; list.is_cons(); list = list.tail()) {
      Term s = list.head(), type = atoms::nil, size = atoms::nil;
      if (is_form(s, "<-")) {
        Term inner = segments(make_list(space_, {nth(tuple_at(s, 2), 0)})).head();
        out.push(tuple({tuple_at(s, 0), tuple_at(s, 1), make_list(space_, {inner, expand(nth(tuple_at(s, 2), 1))})}));
        continue;
      }
      if (is_form(s, "::")) {
        Term spec = nth(tuple_at(s, 2), 1);
        s = nth(tuple_at(s, 2), 0);
        if (is_form(spec, "-")) {
          size = expand(nth(tuple_at(nth(tuple_at(spec, 2), 1), 2), 0));
          spec = nth(tuple_at(spec, 2), 0);
        }
        if (spec.is_fixnum()) size = spec;
        else type = tuple_at(spec, 0);
      }
      if (s.is_bitstring() && type == atoms::nil) type = atom("binary");
      if (type == atoms::nil) type = atom("integer");
      Term description = make_list(space_, {type, size, atoms::nil, atom("unsigned"), atom("big")});
      Term segment = tuple({atom("segment"), Term::nil_list(), description});
      out.push(tuple({atoms::type_colons, Term::nil_list(), make_list(space_, {expand(s), segment})}));
    }
    return out.finish();
  }

  AtomTable& atoms_;
  ArenaSpace space_;
  std::map<Word, int64_t> versions_;
};

/// Text of a stage of the compiler for [text], or its error.
inline std::string dump(std::string_view text, DumpStage stage) {
  AtomTable atoms;
  Reader reader(atoms);
  ModuleSource source = reader.module(text);
  if (!reader.error.empty()) return reader.error;
  ModuleCode code;
  CompileError error;
  std::string out;
  if (!compile_module(source, atoms, code, error, stage, &out)) return "error: " + error.message;
  std::string broken;
  if (!verify_module(code, broken)) return "does not verify: " + broken;
  return out;
}

}  // namespace phial::compiler::test
