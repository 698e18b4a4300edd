// Bitstrings: building and matching.
#include "tests/unit/vm/interp/machine.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/map.h"

namespace phial::test {
namespace {

Word segment(SegmentType type, int source, int size, int unit = 1, unsigned flags = 0) {
  return static_cast<Word>(type) | (Word{flags} << 8) | (Word{static_cast<uint16_t>(unit)} << 16) |
         (Word{static_cast<uint16_t>(source)} << 32) | (Word{static_cast<uint16_t>(size)} << 48);
}
constexpr int kAll = kSegmentAll;

Outcome build(Machine& m, std::vector<Term> args, std::vector<Word> segments) {
  return run_body(m, std::move(args), [&](Assembler& a) {
    a.op(Op::MakeBin, {20});
    a.raw(segments.size());
    for (Word s : segments) a.raw(s);
    a.ret(20);
  });
}

std::string hex(Term t) {
  if (!t.is_bitstring()) return "no bitstring";
  BitView v = bit_view(t);
  std::string out;
  for (uint64_t i = 0; i < v.bits; i += 8) {
    unsigned n = static_cast<unsigned>(std::min<uint64_t>(8, v.bits - i));
    char two[8];
    std::snprintf(two, sizeof two, "%02x", read_bits(v.bytes, v.bit_offset + i, n) << (8 - n));
    out += two;
  }
  if (v.bits % 8 != 0) out += "/" + std::to_string(v.bits);
  return out;
}

TEST(Bin, integers_are_built_in_any_size_and_order) {
  Machine m;
  ArenaSpace space;
  Term big = integer_from_text(space, "0123456789abcdef0123", 16);
  struct Row {
    Term value;
    int size;
    unsigned flags;
    const char* expected;
  } rows[] = {
      {fix(1), 8, 0, "01"},          {fix(258), 16, 0, "0102"},       {fix(258), 16, kLittle, "0201"},
      {fix(-1), 24, 0, "ffffff"},    {fix(5), 3, 0, "a0/3"},          {fix(0xabc), 12, 0, "abc0/12"},
      {fix(0xabc), 12, kLittle, "bca0/12"}, {fix(-2), 80, 0, "fffffffffffffffffffe"}, {big, 80, 0, "0123456789abcdef0123"},
      {big, 80, kLittle, "2301efcdab8967452301"}, {big, 16, 0, "0123"}, {fix(1), 0, 0, ""}, {fix(3), 64, kNativeEndian, "0300000000000000"},
      {big, 76, 0, "123456789abcdef01230/76"},
  };
  for (const Row& row : rows) {
    Outcome o = build(m, {row.value, fix(row.size)}, {segment(SegmentType::Integer, 0, 1, 1, row.flags)});
    EXPECT_EQ(hex(o.value), row.expected) << row.size << " " << row.flags;
  }
}

TEST(Bin, mixed_segments_join) {
  Machine m;
  ArenaSpace space;
  Term text = make_binary(space, "hello"), odd = make_sub_bitstring(space, text, 0, 11);
  Outcome o = build(m, {fix(5), fix(3), odd, text}, {segment(SegmentType::Integer, 0, 1), segment(SegmentType::Bits, 2, kAll),
                                                     segment(SegmentType::Integer, 0, 1, 6), segment(SegmentType::Binary, 3, kAll, 8)});
  // 101 + 01101000011 + 000000000000000101 + hello
  EXPECT_EQ(bit_view(o.value).bits, 3u + 11 + 18 + 40);
  EXPECT_EQ(hex(o.value), "ad0c000568656c6c6f");
  Outcome part = build(m, {text, fix(2)}, {segment(SegmentType::Binary, 0, 1, 8)});
  EXPECT_EQ(hex(part.value), "6865");
}

TEST(Bin, floats_and_code_points) {
  Machine m;
  ArenaSpace space;
  Term value = make_float(space, 1.5);
  EXPECT_EQ(hex(build(m, {value, fix(64)}, {segment(SegmentType::Float, 0, 1)}).value), "3ff8000000000000");
  EXPECT_EQ(hex(build(m, {value, fix(32)}, {segment(SegmentType::Float, 0, 1)}).value), "3fc00000");
  EXPECT_EQ(hex(build(m, {value, fix(16)}, {segment(SegmentType::Float, 0, 1)}).value), "3e00");
  EXPECT_EQ(hex(build(m, {fix(2), fix(64)}, {segment(SegmentType::Float, 0, 1, 1, kLittle)}).value), "0000000000000040");
  EXPECT_EQ(hex(build(m, {fix(0x20ac)}, {segment(SegmentType::Utf8, 0, kAll)}).value), "e282ac");
  EXPECT_EQ(hex(build(m, {fix(0x1f600)}, {segment(SegmentType::Utf16, 0, kAll)}).value), "d83dde00");
  EXPECT_EQ(hex(build(m, {fix(0x1f600)}, {segment(SegmentType::Utf16, 0, kAll, 1, kLittle)}).value), "3dd800de");
  EXPECT_EQ(hex(build(m, {fix(0x41)}, {segment(SegmentType::Utf32, 0, kAll)}).value), "00000041");
}

TEST(Bin, failures_name_the_segment) {
  Machine m;
  ArenaSpace space;
  Term text = make_binary(space, "ab");
  auto cause = [&](std::vector<Term> args, Word s) {
    Outcome o = build(m, std::move(args), {segment(SegmentType::Utf8, 3, kAll), s});
    Term info = tuple_at(tuple_at(tuple_at(o.reason, 1).head(), 3).head(), 1);
    return map_get(info, m.atoms.intern("cause"));
  };
  Term c = cause({atoms::ok, fix(8), text, fix(65)}, segment(SegmentType::Integer, 0, 1));
  EXPECT_EQ(tuple_at(c, 0), fix(2));
  EXPECT_EQ(tuple_at(c, 1), m.atoms.intern("integer"));
  EXPECT_EQ(tuple_at(c, 2), m.atoms.intern("type"));
  EXPECT_EQ(tuple_at(c, 3), atoms::ok);
  EXPECT_EQ(tuple_at(cause({atoms::ok, fix(3), text, fix(65)}, segment(SegmentType::Binary, 2, 1, 8)), 2),
            m.atoms.intern("short"));
  EXPECT_EQ(tuple_at(cause({fix(1), fix(-3), text, fix(65)}, segment(SegmentType::Integer, 0, 1)), 2),
            m.atoms.intern("negative"));
}

TEST(Bin, appending_grows_in_place) {
  Machine m;
  Assembler a(m.atoms, "t");
  int f = a.def("loop", 2, 10);
  Label more = a.label();
  a.op(Op::IsSameInt, {0, 0});
  a.to(more);
  a.ret(1);
  a.here(more);
  a.integer(2, 8);
  a.op(Op::MakeBin, {1});
  a.raw(2).raw(segment(SegmentType::Binary, 1, kAll, 8)).raw(segment(SegmentType::Integer, 0, 2));
  a.op(Op::SubInt, {0, 0, 1});
  a.tail(f);
  m.load(a.finish());
  ArenaSpace space;
  int64_t n = kGcStress ? 300 : 200'000;
  Term v = m.run("t", "loop", {fix(n), make_binary(space, "")}).value;
  BitView bits = bit_view(v);
  ASSERT_EQ(bits.bits, static_cast<uint64_t>(n) * 8);
  for (int64_t i = 0; i < n; ++i) ASSERT_EQ(bits.bytes[i], static_cast<unsigned char>(n - i));
}

/// One field at bit [at] of [bits]; sizes that are no constants stand in [size].
struct Field {
  Term value;
  int64_t position;
  bool matched;
};

Field take(Machine& m, Op op, Term bits, int64_t at, Term size, std::vector<int> rest) {
  Assembler a(m.atoms, "t");
  a.def("f", 3, 40);
  Label no = a.label();
  switch (rest.size()) {
    case 1:
      a.op(op, {5, 6, 0, 1, 2, rest[0]});
      break;
    default:
      if (op == Op::BinInt || op == Op::BinUtf) a.op(op, {5, 6, 0, 1, rest[0], rest[1]});
      else a.op(op, {5, 6, 0, 1, 2, rest[0], rest[1]});
  }
  a.to(no);
  a.reserve(3, {5, 6}, 40);
  a.op(Op::MakeTuple, {7}, {5, 6});
  a.ret(7);
  a.here(no);
  a.ret_constant(atoms::error);
  m.load(a.finish(), bits.is_bitstring());
  Term v = m.run("t", "f", {bits, fix(at), size}).value;
  if (!v.is_tuple()) return {v, 0, false};
  return {tuple_at(v, 0), tuple_at(v, 1).as_fixnum(), true};
}

TEST(Bin, integers_are_matched_in_any_size_and_order) {
  Machine m;
  ArenaSpace space;
  std::string raw;
  for (int i = 0; i < 40; ++i) raw.push_back(static_cast<char>(0x81 + i * 7));
  Term whole = make_binary(space, raw), sub = make_sub_bitstring(space, make_binary(space, "x" + raw), 8, 320);
  for (Term bits : {whole, sub}) {
    EXPECT_EQ(take(m, Op::BinInt, bits, 0, fix(0), {8, 0}).value, fix(0x81));
    EXPECT_EQ(take(m, Op::BinInt, bits, 0, fix(0), {8, kSigned}).value, fix(0x81 - 256));
    EXPECT_EQ(take(m, Op::BinInt, bits, 8, fix(0), {16, 0}).value, fix(0x888f));
    EXPECT_EQ(take(m, Op::BinInt, bits, 8, fix(0), {16, kLittle}).value, fix(0x8f88));
    EXPECT_EQ(take(m, Op::BinInt, bits, 4, fix(0), {8, 0}).value, fix(0x18));
    EXPECT_EQ(take(m, Op::BinInt, bits, 3, fix(0), {5, 0}).value, fix(1));
    EXPECT_EQ(take(m, Op::BinInt, bits, 312, fix(0), {8, 0}).position, 320);
    EXPECT_FALSE(take(m, Op::BinInt, bits, 313, fix(0), {8, 0}).matched);
    EXPECT_EQ(integer_to_text(take(m, Op::BinInt, bits, 0, fix(0), {64, 0}).value, 16), "81888F969DA4ABB2");
    EXPECT_EQ(integer_to_text(take(m, Op::BinInt, bits, 0, fix(0), {80, 0}).value, 16), "81888F969DA4ABB2B9C0");
    EXPECT_EQ(integer_to_text(take(m, Op::BinInt, bits, 0, fix(0), {80, kLittle}).value, 16), "C0B9B2ABA49D968F8881");
    EXPECT_EQ(integer_to_text(take(m, Op::BinInt, bits, 4, fix(0), {76, 0}).value, 16), "1888F969DA4ABB2B9C0");
    EXPECT_EQ(take(m, Op::BinIntVar, bits, 0, fix(2), {8, 0}).value, fix(0x8188));
    EXPECT_FALSE(take(m, Op::BinIntVar, bits, 0, fix(-2), {8, 0}).matched);
    EXPECT_FALSE(take(m, Op::BinIntVar, bits, 0, fix(Term::kFixnumMax), {256, 0}).matched);
    EXPECT_FALSE(take(m, Op::BinIntVar, bits, 0, atoms::ok, {8, 0}).matched);
    EXPECT_EQ(hex(take(m, Op::BinTake, bits, 8, fix(3), {8}).value), "888f96");
    EXPECT_EQ(hex(take(m, Op::BinTake, bits, 4, fix(12), {1}).value), "1880/12");
    EXPECT_FALSE(take(m, Op::BinTake, bits, 8, fix(40), {8}).matched);
  }
  EXPECT_FALSE(take(m, Op::BinInt, fix(3), 0, fix(0), {8, 0}).matched);
}

TEST(Bin, integers_survive_the_round_trip) {
  Machine m;
  for (int size : {1, 7, 8, 13, 31, 32, 33, 61, 62, 63, 64, 65, 100, 128}) {
    for (unsigned flags : {0u, unsigned{kLittle}, unsigned{kSigned}, unsigned{kSigned | kLittle}}) {
      for (int64_t value : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{0x1234567890abcd}, -int64_t{0x1234567890abcd}}) {
        Term bits = build(m, {fix(value), fix(size)}, {segment(SegmentType::Integer, 0, 1, 1, flags)}).value;
        ArenaSpace space;
        Term kept = make_sub_bitstring(space, bits, 0, static_cast<uint64_t>(size));
        Field f = take(m, Op::BinInt, kept, 0, fix(0), {size, static_cast<int>(flags)});
        ASSERT_TRUE(f.matched);
        // Truncated to size bits, then extended.
        __int128 wide = value;
        if (size < 128) {
          unsigned __int128 mask = (static_cast<unsigned __int128>(1) << size) - 1;
          unsigned __int128 low = static_cast<unsigned __int128>(wide) & mask;
          bool negative = (flags & kSigned) && (low >> (size - 1) & 1);
          wide = negative ? static_cast<__int128>(low | ~mask) : static_cast<__int128>(low);
        }
        if (wide >= INT64_MIN && wide <= INT64_MAX && (size < 128 || (flags & kSigned) || value >= 0)) {
          EXPECT_EQ(integer_to_text(f.value, 10), std::to_string(static_cast<int64_t>(wide))) << size << " " << flags << " " << value;
        }
      }
    }
  }
}

TEST(Bin, floats_and_code_points_are_matched) {
  Machine m;
  ArenaSpace space;
  Term f64 = make_binary(space, std::string_view("\x3f\xf8\0\0\0\0\0\0", 8));
  EXPECT_EQ(float_value(take(m, Op::BinFloat, f64, 0, fix(64), {1, 0}).value), 1.5);
  EXPECT_EQ(float_value(take(m, Op::BinFloat, f64, 0, fix(16), {1, 0}).value), 1.9921875);
  Term nan = make_binary(space, std::string_view("\x7f\xf8\0\0\0\0\0\0", 8));
  EXPECT_FALSE(take(m, Op::BinFloat, nan, 0, fix(64), {1, 0}).matched);
  EXPECT_FALSE(take(m, Op::BinFloat, f64, 0, fix(24), {1, 0}).matched);
  Term text = make_binary(space, "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xff");
  EXPECT_EQ(take(m, Op::BinUtf, text, 0, fix(0), {8, 0}).value, fix('a'));
  EXPECT_EQ(take(m, Op::BinUtf, text, 8, fix(0), {8, 0}).value, fix(0xe9));
  EXPECT_EQ(take(m, Op::BinUtf, text, 24, fix(0), {8, 0}).value, fix(0x20ac));
  EXPECT_EQ(take(m, Op::BinUtf, text, 48, fix(0), {8, 0}).value, fix(0x1f600));
  EXPECT_EQ(take(m, Op::BinUtf, text, 48, fix(0), {8, 0}).position, 80);
  EXPECT_FALSE(take(m, Op::BinUtf, text, 80, fix(0), {8, 0}).matched);
  EXPECT_FALSE(take(m, Op::BinUtf, text, 88, fix(0), {8, 0}).matched);
}

TEST(Bin, a_protocol_head_is_taken_apart) {
  Machine m;
  ArenaSpace space;
  Assembler a(m.atoms, "t");
  a.def("f", 1, 20);
  Label no = a.label();
  a.op(Op::BinStart, {1, 0});
  a.to(no);
  a.op(Op::BinLit, {1, 0, 1});
  a.constant(make_binary(a.arena(), "GET "));
  a.to(no);
  a.integer(2, 3);
  a.op(Op::BinTake, {3, 1, 0, 1, 2, 8});
  a.to(no);
  a.integer(2, 1);
  a.op(Op::BinSkip, {1, 0, 1, 2, 8});
  a.to(no);
  a.op(Op::BinRest, {4, 0, 1, 8});
  a.to(no);
  a.reserve(3, {3, 4}, 20);
  a.op(Op::MakeTuple, {0}, {3, 4});
  a.ret(0);
  a.here(no);
  a.ret_constant(atoms::error);
  a.def("end", 1, 20);
  Label not_end = a.label();
  a.op(Op::BinStart, {1, 0});
  a.to(not_end);
  a.op(Op::BinEnd, {0, 1});
  a.to(not_end);
  a.ret_constant(atoms::ok);
  a.here(not_end);
  a.ret_constant(atoms::error);
  m.load(a.finish());
  Term v = m.run("t", "f", {make_binary(space, "GET /ab HTTP")}).value;
  ASSERT_TRUE(v.is_tuple());
  EXPECT_EQ(hex(tuple_at(v, 0)), "2f6162");
  EXPECT_EQ(hex(tuple_at(v, 1)), "48545450");
  EXPECT_EQ(m.run("t", "f", {make_binary(space, "PUT /ab HTTP")}).value, atoms::error);
  EXPECT_EQ(m.run("t", "end", {make_binary(space, "")}).value, atoms::ok);
  EXPECT_EQ(m.run("t", "end", {make_binary(space, "a")}).value, atoms::error);
}

}  // namespace
}  // namespace phial::test
