#include "vm/sched/runtime.h"

#include <cstdio>
#include <cstdlib>

#include "vm/heap/copy.h"
#include "vm/process/exit.h"
#include "vm/process/message.h"
#include "vm/term/bignum.h"
#include "vm/term/tuple.h"

namespace phial {

Runtime::Runtime(RuntimeOptions options)
    : EnvironmentHolder(options.environment),
      ProcessSystem(used(), options.atom_limit, options.process_limit),
      options_(std::move(options)),
      pool_(*this, options_.blocking_threads),
      outside_reader_(reclaimer_.add_reader()),
      started_ns_(environment.monotonic_ns()) {
  unsigned count = options_.schedulers != 0 ? options_.schedulers : environment.processors();
  constexpr unsigned kMaxSchedulers = 256;
  if (count > kMaxSchedulers) count = kMaxSchedulers;
  if (count == 0) count = 1;
  for (unsigned i = 0; i < count; ++i) schedulers_.push_back(std::make_unique<Scheduler>(*this, i));
}

Runtime::~Runtime() { shut_down(); }

void Runtime::shut_down() {
  stop();
  pool_.stop();
  join_threads();
  for (uint64_t slot = 0; slot < table.window(); ++slot) {
    if (Process* p = table.at(slot)) {
      if (options_.hooks.abandon_fibers != nullptr) options_.hooks.abandon_fibers(*p);
      destroy_process(*p);
      table.remove(*p);
      std::free(p);
    }
  }
}

Process* Runtime::new_process(Term group_leader, SchedulerContext* context) {
  Process* p = make_root_process(*this, context != nullptr ? *context : *schedulers_[0], group_leader);
  if (p == nullptr) return nullptr;
  if (group_leader.is_none() && !user.is_none()) p->group_leader = user;
  p->runtime = this;
  p->account = &root_account_;
  return p;
}

void Runtime::park_new(Process& p) {
  p.set(kWaiting);
  p.mailbox.outer.store(Mailbox::kParked, std::memory_order_release);
}

RunOutcome Runtime::run(Process& main) {
  main_ = &main;
  main_pid_ = main.self;
  Scheduler& first = *schedulers_[0];
  first.enqueue_fresh(&main);
  first.loop();
  stop();
  join_threads();
  if (idle_work != nullptr) idle_work->on_stop();
  if (halted_.load(std::memory_order_acquire)) {
    outcome_.halted = true;
    outcome_.status = halt_status_.load(std::memory_order_relaxed);
  }
  return std::move(outcome_);
}

void Runtime::join_threads() {
  // Outside the lock: a scheduler on its way out may want to start another and must learn that it is too late.
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(threads_mutex_);
    for (auto& s : schedulers_) {
      if (s->thread_.joinable()) threads.push_back(std::move(s->thread_));
    }
  }
  for (std::thread& t : threads) t.join();
}

void Runtime::start_thread(Scheduler& s) {
  std::lock_guard lock(threads_mutex_);
  if (stopping() || s.state() != Scheduler::State::NotStarted || s.thread_.joinable()) return;
  s.state_.store(static_cast<uint32_t>(Scheduler::State::Busy), std::memory_order_seq_cst);
  s.thread_ = std::thread([&s] { s.loop(); });
}

void Runtime::stop() {
  stopping_.store(true, std::memory_order_seq_cst);
  for (auto& s : schedulers_) s->wake();
}

void Runtime::halt(int status) {
  bool expected = false;
  if (halted_.compare_exchange_strong(expected, true, std::memory_order_acq_rel)) {
    halt_status_.store(status, std::memory_order_relaxed);
  }
  stop();
}

