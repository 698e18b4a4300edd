#include "vm/code/code_server.h"

#include <algorithm>

#include "vm/bytecode/reader.h"
#include "vm/code/internal_op.h"
#include "vm/code/loader.h"
#include "vm/heap/literals.h"
#include "vm/process/process.h"
#include "vm/process/system.h"
#include "vm/term/atom.h"

namespace phial {
namespace {

uint64_t mix(uint64_t v) {
  v *= 0x9e3779b97f4a7c15;
  return v ^ (v >> 32);
}
uint64_t hash_of(Term module, Term function, uint32_t arity) {
  return mix(mix(module.bits()) + function.bits() * 31 + arity);
}
uint64_t hash_of(Term name) { return mix(name.bits()); }

}  // namespace

uint64_t CodeServer::ExportCell::hash() const { return hash_of(module, function, arity); }
uint64_t CodeServer::ModuleCell::hash() const { return hash_of(name); }
uint64_t CodeServer::ImplCell::hash() const { return hash_of(protocol, target, 0); }

CodeServer::CodeServer(AtomTable& atoms) : atoms_(atoms) {
  add_stub(atoms::erlang, atoms.intern("apply"), 2, InternalOp::ApplyFun);
  add_stub(atoms::erlang, atoms.intern("apply"), 3, InternalOp::ApplyExport);
  add_stub(atoms::erlang, atoms.intern("hibernate"), 3, InternalOp::Hibernate);
}

CodeServer::~CodeServer() = default;

Export* CodeServer::find_export(Term module, Term function, uint32_t arity) const {
  return exports_.find(hash_of(module, function, arity), [=](const ExportCell& e) {
    return e.module == module && e.function == function && e.arity == arity;
  });
}

Export* CodeServer::export_for(Term module, Term function, uint32_t arity) {
  if (Export* e = find_export(module, function, arity)) return e;
  std::lock_guard lock(mutex_);
  return export_locked(module, function, arity);
}

Export* CodeServer::export_locked(Term module, Term function, uint32_t arity) {
  if (Export* e = find_export(module, function, arity)) return e;
  auto cell = std::make_unique<ExportCell>();
  cell->module = module;
  cell->function = function;
  cell->arity = arity;
  cell->stub[0] = FunctionHeader::make(arity + 1, arity, 0);
  cell->stub[1] = static_cast<Word>(InternalOp::Undefined);
  cell->stub[2] = reinterpret_cast<Word>(static_cast<Export*>(cell.get()));
  cell->code.store(cell->stub_code(), std::memory_order_relaxed);
  return exports_.add(std::move(cell));
}

CodeServer::ModuleCell* CodeServer::module_cell_locked(Term name) {
  ModuleCell* cell = modules_.find(hash_of(name), [=](const ModuleCell& m) { return m.name == name; });
  if (cell != nullptr) return cell;
  auto fresh = std::make_unique<ModuleCell>();
  fresh->name = name;
  return modules_.add(std::move(fresh));
}

Module* CodeServer::find_module(Term name) const {
  ModuleCell* cell = modules_.find(hash_of(name), [=](const ModuleCell& m) { return m.name == name; });
  return cell != nullptr ? cell->current.load(std::memory_order_acquire) : nullptr;
}

bool CodeServer::has_natives(Term name) const {
  ModuleCell* cell = modules_.find(hash_of(name), [=](const ModuleCell& m) { return m.name == name; });
  return cell != nullptr && cell->natives;
}

void CodeServer::add_native(Term module, Term function, uint32_t arity, NativeFn body, bool on_fiber) {
  std::lock_guard lock(mutex_);
  Export* e = export_locked(module, function, arity);
  if (e->native != nullptr && e->stub[1] != static_cast<Word>(InternalOp::NativeStub)) return;  // internal code wins
  e->native = body;
  e->native_on_fiber = on_fiber;
  e->stub[1] = static_cast<Word>(InternalOp::NativeStub);
  module_cell_locked(module)->natives = true;
}

void CodeServer::add_stub(Term module, Term function, uint32_t arity, InternalOp op) {
  add_native(module, function, arity, [](Process&, Term*) { return Term::none(); }, false);
  find_export(module, function, arity)->stub[1] = static_cast<Word>(op);
}

Module* CodeServer::load(ModuleCode&& code, bool trusted, std::string& error) {
  std::lock_guard lock(mutex_);
  return load_locked(std::move(code), trusted, error);
}

Module* CodeServer::load_bytes(std::string_view bytes, bool trusted, std::string& error) {
  ModuleCode code;
  if (!read_module(bytes, atoms_, this, code, error)) return nullptr;
  return load(std::move(code), trusted, error);
}

Module* CodeServer::ensure_loaded(Term name) {
  if (Module* m = find_module(name)) return m;
  ModuleCode code;
  std::string error;
  {
    // The source's bytes are good until its next call only, so they are read under the lock; reading makes export
    // cells for literals, which takes the lock itself, hence the copy.
    std::string bytes;
    ModuleSource::Found found;
    {
      std::lock_guard lock(mutex_);
      if (Module* m = find_module(name)) return m;
      if (source_ == nullptr || !source_->find(name, found)) return nullptr;
      if (!found.trusted) {
        bytes.assign(found.bytes);
        found.bytes = bytes;
      }
    }
    if (!read_module(found.bytes, atoms_, this, code, error)) return nullptr;
    std::lock_guard lock(mutex_);
    // Someone else may have been faster, or have loaded another version on purpose.
    if (Module* m = find_module(name)) return m;
    if (code.name != name) return nullptr;
    return load_locked(std::move(code), found.trusted, error);
  }
}

Module* CodeServer::load_locked(ModuleCode&& code, bool trusted, std::string& error) {
  std::unique_ptr<Module> module = Loader(*this).link(std::move(code), trusted, error);
  if (module == nullptr) return nullptr;
  Module* fresh = module.get();
  all_.push_back(std::move(module));
  if (literals_ != nullptr) literals_->add(*fresh->literals);
  ModuleCell* cell = module_cell_locked(fresh->name);
  for (const LoadedFunction& f : fresh->functions) {
    if (!f.exported) continue;
    Export* e = export_locked(fresh->name, f.name, f.arity);
    if (e->native != nullptr) continue;  // natives win over the module's text
    e->owner.store(fresh, std::memory_order_relaxed);
    // release pairs with the acquire of calls: the code behind the address is written.
    e->code.store(f.entry, std::memory_order_release);
  }
  if (Module* old = cell->current.load(std::memory_order_relaxed)) retire_locked(old, fresh);
  cell->current.store(fresh, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  return fresh;
}

void CodeServer::retire_locked(Module* old, const Module* next) {
  old->is_old.store(true, std::memory_order_relaxed);
  for (const LoadedFunction& f : old->functions) {
    if (!f.exported) continue;
    Export* e = find_export(old->name, f.name, f.arity);
    if (e == nullptr || e->owner.load(std::memory_order_relaxed) != old) continue;
    e->owner.store(nullptr, std::memory_order_relaxed);
    e->code.store(e->stub_code(), std::memory_order_release);
  }
}

bool CodeServer::unload(Term name) {
  std::lock_guard lock(mutex_);
  ModuleCell* cell = module_cell_locked(name);
  Module* old = cell->current.load(std::memory_order_relaxed);
  if (old == nullptr) return false;
  cell->current.store(nullptr, std::memory_order_release);
  generation_.fetch_add(1, std::memory_order_release);
  retire_locked(old, nullptr);
  return true;
}

std::vector<std::pair<Term, uint32_t>> CodeServer::exports_of(Term module) const {
  std::vector<std::pair<Term, uint32_t>> out;
  std::lock_guard lock(mutex_);
  if (Module* m = find_module(module)) {
    for (const LoadedFunction& f : m->functions) {
      if (f.exported) out.emplace_back(f.name, f.arity);
    }
  }
  if (!has_natives(module)) return out;
  for (const auto& cell : exports_.cells()) {
    if (cell->module != module || cell->native == nullptr) continue;
    std::pair<Term, uint32_t> name(cell->function, cell->arity);
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  }
  return out;
}

std::vector<Term> CodeServer::loaded_modules() const {
  std::vector<Term> out;
  std::lock_guard lock(mutex_);
  for (const auto& cell : modules_.cells()) {
    if (cell->current.load(std::memory_order_relaxed) != nullptr || cell->natives) out.push_back(cell->name);
  }
  return out;
}

Term CodeServer::protocol_impl(Term protocol, Term target) {
  auto same = [=](const ImplCell& c) { return c.protocol == protocol && c.target == target; };
  uint64_t hash = hash_of(protocol, target, 0);
  // acquire pairs with the increments: what was loaded before is seen below.
  uint64_t generation = generation_.load(std::memory_order_acquire);
  ImplCell* cell = impls_.find(hash, same);
  if (cell != nullptr) {
    uint64_t answer = cell->answer.load(std::memory_order_relaxed);
    if (answer >> 32 == generation) {
      uint32_t atom = static_cast<uint32_t>(answer);
      return atom == 0 ? atoms::nil : Term::atom(atom - 1);
    }
  }
  std::string name(atoms_.text(protocol));
  std::string_view suffix = atoms_.text(target);
  if (suffix.starts_with("Elixir.")) suffix.remove_prefix(7);
  name += '.';
  name += suffix;
  Term module = name.size() <= 4 * AtomTable::kMaxCharacters ? atoms_.intern(name) : Term::none();
  bool found = false;
  if (!module.is_none() && ensure_loaded(module) != nullptr) {
    const Export* e = find_export(module, atoms_.intern("__impl__"), 1);
    found = e != nullptr && e->is_defined();
  }
  generation = generation_.load(std::memory_order_acquire);
  if (cell == nullptr) {
    std::lock_guard lock(mutex_);
    cell = impls_.find(hash, same);
    if (cell == nullptr) {
      auto fresh = std::make_unique<ImplCell>();
      fresh->protocol = protocol;
      fresh->target = target;
      cell = impls_.add(std::move(fresh));
    }
  }
  cell->answer.store(generation << 32 | (found ? module.atom_index() + 1 : 0), std::memory_order_relaxed);
  return found ? module : atoms::nil;
}

ImportRef CodeServer::describe(Term export_fun) {
  const Export* e = export_of(export_fun);
  return {e->module, e->function, e->arity};
}

Term CodeServer::make(Space& space, const ImportRef& name) {
  return make_export_fun(space, export_for(name.module, name.function, name.arity));
}

CodeServer& code_server(const Process& p) { return *p.system->code; }

Term make_export_fun(Space& space, const Export* target) {
  Word* box = space.alloc(2);
  box[0] = header::make(Kind::Export, 1);
  box[1] = reinterpret_cast<Word>(target);
  return Term::boxed(box);
}

}  // namespace phial
