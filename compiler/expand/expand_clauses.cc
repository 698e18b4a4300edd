// Forms with clauses: fn, case, cond, receive, try, with, for. Each clause is a scope of its own.
#include "compiler/expand/expand_state.h"

namespace phial::compiler {

void Expander::leave(ScopeMark& m) {
  scope.restore(m.mark);
  env = std::move(m.env);
  stacktrace_allowed = m.stacktrace;
}

Term Expander::expand_clause_head(Term head, std::string_view form) {
  if (head.is_cons() && head.tail().is_nil_list() && is_call_of(head.head(), atoms::when)) {
    Term when = head.head();
    Term items = node_args(when);
    int64_t count = list_length(items);
    if (count < 1) return invalid_quoted(when, node_meta(when));
    ListBuilder patterns(arena);
    while (items.tail().is_cons()) {
      patterns.push(items.head());
      items = items.tail();
    }
    Term ehead = expand_head(patterns.finish());
    if (ehead.is_none()) return ehead;
    Term guard = expand_guard(items.head());
    if (guard.is_none()) return guard;
    ListBuilder out(arena);
    for (Term l = ehead; l.is_cons(); l = l.tail()) out.push(l.head());
    out.push(guard);
    return list({node3(atoms::when, node_meta(when), out.finish())});
  }
  return expand_head(head);
}

namespace {
int64_t head_arity(Term head) {
  if (head.is_cons() && head.tail().is_nil_list() && is_call_of(head.head(), atoms::when)) {
    return list_length(node_args(head.head())) - 1;
  }
  return list_length(head);
}
constexpr size_t kAnyArity = ~size_t{0};
}  // namespace

Term Expander::expand_clause(Term clause, std::string_view form, size_t arity_wanted) {
  Term head = first(node_args(clause)), body = second(node_args(clause));
  ScopeMark m = enter();
  Term ehead = expand_clause_head(head, form);
  if (ehead.is_none()) return ehead;
  Term ebody = expand(body);
  if (ebody.is_none()) return ebody;
  leave(m);
  return node3(atoms::arrow, node_meta(clause), list({ehead, ebody}));
}

Term Expander::expand_clauses(Term meta, Term clauses, std::string_view form, std::string_view key,
                              size_t arity_wanted) {
  auto bad = [&] {
    return file_error(meta, "expected -> clauses for :" + std::string(key) + " in \"" + std::string(form) + "\"");
  };
  if (!clauses.is_cons()) return bad();
  ListBuilder out(arena);
  for (Term l = clauses; l.is_cons(); l = l.tail()) {
    Term clause = l.head();
    if (!is_call_of(clause, atoms::arrow, 2) || !first(node_args(clause)).is_list()) return bad();
    if (arity_wanted != kAnyArity && head_arity(first(node_args(clause))) != static_cast<int64_t>(arity_wanted)) {
      return file_error(node_meta(clause),
                        "expected " + std::string(arity_wanted == 1 ? "one argument" : "no arguments") +
                            " for :" + std::string(key) + " clauses (->) in \"" + std::string(form) + "\"");
    }
    Term e = expand_clause(clause, form, arity_wanted);
    if (e.is_none()) return e;
    out.push(e);
  }
  return out.finish();
}

bool Expander::check_options(Term meta, Term options, std::initializer_list<Term> allowed, std::string_view form,
                             bool need_do) {
  if (!is_keyword(options)) {
    file_error(meta, "invalid arguments for \"" + std::string(form) + "\", expected a keyword list of blocks");
    return false;
  }
  if (need_do && !keyword_has(options, atoms::do_)) {
    file_error(meta, "missing :do option in \"" + std::string(form) + "\"");
    return false;
  }
  for (Term l = options; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0);
    bool known = false;
    for (Term a : allowed) known |= a == key;
    if (!known) {
      file_error(meta, "unexpected option " + inspect_text(key) + " in \"" + std::string(form) + "\"");
      return false;
    }
    if (keyword_has(l.tail(), key)) {
      file_error(meta, "duplicate " + inspect_text(key) + " clauses given for \"" + std::string(form) + "\"");
      return false;
    }
  }
  return true;
}

