// Processes as functions: spawn, send, links, monitors, names, flags, dictionary.
#include <string>
#include <vector>

#include "vm/code/code_server.h"
#include "vm/natives/natives.h"
#include "vm/process/exit.h"
#include "vm/process/info.h"
#include "vm/process/mailbox.h"
#include "vm/process/spawn.h"
#include "vm/process/system.h"
#include "vm/process/watch.h"
#include "vm/term/off_heap.h"
#include "vm/term/bignum.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

constexpr int64_t kSpawnCost = 20;

Term charlist(Process& p, std::string_view text) {
  ListBuilder list(p.heap);
  for (char c : text) list.push(Term::fixnum(static_cast<unsigned char>(c)));
  return list.finish();
}

/// The bytes of a charlist; false when it is none.
bool charlist_bytes(Term list, std::string& out) {
  for (; list.is_cons(); list = list.tail()) {
    Term c = list.head();
    if (!c.is_fixnum() || c.as_fixnum() < 0 || c.as_fixnum() > 255) return false;
    out += static_cast<char>(c.as_fixnum());
  }
  return list.is_nil_list();
}

/// The end of a native after a signal to the process itself was handled: [result], unless it has to go.
Term unless_exiting(Process& p, Term result) { return p.exiting() ? p.yield_native() : result; }

// Options.

bool natural(Term t, uint64_t& out) {
  if (!t.is_fixnum() || t.as_fixnum() < 0) return false;
  out = static_cast<uint64_t>(t.as_fixnum());
  return true;
}

bool priority_from(Term atom, Priority& out) {
  if (atom == atoms::low) out = Priority::Low;
  else if (atom == atoms::normal) out = Priority::Normal;
  else if (atom == atoms::high) out = Priority::High;
  else if (atom == atoms::max_) out = Priority::Max;
  else return false;
  return true;
}

/// An integer, or a map with size, kill, error_logger.
bool max_heap_from(Term t, uint64_t& words, bool& kill, bool& log) {
  if (natural(t, words)) return true;
  if (!t.is_map()) return false;
  Term size = map_get(t, atoms::size);
  if (size.is_none() || !natural(size, words)) return false;
  Term k = map_get(t, atoms::kill);
  if (k == atoms::true_ || k == atoms::false_) kill = k == atoms::true_;
  else if (!k.is_none()) return false;
  Term l = map_get(t, atoms::error_logger);
  if (l == atoms::true_ || l == atoms::false_) log = l == atoms::true_;
  else if (!l.is_none()) return false;
  return true;
}

bool monitor_options_from(Term list, MonitorOptions& out) {
  for (; list.is_cons(); list = list.tail()) {
    Term option = list.head();
    if (!is_tuple_of(option, 2)) return false;
    Term key = tuple_at(option, 0), value = tuple_at(option, 1);
    if (key == atoms::tag) {
      out.tag = value;
    } else if (key == atoms::alias && value == atoms::explicit_unalias) {
      out.alias_flags = Watch::kAlias;
    } else if (key == atoms::alias && value == atoms::demonitor) {
      out.alias_flags = Watch::kAlias | Watch::kUntilDemonitor;
    } else if (key == atoms::alias && value == atoms::reply_demonitor) {
      out.alias_flags = Watch::kAlias | Watch::kUntilReply;
    } else {
      return false;
    }
  }
  return list.is_nil_list();
}

bool spawn_option(Term key, Term value, SpawnOptions& o) {
  uint64_t n = 0;
  if (key == atoms::monitor) {
    o.monitor = true;
    return monitor_options_from(value, o.monitor_options);
  }
  if (key == atoms::priority) return priority_from(value, o.priority);
  if (key == atoms::message_queue_data) {
    o.off_heap_queue = value == atoms::off_heap;
    return value == atoms::off_heap || value == atoms::on_heap;
  }
  if (key == atoms::max_heap_size) return max_heap_from(value, o.max_heap_words, o.max_heap_kill, o.max_heap_log);
  if (key == atoms::async_dist) return value == atoms::true_ || value == atoms::false_;
  if (!natural(value, n)) return false;
  if (key == atoms::scheduler) o.scheduler = static_cast<uint16_t>(n);
  else if (key == atoms::min_heap_size) o.min_heap_size = value;
  else if (key == atoms::min_bin_vheap_size) o.min_bin_vheap_size = value;
  else if (key == atoms::fullsweep_after) o.fullsweep_after = value;
  else return false;
  return true;
}

