#include "vm/heap/copy.h"

#include <gtest/gtest.h>

#include <string>

#include "vm/heap/arena_space.h"
#include "vm/heap/literals.h"
#include "vm/term/off_heap.h"
#include "vm/term/atom.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

TEST(CopyTest, deep_data_needs_no_stack) {
  ArenaSpace from, to;
  Term t = Term::nil_list();
  for (int i = 0; i < 500000; ++i) t = make_list(from, {make_tuple(from, {t})});
  Term copy = deep_copy(to, t);
  EXPECT_TRUE(equal_exact(t, copy));
}

TEST(CopyTest, parts_of_binaries_keep_only_what_they_show) {
  ArenaSpace from, to;
  Term whole = make_binary(from, std::string(1000, 'x'));
  EXPECT_EQ(copy_size(make_sub_bitstring(from, whole, 80, 400), nullptr), 2u + 7);
  EXPECT_EQ(copy_size(make_sub_bitstring(from, whole, 0, 7000), nullptr), 4u);
  EXPECT_EQ(copy_size(make_sub_bitstring(from, whole, 8, 7000), nullptr), 8u);
  for (uint64_t from_bit : {0, 3, 8}) {
    for (uint64_t bits : {0, 5, 400, 512, 513, 7000}) {
      Term part = make_sub_bitstring(from, whole, from_bit, bits);
      EXPECT_TRUE(equal_exact(part, deep_copy(to, part)));
    }
  }
}

TEST(CopyTest, resources_are_counted) {
  struct Probe : Resource {
    explicit Probe(bool* gone) : gone(gone) {}
    ~Probe() override { *gone = true; }
    const void* type() const override { return nullptr; }
    const char* type_name() const override { return "probe"; }
    bool* gone;
  };
  bool gone = false;
  {
    ArenaSpace to;
    {
      ArenaSpace from;
      deep_copy(to, make_tuple(from, {make_resource(from, new Probe(&gone))}));
    }
    EXPECT_FALSE(gone);
  }
  EXPECT_TRUE(gone);
}

TEST(LiteralRegistryTest, finds_every_range) {
  LiteralRegistry registry;
  std::vector<std::unique_ptr<ArenaSpace>> arenas;
  std::vector<Term> terms;
  for (int i = 0; i < 300; ++i) {
    arenas.push_back(std::make_unique<ArenaSpace>());
    for (int n = 0; n < i * 20; ++n) terms.push_back(make_list(*arenas.back(), {Term::fixnum(n)}));
    registry.add(*arenas.back());
  }
  for (Term t : terms) ASSERT_TRUE(registry.contains(t));
  ArenaSpace other;
  EXPECT_FALSE(registry.contains(make_list(other, {atoms::ok})));
}

}  // namespace
}  // namespace phial
