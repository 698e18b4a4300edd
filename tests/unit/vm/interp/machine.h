// A runtime for tests of the interpreter: one thread, a run queue of its own, no timers.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>

#include "tests/unit/vm/interp/assembler.h"
#include "vm/code/code_server.h"
#include "vm/interp/interp.h"
#include "vm/natives/natives.h"
#include "vm/process/mailbox.h"
#include "vm/process/signals.h"
#include "vm/process/system.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::test {

class TestSystem final : public ProcessSystem {
 public:
  using ProcessSystem::ProcessSystem;
  void make_runnable(Process& target, SchedulerContext*) override { queue.push_back(&target); }
  TimerService* timers_at(uint32_t) override { return nullptr; }
  int64_t live_processes() const override { return 1; }
  void prepare_call(Process& p, Export* target, Term fun, const Term* args, size_t count) override {
    if (target != nullptr) prepare_initial_call(p, target, std::span(args, count));
    else prepare_initial_call(p, fun, std::span(args, count));
  }
  Process* take_process(SchedulerContext&) override { return new Process; }
  void retire_process(Process*, SchedulerContext&) override {}
  void start(Process& p, SchedulerContext&) override { queue.push_back(&p); }
  void report_crash(Process&) override {}
  Term stack_of(Process&) override { return Term::nil_list(); }
  Term initial_call_of(Process&) override { return Term::nil_list(); }
  void run_blocking(BlockingCall*) override {}
  bool deliver_from_outside(Term, Signal*) override { return false; }
  void halt(int) override {}
  void interrupt(int) override {}
  void process_exits(Process&) override {}

  std::deque<Process*> queue;
};

/// How a process ended.
struct Outcome {
  Term reason;  // exit reason
  Term value;   // of the first function, when it returned
  bool normal() const { return reason == atoms::normal; }
};

class Machine {
 public:
  Machine() : system_(environment_, AtomTable::kDefaultLimit, 1 << 16), atoms(system_.atoms), code(atoms) {
    system_.code = &code;
    code.set_literals(&system_.literals);
  }

  ~Machine() {
    for (auto& p : processes_) free_messages(*p);
  }

  Module* load(ModuleCode&& module, bool trusted = false) {
    std::string error;
    Module* m = code.load(std::move(module), trusted, error);
    EXPECT_NE(m, nullptr) << error;
    return m;
  }

  /// Runs module.function(args...) in a fresh process to its end; all processes live as long as the machine.
  Outcome run(std::string_view module, std::string_view function, std::vector<Term> args = {}) {
    start(module, function, std::move(args));
    return finish();
  }
  Process& start(std::string_view module, std::string_view function, std::vector<Term> args = {}) {
    processes_.push_back(std::make_unique<Process>());
    process_ = processes_.back().get();
    Process& p = *process_;
    p.system = &system_;
    p.scheduler = &context_;
    p.trap_args = context_.trap_args;
    Export* target = code.export_for(atoms.intern(module), atoms.intern(function), static_cast<uint32_t>(args.size()));
    prepare_initial_call(p, target, args);
    return p;
  }
  SliceResult slice(int64_t reductions = 4000) {
    process_->reductions = reductions;
    ++slices;
    return run_slice(*process_);
  }
  Outcome finish() {
    for (;;) {
      SliceResult r = slice();
      if (r == SliceResult::Exited) break;
      if (r == SliceResult::Waiting && ++waits > 1000) {
        ADD_FAILURE() << "the process waits for ever";
        break;
      }
    }
    return {process_->exc.reason, process_->exc.trace};
  }
  Process& process() { return *process_; }
  void send(Term message) { deliver(system_, &context_, *process_, new_message(system_, message)); }
  void native(std::string_view module, std::string_view name, uint32_t arity, NativeFn body, bool fiber = false) {
    code.add_native(atoms.intern(module), atoms.intern(name), arity, body, fiber);
  }

  int slices = 0, waits = 0;

 private:
  SystemEnvironment environment_;
  SchedulerContext context_;
  Term trap_args_[Process::kMaxTrapArgs];
  TestSystem system_;

 public:
  AtomTable& atoms;
  CodeServer code;

 private:
  std::vector<std::unique_ptr<Process>> processes_;
  Process* process_ = nullptr;
};

/// Loads one function f of args.size() parameters, written by [body], and runs it.
template <typename Body>
Outcome run_body(Machine& m, std::vector<Term> args, Body body) {
  Assembler a(m.atoms, "t");
  a.def("f", static_cast<uint32_t>(args.size()), 40);
  body(a);
  m.load(a.finish());
  return m.run("t", "f", std::move(args));
}

inline Term fix(int64_t n) { return Term::fixnum(n); }

}  // namespace phial::test