bool spawn_options_from(Term list, SpawnOptions& o) {
  for (; list.is_cons(); list = list.tail()) {
    Term option = list.head();
    if (option == atoms::link_) o.link = true;
    else if (option == atoms::monitor) o.monitor = true;
    else if (!is_tuple_of(option, 2) || !spawn_option(tuple_at(option, 0), tuple_at(option, 1), o)) return false;
  }
  return list.is_nil_list();
}

// Spawning.

Term spawned(Process& p, const Spawned& s, const SpawnOptions& o) {
  if (s.process == nullptr) return p.raise_error(atoms::system_limit);
  p.charge(kSpawnCost);
  if (!o.monitor) return s.process->self;
  return make_tuple(p.heap, {s.process->self, make_reference(p.heap, s.monitor)});
}

Term spawn_fun(Process& p, Term fun, const SpawnOptions& o) {
  if (!fun.is_fun()) return p.raise_badarg();
  return spawned(p, spawn(p, nullptr, fun, {}, o), o);
}

Term spawn_mfa(Process& p, const Term* a, const SpawnOptions& o) {
  int64_t arity = list_length(a[2]);
  if (!a[0].is_atom() || !a[1].is_atom() || arity < 0) return p.raise_badarg();
  if (arity > 255) return p.raise_error(atoms::system_limit);
  Term args[255];
  size_t n = 0;
  for (Term l = a[2]; l.is_cons(); l = l.tail()) args[n++] = l.head();
  Export* target = code_server(p).export_for(a[0], a[1], static_cast<uint32_t>(arity));
  return spawned(p, spawn(p, target, Term::none(), {args, n}, o), o);
}

constexpr SpawnOptions with_link() {
  SpawnOptions o;
  o.link = true;
  return o;
}
constexpr SpawnOptions with_monitor() {
  SpawnOptions o;
  o.monitor = true;
  return o;
}

}  // namespace

Term erlang_self(Process& p, Term*) { return p.self; }
Term erlang_spawn_fun(Process& p, Term* a) { return spawn_fun(p, a[0], {}); }
Term erlang_spawn(Process& p, Term* a) { return spawn_mfa(p, a, {}); }
Term erlang_spawn_link_fun(Process& p, Term* a) { return spawn_fun(p, a[0], with_link()); }
Term erlang_spawn_link(Process& p, Term* a) { return spawn_mfa(p, a, with_link()); }
Term erlang_spawn_monitor_fun(Process& p, Term* a) { return spawn_fun(p, a[0], with_monitor()); }
Term erlang_spawn_monitor(Process& p, Term* a) { return spawn_mfa(p, a, with_monitor()); }

Term erlang_spawn_opt_fun(Process& p, Term* a) {
  SpawnOptions o;
  return spawn_options_from(a[1], o) ? spawn_fun(p, a[0], o) : p.raise_badarg();
}
Term erlang_spawn_opt(Process& p, Term* a) {
  SpawnOptions o;
  return spawn_options_from(a[3], o) ? spawn_mfa(p, a, o) : p.raise_badarg();
}

// Sending.

