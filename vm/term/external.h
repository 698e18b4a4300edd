// The external term format, as :erlang.term_to_binary and :erlang.binary_to_term speak it (version 131, the tags of OTP
// 25). Iterative both ways. Decoding trusts nothing: lengths are checked against the bytes at hand before anything is
// allocated, and what is malformed, or what belongs to another node, gives none().
//
// Compressed terms (tag 80) are the caller's: see external_compressed().
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vm/term/space.h"

namespace phial {

class AtomTable;

/// What the format says about a fun made by fn.
struct ExternalFun {
  Term module;
  uint32_t arity;
  uint32_t index;
  uint64_t unique;
};

/// Knows funs, whose entries belong to vm/code.
class ExternalFuns {
 public:
  /// &module.function/arity; [fun] is of kind Export.
  virtual void describe_export(Term fun, Term* module, Term* function, uint32_t* arity) = 0;
  virtual Term make_export(Space& space, Term module, Term function, uint32_t arity) = 0;
  /// [fun] is of kind Fun.
  virtual ExternalFun describe_fun(Term fun) = 0;
  /// none() when there is no such fun here.
  virtual Term make_fun(Space& space, const ExternalFun& fun, std::span<const Term> captured) = 0;

 protected:
  ~ExternalFuns() = default;
};

struct ExternalContext {
  AtomTable& atoms;
  Term node;           // the name of this node, an atom
  ExternalFuns* funs;  // null: no funs
};

struct ExternalOptions {
  int minor_version = 1;      // 2: atoms always in UTF-8
  bool skip_version = false;  // leaves out the 131 in front
};

/// Appends the bytes of [term]. False, with nothing useful in [out], when it holds a fun and there are no funs, or a
/// binary too long for the format.
bool encode_external(Term term, const ExternalContext& context, const ExternalOptions& options, std::string& out);

/// The term at the start of [bytes], built in [space]; none() if malformed. [existing_atoms_only] is the :safe option:
/// no new atoms or funs. [*used]: how many bytes it took. Also none() when the atom table is full.
Term decode_external(Space& space, std::string_view bytes, const ExternalContext& context, bool existing_atoms_only,
                     size_t* used);

/// For bytes that start with a compressed term: how long it is inflated. The zlib stream starts at byte 6; inflated,
/// and with the byte 131 in front, it is what decode_external takes.
std::optional<uint32_t> external_compressed(std::string_view bytes);

}  // namespace phial
