// The capture operator.
#include <algorithm>
#include <map>

#include "compiler/expand/expand_state.h"
#include "compiler/expand/module_builder.h"

namespace phial::compiler {

/// Replaces &1, &2, ... by variables.
class CaptureExpander {
 public:
  CaptureExpander(Expander& e, Term counter) : e_(e), n_(e.n), counter_(counter) {}
  Term replace(Term t);
  int64_t highest() const { return found_.empty() ? 0 : found_.rbegin()->first; }
  /// First number that is missing below the highest; 0 if none.
  int64_t gap() const {
    int64_t want = 1;
    for (const auto& [number, variable] : found_) {
      if (number != want) return number;
      ++want;
    }
    return 0;
  }
  Term variable(int64_t number) { return found_.at(number); }

 private:
  Expander& e_;
  const Names& n_;
  Term counter_;
  std::map<int64_t, Term> found_;
};

Term CaptureExpander::replace(Term t) {
  if (e_.stack_low()) return e_.file_error(Term::nil_list(), "capture is nested too deeply");
  if (t.is_cons()) {
    ListBuilder out(e_.arena);
    Term l = t;
    for (; l.is_cons(); l = l.tail()) {
      Term item = replace(l.head());
      if (item.is_none()) return item;
      out.push(item);
    }
    return out.finish(l);
  }
  if (is_tuple_of(t, 2)) {
    Term a = replace(tuple_at(t, 0));
    if (a.is_none()) return a;
    Term b = replace(tuple_at(t, 1));
    return b.is_none() ? b : pair(e_.arena, a, b);
  }
  if (!is_node(t)) return t;
  Term meta = node_meta(t), args = node_args(t);
  if (is_call_of(t, atoms::capture, 1)) {
    Term number = args.head();
    if (!number.is_fixnum()) {
      return e_.file_error(
          meta,
          "nested captures are not allowed. You cannot define a function using the capture operator & inside "
          "another function defined via &. Got invalid nested capture: " +
              e_.code_text(t));
    }
    int64_t value = number.as_fixnum();
    if (value < 1 || value > 255) {
      return e_.file_error(meta, "capture argument &" + std::to_string(value) + " must be numbered between 1 and 255");
    }
    auto it = found_.find(value);
    if (it == found_.end()) {
      Term variable_meta = make_cons(e_.arena, pair(e_.arena, n_.counter, counter_), meta);
      Term variable = e_.node3(e_.atom("&" + std::to_string(value)), variable_meta, atoms::nil);
      it = found_.emplace(value, variable).first;
    }
    return it->second;
  }
  Term head = replace(node_head(t));
  if (head.is_none()) return head;
  Term rest = replace(args);
  if (rest.is_none()) return rest;
  return e_.node3(head, meta, rest);
}

namespace {
/// [&1, &2, ..., &n]
bool sequential(Term args) {
  int64_t want = 1;
  for (; args.is_cons(); args = args.tail()) {
    Term a = args.head();
    if (!is_call_of(a, atoms::capture, 1) || first(node_args(a)) != Term::fixnum(want)) return false;
    ++want;
  }
  return want > 1;
}
}  // namespace

Term Expander::capture_remote(Term meta, Term target, Term name, uint32_t arity, Term call_meta) {
  Term module = expand(target);
  if (module.is_none()) return module;
  if (module.is_atom()) {
    const Rewrite* rewrite = session.rewrite(module, name, arity);
    if ((rewrite && rewrite->order) || (!rewrite && is_remote_macro(call_meta, module, name, arity, false))) {
      // A macro, or a call whose arguments move: fn &1, &2 -> ... end
      ListBuilder args(arena);
      for (uint32_t i = 1; i <= arity; ++i) args.push(node3(atoms::capture, meta, list({Term::fixnum(i)})));
      Term call = remote_node(arena, call_meta, module, name, args.finish());
      CaptureExpander capture(*this, Term::fixnum(session.next_counter()));
      Term body = capture.replace(call);
      if (body.is_none()) return body;
      ListBuilder head(arena);
      for (uint32_t i = 1; i <= arity; ++i) head.push(capture.variable(i));
      return expand_fn(meta, list({node3(atoms::arrow, meta, list({head.finish(), body}))}));
    }
    if (rewrite) {
      module = rewrite->module;
      name = rewrite->function;
    }
  }
  Term remote = remote_node(arena, call_meta, module, name, Term::nil_list());
  return node3(atoms::capture, meta, list({node3(n.slash, meta, list({remote, Term::fixnum(arity)}))}));
}

Term Expander::capture_name(Term meta, Term name, uint32_t arity) {
  Resolution r = find_import(meta, name, arity);
  StoredDefinition* local = builder ? builder->find(name, arity) : nullptr;
  bool local_macro = local && local->is_macro();
  bool own_inline = env.module == atoms::Elixir_Kernel && session.rewrite(atoms::Elixir_Kernel, name, arity);
  if (local_macro || r.kind == Resolution::Macro || is_special_form(n, name, arity)) {
    if (arity == 0) {
      return file_error(
          meta,
          "invalid args for &, expected one of:\n\n  * &Mod.fun/arity to capture a remote function, such as "
          "&Enum.map/2\n  * &fun/arity to capture a local or imported function, such as &is_atom/1\n  * "
          "&some_code(&1, ...) containing at least one argument as &1, such as &List.flatten(&1)\n\nGot: " +
              std::string(text(name)) + "/0");
    }
    ListBuilder args(arena);
    for (uint32_t i = 1; i <= arity; ++i) args.push(node3(atoms::capture, meta, list({Term::fixnum(i)})));
    CaptureExpander capture(*this, Term::fixnum(session.next_counter()));
    Term body = capture.replace(node3(name, meta, args.finish()));
    if (body.is_none()) return body;
    ListBuilder head(arena);
    for (uint32_t i = 1; i <= arity; ++i) head.push(capture.variable(i));
    return expand_fn(meta, list({node3(atoms::arrow, meta, list({head.finish(), body}))}));
  }
  if (r.kind == Resolution::Ambiguous) {
    return file_error(meta, "function " + name_arity(name, arity) + " imported from both " + module_text(r.other) +
                                " and " + module_text(r.receiver) + ", call is ambiguous");
  }
  if (r.kind == Resolution::Function || own_inline) {
    if (!own_inline && !r.quoted) record_import(name, arity, r.receiver, meta);
    return capture_remote(meta, own_inline ? atoms::Elixir_Kernel : r.receiver, name, arity, meta);
  }
  if (env.function.is_none() || !builder) {
    return file_error(meta, "undefined function " + name_arity(name, arity) + " (there is no such import)");
  }
  local_uses.push_back({name, arity, meta, true});
  return node3(atoms::capture, meta,
               list({node3(n.slash, meta, list({node3(name, meta, atoms::nil), Term::fixnum(arity)}))}));
}

Term Expander::expand_capture(Term meta, Term arg) {
  if (arg.is_fixnum()) {
    return file_error(meta, "unhandled &" + std::to_string(arg.as_fixnum()) + " outside of a capture");
  }
  auto invalid = [&](Term got) {
    return file_error(
        meta,
        "invalid args for &, expected one of:\n\n  * &Mod.fun/arity to capture a remote function, such as "
        "&Enum.map/2\n  * &fun/arity to capture a local or imported function, such as &is_atom/1\n  * "
        "&some_code(&1, ...) containing at least one argument as &1, such as &List.flatten(&1)\n\nGot: " +
            code_text(got));
  };
  if (is_call_of(arg, n.slash, 2)) {
    Term target = first(node_args(arg)), arity = second(node_args(arg));
    if (arity.is_fixnum() && is_node(target)) {
      if (arity.as_fixnum() < 0 || arity.as_fixnum() > 255) {
        return file_error(meta, "capture argument arity must be between 0 and 255");
      }
      uint32_t count = static_cast<uint32_t>(arity.as_fixnum());
      if (is_call_of(node_head(target), atoms::dot, 2) && node_args(target).is_nil_list() &&
          second(node_args(node_head(target))).is_atom()) {
        return capture_remote(meta, first(node_args(node_head(target))), second(node_args(node_head(target))), count,
                              node_meta(target));
      }
      if (is_variable(target)) {
        Term name_meta = node_meta(target);
        if (keyword_has(meta, n.imports) && !keyword_has(name_meta, n.imports)) name_meta = meta;
        return capture_name(name_meta, node_head(target), count);
      }
    }
  }
  if (is_call_of(arg, atoms::block)) {
    Term items = node_args(arg);
    if (items.is_cons() && items.tail().is_nil_list()) return expand_capture(meta, items.head());
    return file_error(meta, "block expressions are not allowed inside the capture operator &, got: " + code_text(arg));
  }
  if (is_variable(arg) || arg.is_atom() || arg.is_number() || arg.is_bitstring()) return invalid(arg);
  // `&fun(&1, &2)` is `&fun/2`.
  if (is_node(arg) && node_args(arg).is_cons() && sequential(node_args(arg))) {
    uint32_t count = static_cast<uint32_t>(list_length(node_args(arg)));
    Term head = node_head(arg);
    if (is_call_of(head, atoms::dot, 2) && second(node_args(head)).is_atom() &&
        (is_call_of(first(node_args(head)), atoms::aliases) || first(node_args(head)).is_atom())) {
      return capture_remote(meta, first(node_args(head)), second(node_args(head)), count, node_meta(arg));
    }
    if (head.is_atom() && !is_special_form(n, head, count) && head != atoms::block && head != n.super_) {
      return capture_name(node_meta(arg), head, count);
    }
  }
  CaptureExpander capture(*this, Term::fixnum(session.next_counter()));
  Term body = capture.replace(arg);
  if (body.is_none()) return body;
  if (capture.highest() == 0) return invalid(arg);
  if (int64_t gap = capture.gap()) {
    return file_error(meta, "capture argument &" + std::to_string(gap) + " cannot be defined without &" +
                                std::to_string(gap - 1) + " (you cannot skip arguments)");
  }
  ListBuilder head(arena);
  for (int64_t i = 1; i <= capture.highest(); ++i) head.push(capture.variable(i));
  return expand_fn(meta, list({node3(atoms::arrow, meta, list({head.finish(), body}))}));
}

}  // namespace phial::compiler
