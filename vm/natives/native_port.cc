// Ports: child processes of the operating system that send what they print as messages.
//
// A port is a process whose body is C++ (port_body). It reads its child in the blocking pool, a piece at a time, and sends
// {port, {:data, data}}, at the end {port, {:exit_status, n}} or {port, :eof}, to its owner. It obeys {owner, {:command,
// iodata}}, {owner, :close} and {owner, {:connect, pid}}, and the natives below, which send it {:phial_port, ...}.
#include <unistd.h>

#include "vm/heap/arena_space.h"
#include "vm/heap/roots.h"
#include "vm/io/os_process.h"
#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/blocking.h"
#include "vm/process/exit.h"
#include "vm/process/mailbox.h"
#include "vm/process/relations.h"
#include "vm/sched/runtime.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

struct PortOptions {
  OsCommand command;
  bool binary = false, exit_status = false, eof = false;
  size_t line = 0;  // 0: a stream
};

/// What a port process carries; freed by its exit hook.
struct Port : ExitHook {
  PortOptions options;
  OsProcess* child = nullptr;
  Term owner;
  std::string line;  // begun and not yet sent
};

class ReadCall final : public BlockingCall {
 public:
  explicit ReadCall(OsProcess* child) : child_(child) { child->retain(); }
  ~ReadCall() override { child_->release(); }
  void work() override {
    more = child_->read_some(data);
    if (!more) status = child_->wait();
  }
  std::string data;
  bool more = false;
  int status = -1;

 private:
  OsProcess* child_;
};

class WriteCall final : public BlockingCall {
 public:
  explicit WriteCall(OsProcess* child) : child_(child) { child->retain(); }
  ~WriteCall() override { child_->release(); }
  void work() override { child_->drain_input(); }

 private:
  OsProcess* child_;
};

// The port's process.

void tell_owner(Process& p, const Port& port, Space& space, Term what) {
  deliver(*p.system, p.scheduler, port.owner, new_message(*p.system, make_tuple(space, {p.self, what})));
}

Term data_term(Space& space, const Port& port, std::string_view bytes) {
  if (port.options.binary) return make_binary(space, bytes);
  ListBuilder list(space);
  for (char c : bytes) list.push(Term::fixnum(static_cast<unsigned char>(c)));
  return list.finish();
}

void send_data(Process& p, const Port& port, std::string_view bytes) {
  ArenaSpace space;
  tell_owner(p, port, space, make_tuple(space, {p.atoms().intern("data"), data_term(space, port, bytes)}));
}

void send_line(Process& p, const Port& port, const char* kind, std::string_view bytes) {
  ArenaSpace space;
  Term line = make_tuple(space, {p.atoms().intern(kind), data_term(space, port, bytes)});
  tell_owner(p, port, space, make_tuple(space, {p.atoms().intern("data"), line}));
}

void take_output(Process& p, Port& port, std::string_view bytes) {
  if (port.options.line == 0) {
    send_data(p, port, bytes);
    return;
  }
  for (char c : bytes) {
    if (c == '\n') {
      send_line(p, port, "eol", port.line);
      port.line.clear();
      continue;
    }
    port.line += c;
    if (port.line.size() >= port.options.line) {
      send_line(p, port, "noeol", port.line);
      port.line.clear();
    }
  }
}

void put_input(Process& p, Port& port, Term data) {
  std::string bytes;
  if (!append_iodata(data, bytes)) return;
  if (!port.child->queue_input(bytes)) return;
  auto* call = new WriteCall(port.child);
  call->release();
  p.system->run_blocking(call);
}

SliceResult end_port(Process& p, Term reason) {
  p.exc.class_ = atoms::exit;
  p.exc.reason = reason;
  return SliceResult::Exited;
}

/// False when the message ends the port.
bool obey(Process& p, Port& port, Term m) {
  if (!m.is_tuple()) return true;
  AtomTable& table = p.atoms();
  size_t arity = tuple_arity(m);
  Term first = arity > 0 ? tuple_at(m, 0) : Term::none();
  if (first == atoms::EXIT && arity == 3) return tuple_at(m, 1) != port.owner;
  Term what = arity == 2 ? tuple_at(m, 1) : Term::none();
  if (arity != 2 || !(first.is_pid() || first == table.intern("phial_port"))) return true;
  if (what == table.intern("close")) {
    if (first.is_pid()) {
      ArenaSpace space;
      tell_owner(p, port, space, table.intern("closed"));
    }
    return false;
  }
  if (is_tuple_of(what, 2) && tuple_at(what, 0) == table.intern("command")) put_input(p, port, tuple_at(what, 1));
  if (is_tuple_of(what, 2) && tuple_at(what, 0) == table.intern("connect") && tuple_at(what, 1).is_pid()) {
    Term old = port.owner;
    port.owner = tuple_at(what, 1);
    if (first.is_pid()) {
      ArenaSpace space;
      deliver(*p.system, p.scheduler, old,
              new_message(*p.system, make_tuple(space, {p.self, table.intern("connected")})));
    }
  }
  return true;
}

