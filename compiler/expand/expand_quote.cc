// quote, and the walks over quoted code that macro expansion needs.
#include <algorithm>

#include "compiler/expand/quoter.h"

namespace phial::compiler {

Term Quoter::meta_code(Term meta) {
  Space& s = e_.arena;
  if (!strip_lines) return e_.escape(meta);
  meta = keyword_drop(s, meta, atoms::column);
  if (!file.is_none()) {
    Term at = keyword_get(meta, atoms::line);
    meta = keyword_drop(s, meta, atoms::line);
    meta = make_cons(s, pair(s, n_.keep, pair(s, file, at.is_none() ? Term::fixnum(0) : at)), meta);
  } else if (line.is_none() || line == atoms::false_) {
    meta = keyword_drop(s, meta, atoms::line);
  } else if (line != atoms::true_) {
    meta = keyword_put(s, meta, atoms::line, line);
  }
  if (generated) meta = make_cons(s, pair(s, n_.generated, atoms::true_), meta);
  return meta;
}

Term Quoter::find_imports(Term name) {
  Space& s = e_.arena;
  struct Entry {
    uint32_t arity;
    Term module;
  };
  std::vector<Entry> entries;
  std::vector<uint32_t> arities;
  const ImportIndex& index = import_index(e_.env);
  auto add = [&](const Ref<const ImportSet>& set) {
    arities.clear();
    set->arities_of(name, arities);
    for (uint32_t a : arities) entries.push_back({a, set->module()});
  };
  for (const auto& set : index.functions) add(set);
  for (const auto& set : index.macros) add(set);
  if (entries.empty()) return Term::nil_list();
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.arity < b.arity; });
  ListBuilder out(s);
  for (const Entry& entry : entries) out.push(pair(s, Term::fixnum(entry.arity), entry.module));
  return out.finish();
}

Term Quoter::import_meta(Term meta, Term name, uint32_t arity) {
  Space& s = e_.arena;
  if (keyword_has(meta, n_.imports)) return meta;
  Term imports = find_imports(name);
  if (imports.is_nil_list()) {
    if (arity == 1 && keyword_get(meta, n_.ambiguous_op) == atoms::nil) {
      return keyword_store(s, meta, n_.ambiguous_op, context);
    }
    return meta;
  }
  return keyword_store(s, keyword_store(s, meta, n_.context, context), n_.imports, imports);
}

Term Quoter::quote_tuple(Term head_code, Term meta, Term tail_code) {
  if (head_code.is_none() || tail_code.is_none()) return Term::none();
  return e_.node3(atoms::tuple_brace, Term::nil_list(), e_.list({head_code, meta_code(meta), tail_code}));
}

Term Quoter::quote_dot(Term meta, Term left, Term expr, Term args) {
  Term qleft = quote(left);
  if (qleft.is_none()) return qleft;
  Term value = e_.expand(expr);
  if (value.is_none()) return value;
  Term qargs = args.is_none() ? atoms::nil : quote(args);
  if (qargs.is_none()) return qargs;
  Term ctx = context.is_none() ? atoms::nil : context;
  return remote_node(e_.arena, meta, n_.phial_macro, n_.quote_dot,
                     e_.list({meta_code(meta), qleft, value, qargs, ctx}));
}

Term Quoter::quote(Term t) {
  if (t.is_atom() || t.is_number()) return t;
  if (e_.stack_low()) return e_.file_error(Term::nil_list(), "quoted code is nested too deeply");
  if (t.is_list()) return quote_list(t);
  if (is_node(t) && node_meta(t).is_list()) return quote_node(t);
  if (is_tuple_of(t, 2)) {
    Term a = tuple_at(t, 0), b = tuple_at(t, 1);
    if (is_splice(a) || is_splice(b)) return quote(e_.node3(atoms::tuple_brace, Term::nil_list(), e_.list({a, b})));
    Term qa = quote(a);
    if (qa.is_none()) return qa;
    Term qb = quote(b);
    if (qb.is_none()) return qb;
    return pair(e_.arena, qa, qb);
  }
  return e_.escape(t);
}