void Runtime::process_exits(Process& p) {
  auto& live = p.scheduler->live_processes;
  live.store(live.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
  if (&p != main_) return;
  outcome_.arena = std::make_unique<ArenaSpace>();
  outcome_.reason = deep_copy(*outcome_.arena, p.exit_reason, nullptr);
  outcome_.normal = p.exit_reason == atoms::normal;
  main_ = nullptr;
  stop();
}

void Runtime::interrupt(int signal_number) {
  interrupts_.fetch_or(uint32_t{1} << signal_number, std::memory_order_seq_cst);
  schedulers_[0]->wake();
}

void Runtime::handle_interrupts() {
  uint32_t bits = interrupts_.exchange(0, std::memory_order_acq_rel);
  for (int n = 1; n < 32; ++n) {
    if ((bits >> n & 1) == 0) continue;
    // Elixir code may take over; else a signal ends the program as it would any other.
    Term handler = names.whereis(atoms::phial_signals);
    if (!handler.is_none()) {
      ScratchSpace<4> scratch;
      Term message = make_tuple(scratch, {atoms::phial_signals, Term::fixnum(n)});
      deliver(*this, nullptr, handler, new_message(*this, message));
    } else {
      halt(128 + n);
    }
  }
}

void Runtime::make_runnable(Process& target, SchedulerContext* near) {
  if (target.bound_scheduler != 0) {
    Scheduler& s = *schedulers_[(target.bound_scheduler - 1u) % schedulers_.size()];
    if (near == &s) s.enqueue_fresh(&target);
    else s.post(&target);
    return;
  }
  if (near != nullptr) static_cast<Scheduler*>(near)->enqueue_fresh(&target);
  else static_cast<Scheduler*>(target.scheduler)->post(&target);
}

TimerService* Runtime::timers_at(uint32_t index) {
  return index < schedulers_.size() ? schedulers_[index]->timers : nullptr;
}

int64_t Runtime::live_processes() const {
  int64_t live = 0;
  for (auto& s : schedulers_) live += s->live_processes.load(std::memory_order_relaxed);
  return live;
}

uint64_t Runtime::total_reductions() const {
  uint64_t total = 0;
  for (auto& s : schedulers_) total += s->reductions.load(std::memory_order_relaxed);
  return total;
}

uint64_t Runtime::total_switches() const {
  uint64_t total = 0;
  for (auto& s : schedulers_) total += s->switches.load(std::memory_order_relaxed);
  return total;
}

void Runtime::prepare_call(Process& p, Export* target, Term fun, const Term* args, size_t count) {
  if (target != nullptr) {
    if (options_.hooks.prepare_call != nullptr) options_.hooks.prepare_call(p, target, {args, count});
  } else if (options_.hooks.prepare_call_fun != nullptr) {
    options_.hooks.prepare_call_fun(p, fun, {args, count});
  }
}

Process* Runtime::take_process(SchedulerContext& context) { return static_cast<Scheduler&>(context).take_process(); }

void Runtime::retire_process(Process* p, SchedulerContext& context) {
  static_cast<Scheduler&>(context).retire_process(p);
}

void Runtime::start(Process& p, SchedulerContext& context) {
  if (p.bound_scheduler != 0) make_runnable(p, &context);
  else static_cast<Scheduler&>(context).enqueue_fresh(&p);
}

Term Runtime::stack_of(Process& p) {
  return options_.hooks.stack_of != nullptr ? options_.hooks.stack_of(p) : Term::nil_list();
}

Term Runtime::initial_call_of(Process& p) {
  return options_.hooks.initial_call_of != nullptr ? options_.hooks.initial_call_of(p) : atoms::undefined;
}

bool Runtime::deliver_from_outside(Term pid, Signal* signal) {
  std::lock_guard lock(outside_mutex_);
  ReadGuard guard(reclaimer_, *outside_reader_);
  return deliver(*this, nullptr, pid, signal);
}

bool Runtime::send_from_outside(Term pid, Term message) {
  return deliver_from_outside(pid, new_message(*this, message));
}

void Runtime::report_crash(Process& p) {
  // An uncaught error's reason is {reason, stack trace}.
  Term reason = p.exit_reason;
  Term trace = Term::nil_list();
  if (is_tuple_of(reason, 2)) {
    trace = tuple_at(reason, 1);
    reason = tuple_at(reason, 0);
  }
  Term logger = names.whereis(atoms::logger);
  if (!logger.is_none() && logger != p.self) {
    Term micros = make_integer(p.heap, environment.system_ns() / 1000);
    Term event = make_tuple(p.heap, {atoms::phial_log, atoms::error, make_tuple(p.heap, {p.self, reason, trace}),
                                     make_tuple(p.heap, {p.group_leader, micros, initial_call_of(p)})});
    if (deliver(*this, p.scheduler, logger, new_message(*this, event))) return;
  }
  if (options_.hooks.inspect == nullptr) return;
  if (idle_work != nullptr) idle_work->on_idle();
  int64_t now = environment.system_ns();
  CivilTime t = environment.to_local(now / 1'000'000'000);
  std::fprintf(stderr, "\n%02d:%02d:%02d.%03d [error] Process #PID%s raised an exception\n** %s\n    %s\n", t.hour,
               t.minute, t.second, static_cast<int>(now / 1'000'000 % 1000), pid_text(p.self).c_str(),
               options_.hooks.inspect(p, reason).c_str(), options_.hooks.inspect(p, trace).c_str());
}

}  // namespace phial
