// Terms as bytes, for the literals of module files. Covers what source literals can be: numbers, atoms, lists, tuples,
// maps, bitstrings and &Module.function/arity. Iterative both ways: depth of the data costs no C++ stack. Atoms are
// numbers in a table of the file.
#pragma once

#include <unordered_map>
#include <vector>

#include "vm/bytecode/format.h"
#include "vm/support/byte_stream.h"

namespace phial {

class AtomTable;

/// Knows external functions as terms (Kind::Export), whose layout belongs to vm/code.
class ExportTerms {
 public:
  virtual ImportRef describe(Term export_fun) = 0;
  virtual Term make(Space& space, const ImportRef& name) = 0;

 protected:
  ~ExportTerms() = default;
};

/// Numbers atoms in order of first use.
class AtomNumbers {
 public:
  uint64_t number(Term atom);
  const std::vector<Term>& atoms() const { return atoms_; }

 private:
  std::unordered_map<uint32_t, uint64_t> numbers_;
  std::vector<Term> atoms_;
};

/// False when [term] holds something that has no file form (a pid, a closure, ...).
bool encode_term(ByteWriter& out, Term term, AtomNumbers& atoms, ExportTerms* exports);
/// The term, built in [space]; none() after malformed input ([in] has failed then).
Term decode_term(ByteReader& in, Space& space, const std::vector<Term>& file_atoms, const AtomTable& atoms,
                 ExportTerms* exports);

}  // namespace phial