Term Quoter::quote_node(Term t) {
  Space& s = e_.arena;
  Term head = node_head(t), meta = node_meta(t), args = node_args(t);
  if (head == n_.quote_ && args.is_cons() && (args.tail().is_nil_list() || args.tail().tail().is_nil_list())) {
    bool saved = unquote;
    Term options = Term::none();
    Term body = args.head();
    if (args.tail().is_cons()) {
      options = quote(args.head());
      if (options.is_none()) return options;
      body = second(args);
    }
    unquote = false;
    Term qbody = quote(body);
    unquote = saved;
    if (qbody.is_none()) return qbody;
    if (hygiene) meta = keyword_store(s, meta, n_.context, context);
    return quote_tuple(head, meta, options.is_none() ? e_.list({qbody}) : e_.list({options, qbody}));
  }
  if (unquote) {
    if (is_call_of(t, n_.unquote, 1)) return e_.expand(args.head());
    if (is_call_of(t, n_.unquote_splicing, 1)) {
      return e_.raise_argument_error(
          "unquote_splicing only works inside arguments and block contexts, wrap it in parens if you want it to work "
          "with one-liners");
    }
    // a.unquote(b) and a.unquote(b)(args)
    if (is_call_of(head, atoms::dot, 2) && second(node_args(head)) == n_.unquote && args.is_cons() &&
        args.tail().is_nil_list()) {
      return quote_dot(node_meta(head), first(node_args(head)), args.head(), Term::none());
    }
    if (is_node(head) && is_call_of(node_head(head), atoms::dot, 2) &&
        second(node_args(node_head(head))) == n_.unquote && node_args(head).is_cons() &&
        node_args(head).tail().is_nil_list() && args.is_list()) {
      return quote_dot(node_meta(node_head(head)), first(node_args(node_head(head))), node_args(head).head(), args);
    }
  }
  if (!hygiene || !head.is_atom()) {
    Term qhead = quote(head);
    if (qhead.is_none()) return qhead;
    return quote_tuple(qhead, meta, quote(args));
  }
  if (args == atoms::nil) {
    return quote_tuple(head, import_meta(meta, head, 0), context);
  }
  if (!args.is_list()) return quote_tuple(head, meta, quote(args));
  if (head == atoms::aliases && args.is_cons() && args.head().is_atom() && args.head() != atoms::Elixir) {
    bool atoms_only = true;
    for (Term l = args; l.is_cons(); l = l.tail()) atoms_only &= l.head().is_atom();
    // Whether the first part is an alias here decides; its value covers all parts.
    Term first_alias = alias_atom(e_.atoms_table, e_.text(args.head()));
    Term note = atoms::false_;
    Term given = keyword_get(meta, n_.alias);
    if (!given.is_none()) {
      note = given;
    } else if (atoms_only && !keyword_get(e_.env.aliases, first_alias).is_none()) {
      note = e_.expand_alias_node(t);
      if (note.is_none()) return note;
    }
    meta = keyword_store(s, keyword_drop(s, meta, n_.counter), n_.alias, note);
    return quote_tuple(head, meta, quote(args));
  }
  if (head == n_.alias || head == n_.require || head == n_.import_) {
    meta = keyword_store(s, meta, n_.context, context);
    return quote_tuple(head, meta, quote(args));
  }
  if (head == atoms::capture && args.is_cons() && args.tail().is_nil_list() && is_call_of(args.head(), n_.slash, 2)) {
    Term target = first(node_args(args.head())), arity = second(node_args(args.head()));
    if (is_variable(target) && arity.is_fixnum()) {
      return quote_tuple(head, import_meta(meta, node_head(target), static_cast<uint32_t>(arity.as_fixnum())),
                         quote(args));
    }
  }
  if (head == n_.def || head == n_.defp || head == n_.defmacro || head == n_.defmacrop || head == n_.at) {
    // The definition remembers that it was generated.
    if (args.is_cons() && is_node(args.head()) && node_meta(args.head()).is_list()) {
      Term d = args.head();
      Term definition = e_.node3(node_head(d), keyword_store(s, node_meta(d), n_.context, context), node_args(d));
      args = make_cons(s, definition, args.tail());
    }
  }
  int64_t arity = list_length(args);
  if (arity >= 0) meta = import_meta(meta, head, static_cast<uint32_t>(arity));
  return quote_tuple(head, meta, quote(args));
}