Term Expander::expand_case(Term meta, Term args) {
  Term options = second(args);
  Term subject = expand(first(args));
  if (subject.is_none()) return subject;
  if (!check_options(meta, options, {atoms::do_}, "case")) return Term::none();
  Term clauses = expand_clauses(meta, keyword_get(options, atoms::do_), "case", "do", 1);
  if (clauses.is_none()) return clauses;
  return node3(n.case_, meta, list({subject, list({pair(arena, atoms::do_, clauses)})}));
}

Term Expander::expand_cond(Term meta, Term args) {
  Term options = first(args);
  if (!check_options(meta, options, {atoms::do_}, "cond")) return Term::none();
  Term clauses = keyword_get(options, atoms::do_);
  if (!clauses.is_cons()) return file_error(meta, "expected -> clauses for :do in \"cond\"");
  ListBuilder out(arena);
  for (Term l = clauses; l.is_cons(); l = l.tail()) {
    Term clause = l.head();
    if (!is_call_of(clause, atoms::arrow, 2)) return file_error(meta, "expected -> clauses for :do in \"cond\"");
    Term head = first(node_args(clause));
    if (list_length(head) != 1) {
      return file_error(node_meta(clause), "expected one argument for :do clauses (->) in \"cond\"");
    }
    if (is_variable(first(head)) && node_head(first(head)) == n.underscore) {
      return file_error(
          node_meta(clause),
          "invalid use of _ inside \"cond\". If you want the last clause to always match, you probably meant to "
          "use: true ->");
    }
    ScopeMark m = enter();
    Term condition = expand(first(head));
    if (condition.is_none()) return condition;
    Term body = expand(second(node_args(clause)));
    if (body.is_none()) return body;
    leave(m);
    out.push(node3(atoms::arrow, node_meta(clause), list({list({condition}), body})));
  }
  return node3(n.cond, meta, list({list({pair(arena, atoms::do_, out.finish())})}));
}

Term Expander::expand_receive(Term meta, Term args) {
  Term options = first(args);
  if (!check_options(meta, options, {atoms::do_, atoms::after}, "receive", false)) return Term::none();
  if (options.is_nil_list()) return file_error(meta, "missing :do/:after option in \"receive\"");
  ListBuilder out(arena);
  for (Term l = options; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0), value = tuple_at(l.head(), 1);
    if (key == atoms::do_) {
      if (value == atoms::nil || value.is_nil_list() ||
          (is_call_of(value, atoms::block) && node_args(value).is_nil_list())) {
        if (!keyword_has(options, atoms::after)) return file_error(meta, "expected -> clauses for :do in \"receive\"");
        continue;
      }
      Term clauses = expand_clauses(meta, value, "receive", "do", 1);
      if (clauses.is_none()) return clauses;
      out.push(pair(arena, key, clauses));
    } else {
      if (!value.is_cons() || !is_call_of(value.head(), atoms::arrow, 2)) {
        return file_error(meta, "expected -> clauses for :after in \"receive\"");
      }
      if (value.tail().is_cons()) {
        return file_error(meta, "expected a single -> clause for :after in \"receive\"");
      }
      Term clause = value.head();
      Term head = first(node_args(clause));
      if (list_length(head) != 1) {
        return file_error(node_meta(clause), "expected one argument for :after clauses (->) in \"receive\"");
      }
      ScopeMark m = enter();
      Term timeout = expand(first(head));
      if (timeout.is_none()) return timeout;
      Term body = expand(second(node_args(clause)));
      if (body.is_none()) return body;
      leave(m);
      out.push(pair(arena, key, list({node3(atoms::arrow, node_meta(clause), list({list({timeout}), body}))})));
    }
  }
  return node3(n.receive, meta, list({out.finish()}));
}

