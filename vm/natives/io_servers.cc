#include "vm/natives/io_servers.h"

#include "vm/code/code_server.h"
#include "vm/sched/runtime.h"

namespace phial {

namespace {

Term make_server(Runtime& runtime, Term name) {
  Process* p = runtime.new_process();
  VM_CHECK(p != nullptr);
  Export* main = runtime.code->export_for(runtime.atoms.intern("phial_io_server"), runtime.atoms.intern("main"), 1);
  p->initial_export = main;
  p->set(kSystem);
  runtime.options().hooks.prepare_call(*p, main, {&name, 1});
  runtime.names.add(name, *p);
  runtime.park_new(*p);
  return p->self;
}

}  // namespace

void start_io_servers(Runtime& runtime) {
  runtime.user = make_server(runtime, atoms::user);
  runtime.standard_error = make_server(runtime, atoms::standard_error);
}

}  // namespace phial
