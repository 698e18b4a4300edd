// Parentheses, anonymous functions and clauses (`pattern -> body`), and the blocks they make.
#include "compiler/parse/parser_impl.h"

namespace phial::compiler {

/// Takes what ends an expression: a newline, a `;`, or both. nullptr when there is none.
const Token* Parser::take_eoe() {
  if (is(TokenKind::Eol)) {
    const Token* eoe = cur_++;
    if (is(TokenKind::Semicolon)) ++cur_;
    return eoe;
  }
  return is(TokenKind::Semicolon) ? cur_++ : nullptr;
}

/// Notes in the metadata of the last item on the stack, or of its body when it is a clause, where it ends.
void Parser::annotate_eoe(const Token& eoe) {
  if (!options_.token_metadata) return;
  Term item = stack_.back();
  if (!is_node(item)) return;
  Term where = make_cons(space_, pair(names_.newlines, Term::fixnum(eoe.newlines)), meta(eoe));
  auto annotated = [&](Term t) {
    return node(tuple_at(t, 0), prepend(names_.end_of_expression, where, tuple_at(t, 1)), tuple_at(t, 2));
  };
  if (!is_clause(item)) {
    if (tuple_at(item, 1).is_list()) stack_.back() = annotated(item);
    return;
  }
  Term args = tuple_at(item, 2).head(), body = tuple_at(item, 2).tail().head();
  if (is_node(body) && tuple_at(body, 1).is_list())
    stack_.back() = node(tuple_at(item, 0), tuple_at(item, 1), list({args, annotated(body)}));
}

Term Parser::parens_meta(const Token& open, const Token& close) {
  if (!options_.token_metadata) return Term::nil_list();
  Term entry = append(meta(open), list({pair(names_.closing, meta(close))}));
  return list({pair(names_.parens, entry)});
}

/// The parenthesis at the cursor up to its end. Several expressions or a keyword list (Group::Many; left on the stack)
/// are only taken with [allow_many]: before `->`, or to tell `f (a, b)` from a call. [in_expr]: `()` is used as a
/// value.
Term Parser::parse_group(Group& kind, bool allow_many, bool in_expr) {
  if (!check_stack()) return Term::none();
  const Token& open = *cur_++;
  uint32_t newlines = take_eol();
  kind = Group::Value;
  if (is(TokenKind::CloseParen)) {
    kind = Group::Empty;
    group_open_ = &open;
    group_close_ = cur_++;
    if (in_expr)
      warn(open.line, open.column,
           "invalid expression (). If you want to invoke or define a function, make sure there are no spaces between "
           "the function name and its arguments. If you wanted to pass an empty block or code, pass a value instead, "
           "such as a nil or an atom");
    return node(names_.block, parens_meta(open, *group_close_), Term::nil_list());
  }
  bool outer_no_do = no_do_;
  no_do_ = false;
  size_t base = stack_.size();
  bool many = false;
  if (is(TokenKind::Semicolon)) {
    ++cur_;
    if (!at_close(TokenKind::CloseParen)) {
      if (!parse_stab(false, many)) return Term::none();
    } else {
      take_eol();
    }
  } else if (!parse_stab(allow_many, many)) {
    return Term::none();
  }
  no_do_ = outer_no_do;
  if (many) take_eol();
  if (!is(TokenKind::CloseParen)) return syntax_error();
  const Token& close = *cur_++;
  if (many) {
    kind = Group::Many;
    group_open_ = &open;
    group_close_ = &close;
    return atoms::nil;
  }
  std::span<const Term> items = std::span<const Term>(stack_).subspan(base);
  Term result;
  if (items.size() == 1 && (is_node_of(items[0], names_.not_) || is_node_of(items[0], names_.bang)) &&
      list_length(tuple_at(items[0], 2)) == 1) {
    // Keeps (not a) in b apart from not a in b.
    result = node(names_.block, Term::nil_list(), list({items[0]}));
  } else {
    bool clauses = false;
    if (!check_stab(items, clauses)) return Term::none();
    result = clauses ? literal(collect_stab(items), open, newlines_pair(newlines, close))
                     : build_block(items, &open, &close);
  }
  stack_.resize(base);
  return result;
}

Term Parser::parse_fn() {
  const Token& open = *cur_++;
  uint32_t newlines = 0;
  if (const Token* eoe = take_eoe()) newlines = eoe->newlines;
  bool outer_no_do = no_do_;
  no_do_ = false;
  size_t base = stack_.size();
  bool many = false;
  if (!parse_stab(false, many)) return Term::none();
  if (!is(TokenKind::End)) return syntax_error();
  const Token& close = *cur_++;
  no_do_ = outer_no_do;
  std::span<const Term> items = std::span<const Term>(stack_).subspan(base);
  bool clauses = false;
  if (!check_stab(items, clauses)) return Term::none();
  if (!clauses)
    return fail(open.line, open.column, "expected anonymous functions to be defined with -> inside: ", "'fn'");
  Term where = meta(open);
  if (options_.token_metadata) where = add_newlines(newlines, prepend(names_.closing, meta(close), where));
  Term fn = node(names_.fn, where, collect_stab(items));
  stack_.resize(base);
  return fn;
}

/// Expressions and clauses, pushed on the stack, up to something that cannot go on.
bool Parser::parse_stab(bool allow_many, bool& many) {
  for (bool first = true;; first = false) {
    Term item = parse_stab_expr(allow_many && first, many);
    if (item.is_none()) return false;
    if (many) return true;
    stack_.push_back(item);
    const Token* eoe = take_eoe();
    if (!eoe) return true;
    annotate_eoe(*eoe);
    if (is(TokenKind::CloseParen) || is(TokenKind::End) || is(TokenKind::BlockIdentifier)) return true;
  }
}

Term Parser::parse_stab_expr(bool allow_many, bool& many) {
  size_t base = stack_.size();
  if (is(TokenKind::StabOp)) return parse_clause(Term::nil_list(), Term::nil_list());
  Term left;
  if (is_kw(cur_->kind)) {
    left = parse_no_parens_kw();
    if (left.is_none()) return left;
    stack_.push_back(left);
  } else {
    if (is(TokenKind::OpenParen)) {
      Group kind;
      left = parse_group(kind, true, false);
      if (left.is_none()) return left;
      if (kind != Group::Value && (is(TokenKind::StabOp) || is(TokenKind::WhenOp))) {
        Term extra = parens_meta(*group_open_, *group_close_);
        if (is(TokenKind::WhenOp)) return parse_guarded_clause(base, extra);
        return parse_clause(clause_args(base), extra);
      }
      if (kind == Group::Many) return syntax_error();
      if (kind == Group::Empty)
        warn(group_open_->line, group_open_->column,
             "invalid expression (). If you want to invoke or define a function, make sure there are no spaces "
             "between the function name and its arguments. If you wanted to pass an empty block or code, pass a "
             "value instead, such as a nil or an atom");
      left = parse_postfix(as_value(left), 0);
      if (left.is_none()) return left;
      left = parse_expr(0, left);
    } else {
      left = parse_expr(0);
    }
    if (left.is_none()) return left;
    if (is(TokenKind::StabOp)) {
      if (shape_ == Shape::Unmatched) return syntax_error();
      stack_.push_back(left);
    } else if (is(TokenKind::Comma) && shape_ == Shape::Matched) {
      stack_.push_back(left);
      no_do_ = true;
      while (is(TokenKind::Comma)) {
        ++cur_;
        Term arg;
        if (is_kw(cur_->kind)) {
          arg = parse_no_parens_kw();
          if (arg.is_none()) return arg;
          stack_.push_back(arg);
          break;
        }
        arg = parse_expr(0);
        if (arg.is_none()) return arg;
        if (shape_ == Shape::NoParens) return no_parens_in_call(arg);
        stack_.push_back(arg);
      }
      no_do_ = false;
    } else {
      return left;
    }
  }
  if (is(TokenKind::StabOp)) {
    // The guard of the last argument is the guard of them all.
    Term last = stack_.back();
    if (is_node_of(last, names_.when) && list_length(tuple_at(last, 2)) == 2) {
      stack_.pop_back();
      Term parts = tuple_at(last, 2);
      Term all = take_list(base, parts);
      return parse_clause(list({node(names_.when, tuple_at(last, 1), all)}), Term::nil_list());
    }
    return parse_clause(clause_args(base), Term::nil_list());
  }
  if (allow_many && at_close(TokenKind::CloseParen)) {
    many = true;
    return atoms::nil;
  }
  return syntax_error();
}

/// The arguments on the stack from [base] as a list; a lone (unquote_splicing(...)) stands for the arguments
/// themselves.
Term Parser::clause_args(size_t base) {
  if (stack_.size() - base == 1) {
    Term arg = stack_.back();
    if (is_node_of(arg, names_.block) && list_length(tuple_at(arg, 2)) == 1 &&
        is_node_of(tuple_at(arg, 2).head(), names_.unquote_splicing)) {
      stack_.resize(base);
      return tuple_at(arg, 2);
    }
  }
  return take_list(base);
}

/// `when guard -> body` after arguments in parentheses, which are on the stack from [base].
Term Parser::parse_guarded_clause(size_t base, Term extra_meta) {
  Term where = meta(*cur_++);
  Term args = clause_args(base);
  Term guard = parse_expr(0);
  if (guard.is_none()) return guard;
  if (!is(TokenKind::StabOp)) return syntax_error();
  return parse_clause(list({node(names_.when, where, append(args, list({guard})))}), extra_meta);
}

/// `-> body`.
Term Parser::parse_clause(Term args, Term extra_meta) {
  const Token& op = *cur_++;
  uint32_t newlines = take_eol(op.newlines);
  Term body;
  switch (cur_->kind) {
    case TokenKind::Semicolon:
    case TokenKind::CloseParen:
    case TokenKind::End:
    case TokenKind::BlockIdentifier:
      warn(op.line, op.column,
           "an expression is always required on the right side of ->. Please provide a value after ->");
      body = literal(atoms::nil, op);
      break;
    default: body = parse_expr(0);
  }
  if (body.is_none()) return body;
  return node(names_.arrow, append(extra_meta, add_newlines(newlines, meta(op))), list({args, body}));
}

bool Parser::is_clause(Term t) const { return is_node_of(t, names_.arrow) && list_length(tuple_at(t, 2)) == 2; }

/// Whether [items] are clauses rather than a block; clauses after a plain expression are an error.
bool Parser::check_stab(std::span<const Term> items, bool& clauses) {
  clauses = !items.empty() && is_clause(items[0]);
  if (clauses) return true;
  for (Term item : items) {
    if (!is_clause(item)) continue;
    fail_at(item,
            "unexpected operator ->. If you want to define multiple clauses, the first expression must use ->. "
            "Syntax error before: ",
            "'->'");
    return false;
  }
  return true;
}

/// Clauses of [items], each with the expressions that follow it in its body.
Term Parser::collect_stab(std::span<const Term> items) {
  ListBuilder clauses(space_);
  std::vector<Term> body;
  for (size_t i = 0; i < items.size();) {
    Term clause = items[i++];
    body.assign(1, tuple_at(clause, 2).tail().head());
    while (i < items.size() && !is_clause(items[i])) body.push_back(items[i++]);
    Term args = tuple_at(clause, 2).head();
    clauses.push(node(names_.arrow, tuple_at(clause, 1), list({args, build_block(body)})));
  }
  return clauses.finish();
}

Term Parser::build_block(std::span<const Term> items, const Token* open, const Token* close) {
  if (items.size() == 1) {
    Term only = items[0];
    bool splices = is_node_of(only, names_.unquote_splicing) && list_length(tuple_at(only, 2)) == 1;
    if (!splices) {
      if (!open || !options_.token_metadata || !is_node(only)) return only;
      Term entry = append(meta(*open), list({pair(names_.closing, meta(*close))}));
      return node(tuple_at(only, 0), prepend(names_.parens, entry, tuple_at(only, 1)), tuple_at(only, 2));
    }
  }
  Term where = Term::nil_list();
  if (open) {
    where = meta(*open);
    if (options_.token_metadata) where = prepend(names_.closing, meta(*close), where);
  }
  return node(names_.block, where, make_list(space_, items));
}

/// What is on the stack from [base] as the body of a do-block section.
Term Parser::build_stab(size_t base) {
  std::span<const Term> items = std::span<const Term>(stack_).subspan(base);
  bool clauses = false;
  if (!check_stab(items, clauses)) return Term::none();
  Term result = clauses ? collect_stab(items) : build_block(items);
  stack_.resize(base);
  return result;
}

}  // namespace phial::compiler