Term Expander::expand_try(Term meta, Term args) {
  Term options = first(args);
  if (!check_options(meta, options, {atoms::do_, atoms::rescue, atoms::catch_, atoms::else_, atoms::after}, "try")) {
    return Term::none();
  }
  if (options.tail().is_nil_list() && is_keyword(options)) {
    return file_error(meta, "missing :catch/:rescue/:after/:else option in \"try\"");
  }
  ListBuilder out(arena);
  for (Term l = options; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0), value = tuple_at(l.head(), 1);
    ScopeMark m = enter();
    Term e;
    if (key == atoms::do_ || key == atoms::after) {
      e = expand(value);
    } else if (key == atoms::else_) {
      e = expand_clauses(meta, value, "try", "else", 1);
    } else if (key == atoms::catch_) {
      stacktrace_allowed = true;
      for (Term c = value; c.is_cons(); c = c.tail()) {
        if (!is_call_of(c.head(), atoms::arrow, 2)) break;
        int64_t arity = head_arity(first(node_args(c.head())));
        if (arity != 1 && arity != 2) {
          return file_error(node_meta(c.head()), "expected one or two args for :catch clauses (->) in \"try\"");
        }
      }
      e = expand_clauses(meta, value, "try", "catch", kAnyArity);
    } else {
      stacktrace_allowed = true;
      if (!value.is_cons()) return file_error(meta, "expected -> clauses for :rescue in \"try\"");
      ListBuilder clauses(arena);
      for (Term c = value; c.is_cons(); c = c.tail()) {
        Term clause = c.head();
        if (!is_call_of(clause, atoms::arrow, 2)) {
          return file_error(meta, "expected -> clauses for :rescue in \"try\"");
        }
        Term head = first(node_args(clause));
        if (list_length(head) != 1) {
          return file_error(node_meta(clause), "expected one argument for :rescue clauses (->) in \"try\"");
        }
        ScopeMark inner = enter();
        Term ehead = expand_rescue_head(node_meta(clause), first(head));
        if (ehead.is_none()) return ehead;
        Term body = expand(second(node_args(clause)));
        if (body.is_none()) return body;
        leave(inner);
        clauses.push(node3(atoms::arrow, node_meta(clause), list({list({ehead}), body})));
      }
      e = clauses.finish();
    }
    if (e.is_none()) return e;
    leave(m);
    out.push(pair(arena, key, e));
  }
  return node3(n.try_, meta, list({out.finish()}));
}

Term Expander::expand_rescue_head(Term meta, Term head) {
  auto bad = [&] {
    return file_error(meta,
                      "invalid \"rescue\" clause. The clause must match on an alias, a variable or be in the \"var in "
                      "[alias]\" format");
  };
  Term variable = node3(n.underscore, meta, atoms::nil);
  Term modules = Term::none();
  if (is_call_of(head, n.in, 2)) {
    variable = first(node_args(head));
    modules = second(node_args(head));
    if (!is_variable(variable)) return bad();
  } else if (is_variable(head)) {
    Form form = form_of(n, node_head(head));
    if (form == Form::None) return expand_pattern(head);
    modules = head;
  } else {
    modules = head;
  }
  Term evariable = expand_pattern(variable);
  if (evariable.is_none()) return evariable;
  if (is_variable(modules) && node_head(modules) == n.underscore) return evariable;
  Term emodules = expand(modules);
  if (emodules.is_none()) return emodules;
  // A macro may have given `var in modules` or a list in other clothes.
  if (is_call_of(emodules, n.in, 2)) return expand_rescue_head(meta, emodules);
  if (emodules.is_atom()) emodules = list({emodules});
  if (!emodules.is_list()) return bad();
  for (Term l = emodules; l.is_cons(); l = l.tail()) {
    if (!l.head().is_atom()) return bad();
  }
  return node3(n.in, meta, list({evariable, emodules}));
}

