#include "compiler/driver/vm_macro_host.h"

#include <cstdio>
#include <vector>

#include "vm/code/code_server.h"
#include "vm/heap/copy.h"
#include "vm/interp/fiber.h"
#include "vm/interp/trace.h"
#include "vm/term/binary.h"
#include "vm/term/inspect.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

namespace {
/// Stack left to what runs below the expander: the parser's and allocator's frames, signal handlers.
constexpr size_t kStackReserve = 96 * 1024;
}  // namespace

VmMacroHost::VmMacroHost(Compiler& compiler, Process& process) : compiler_(compiler), process_(process) {
  size_t left = fiber_stack_left(process);
  if (left > kStackReserve) {
    stack_limit = static_cast<const char*>(__builtin_frame_address(0)) - (left - kStackReserve);
  }
}

bool VmMacroHost::ensure_loaded(Term module, bool) {
  return code_server(process_).ensure_loaded(module) != nullptr || code_server(process_).has_natives(module);
}

Term VmMacroHost::module_info(Term module) {
  Module* m = code_server(process_).find_module(module);
  return m ? m->info : Term::none();
}

Term VmMacroHost::exports(Term module, ArenaSpace& arena) {
  CodeServer& server = code_server(process_);
  if (!server.ensure_loaded(module) && !server.has_natives(module)) return Term::none();
  ListBuilder out(arena);
  for (auto [name, arity] : server.exports_of(module)) out.push(make_tuple(arena, {name, Term::fixnum(arity)}));
  return out.finish();
}

bool VmMacroHost::function_exported(Term module, Term name, uint32_t arity) {
  CodeServer& server = code_server(process_);
  auto exported = [&] {
    Export* e = server.find_export(module, name, arity);
    return e != nullptr && (e->owner.load(std::memory_order_acquire) != nullptr || e->native != nullptr);
  };
  return exported() || (server.find_module(module) == nullptr && server.ensure_loaded(module) != nullptr && exported());
}

RunResult VmMacroHost::apply(Export* target, std::span<const Term> args, ArenaSpace& arena) {
  std::vector<Term> copies;
  copies.reserve(args.size());
  for (Term t : args) copies.push_back(deep_copy(process_.heap, t));
  FiberResult r = fiber_apply(process_, target, copies);
  if (r.ok()) return {false, deep_copy(arena, r.value)};
  if (r.dying) {
    pending_ = {atoms::exit, atoms::killed, Term::none()};
    return {true, Term::none()};
  }
  pending_ = {r.class_, deep_copy(pending_arena_, r.reason),
              r.trace.is_none() ? Term::none() : deep_copy(pending_arena_, r.trace)};
  return {true, Term::none()};
}

RunResult VmMacroHost::call(Term module, Term function, std::span<const Term> args, ArenaSpace& arena) {
  Export* target = code_server(process_).export_for(module, function, static_cast<uint32_t>(args.size()));
  return apply(target, args, arena);
}

RunResult VmMacroHost::run(const ModuleSource& source, std::span<const Term> args, ArenaSpace& arena) {
  std::string error;
  Module* module = compiler_.compile_and_load(source, false, error);
  if (!module) {
    AtomTable& atoms = process_.atoms();
    Term fields[] = {atoms::struct_,    atoms.intern("Elixir.CompileError"),
                     atoms::exception_, atoms::true_,
                     atoms::file,       atoms::nil,
                     atoms::line,       atoms::nil,
                     atoms.intern("description"), make_binary(pending_arena_, error)};
    return raise_exception(make_map(pending_arena_, atoms, fields));
  }
  // The next evaluation takes over the module's name at once, so the call goes to this version's code directly.
  Term run = process_.atoms().intern("__run__");
  for (const LoadedFunction& f : module->functions) {
    if (f.name != run || f.arity != args.size()) continue;
    Export entry;
    entry.code.store(f.entry, std::memory_order_relaxed);
    entry.module = module->name;
    entry.function = f.name;
    entry.arity = f.arity;
    return apply(&entry, args, arena);
  }
  VM_CHECK(!"evaluated code has no __run__");
  return {true, Term::none()};
}

bool VmMacroHost::define_module(const ModuleSource& source, std::string& error) {
  return compiler_.compile_and_load(source, true, error) != nullptr;
}

bool VmMacroHost::define_helper_module(const ModuleSource& source, std::string& error) {
  return compiler_.compile_and_load(source, false, error) != nullptr;
}

void VmMacroHost::print_diagnostic(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

RunResult VmMacroHost::raise_exception(Term exception) {
  pending_ = {atoms::error, deep_copy(pending_arena_, exception), Term::none()};
  return {true, Term::none()};
}

Term VmMacroHost::fail() {
  Term reason = deep_copy(process_.heap, pending_.reason);
  if (pending_.trace.is_none()) return process_.raise(pending_.class_, reason);
  FiberResult r;
  r.class_ = pending_.class_;
  r.reason = reason;
  r.trace = deep_copy(process_.heap, pending_.trace);
  return fiber_reraise(process_, r);
}

void VmMacroHost::describe_failure(std::string_view where) {
  AtomTable& atoms = process_.atoms();
  std::string trace;
  if (!pending_.trace.is_none()) trace = inspect_term(trace_to_list(process_, deep_copy(process_.heap, pending_.trace)), atoms);
  std::fprintf(stderr, "%.*s: ** (%s) %s\n%s\n", static_cast<int>(where.size()), where.data(),
               inspect_term(pending_.class_, atoms).c_str(), inspect_term(pending_.reason, atoms).c_str(), trace.c_str());
}

}  // namespace phial::compiler
