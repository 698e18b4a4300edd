// A runtime whose processes are C++ functions, for tests of processes and schedulers without an interpreter.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>

#include "vm/process/exit.h"
#include "vm/process/info.h"
#include "vm/process/mailbox.h"
#include "vm/process/receive.h"
#include "vm/process/watch.h"
#include "vm/sched/runtime.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial {

using Body = std::function<SliceResult(Process&)>;

/// Ends the process with [reason].
inline SliceResult exit_with(Process& p, Term reason, Term class_ = atoms::exit) {
  p.exc.class_ = class_;
  p.exc.reason = reason;
  return SliceResult::Exited;
}

class World {
 public:
  explicit World(unsigned schedulers) : runtime_(options(schedulers)) {}

  Runtime& runtime() { return runtime_; }

  static SliceResult run_body(Process& p) { return (*static_cast<Body*>(p.native_state))(p); }

  Process* make(Body body) {
    Process* p = runtime_.new_process();
    install(*p, std::move(body));
    return p;
  }
  void install(Process& p, Body body) {
    std::lock_guard lock(mutex_);
    bodies_.push_back(std::move(body));
    p.native_state = &bodies_.back();
    p.native_body = run_body;
  }
  /// Spawns from [parent], which runs.
  Spawned spawn_from(Process& parent, Body body, const SpawnOptions& options = {}) {
    {
      std::lock_guard lock(mutex_);
      bodies_.push_back(std::move(body));
      next_state_ = &bodies_.back();
      // The hook installs the body before the child can run.
      return spawn(parent, nullptr, Term::nil_list(), {}, options);
    }
  }
  RunOutcome run(Body main) { return runtime_.run(*make(std::move(main))); }

 private:
  RuntimeOptions options(unsigned schedulers) {
    RuntimeOptions o;
    o.schedulers = schedulers;
    o.hooks.prepare_call_fun = [](Process& p, Term, std::span<const Term>) {
      World* w = current_world();
      p.native_state = w->next_state_;
      p.native_body = run_body;
    };
    current_world() = this;
    return o;
  }
  static World*& current_world() {
    static World* world;
    return world;
  }

  std::mutex mutex_;
  std::deque<Body> bodies_;
  Body* next_state_ = nullptr;
  Runtime runtime_;
};

inline void send(Process& from, Term to, Term message) {
  deliver(*from.system, from.scheduler, to, new_message(*from.system, message));
}

/// The next message, accepted; none() when there is none now.
inline Term receive_any(Process& p) {
  Term m = peek(p);
  if (!m.is_none()) accept(p);
  return m;
}

}  // namespace phial