namespace {

void send_to_pid(Process& p, Term pid, Term message) {
  Process* target = p.system->table.find(pid);
  if (target == nullptr) return;
  Signal* s = new_message(*p.system, message);
  p.charge(1 + ((s->flags & Signal::kInFragment) != 0 ? 16 : s->words / 16));
  deliver(*p.system, p.scheduler, *target, s);
}

/// False when [to] is no place to send to.
bool send_to(Process& p, Term to, Term message) {
  if (to.is_pid()) {
    send_to_pid(p, to, message);
    return true;
  }
  if (to.is_atom()) {
    Term pid = p.system->names.whereis(to);
    if (pid.is_none()) return false;
    send_to_pid(p, pid, message);
    return true;
  }
  if (to.is_reference()) {
    Ref ref = Ref::from(to);
    Process* owner = ref.is_alias() && !ref.maker().is_none() ? p.system->table.find(ref.maker()) : nullptr;
    if (owner != nullptr) {
      deliver(*p.system, p.scheduler, *owner,
              new_signal(*p.system, SignalKind::AliasMessage, p.self, message, ref));
    }
    return true;
  }
  if (is_tuple_of(to, 2) && tuple_at(to, 0).is_atom() && tuple_at(to, 1).is_atom()) {
    if (tuple_at(to, 1) != atoms::nonode) return true;
    Term pid = p.system->names.whereis(tuple_at(to, 0));
    if (!pid.is_none()) send_to_pid(p, pid, message);
    return true;
  }
  return false;
}

}  // namespace

Term erlang_send(Process& p, Term* a) { return send_to(p, a[0], a[1]) ? a[1] : p.raise_badarg(); }

Term erlang_send_options(Process& p, Term* a) {
  Term options = a[2];
  for (; options.is_cons(); options = options.tail()) {
    if (options.head() != atoms::noconnect && options.head() != atoms::nosuspend) return p.raise_badarg();
  }
  if (!options.is_nil_list()) return p.raise_badarg();
  return send_to(p, a[0], a[1]) ? atoms::ok : p.raise_badarg();
}

// Links.

Term erlang_link(Process& p, Term* a) {
  if (!a[0].is_pid()) return p.raise_badarg();
  if (link_to(p, a[0])) return atoms::true_;
  if (!p.has(kTrapExit)) return p.raise_error(atoms::noproc);
  deliver(*p.system, p.scheduler, p, exit_signal(*p.system, a[0], atoms::noproc, 0));
  return atoms::true_;
}

Term erlang_unlink(Process& p, Term* a) {
  if (!a[0].is_pid()) return p.raise_badarg();
  unlink_from(p, a[0]);
  return atoms::true_;
}

Term erlang_exit_signal(Process& p, Term* a) {
  if (!a[0].is_pid()) return p.raise_badarg();
  send_exit(p, a[0], a[1]);
  if (a[0] == p.self) handle_signals(p);
  return unless_exiting(p, atoms::true_);
}

// Monitors and aliases.

namespace {

Term monitor_with(Process& p, Term type, Term what, const MonitorOptions& o) {
  if (type != atoms::process) {
    bool clock = type == atoms::time_offset && what == atoms::clock_service;
    return clock ? make_reference(p.heap, make_alias(p, 0)) : p.raise_badarg();
  }
  Ref ref;
  if (what.is_pid()) {
    ref = monitor(p, what, Term::none(), o);
  } else if (what.is_atom()) {
    ref = monitor(p, p.system->names.whereis(what), what, o);
  } else if (is_tuple_of(what, 2) && tuple_at(what, 0).is_atom() && tuple_at(what, 1).is_atom()) {
    Term pid = tuple_at(what, 1) == atoms::nonode ? p.system->names.whereis(tuple_at(what, 0)) : Term::none();
    ref = monitor(p, pid, tuple_at(what, 0), o);
  } else {
    return p.raise_badarg();
  }
  return unless_exiting(p, make_reference(p.heap, ref));
}

}  // namespace

Term erlang_monitor(Process& p, Term* a) { return monitor_with(p, a[0], a[1], {}); }

Term erlang_monitor_options(Process& p, Term* a) {
  MonitorOptions o;
  return monitor_options_from(a[2], o) ? monitor_with(p, a[0], a[1], o) : p.raise_badarg();
}

Term erlang_demonitor(Process& p, Term* a) {
  if (!a[0].is_reference()) return p.raise_badarg();
  demonitor(p, Ref::from(a[0]));
  return atoms::true_;
}

