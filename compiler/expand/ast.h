// Reading and building quoted terms.
#pragma once

#include <initializer_list>
#include <string_view>

#include "vm/term/space.h"
#include "vm/term/atom.h"
#include "vm/term/binary.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

inline bool is_node(Term t) { return is_tuple_of(t, 3); }
inline Term node_head(Term t) { return tuple_at(t, 0); }
inline Term node_meta(Term t) { return tuple_at(t, 1); }
inline Term node_args(Term t) { return tuple_at(t, 2); }
/// {name, meta, context} with an atom as context.
inline bool is_variable(Term t) { return is_node(t) && node_head(t).is_atom() && node_args(t).is_atom(); }
/// {name, meta, args} with this name and a list as args.
inline bool is_call_of(Term t, Term name) { return is_node(t) && node_head(t) == name && node_args(t).is_list(); }
inline bool is_call_of(Term t, Term name, int64_t arity) {
  return is_call_of(t, name) && list_length(node_args(t)) == arity;
}

/// The value under [key] in a keyword list, none() when it is missing.
inline Term keyword_get(Term list, Term key) {
  for (; list.is_cons(); list = list.tail()) {
    Term pair = list.head();
    if (is_tuple_of(pair, 2) && tuple_at(pair, 0) == key) return tuple_at(pair, 1);
  }
  return Term::none();
}
inline bool keyword_has(Term list, Term key) { return !keyword_get(list, key).is_none(); }
inline bool is_keyword(Term list) {
  for (; list.is_cons(); list = list.tail()) {
    Term pair = list.head();
    if (!is_tuple_of(pair, 2) || !tuple_at(pair, 0).is_atom()) return false;
  }
  return list.is_nil_list();
}
inline uint32_t meta_number(Term meta, Term key) {
  Term v = keyword_get(meta, key);
  return !v.is_none() && v.is_fixnum() && v.as_fixnum() > 0 ? static_cast<uint32_t>(v.as_fixnum()) : 0;
}
inline uint32_t meta_line(Term meta) { return meta_number(meta, atoms::line); }
inline uint32_t meta_column(Term meta) { return meta_number(meta, atoms::column); }
inline Term list_at(Term list, size_t i) {
  while (i-- > 0) list = list.tail();
  return list.head();
}
inline Term first(Term list) { return list.head(); }
inline Term second(Term list) { return list.tail().head(); }

inline Term node(Space& s, Term head, Term meta, Term args) { return make_tuple(s, {head, meta, args}); }
inline Term pair(Space& s, Term a, Term b) { return make_tuple(s, {a, b}); }
/// {{:., meta, [module, function]}, meta, args}
inline Term remote_node(Space& s, Term meta, Term module, Term function, Term args) {
  return node(s, node(s, atoms::dot, meta, make_list(s, {module, function})), meta, args);
}
inline Term block_node(Space& s, Term meta, Term items) { return node(s, atoms::block, meta, items); }
inline Term tuple_node(Space& s, std::initializer_list<Term> items) {
  return node(s, atoms::tuple_brace, Term::nil_list(), make_list(s, items));
}
/// [list] with [key] set to [value] in place or at the front, [key]'s other values gone.
inline Term keyword_put(Space& s, Term list, Term key, Term value) {
  ListBuilder out(s);
  bool done = false;
  for (Term l = list; l.is_cons(); l = l.tail()) {
    Term p = l.head();
    if (is_tuple_of(p, 2) && tuple_at(p, 0) == key) {
      if (!done) out.push(pair(s, key, value));
      done = true;
    } else {
      out.push(p);
    }
  }
  Term rest = out.finish();
  return done ? rest : make_cons(s, pair(s, key, value), rest);
}
/// [list] with [key] set to [value] in place or at the end.
inline Term keyword_store(Space& s, Term list, Term key, Term value) {
  ListBuilder out(s);
  bool done = false;
  for (Term l = list; l.is_cons(); l = l.tail()) {
    Term p = l.head();
    bool same = is_tuple_of(p, 2) && tuple_at(p, 0) == key;
    out.push(same && !done ? pair(s, key, value) : p);
    done |= same;
  }
  if (!done) out.push(pair(s, key, value));
  return out.finish();
}
inline Term keyword_drop(Space& s, Term list, Term key) {
  if (!keyword_has(list, key)) return list;
  ListBuilder out(s);
  for (Term l = list; l.is_cons(); l = l.tail()) {
    Term p = l.head();
    if (!(is_tuple_of(p, 2) && tuple_at(p, 0) == key)) out.push(p);
  }
  return out.finish();
}
inline Term reversed(Space& s, Term list) {
  Term out = Term::nil_list();
  for (; list.is_cons(); list = list.tail()) out = make_cons(s, list.head(), out);
  return out;
}
inline bool list_has(Term list, Term item) {
  for (; list.is_cons(); list = list.tail()) {
    if (list.head() == item) return true;
  }
  return false;
}
inline std::string text_of_binary(Term binary) {
  std::string scratch;
  return std::string(binary_bytes(binary, scratch));
}

}  // namespace phial::compiler
