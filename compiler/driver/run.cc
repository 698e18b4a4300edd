#include "compiler/driver/run.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "compiler/driver/natives.h"
#include "vm/code/code_server.h"
#include "vm/interp/interp.h"
#include "vm/interp/trace.h"
#include "vm/natives/io_servers.h"
#include "vm/natives/native_state.h"
#include "vm/natives/natives.h"
#include "vm/term/binary.h"
#include "vm/term/inspect.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

namespace {

RuntimeHooks interpreter_hooks() {
  RuntimeHooks hooks;
  hooks.run_slice = run_slice;
  hooks.prepare_call = [](Process& p, Export* target, std::span<const Term> args) { prepare_initial_call(p, target, args); };
  hooks.prepare_call_fun = [](Process& p, Term fun, std::span<const Term> args) { prepare_initial_call(p, fun, args); };
  hooks.abandon_fibers = abandon_fibers;
  hooks.stack_of = current_stack;
  hooks.initial_call_of = [](Process& p) {
    const Export* e = p.initial_export;
    if (e == nullptr) return make_tuple(p.heap, {atoms::erlang, atoms::apply, Term::fixnum(2)});
    return make_tuple(p.heap, {e->module, e->function, Term::fixnum(e->arity)});
  };
  hooks.inspect = [](Process& p, Term term) { return inspect_term(term, p.atoms(), 4096); };
  return hooks;
}

RuntimeOptions with_hooks(RuntimeOptions options) {
  options.hooks = interpreter_hooks();
  return options;
}

}  // namespace

Instance::Instance(const RuntimeOptions& options, std::string_view image)
    : runtime_(std::make_unique<Runtime>(with_hooks(options))),
      console_(std::make_unique<Console>(*runtime_, ConsoleOptions{})),
      code_(std::make_unique<CodeServer>(runtime_->atoms)),
      state_(std::make_unique<NativeState>()),
      image_(std::make_unique<ImageSource>(image, runtime_->atoms)) {
  runtime_->code = code_.get();
  runtime_->natives = state_.get();
  state_->tables = std::make_unique<ets::Tables>(*runtime_);
  runtime_->tables = state_->tables.get();
  code_->set_literals(&runtime_->literals);
  for (const NativeRow& row : native_rows()) {
    code_->add_native(runtime_->atoms.intern(row.module), runtime_->atoms.intern(row.function), row.arity, row.body,
                      row.flags == NativeFlags::Fiber);
  }
  compiler_ = std::make_unique<Compiler>(*runtime_);
  runtime_->compiler = compiler_.get();
  code_->set_source(image_.get());
  runtime_->console = console_.get();
  runtime_->idle_work = console_.get();
  start_io_servers(*runtime_);
}

Instance::~Instance() { runtime_->shut_down(); }

namespace {

Term text(Process& p, std::string_view bytes) { return make_binary(p.heap, bytes); }

/// What Phial.CLI.main/1 gets.
Term job_term(Process& p, const Job& job) {
  AtomTable& atoms = p.atoms();
  switch (job.kind) {
    case Job::Kind::File: return make_tuple(p.heap, {atoms.intern("file"), text(p, job.sources.at(0))});
    case Job::Kind::Eval: {
      ListBuilder sources(p.heap);
      for (const std::string& s : job.sources) sources.push(text(p, s));
      return make_tuple(p.heap, {atoms.intern("eval"), sources.finish()});
    }
    case Job::Kind::StandardInput: return atoms.intern("stdin");
    case Job::Kind::Shell: return atoms.intern("shell");
  }
  return atoms::nil;
}

}  // namespace

int Instance::run(const Job& job) {
  state_->program.argv = job.argv;
  state_->program.no_halt = job.no_halt;
  Process* main = runtime_->new_process();
  Term args[] = {job_term(*main, job)};
  Export* entry = code_->export_for(runtime_->atoms.intern("Elixir.Phial.CLI"), runtime_->atoms.intern("main"), 1);
  prepare_initial_call(*main, entry, args);
  RunOutcome outcome = runtime_->run(*main);
  return outcome.halted ? outcome.status : outcome.normal ? 0 : 1;
}

int Instance::compile_files(const std::vector<std::string>& files) {
  // One process runs :phial_boot.compile/1, a native that does what Code.require_file would if there were a library.
  Process* main = runtime_->new_process();
  ListBuilder list(main->heap);
  for (const std::string& f : files) list.push(text(*main, f));
  Term args[] = {list.finish()};
  Export* entry = code_->export_for(runtime_->atoms.intern("phial_boot"), runtime_->atoms.intern("compile"), 1);
  prepare_initial_call(*main, entry, args);
  RunOutcome outcome = runtime_->run(*main);
  return outcome.halted ? outcome.status : outcome.normal ? 0 : 1;
}

int run_job(const RuntimeOptions& options, std::string_view image, const Job& job) {
  Instance instance(options, image);
  return instance.run(job);
}

}  // namespace phial::compiler
