#include <algorithm>
#include <fstream>
#include <sstream>

#include <unistd.h>

#include "compiler/expand/expand_state.h"
#include "compiler/expand/module_builder.h"
#include "compiler/expand/native_support.h"
#include "vm/heap/copy.h"

namespace phial::compiler {

namespace {
struct RewriteRow {
  const char* module;
  const char* function;
  uint32_t arity;
  const char* target_module;
  const char* target;
  const char* order;
};
constexpr RewriteRow kRewrites[] = {
#define INLINE(module, function, arity, target_module, target) \
  {module, function, arity, target_module, target, nullptr},
#define REORDER(module, function, arity, target_module, target, order) \
  {module, function, arity, target_module, target, order},
#include "compiler/expand/rewrite.def"
#undef INLINE
#undef REORDER
};

struct GuardRow {
  const char* name;
  uint32_t arity;
};
constexpr GuardRow kGuards[] = {
    {"abs", 1},
    {"binary_part", 2},
    {"binary_part", 3},
    {"bit_size", 1},
    {"byte_size", 1},
    {"ceil", 1},
    {"element", 2},
    {"float", 1},
    {"floor", 1},
    {"hd", 1},
    {"is_map_key", 2},
    {"length", 1},
    {"map_get", 2},
    {"map_size", 1},
    {"max", 2},
    {"min", 2},
    {"node", 0},
    {"node", 1},
    {"round", 1},
    {"self", 0},
    {"size", 1},
    {"tl", 1},
    {"trunc", 1},
    {"tuple_size", 1},
    {"is_atom", 1},
    {"is_binary", 1},
    {"is_bitstring", 1},
    {"is_boolean", 1},
    {"is_float", 1},
    {"is_function", 1},
    {"is_function", 2},
    {"is_integer", 1},
    {"is_list", 1},
    {"is_map", 1},
    {"is_number", 1},
    {"is_pid", 1},
    {"is_port", 1},
    {"is_record", 2},
    {"is_record", 3},
    {"is_reference", 1},
    {"is_tuple", 1},
    {"+", 1},
    {"-", 1},
    {"+", 2},
    {"-", 2},
    {"*", 2},
    {"/", 2},
    {"div", 2},
    {"rem", 2},
    {"band", 2},
    {"bor", 2},
    {"bxor", 2},
    {"bnot", 1},
    {"bsl", 2},
    {"bsr", 2},
    {"==", 2},
    {"/=", 2},
    {"=:=", 2},
    {"=/=", 2},
    {"<", 2},
    {"=<", 2},
    {">", 2},
    {">=", 2},
    {"not", 1},
    {"and", 2},
    {"or", 2},
    {"xor", 2},
    {"andalso", 2},
    {"orelse", 2},
};
uint64_t row_key(Term module, Term function, uint32_t arity) {
  return (uint64_t{module.atom_index()} << 32) ^ (uint64_t{function.atom_index()} << 8) ^ arity;
}
}  // namespace

namespace {
// Every body may run code: all of them go on a fiber.
constexpr SessionNative kNatives[] = {
#define SESSION_NATIVE(module, function, arity, body) {module, function, arity, native_bodies::body, true},
#include "compiler/expand/natives.def"
#undef SESSION_NATIVE
};
}  // namespace

std::span<const SessionNative> session_natives() { return kNatives; }

ExpandSession::ExpandSession(AtomTable& atoms) : atoms_(atoms), names_(std::make_unique<Names>(atoms)) {
  for (const RewriteRow& r : kRewrites) {
    rewrites_[row_key(atoms.intern(r.module), atoms.intern(r.function), r.arity)] =
        Rewrite{atoms.intern(r.target_module), atoms.intern(r.target), r.order};
  }
  for (const GuardRow& g : kGuards) guards_.insert((uint64_t{atoms.intern(g.name).atom_index()} << 8) | g.arity);
  for (const SessionNative& row : session_natives()) {
    natives_[row_key(atoms.intern(row.module), atoms.intern(row.function), row.arity)] = &row;
  }
}

ExpandSession::~ExpandSession() = default;

ModuleBuilder* ExpandSession::open_module(Term name) {
  std::lock_guard lock(mutex_);
  auto it = open_.find(name.bits());
  return it == open_.end() ? nullptr : it->second;
}

ArenaSpace& ExpandSession::arena_for(Term first_arg, ArenaSpace& fallback) {
  if (!first_arg.is_atom()) return fallback;
  ModuleBuilder* b = open_module(first_arg);
  return b ? b->arena : fallback;
}

bool ExpandSession::open(ModuleBuilder* builder) {
  std::lock_guard lock(mutex_);
  return open_.emplace(builder->name.bits(), builder).second;
}

void ExpandSession::close(ModuleBuilder* builder) {
  std::lock_guard lock(mutex_);
  open_.erase(builder->name.bits());
}

Expander* ExpandSession::live_caller(int64_t handle) {
  std::lock_guard lock(mutex_);
  auto it = callers_.find(handle);
  return it == callers_.end() ? nullptr : it->second;
}
int64_t ExpandSession::add_caller(Expander* expander) {
  std::lock_guard lock(mutex_);
  callers_[next_handle_] = expander;
  return next_handle_++;
}
void ExpandSession::remove_caller(int64_t handle) {
  std::lock_guard lock(mutex_);
  callers_.erase(handle);
}

void ExpandSession::add_unit(EvalUnit* unit) {
  std::lock_guard lock(mutex_);
  unit->id_ = next_handle_++;
  units_[unit->id_] = unit;
}
void ExpandSession::remove_unit(EvalUnit* unit) {
  std::lock_guard lock(mutex_);
  units_.erase(unit->id_);
}
EvalUnit* ExpandSession::unit(int64_t id) {
  std::lock_guard lock(mutex_);
  auto it = units_.find(id);
  return it == units_.end() ? nullptr : it->second;
}

Term ExpandSession::option(Term key) {
  std::lock_guard lock(mutex_);
  auto it = options_.find(key.bits());
  return it == options_.end() ? Term::none() : it->second;
}
void ExpandSession::put_option(Term key, Term value) {
  std::lock_guard lock(mutex_);
  options_[key.bits()] = deep_copy(arena_, value);
}

void ExpandSession::drop_kernel_imports() {
  std::lock_guard lock(mutex_);
  kernel_imports_ = KernelImports();
}

ExpandSession::KernelImports ExpandSession::kernel_imports(MacroHost& host) {
  {
    std::lock_guard lock(mutex_);
    if (kernel_imports_.index) return kernel_imports_;
  }
  KernelImports made;
  bool loaded = host.ensure_loaded(atoms::Elixir_Kernel, false) &&
                host.function_exported(atoms::Elixir_Kernel, atoms_.intern("MACRO-to_string"), 2);
  ArenaSpace scratch;
  struct Item {
    Term name;
    int64_t arity;
  };
  std::vector<Item> functions, macros;
  for (Term l = builtin_kernel_macros(scratch, *names_); l.is_cons(); l = l.tail()) {
    macros.push_back({tuple_at(l.head(), 0), tuple_at(l.head(), 1).as_fixnum()});
  }
  if (loaded) {
    Term exports = host.exports(atoms::Elixir_Kernel, scratch);
    for (Term l = exports; l.is_cons(); l = l.tail()) {
      Term name = tuple_at(l.head(), 0);
      int64_t arity = tuple_at(l.head(), 1).as_fixnum();
      std::string_view text = atoms_.text(name);
      if (starts_with(text, "MACRO-")) {
        if (text.substr(6, 1) != "_") macros.push_back({atoms_.intern(std::string(text.substr(6))), arity - 1});
      } else if (text.substr(0, 1) != "_" && name != names_->module_info && name != names_->behaviour_info) {
        functions.push_back({name, arity});
      }
    }
  } else {
    for (const RewriteRow& r : kRewrites) {
      if (std::string_view(r.module) == "Elixir.Kernel") functions.push_back({atoms_.intern(r.function), r.arity});
    }
  }
  std::lock_guard lock(mutex_);
  auto list_of = [&](std::vector<Item>& items) {
    std::sort(items.begin(), items.end(), [&](const Item& a, const Item& b) {
      return a.name == b.name ? a.arity < b.arity : atoms_.text(a.name) < atoms_.text(b.name);
    });
    ListBuilder out(arena_);
    for (const Item& i : items) out.push(pair(arena_, i.name, Term::fixnum(i.arity)));
    return out.finish();
  };
  auto* index = new ImportIndex;
  made.index = Ref<const ImportIndex>(index);
  Term f = list_of(functions), m = list_of(macros);
  index->functions.emplace_back(new ImportSet(atoms::Elixir_Kernel, f));
  index->macros.emplace_back(new ImportSet(atoms::Elixir_Kernel, m));
  made.functions = make_list(arena_, {pair(arena_, atoms::Elixir_Kernel, f)});
  made.macros = make_list(arena_, {pair(arena_, atoms::Elixir_Kernel, m)});
  if (loaded) kernel_imports_ = made;
  return made;
}

Env ExpandSession::fresh_env(MacroHost& host, Term file) {
  Env env;
  env.file = file;
  env.line = 1;
  KernelImports imports = kernel_imports(host);
  env.functions = imports.functions;
  env.macros = imports.macros;
  env.imports = imports.index;
  std::lock_guard lock(mutex_);
  if (kernel_requires_.is_none()) kernel_requires_ = make_list(arena_, {atoms::Elixir_Kernel});
  env.required = kernel_requires_;
  return env;
}

void ExpandSession::set_source(std::string file, std::string text) {
  std::lock_guard lock(mutex_);
  sources_[std::move(file)] = std::move(text);
}

std::string ExpandSession::source_line(const std::string& file, uint32_t line) {
  std::string text;
  {
    std::lock_guard lock(mutex_);
    auto it = sources_.find(file);
    if (it != sources_.end()) text = it->second;
  }
  if (text.empty()) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return "";
    std::stringstream whole;
    whole << in.rdbuf();
    text = whole.str();
  }
  size_t start = 0;
  for (uint32_t i = 1; i < line; ++i) {
    start = text.find('\n', start);
    if (start == std::string::npos) return "";
    ++start;
  }
  size_t end = text.find('\n', start);
  return text.substr(start, end == std::string::npos ? std::string::npos : end - start);
}