Term erlang_demonitor_options(Process& p, Term* a) {
  if (!a[0].is_reference()) return p.raise_badarg();
  bool flush = false, info = false;
  Term options = a[1];
  for (; options.is_cons(); options = options.tail()) {
    if (options.head() == atoms::flush) flush = true;
    else if (options.head() == atoms::info) info = true;
    else return p.raise_badarg();
  }
  if (!options.is_nil_list()) return p.raise_badarg();
  Ref ref = Ref::from(a[0]);
  bool found = demonitor(p, ref);
  if (!found && flush) flush_down(p, ref);
  return unless_exiting(p, boolean(found || !info));
}

Term erlang_alias(Process& p, Term*) { return unless_exiting(p, make_reference(p.heap, make_alias(p, 0))); }

Term erlang_alias_options(Process& p, Term* a) {
  uint8_t flags = 0;
  Term options = a[0];
  for (; options.is_cons(); options = options.tail()) {
    if (options.head() == atoms::reply) flags = Watch::kUntilReply;
    else if (options.head() == atoms::explicit_unalias) flags = 0;
    else return p.raise_badarg();
  }
  if (!options.is_nil_list()) return p.raise_badarg();
  return unless_exiting(p, make_reference(p.heap, make_alias(p, flags)));
}

Term erlang_unalias(Process& p, Term* a) {
  if (!a[0].is_reference()) return p.raise_badarg();
  if (signals_pending(p)) handle_signals(p);
  return unless_exiting(p, boolean(unalias(p, Ref::from(a[0]))));
}

// Asking about other processes.

namespace {

/// Goes on with a request: its answer, or waiting on.
Term answer_or_wait(Process& p) {
  Term answer = take_answer(p);
  if (p.exiting()) return p.yield_native();
  return answer.is_none() ? p.wait_native() : answer;
}

Term request(Process& p, Term pid, RequestKind kind, Term term) {
  return send_request(p, pid, kind, term) ? p.wait_native() : refusal_of(kind);
}

}  // namespace

Term erlang_is_process_alive(Process& p, Term* a) {
  if (awaits_answer(p)) return answer_or_wait(p);
  if (!a[0].is_pid()) return p.raise_badarg();
  if (a[0] == p.self) return atoms::true_;
  Process* other = p.system->table.find(a[0]);
  if (other == nullptr) return atoms::false_;
  // A parked process has handled every signal sent so far.
  if (other->mailbox.outer.load(std::memory_order_acquire) == Mailbox::kParked) return atoms::true_;
  return request(p, a[0], RequestKind::IsAlive, Term::none());
}

Term erlang_processes(Process& p, Term*) {
  const ProcessTable& table = p.system->table;
  ListBuilder list(p.heap);
  uint64_t window = table.window();
  for (uint64_t slot = 0; slot < window; ++slot) {
    const Process* q = table.at(slot);
    if (q != nullptr && q->mailbox.outer.load(std::memory_order_relaxed) != Mailbox::kClosed) list.push(q->self);
  }
  p.charge(static_cast<int64_t>(window / 64));
  return list.finish();
}

Term erlang_process_info_all(Process& p, Term* a) {
  if (awaits_answer(p)) return answer_or_wait(p);
  if (!a[0].is_pid()) return p.raise_badarg();
  if (a[0] == p.self) {
    if (signals_pending(p)) handle_signals(p);
    return unless_exiting(p, process_info_all(p));
  }
  return request(p, a[0], RequestKind::InfoAll, Term::none());
}

