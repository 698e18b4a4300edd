#include "vm/term/binary.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/term/off_heap.h"

namespace phial {
namespace {

class BinaryTest : public testing::Test {
 protected:
  std::string text(Term t) {
    std::string scratch;
    return std::string(binary_bytes(t, scratch));
  }
  ArenaSpace space_;
};

TEST_F(BinaryTest, size_decides_the_kind) {
  Term small = make_binary(space_, std::string(64, 'a'));
  Term large = make_binary(space_, std::string(65, 'b'));
  EXPECT_TRUE(small.is_kind(Kind::HeapBinary));
  EXPECT_TRUE(large.is_kind(Kind::RefBinary));
  EXPECT_EQ(text(small), std::string(64, 'a'));
  EXPECT_EQ(text(large), std::string(65, 'b'));
  EXPECT_EQ(text(make_binary(space_, "")), "");
}

TEST_F(BinaryTest, parts_of_parts) {
  std::string digits;
  for (int i = 0; i < 50; ++i) digits += "0123456789";
  Term all = make_binary(space_, digits);
  Term part = make_sub_bitstring(space_, all, 10 * 8, 400 * 8);
  Term deeper = make_sub_bitstring(space_, part, 5 * 8, 100 * 8);
  EXPECT_EQ(text(deeper), digits.substr(15, 100));
  EXPECT_EQ(deeper.box()[1], all.bits());
  EXPECT_EQ(text(make_sub_bitstring(space_, deeper, 8, 24)), digits.substr(16, 3));
  Term odd = make_sub_bitstring(space_, all, 4, 80);
  EXPECT_TRUE(is_binary(odd));
  EXPECT_EQ(text(odd)[0], static_cast<char>(('0' & 15) << 4 | '1' >> 4));
  EXPECT_FALSE(is_binary(make_sub_bitstring(space_, all, 0, 7)));
  EXPECT_EQ(make_sub_bitstring(space_, all, 0, digits.size() * 8), all);
}

TEST_F(BinaryTest, copy_bits_agrees_with_a_bit_by_bit_copy) {
  std::mt19937 random(3);
  for (int round = 0; round < 5000; ++round) {
    std::vector<unsigned char> from(20), to(20), expected;
    for (auto& b : from) b = static_cast<unsigned char>(random());
    for (auto& b : to) b = static_cast<unsigned char>(random());
    expected = to;
    uint64_t bits = random() % 100, at = random() % 60, source = random() % 60;
    for (uint64_t i = 0; i < bits; ++i) {
      unsigned bit = read_bits(from.data(), source + i, 1);
      unsigned char mask = static_cast<unsigned char>(0x80 >> ((at + i) % 8));
      auto& byte = expected[(at + i) / 8];
      byte = static_cast<unsigned char>(bit ? byte | mask : byte & ~mask);
    }
    copy_bits(to.data(), at, from.data(), source, bits);
    ASSERT_EQ(to, expected);
  }
}

TEST_F(BinaryTest, appending_to_the_last_writer_copies_nothing) {
  Term acc = make_binary(space_, "");
  std::string expected;
  std::vector<Term> stages;
  for (int i = 0; i < 2000; ++i) {
    unsigned char* out;
    unsigned offset;
    acc = binary_append(space_, acc, 16, &out, &offset);
    ASSERT_EQ(offset, 0u);
    out[0] = static_cast<unsigned char>('a' + i % 26);
    out[1] = '.';
    expected += static_cast<char>('a' + i % 26);
    expected += '.';
    stages.push_back(acc);
  }
  EXPECT_EQ(text(acc), expected);
  for (size_t i = 0; i < stages.size(); ++i) ASSERT_EQ(text(stages[i]), expected.substr(0, 2 * i + 2));

  // An older stage does not end where the bytes end, so appending to it copies.
  unsigned char* out;
  unsigned offset;
  Term fork = binary_append(space_, stages[1000], 8, &out, &offset);
  *out = '!';
  EXPECT_EQ(text(fork), expected.substr(0, 2002) + "!");
  EXPECT_EQ(text(acc), expected);
}

TEST_F(BinaryTest, appending_single_bits) {
  Term acc = make_binary(space_, "");
  for (int i = 0; i < 3000; ++i) {
    unsigned char* out;
    unsigned offset;
    acc = binary_append(space_, acc, 3, &out, &offset);
    unsigned char bits = static_cast<unsigned char>((i % 8) << 5);
    copy_bits(out, offset, &bits, 0, 3);
  }
  BitView view = bit_view(acc);
  ASSERT_EQ(view.bits, 9000u);
  for (int i = 0; i < 3000; ++i) ASSERT_EQ(read_bits(view.bytes, view.bit_offset + 3 * i, 3), unsigned(i % 8));
}

TEST_F(BinaryTest, order_is_bytewise_and_prefix_first) {
  auto view = [&](std::string_view s) { return bit_view(make_binary(space_, s)); };
  EXPECT_LT(compare_bits(view("abc"), view("abd")), 0);
  EXPECT_LT(compare_bits(view("ab"), view("abc")), 0);
  EXPECT_GT(compare_bits(view("\xff"), view("\x01zzz")), 0);
  Term shifted = make_sub_bitstring(space_, make_binary(space_, "\x06\x16\x26\x30xxxxxxxxxxxxxxxxxxxxxx"), 4, 24);
  EXPECT_TRUE(equal_bits(bit_view(shifted), view("abc")));
}

TEST_F(BinaryTest, a_space_drops_its_counts) {
  SharedBinary* shared = new_shared_binary(100);
  retain(shared);
  {
    ArenaSpace other;
    make_ref_binary(other, shared, 800);
    EXPECT_EQ(other.off_heap_bytes, 100u);
  }
  EXPECT_EQ(shared->count.load(), 1u);
  release(shared);
}

}  // namespace
}  // namespace phial
