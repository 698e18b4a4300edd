// Natives: plain, yielding, tail-calling, and on fibers with callbacks, collections and kills in between.
#include "tests/unit/vm/interp/machine.h"
#include "vm/interp/fiber.h"

namespace phial::test {
namespace {

Term count_down(Process& p, Term* args) {
  if (args[0] == fix(0)) return atoms::ok;
  args[0] = fix(args[0].as_fixnum() - 1);
  return p.yield_native();
}

TEST(Native, yields_keep_their_arguments) {
  Machine m;
  m.native("n", "count", 1, count_down);
  Outcome o = run_body(m, {fix(5)}, [&](Assembler& a) {
    a.move(3, 0);
    a.call_ext(2, {0}, "n", "count", 1);
    a.reserve(3, {0, 3}, 40);
    a.op(Op::MakeTuple, {1}, {0, 3});
    a.ret(1);
  });
  EXPECT_EQ(tuple_at(o.value, 0), fix(5));
  EXPECT_EQ(tuple_at(o.value, 1), atoms::ok);
  EXPECT_GE(m.slices, 6);
}

Term jump(Process& p, Term* args) {
  Export* e = code_server(p).find_export(p.atoms().intern("t"), p.atoms().intern("g"), 2);
  return p.tail_call(e, {args[0], make_tuple(p.heap, {args[0]})});
}

TEST(Native, tail_calls_go_on_in_bytecode) {
  Machine m;
  m.native("n", "jump", 1, jump);
  Assembler a(m.atoms, "t");
  a.def("g", 2, 12);
  a.op(Op::Elem, {2, 1, 0});
  a.op(Op::Add, {0, 0, 2});
  a.ret(0);
  a.def("f", 1, 6);
  a.move(3, 0);
  a.call_ext(2, {}, "n", "jump", 1);
  a.op(Op::AddInt, {3, 3, 1});
  a.ret(3);
  m.load(a.finish());
  EXPECT_EQ(m.run("t", "f", {fix(20)}).value, fix(41));
}

/// map(fun, list) in C++.
Term fiber_map(Process& p, Term* args) {
  Term keep[2] = {args[1], Term::nil_list()};
  FiberRoots roots(p, keep);
  while (keep[0].is_cons()) {
    Term item = keep[0].head();
    FiberResult r = fiber_apply(p, args[0], std::span(&item, 1));
    if (!r.ok()) return fiber_reraise(p, r);
    keep[1] = make_cons(p.heap, r.value, keep[1]);
    keep[0] = keep[0].tail();
  }
  return keep[1];
}

struct Counter {
  int& n;
  explicit Counter(int& count) : n(count) { ++n; }
  ~Counter() { --n; }
};
thread_local int g_open = 0;

Term fiber_once(Process& p, Term* args) {
  Counter open(g_open);
  FiberResult r = fiber_apply(p, args[0], {});
  return r.ok() ? r.value : fiber_reraise(p, r);
}
Term fiber_rest(Process& p, Term*) {
  for (int i = 0; i < 3; ++i) {
    p.reductions = 0;
    if (!fiber_pause(p)) return p.raise_error(atoms::killed);
  }
  return atoms::ok;
}

void add_fiber_module(Machine& m) {
  m.native("n", "map", 2, fiber_map, true);
  m.native("n", "once", 1, fiber_once, true);
  m.native("n", "rest", 0, fiber_rest, true);
  m.native("n", "count", 1, count_down);
  Assembler a(m.atoms, "t");
  // fn x -> builds garbage, calls a yielding native, returns x + captured
  int body = a.def("-fun-", 1, 12, 1);
  a.reserve(4, {0, 1}, 12);
  a.op(Op::MakeTuple, {2}, {0, 1, 0});
  a.integer(5, 2);
  a.call_ext(4, {2}, "n", "count", 1);
  a.op(Op::Elem, {3, 2, 0});
  a.op(Op::Elem, {4, 2, 1});
  a.op(Op::Add, {3, 3, 4});
  a.ret(3);
  int c = a.closure(body, 1);
  int nested_body = a.def("-nested-", 1, 12, 1);  // r1: list to map over with the same inner fun
  a.op(Op::MakeFun, {3}, {0});
  a.raw(static_cast<Word>(c));
  a.move(6, 3);
  a.move(7, 1);
  a.call_ext(5, {}, "n", "map", 2);
  a.ret(6);
  int nested_closure = a.closure(nested_body, 1);
  a.def("main", 2, 12);  // (list, captured)
  a.op(Op::MakeFun, {4}, {1});
  a.raw(static_cast<Word>(c));
  a.move(5, 0);
  a.call_ext(3, {}, "n", "map", 2);
  a.ret(4);
  a.def("nested", 1, 12);
  a.op(Op::MakeFun, {4}, {0});
  a.raw(static_cast<Word>(nested_closure));
  a.move(5, 0);
  a.call_ext(3, {}, "n", "map", 2);
  a.ret(4);
  a.def("rest", 0, 6);
  a.call_ext(3, {}, "n", "rest", 0);
  a.ret(4);
  int hang = a.def("-hang-", 0, 6, 0);
  Label again = a.label();
  a.here(again);
  a.call(3, {}, a.declare("rest", 0));
  a.jump(again);
  int hang_closure = a.closure(hang, 0);
  a.def("hanging", 0, 8);
  a.op(Op::MakeFun, {4}, {});
  a.raw(static_cast<Word>(hang_closure));
  a.call_ext(3, {}, "n", "once", 1);
  a.ret(4);
  m.load(a.finish());
}

std::vector<Term> items(Term list) {
  std::vector<Term> out;
  for (; list.is_cons(); list = list.tail()) out.push_back(list.head());
  return out;
}

TEST(Fiber, callbacks_may_yield_and_collect) {
  Machine m;
  add_fiber_module(m);
  ArenaSpace space;
  Outcome o = m.run("t", "main", {make_list(space, {fix(1), fix(2), fix(3)}), fix(10)});
  EXPECT_TRUE(o.normal());
  EXPECT_EQ(items(o.value), (std::vector<Term>{fix(13), fix(12), fix(11)}));
  EXPECT_GE(m.slices, 7);
}

TEST(Fiber, natives_nest) {
  Machine m;
  add_fiber_module(m);
  ArenaSpace space;
  Outcome o = m.run("t", "nested", {make_list(space, {fix(1), fix(2), fix(3)})});
  ASSERT_TRUE(o.normal());
  std::vector<Term> rows = items(o.value);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(items(rows[0]), (std::vector<Term>{fix(6), fix(5), fix(4)}));
}

TEST(Fiber, exceptions_pass_through) {
  Machine m;
  add_fiber_module(m);
  ArenaSpace space;
  Outcome o = m.run("t", "main", {make_list(space, {fix(1), atoms::ok}), fix(10)});
  EXPECT_EQ(tuple_at(o.reason, 0), atoms::badarith);
  Term top = tuple_at(o.reason, 1).head();
  EXPECT_EQ(tuple_at(top, 0), atoms::erlang);
  EXPECT_EQ(tuple_at(tuple_at(o.reason, 1).tail().head(), 1), m.atoms.intern("-fun-"));
  Outcome arity = m.run("n", "once", {fix(3)});
  EXPECT_EQ(tuple_at(tuple_at(arity.reason, 0), 0), atoms::badfun);
}

TEST(Fiber, pauses_give_up_the_slice) {
  Machine m;
  add_fiber_module(m);
  EXPECT_EQ(m.run("t", "rest").value, atoms::ok);
  EXPECT_EQ(m.slices, 4);
}

TEST(Fiber, destructors_run_when_the_process_is_killed) {
  Machine m;
  add_fiber_module(m);
  g_open = 0;
  m.start("t", "hanging");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(m.slice(), SliceResult::Yielded);
  EXPECT_EQ(g_open, 1);
  abandon_fibers(m.process());
  EXPECT_EQ(g_open, 0);
  EXPECT_EQ(m.process().fiber, nullptr);
}

}  // namespace
}  // namespace phial::test