void ExpandSession::emit(MacroHost& host, const Diagnostic& d) {
  {
    std::lock_guard lock(mutex_);
    if (d.is_error) ++error_count_;
    auto it = collectors_.find(host.process_key());
    if (it != collectors_.end()) {
      it->second.diagnostics.push_back(d);
      if (!it->second.log) return;
    }
  }
  host.print_diagnostic(diagnostic_text(d));
}

std::string ExpandSession::diagnostic_text(const Diagnostic& d) {
  // The message, the line with a mark under the place, the place.
  std::string file = d.file;
  std::string source = d.line == 0 ? std::string() : source_line(d.file, d.line);
  std::string place = shown_path(d.file);
  if (d.line != 0) place += ":" + std::to_string(d.line);
  if (d.line != 0 && d.column != 0) place += ":" + std::to_string(d.column);
  if (!d.where.empty()) place += ": " + d.where;
  std::string severity = d.is_error ? "error: " : "warning: ";
  std::string out;
  if (source.empty()) {
    std::string message = d.message;
    for (size_t at = message.find('\n'); at != std::string::npos; at = message.find('\n', at + 2)) {
      if (at + 1 < message.size() && message[at + 1] != '\n') message.insert(at + 1, "  ");
    }
    return severity + message + "\n" + "└─ " + place + "\n\n";
  }
  std::string number = std::to_string(d.line);
  size_t width = std::max<size_t>(2, number.size()) + 2;
  std::string pad(width, ' ');
  std::string message = d.message;
  for (size_t at = message.find('\n'); at != std::string::npos; at = message.find('\n', at + 1)) {
    if (at + 1 < message.size() && message[at + 1] != '\n') message.insert(at + 1, pad);
  }
  size_t indent = source.find_first_not_of(" \t");
  if (indent == std::string::npos) indent = 0;
  out += pad + severity + message + "\n";
  out += pad + "│\n";
  out += std::string(width - 1 - number.size(), ' ') + number + " │ " + source + "\n";
  size_t column = d.column != 0 ? d.column - 1 : indent;
  std::string mark = d.column != 0 ? "^" : std::string(source.size() > indent ? source.size() - indent : 1, '~');
  out += pad + "│ " + std::string(column, ' ') + mark + "\n";
  out += pad + "│\n";
  out += pad + "└─ " + place + "\n\n";
  return out;
}

std::string shown_path(const std::string& file) {
  char buffer[4096];
  if (file.empty() || file[0] != '/' || !getcwd(buffer, sizeof buffer)) return file;
  std::string cwd = std::string(buffer) + "/";
  return starts_with(file, cwd) ? file.substr(cwd.size()) : file;
}

void ExpandSession::start_collecting(const void* process, bool log) {
  std::lock_guard lock(mutex_);
  Collector& c = collectors_[process];
  c.stack.push_back({std::move(c.diagnostics), c.log});
  c.diagnostics.clear();
  c.log = log;
}

std::vector<Diagnostic> ExpandSession::stop_collecting(const void* process) {
  std::lock_guard lock(mutex_);
  auto it = collectors_.find(process);
  if (it == collectors_.end()) return {};
  std::vector<Diagnostic> out = std::move(it->second.diagnostics);
  it->second.diagnostics = std::move(it->second.stack.back().first);
  it->second.log = it->second.stack.back().second;
  it->second.stack.pop_back();
  if (it->second.stack.empty()) collectors_.erase(it);
  return out;
}

}  // namespace phial::compiler
