#include "tests/unit/vm/process/fixture.h"

namespace phial {
namespace {

TEST(Relations, messages_keep_their_order_and_content) {
  World world(1);
  int received = 0;
  world.run([&](Process& p) {
    static_assert(sizeof(Process) <= 640);
    for (int i = 0; i < 100; ++i) send(p, p.self, Term::fixnum(i));
    for (int i = 0; i < 100; ++i) {
      Term m = receive_any(p);
      EXPECT_EQ(m, Term::fixnum(i));
      ++received;
    }
    EXPECT_TRUE(peek(p).is_none());
    Term big = Term::nil_list();
    for (int i = 0; i < 1000; ++i) big = make_cons(p.heap, Term::fixnum(i), big);
    send(p, p.self, make_tuple(p.heap, {atoms::ok, big}));
    Term m = receive_any(p);
    EXPECT_TRUE(is_tuple_of(m, 2));
    EXPECT_EQ(list_length(tuple_at(m, 1)), 1000);
    // Of middling size: in a fragment, yet small enough that a heap might copy it. What peek gave must stay good.
    Term middling = Term::nil_list();
    for (int i = 0; i < 60; ++i) middling = make_cons(p.heap, Term::fixnum(i), middling);
    send(p, p.self, middling);
    Term seen = peek(p);
    accept(p);
    EXPECT_EQ(list_length(seen), 60);
    EXPECT_EQ(seen.head(), Term::fixnum(59));
    return exit_with(p, atoms::normal);
  });
  EXPECT_EQ(received, 100);
}

TEST(Relations, selective_receive_leaves_the_others_in_place) {
  World world(1);
  world.run([&](Process& p) {
    for (int i = 0; i < 5; ++i) send(p, p.self, make_tuple(p.heap, {Term::fixnum(i), atoms::ok}));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(tuple_at(peek(p), 0), Term::fixnum(i));
      next(p);
    }
    EXPECT_EQ(tuple_at(peek(p), 0), Term::fixnum(3));
    accept(p);
    for (int i : {0, 1, 2, 4}) EXPECT_EQ(tuple_at(receive_any(p), 0), Term::fixnum(i));
    EXPECT_EQ(p.mailbox.length, 0u);
    // The last link is in order after removing the last message.
    send(p, p.self, atoms::ok);
    EXPECT_EQ(receive_any(p), atoms::ok);
    return exit_with(p, atoms::normal);
  });
}

TEST(Relations, a_mark_skips_older_messages) {
  World world(1);
  world.run([&](Process& p) {
    for (int i = 0; i < 5; ++i) send(p, p.self, Term::fixnum(i));
    Ref ref = make_alias(p, 0);
    Term reference = make_reference(p.heap, ref);
    send(p, p.self, atoms::ok);
    mark_from(p, reference);
    EXPECT_EQ(peek(p), atoms::ok);
    accept(p);
    EXPECT_EQ(peek(p), Term::fixnum(0));
    return exit_with(p, atoms::normal);
  });
}

struct ExitCase {
  bool trap;
  Term reason;
  bool linked;      // by the exit of a linked process, else by exit/2
  Term message;     // none(): no message expected
  Term died;        // none(): it survives
};

TEST(Relations, exit_signals_follow_the_table) {
  const ExitCase cases[] = {
      {false, atoms::normal, true, {}, {}},
      {true, atoms::normal, true, atoms::normal, {}},
      {false, atoms::badarg, true, {}, atoms::badarg},
      {true, atoms::badarg, true, atoms::badarg, {}},
      {false, atoms::kill, true, {}, atoms::kill},
      {true, atoms::kill, true, atoms::kill, {}},
      {false, atoms::normal, false, {}, {}},
      {true, atoms::normal, false, atoms::normal, {}},
      {false, atoms::kill, false, {}, atoms::killed},
      {true, atoms::kill, false, {}, atoms::killed},
      {false, atoms::killed, false, {}, atoms::killed},
      {true, atoms::killed, false, atoms::killed, {}},
  };
  for (const ExitCase& c : cases) {
    World world(1);
    int step = 0;
    Term victim_pid;
    Ref ref;
    Term seen, died;
    bool survived = false;
    auto victim = [&](Process& p) {
      if (c.trap) p.set(kTrapExit);
      Term m = receive_any(p);
      if (m.is_none()) return SliceResult::Waiting;
      if (m == atoms::ok) {
        survived = true;
        return exit_with(p, atoms::normal);
      }
      seen = tuple_at(m, 2);
      return SliceResult::Waiting;
    };
    world.run([&](Process& p) {
      switch (step++) {
        case 0: {
          SpawnOptions o;
          o.monitor = true;
          Spawned s = world.spawn_from(p, victim, o);
          victim_pid = s.process->self;
          ref = s.monitor;
          return SliceResult::Yielded;
        }
        case 1:
          if (c.linked) {
            world.spawn_from(p, [&](Process& killer) {
              EXPECT_TRUE(link_to(killer, victim_pid));
              return exit_with(killer, c.reason);
            });
            return SliceResult::Yielded;
          }
          send_exit(p, victim_pid, c.reason);
          return SliceResult::Yielded;
        case 2:
          return SliceResult::Yielded;
        case 3:
          send(p, victim_pid, atoms::ok);
          return SliceResult::Yielded;
        default: {
          Term m = receive_any(p);
          if (m.is_none()) return SliceResult::Waiting;
          EXPECT_EQ(tuple_at(m, 0), atoms::DOWN);
          EXPECT_EQ(Ref::from(tuple_at(m, 1)).id, ref.id);
          died = tuple_at(m, 4);
          return exit_with(p, atoms::normal);
        }
      }
    });
    EXPECT_EQ(seen, c.message);
    EXPECT_EQ(survived, c.died.is_none());
    if (!c.died.is_none()) { EXPECT_EQ(died, c.died); }
  }
}

TEST(Relations, unlink_hides_an_exit_that_is_on_its_way) {
  World world(1);
  world.run([&](Process& p) {
    p.set(kTrapExit);
    SpawnOptions o;
    o.link = true;
    Term other = world.spawn_from(p, [](Process&) { return SliceResult::Waiting; }, o).process->self;
    deliver(*p.system, p.scheduler, p, exit_signal(*p.system, other, atoms::badarg, Signal::kFromLink));
    unlink_from(p, other);
    handle_signals(p);
    EXPECT_TRUE(peek(p).is_none());
    EXPECT_TRUE(link_to(p, other));
    deliver(*p.system, p.scheduler, p, exit_signal(*p.system, other, atoms::badarg, Signal::kFromLink));
    EXPECT_FALSE(peek(p).is_none()) << "linked again";
    return exit_with(p, atoms::normal);
  });
}

TEST(Relations, monitors_of_dead_and_live) {
  World world(1);
  int step = 0;
  world.run([&](Process& p) {
    if (step++ == 0) {
      Ref ref = monitor(p, Term::pid(12345), Term::none(), {});
      Term m = receive_any(p);
      EXPECT_EQ(tuple_at(m, 4), atoms::noproc);
      EXPECT_EQ(Ref::from(tuple_at(m, 1)).id, ref.id);
      EXPECT_FALSE(demonitor(p, ref));
      Ref named = monitor(p, Term::none(), atoms::user, {});
      m = receive_any(p);
      EXPECT_EQ(tuple_at(tuple_at(m, 3), 0), atoms::user);
      EXPECT_FALSE(demonitor(p, named));
      return SliceResult::Yielded;
    }
    Spawned s = world.spawn_from(p, [](Process&) { return SliceResult::Waiting; });
    Ref ref = monitor(p, s.process->self, Term::none(), {});
    EXPECT_TRUE(demonitor(p, ref));
    EXPECT_FALSE(demonitor(p, ref));
    return exit_with(p, atoms::normal);
  });
}

TEST(Relations, a_reply_alias_takes_one_message) {
  World world(1);
  world.run([&](Process& p) {
    Ref ref = make_alias(p, Watch::kUntilReply);
    for (int i = 0; i < 2; ++i) {
      deliver(*p.system, p.scheduler, p,
              new_signal(*p.system, SignalKind::AliasMessage, Term::none(), Term::fixnum(i), ref));
    }
    EXPECT_EQ(receive_any(p), Term::fixnum(0));
    EXPECT_TRUE(receive_any(p).is_none());
    EXPECT_FALSE(unalias(p, ref));
    return exit_with(p, atoms::normal);
  });
}

TEST(Relations, names) {
  World world(1);
  Term name = world.runtime().atoms.intern("some_name");
  world.run([&](Process& p) {
    NameRegistry& names = p.system->names;
    EXPECT_TRUE(names.add(name, p));
    EXPECT_FALSE(names.add(name, p));
    EXPECT_FALSE(names.add(atoms::ok, p)) << "one name for each process";
    EXPECT_EQ(names.whereis(name), p.self);
    EXPECT_TRUE(names.remove(name, p.system->table));
    EXPECT_TRUE(names.whereis(name).is_none());
    EXPECT_TRUE(names.add(name, p));
    return exit_with(p, atoms::normal);
  });
  EXPECT_TRUE(world.runtime().names.whereis(name).is_none()) << "a name goes with its process";
}

TEST(Relations, the_reason_of_the_main_process_comes_out) {
  World world(1);
  RunOutcome outcome = world.run([&](Process& p) {
    return exit_with(p, make_tuple(p.heap, {atoms::badarg, Term::fixnum(1)}));
  });
  EXPECT_FALSE(outcome.normal);
  EXPECT_TRUE(is_tuple_of(outcome.reason, 2));
}

}  // namespace
}  // namespace phial
