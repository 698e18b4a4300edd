// The modules of one runtime: which versions are loaded, the export cells remote calls go through, and where modules
// come from that nobody has loaded yet.
//
// Looking things up is lock-free and safe from any thread. Loading takes a mutex; it never runs bytecode, and a process
// that calls into a module being loaded elsewhere waits for that load only.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "vm/bytecode/term_codec.h"
#include "vm/code/cell_table.h"
#include "vm/code/code.h"
#include "vm/code/code_region.h"

namespace phial {

class AtomTable;
class LiteralRegistry;
enum class InternalOp : uint16_t;

/// Where not yet loaded modules are found: the stdlib image, a code path. Called under the loading mutex.
class ModuleSource {
 public:
  struct Found {
    std::string_view bytes;  // valid until the next call
    bool trusted = false;    // verified when it was built
  };
  virtual bool find(Term module, Found& out) = 0;

 protected:
  ~ModuleSource() = default;
};

class CodeServer final : public ExportTerms {
 public:
  explicit CodeServer(AtomTable& atoms);
  ~CodeServer();
  CodeServer(const CodeServer&) = delete;
  CodeServer& operator=(const CodeServer&) = delete;

  AtomTable& atoms() const { return atoms_; }

  /// The cell of a function, made if new.
  Export* export_for(Term module, Term function, uint32_t arity);
  /// The cell if there is one.
  Export* find_export(Term module, Term function, uint32_t arity) const;
  /// The current version of a module, or null while it is not loaded.
  Module* find_module(Term name) const;
  /// Whether natives stand behind some function of the module.
  bool has_natives(Term module) const;
  /// The module whose code holds [pc], old versions included, or null.
  Module* module_at(const Word* pc) const { return region_.module_at(pc); }

  /// Registers a native before any code is loaded.
  void add_native(Term module, Term function, uint32_t arity, NativeFn body, bool on_fiber);
  /// Gives a function a stub of internal code instead of a body: apply/2,3. Before any code is loaded.
  void add_stub(Term module, Term function, uint32_t arity, InternalOp op);
  void set_source(ModuleSource* source) { source_ = source; }
  /// Literals of loaded modules are entered there.
  void set_literals(LiteralRegistry* literals) { literals_ = literals; }
  /// A place for the interpreter's per-runtime state.
  std::shared_ptr<void> interpreter_state;

  /// Links [code] and makes it the current version of its module; null and [error] when it does not verify.
  Module* load(ModuleCode&& code, bool trusted, std::string& error);
  /// Reads and loads the bytes of a module file.
  Module* load_bytes(std::string_view bytes, bool trusted, std::string& error);
  /// The module if it is loaded or the source has it; else null.
  Module* ensure_loaded(Term name);
  /// Makes the current version old and its functions undefined. False when it was not loaded.
  bool unload(Term name);
  /// Exported functions of a module that are bytecode or native now.
  std::vector<std::pair<Term, uint32_t>> exports_of(Term module) const;
  /// Names of all modules that have a current version.
  std::vector<Term> loaded_modules() const;

  /// The module Protocol.Target if it is loaded or can be, and exports __impl__/1; else nil. Answers are remembered
  /// until a module is loaded or unloaded.
  Term protocol_impl(Term protocol, Term target);

  ImportRef describe(Term export_fun) override;
  Term make(Space& space, const ImportRef& name) override;

 private:
  friend class Loader;
  struct ExportCell : Export {
    uint64_t hash() const;
  };
  struct ModuleCell {
    Term name;
    std::atomic<Module*> current{nullptr};
    bool natives = false;
    uint64_t hash() const;
  };

  struct ImplCell {
    Term protocol, target;
    /// Generation of the answer, and the answer's atom index + 1 (0: nil), in one word.
    std::atomic<uint64_t> answer{0};
    uint64_t hash() const;
  };

  Export* export_locked(Term module, Term function, uint32_t arity);
  ModuleCell* module_cell_locked(Term name);
  Module* load_locked(ModuleCode&& code, bool trusted, std::string& error);
  void retire_locked(Module* old, const Module* next);

  AtomTable& atoms_;
  CodeRegion region_;
  CellTable<ExportCell> exports_;
  CellTable<ModuleCell> modules_;
  CellTable<ImplCell> impls_;
  std::atomic<uint32_t> generation_{1};  // counts loads and unloads
  std::vector<std::unique_ptr<Module>> all_;  // every version ever loaded
  ModuleSource* source_ = nullptr;
  LiteralRegistry* literals_ = nullptr;
  mutable std::mutex mutex_;
};

/// A fun term for an export cell.
Term make_export_fun(Space& space, const Export* target);
inline Export* export_of(Term export_fun) { return reinterpret_cast<Export*>(export_fun.box()[1]); }
inline const FunEntry* fun_entry(Term fun) { return reinterpret_cast<const FunEntry*>(fun.box()[1]); }

/// The code server of the process's runtime.
CodeServer& code_server(const Process& p);

}  // namespace phial
