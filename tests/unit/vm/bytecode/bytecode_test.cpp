// Module files: written and read back, hostile bytes refused, unsafe code refused.
#include "tests/unit/vm/interp/machine.h"
#include "vm/bytecode/disasm.h"
#include "vm/bytecode/reader.h"
#include "vm/bytecode/verify.h"
#include "vm/bytecode/writer.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/map.h"

namespace phial::test {
namespace {

ModuleCode sample(Machine& m) {
  Assembler a(m.atoms, "sample");
  a.def("f", 1, 10);
  Label no = a.label(), caught = a.label();
  a.line(3);
  a.op(Op::GetCons, {1, 2, 0});
  a.to(no);
  a.reserve(3, {1, 2}, 10);
  a.op(Op::MakeTuple, {3}, {1, 2});
  size_t from = a.at();
  a.move(5, 3);
  a.call_ext(4, {3}, "erlang", "hd", 1);
  size_t to = a.at();
  a.here(no);
  a.load(1, make_list(a.arena(), {fix(1), make_binary(a.arena(), "text"), make_float(a.arena(), 2.5)}));
  a.ret(1);
  a.here(caught);
  a.op(Op::Reraise, {6, 7, 8});
  a.handler(from, to, caught, 6);
  return a.finish();
}

TEST(Bytecode, modules_survive_the_round_trip) {
  Machine m;
  ModuleCode before = sample(m);
  Term pairs[] = {atoms::ok, fix(1), integer_from_text(*before.arena, "99999999999999999999999", 10), atoms::nil};
  before.literals.push_back(make_map(*before.arena, m.atoms, pairs));
  before.literals.push_back(make_tuple(*before.arena, {}));
  before.literals.push_back(make_sub_bitstring(*before.arena, make_binary(*before.arena, "abc"), 3, 14));
  before.literals.push_back(m.code.make(*before.arena, {atoms::erlang, atoms::ok, 2}));
  before.info = make_list(*before.arena, {make_tuple(*before.arena, {atoms::file, atoms::nil})});
  std::string bytes = write_module(before, m.atoms, &m.code);
  ASSERT_FALSE(bytes.empty());
  ModuleCode after;
  std::string error;
  ASSERT_TRUE(read_module(bytes, m.atoms, &m.code, after, error)) << error;
  EXPECT_EQ(before.code, after.code);
  EXPECT_EQ(disassemble(before, m.atoms), disassemble(after, m.atoms));
  ASSERT_EQ(before.literals.size(), after.literals.size());
  for (size_t i = 0; i + 1 < before.literals.size(); ++i) EXPECT_TRUE(equal_exact(before.literals[i], after.literals[i]));
  EXPECT_EQ(export_of(before.literals.back()), export_of(after.literals.back()));
  EXPECT_TRUE(equal_exact(before.info, after.info));
  EXPECT_EQ(bytes, write_module(after, m.atoms, &m.code));
}

TEST(Bytecode, hostile_bytes_are_refused_or_verified) {
  Machine m;
  std::string bytes = write_module(sample(m), m.atoms, &m.code);
  uint64_t seed = 12345;
  for (int i = 0; i < 3000; ++i) {
    std::string bad = bytes;
    for (int k = 0; k < 1 + i % 4; ++k) {
      seed = seed * 6364136223846793005 + 1442695040888963407;
      bad[seed >> 33 % 31 ? (seed >> 20) % bad.size() : 0] = static_cast<char>(seed >> 40);
    }
    if (i % 5 == 0) bad.resize((seed >> 17) % bad.size());
    ModuleCode code;
    std::string error;
    if (read_module(bad, m.atoms, &m.code, code, error)) {
      (void)verify_module(code, error);
      (void)disassemble(code, m.atoms);
    }
  }
}

std::string refused(Machine& m, auto body, uint32_t frame = 8) {
  Assembler a(m.atoms, "bad");
  a.def("f", 1, frame);
  body(a);
  ModuleCode code = a.finish();
  std::string error;
  EXPECT_FALSE(verify_module(code, error));
  return error;
}

TEST(Bytecode, unsafe_code_is_refused) {
  Machine m;
  refused(m, [](Assembler& a) { a.ret(8); });
  refused(m, [](Assembler& a) { a.ret(1); });
  refused(m, [](Assembler& a) { a.move(1, 0); });
  refused(m, [](Assembler& a) { a.op(Op::TailCall), a.raw(7); });
  refused(m, [](Assembler& a) { a.op(Op::ReturnConst), a.raw(0); });
  refused(m, [](Assembler& a) { a.op(Op::Move, {1, 0}), a.jump(Label{0}), a.here(Label{0}), a.raw(0xffff); });
  // A register that one path leaves empty.
  refused(m, [](Assembler& a) {
    Label join = a.label();
    a.test(Op::IsAtom, 0, join);
    a.integer(1, 1);
    a.here(join);
    a.ret(1);
  });
  // A register that a call's live map does not name.
  refused(m, [](Assembler& a) {
    a.move(1, 0);
    a.move(4, 0);
    a.call_ext(3, {}, "erlang", "hd", 1);
    a.ret(1);
  });
  // A live map that names what holds nothing, and one that reaches into the window.
  refused(m, [](Assembler& a) {
    a.reserve(2, {0, 3}, 8);
    a.ret(0);
  });
  refused(m, [](Assembler& a) {
    a.move(4, 0);
    a.call_ext(3, {4}, "erlang", "hd", 1);
    a.ret(0);
  });
  // Arguments beyond the frame.
  refused(m, [](Assembler& a) {
    a.move(7, 0);
    a.call_ext(7, {}, "erlang", "hd", 1);
    a.ret(0);
  });
}

TEST(Bytecode, operands_known_to_be_something_are_checked_in_untrusted_code) {
  Machine m;
  Assembler a(m.atoms, "t");
  a.def("head", 1, 6);
  a.op(Op::Head, {1, 0});
  a.ret(1);
  a.def("elem", 1, 6);
  a.op(Op::Elem, {1, 0, 3});
  a.ret(1);
  a.def("unreserved", 1, 6);
  for (int i = 0; i < 40; ++i) a.op(Op::Cons, {0, 0, 0});
  a.ret(0);
  m.load(a.finish(), false);
  EXPECT_EQ(tuple_at(m.run("t", "head", {fix(1)}).reason, 0), atoms::badarg);
  EXPECT_EQ(tuple_at(m.run("t", "elem", {atoms::ok}).reason, 0), atoms::badarg);
  EXPECT_TRUE(m.run("t", "unreserved", {fix(1)}).value.is_cons());
}

TEST(Bytecode, listings_name_what_operands_mean) {
  Machine m;
  std::string text = disassemble(sample(m), m.atoms);
  EXPECT_NE(text.find("def f/1"), std::string::npos) << text;
  EXPECT_NE(text.find("GetCons r1 r2 r0 ->"), std::string::npos) << text;
  EXPECT_NE(text.find("CallExt 4 <r3> erlang.hd/1"), std::string::npos) << text;
  EXPECT_NE(text.find("Const r1 [1, \"text\", 2.5]"), std::string::npos) << text;
}

}  // namespace
}  // namespace phial::test
