// Lists, tuples, maps, funs: building and taking apart, with collections in between.
#include "tests/unit/vm/interp/machine.h"
#include "vm/term/compare.h"
#include "vm/term/map.h"

namespace phial::test {
namespace {

/// upto(n, acc): builds [1..n] in reverse: if n == 0, acc; else upto(n - 1, [n | acc])
void add_upto(Assembler& a) {
  int f = a.def("upto", 2, 6);
  Label more = a.label();
  a.op(Op::IsSameInt, {0, 0});
  a.to(more);
  a.ret(1);
  a.here(more);
  a.reserve(2, {0, 1}, 6);
  a.op(Op::Cons, {1, 0, 1});
  a.op(Op::SubInt, {0, 0, 1});
  a.tail(f);
}

/// sum(list, acc)
void add_sum(Assembler& a) {
  int f = a.def("sum", 2, 8);
  Label end = a.label();
  a.op(Op::GetCons, {2, 3, 0});
  a.to(end);
  a.op(Op::Add, {1, 1, 2});
  a.move(0, 3);
  a.tail(f);
  a.here(end);
  a.ret(1);
}

TEST(Data, long_lists_survive_collections) {
  Machine m;
  Assembler a(m.atoms, "lists_test");
  add_upto(a);
  add_sum(a);
  int main = a.def("main", 1, 12);
  (void)main;
  a.move(4, 0);
  a.load(5, Term::nil_list());
  a.call(3, {0}, a.declare("upto", 2));
  a.move(6, 4);
  a.integer(7, 0);
  a.call(5, {}, a.declare("sum", 2));
  a.ret(6);
  m.load(a.finish());
  int64_t n = kGcStress ? 300 : 300'000;
  EXPECT_EQ(m.run("lists_test", "main", {fix(n)}).value, fix(n * (n + 1) / 2));
  EXPECT_GT(m.process().heap.minor_collections(), 0u);
}

/// map1(list): [h + 1 | map1(t)] as a body recursion: every frame keeps h across the call.
TEST(Data, body_recursion_keeps_frames) {
  Machine m;
  Assembler a(m.atoms, "rec");
  add_upto(a);
  add_sum(a);
  int map = a.def("map1", 1, 8);
  Label end = a.label();
  a.op(Op::GetCons, {1, 2, 0});
  a.to(end);
  a.reserve(3, {1, 2}, 8);
  a.op(Op::MakeTuple, {3}, {1, 1});
  a.move(5, 2);
  a.call(4, {1, 3}, map);
  a.op(Op::Elem, {1, 3, 1});
  a.op(Op::AddInt, {1, 1, 1});
  a.reserve(2, {1, 5}, 8);
  a.op(Op::Cons, {1, 1, 5});
  a.ret(1);
  a.here(end);
  a.ret_constant(Term::nil_list());
  a.def("main", 1, 12);
  a.move(4, 0);
  a.load(5, Term::nil_list());
  a.call(3, {0}, a.declare("upto", 2));
  a.call(3, {}, map);
  a.move(6, 4);
  a.integer(7, 0);
  a.call(5, {}, a.declare("sum", 2));
  a.ret(6);
  m.load(a.finish(), true);
  int64_t n = kGcStress ? 200 : 500'000;
  EXPECT_EQ(m.run("rec", "main", {fix(n)}).value, fix(n * (n + 1) / 2 + n));
}

/// Tail-modulo-cons: copy(list, hole)
TEST(Data, holes_are_filled_in_old_cells) {
  Machine m;
  Assembler a(m.atoms, "tmc");
  add_upto(a);
  add_sum(a);
  int copy = a.def("copy", 2, 8);
  Label end = a.label();
  a.op(Op::GetCons, {2, 3, 0});
  a.to(end);
  a.reserve(2, {1, 2, 3}, 8);
  a.op(Op::ConsHole, {4, 2});
  a.op(Op::SetTail, {1, 4});
  a.move(0, 3);
  a.move(1, 4);
  a.tail(copy);
  a.here(end);
  a.load(2, Term::nil_list());
  a.op(Op::SetTail, {1, 2});
  a.ret_constant(atoms::ok);
  a.def("main", 1, 12);
  a.move(4, 0);
  a.load(5, Term::nil_list());
  a.call(3, {}, a.declare("upto", 2));
  a.integer(0, 0);
  a.reserve(2, {0, 4}, 12);
  a.op(Op::ConsHole, {1, 0});
  a.move(5, 1);
  a.call(3, {1}, copy);
  a.move(6, 1);
  a.integer(7, 0);
  a.call(5, {}, a.declare("sum", 2));
  a.ret(6);
  m.load(a.finish());
  int64_t n = kGcStress ? 200 : 100'000;
  EXPECT_EQ(m.run("tmc", "main", {fix(n)}).value, fix(n * (n + 1) / 2));
}

TEST(Data, maps) {
  Machine m;
  Term name = m.atoms.intern("name"), age = m.atoms.intern("age");
  Outcome o = run_body(m, {fix(30)}, [&](Assembler& a) {
    Label absent = a.label();
    a.load(1, name);
    a.load(2, age);
    a.op(Op::MakeMap, {3}, {1, 2, 2, 0});
    a.integer(4, 31);
    a.op(Op::MapUpdate, {3, 3}, {2, 4});
    a.integer(5, 1);
    a.op(Op::MapPut, {3, 3}, {5, 1});
    for (int i = 0; i < 2; ++i) {
      a.op(Op::MapGetConst, {6, 3});
      a.constant(age);
      a.to(absent);
    }
    a.op(Op::MapGet, {7, 3, 5});
    a.to(absent);
    a.reserve(3, {6, 7}, 40);
    a.op(Op::MakeTuple, {8}, {6, 7});
    a.ret(8);
    a.here(absent);
    a.ret_constant(atoms::error);
  });
  ASSERT_TRUE(is_tuple_of(o.value, 2));
  EXPECT_EQ(tuple_at(o.value, 0), fix(31));
  EXPECT_EQ(tuple_at(o.value, 1), name);
}

TEST(Data, map_failures) {
  Machine m;
  ArenaSpace space;
  auto update = [&](Op op, Term map) {
    return run_body(m, {map}, [&](Assembler& a) {
             a.load(1, atoms::ok);
             a.op(op, {2, 0}, {1, 1});
             a.ret(2);
           }).reason;
  };
  Term reason = tuple_at(update(Op::MapPut, fix(3)), 0);
  EXPECT_EQ(tuple_at(reason, 0), atoms::badmap);
  EXPECT_EQ(tuple_at(reason, 1), fix(3));
  reason = tuple_at(update(Op::MapUpdate, make_empty_map(space)), 0);
  EXPECT_EQ(tuple_at(reason, 0), atoms::badkey);
  EXPECT_EQ(tuple_at(reason, 1), atoms::ok);
}

TEST(Data, many_maps_do_not_exhaust_memory) {
  Machine m;
  Assembler a(m.atoms, "maps");
  int f = a.def("loop", 2, 8);
  Label more = a.label();
  a.op(Op::IsSameInt, {0, 0});
  a.to(more);
  a.ret(1);
  a.here(more);
  a.op(Op::MapPut, {1, 1}, {0, 0});
  a.load(2, atoms::ok);
  a.op(Op::MapPut, {1, 1}, {2, 0});
  a.op(Op::SubInt, {0, 0, 1});
  a.tail(f);
  m.load(a.finish());
  ArenaSpace space;
  int64_t n = kGcStress ? 100 : 20'000;
  Outcome o = m.run("maps", "loop", {fix(n), make_empty_map(space)});
  EXPECT_EQ(map_size(o.value), static_cast<size_t>(n) + 1);
  EXPECT_EQ(map_get(o.value, fix(n / 2)), fix(n / 2));
  EXPECT_LT(m.process().heap.total_words(), 8'000'000u);
}

TEST(Data, closures_capture_and_check_arity) {
  Machine m;
  Assembler a(m.atoms, "funs");
  int body = a.def("-main/1-fun-0-", 1, 6, 2);  // r0: argument, r1, r2: captured
  a.op(Op::Add, {0, 0, 1});
  a.op(Op::Add, {0, 0, 2});
  a.ret(0);
  int plain = a.def("-main/1-fun-1-", 0, 4, 0);
  a.ret_constant(atoms::ok);
  int c0 = a.closure(body, 2), c1 = a.closure(plain, 0);
  a.def("main", 1, 14);
  a.integer(1, 100);
  a.op(Op::MakeFun, {2}, {0, 1});
  a.raw(static_cast<Word>(c0));
  a.op(Op::MakeFun, {3}, {});
  a.raw(static_cast<Word>(c1));
  a.integer(7, 5);
  a.op(Op::CallFun, {6, 1, 2, a.live({2, 3})});
  a.move(4, 7);
  a.op(Op::CallFun, {6, 0, 3, a.live({2, 4})});
  Label bad = a.label();
  a.op(Op::IsSame, {7});
  a.constant(atoms::ok);
  a.to(bad);
  a.move(0, 4);
  a.op(Op::TailFun, {1, 2});
  a.here(bad);
  a.ret_constant(atoms::error);
  a.def("wrong_arity", 1, 14);
  a.integer(1, 1);
  a.op(Op::MakeFun, {2}, {0, 1});
  a.raw(static_cast<Word>(c0));
  a.op(Op::CallFun, {6, 0, 2, a.live({})});
  a.ret(7);
  a.def("no_fun", 1, 14);
  a.move(7, 0);
  a.op(Op::CallFun, {6, 1, 0, a.live({})});
  a.ret(7);
  m.load(a.finish());
  EXPECT_EQ(m.run("funs", "main", {fix(7)}).value, fix(7 + 100 + 5 + 107));
  Term reason = tuple_at(m.run("funs", "wrong_arity", {fix(7)}).reason, 0);
  EXPECT_EQ(tuple_at(reason, 0), atoms::badarity);
  EXPECT_EQ(tuple_at(tuple_at(reason, 1), 1), Term::nil_list());
  reason = tuple_at(m.run("funs", "no_fun", {fix(7)}).reason, 0);
  EXPECT_EQ(tuple_at(reason, 0), atoms::badfun);
}

}  // namespace
}  // namespace phial::test
