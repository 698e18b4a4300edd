#include <algorithm>
#include <atomic>

#include "tests/unit/vm/process/fixture.h"

namespace phial {
namespace {

class SchedulerTest : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(schedulers, SchedulerTest, testing::Values(1u, 2u, 4u));

TEST_P(SchedulerTest, ping_pong) {
  World world(GetParam());
  constexpr int kRounds = 20'000;
  int done = 0;
  Term pong;
  bool started = false;
  world.run([&](Process& p) {
    if (!started) {
      started = true;
      SpawnOptions o;
      o.scheduler = 2;  // crosses threads when there are two
      pong = world
                 .spawn_from(p,
                             [](Process& q) {
                               for (;;) {
                                 Term m = receive_any(q);
                                 if (m.is_none()) return SliceResult::Waiting;
                                 send(q, tuple_at(m, 0), Term::fixnum(tuple_at(m, 1).as_fixnum() + 1));
                               }
                             },
                             o)
                 .process->self;
      send(p, pong, make_tuple(p.heap, {p.self, Term::fixnum(0)}));
    }
    for (;;) {
      Term m = receive_any(p);
      if (m.is_none()) return SliceResult::Waiting;
      EXPECT_EQ(m, Term::fixnum(++done));
      if (done == kRounds) return exit_with(p, atoms::normal);
      Word words[3] = {header::make(Kind::Tuple, 2), p.self.bits(), m.bits()};
      send(p, pong, Term::boxed(words));
    }
  });
  EXPECT_EQ(done, kRounds);
}

TEST_P(SchedulerTest, many_processes_report_and_end) {
  World world(GetParam());
  constexpr int kProcesses = 20'000;
  std::atomic<int64_t> ran{0};
  int spawned = 0, heard = 0;
  world.run([&](Process& p) {
    Term me = p.self;
    for (int i = 0; i < 500 && spawned < kProcesses; ++i, ++spawned) {
      world.spawn_from(p, [&ran, me](Process& q) {
        ran.fetch_add(1, std::memory_order_relaxed);
        send(q, me, atoms::ok);
        return exit_with(q, atoms::normal);
      });
    }
    while (!receive_any(p).is_none()) ++heard;
    if (heard == kProcesses) return exit_with(p, atoms::normal);
    p.reductions = 0;
    return spawned < kProcesses ? SliceResult::Yielded : SliceResult::Waiting;
  });
  EXPECT_EQ(ran.load(), kProcesses);
  EXPECT_EQ(heard, kProcesses);
}

TEST_P(SchedulerTest, chains_fall_by_links) {
  World world(GetParam());
  constexpr int kLength = 300;
  std::atomic<int> alive{0};
  std::function<SliceResult(Process&, int)> link_in_chain = [&](Process& p, int left) {
    if (p.native_state != nullptr && !p.has(kOffHeapQueue)) {
      p.set(kOffHeapQueue);  // used here as "has run once"
      alive.fetch_add(1);
      if (left > 0) {
        SpawnOptions o;
        o.link = true;
        world.spawn_from(p, [&, left](Process& q) { return link_in_chain(q, left - 1); }, o);
      } else {
        return exit_with(p, atoms::badarg);
      }
    }
    return SliceResult::Waiting;
  };
  bool started = false;
  Term reason;
  world.run([&](Process& p) {
    if (!started) {
      started = true;
      SpawnOptions o;
      o.monitor = true;
      world.spawn_from(p, [&](Process& q) { return link_in_chain(q, kLength); }, o);
    }
    Term m = receive_any(p);
    if (m.is_none()) return SliceResult::Waiting;
    reason = tuple_at(m, 4);
    return exit_with(p, atoms::normal);
  });
  EXPECT_EQ(alive.load(), kLength + 1);
  EXPECT_EQ(reason, atoms::badarg);
}

TEST_P(SchedulerTest, receive_timeouts_fire_once_and_not_early) {
  World world(GetParam());
  int64_t begin = 0;
  int fired = 0;
  world.run([&](Process& p) {
    int64_t now = p.system->environment.monotonic_ns();
    if (receive_timed_out(p)) {
      EXPECT_GE(now - begin, 2'000'000);
      if (++fired == 20) return exit_with(p, atoms::normal);
      begin = 0;
    }
    if (begin == 0) begin = now;
    arm_receive_timeout(p, 2);
    EXPECT_TRUE(begin_wait(p));
    return SliceResult::Waiting;
  });
  EXPECT_EQ(fired, 20);
}

TEST_P(SchedulerTest, a_message_cancels_the_timeout) {
  World world(GetParam());
  int step = 0;
  world.run([&](Process& p) {
    switch (step++) {
      case 0:
        arm_receive_timeout(p, 5);
        send(p, p.self, atoms::ok);
        return SliceResult::Waiting;
      case 1:
        EXPECT_EQ(receive_any(p), atoms::ok);
        arm_receive_timeout(p, 30);
        return SliceResult::Waiting;
      default:
        EXPECT_TRUE(receive_timed_out(p));
        EXPECT_EQ(step, 3);
        return exit_with(p, atoms::normal);
    }
  });
}

TEST_P(SchedulerTest, a_ticker_among_spinners_is_on_time) {
  World world(GetParam());
  std::vector<int64_t> late;
  int64_t begin = 0;
  world.run([&](Process& p) {
    int64_t now = p.system->environment.monotonic_ns();
    if (begin == 0) {
      for (int i = 0; i < 100; ++i) {
        world.spawn_from(p, [](Process& q) {
          // About 20 us, as 4000 reductions of a small loop.
          int64_t until = q.system->environment.monotonic_ns() + 20'000;
          while (q.system->environment.monotonic_ns() < until) {
          }
          q.reductions = 0;
          return SliceResult::Yielded;
        });
      }
    } else {
      EXPECT_TRUE(receive_timed_out(p));
      late.push_back(now - begin - 1'000'000);
      if (late.size() == 100) return exit_with(p, atoms::normal);
    }
    begin = p.system->environment.monotonic_ns();
    arm_receive_timeout(p, 1);
    return SliceResult::Waiting;
  });
  std::sort(late.begin(), late.end());
  EXPECT_LT(late[late.size() / 2], 1'500'000);
}

TEST_P(SchedulerTest, fresh_processes_do_not_starve_spent_ones) {
  World world(GetParam());
  std::atomic<bool> stop{false};
  std::atomic<int> turns{0};
  bool started = false;
  Term echo;
  world.run([&](Process& p) {
    if (!started) {
      started = true;
      SpawnOptions o;
      o.scheduler = 1;
      world.spawn_from(
          p,
          [&](Process& q) {
            turns.fetch_add(1);
            q.reductions = 0;
            return stop.load() ? exit_with(q, atoms::normal) : SliceResult::Yielded;
          },
          o);
      echo = world
                 .spawn_from(
                     p,
                     [](Process& q) {
                       for (Term m; !(m = receive_any(q)).is_none();) send(q, m, q.self);
                       return SliceResult::Waiting;
                     },
                     o)
                 .process->self;
      p.bound_scheduler = 1;
    } else if (receive_any(p).is_none()) {
      return SliceResult::Waiting;
    }
    if (turns.load() >= 50) {
      stop.store(true);
      return exit_with(p, atoms::normal);
    }
    send(p, echo, p.self);
    return SliceResult::Waiting;
  });
  EXPECT_GE(turns.load(), 50);
}

TEST_P(SchedulerTest, requests_are_answered_after_earlier_signals) {
  World world(GetParam());
  int step = 0;
  Term other;
  world.run([&](Process& p) {
    switch (step) {
      case 0:
        other = world.spawn_from(p, [](Process&) { return SliceResult::Waiting; }).process->self;
        EXPECT_TRUE(send_request(p, other, RequestKind::IsAlive, Term::none()));
        step = 1;
        return SliceResult::Waiting;
      case 1: {
        Term answer = take_answer(p);
        if (answer.is_none()) return SliceResult::Waiting;
        EXPECT_EQ(answer, atoms::true_);
        send_exit(p, other, atoms::kill);
        step = 2;
        if (!send_request(p, other, RequestKind::IsAlive, Term::none())) return exit_with(p, atoms::normal);
        return SliceResult::Waiting;
      }
      default: {
        Term answer = take_answer(p);
        if (answer.is_none()) return SliceResult::Waiting;
        EXPECT_EQ(answer, atoms::false_);
        return exit_with(p, atoms::normal);
      }
    }
  });
}

class SlowCall : public BlockingCall {
 public:
  void work() override { value = 42; }
  int value = 0;
};

TEST_P(SchedulerTest, blocking_work_wakes_its_caller) {
  World world(GetParam());
  int result = 0;
  world.run([&](Process& p) {
    if (BlockingCall* c = blocking_call(p)) {
      if (!c->done()) return SliceResult::Waiting;
      result = static_cast<SlowCall*>(c)->value;
      finish_blocking(p);
      return exit_with(p, atoms::normal);
    }
    start_blocking(p, new SlowCall);
    return SliceResult::Waiting;
  });
  EXPECT_EQ(result, 42);
}

TEST_P(SchedulerTest, halt_stops_everything) {
  World world(GetParam());
  RunOutcome outcome = world.run([&](Process& p) {
    world.spawn_from(p, [](Process& q) {
      q.system->halt(7);
      return SliceResult::Waiting;
    });
    return SliceResult::Waiting;
  });
  EXPECT_TRUE(outcome.halted);
  EXPECT_EQ(outcome.status, 7);
}

}  // namespace
}  // namespace phial
