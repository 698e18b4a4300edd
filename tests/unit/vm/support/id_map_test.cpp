#include "vm/support/id_map.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace phial {
namespace {

TEST(IdMap, agrees_with_a_map) {
  std::mt19937_64 random(3);
  for (int size : {2, 9, 40, 2000}) {
    IdMap<uint64_t> map;
    std::map<uint64_t, uint64_t> model;
    for (int step = 0; step < 20'000; ++step) {
      uint64_t key = 1 + random() % static_cast<uint64_t>(size);
      if (random() % 2 == 0) {
        bool made = map.insert(key, static_cast<uint64_t>(step)).second;
        ASSERT_EQ(made, model.emplace(key, step).second);
      } else {
        ASSERT_EQ(map.erase(key), model.erase(key) == 1);
      }
      ASSERT_EQ(map.size(), model.size());
      uint64_t probe = 1 + random() % static_cast<uint64_t>(size);
      uint64_t* found = map.find(probe);
      auto it = model.find(probe);
      ASSERT_EQ(found != nullptr, it != model.end());
      if (found != nullptr) { ASSERT_EQ(*found, it->second); }
    }
    std::map<uint64_t, uint64_t> walked;
    for (auto& [key, value] : map) walked.emplace(key, value);
    EXPECT_EQ(walked, model);
  }
}

}  // namespace
}  // namespace phial
