// The runtime and the operating system: halt, figures, environment variables, commands.
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "vm/natives/iodata.h"
#include "vm/natives/natives.h"
#include "vm/process/blocking.h"
#include "vm/process/info.h"
#include "vm/sched/runtime.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

Term charlist(Process& p, std::string_view text) {
  ListBuilder list(p.heap);
  while (!text.empty()) {
    uint32_t code = 0;
    size_t n = utf8_decode(text, code);
    if (n == 0) {
      code = static_cast<unsigned char>(text[0]);
      n = 1;
    }
    list.push(Term::fixnum(code));
    text.remove_prefix(n);
  }
  return list.finish();
}

/// A charlist or a binary, without zero bytes, as the operating system wants it.
bool os_text(Term t, std::string& out) {
  return (t.is_list() || is_binary(t)) && append_chardata(t, out) && out.find('\0') == std::string::npos;
}

Term unsigned_term(Process& p, uint64_t n) { return make_unsigned(p.heap, n); }
Term pair(Process& p, Term a, Term b) { return make_tuple(p.heap, {a, b}); }

}  // namespace

// Halting. The scheduler looks at the runtime's state before it runs anything again.

Term erlang_halt_ok(Process& p, Term*) {
  p.system->halt(0);
  return p.yield_native();
}

Term erlang_halt(Process& p, Term* a) {
  if (a[0].is_fixnum() && a[0].as_fixnum() >= 0) {
    p.system->halt(static_cast<int>(a[0].as_fixnum() & 0xff));
    return p.yield_native();
  }
  if (a[0] == p.atoms().intern("abort")) abort();
  std::string slogan;
  if (!os_text(a[0], slogan)) return p.raise_badarg();
  std::fprintf(stderr, "%s\n", slogan.c_str());
  p.system->halt(1);
  return p.yield_native();
}

// Nodes: there is one.

Term erlang_node(Process&, Term*) { return atoms::nonode; }
Term erlang_node_of(Process& p, Term* a) {
  return a[0].is_pid() || a[0].is_reference() ? atoms::nonode : p.raise_badarg();
}
Term erlang_nodes(Process&, Term*) { return Term::nil_list(); }
Term erlang_is_alive(Process&, Term*) { return atoms::false_; }
Term erlang_get_cookie(Process& p, Term*) { return p.atoms().intern("nocookie"); }

// Figures.