/// Nothing in this heap lives from one slice to the next.
class NoRoots final : public HeapOwner {
 public:
  void visit_roots(RootVisitor&, bool) override {}
  void stack_moved(ptrdiff_t) override {}
};

SliceResult port_body(Process& p) {
  Port& port = *static_cast<Port*>(p.native_state);
  for (Term m; !(m = peek(p)).is_none();) {
    bool go_on = obey(p, port, m);
    accept(p);
    if (!go_on) return end_port(p, atoms::normal);
  }
  NoRoots nothing;
  p.heap.ensure(nothing, 64);
  if (BlockingCall* c = blocking_call(p)) {
    if (!c->done()) return SliceResult::Waiting;
    auto* read = static_cast<ReadCall*>(c);
    if (read->more) {
      take_output(p, port, read->data);
    } else {
      if (!port.line.empty()) send_line(p, port, "noeol", port.line);
      ArenaSpace space;
      if (port.options.eof) tell_owner(p, port, space, atoms::eof);
      if (port.options.exit_status) {
        Term status = Term::fixnum(read->status);
        tell_owner(p, port, space, make_tuple(space, {p.atoms().intern("exit_status"), status}));
      }
      finish_blocking(p);
      return end_port(p, atoms::normal);
    }
    finish_blocking(p);
  }
  start_blocking(p, new ReadCall(port.child));
  return SliceResult::Waiting;
}

void forget_port(ExitHook* hook, Process&) {
  auto* port = static_cast<Port*>(hook);
  port->child->cancel();
  port->child->close_input();
  port->child->release();
  delete port;
}

// Options.

bool os_text(Term t, std::string& out) {
  out.clear();
  return (t.is_list() || is_binary(t)) && append_chardata(t, out) && out.find('\0') == std::string::npos;
}

void set_variable(std::vector<std::string>& environment, const std::string& name, const std::string* value) {
  std::erase_if(environment, [&](const std::string& v) { return v.compare(0, name.size() + 1, name + "=") == 0; });
  if (value != nullptr) environment.push_back(name + "=" + *value);
}

bool environment_from(Term list, std::vector<std::string>& environment) {
  for (; list.is_cons(); list = list.tail()) {
    Term pair = list.head();
    std::string name, value;
    if (!is_tuple_of(pair, 2) || !os_text(tuple_at(pair, 0), name)) return false;
    if (tuple_at(pair, 1) == atoms::false_) set_variable(environment, name, nullptr);
    else if (os_text(tuple_at(pair, 1), value)) set_variable(environment, name, &value);
    else return false;
  }
  return list.is_nil_list();
}

bool pair_option(Process& p, Term key, Term value, PortOptions& o, std::string& arg0) {
  std::string_view name = p.atoms().text(key);
  std::string text;
  if (name == "args") {
    for (; value.is_cons(); value = value.tail()) {
      if (!os_text(value.head(), text)) return false;
      o.command.args.push_back(text);
    }
    return value.is_nil_list();
  }
  if (name == "cd") return os_text(value, o.command.directory);
  if (name == "arg0") return os_text(value, arg0);
  if (name == "env") return environment_from(value, o.command.environment);
  if (name == "line" && value.is_fixnum() && value.as_fixnum() > 0) {
    o.line = static_cast<size_t>(value.as_fixnum());
    return true;
  }
  return name == "parallelism" || name == "busy_limits_port" || name == "busy_limits_msgq";
}

