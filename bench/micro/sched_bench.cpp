// What a message, a switch, a spawn and a timer cost without an interpreter: processes are C++ functions.
// Prints nanoseconds. Build: link phial_vm.
#include <chrono>
#include <cstdio>

#include "vm/process/exit.h"
#include "vm/process/mailbox.h"
#include "vm/process/receive.h"
#include "vm/process/timers.h"
#include "vm/sched/runtime.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

using namespace phial;

namespace {

constexpr int kRounds = 1'000'000;

SliceResult done(Process& p) {
  p.exc.class_ = atoms::exit;
  p.exc.reason = atoms::normal;
  return SliceResult::Exited;
}

void send(Process& p, Term to, Term message) {
  deliver(*p.system, p.scheduler, to, new_message(*p.system, message));
}

SliceResult pong(Process& p) {
  for (;;) {
    Term m = peek(p);
    if (m.is_none()) return SliceResult::Waiting;
    Term from = tuple_at(m, 0);
    accept(p);
    if (p.heap.free_words() < 16) p.heap.set_hp(p.heap.block_end());
    send(p, from, make_tuple(p.heap, {p.self, Term::fixnum(1)}));
  }
}

struct Ping {
  Term pong;
  int left = kRounds;
};

SliceResult ping(Process& p) {
  auto* state = static_cast<Ping*>(p.native_state);
  for (;;) {
    Term m = peek(p);
    if (m.is_none()) return SliceResult::Waiting;
    accept(p);
    if (p.heap.free_words() < 16) p.heap.set_hp(p.heap.block_end());
    if (--state->left == 0) return done(p);
    send(p, state->pong, make_tuple(p.heap, {p.self, Term::fixnum(1)}));
  }
}

double now() {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void bench_ping_pong(unsigned schedulers) {
  RuntimeOptions o;
  o.schedulers = schedulers;
  Runtime runtime(o);
  Ping state;
  Process* b = runtime.new_process();
  b->native_body = pong;
  runtime.park_new(*b);
  state.pong = b->self;
  Process* a = runtime.new_process();
  a->native_body = ping;
  a->native_state = &state;
  deliver(runtime, &runtime.scheduler(0), *a, new_message(runtime, atoms::ok));
  double t = now();
  runtime.run(*a);
  std::printf("message and switch, %u schedulers: %.1f\n", schedulers, (now() - t) / (2.0 * kRounds));
}

SliceResult spawner(Process& p) {
  int* left = static_cast<int*>(p.native_state);
  for (int i = 0; i < 100; ++i) {
    if (--*left == 0) return done(p);
    spawn(p, nullptr, Term::nil_list(), {}, {});
  }
  p.reductions = 0;
  return SliceResult::Yielded;
}

void bench_spawn() {
  RuntimeOptions o;
  o.schedulers = 1;
  o.hooks.prepare_call_fun = [](Process& p, Term, std::span<const Term>) { p.native_body = done; };
  Runtime runtime(o);
  int left = kRounds;
  Process* a = runtime.new_process();
  a->native_body = spawner;
  a->native_state = &left;
  double t = now();
  runtime.run(*a);
  std::printf("spawn, run, exit: %.1f\n", (now() - t) / kRounds);
}

SliceResult timers(Process& p) {
  constexpr int kTimers = 100'000;
  double t = now();
  std::vector<uint64_t> ids;
  for (int i = 0; i < kTimers; ++i) {
    uint64_t id = next_reference_id(p);
    p.scheduler->timers->arm_message(id, p.system->environment.monotonic_ns() + 60'000'000'000 + i % 5000 * 1'000'000,
                                     p.self, new_message(*p.system, atoms::ok));
    ids.push_back(id);
  }
  for (uint64_t id : ids) p.scheduler->timers->cancel_message(id, 0);
  std::printf("timer, arm and cancel: %.1f\n", (now() - t) / kTimers);
  t = now();
  for (int i = 0; i < kTimers; ++i) {
    arm_receive_timeout(p, 5000);
    cancel_receive_timeout(p);
  }
  std::printf("receive timeout, arm and cancel: %.1f\n", (now() - t) / kTimers);
  return done(p);
}

void bench_timers() {
  RuntimeOptions o;
  o.schedulers = 1;
  Runtime runtime(o);
  Process* a = runtime.new_process();
  a->native_body = timers;
  runtime.run(*a);
}

}  // namespace

int main() {
  std::printf("sizeof Process %zu, Relations %zu, Signal header %zu\n", sizeof(Process), sizeof(Relations),
              kMessageHeader);
  bench_ping_pong(1);
  bench_ping_pong(2);
  bench_spawn();
  bench_timers();
}
