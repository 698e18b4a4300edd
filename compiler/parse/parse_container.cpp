// Lists, tuples, bitstrings, maps and structs.
#include "compiler/parse/parser_impl.h"

namespace phial::compiler {

Term Parser::parse_list() {
  const Token& open = *cur_++;
  uint32_t newlines = take_eol();
  if (is(TokenKind::CloseBracket)) return literal(Term::nil_list(), open, newlines_pair(newlines, *cur_++));
  bool outer_no_do = no_do_;
  no_do_ = false;
  size_t base = stack_.size();
  Term tail = Term::nil_list();
  for (;;) {
    if (is_kw(cur_->kind)) {
      tail = parse_kw(KwPlace::Data);
      if (tail.is_none()) return tail;
      break;
    }
    Term item = parse_expr(0);
    if (item.is_none()) return item;
    if (shape_ == Shape::NoParens) return no_parens_in_container(item);
    stack_.push_back(item);
    if (!is(TokenKind::Comma)) break;
    ++cur_;
    if (at_close(TokenKind::CloseBracket)) break;
  }
  no_do_ = outer_no_do;
  if (!expect_close(TokenKind::CloseBracket)) return Term::none();
  return literal(take_list(base, tail), open, newlines_pair(newlines, cur_[-1]));
}

/// Elements up to and with [close], pushed on the stack; a keyword list at the end is one element.
bool Parser::parse_container_args(size_t base, TokenKind close) {
  bool outer_no_do = no_do_;
  no_do_ = false;
  for (;;) {
    if (stack_.size() > base && is_kw(cur_->kind)) {
      Term kw = parse_kw(KwPlace::Data);
      if (kw.is_none()) return false;
      stack_.push_back(kw);
      break;
    }
    Term item = parse_expr(0);
    if (item.is_none()) return false;
    if (shape_ == Shape::NoParens) {
      no_parens_in_container(item);
      return false;
    }
    stack_.push_back(item);
    if (!is(TokenKind::Comma)) break;
    ++cur_;
    if (at_close(close)) break;
  }
  no_do_ = outer_no_do;
  return expect_close(close);
}

Term Parser::bad_keyword(const Token& open, const char* what, const char* shown) {
  return fail(open.line, open.column,
              std::string("unexpected keyword list inside ") + what +
                  ". Did you mean to write a map (using %{...}) or a list (using [...]) instead? Syntax error after: ",
              shown);
}

Term Parser::parse_tuple() {
  const Token& open = *cur_++;
  uint32_t newlines = take_eol();
  size_t base = stack_.size();
  if (is(TokenKind::CloseCurly)) {
    ++cur_;
  } else if (is_kw(cur_->kind)) {
    if (parse_kw(KwPlace::Data).is_none()) return Term::none();
    return is(TokenKind::CloseCurly) ? bad_keyword(open, "tuple", "'{'") : syntax_error();
  } else if (!parse_container_args(base, TokenKind::CloseCurly)) {
    return Term::none();
  }
  Term extra = newlines_pair(newlines, cur_[-1]);
  if (stack_.size() - base == 2) {
    Term two = pair(stack_[base], stack_[base + 1]);
    stack_.resize(base);
    return literal(two, open, extra);
  }
  return node(names_.braces, append(extra, meta(open)), take_list(base));
}

Term Parser::parse_bits() {
  const Token& open = *cur_++;
  uint32_t newlines = take_eol();
  size_t base = stack_.size();
  if (is(TokenKind::CloseBits)) {
    ++cur_;
  } else if (is_kw(cur_->kind)) {
    if (parse_kw(KwPlace::Data).is_none()) return Term::none();
    return is(TokenKind::CloseBits) ? bad_keyword(open, "bitstring", "'<<'") : syntax_error();
  } else if (!parse_container_args(base, TokenKind::CloseBits)) {
    return Term::none();
  }
  Term extra = newlines_pair(newlines, cur_[-1]);
  return node(names_.bits, append(extra, meta(open)), take_list(base));
}

Term Parser::parse_map() {
  ++cur_;
  return parse_map_args();
}

Term Parser::parse_struct() {
  const Token& percent = *cur_++;
  Term name = parse_operand(kNameOnly);
  if (name.is_none()) return name;
  take_eol();
  if (!is(TokenKind::OpenCurly)) return syntax_error();
  Term map = parse_map_args();
  if (map.is_none()) return map;
  return node(names_.percent, meta(percent), list({name, map}));
}

/// `key => value` after the key; the cursor is at `=>`.
Term Parser::map_pair(Term key) {
  const Token& op = *cur_++;
  take_eol();
  if (options_.token_metadata && is_node(key))
    key = node(tuple_at(key, 0), prepend(names_.assoc, meta(op), tuple_at(key, 1)), tuple_at(key, 2));
  Term value = parse_expr(0);
  if (value.is_none()) return value;
  // `f a, b` as a value would take the commas of the map.
  if (shape_ == Shape::NoParens) return syntax_error();
  return pair(key, value);
}

/// One entry of a map, pushed on the stack: a pair, or an expression such as unquote_splicing(pairs). When the map is
/// an update, [update] becomes its `|` node and nothing is pushed; it is none() where an update cannot be.
bool Parser::parse_map_entry(Term& update) {
  constexpr int kAbovePipe = 71;
  Term key = parse_expr(kAbovePipe);
  if (key.is_none()) return false;
  if (!update.is_none() && is(TokenKind::PipeOp) && shape_ != Shape::NoParens) {
    const Token& op = *cur_++;
    uint32_t newlines = take_eol(op.newlines);
    Shape left_shape = shape_;
    auto updated = [&](Term pairs) {
      update = node(op.term(), add_newlines(newlines, meta(op)), list({key, pairs}));
      return true;
    };
    if (is_kw(cur_->kind)) {
      Term kw = parse_kw(KwPlace::Data);
      return !kw.is_none() && updated(kw);
    }
    Term right = parse_expr(kAbovePipe - 1);
    if (right.is_none()) return false;
    if (shape_ != Shape::NoParens && is(TokenKind::AssocOp)) {
      Term entry = map_pair(right);
      return !entry.is_none() && updated(list({entry}));
    }
    if ((form_ & kBase) && (is(TokenKind::Comma) || at_close(TokenKind::CloseCurly))) return updated(list({right}));
    key = build_op(key, op, newlines, right);
    if (key.is_none()) return false;
    if (left_shape == Shape::Unmatched) shape_ = Shape::Unmatched;
    form_ = 0;
  }
  key = parse_expr(0, key);
  if (key.is_none()) return false;
  if (shape_ != Shape::NoParens && is(TokenKind::AssocOp)) {
    key = map_pair(key);
    if (key.is_none()) return false;
  } else if (!(form_ & kBase)) {
    syntax_error();
    return false;
  }
  stack_.push_back(key);
  return true;
}

/// `{...}` of a map or struct.
Term Parser::parse_map_args() {
  const Token& open = *cur_++;
  uint32_t newlines = take_eol();
  size_t base = stack_.size();
  Term tail = Term::nil_list();
  if (is(TokenKind::CloseCurly)) {
    ++cur_;
    return node(names_.map, append(newlines_pair(newlines, cur_[-1]), meta(open)), Term::nil_list());
  }
  bool outer_no_do = no_do_;
  no_do_ = false;
  Term update = atoms::nil;  // the `|` node, if the map is an update
  for (bool first = true;; first = false) {
    if (is_kw(cur_->kind)) {
      tail = parse_kw(KwPlace::Data);
      if (tail.is_none()) return tail;
      break;
    }
    Term none;
    if (!parse_map_entry(first ? update : none)) return Term::none();
    if (!is(TokenKind::Comma)) break;
    ++cur_;
    if (at_close(TokenKind::CloseCurly)) break;
  }
  no_do_ = outer_no_do;
  if (!expect_close(TokenKind::CloseCurly)) return Term::none();
  Term where = append(newlines_pair(newlines, cur_[-1]), meta(open));
  if (update == atoms::nil) return node(names_.map, where, take_list(base, tail));
  Term extra = take_list(base, tail);
  if (extra.is_cons()) {
    Term args = tuple_at(update, 2);
    Term pairs = append(args.tail().head(), extra);
    update = node(tuple_at(update, 0), tuple_at(update, 1), list({args.head(), pairs}));
  }
  return node(names_.map, where, list({update}));
}

}  // namespace phial::compiler
