#include "vm/term/atom.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace phial {
namespace {

TEST(AtomTest, fixed_atoms_have_their_text) {
  AtomTable table;
  EXPECT_EQ(table.text(atoms::false_), "false");
  EXPECT_EQ(table.text(atoms::error), "error");
  EXPECT_EQ(table.intern("ok"), atoms::ok);
  EXPECT_EQ(table.count(), atoms::kFixedCount);
}

TEST(AtomTest, intern_is_stable_and_find_does_not_add) {
  AtomTable table;
  EXPECT_TRUE(table.find("brand_new").is_none());
  Term a = table.intern("brand_new");
  EXPECT_EQ(table.intern("brand_new"), a);
  EXPECT_EQ(table.find("brand_new"), a);
  EXPECT_EQ(table.text(table.intern("")), "");
}

TEST(AtomTest, full_table_answers_none) {
  AtomTable table(atoms::kFixedCount + 2);
  EXPECT_FALSE(table.intern("one_more").is_none());
  EXPECT_FALSE(table.intern("two_more").is_none());
  EXPECT_TRUE(table.intern("three_more").is_none());
  EXPECT_FALSE(table.intern("one_more").is_none());
}

TEST(AtomTest, threads_agree) {
  AtomTable table;
  constexpr int kAtoms = 5000;
  std::vector<std::vector<Term>> seen(3, std::vector<Term>(kAtoms));
  std::vector<std::thread> threads;
  for (auto& mine : seen) {
    threads.emplace_back([&table, &mine] {
      for (int i = 0; i < kAtoms; ++i) mine[i] = table.intern("atom_" + std::to_string(i));
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
  for (int i = 0; i < kAtoms; ++i) EXPECT_EQ(table.text(seen[0][i]), "atom_" + std::to_string(i));
}

}  // namespace
}  // namespace phial
