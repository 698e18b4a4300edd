// A runtime: one Elixir world. It owns atoms, processes, names, schedulers, timers, the blocking pool and accounts;
// code, console and interpreter are attached by whoever puts the parts together (vm/embed). Two runtimes in one host
// process share nothing.
//
//   Runtime runtime(options);
//   Process* main = runtime.new_process();           // before run(), on the calling thread
//   hooks.prepare_call(*main, ...);
//   RunOutcome outcome = runtime.run(*main);          // returns when main has ended or someone halted
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/process/account.h"
#include "vm/process/spawn.h"
#include "vm/process/system.h"
#include "vm/sched/blocking_pool.h"
#include "vm/sched/scheduler.h"

namespace phial {

/// What the interpreter does for a runtime. Null members stay unused in tests.
struct RuntimeHooks {
  SliceResult (*run_slice)(Process& p) = nullptr;
  void (*prepare_call)(Process& p, Export* target, std::span<const Term> args) = nullptr;
  void (*prepare_call_fun)(Process& p, Term fun, std::span<const Term> args) = nullptr;
  /// Stack trace and initial call, as terms in p's heap.
  Term (*stack_of)(Process& p) = nullptr;
  Term (*initial_call_of)(Process& p) = nullptr;
  /// Before the heap of a dying process goes.
  void (*abandon_fibers)(Process& p) = nullptr;
  /// Text of a term for crash reports without a logger.
  std::string (*inspect)(Process& p, Term term) = nullptr;
};

struct RuntimeOptions {
  unsigned schedulers = 0;  // 0: one for each processor
  uint32_t atom_limit = AtomTable::kDefaultLimit;
  uint64_t process_limit = uint64_t{1} << 22;
  unsigned blocking_threads = 4;
  Environment* environment = nullptr;  // null: the machine as it is
  std::vector<std::string> argv;
  RuntimeHooks hooks;
};

struct RunOutcome {
  bool halted = false;  // by halt(); else the main process ended
  int status = 0;       // of halt()
  bool normal = true;   // the main process ended with :normal
  /// The exit reason of the main process, in [arena].
  Term reason = atoms::normal;
  std::unique_ptr<ArenaSpace> arena;
};

/// Makes the environment before the ProcessSystem that refers to it.
class EnvironmentHolder {
 protected:
  explicit EnvironmentHolder(Environment* given)
      : own_(given == nullptr ? new SystemEnvironment : nullptr), used_(given == nullptr ? own_.get() : given) {}
  Environment& used() const { return *used_; }

 private:
  std::unique_ptr<SystemEnvironment> own_;
  Environment* used_;
};

class Runtime final : private EnvironmentHolder, public ProcessSystem {
 public:
  explicit Runtime(RuntimeOptions options);
  ~Runtime();

  /// A process without parent, ready for hooks.prepare_call. Only before run(), or from within a native.
  Process* new_process(Term group_leader = Term::none(), SchedulerContext* context = nullptr);
  /// Parks a process made by new_process: it runs when its first signal arrives.
  void park_new(Process& p);
  /// Runs on the calling thread as the first scheduler.
  RunOutcome run(Process& main);

  /// Stops every thread and destroys every process: after this nothing of the runtime uses what was attached to it.
  /// The destructor does it, too.
  void shut_down();

  RuntimeOptions& options() { return options_; }
  unsigned scheduler_count() const { return static_cast<unsigned>(schedulers_.size()); }
  Scheduler& scheduler(unsigned i) { return *schedulers_[i]; }
  Reclaimer& reclaimer() { return reclaimer_; }
  Account& root_account() { return root_account_; }
  int64_t started_ns() const { return started_ns_; }
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }
  /// A message from a thread of the host. [term] is copied.
  bool send_from_outside(Term pid, Term message);
  uint64_t total_reductions() const;
  uint64_t total_switches() const;

  /// What statistics/1 said last.
  struct {
    std::atomic<uint64_t> runtime_ms{0}, wall_ms{0}, reductions{0};
  } marks;

  // ProcessSystem.
  void make_runnable(Process& target, SchedulerContext* near) override;
  TimerService* timers_at(uint32_t index) override;
  int64_t live_processes() const override;
  void prepare_call(Process& p, Export* target, Term fun, const Term* args, size_t count) override;
  Process* take_process(SchedulerContext& context) override;
  void retire_process(Process* p, SchedulerContext& context) override;
  void start(Process& p, SchedulerContext& context) override;
  void report_crash(Process& p) override;
  Term stack_of(Process& p) override;
  Term initial_call_of(Process& p) override;
  void run_blocking(BlockingCall* call) override { pool_.submit(call); }
  bool deliver_from_outside(Term pid, Signal* signal) override;
  void halt(int status) override;
  void process_exits(Process& p) override;
  void interrupt(int signal_number) override;

 private:
  friend class Scheduler;
  /// Starts the thread of a scheduler that has none.
  void start_thread(Scheduler& s);
  void stop();
  /// After stop(): no thread starts any more.
  void join_threads();

  RuntimeOptions options_;
  Reclaimer reclaimer_;
  Account root_account_;
  std::vector<std::unique_ptr<Scheduler>> schedulers_;
  BlockingPool pool_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> halted_{false};
  std::atomic<int> halt_status_{0};
  std::mutex outside_mutex_;  // one outside deliverer at a time uses outside_reader_
  Reclaimer::Reader* outside_reader_;
  std::mutex threads_mutex_;  // starting and joining scheduler threads
  Process* main_ = nullptr;
  Term main_pid_;
  RunOutcome outcome_;
  std::atomic<uint32_t> interrupts_{0};  // bit n: signal n has come
  void handle_interrupts();
  int64_t started_ns_;
};

}  // namespace phial
