// Exceptions: handlers, traces, natives that fail, guards, undefined functions, exit reasons.
#include "tests/unit/vm/interp/machine.h"
#include "vm/interp/trace.h"

namespace phial::test {
namespace {

Term fail_with(Process& p, Term* args) { return p.raise_error(args[0]); }
Term throw_it(Process& p, Term* args) {
  p.raise(atoms::throw_, args[0]);
  return Term::none();
}
Term is_seven(Process& p, Term* args) { return args[0] == fix(7) ? atoms::true_ : p.raise_badarg(); }
Term to_list(Process& p, Term* args) { return trace_to_list(p, args[0]); }

void add_natives(Machine& m) {
  m.native("n", "fail", 1, fail_with);
  m.native("n", "throw", 1, throw_it);
  m.native("n", "seven", 1, is_seven);
  m.native("n", "to_list", 1, to_list);
}

/// Calls callee(r0) inside a try and returns {class, reason, trace list}.
void add_catching(Assembler& a, std::string_view callee) {
  a.def("catching", 1, 20);
  Label caught = a.label();
  a.move(5, 0);
  size_t from = a.at();
  a.call(4, {0}, a.declare(callee, 1));
  size_t to = a.at();
  a.ret(5);
  a.here(caught);
  a.op(Op::StackTrace, {3, 3});
  a.reserve(4, {1, 2, 3}, 20);
  a.op(Op::MakeTuple, {0}, {1, 2, 3});
  a.ret(0);
  a.handler(from, to, caught, 1);
}

TEST(Raise, handlers_catch_from_deep_frames) {
  Machine m;
  add_natives(m);
  Assembler a(m.atoms, "t");
  // deep(n): n == 0: fail(:boom), else 1 + deep(n - 1)
  int deep = a.def("deep", 1, 6);
  Label more = a.label();
  a.op(Op::IsSameInt, {0, 0});
  a.to(more);
  a.load(3, m.atoms.intern("boom"));
  a.line(11);
  a.call_ext(2, {}, "n", "fail", 1);
  a.ret(3);
  a.here(more);
  a.op(Op::SubInt, {3, 0, 1});
  a.line(22);
  a.call(2, {}, deep);
  a.op(Op::AddInt, {0, 3, 1});
  a.ret(0);
  add_catching(a, "deep");
  m.load(a.finish());
  for (int64_t n : {0, 3, 200, 20'000}) {
    if (kGcStress && n > 200) continue;
    Term v = m.run("t", "catching", {fix(n)}).value;
    ASSERT_TRUE(is_tuple_of(v, 3));
    EXPECT_EQ(tuple_at(v, 0), atoms::error);
    EXPECT_EQ(tuple_at(v, 1), m.atoms.intern("boom"));
    Term trace = tuple_at(v, 2);
    Term top = trace.head();
    EXPECT_EQ(tuple_at(top, 0), m.atoms.intern("n"));
    EXPECT_EQ(tuple_at(top, 2).head(), m.atoms.intern("boom"));
    Term second = trace.tail().head();
    EXPECT_EQ(tuple_at(second, 1), m.atoms.intern("deep"));
    EXPECT_EQ(tuple_at(second, 2), fix(1));
    EXPECT_EQ(tuple_at(tuple_at(second, 3).tail().head(), 1), fix(11));
    EXPECT_EQ(list_length(trace), std::min<int64_t>(n + 3, 8));
    if (n > 0) {
      EXPECT_EQ(tuple_at(tuple_at(trace.tail().tail().head(), 3).tail().head(), 1), fix(22));
    }
  }
}

TEST(Raise, uncaught_exceptions_become_exit_reasons) {
  Machine m;
  add_natives(m);
  auto call = [&](std::string_view name) {
    return run_body(m, {atoms::ok}, [&](Assembler& a) {
             a.move(3, 0);
             a.call_ext(2, {}, "n", name, 1);
             a.ret(3);
           }).reason;
  };
  EXPECT_EQ(tuple_at(call("fail"), 0), atoms::ok);
  EXPECT_TRUE(tuple_at(call("fail"), 1).is_cons());
  Term thrown = tuple_at(call("throw"), 0);
  EXPECT_EQ(tuple_at(thrown, 0), atoms::nocatch);
}

TEST(Raise, failing_natives_make_guards_false) {
  Machine m;
  add_natives(m);
  Assembler a(m.atoms, "t");
  a.def("f", 1, 10);
  Label no = a.label();
  a.move(4, 0);
  size_t from = a.at();
  a.call_ext(3, {0}, "n", "seven", 1);
  a.op(Op::Add, {4, 0, 0});
  size_t to = a.at();
  a.ret(4);
  a.here(no);
  a.ret_constant(atoms::nil);
  a.handler(from, to, no, 0, HandlerRange::Kind::Guard);
  m.load(a.finish());
  EXPECT_EQ(m.run("t", "f", {fix(7)}).value, fix(14));
  EXPECT_EQ(m.run("t", "f", {fix(8)}).value, atoms::nil);
}

TEST(Raise, failing_arithmetic_makes_guards_false) {
  Machine m;
  Assembler a(m.atoms, "t");
  a.def("f", 1, 10);
  Label no = a.label();
  size_t from = a.at();
  a.op(Op::AddInt, {1, 0, 1});
  size_t to = a.at();
  a.ret(1);
  a.here(no);
  a.ret_constant(atoms::nil);
  a.handler(from, to, no, 0, HandlerRange::Kind::Guard);
  m.load(a.finish());
  EXPECT_EQ(m.run("t", "f", {atoms::ok}).value, atoms::nil);
}

TEST(Raise, function_clause_shows_arguments) {
  Machine m;
  Assembler a(m.atoms, "t");
  a.def("g", 1, 4);
  a.line(5);
  a.op(Op::FailClause, {1});
  add_catching(a, "g");
  m.load(a.finish());
  Term v = m.run("t", "catching", {fix(9)}).value;
  EXPECT_EQ(tuple_at(v, 1), atoms::function_clause);
  Term top = tuple_at(v, 2).head();
  EXPECT_EQ(tuple_at(top, 0), m.atoms.intern("t"));
  EXPECT_EQ(tuple_at(top, 1), m.atoms.intern("g"));
  EXPECT_EQ(tuple_at(top, 2).head(), fix(9));
  EXPECT_TRUE(tuple_at(top, 3).is_cons());
}

TEST(Raise, failures_by_kind) {
  Machine m;
  auto reason = [&](FailKind kind) {
    return tuple_at(run_body(m, {fix(1)}, [&](Assembler& a) { a.op(Op::Fail, {static_cast<int>(kind), 0}); }).reason, 0);
  };
  EXPECT_EQ(tuple_at(reason(FailKind::BadMatch), 0), atoms::badmatch);
  EXPECT_EQ(tuple_at(reason(FailKind::CaseClause), 0), atoms::case_clause);
  EXPECT_EQ(reason(FailKind::CondClause), atoms::cond_clause);
  EXPECT_EQ(tuple_at(reason(FailKind::TryClause), 0), atoms::try_clause);
  EXPECT_EQ(tuple_at(reason(FailKind::WithClause), 1), fix(1));
  EXPECT_EQ(reason(FailKind::Error), fix(1));
}

TEST(Raise, reraise_keeps_the_trace) {
  Machine m;
  add_natives(m);
  Assembler a(m.atoms, "t");
  a.def("g", 1, 14);
  Label caught = a.label();
  a.move(4, 0);
  size_t from = a.at();
  a.call_ext(3, {}, "n", "fail", 1);
  size_t to = a.at();
  a.ret(4);
  a.here(caught);
  a.op(Op::Reraise, {1, 2, 3});
  a.handler(from, to, caught, 1);
  add_catching(a, "g");
  m.load(a.finish());
  Term v = m.run("t", "catching", {atoms::ok}).value;
  EXPECT_EQ(tuple_at(tuple_at(v, 2).head(), 0), m.atoms.intern("n"));
}

TEST(Raise, undefined_functions_raise_with_their_arguments) {
  Machine m;
  Assembler a(m.atoms, "t");
  a.def("g", 1, 8);
  a.tail_ext("nowhere", "fun", 1);
  add_catching(a, "g");
  m.load(a.finish());
  Term v = m.run("t", "catching", {fix(3)}).value;
  EXPECT_EQ(tuple_at(v, 1), atoms::undef);
  EXPECT_EQ(tuple_at(tuple_at(v, 2).head(), 0), m.atoms.intern("nowhere"));
  EXPECT_EQ(tuple_at(tuple_at(v, 2).head(), 2).head(), fix(3));
}

TEST(Raise, apply_spreads_its_list) {
  Machine m;
  Assembler a(m.atoms, "t");
  int add = a.def("add", 3, 6);
  (void)add;
  a.op(Op::Add, {0, 0, 1});
  a.op(Op::Add, {0, 0, 2});
  a.ret(0);
  a.def("main", 1, 12);
  a.load(4, m.atoms.intern("t"));
  a.load(5, m.atoms.intern("add"));
  a.move(6, 0);
  a.call_ext(3, {}, "erlang", "apply", 3);
  a.ret(4);
  m.load(a.finish());
  ArenaSpace space;
  EXPECT_EQ(m.run("t", "main", {make_list(space, {fix(1), fix(2), fix(3)})}).value, fix(6));
  EXPECT_EQ(tuple_at(m.run("t", "main", {make_list(space, {fix(1)})}).reason, 0), atoms::undef);
  EXPECT_EQ(tuple_at(m.run("t", "main", {fix(1)}).reason, 0), atoms::badarg);
}

}  // namespace
}  // namespace phial::test