namespace {

Term atom(Process& p, std::string_view text) { return p.atoms().intern(text); }

/// none() for an unknown item.
Term system_info(Process& p, std::string_view item) {
  Runtime& r = *p.runtime;
  auto schedulers = [&] { return Term::fixnum(r.scheduler_count()); };
  if (item == "schedulers" || item == "schedulers_online" || item == "logical_processors" ||
      item == "logical_processors_available" || item == "logical_processors_online") {
    return schedulers();
  }
  if (item == "dirty_cpu_schedulers" || item == "dirty_cpu_schedulers_online") return schedulers();
  if (item == "dirty_io_schedulers" || item == "thread_pool_size") return Term::fixnum(r.options().blocking_threads);
  if (item == "scheduler_id") return Term::fixnum(p.scheduler->index + 1);
  if (item == "process_count") return Term::fixnum(r.live_processes());
  if (item == "process_limit") return unsigned_term(p, r.table.limit());
  if (item == "atom_count") return Term::fixnum(r.atoms.count());
  if (item == "atom_limit") return Term::fixnum(r.options().atom_limit);
  if (item == "port_count") return Term::fixnum(0);
  if (item == "port_limit") return Term::fixnum(65'536);
  if (item == "ets_limit") return Term::fixnum(8192);
  if (item == "otp_release") return charlist(p, "25");
  if (item == "version") return charlist(p, "13.2");
  if (item == "nif_version") return charlist(p, "2.16");
  if (item == "driver_version") return charlist(p, "3.3");
  if (item == "machine") return charlist(p, "PHIAL");
  if (item == "system_version") return charlist(p, "Phial [64-bit]\n");
  if (item == "system_architecture") {
#if defined(__x86_64__)
    return charlist(p, "x86_64-pc-linux-gnu");
#else
    return charlist(p, "aarch64-unknown-linux-gnu");
#endif
  }
  if (item == "wordsize") return Term::fixnum(8);
  if (item == "endian") return atom(p, "little");
  if (item == "threads" || item == "smp_support" || item == "kernel_poll" || item == "tolerant_timeofday") {
    return item == "tolerant_timeofday" ? atom(p, "enabled") : atoms::true_;
  }
  if (item == "emu_flavor") return atom(p, "emu");
  if (item == "emu_type" || item == "build_type") return atom(p, "opt");
  if (item == "heap_type") return atom(p, "private");
  if (item == "multi_scheduling") return r.scheduler_count() > 1 ? atom(p, "enabled") : atom(p, "disabled");
  if (item == "debug_compiled" || item == "modified_timing_level" || item == "lock_checking") {
    return item == "modified_timing_level" ? atoms::undefined : atoms::false_;
  }
  if (item == "time_correction") return atoms::true_;
  if (item == "time_offset") return atom(p, "final");
  if (item == "time_warp_mode") return atom(p, "no_time_warp");
  if (item == "start_time") return make_integer(p.heap, r.started_ns());
  if (item == "end_time") return make_integer(p.heap, INT64_MAX);
  if (item == "creation") return Term::fixnum(0);
  if (item == "compat_rel") return Term::fixnum(25);
  if (item == "cpu_topology") return atoms::undefined;
  if (item == "fullsweep_after") return pair(p, atoms::fullsweep_after, Term::fixnum(65535));
  if (item == "min_heap_size") return pair(p, atoms::min_heap_size, Term::fixnum(233));
  if (item == "min_bin_vheap_size") return pair(p, atoms::min_bin_vheap_size, Term::fixnum(46422));
  if (item == "update_cpu_info") return atom(p, "unchanged");
  return Term::none();
}

}  // namespace

Term erlang_system_info(Process& p, Term* a) {
  if (is_tuple_of(a[0], 2) && tuple_at(a[0], 0).is_atom() && p.atoms().text(tuple_at(a[0], 0)) == "wordsize") {
    return Term::fixnum(8);
  }
  if (!a[0].is_atom()) return p.raise_badarg();
  Term value = system_info(p, p.atoms().text(a[0]));
  return value.is_none() ? p.raise_badarg() : value;
}

Term erlang_system_flag(Process& p, Term* a) {
  if (!a[0].is_atom()) return p.raise_badarg();
  std::string_view flag = p.atoms().text(a[0]);
  for (std::string_view known : {"schedulers_online", "multi_scheduling", "time_offset", "backtrace_depth",
                                 "max_heap_size", "min_heap_size", "fullsweep_after", "scheduler_wall_time",
                                 "dirty_cpu_schedulers_online", "trace_control_word", "min_bin_vheap_size"}) {
    if (flag != known) continue;
    if (flag == "backtrace_depth") return Term::fixnum(8);
    if (flag == "scheduler_wall_time") return atoms::false_;
    Term old = system_info(p, flag);
    return old.is_none() ? Term::fixnum(0) : old;
  }
  return p.raise_badarg();
}

Term erlang_statistics(Process& p, Term* a) {
  if (!a[0].is_atom()) return p.raise_badarg();
  Runtime& r = *p.runtime;
  std::string_view item = p.atoms().text(a[0]);
  // What changes is given as the total and the part since the last call.
  auto total_and_new = [&p](std::atomic<uint64_t>& mark, uint64_t total) {
    uint64_t before = mark.exchange(total, std::memory_order_relaxed);
    return pair(p, unsigned_term(p, total), unsigned_term(p, total - before));
  };
  if (item == "runtime") {
    return total_and_new(r.marks.runtime_ms, static_cast<uint64_t>(r.environment.cpu_ns() / 1'000'000));
  }
  if (item == "wall_clock") {
    return total_and_new(r.marks.wall_ms, static_cast<uint64_t>((r.environment.monotonic_ns() - r.started_ns()) / 1'000'000));
  }
  if (item == "reductions" || item == "exact_reductions") {
    return total_and_new(r.marks.reductions, r.total_reductions() + static_cast<uint64_t>(p.slice - p.reductions));
  }
  if (item == "context_switches") return pair(p, unsigned_term(p, r.total_switches()), Term::fixnum(0));
  if (item == "garbage_collection") {
    return make_tuple(p.heap, {unsigned_term(p, p.heap.minor_collections() + p.heap.major_collections()), Term::fixnum(0),
                               Term::fixnum(0)});
  }
  if (item == "io") {
    return pair(p, pair(p, atom(p, "input"), Term::fixnum(0)), pair(p, atom(p, "output"), Term::fixnum(0)));
  }
  if (item == "run_queue" || item == "total_run_queue_lengths" || item == "total_run_queue_lengths_all" ||
      item == "total_active_tasks" || item == "total_active_tasks_all") {
    uint64_t total = 0;
    for (unsigned i = 0; i < r.scheduler_count(); ++i) total += r.scheduler(i).load();
    return unsigned_term(p, total + (item.find("active") != std::string_view::npos ? 1 : 0));
  }
  if (item == "run_queue_lengths" || item == "active_tasks" || item == "run_queue_lengths_all" || item == "active_tasks_all") {
    ListBuilder list(p.heap);
    for (unsigned i = 0; i < r.scheduler_count(); ++i) list.push(Term::fixnum(r.scheduler(i).load()));
    return list.finish();
  }
  if (item == "scheduler_wall_time") return atoms::undefined;
  return p.raise_badarg();
}

namespace {

/// Kilobytes in a line of /proc/self/status, as bytes; 0 when it is not there.
uint64_t resident_bytes() {
  std::FILE* f = std::fopen("/proc/self/statm", "r");
  if (f == nullptr) return 0;
  unsigned long long size = 0, resident = 0;
  int n = std::fscanf(f, "%llu %llu", &size, &resident);
  std::fclose(f);
  return n == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

struct MemoryFigures {
  uint64_t total, processes, atom;
};

MemoryFigures memory_figures(Process& p) {
  uint64_t total = resident_bytes();
  // Other processes' heaps change while one looks; their number and a typical size give the order of magnitude.
  uint64_t processes = process_memory_bytes(p) + static_cast<uint64_t>(p.runtime->live_processes()) * 1024;
  return {total > processes ? total : processes, processes, uint64_t{p.atoms().count()} * 40};
}

Term memory_item(Process& p, const MemoryFigures& m, Term item) {
  if (item == atoms::total) return unsigned_term(p, m.total);
  if (item == atoms::processes || item == atoms::processes_used) return unsigned_term(p, m.processes);
  if (item == atoms::system) return unsigned_term(p, m.total - m.processes);
  if (item == atoms::atom || item == atoms::atom_used) return unsigned_term(p, m.atom);
  if (item == atoms::binary) return unsigned_term(p, p.heap.off_heap_total());
  if (item == atoms::code) return unsigned_term(p, 4u << 20);
  if (item == atoms::ets) return unsigned_term(p, 0);
  return Term::none();
}

}  // namespace

Term erlang_memory_all(Process& p, Term*) {
  MemoryFigures m = memory_figures(p);
  ListBuilder list(p.heap);
  for (Term item : {atoms::total, atoms::processes, atoms::processes_used, atoms::system, atoms::atom, atoms::atom_used,
                    atoms::binary, atoms::code, atoms::ets}) {
    list.push(pair(p, item, memory_item(p, m, item)));
  }
  return list.finish();
}

Term erlang_memory(Process& p, Term* a) {
  MemoryFigures m = memory_figures(p);
  if (a[0].is_atom()) {
    Term value = memory_item(p, m, a[0]);
    return value.is_none() ? p.raise_badarg() : value;
  }
  ListBuilder list(p.heap);
  Term items = a[0];
  for (; items.is_cons(); items = items.tail()) {
    Term value = memory_item(p, m, items.head());
    if (value.is_none()) return p.raise_badarg();
    list.push(pair(p, items.head(), value));
  }
  return items.is_nil_list() ? list.finish() : p.raise_badarg();
}

// Environment variables.

Term os_getenv_all(Process& p, Term*) {
  ListBuilder list(p.heap);
  for (const std::string& v : p.system->environment.variables()) list.push(charlist(p, v));
  return list.finish();
}

Term os_env(Process& p, Term*) {
  ListBuilder list(p.heap);
  for (const std::string& v : p.system->environment.variables()) {
    size_t equals = v.find('=', 1);
    if (equals == std::string::npos) continue;
    list.push(pair(p, charlist(p, v.substr(0, equals)), charlist(p, v.substr(equals + 1))));
  }
  return list.finish();
}

namespace {

bool variable_name(Term t, std::string& out) { return os_text(t, out) && out.find('=', 1) == std::string::npos; }

Term getenv_or(Process& p, Term name_term, Term otherwise) {
  std::string name;
  if (!variable_name(name_term, name)) return p.raise_badarg();
  auto value = p.system->environment.variable(name);
  return value ? charlist(p, *value) : otherwise;
}

}  // namespace

Term os_getenv(Process& p, Term* a) { return getenv_or(p, a[0], atoms::false_); }
Term os_getenv_default(Process& p, Term* a) { return getenv_or(p, a[0], a[1]); }

Term os_putenv(Process& p, Term* a) {
  std::string name, value;
  if (!variable_name(a[0], name) || !os_text(a[1], value)) return p.raise_badarg();
  p.system->environment.set_variable(name, value);
  return atoms::true_;
}

Term os_unsetenv(Process& p, Term* a) {
  std::string name;
  if (!variable_name(a[0], name)) return p.raise_badarg();
  p.system->environment.unset_variable(name);
  return atoms::true_;
}

// The operating system.

Term os_getpid(Process& p, Term*) { return charlist(p, std::to_string(getpid())); }
Term os_type(Process& p, Term*) { return pair(p, atom(p, "unix"), atom(p, "linux")); }

Term os_version(Process& p, Term*) {
  utsname name;
  int version[3] = {0, 0, 0};
  if (uname(&name) == 0) std::sscanf(name.release, "%d.%d.%d", &version[0], &version[1], &version[2]);
  return make_tuple(p.heap, {Term::fixnum(version[0]), Term::fixnum(version[1]), Term::fixnum(version[2])});
}

namespace {

/// A shell command and what it printed.
class ShellCall final : public BlockingCall {
 public:
  explicit ShellCall(std::string command) : command_(std::move(command)) {}
  void work() override {
    std::FILE* pipe = popen(("exec 2>&1 </dev/null; " + command_).c_str(), "re");
    if (pipe == nullptr) return;
    char piece[4096];
    for (size_t n; (n = std::fread(piece, 1, sizeof piece, pipe)) > 0;) output.append(piece, n);
    pclose(pipe);
  }
  std::string output;