Term Expander::expand_generator(Term meta, Term left, Term right, Term arrow_meta) {
  Term eright = expand(right);
  if (eright.is_none()) return eright;
  Term eleft = expand_clause_head(list({left}), "<-");
  if (eleft.is_none()) return eleft;
  return node3(n.left_arrow, arrow_meta, list({first(eleft), eright}));
}

namespace {
/// Splits `f a, b, do: x` arguments into those before the options and the options; a last non-keyword is no options.
Term split_options(Space& space, Term args, Term& options) {
  ListBuilder out(space);
  options = Term::nil_list();
  std::vector<Term> tail;
  for (Term l = args; l.is_cons(); l = l.tail()) {
    if (l.tail().is_nil_list() && l.head().is_cons() && is_keyword(l.head())) {
      options = l.head();
      // `with a, else: x do` arrives as two keyword lists.
      break;
    }
    out.push(l.head());
  }
  Term items = out.finish();
  // An earlier keyword list right before the do block belongs to the options too.
  std::vector<Term> all;
  for (Term l = items; l.is_cons(); l = l.tail()) all.push_back(l.head());
  if (!all.empty() && all.back().is_cons() && is_keyword(all.back()) && !options.is_nil_list()) {
    ListBuilder joined(space);
    for (Term l = all.back(); l.is_cons(); l = l.tail()) joined.push(l.head());
    options = joined.finish(options);
    all.pop_back();
    items = make_list(space, all);
  }
  return items;
}
}  // namespace

Term Expander::expand_with(Term meta, Term args) {
  Term options;
  Term items = split_options(arena, args, options);
  if (!keyword_has(options, atoms::do_)) return file_error(meta, "missing :do option in \"with\"");
  if (!check_options(meta, options, {atoms::do_, atoms::else_}, "with")) return Term::none();
  ScopeMark m = enter();
  ListBuilder out(arena);
  for (Term l = items; l.is_cons(); l = l.tail()) {
    Term item = l.head();
    Term e = is_call_of(item, n.left_arrow, 2)
                 ? expand_generator(meta, first(node_args(item)), second(node_args(item)), node_meta(item))
                 : expand(item);
    if (e.is_none()) return e;
    out.push(e);
  }
  Term body = expand(keyword_get(options, atoms::do_));
  if (body.is_none()) return body;
  leave(m);
  ListBuilder blocks(arena);
  blocks.push(pair(arena, atoms::do_, body));
  Term else_clauses = keyword_get(options, atoms::else_);
  if (!else_clauses.is_none()) {
    Term e = expand_clauses(meta, else_clauses, "with", "else", 1);
    if (e.is_none()) return e;
    blocks.push(pair(arena, atoms::else_, e));
  }
  out.push(blocks.finish());
  return node3(n.with, meta, out.finish());
}

