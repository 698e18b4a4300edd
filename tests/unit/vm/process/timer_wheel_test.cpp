#include "vm/process/timer_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace phial {
namespace {

TEST(TimerWheel, fires_in_order_and_never_early) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20; ++round) {
    int64_t now = static_cast<int64_t>(random() % 1'000'000'000);
    TimerWheel wheel(now);
    std::vector<std::unique_ptr<TimerNode>> nodes;
    std::vector<TimerNode*> armed;
    for (int step = 0; step < 3000; ++step) {
      if (random() % 3 != 0) {
        nodes.push_back(std::make_unique<TimerNode>());
        int bits = static_cast<int>(random() % 40);
        nodes.back()->tick = now + 1 + static_cast<int64_t>(random() & ((uint64_t{1} << bits) - 1));
        wheel.insert(nodes.back().get());
        armed.push_back(nodes.back().get());
      } else if (!armed.empty() && random() % 2 == 0) {
        size_t i = random() % armed.size();
        wheel.remove(armed[i]);
        armed.erase(armed.begin() + static_cast<ptrdiff_t>(i));
      } else {
        int bits = static_cast<int>(random() % 20);
        int64_t next = wheel.next_tick();
        for (TimerNode* n : armed) ASSERT_LE(next, std::max(n->tick, now + 1)) << "next_tick is too late";
        now += 1 + static_cast<int64_t>(random() & ((uint64_t{1} << bits) - 1));
        int64_t last = INT64_MIN;
        std::vector<TimerNode*> fired;
        while (TimerNode* n = wheel.pop_due(now)) {
          ASSERT_LE(n->tick, now);
          ASSERT_FALSE(n->armed());
          ASSERT_GE(n->tick, last);
          last = n->tick;
          fired.push_back(n);
        }
        for (TimerNode* n : fired) armed.erase(std::find(armed.begin(), armed.end(), n));
        for (TimerNode* n : armed) ASSERT_GT(n->tick, now) << "missed";
      }
      ASSERT_EQ(wheel.count(), armed.size());
    }
  }
}

TEST(TimerWheel, equal_ticks_fire_in_order_of_insertion) {
  TimerWheel wheel(0);
  TimerNode a, b, c;
  a.tick = b.tick = c.tick = 100'000;
  wheel.insert(&a);
  wheel.insert(&b);
  EXPECT_EQ(wheel.pop_due(99'990), nullptr);
  wheel.insert(&c);
  EXPECT_EQ(wheel.pop_due(100'000), &a);
  EXPECT_EQ(wheel.pop_due(100'000), &b);
  EXPECT_EQ(wheel.pop_due(100'000), &c);
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.next_tick(), TimerWheel::kNever);
}

}  // namespace
}  // namespace phial
