// Receive: selective, waiting, with timeouts that need no clock.
#include "tests/unit/vm/interp/machine.h"

namespace phial::test {
namespace {

/// wanted(keep): waits for {:ok, x}, answers {keep, x}; leaves other messages where they are.
/// poll(timeout): the same once, with a timeout; :error after it.
void add_receivers(Machine& m, Assembler& a) {
  (void)m;
  for (bool timed : {false, true}) {
    a.def(timed ? "poll" : "wanted", 1, 12);
    Label loop = a.label(), next = a.label(), wait = a.label();
    a.here(loop);
    a.op(Op::RecvPeek, {1});
    a.to(wait);
    a.op(Op::IsTagged, {1, 2});
    a.constant(atoms::ok);
    a.to(next);
    a.op(Op::RecvAccept);
    a.reserve(3, {0, 1}, 12);
    a.op(Op::Elem, {2, 1, 1});
    a.op(Op::MakeTuple, {0}, {0, 2});
    a.ret(0);
    a.here(next);
    a.op(Op::RecvNext);
    a.to_short(loop);
    a.here(wait);
    if (timed) {
      a.op(Op::RecvWaitFor, {0, a.live({0})});
      a.to(loop);
      a.ret_constant(atoms::error);
    } else {
      a.op(Op::RecvWait, {a.live({0})});
      a.to(loop);
    }
  }
}

TEST(Recv, takes_what_matches_and_leaves_the_rest) {
  Machine m;
  Assembler a(m.atoms, "t");
  add_receivers(m, a);
  m.load(a.finish(), true);
  ArenaSpace space;
  Term keep = make_tuple(space, {fix(1)});
  m.start("t", "wanted", {keep});
  EXPECT_EQ(m.slice(), SliceResult::Waiting);
  m.send(fix(5));
  m.send(make_tuple(space, {atoms::error, fix(6)}));
  EXPECT_EQ(m.slice(), SliceResult::Waiting);
  m.send(make_tuple(space, {atoms::ok, make_list(space, {fix(7)})}));
  EXPECT_EQ(m.slice(), SliceResult::Exited);
  Term v = m.process().exc.trace;
  EXPECT_EQ(tuple_at(tuple_at(v, 0), 0), fix(1));
  EXPECT_EQ(tuple_at(v, 1).head(), fix(7));
  EXPECT_EQ(m.process().mailbox.length, 2u);
}

TEST(Recv, large_messages_are_taken_over) {
  Machine m;
  Assembler a(m.atoms, "t");
  add_receivers(m, a);
  m.load(a.finish());
  ArenaSpace space;
  std::vector<Term> many(5000, fix(3));
  m.start("t", "wanted", {atoms::ok});
  m.send(make_tuple(space, {atoms::error, phial::make_tuple(space, std::span<const Term>(many))}));
  m.send(make_tuple(space, {atoms::ok, phial::make_tuple(space, std::span<const Term>(many))}));
  EXPECT_EQ(m.slice(), SliceResult::Exited);
  EXPECT_EQ(tuple_arity(tuple_at(m.process().exc.trace, 1)), 5000u);
}

TEST(Recv, timeout_zero_looks_once) {
  Machine m;
  Assembler a(m.atoms, "t");
  add_receivers(m, a);
  m.load(a.finish());
  ArenaSpace space;
  EXPECT_EQ(m.run("t", "poll", {fix(0)}).value, atoms::error);
  m.start("t", "poll", {fix(0)});
  m.send(fix(1));
  m.send(make_tuple(space, {atoms::ok, fix(2)}));
  EXPECT_EQ(m.slice(), SliceResult::Exited);
  EXPECT_EQ(tuple_at(m.process().exc.trace, 1), fix(2));
}

TEST(Recv, infinity_waits_and_nonsense_fails) {
  Machine m;
  Assembler a(m.atoms, "t");
  add_receivers(m, a);
  m.load(a.finish());
  ArenaSpace space;
  m.start("t", "poll", {atoms::infinity});
  EXPECT_EQ(m.slice(), SliceResult::Waiting);
  m.send(make_tuple(space, {atoms::ok, fix(2)}));
  EXPECT_EQ(m.slice(), SliceResult::Exited);
  EXPECT_EQ(tuple_at(m.run("t", "poll", {atoms::ok}).reason, 0), atoms::timeout_value);
}

}  // namespace
}  // namespace phial::test
