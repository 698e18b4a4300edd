// Calls, returns, yields and deep recursion.
#include <chrono>

#include "tests/unit/vm/interp/machine.h"

namespace phial::test {
namespace {

/// fib(n): if n < 2, n; else fib(n - 1) + fib(n - 2)
void add_fib(Assembler& a) {
  int fib = a.def("fib", 1, 6);
  Label more = a.label();
  a.op(Op::LtInt, {0, 2});
  a.to(more);
  a.ret(0);
  a.here(more);
  a.op(Op::SubInt, {4, 0, 1});
  a.call(3, {0}, fib);
  a.move(1, 4);
  a.op(Op::SubInt, {4, 0, 2});
  a.call(3, {1}, fib);
  a.op(Op::Add, {1, 1, 4});
  a.ret(1);
}

/// deep(n): if n == 0, 0; else deep(n - 1) + 1
void add_deep(Assembler& a) {
  int deep = a.def("deep", 1, 5);
  Label zero = a.label(), more = a.label();
  a.op(Op::IsSameInt, {0, 0});
  a.to(more);
  a.ret(0);
  a.here(more);
  a.here(zero);
  a.op(Op::SubInt, {2, 0, 1});
  a.call(1, {}, deep);
  a.op(Op::AddInt, {0, 2, 1});
  a.ret(0);
}

TEST(Call, fib_is_right) {
  Machine m;
  Assembler a(m.atoms, "fib");
  add_fib(a);
  m.load(a.finish());
  Outcome o = m.run("fib", "fib", {Term::fixnum(20)});
  EXPECT_TRUE(o.normal());
  EXPECT_EQ(o.value, Term::fixnum(6765));
  EXPECT_GT(m.slices, 1);
}

TEST(Call, fib_speed) {
  Machine m;
  Assembler a(m.atoms, "fib");
  add_fib(a);
  m.load(a.finish());
  auto begin = std::chrono::steady_clock::now();
  Outcome o = m.run("fib", "fib", {Term::fixnum(30)});
  auto us = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_EQ(o.value, Term::fixnum(832040));
  RecordProperty("microseconds", static_cast<int>(us));
  std::printf("fib(30): %ld us\n", static_cast<long>(us));
}

TEST(Call, deep_recursion_is_linear) {
  Machine m;
  Assembler a(m.atoms, "deep");
  add_deep(a);
  m.load(a.finish());
  constexpr int64_t kDepth = kGcStress ? 2000 : 10'000'000;
  Outcome o = m.run("deep", "deep", {Term::fixnum(kDepth)});
  EXPECT_EQ(o.value, Term::fixnum(kDepth));
}

}  // namespace
}  // namespace phial::test