Term Expander::expand_for(Term meta, Term args) {
  Term options;
  Term items = split_options(arena, args, options);
  if (!keyword_has(options, atoms::do_)) return file_error(meta, "missing :do option in \"for\"");
  for (Term l = options; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0);
    if (key != atoms::do_ && key != n.into && key != n.uniq && key != n.reduce) {
      return file_error(meta, "unsupported option " + inspect_text(key) + " given to for");
    }
  }
  Term into = keyword_get(options, n.into), uniq = keyword_get(options, n.uniq),
       reduce = keyword_get(options, n.reduce);
  if (!reduce.is_none() && (!into.is_none() || !uniq.is_none())) {
    return file_error(meta, "cannot use :reduce alongside :into/:uniq in comprehension");
  }
  if (!uniq.is_none() && !(uniq == atoms::true_ || uniq == atoms::false_)) {
    return file_error(meta, ":uniq option for comprehensions only accepts a boolean, got: " + code_text(uniq));
  }
  if (items.is_nil_list() || !(is_call_of(items.head(), n.left_arrow, 2) || is_call_of(items.head(), atoms::bits))) {
    return file_error(meta, "for comprehensions must start with a generator");
  }
  // Options belong to the surrounding scope.
  ListBuilder eoptions(arena);
  size_t options_mark = scope.mark();
  for (Term l = options; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0);
    if (key == atoms::do_) continue;
    Term e = expand(tuple_at(l.head(), 1));
    if (e.is_none()) return e;
    eoptions.push(pair(arena, key, e));
  }
  scope.restore(options_mark);
  ScopeMark m = enter();
  ListBuilder out(arena);
  for (Term l = items; l.is_cons(); l = l.tail()) {
    Term item = l.head();
    Term e;
    if (is_call_of(item, n.left_arrow, 2)) {
      e = expand_generator(meta, first(node_args(item)), second(node_args(item)), node_meta(item));
    } else if (is_call_of(item, atoms::bits) && node_args(item).is_cons()) {
      std::vector<Term> segments;
      for (Term s = node_args(item); s.is_cons(); s = s.tail()) segments.push_back(s.head());
      if (is_call_of(segments.back(), n.left_arrow, 2)) {
        Term arrow = segments.back();
        Term source = expand(second(node_args(arrow)));
        if (source.is_none()) return source;
        segments.back() = first(node_args(arrow));
        Term pattern = expand_pattern(node3(atoms::bits, node_meta(item), make_list(arena, segments)));
        if (pattern.is_none()) return pattern;
        if (pattern.is_bitstring()) pattern = literal_bits(pattern);
        std::vector<Term> expanded;
        for (Term s = node_args(pattern); s.is_cons(); s = s.tail()) expanded.push_back(s.head());
        if (expanded.empty()) return file_error(meta, "bitstring comprehension needs a segment before <-");
        expanded.back() = node3(n.left_arrow, node_meta(arrow), list({expanded.back(), source}));
        e = node3(atoms::bits, node_meta(item), make_list(arena, expanded));
      } else {
        e = expand(item);
      }
    } else {
      e = expand(item);
    }
    if (e.is_none()) return e;
    out.push(e);
  }
  Term body = keyword_get(options, atoms::do_);
  bool clauses = body.is_cons() && is_call_of(body.head(), atoms::arrow, 2);
  Term ebody;
  if (!reduce.is_none()) {
    if (!clauses) {
      return file_error(
          meta,
          "when using :reduce with comprehensions, the do block must be written using acc -> expr clauses, "
          "where each clause expects the accumulator as a single argument");
    }
    ebody = expand_clauses(meta, body, "for", "do", 1);
  } else if (clauses) {
    return file_error(meta, "the do block was written using acc -> expr clauses but the :reduce option was not given");
  } else {
    ebody = expand(body);
  }
  if (ebody.is_none()) return ebody;
  leave(m);
  eoptions.push(pair(arena, atoms::do_, ebody));
  out.push(eoptions.finish());
  return node3(n.for_, meta, out.finish());
}

Term Expander::expand_fn(Term meta, Term clauses) {
  bool saved = in_closure;
  in_closure = true;
  ListBuilder out(arena);
  int64_t arity = -1;
  for (Term l = clauses; l.is_cons(); l = l.tail()) {
    Term clause = l.head();
    if (!is_call_of(clause, atoms::arrow, 2)) return file_error(meta, "expected -> clauses in \"fn\"");
    Term head = first(node_args(clause));
    for (Term a = head; a.is_cons(); a = a.tail()) {
      if (is_call_of(a.head(), n.default_arg, 2)) {
        return file_error(node_meta(clause), "anonymous functions cannot have optional arguments");
      }
    }
    int64_t this_arity = head_arity(head);
    if (arity >= 0 && this_arity != arity) {
      return file_error(meta, "cannot mix clauses with different arities in anonymous functions");
    }
    arity = this_arity;
    Term e = expand_clause(clause, "fn", kAnyArity);
    if (e.is_none()) return e;
    out.push(e);
  }
  in_closure = saved;
  return node3(atoms::fn, meta, out.finish());
}

}  // namespace phial::compiler