Term Quoter::quote_list(Term items) {
  Space& s = e_.arena;
  std::vector<Term> all;
  Term l = items;
  for (; l.is_cons(); l = l.tail()) all.push_back(l.head());
  if (!l.is_nil_list()) return e_.escape(items);
  Term code = Term::nil_list();  // code of the list behind the current item
  bool dynamic = false;          // [code] is an expression, not a list of codes
  size_t end = all.size();
  if (end > 0 && is_call_of(all.back(), n_.pipe, 2) && is_splice(first(node_args(all.back())))) {
    Term parts = node_args(all.back());
    Term left = e_.expand(first(node_args(first(parts))));
    if (left.is_none()) return left;
    Term right = quote(second(parts));
    if (right.is_none()) return right;
    code = remote_node(s, node_meta(all.back()), n_.phial_macro, n_.quote_tail, e_.list({left, right}));
    dynamic = true;
    --end;
  }
  // Codes of items collected from the back, put in front of what follows them at a splice or at the start.
  std::vector<Term> pending;
  auto flush = [&] {
    if (pending.empty()) return;
    std::reverse(pending.begin(), pending.end());
    if (dynamic) {
      pending.back() = e_.node3(n_.pipe, Term::nil_list(), e_.list({pending.back(), code}));
      code = make_list(s, pending);
    } else {
      code = make_list(s, pending, code);
    }
    dynamic = false;
    pending.clear();
  };
  // Unquotes are evaluated in source order only if they are expanded so; expansion order does not matter here.
  for (size_t i = end; i-- > 0;) {
    if (is_splice(all[i])) {
      flush();
      Term spliced = e_.expand(first(node_args(all[i])));
      if (spliced.is_none()) return spliced;
      if (!dynamic && code.is_nil_list()) {
        code = remote_node(s, node_meta(all[i]), n_.phial_macro, n_.quote_check, e_.list({spliced}));
      } else {
        code = e_.erlang_call(
            node_meta(all[i]), n_.append,
            e_.list({remote_node(s, node_meta(all[i]), n_.phial_macro, n_.quote_check, e_.list({spliced})), code}));
      }
      dynamic = true;
    } else {
      Term q = quote(all[i]);
      if (q.is_none()) return q;
      pending.push_back(q);
    }
  }
  flush();
  return code;
}