Term erlang_process_info(Process& p, Term* a) {
  if (awaits_answer(p)) return answer_or_wait(p);
  if (!a[0].is_pid()) return p.raise_badarg();
  if (!a[1].is_atom()) {
    Term items = a[1];
    for (; items.is_cons(); items = items.tail()) {
      if (!is_info_item(items.head())) return p.raise_badarg();
    }
    if (!items.is_nil_list()) return p.raise_badarg();
  } else if (!is_info_item(a[1])) {
    return p.raise_badarg();
  }
  bool unnamed_alone = a[1] == atoms::registered_name;
  if (a[0] != p.self) {
    if (unnamed_alone) {
      // Known without asking; and for an unnamed process the answer is [] rather than a pair.
      const Process* other = p.system->table.find(a[0]);
      if (other == nullptr) return atoms::undefined;
      Term name = registered_name(*other);
      return name.is_none() ? Term::nil_list() : make_tuple(p.heap, {atoms::registered_name, name});
    }
    return request(p, a[0], RequestKind::Info, a[1]);
  }
  if (signals_pending(p)) handle_signals(p);
  if (p.exiting()) return p.yield_native();
  if (a[1].is_atom()) {
    if (unnamed_alone && registered_name(p).is_none()) return Term::nil_list();
    return process_info_pair(p, a[1]);
  }
  ListBuilder list(p.heap);
  for (Term items = a[1]; items.is_cons(); items = items.tail()) list.push(process_info_pair(p, items.head()));
  return list.finish();
}

Term erlang_suspend_process(Process& p, Term* a) {
  if (awaits_answer(p)) return answer_or_wait(p);
  if (!a[0].is_pid() || a[0] == p.self) return p.raise_badarg();
  return send_request(p, a[0], RequestKind::Suspend, Term::none()) ? p.wait_native() : p.raise_badarg();
}

Term erlang_resume_process(Process& p, Term* a) {
  if (!a[0].is_pid() || a[0] == p.self) return p.raise_badarg();
  Signal* s = new_signal(*p.system, SignalKind::Request, p.self);
  s->what = static_cast<uint8_t>(RequestKind::Resume);
  return deliver(*p.system, p.scheduler, a[0], s) ? atoms::true_ : p.raise_badarg();
}

Term erlang_garbage_collect(Process& p, Term*) {
  p.heap.want_major();
  return atoms::true_;
}

Term erlang_garbage_collect_other(Process& p, Term* a) {
  if (awaits_answer(p)) return answer_or_wait(p);
  if (!a[0].is_pid()) return p.raise_badarg();
  if (a[0] == p.self) return erlang_garbage_collect(p, a);
  return request(p, a[0], RequestKind::Collect, Term::none());
}

// Flags.

namespace {

Term set_flag(Process& p, Term flag, Term value) {
  uint64_t n = 0;
  if (flag == atoms::trap_exit) {
    if (value != atoms::true_ && value != atoms::false_) return p.raise_badarg();
    // What has arrived already is treated the old way.
    if (signals_pending(p)) handle_signals(p);
    if (p.exiting()) return p.yield_native();
    Term old = boolean(p.has(kTrapExit));
    if (value == atoms::true_) p.set(kTrapExit);
    else p.clear(kTrapExit);
    return old;
  }
  Term old = Term::none();
  if (flag == atoms::priority) {
    old = process_info_value(p, flag);
    return priority_from(value, p.priority) ? old : p.raise_badarg();
  }
  if (flag == atoms::message_queue_data) {
    old = process_info_value(p, flag);
    if (value != atoms::on_heap && value != atoms::off_heap) return p.raise_badarg();
    if (value == atoms::off_heap) p.set(kOffHeapQueue);
    else p.clear(kOffHeapQueue);
    return old;
  }
  if (flag == atoms::max_heap_size) {
    old = process_info_value(p, flag);
    Relations& r = relations_of(p);
    bool kill = r.max_heap_kill, log = r.max_heap_log;
    if (!max_heap_from(value, n, kill, log)) return p.raise_badarg();
    r.max_heap_words = n;
    r.max_heap_kill = kill;
    r.max_heap_log = log;
    return old;
  }
  if (flag == atoms::sensitive || flag == atoms::async_dist) {
    return value == atoms::true_ || value == atoms::false_ ? atoms::false_ : p.raise_badarg();
  }
  if (flag == atoms::error_handler) return value.is_atom() ? atoms::error_handler : p.raise_badarg();
  if (flag == atoms::monitor_nodes) return p.raise_badarg();
  if (!natural(value, n)) return p.raise_badarg();
  Relations& r = relations_of(p);
  Term* slot = flag == atoms::min_heap_size        ? &r.min_heap_size
               : flag == atoms::min_bin_vheap_size ? &r.min_bin_vheap_size
               : flag == atoms::fullsweep_after    ? &r.fullsweep_after
               : flag == atoms::save_calls         ? &r.save_calls
                                                   : nullptr;
  if (slot == nullptr) return p.raise_badarg();
  old = *slot;
  *slot = value;
  return old;
}

}  // namespace

