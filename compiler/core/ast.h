// Reading quoted terms: shapes and metadata. Terms are arena terms; everything here is a plain look.
#pragma once

#include "vm/term/atom.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::compiler::ast {

inline bool is_node(Term t) { return is_tuple_of(t, 3); }
inline Term form(Term node) { return tuple_at(node, 0); }
inline Term meta(Term node) { return tuple_at(node, 1); }
inline Term args(Term node) { return tuple_at(node, 2); }
/// {name, meta, args} with this name and a list of arguments.
inline bool is_form(Term t, Term name) { return is_node(t) && form(t) == name && args(t).is_list(); }
/// {name, meta, context}: a variable.
inline bool is_variable(Term t) { return is_node(t) && form(t).is_atom() && args(t).is_atom(); }

/// Value of [key] in a keyword list, or none().
inline Term keyword(Term list, Term key) {
  for (; list.is_cons(); list = list.tail()) {
    Term pair = list.head();
    if (is_tuple_of(pair, 2) && tuple_at(pair, 0) == key) return tuple_at(pair, 1);
  }
  return Term::none();
}
inline uint32_t line(Term node, uint32_t otherwise) {
  if (!is_node(node)) return otherwise;
  Term l = keyword(meta(node), atoms::line);
  return !l.is_none() && l.is_fixnum() && l.as_fixnum() > 0 ? static_cast<uint32_t>(l.as_fixnum()) : otherwise;
}
inline Term nth(Term list, size_t n) {
  while (n-- > 0 && list.is_cons()) list = list.tail();
  return list.is_cons() ? list.head() : Term::none();
}
inline size_t length(Term list) {
  size_t n = 0;
  for (; list.is_cons(); list = list.tail()) ++n;
  return n;
}
/// The function called by {{:., _, [module, name]}, _, args}; false if [t] is no such call with atoms.
inline bool is_remote(Term t, Term* module, Term* name) {
  if (!is_node(t) || !is_node(form(t)) || form(form(t)) != atoms::dot || !args(t).is_list()) return false;
  Term parts = args(form(t));
  if (length(parts) != 2) return false;
  *module = nth(parts, 0);
  *name = nth(parts, 1);
  return name->is_atom();
}

}  // namespace phial::compiler::ast
