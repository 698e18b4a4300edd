#include "compiler/parse/parser.h"

#include <array>

#include "compiler/lex/lexer.h"
#include "compiler/parse/parser_impl.h"

namespace phial::compiler {

namespace {

struct Precedence {
  uint8_t level = 0;  // 0: no infix operator
  bool right = false;
};

constexpr std::array<Precedence, 256> kPrecedence = [] {
  constexpr bool Left = false, Right = true;
  std::array<Precedence, 256> table{};
#define PRECEDENCE(kind, level, associativity) table[static_cast<size_t>(TokenKind::kind)] = {level, associativity};
#include "compiler/parse/precedence.def"
#undef PRECEDENCE
  return table;
}();

constexpr int kCaptureLevel = 90;  // & and ... before an operand
constexpr int kUnaryLevel = 300;

}  // namespace

ParseResult parse(std::string_view source, const ParseOptions& options, Space& space, AtomTable& atoms) {
  ParseResult result;
  TokenStream stream;
  LexOptions lex;
  lex.line = options.line;
  lex.column = options.column;
  lex.unescape = options.unescape;
  lex.existing_atoms_only = options.existing_atoms_only;
  lex.hooks = options.hooks;
  lex.max_tokens = options.max_tokens;
  Lexer lexer(source, lex, atoms, stream);
  if (!lexer.run()) {
    result.error = lexer.error();
    return result;
  }
  result.warnings = std::move(lexer.warnings());
  Parser parser(stream, options, space, atoms);
  Term quoted = parser.parse_program();
  for (SourceWarning& w : parser.warnings()) result.warnings.push_back(std::move(w));
  if (quoted.is_none()) {
    result.error = std::move(parser.error());
  } else {
    result.ok = true;
    result.quoted = quoted;
  }
  return result;
}

Parser::Parser(const TokenStream& stream, const ParseOptions& options, Space& space, AtomTable& atoms)
    : stream_(stream), options_(options), space_(space), atoms_(atoms), cur_(stream.tokens.data()) {
#define NAME(member, text) names_.member = atoms_.intern(text);
#include "compiler/parse/names.def"
#undef NAME
  stack_limit_ = static_cast<const char*>(__builtin_frame_address(0)) - options.max_stack_bytes;
}

bool Parser::check_stack() {
  if (static_cast<const char*>(__builtin_frame_address(0)) > stack_limit_) [[likely]]
    return true;
  fail(cur_->line, cur_->column, "expression is nested too deeply, near: ", token_text(*cur_));
  return false;
}

bool Parser::starts_argument(TokenKind kind) {
  switch (kind) {
    case TokenKind::Identifier:
    case TokenKind::ParenIdentifier:
    case TokenKind::BracketIdentifier:
    case TokenKind::OpIdentifier:
    case TokenKind::DoIdentifier:
    case TokenKind::KwIdentifier:
    case TokenKind::KwIdentifierSafe:
    case TokenKind::KwIdentifierUnsafe:
    case TokenKind::Alias:
    case TokenKind::Atom:
    case TokenKind::AtomQuoted:
    case TokenKind::AtomSafe:
    case TokenKind::AtomUnsafe:
    case TokenKind::BinString:
    case TokenKind::ListString:
    case TokenKind::BinHeredoc:
    case TokenKind::ListHeredoc:
    case TokenKind::Sigil:
    case TokenKind::Int:
    case TokenKind::Float:
    case TokenKind::Char:
    case TokenKind::True:
    case TokenKind::False:
    case TokenKind::Nil:
    case TokenKind::Fn:
    case TokenKind::OpenParen:
    case TokenKind::OpenBracket:
    case TokenKind::OpenCurly:
    case TokenKind::OpenBits:
    case TokenKind::PercentBrace:
    case TokenKind::Percent:
    case TokenKind::CaptureInt:
    case TokenKind::CaptureOp:
    case TokenKind::AtOp:
    case TokenKind::UnaryOp:
    case TokenKind::EllipsisOp: return true;
    default: return false;
  }
}

Term Parser::parse_program() { return parse_sequence(TokenKind::Eof); }

Term Parser::parse_sequence(TokenKind end) {
  if (is(end)) return node(names_.block, Term::nil_list(), Term::nil_list());
  const Token* first = take_eoe();
  if (first && is(end)) return node(names_.block, meta(*first), Term::nil_list());
  size_t base = stack_.size();
  for (;;) {
    Term item = parse_expr(0);
    if (item.is_none()) return item;
    stack_.push_back(item);
    if (const Token* eoe = take_eoe()) {
      annotate_eoe(*eoe);
      if (!is(end)) continue;
    }
    break;
  }
  if (!is(end)) return syntax_error();
  Term block = build_block(std::span<const Term>(stack_).subspan(base));
  stack_.resize(base);
  return block;
}

Term Parser::as_value(Term value, uint8_t form) {
  shape_ = Shape::Matched;
  form_ = form;
  return value;
}

Term Parser::parse_expr(int min_level, Term left) {
  if (left.is_none()) {
    left = parse_operand(0);
    if (left.is_none()) return left;
  }
  for (;;) {
    const Token* op = cur_;
    Precedence p = kPrecedence[static_cast<size_t>(op->kind)];
    if (p.level == 0 || p.level < min_level || shape_ == Shape::NoParens) return left;
    Shape left_shape = shape_;
    ++cur_;
    uint32_t newlines = take_eol(op->newlines);
    Term right;
    if (op->kind == TokenKind::WhenOp && is_kw(cur_->kind)) {
      right = parse_no_parens_kw();
      shape_ = Shape::NoParens;
      form_ = 0;
    } else {
      right = parse_expr(p.right ? p.level : p.level + 1);
    }
    if (right.is_none()) return right;
    left = build_op(left, *op, newlines, right);
    if (left.is_none()) return left;
    if (left_shape == Shape::Unmatched) {
      if (shape_ == Shape::NoParens)
        warn(op->line, 0,
             "missing parentheses on expression following operator \"" + std::string(atoms_.text(op->term())) +
                 "\", you must add parentheses to avoid ambiguities");
      shape_ = Shape::Unmatched;
    }
    form_ = 0;
  }
}

Term Parser::build_op(Term left, const Token& op, uint32_t newlines, Term right) {
  Term name = op.term();
  if (op.kind == TokenKind::ArrowOp && (shape_ == Shape::NoParens || (shape_ == Shape::Matched && (form_ & kCall))) &&
      is_node(right) && tuple_at(right, 1).is_cons() && tuple_at(right, 2).is_cons()) {
    std::string text(atoms_.text(name));
    warn(op.line, op.column,
         "parentheses are required when piping into a function call. For example:\n\n    foo 1 " + text + " bar 2 " +
             text + " baz 3\n\nis ambiguous and should be written as\n\n    foo(1) " + text + " bar(2) " + text +
             " baz(3)\n\nAmbiguous pipe found at:");
  }
  if (op.kind == TokenKind::TernaryOp) {
    if (is_node_of(left, names_.range) && list_length(tuple_at(left, 2)) == 2) {
      Term args = tuple_at(left, 2);
      return node(names_.range_step, tuple_at(left, 1), list({args.head(), args.tail().head(), right}));
    }
    return fail(
        op.line, op.column,
        "the range step operator (//) must immediately follow the range definition operator (..), for "
        "example: 1..9//2. If you wanted to define a default argument, use (\\\\) instead. Syntax error before: ",
        "'//'");
  }
  if (op.kind == TokenKind::InOp) {
    Term where = meta(op);
    if (name == names_.not_in) return node(names_.not_, where, list({node(names_.in, where, list({left, right}))}));
    if ((is_node_of(left, names_.not_) || is_node_of(left, names_.bang)) && list_length(tuple_at(left, 2)) == 1) {
      warn(op.line, op.column, "\"not expr1 in expr2\" is deprecated, use \"expr1 not in expr2\" instead");
      Term inner = node(names_.in, where, list({tuple_at(left, 2).head(), right}));
      return node(tuple_at(left, 0), where, list({inner}));
    }
  }
  return node(name, add_newlines(newlines, meta(op)), list({left, right}));
}

Term Parser::build_unary(const Token& op, Term operand) {
  if (op.kind == TokenKind::TernaryOp) {
    // &//2 is the capture of division.
    Term inner = options_.columns ? list({pair(names_.column, Term::fixnum(op.column))}) : Term::nil_list();
    Term outer = options_.columns ? list({pair(names_.column, Term::fixnum(op.column + 1))}) : Term::nil_list();
    Term line = Term::fixnum(op.line);
    return node(names_.slash, prepend(names_.line, line, outer),
                list({node(names_.slash, prepend(names_.line, line, inner), atoms::nil), operand}));
  }
  return node(op.term(), meta(op), list({operand}));
}

Term Parser::parse_operand(uint8_t flags) {
  if (!check_stack()) return Term::none();
  switch (cur_->kind) {
    case TokenKind::UnaryOp:
    case TokenKind::DualOp:
    case TokenKind::TernaryOp:
    case TokenKind::CaptureOp: return parse_prefix(flags);
    case TokenKind::AtOp: return parse_at(flags);
    case TokenKind::EllipsisOp: return parse_ellipsis(flags);
    default: {
      Term value = parse_primary(flags);
      if (value.is_none() || (flags & kNoPostfix)) return value;
      return parse_postfix(value, flags);
    }
  }
}

Term Parser::parse_prefix(uint8_t flags) {
  const Token* op = cur_;
  bool capture = op->kind == TokenKind::CaptureOp;
  if (capture && (flags & kNameOnly)) return syntax_error();
  ++cur_;
  take_eol();
  Term operand = (flags & kNameOnly) ? parse_operand(kNameOnly) : parse_expr(capture ? kCaptureLevel : kUnaryLevel);
  if (operand.is_none()) return operand;
  form_ &= kBase;
  if (capture) form_ = 0;
  return build_unary(*op, operand);
}

Term Parser::parse_at(uint8_t flags) {
  const Token* op = cur_++;
  take_eol();
  Term operand = parse_operand(static_cast<uint8_t>(kNoPostfix | (flags & kNameOnly)));
  if (operand.is_none()) return operand;
  Term value = build_unary(*op, operand);
  if ((form_ & (kAccess | kBracketId)) && is(TokenKind::OpenBracket)) {
    value = parse_access(value);
    if (value.is_none()) return value;
    as_value(value);
  } else {
    form_ &= kBase;
  }
  if (flags & kNoPostfix) return value;
  return parse_postfix(value, flags);
}

Term Parser::parse_ellipsis(uint8_t flags) {
  const Token* op = cur_++;
  bool has_operand =
      (starts_argument(cur_->kind) && !is_kw(cur_->kind)) || is(TokenKind::DualOp) || is(TokenKind::TernaryOp);
  if (!has_operand) {
    Term value = as_value(node(op->term(), meta(*op), Term::nil_list()), kBase);
    return (flags & kNoPostfix) ? value : parse_postfix(value, flags);
  }
  Term operand = (flags & kNameOnly) ? parse_operand(kNameOnly) : parse_expr(kCaptureLevel);
  if (operand.is_none()) return operand;
  form_ &= kBase;
  return build_unary(*op, operand);
}

Term Parser::parse_primary(uint8_t flags) {
  const Token& t = *cur_;
  Term value;
  switch (t.kind) {
    case TokenKind::Identifier:
    case TokenKind::ParenIdentifier:
    case TokenKind::BracketIdentifier:
    case TokenKind::OpIdentifier:
    case TokenKind::DoIdentifier: return parse_named(Term::none(), flags);
    case TokenKind::RangeOp: ++cur_; return as_value(node(t.term(), meta(t), Term::nil_list()), kBase);
    case TokenKind::CaptureInt: {
      ++cur_;
      if (!is(TokenKind::Int)) return syntax_error();
      Term number = parse_number();
      return number.is_none() ? number : as_value(build_unary(t, number));
    }
    case TokenKind::Alias: {
      ++cur_;
      Term where = meta(t);
      if (options_.token_metadata) where = prepend(names_.last, meta(t), where);
      Term cell = make_cons(space_, t.term(), Term::nil_list());
      Term alias = node(names_.aliases, where, cell);
      open_alias_ = alias;
      open_alias_cell_ = cell;
      return as_value(alias);
    }
    case TokenKind::Atom:
    case TokenKind::AtomQuoted: {
      ++cur_;
      Term extra = Term::nil_list();
      if (t.kind == TokenKind::Atom) {
        if (t.term() == atoms::true_ || t.term() == atoms::false_ || t.term() == atoms::nil)
          extra = list({pair(names_.format, names_.atom)});
      } else if (options_.token_metadata) {
        extra = list({pair(names_.delimiter, binary(std::string_view(&t.quote, 1)))});
      }
      value = literal(t.term(), t, extra);
      break;
    }
    case TokenKind::AtomSafe:
    case TokenKind::AtomUnsafe:
      value = parse_quoted_atom(options_.token_metadata
                                    ? list({pair(names_.delimiter, binary(std::string_view(&t.quote, 1)))})
                                    : Term::nil_list());
      break;
    case TokenKind::True:
    case TokenKind::False:
    case TokenKind::Nil:
      ++cur_;
      value = literal(t.term(), t);
      break;
    case TokenKind::Int:
    case TokenKind::Float:
      value = parse_number();
      if (!value.is_none() && options_.hooks && options_.hooks->encodes_literals())
        value = literal(
            value, t,
            options_.token_metadata ? list({pair(names_.token, binary(stream_.number_text(t)))}) : Term::nil_list());
      break;
    case TokenKind::Char: value = parse_char(); break;
    case TokenKind::BinString:
    case TokenKind::ListString:
    case TokenKind::BinHeredoc:
    case TokenKind::ListHeredoc: value = parse_text(); break;
    case TokenKind::Sigil: value = parse_sigil(); break;
    case TokenKind::Fn: value = parse_fn(); break;
    case TokenKind::OpenParen: {
      Group kind;
      value = parse_group(kind, false, true);
      break;
    }
    case TokenKind::OpenBracket: value = parse_list(); break;
    case TokenKind::OpenCurly: value = parse_tuple(); break;
    case TokenKind::OpenBits: value = parse_bits(); break;
    case TokenKind::PercentBrace: value = parse_map(); break;
    case TokenKind::Percent: value = parse_struct(); break;
    default: return syntax_error();
  }
  return value.is_none() ? value : as_value(value);
}

Term Parser::parse_postfix(Term value, uint8_t flags) {
  for (;;) {
    switch (cur_->kind) {
      case TokenKind::OpenBracket:
        if (!(form_ & kAccess)) return value;
        value = parse_access(value);
        if (value.is_none()) return value;
        as_value(value);
        break;
      case TokenKind::Dot:
      case TokenKind::DotCallOp:
        if (shape_ != Shape::Matched) return value;
        value = parse_dot(value, flags);
        if (value.is_none()) return value;
        break;
      case TokenKind::KwIdentifier: {
        if (!(form_ & kAccess)) return value;
        if (cur_->term() != names_.do_)
          return fail(cur_->line, cur_->column,
                      "syntax error before: ", "'" + std::string(atoms_.text(cur_->term())) + ":'");
        fail(cur_->line, cur_->column, "unexpected keyword: ", "do:");
        error_.has_suffix = true;
        error_.suffix = kInvalidDoSuffix;
        return Term::none();
      }
      default: return value;
    }
  }
}

Term Parser::parse_dot(Term left, uint8_t flags) {
  const Token& dot = *cur_++;
  Term where = meta(dot);
  if (dot.kind == TokenKind::DotCallOp) return parse_paren_calls(node(names_.dot, where, list({left})), where, flags);
  take_eol();
  const Token& name = *cur_;
  switch (name.kind) {
    case TokenKind::Identifier:
    case TokenKind::ParenIdentifier:
    case TokenKind::BracketIdentifier:
    case TokenKind::OpIdentifier:
    case TokenKind::DoIdentifier: return parse_named(node(names_.dot, where, list({left, name.term()})), flags);
    case TokenKind::Alias: {
      ++cur_;
      if (left.is_atom())
        return fail(name.line, name.column,
                    "atom cannot be followed by an alias. If the '.' was meant to be part of the atom's name, the "
                    "atom name must be quoted. Syntax error before: ",
                    "'.'");
      Term cell = make_cons(space_, name.term(), Term::nil_list());
      if (left == open_alias_) {
        // Nobody else has seen the alias yet, so it grows in place.
        open_alias_cell_.cell()[1] = cell.bits();
        open_alias_cell_ = cell;
        if (options_.token_metadata) tuple_set_fresh(left, 1, replace_last_segment(tuple_at(left, 1), name));
        return as_value(left);
      }
      Term alias;
      if (is_node_of(left, names_.aliases)) {
        Term old = tuple_at(left, 2);
        Term where = options_.token_metadata ? replace_last_segment(tuple_at(left, 1), name) : tuple_at(left, 1);
        alias = node(names_.aliases, where, append(old, cell));
      } else {
        if (options_.token_metadata) where = prepend(names_.last, meta(name), where);
        alias = node(names_.aliases, where, make_cons(space_, left, cell));
      }
      open_alias_ = alias;
      open_alias_cell_ = cell;
      return as_value(alias);
    }
    case TokenKind::OpenCurly: {
      ++cur_;
      uint32_t newlines = take_eol();
      size_t base = stack_.size();
      Term extra = Term::nil_list();
      if (is(TokenKind::CloseCurly)) {
        ++cur_;
      } else {
        if (!parse_container_args(base, TokenKind::CloseCurly)) return Term::none();
        extra = newlines_pair(newlines, cur_[-1]);
      }
      Term args = take_list(base);
      return as_value(node(node(names_.dot, where, list({left, names_.braces})), append(extra, where), args));
    }
    default: return syntax_error();
  }
}

}  // namespace phial::compiler
