// Identifiers and calls: with parentheses, without, with do-blocks; access by key; keyword lists.
#include "compiler/parse/parser_impl.h"

namespace phial::compiler {

/// A name at the cursor, after [dot] (`{:., meta, [left, name]}`) unless that is none().
Term Parser::parse_named(Term dot, uint8_t flags) {
  const Token& t = *cur_;
  Term head = dot.is_none() ? t.term() : dot;
  Term where = meta(t);
  if (!dot.is_none() && t.quote != 0 && options_.token_metadata)
    where = prepend(names_.delimiter, binary(std::string_view(&t.quote, 1)), where);
  auto variable = [&] {
    if (dot.is_none()) return node(head, where, atoms::nil);
    return node(head, prepend(names_.no_parens, atoms::true_, where), Term::nil_list());
  };
  bool name_only = (flags & kNameOnly) != 0;
  bool may_block = !no_do_ && !name_only;
  if (t.kind == TokenKind::OpIdentifier && name_only) return syntax_error();
  ++cur_;
  switch (t.kind) {
    case TokenKind::ParenIdentifier: return parse_paren_calls(head, where, flags);
    case TokenKind::BracketIdentifier: {
      Term value = as_value(variable(), kBracketId | kBase);
      if (flags & kNoPostfix) return value;
      value = parse_access(value);
      return value.is_none() ? value : as_value(value);
    }
    case TokenKind::DoIdentifier:
      if (!may_block) return as_value(variable(), kBase);
      break;
    case TokenKind::Identifier:
      if (name_only || !starts_argument(cur_->kind)) return as_value(variable(), kBase);
      break;
    default: break;
  }
  size_t base = stack_.size();
  Shape shape = Shape::Matched;
  if (t.kind != TokenKind::DoIdentifier) {
    if (!parse_no_parens_args(base)) return Term::none();
    shape = shape_;
  }
  if (may_block && is(TokenKind::Do)) {
    Term block_meta = Term::nil_list();
    Term block = parse_do_block(block_meta);
    if (block.is_none()) return block;
    stack_.push_back(block);
    where = append(block_meta, where);
    shape = Shape::Unmatched;
  } else if (t.kind == TokenKind::OpIdentifier && dot.is_none() && stack_.size() - base == 1) {
    where = prepend(names_.ambiguous_op, atoms::nil, where);
  }
  Term call = node(head, where, take_list(base));
  shape_ = shape;
  form_ = kCall;
  return call;
}

/// `(args)`, perhaps a second `(args)`, perhaps a do-block.
Term Parser::parse_paren_calls(Term callee, Term callee_meta, uint8_t flags) {
  size_t base = stack_.size();
  Term args_meta = Term::nil_list();
  if (!parse_paren_args(args_meta)) return Term::none();
  Term head = callee, where = append(args_meta, callee_meta);
  if (is(TokenKind::OpenParen)) {
    head = node(head, where, take_list(base));
    args_meta = Term::nil_list();
    if (!parse_paren_args(args_meta)) return Term::none();
    where = append(args_meta, where);
  }
  if (!no_do_ && !(flags & kNameOnly) && is(TokenKind::Do)) {
    Term block_meta = Term::nil_list();
    Term block = parse_do_block(block_meta);
    if (block.is_none()) return block;
    stack_.push_back(block);
    Term call = node(head, append(block_meta, where), take_list(base));
    shape_ = Shape::Unmatched;
    form_ = 0;
    return call;
  }
  return as_value(node(head, where, take_list(base)));
}

/// `(` arguments `)`; leaves the arguments on the stack.
bool Parser::parse_paren_args(Term& args_meta) {
  if (!is(TokenKind::OpenParen)) {
    syntax_error();
    return false;
  }
  ++cur_;
  uint32_t newlines = take_eol();
  if (is(TokenKind::CloseParen)) {
    args_meta = newlines_pair(newlines, *cur_++);
    return true;
  }
  bool outer_no_do = no_do_;
  no_do_ = false;
  for (bool first = true;; first = false) {
    if (is_kw(cur_->kind)) {
      Term kw = parse_kw(KwPlace::Call);
      if (kw.is_none()) return false;
      stack_.push_back(kw);
      break;
    }
    Term arg = parse_expr(0);
    if (arg.is_none()) return false;
    if (shape_ == Shape::NoParens && (!first || is(TokenKind::Comma))) {
      no_parens_in_call(arg);
      return false;
    }
    stack_.push_back(arg);
    if (!is(TokenKind::Comma)) break;
    ++cur_;
  }
  no_do_ = outer_no_do;
  if (!expect_close(TokenKind::CloseParen)) return false;
  args_meta = newlines_pair(newlines, cur_[-1]);
  return true;
}

/// Arguments without parentheses; leaves them on the stack from [base] and the shape of the call in shape_.
bool Parser::parse_no_parens_args(size_t base) {
  bool outer_no_do = no_do_;
  no_do_ = true;
  Shape shape = Shape::Matched;
  for (;;) {
    if (is_kw(cur_->kind)) {
      Term kw = parse_no_parens_kw();
      if (kw.is_none()) return false;
      stack_.push_back(kw);
      break;
    }
    bool first = stack_.size() == base;
    Term arg;
    if (first && is(TokenKind::OpenParen)) {
      const Token& open = *cur_;
      Group kind;
      arg = parse_group(kind, true, true);
      if (!arg.is_none() && kind == Group::Many) {
        stack_.resize(base);
        fail(open.line, open.column,
             "unexpected parentheses. If you are making a function call, do not insert spaces between the function "
             "name and the opening parentheses. Syntax error before: ",
             "'('");
        return false;
      }
      if (!arg.is_none()) arg = parse_postfix(as_value(arg), 0);
      if (!arg.is_none()) arg = parse_expr(0, arg);
    } else {
      arg = parse_expr(0);
    }
    if (arg.is_none()) return false;
    if (shape_ == Shape::NoParens) {
      if (!first) {
        no_parens_in_call(arg);
        return false;
      }
      // `f g a, b` is f(g(a, b)).
      shape = Shape::NoParens;
      stack_.push_back(arg);
      break;
    }
    stack_.push_back(arg);
    if (!is(TokenKind::Comma)) break;
    shape = Shape::NoParens;
    ++cur_;
  }
  no_do_ = outer_no_do;
  shape_ = shape;
  return true;
}

Term Parser::parse_access(Term subject) {
  const Token& open = *cur_++;
  uint32_t newlines = take_eol();
  bool outer_no_do = no_do_;
  no_do_ = false;
  Term key;
  if (is_kw(cur_->kind)) {
    key = parse_kw(KwPlace::Data);
    if (key.is_none()) return key;
  } else {
    key = parse_expr(0);
    if (key.is_none()) return key;
    if (shape_ == Shape::NoParens) return no_parens_in_container(key);
    if (is(TokenKind::Comma)) {
      const Token& comma = *cur_++;
      if (!at_close(TokenKind::CloseBracket)) {
        size_t base = stack_.size();
        if (!parse_container_args(base, TokenKind::CloseBracket)) return Term::none();
        return fail(comma.line, comma.column,
                    "too many arguments when accessing a value. The value[key] notation in Elixir expects either a "
                    "single argument or a keyword list. The following examples are allowed:\n\n"
                    "    value[one]\n"
                    "    value[one: 1, two: 2]\n"
                    "    value[[one, two, three]]\n\n"
                    "These are invalid:\n\n"
                    "    value[1, 2, 3]\n"
                    "    value[one, two, three]\n\n"
                    "Syntax error after: ",
                    "','");
      }
    }
  }
  no_do_ = outer_no_do;
  if (!expect_close(TokenKind::CloseBracket)) return Term::none();
  Term where = prepend(names_.from_brackets, atoms::true_, append(newlines_pair(newlines, cur_[-1]), meta(open)));
  return node(node(names_.dot, where, list({names_.Access, names_.get})), where, list({subject, key}));
}

Term Parser::parse_kw_key() {
  const Token& t = *cur_;
  Term extra = Term::nil_list();
  bool encodes = options_.hooks && options_.hooks->encodes_literals();
  if (encodes || t.kind != TokenKind::KwIdentifier) {
    extra = list({pair(names_.format, names_.keyword)});
    if (options_.token_metadata && t.quote != 0)
      extra = prepend(names_.delimiter, binary(std::string_view(&t.quote, 1)), extra);
  }
  Term key;
  if (t.kind == TokenKind::KwIdentifier) {
    ++cur_;
    key = literal(t.term(), t, extra);
  } else {
    key = parse_quoted_atom(extra);
  }
  take_eol();
  return key;
}

/// A keyword list inside brackets or parentheses; the cursor is at its first key.
Term Parser::parse_kw(KwPlace place) {
  size_t base = stack_.size();
  for (;;) {
    Term key = parse_kw_key();
    if (key.is_none()) return key;
    Term value = parse_expr(0);
    if (value.is_none()) return value;
    if (shape_ == Shape::NoParens) return no_parens_in_container(value);
    stack_.push_back(pair(key, value));
    if (!is(TokenKind::Comma)) break;
    const Token& comma = *cur_++;
    if (is_kw(cur_->kind)) continue;
    if (at_close(TokenKind::CloseParen) || at_close(TokenKind::CloseBracket) || at_close(TokenKind::CloseCurly) ||
        at_close(TokenKind::CloseBits)) {
      if (place == KwPlace::Call)
        warn(comma.line, comma.column, "trailing commas are not allowed inside function/macro call arguments");
      break;
    }
    no_do_ = true;
    Term rest = parse_expr(0);
    no_do_ = false;
    if (rest.is_none()) return rest;
    if (is_node_of(rest, names_.cursor) && tuple_at(rest, 2).is_nil_list()) {
      stack_.push_back(rest);
      break;
    }
    return fail(comma.line, comma.column,
                place == KwPlace::Call
                    ? "unexpected expression after keyword list. Keyword lists must always come as the last argument. "
                      "Therefore, this is not allowed:\n\n"
                      "    function_call(1, some: :option, 2)\n\n"
                      "Instead, wrap the keyword in brackets:\n\n"
                      "    function_call(1, [some: :option], 2)\n\n"
                      "Syntax error after: "
                    : "unexpected expression after keyword list. Keyword lists must always come last in lists and "
                      "maps. Therefore, this is not allowed:\n\n"
                      "    [some: :value, :another]\n"
                      "    %{some: :value, another => value}\n\n"
                      "Instead, reorder it to be the last entry:\n\n"
                      "    [:another, some: :value]\n"
                      "    %{another => value, some: :value}\n\n"
                      "Syntax error after: ",
                "','");
  }
  return take_list(base);
}

/// A keyword list that ends the arguments of a call without parentheses.
Term Parser::parse_no_parens_kw() {
  bool outer_no_do = no_do_;
  no_do_ = true;
  size_t base = stack_.size();
  for (;;) {
    Term key = parse_kw_key();
    if (key.is_none()) return key;
    Term value = parse_expr(0);
    if (value.is_none()) return value;
    if (shape_ == Shape::NoParens && key.is_atom() && is_node(value)) {
      uint32_t line = 0;
      for (Term m = tuple_at(value, 1); m.is_cons(); m = m.tail())
        if (is_tuple_of(m.head(), 2) && tuple_at(m.head(), 0) == names_.line)
          line = static_cast<uint32_t>(tuple_at(m.head(), 1).as_fixnum());
      warn(line, 0,
           "missing parentheses for expression following \"" + std::string(atoms_.text(key)) +
               ":\" keyword. Parentheses are required to solve ambiguity inside keywords.\n\n"
               "This error happens when you have function calls without parentheses inside keywords. For example:\n\n"
               "    function(arg, one: nested_call a, b, c)\n"
               "    function(arg, one: if expr, do: :this, else: :that)\n\n"
               "In the examples above, we don't know if the arguments \"b\" and \"c\" apply to the function "
               "\"function\" or \"nested_call\". Or if the keywords \"do\" and \"else\" apply to the function "
               "\"function\" or \"if\". You can solve this by explicitly adding parentheses:\n\n"
               "    function(arg, one: if(expr, do: :this, else: :that))\n"
               "    function(arg, one: nested_call(a, b, c))\n\n"
               "Ambiguity found at:");
    }
    stack_.push_back(pair(key, value));
    if (!is(TokenKind::Comma)) break;
    const Token& comma = *cur_++;
    if (is_kw(cur_->kind)) continue;
    Term rest = parse_expr(0);
    if (rest.is_none()) return rest;
    if (is_node_of(rest, names_.cursor) && tuple_at(rest, 2).is_nil_list()) {
      stack_.push_back(rest);
      break;
    }
    return fail(comma.line, comma.column,
                "unexpected expression after keyword list. Keyword lists must always come as the last argument. "
                "Therefore, this is not allowed:\n\n"
                "    function_call(1, some: :option, 2)\n\n"
                "Instead, wrap the keyword in brackets:\n\n"
                "    function_call(1, [some: :option], 2)\n\n"
                "Syntax error after: ",
                "','");
  }
  no_do_ = outer_no_do;
  return take_list(base);
}

/// `do ... end` with its other sections, as the keyword list that is the call's last argument.
Term Parser::parse_do_block(Term& block_meta) {
  const Token& open = *cur_++;
  bool outer_no_do = no_do_;
  no_do_ = false;
  take_eoe();
  size_t base = stack_.size();
  Term key = literal(names_.do_, open);
  if (key.is_none() || !parse_do_section(key)) return Term::none();
  while (is(TokenKind::BlockIdentifier)) {
    const Token& section = *cur_++;
    take_eoe();
    key = literal(section.term(), section);
    if (key.is_none() || !parse_do_section(key)) return Term::none();
  }
  if (!is(TokenKind::End)) return syntax_error();
  const Token& close = *cur_++;
  no_do_ = outer_no_do;
  if (options_.token_metadata) block_meta = list({pair(names_.do_, meta(open)), pair(names_.end, meta(close))});
  return take_list(base);
}

bool Parser::parse_do_section(Term key) {
  size_t items = stack_.size();
  if (is(TokenKind::End) || is(TokenKind::BlockIdentifier)) {
    stack_.push_back(pair(key, node(names_.block, Term::nil_list(), Term::nil_list())));
    return true;
  }
  bool many = false;
  if (!parse_stab(false, many)) return false;
  if (!is(TokenKind::End) && !is(TokenKind::BlockIdentifier)) {
    syntax_error();
    return false;
  }
  Term body = build_stab(items);
  if (body.is_none()) return false;
  stack_.push_back(pair(key, body));
  return true;
}

}  // namespace phial::compiler
