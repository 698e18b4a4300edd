// Turns quoted code into expanded code that builds it: what `quote` means, and the escaping of definitions that contain
// unquote fragments. Unquoted parts are expanded as they are met.
#pragma once

#include "compiler/expand/expand_state.h"

namespace phial::compiler {

class Quoter {
 public:
  explicit Quoter(Expander& e) : e_(e), n_(e.n) {}

  // Set before use. Terms here are expanded code (constants, or variables bound before).
  bool unquote = true;
  bool hygiene = true;       // variables, aliases and imports remember where they come from
  bool strip_lines = true;   // drop `line` and `column`
  Term line = Term::none();  // `line:` option
  Term file = Term::none();  // `location: :keep`
  Term context = Term::none();
  bool generated = false;

  /// none() after a failure.
  Term quote(Term t);

 private:
  Term quote_node(Term t);
  Term quote_list(Term items);
  Term quote_tuple(Term head_code, Term meta, Term tail_code);
  Term quote_dot(Term meta, Term left, Term expr, Term args);
  Term meta_code(Term meta);
  Term import_meta(Term meta, Term name, uint32_t arity);
  Term find_imports(Term name);
  bool is_splice(Term t) const { return unquote && is_call_of(t, n_.unquote_splicing, 1); }

  Expander& e_;
  const Names& n_;
};

}  // namespace phial::compiler
