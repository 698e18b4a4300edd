// Between values and code: escape() writes a value as code, constant_of() reads constant code as a value.
#include "compiler/expand/expand_state.h"
#include "vm/term/map.h"

namespace phial::compiler {

Term Expander::escape(Term value) {
  if (value.is_tuple()) {
    size_t arity = tuple_arity(value);
    if (arity == 2) {
      Term a = escape(tuple_at(value, 0)), b = escape(tuple_at(value, 1));
      if (a == tuple_at(value, 0) && b == tuple_at(value, 1)) return value;
      return pair(arena, a, b);
    }
    ListBuilder items(arena);
    for (size_t i = 0; i < arity; ++i) items.push(escape(tuple_at(value, i)));
    return node3(atoms::tuple_brace, Term::nil_list(), items.finish());
  }
  if (value.is_cons()) {
    std::vector<Term> items;
    bool same = true;
    Term l = value;
    for (; l.is_cons(); l = l.tail()) {
      Term e = escape(l.head());
      if (!(e == l.head())) same = false;
      items.push_back(e);
    }
    if (l.is_nil_list()) return same ? value : make_list(arena, items);
    Term last = node3(n.pipe, Term::nil_list(), list({items.back(), escape(l)}));
    items.back() = last;
    return make_list(arena, items);
  }
  if (value.is_map()) {
    ListBuilder pairs(arena);
    MapIterator it(value);
    Term k, v;
    while (it.next(k, v)) pairs.push(pair(arena, escape(k), escape(v)));
    return node3(atoms::percent_brace, Term::nil_list(), pairs.finish());
  }
  if (value.is_bitstring() && !is_binary(value)) {
    // A bitstring with a last partial byte: the bytes, then the rest as an integer of its size.
    BitView view = bit_view(value);
    ListBuilder segments(arena);
    auto segment = [&](uint64_t byte_value, uint64_t size) {
      Term spec =
          node3(n.segment, Term::nil_list(),
                list({n.integer, Term::fixnum(static_cast<int64_t>(size)), Term::fixnum(1), n.unsigned_, n.big}));
      segments.push(
          node3(atoms::type_colons, Term::nil_list(), list({Term::fixnum(static_cast<int64_t>(byte_value)), spec})));
    };
    uint64_t done = 0;
    for (; done + 8 <= view.bits; done += 8) segment(read_bits(view.bytes, view.bit_offset + done, 8), 8);
    unsigned rest = static_cast<unsigned>(view.bits - done);
    segment(read_bits(view.bytes, view.bit_offset + done, rest), rest);
    return node3(atoms::bits, Term::nil_list(), segments.finish());
  }
  return value;
}

Term Expander::constant_of(Term t) {
  if (t.is_atom() || t.is_number() || t.is_bitstring() || t.is_nil_list() || t.is_kind(Kind::Export)) return t;
  if (stack_low()) return Term::none();
  if (t.is_cons()) {
    ListBuilder out(arena);
    bool same = true;
    for (Term l = t; l.is_cons(); l = l.tail()) {
      if (is_call_of(l.head(), n.pipe, 2)) {
        Term a = constant_of(first(node_args(l.head())));
        Term b = a.is_none() ? a : constant_of(second(node_args(l.head())));
        if (b.is_none()) return b;
        out.push(a);
        return out.finish(b);
      }
      Term e = constant_of(l.head());
      if (e.is_none()) return e;
      if (!(e == l.head())) same = false;
      out.push(e);
    }
    Term list = out.finish();
    return same ? t : list;
  }
  if (is_tuple_of(t, 2)) {
    Term a = constant_of(tuple_at(t, 0));
    Term b = a.is_none() ? a : constant_of(tuple_at(t, 1));
    if (b.is_none()) return b;
    return pair(arena, a, b);
  }
  if (!is_node(t) || !node_args(t).is_list()) return Term::none();
  if (node_head(t) == atoms::tuple_brace) {
    std::vector<Term> items;
    for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
      Term e = constant_of(l.head());
      if (e.is_none()) return e;
      items.push_back(e);
    }
    return phial::make_tuple(arena, std::span<const Term>(items));
  }
  if (node_head(t) == atoms::percent_brace) {
    std::vector<Term> items;
    for (Term l = node_args(t); l.is_cons(); l = l.tail()) {
      if (!is_tuple_of(l.head(), 2)) return Term::none();
      Term k = constant_of(tuple_at(l.head(), 0));
      Term v = k.is_none() ? k : constant_of(tuple_at(l.head(), 1));
      if (v.is_none()) return v;
      items.push_back(k);
      items.push_back(v);
    }
    return make_map(arena, atoms_table, items);
  }
  return Term::none();
}

}  // namespace phial::compiler