 private:
  std::string command_;
};

}  // namespace

Term os_cmd(Process& p, Term* a) {
  if (BlockingCall* call = blocking_call(p)) {
    if (!call->done()) return p.wait_native();
    Term result = charlist(p, static_cast<ShellCall*>(call)->output);
    finish_blocking(p);
    return result;
  }
  std::string command;
  if (a[0].is_atom()) command = p.atoms().text(a[0]);
  else if (!os_text(a[0], command)) return p.raise_badarg();
  return start_blocking(p, new ShellCall(std::move(command)));
}

namespace {

Term find_executable(Process& p, Term name_term, const std::string& path) {
  std::string name;
  if (!os_text(name_term, name) || name.empty()) return p.raise_badarg();
  auto executable = [](const std::string& file) { return access(file.c_str(), X_OK) == 0; };
  if (name.find('/') != std::string::npos) return executable(name) ? charlist(p, name) : atoms::false_;
  for (size_t from = 0; from <= path.size();) {
    size_t to = path.find(':', from);
    if (to == std::string::npos) to = path.size();
    std::string file = path.substr(from, to - from) + "/" + name;
    if (to > from && executable(file)) return charlist(p, file);
    from = to + 1;
  }
  return atoms::false_;
}

}  // namespace

Term os_find_executable(Process& p, Term* a) {
  return find_executable(p, a[0], p.system->environment.variable("PATH").value_or(""));
}

Term os_find_executable_in(Process& p, Term* a) {
  std::string path;
  return os_text(a[1], path) ? find_executable(p, a[0], path) : p.raise_badarg();
}

}  // namespace phial::natives