Term erlang_process_flag(Process& p, Term* a) { return set_flag(p, a[0], a[1]); }

Term erlang_process_flag_other(Process& p, Term* a) {
  if (a[0] == p.self && a[1] == atoms::save_calls) return set_flag(p, a[1], a[2]);
  bool valid = a[0].is_pid() && a[1] == atoms::save_calls && a[2].is_fixnum();
  return valid ? Term::fixnum(0) : p.raise_badarg();
}

// Names.

Term erlang_register(Process& p, Term* a) {
  if (!a[0].is_atom() || a[0] == atoms::undefined || !a[1].is_pid()) return p.raise_badarg();
  Process* target = a[1] == p.self ? &p : p.system->table.find(a[1]);
  if (target == nullptr || !p.system->names.add(a[0], *target)) return p.raise_badarg();
  return atoms::true_;
}

Term erlang_unregister(Process& p, Term* a) {
  if (!a[0].is_atom() || !p.system->names.remove(a[0], p.system->table)) return p.raise_badarg();
  return atoms::true_;
}

Term erlang_whereis(Process& p, Term* a) {
  if (!a[0].is_atom()) return p.raise_badarg();
  Term pid = p.system->names.whereis(a[0]);
  return pid.is_none() ? atoms::undefined : pid;
}

Term erlang_registered(Process& p, Term*) { return make_list(p.heap, p.system->names.names()); }

Term erlang_group_leader(Process& p, Term*) { return p.group_leader; }

Term erlang_set_group_leader(Process& p, Term* a) {
  if (!a[0].is_pid() || !a[1].is_pid()) return p.raise_badarg();
  if (a[1] == p.self) {
    p.group_leader = a[0];
    return atoms::true_;
  }
  bool there = deliver(*p.system, p.scheduler, a[1], new_signal(*p.system, SignalKind::GroupLeader, p.self, a[0]));
  return there ? atoms::true_ : p.raise_badarg();
}

// The process dictionary: a map.

namespace {

Term dictionary(Process& p) {
  if (p.dictionary.is_none()) p.dictionary = make_empty_map(p.heap);
  return p.dictionary;
}

Term dictionary_list(Process& p) {
  return p.dictionary.is_none() ? Term::nil_list() : tuple_at(process_info_pair(p, atoms::dictionary), 1);
}

}  // namespace

Term erlang_put(Process& p, Term* a) {
  Term old = map_get(dictionary(p), a[0]);
  p.dictionary = map_put(p.heap, p.atoms(), p.dictionary, a[0], a[1]);
  return old.is_none() ? atoms::undefined : old;
}

Term erlang_get(Process& p, Term* a) {
  if (p.dictionary.is_none()) return atoms::undefined;
  Term value = map_get(p.dictionary, a[0]);
  return value.is_none() ? atoms::undefined : value;
}

Term erlang_get_all(Process& p, Term*) { return dictionary_list(p); }

Term erlang_get_keys(Process& p, Term*) {
  ListBuilder list(p.heap);
  MapIterator it(dictionary(p));
  for (Term key, value; it.next(key, value);) list.push(key);
  return list.finish();
}

Term erlang_get_keys_of(Process& p, Term* a) {
  ListBuilder list(p.heap);
  MapIterator it(dictionary(p));
  for (Term key, value; it.next(key, value);) {
    if (equal_exact(value, a[0])) list.push(key);
  }
  return list.finish();
}

