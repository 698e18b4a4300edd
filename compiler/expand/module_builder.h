// A module being compiled: its attributes, definitions and the facts gathered for its info list. It is open from the
// start of the body's evaluation until its code is handed to core; natives find it by name in the session. Used by one
// process at a time: code of other processes may read attributes, as long as the body waits for them.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/expand/expand_state.h"

namespace phial::compiler {

/// A stored function or macro.
struct StoredDefinition {
  DefKind kind = DefKind::Def;
  Term name;
  uint32_t arity = 0;
  Term meta;
  std::string file;
  uint32_t line = 0;
  std::vector<DefClause> clauses;
  uint32_t defaults = 0;       // number of arguments with defaults
  bool has_head = false;       // a head without a body declared them
  bool from_defaults = false;  // made for default arguments
  bool generated = false;
  bool used = false;
  bool doc_hidden = false;
  uint32_t version = 0;  // grows with every clause
  bool dropped = false;  // deleted or made overridable
  std::vector<Expander::LocalUse> uses;
  std::vector<Expander::ImportUse> imports;
  Term env_file;

  bool is_macro() const { return kind == DefKind::Defmacro || kind == DefKind::Defmacrop; }
  bool is_public() const { return kind == DefKind::Def || kind == DefKind::Defmacro; }
};

inline const char* kind_text(DefKind kind) {
  switch (kind) {
    case DefKind::Def: return "def";
    case DefKind::Defp: return "defp";
    case DefKind::Defmacro: return "defmacro";
    case DefKind::Defmacrop: return "defmacrop";
  }
  return "";
}

class ModuleBuilder {
 public:
  ModuleBuilder(ExpandSession& session, MacroHost& host, Term name, const Env& env);
  ~ModuleBuilder();
  ModuleBuilder(const ModuleBuilder&) = delete;
  ModuleBuilder& operator=(const ModuleBuilder&) = delete;

  Term name;
  std::string file;
  uint32_t line = 0;
  ExpandSession& session;
  MacroHost* host;
  ArenaSpace arena;
  Env env;                   // of the body's start
  EvalUnit* unit = nullptr;  // that it was reached from, if any
  bool tainted = false;      // an error was printed; the module will not be made
  std::vector<EvalUnit::Saved> saved;

  // Attributes.
  struct Attribute {
    Term name;
    Term value = Term::none();  // newest first list when it accumulates; none() when unset
    bool accumulate = false;
    bool persist = false;
    bool read = false;
    bool reserved = false;
    uint32_t line = 0;
  };
  Attribute* find_attribute(Term name);
  Attribute& attribute(Term name);
  void put(Term name, Term value, uint32_t line);
  std::vector<std::unique_ptr<Attribute>> attributes;

  // Definitions.
  StoredDefinition* find(Term name, uint32_t arity);
  StoredDefinition& store(Term name, uint32_t arity);
  void remove(StoredDefinition* definition);
  std::vector<std::unique_ptr<StoredDefinition>> definitions;  // in order of definition
  StoredDefinition* last = nullptr;

  /// One def as the body reaches it. False when it raised.
  bool define(DefKind kind, Term call, Term body, const Env& env, MacroHost& host);

  // Overridables.
  struct Overridable {
    std::vector<std::unique_ptr<StoredDefinition>> previous;  // oldest first
    bool super_used = false;
    bool redefined = false;
    bool stored = false;
  };
  /// False when {name, arity} is not defined.
  bool make_overridable(Term name, uint32_t arity);
  Overridable* overridable(Term name, uint32_t arity);
  /// Stores the definition that `super` in name/arity means and answers its name and kind; none() if there is none.
  Term super_name(Term name, uint32_t arity, DefKind& kind);
  std::unordered_map<uint64_t, Overridable> overridables;
  std::vector<std::pair<Term, uint32_t>> overridable_order;

  // Struct, as `defstruct` stores it.
  Term struct_default = Term::none();  // map
  Term enforce_keys = Term::nil_list();
  Term struct_fields = Term::none();  // [%{field:, default:}]

  /// Definitions that `@impl value` preceded, in order.
  struct Impl {
    Term name;
    uint32_t arity;
    DefKind kind;
    uint32_t line;
    Term value;
  };
  std::vector<Impl> impls;

  // Documentation: [{{kind, name, arity}, line, signature, doc, meta}], newest first.
  Term docs = Term::nil_list();
  Term moduledoc = Term::none();
  uint32_t moduledoc_line = 0;
  /// Types, specs and callbacks: {kind, quoted, line}, newest first.
  Term typespecs = Term::nil_list();

  /// Module that holds a compiled copy of the local macro, made when needed; none() after a failure.
  Term macro_module(StoredDefinition& macro, MacroHost& host);

  // finish.cc
  /// Checks, generated functions, info; then hands the module to the host. False when it raised.
  bool finish(const Env& body_env);

 private:
  static uint64_t key(Term name, uint32_t arity) { return (uint64_t{name.atom_index()} << 8) | (arity & 255); }
  bool store_clause(DefKind kind, Term name, Term meta, uint32_t arity, const std::string& file, uint32_t line,
                    const DefClause* clause, uint32_t defaults, bool has_defaults_clause, bool from_defaults,
                    Expander& expander);
  void take_doc(DefKind kind, Term name, uint32_t arity, Term args, Term meta, uint32_t line, bool has_body,
                Expander& expander);
  bool run_on_definition(DefKind kind, Term name, Term args, Term guards, Term body, const Env& env, MacroHost& host);
  bool check_locals(Expander& expander);
  void restore_overridables();
  void add_generated(ModuleSource& out);
  Term build_info(const ModuleSource& source);

  std::unordered_map<uint64_t, StoredDefinition*> by_name_;
  std::unordered_map<uint64_t, Attribute*> attribute_by_name_;
  struct MacroCopy {
    Term module;
    uint64_t stamp;
    std::vector<StoredDefinition*> closure;
  };
  std::unordered_map<uint64_t, MacroCopy> macro_copies_;
  uint32_t copies_made_ = 0;
  std::vector<std::unique_ptr<StoredDefinition>> removed_;
};

}  // namespace phial::compiler