Term Expander::expand_quote(Term meta, Term args) {
  Term options = Term::nil_list(), blocks = first(args);
  if (args.tail().is_cons()) {
    options = first(args);
    blocks = second(args);
  }
  if (!is_keyword(blocks)) {
    return file_error(meta, "invalid arguments for \"quote\", expected a keyword list with a :do block");
  }
  Term body = keyword_get(blocks, atoms::do_);
  if (body.is_none()) return file_error(meta, "missing :do option in \"quote\"");
  if (args.tail().is_nil_list()) {
    options = keyword_drop(arena, blocks, atoms::do_);
  }
  Quoter q(*this);
  q.context = env.module == atoms::nil ? atoms::Elixir : env.module;
  Term binding = Term::none();
  ListBuilder before(arena);  // temporaries for option values that are no constants
  auto settle = [&](Term code) {
    if (!constant_of(code).is_none()) return code;
    int64_t version = scope.new_version();
    Term variable = node3(n.x, list({pair(arena, n.version, Term::fixnum(version))}), n.phial);
    before.push(node3(atoms::equals, meta, list({variable, code})));
    return variable;
  };
  if (!options.is_list()) {
    return file_error(meta, "invalid options for quote, expected a keyword list, got: " + code_text(options));
  }
  bool unquote_given = false;
  for (Term l = options; l.is_cons(); l = l.tail()) {
    if (!is_tuple_of(l.head(), 2)) {
      return file_error(meta, "invalid options for quote, expected a keyword list, got: " + code_text(options));
    }
    Term key = tuple_at(l.head(), 0), value = tuple_at(l.head(), 1);
    if (key == n.bind_quoted) {
      if (!value.is_list()) {
        // A binding that is an expression must come out as a keyword list of code.
        value = expand(value);
        if (value.is_none()) return value;
      }
      if (!is_keyword(value)) {
        return file_error(meta, "invalid :bind_quoted for quote, expected a keyword list of variable names");
      }
      binding = value;
      continue;
    }
    if (key != n.unquote && key != n.location && key != n.context && key != atoms::line && key != atoms::file &&
        key != n.generated && key != n.prune) {
      return file_error(meta, "unsupported option " + inspect_text(key) + " given to quote");
    }
    Term e = expand(value);
    if (e.is_none()) return e;
    if (key == n.unquote) {
      if (e != atoms::true_ && e != atoms::false_) {
        return file_error(meta,
                          "invalid value for option :unquote for quote, expected a boolean, got: " + code_text(e));
      }
      q.unquote = e == atoms::true_;
      unquote_given = true;
    } else if (key == n.location) {
      if (e != n.keep)
        return file_error(meta, "invalid value for :location for quote, expected :keep, got: " + code_text(e));
      q.file = env.file;
    } else if (key == n.context) {
      if (e == atoms::nil)
        return file_error(meta, "invalid :context for quote, expected non-nil compile time atom or alias, got: nil");
      q.context = settle(e);
    } else if (key == atoms::line) {
      q.line = settle(e);
    } else if (key == atoms::file) {
      q.file = settle(e);
    } else if (key == n.generated) {
      q.generated = e == atoms::true_;
    }
  }
  if (!binding.is_none() && !unquote_given) q.unquote = false;
  // A line alone overrides `keep`.
  if (!q.line.is_none() && !q.file.is_none()) q.file = Term::none();
  Term quoted = q.quote(body);
  if (quoted.is_none()) return quoted;
  if (!binding.is_none()) {
    ListBuilder items(arena);
    for (Term l = binding; l.is_cons(); l = l.tail()) {
      Term value = expand(tuple_at(l.head(), 1));
      if (value.is_none()) return value;
      Term variable_meta = Term::nil_list();
      if (meta_line(meta) != 0) variable_meta = list({pair(arena, atoms::line, Term::fixnum(meta_line(meta)))});
      Term variable =
          node3(atoms::tuple_brace, Term::nil_list(), list({tuple_at(l.head(), 0), variable_meta, q.context}));
      items.push(node3(atoms::tuple_brace, Term::nil_list(),
                       list({atoms::equals, Term::nil_list(), list({variable, value})})));
    }
    items.push(quoted);
    quoted = node3(atoms::tuple_brace, Term::nil_list(), list({atoms::block, Term::nil_list(), items.finish()}));
  }
  if (before.empty()) return quoted;
  before.push(quoted);
  return block_node(arena, meta, before.finish());
}

namespace {
/// Rebuilds what a change of metadata touches, sharing the rest. Stops at [limit] of the C++ stack: code nested deeper
/// than that is refused by the expander anyway.
class Linifier {
 public:
  Linifier(ArenaSpace& arena, const Names& n) : arena_(arena), n_(n) {
    limit_ = static_cast<const char*>(__builtin_frame_address(0)) - 300 * 1024;
  }
  uint32_t line = 0;
  bool generated = false;
  bool keep = false;
  bool hygiene = false;
  Term receiver;
  Term counter;

  Term walk(Term t) {
    if (static_cast<const char*>(__builtin_frame_address(0)) < limit_) return t;
    if (t.is_cons()) return walk_list(t);
    if (is_node(t) && node_meta(t).is_list()) return walk_node(t);
    if (is_tuple_of(t, 2)) {
      Term a = walk(tuple_at(t, 0)), b = walk(tuple_at(t, 1));
      return a == tuple_at(t, 0) && b == tuple_at(t, 1) ? t : pair(arena_, a, b);
    }
    return t;
  }

