// What the functions of one module share while they are emitted: the ModuleCode under construction, tables of functions,
// imports, literals, live maps and files. One module, one thread.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/core/core.h"
#include "compiler/core/names.h"
#include "vm/bytecode/format.h"

namespace phial::compiler {

/// Literals of a module: each value once, copied into the module's arena.
class LiteralPool {
 public:
  LiteralPool(ModuleCode& out, AtomTable& table) : out_(out), table_(table) {}
  uint32_t add(Term t);

 private:
  Term copy(Term t);
  ModuleCode& out_;
  AtomTable& table_;
  std::unordered_map<Word, uint32_t> immediates_;
  std::unordered_multimap<uint64_t, uint32_t> boxed_;
};

/// Structural hash and equality down to the bit: 1 is not 1.0, 0.0 is not -0.0.
uint64_t literal_hash(Term t);
bool literal_equal(Term a, Term b);
Term copy_literal(Term t, ArenaSpace& space, AtomTable& table);

class Unit {
 public:
  Unit(CoreModule& core, AtomTable& table, const CoreNames& names, ArenaSpace& space, ModuleCode& out);

  CoreModule& core;
  AtomTable& table;
  const CoreNames& names;
  ArenaSpace& space;    // constants folded while emitting
  ModuleCode& out;
  LiteralPool literals;
  std::string error;
  uint32_t error_line = 0;

  /// The function of the module with this name and arity, or null.
  Function* find(Term name, uint32_t arity) const;
  uint32_t import(Term module, Term function, uint32_t arity);
  uint32_t closure(Function* f);
  uint32_t closure_of_local(Function* f);
  uint32_t live_map(const std::vector<uint64_t>& bits);
  /// The number of a variant of [f] (see Variant in builder.h).
  uint32_t variant(Function* f, uint32_t bits);
  /// Variants asked for and not yet emitted.
  std::vector<std::pair<Function*, uint32_t>> pending_variants;
  /// The first parameter that clauses of [f] match as a binary by segments, or -1.
  int binary_param(const Function* f);
  /// Whether the reader variant takes only positions from which whole bytes are left.
  bool binary_param_needs_bytes(const Function* f);

 private:
  uint32_t add_closure(Function* f, uint32_t captured, uint64_t salt);
  std::unordered_map<uint64_t, Function*> by_name_;
  struct ImportHash {
    size_t operator()(const ImportRef& r) const {
      return (r.module.bits() * 0x9e3779b97f4a7c15u) ^ (r.function.bits() * 0xc2b2ae3d27d4eb4fu) ^ r.arity;
    }
  };
  struct ImportEqual {
    bool operator()(const ImportRef& a, const ImportRef& b) const {
      return a.module == b.module && a.function == b.function && a.arity == b.arity;
    }
  };
  std::unordered_map<ImportRef, uint32_t, ImportHash, ImportEqual> imports_;
  std::unordered_multimap<uint64_t, uint32_t> live_maps_;
  struct BinaryParam {
    bool known = false, needs_bytes = false;
    int index = -1;
  };
  const BinaryParam& binary(const Function* f);
  std::vector<uint32_t> variants_;       // by 4 * Function::index + bits; kNone while there is none
  std::vector<BinaryParam> binary_params_;
  std::vector<uint32_t> local_closures_;
};

}  // namespace phial::compiler
