// The lexical environment of a place in the source: what %Macro.Env{} shows. Copying an Env copies a dozen words; its
// lists are shared terms in arenas that outlive it. Variables are kept apart (scope.h), since they change with every
// match while an Env seldom changes.
#pragma once

#include <atomic>
#include <utility>
#include <vector>

#include "vm/term/space.h"
#include "vm/term/atom.h"
#include "vm/term/term.h"

namespace phial::compiler {

struct Names;

enum class Context : uint8_t { None, Match, Guard };

/// Shared immutable objects behind environments: an intrusive count, since environments are copied often and may be
/// used by several compiling processes.
template <typename T>
class Ref {
 public:
  Ref() = default;
  Ref(std::nullptr_t) {}  // NOLINT: an empty one
  explicit Ref(T* object) : object_(object) {
    if (object_) object_->retain();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(other.object_) { other.object_ = nullptr; }
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_) object_->release();
  }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

class Counted {
 public:
  void retain() const { count_.fetch_add(1, std::memory_order_relaxed); }

 protected:
  ~Counted() = default;
  /// Whether this was the last count; acq_rel orders all uses before the deletion.
  bool drop() const { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }

 private:
  mutable std::atomic<uint32_t> count_{0};
};

/// The name/arity pairs of one imported module, for constant-time lookup. Immutable once built.
class ImportSet : public Counted {
 public:
  void release() const {
    if (drop()) delete this;
  }
  ImportSet(Term module, Term pairs);  // [{name, arity}]
  Term module() const { return module_; }
  bool has(Term name, uint32_t arity) const { return find(key(name, arity)); }
  /// Arities under which [name] is imported, ascending, appended to [out].
  void arities_of(Term name, std::vector<uint32_t>& out) const;

 private:
  static uint64_t key(Term name, uint32_t arity) { return (uint64_t{name.atom_index()} << 8) | (arity & 255); }
  bool find(uint64_t k) const {
    if (slots_.empty()) return false;
    for (size_t i = (k * 0x9E3779B97F4A7C15u) >> shift_;; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i] == k) return true;
      if (slots_[i] == ~uint64_t{0}) return false;
    }
  }
  Term module_;
  std::vector<uint64_t> slots_;
  uint64_t arity_mask_ = 0;  // arities that occur at all (0..63)
  unsigned shift_ = 63;
};

/// Index of the `functions` or `macros` list of an environment, in the list's order.
struct ImportIndex : Counted {
  void release() const {
    if (drop()) delete this;
  }
  std::vector<Ref<const ImportSet>> functions;
  std::vector<Ref<const ImportSet>> macros;
};

struct Env {
  Term module = atoms::nil;
  Term function = Term::none();  // name; none() outside functions
  uint32_t function_arity = 0;
  Context context = Context::None;
  uint32_t line = 0;
  Term file;                              // binary
  Term aliases = Term::nil_list();        // [{Elixir.Alias, Module}]
  Term macro_aliases = Term::nil_list();  // [{Elixir.Alias, {counter, Module}}]
  Term required = Term::nil_list();       // newest first
  Term functions = Term::nil_list();      // [{Module, [{name, arity}]}]
  Term macros = Term::nil_list();
  Term context_modules = Term::nil_list();
  Term lexical_tracker = atoms::nil;
  Ref<const ImportIndex> imports;  // of functions and macros; null: not built yet
};

struct VariableKey {
  Term name;
  Term context;  // atom, or a counter as a fixnum
  bool operator==(const VariableKey&) const = default;
};

/// The variables visible at a place, with their versions.
struct VariableSnapshot {
  struct Entry {
    VariableKey key;
    int64_t version;
  };
  std::vector<Entry> entries;
};

/// Index of the lists of [env], built when missing.
const ImportIndex& import_index(Env& env);

/// The %Macro.Env{} map; [variables] become versioned_vars.
Term env_to_term(Space& space, const AtomTable& atoms, const Names& names, const Env& env,
                 const VariableSnapshot& variables);
/// Reads one; false when [map] is no environment. Terms are shared with [map].
bool env_from_term(const Names& names, Term map, Env& env, VariableSnapshot& variables);

}  // namespace phial::compiler