bool port_options(Process& p, Term list, PortOptions& o, std::string& arg0) {
  for (; list.is_cons(); list = list.tail()) {
    Term option = list.head();
    if (is_tuple_of(option, 2) && tuple_at(option, 0).is_atom()) {
      if (!pair_option(p, tuple_at(option, 0), tuple_at(option, 1), o, arg0)) return false;
      continue;
    }
    if (!option.is_atom()) return false;
    std::string_view name = p.atoms().text(option);
    if (name == "binary") o.binary = true;
    else if (name == "exit_status") o.exit_status = true;
    else if (name == "eof") o.eof = true;
    else if (name == "stderr_to_stdout") o.command.error_to_output = true;
    else if (name == "nouse_stdio") o.command.use_stdio = false;
    else if (name != "use_stdio" && name != "stream" && name != "hide" && name != "in" && name != "out") return false;
  }
  return list.is_nil_list();
}

Term error_name(Process& p, int code) {
  switch (code) {
    case ENOENT: return p.atoms().intern("enoent");
    case EACCES: return p.atoms().intern("eacces");
    case ENOMEM: return p.atoms().intern("enomem");
    case EAGAIN: return p.atoms().intern("eagain");
    case EMFILE: return p.atoms().intern("emfile");
    default: return p.atoms().intern("einval");
  }
}

Process* live_port(Process& p, Term port) {
  Process* q = port.is_pid() ? p.system->table.find(port) : nullptr;
  return q != nullptr && q->native_body == port_body ? q : nullptr;
}

Term tell_port(Process& p, Term port, Term what) {
  Process* q = live_port(p, port);
  if (q == nullptr) return p.raise_badarg();
  Term message = make_tuple(p.heap, {p.atoms().intern("phial_port"), what});
  return deliver(*p.system, p.scheduler, *q, new_message(*p.system, message)) ? atoms::true_ : p.raise_badarg();
}

}  // namespace

Term erlang_open_port(Process& p, Term* a) {
  PortOptions o;
  std::string arg0, program;
  o.command.environment = p.system->environment.variables();
  if (!is_tuple_of(a[0], 2) || !tuple_at(a[0], 0).is_atom() || !os_text(tuple_at(a[0], 1), program) ||
      !port_options(p, a[1], o, arg0)) {
    return p.raise_badarg();
  }
  std::string_view way = p.atoms().text(tuple_at(a[0], 0));
  if (way == "spawn") {
    o.command.path = "/bin/sh";
    o.command.args = {"sh", "-c", "exec " + program};
  } else if (way == "spawn_executable") {
    o.command.path = program;
    o.command.args.insert(o.command.args.begin(), arg0.empty() ? program : arg0);
    if (access(program.c_str(), X_OK) != 0) return p.raise_error(error_name(p, errno));
  } else {
    return p.raise_badarg();
  }
  int error = 0;
  OsProcess* child = OsProcess::start(o.command, error);
  if (child == nullptr) return p.raise_error(error_name(p, error));

  Process* q = p.runtime->new_process(p.group_leader, p.scheduler);
  if (q == nullptr) {
    child->cancel();
    child->release();
    return p.raise_error(atoms::system_limit);
  }
  auto* port = new Port;
  port->run = forget_port;
  port->options = std::move(o);
  port->child = child;
  port->owner = p.self;
  q->native_body = port_body;
  q->native_state = port;
  q->parent = p.self;
  q->set(kTrapExit);
  add_exit_hook(*q, port);
  relations_of(*q).links.insert(p.self.pid_id(), Link{});
  relations_of(p).links.insert(q->self.pid_id(), Link{});
  Term pid = q->self;
  p.system->start(*q, *p.scheduler);
  p.charge(1000);
  return pid;
}

Term erlang_port_close(Process& p, Term* a) { return tell_port(p, a[0], p.atoms().intern("close")); }

Term erlang_port_command(Process& p, Term* a) {
  std::string bytes;
  if (!append_iodata(a[1], bytes)) return p.raise_badarg();
  return tell_port(p, a[0], make_tuple(p.heap, {p.atoms().intern("command"), make_binary(p.heap, bytes)}));
}

Term erlang_port_connect(Process& p, Term* a) {
  if (!a[1].is_pid()) return p.raise_badarg();
  return tell_port(p, a[0], make_tuple(p.heap, {p.atoms().intern("connect"), a[1]}));
}

Term erlang_port_info_all(Process& p, Term* a) {
  if (!a[0].is_pid()) return p.raise_badarg();
  return live_port(p, a[0]) != nullptr ? Term::nil_list() : atoms::undefined;
}

Term erlang_port_info(Process& p, Term* a) {
  if (!a[0].is_pid() || !a[1].is_atom()) return p.raise_badarg();
  return atoms::undefined;
}

}  // namespace phial::natives