Term erlang_erase_all(Process& p, Term*) {
  Term all = dictionary_list(p);
  p.dictionary = Term::none();
  return all;
}

Term erlang_erase(Process& p, Term* a) {
  Term old = map_get(dictionary(p), a[0]);
  if (old.is_none()) return atoms::undefined;
  p.dictionary = map_remove(p.heap, p.atoms(), p.dictionary, a[0]);
  return old;
}

// Identities as text.

Term erlang_make_ref(Process& p, Term*) {
  Ref ref{next_reference_id(p), 0};
  note_reference(p, ref.id);
  return unless_exiting(p, make_reference(p.heap, ref));
}

Term erlang_pid_to_list(Process& p, Term* a) {
  return a[0].is_pid() ? charlist(p, pid_text(a[0])) : p.raise_badarg();
}

namespace {

/// The numbers of a text like "<0.12.3>" between [prefix] and '>'; false when malformed.
bool dotted_numbers(std::string_view text, std::string_view prefix, std::vector<uint64_t>& out) {
  if (text.size() < prefix.size() + 2 || text.substr(0, prefix.size()) != prefix || text.back() != '>') return false;
  text = text.substr(prefix.size(), text.size() - prefix.size() - 1);
  uint64_t n = 0;
  size_t digits = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == '.') {
      if (digits == 0) return false;
      out.push_back(n);
      n = 0;
      digits = 0;
    } else if (text[i] >= '0' && text[i] <= '9' && digits < 18) {
      n = n * 10 + static_cast<uint64_t>(text[i] - '0');
      ++digits;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

Term erlang_list_to_pid(Process& p, Term* a) {
  std::string text;
  std::vector<uint64_t> n;
  if (!charlist_bytes(a[0], text) || !dotted_numbers(text, "<", n) || n.size() != 3 || n[0] != 0 ||
      n[1] > kPidSlotMask || n[2] >> (60 - kPidSlotBits) != 0) {
    return p.raise_badarg();
  }
  return make_pid(n[1], n[2]);
}

Term erlang_ref_to_list(Process& p, Term* a) {
  if (a[0].is_kind(Kind::Resource)) return charlist(p, "#Ref<" + reference_digits({resource_of(a[0])->number, 0}) + ">");
  if (!a[0].is_reference()) return p.raise_badarg();
  return charlist(p, "#Ref<" + reference_digits(Ref::from(a[0])) + ">");
}

Term erlang_list_to_ref(Process& p, Term* a) {
  std::string text;
  std::vector<uint64_t> n;
  if (!charlist_bytes(a[0], text) || !dotted_numbers(text, "#Ref<", n) || n.size() != 4 || n[0] != 0 ||
      n[1] >> 28 != 0 || n[2] >> 18 != 0 || n[3] >> 18 != 0) {
    return p.raise_badarg();
  }
  return make_reference(p.heap, {(n[1] << 36) | (n[2] << 18) | n[3], 0});
}

// Giving way.

Term erlang_hibernate(Process& p, Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom() || list_length(a[2]) < 0) return p.raise_badarg();
  rewind(p);
  p.heap.want_major();
  if (begin_wait(p)) {
    p.set(kHibernating);
    return p.wait_native();
  }
  p.clear(kHibernating);
  Export* apply = code_server(p).export_for(atoms::erlang, atoms::apply, 3);
  return p.tail_call(apply, {a[0], a[1], a[2]});
}

Term erlang_yield(Process& p, Term*) {
  p.reductions = 0;
  return atoms::true_;
}

Term erlang_bump_reductions(Process& p, Term* a) {
  if (!a[0].is_fixnum() || a[0].as_fixnum() < 1) return p.raise_badarg();
  p.charge(a[0].as_fixnum() < 1'000'000 ? a[0].as_fixnum() : 1'000'000);
  return atoms::true_;
}

Term erlang_ports(Process&, Term*) { return Term::nil_list(); }

Term phial_process_set_label(Process& p, Term* a) {
  relations_of(p).label = a[0];
  return atoms::ok;
}

}  // namespace phial::natives