 private:
  Term walk_list(Term t) {
    std::vector<Term> items;
    bool same = true;
    Term l = t;
    for (; l.is_cons(); l = l.tail()) {
      Term e = walk(l.head());
      if (!(e == l.head())) same = false;
      items.push_back(e);
    }
    return same ? t : make_list(arena_, items, l);
  }
  Term keynew(Term meta, Term key, Term value) {
    return keyword_has(meta, key) ? meta : make_cons(arena_, pair(arena_, key, value), meta);
  }
  Term change(Term meta) {
    if (keep) {
      Term place = keyword_get(meta, n_.keep);
      if (!place.is_none() && is_tuple_of(place, 2)) {
        meta = keyword_drop(arena_, keyword_drop(arena_, meta, n_.keep), atoms::line);
        return make_cons(arena_, pair(arena_, atoms::line, tuple_at(place, 1)), meta);
      }
    }
    if (line != 0) meta = keynew(meta, atoms::line, Term::fixnum(line));
    if (generated) meta = keynew(meta, n_.generated, atoms::true_);
    return meta;
  }
  Term walk_node(Term t) {
    Term head = node_head(t), meta = node_meta(t), args = node_args(t);
    if (hygiene && head.is_atom()) {
      if (args.is_atom()) {
        if (args == receiver && head != n_.underscore) meta = keynew(meta, n_.counter, counter);
      } else if (args.is_cons()) {
        if (head == n_.quote_) {
          if (keyword_get(meta, n_.context) == receiver) meta = keynew(meta, n_.counter, counter);
        } else if (head == n_.alias || head == n_.require || head == n_.import_ || head == atoms::aliases) {
          meta = keynew(meta, n_.counter, counter);
        }
      }
    }
    meta = change(meta);
    Term ehead = walk(head), eargs = walk(args);
    if (ehead == head && eargs == args && meta == node_meta(t)) return t;
    return node(arena_, ehead, meta, eargs);
  }
  ArenaSpace& arena_;
  const Names& n_;
  const char* limit_;
};
}  // namespace

Term linify(ArenaSpace& arena, const Names& n, Term meta, Term receiver, int64_t counter, Term quoted) {
  Linifier walker(arena, n);
  walker.line = meta_line(meta);
  walker.generated = keyword_get(meta, n.generated) == atoms::true_;
  walker.hygiene = true;
  walker.receiver = receiver;
  walker.counter = Term::fixnum(counter);
  return walker.walk(quoted);
}

Term linify_lines(ArenaSpace& arena, const Names& n, uint32_t line, bool keep, Term quoted) {
  if (line == 0) return quoted;
  Linifier walker(arena, n);
  walker.line = line;
  walker.keep = keep;
  return walker.walk(quoted);
}

bool has_unquotes(const Names& n, Term t) {
  const char* limit = static_cast<const char*>(__builtin_frame_address(0)) - 300 * 1024;
  auto walk = [&](auto& self, Term t) -> bool {
    if (static_cast<const char*>(__builtin_frame_address(0)) < limit) return false;
    for (; t.is_cons(); t = t.tail()) {
      if (self(self, t.head())) return true;
    }
    if (is_tuple_of(t, 2)) return self(self, tuple_at(t, 0)) || self(self, tuple_at(t, 1));
    if (!is_node(t)) return false;
    Term head = node_head(t), args = node_args(t);
    if (head == n.quote_ && args.is_cons()) return args.tail().is_cons() && self(self, args.head());
    if ((head == n.unquote || head == n.unquote_splicing) && args.is_cons()) return true;
    if (is_call_of(head, atoms::dot, 2) && second(node_args(head)) == n.unquote) return true;
    return self(self, head) || self(self, args);
  };
  return walk(walk, t);
}

}  // namespace phial::compiler
