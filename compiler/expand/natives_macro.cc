// The natives of :phial_macro and those of :phial_code that need no parser. Arguments are arena terms.
#include "compiler/expand/module_builder.h"
#include "compiler/expand/native_support.h"
#include "compiler/lex/identifier.h"
#include "compiler/lex/unescape.h"

namespace phial::compiler {

using namespace native_bodies;

// --- :phial_macro
// ---------------------------------------------------------------------------------------------------------

RunResult native_bodies::macro_caller(NativeCall& c) {
  if (!c.args[0].is_fixnum()) return ok(c.args[0]);
  Expander* x = c.session.live_caller(c.args[0].as_fixnum());
  if (!x) return argument_error(c, "__CALLER__ is not available after its macro has returned");
  return ok(env_to_term(c.arena, c.session.atoms(), c.session.names(), x->env, x->scope.snapshot()));
}

RunResult native_bodies::macro_caller_field(NativeCall& c) {
  const Names& n = c.session.names();
  Term key = c.args[1];
  if (c.args[0].is_fixnum()) {
    Expander* x = c.session.live_caller(c.args[0].as_fixnum());
    if (!x) return argument_error(c, "__CALLER__ is not available after its macro has returned");
    const Env& env = x->env;
    if (key == n.module) return ok(env.module);
    if (key == atoms::line) return ok(Term::fixnum(env.line));
    if (key == atoms::file) return ok(env.file);
    if (key == n.context) {
      return ok(env.context == Context::None ? atoms::nil : env.context == Context::Match ? n.match : n.guard);
    }
    if (key == n.function) {
      return ok(env.function.is_none() ? atoms::nil : pair(c.arena, env.function, Term::fixnum(env.function_arity)));
    }
  }
  RunResult whole = macro_caller(c);
  if (whole.raised) return whole;
  Term value = whole.value.is_map() ? map_get(whole.value, key) : Term::none();
  if (value.is_none()) {
    Term fields[] = {atoms::struct_, n.Elixir_KeyError, atoms::exception_, atoms::true_, n.key, key,
                     n.term,         whole.value,       n.message,         atoms::nil};
    return c.host.raise_exception(make_map(c.arena, c.session.atoms(), fields));
  }
  return ok(value);
}

// quote_dot(meta, left, right, args | nil, context): `left.unquote(right)(args)`
RunResult native_bodies::macro_quote_dot(NativeCall& c) {
  Term meta = c.args[0], left = c.args[1], right = c.args[2], args = c.args[3];
  Space& s = c.arena;
  const Names& n = c.session.names();
  auto dot = [&](Term name, Term call_args, Term call_meta) {
    return node(s, node(s, atoms::dot, meta, make_list(s, {left, name})), call_meta, call_args);
  };
  if (right.is_atom()) {
    if (args == atoms::nil) {
      return ok(dot(right, Term::nil_list(), make_cons(s, pair(s, n.no_parens, atoms::true_), meta)));
    }
    return ok(dot(right, args, meta));
  }
  if (is_node(right)) {
    Term head = node_head(right), tail = node_args(right);
    if (head == atoms::aliases && args == atoms::nil) {
      return ok(node(s, atoms::aliases, meta, make_cons(s, left, tail)));
    }
    if (head.is_atom() && tail.is_atom()) {
      if (args == atoms::nil) {
        return ok(dot(head, Term::nil_list(), make_cons(s, pair(s, n.no_parens, atoms::true_), meta)));
      }
      return ok(dot(head, args, meta));
    }
    if (head.is_atom() && args == atoms::nil) return ok(dot(head, tail, meta));
  }
  Env env;
  env.file = make_binary(c.arena, "nofile");
  Expander x(c.session, c.host, c.arena, env);
  return argument_error(
      c, "expected unquote after dot to return an atom, an alias or a quoted call, got: " + x.inspect_text(right));
}

RunResult native_bodies::macro_quote_check(NativeCall& c) {
  if (c.args[0].is_list() && list_length(c.args[0]) >= 0) return ok(c.args[0]);
  Env env;
  env.file = make_binary(c.arena, "nofile");
  Expander x(c.session, c.host, c.arena, env);
  return argument_error(
      c, "expected a list with quoted expressions in unquote_splicing/1, got: " + x.inspect_text(c.args[0]));
}

// quote_tail(left, right): `[unquote_splicing(left) | right]`
RunResult native_bodies::macro_quote_tail(NativeCall& c) {
  RunResult checked = macro_quote_check(c);
  if (checked.raised) return checked;
  Term left = c.args[0], right = c.args[1];
  if (left.is_nil_list()) return ok(right);
  ListBuilder out(c.arena);
  if (right.is_list()) {
    for (Term l = left; l.is_cons(); l = l.tail()) out.push(l.head());
    return ok(out.finish(right));
  }
  Term l = left;
  for (; l.tail().is_cons(); l = l.tail()) out.push(l.head());
  out.push(node(c.arena, c.session.names().pipe, Term::nil_list(), make_list(c.arena, {l.head(), right})));
  return ok(out.finish());
}

RunResult native_bodies::macro_expand_once(NativeCall& c) {
  Env env;
  VariableSnapshot variables;
  if (!env_from_term(c.session.names(), c.args[1], env, variables)) return argument_error(c, "expected a Macro.Env");
  Expander x(c.session, c.host, c.arena, env);
  x.caller_allowed = true;
  x.scope.load(variables);
  bool expanded = false;
  Term result = x.expand_once(c.args[0], expanded);
  if (result.is_none()) return {true, Term::none()};
  return ok(pair(c.arena, result, boolean(expanded)));
}

RunResult native_bodies::macro_expand_all(NativeCall& c) {
  Env env;
  VariableSnapshot variables;
  if (!env_from_term(c.session.names(), c.args[1], env, variables)) return argument_error(c, "expected a Macro.Env");
  Expander x(c.session, c.host, c.arena, env);
  x.caller_allowed = true;
  x.scope.load(variables);
  Term result = x.expand(c.args[0]);
  if (result.is_none()) return {true, Term::none()};
  return ok(result);
}

RunResult native_bodies::macro_unescape(NativeCall& c) {
  if (!c.args[0].is_bitstring()) return argument_error(c, "expected a binary");
  std::string text = text_of_binary(c.args[0]), out;
  if (c.args[1] == c.session.names().regex) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 >= text.size()) {
        out += text[i];
        continue;
      }
      char next = text[++i];
      switch (next) {
        case 'f': out += '\f'; break;
        case 'n': out += '\n'; break;
        case 'r': out += '\r'; break;
        case 't': out += '\t'; break;
        case 'v': out += '\v'; break;
        case 'a': out += '\a'; break;
        case '\n': break;
        default: out += '\\'; out += next;
      }
    }
  } else {
    UnescapeError error;
    if (!unescape(text, out, error)) return argument_error(c, error.message);
  }
  return ok(make_binary(c.arena, out));
}

RunResult native_bodies::macro_local_for(NativeCall& c) { return ok(atoms::false_); }

RunResult native_bodies::macro_identifier_kind(NativeCall& c) {
  AtomTable& table = c.session.atoms();
  std::string text = c.args[0].is_bitstring() ? text_of_binary(c.args[0]) : "";
  ScannedName name = scan_name(text);
  const char* kind = "other";
  if (name.bytes == text.size() && !text.empty()) {
    switch (name.kind) {
      case ScannedName::Kind::Identifier: kind = name.has_at ? "atom" : "identifier"; break;
      case ScannedName::Kind::Alias: kind = name.has_at || name.has_punctuation ? "atom" : "alias"; break;
      case ScannedName::Kind::Atom: kind = "atom"; break;
      default: break;
    }
  }
  return ok(table.intern(kind));
}

// --- :phial_code
// ----------------------------------------------------------------------------------------------------------

static Diagnostic read_diagnostic(NativeCall& c, bool is_error, Term message, Term place, Term meta) {
  const Names& n = c.session.names();
  Diagnostic d;
  d.is_error = is_error;
  d.message = message.is_bitstring() ? text_of_binary(message) : "";
  auto get = [&](Term key) {
    if (place.is_map()) return map_get(place, key);
    return place.is_list() ? keyword_get(place, key) : Term::none();
  };
  Term file = get(atoms::file), line = get(atoms::line), column = get(atoms::column);
  d.file = !file.is_none() && file.is_bitstring() ? text_of_binary(file) : "nofile";
  if (!line.is_none() && line.is_fixnum()) d.line = static_cast<uint32_t>(line.as_fixnum());
  if (!column.is_none() && column.is_fixnum()) d.column = static_cast<uint32_t>(column.as_fixnum());
  if (meta.is_list()) {
    if (meta_line(meta) != 0) d.line = meta_line(meta);
    if (meta_column(meta) != 0) d.column = meta_column(meta);
  }
  Env env;
  VariableSnapshot variables;
  if (place.is_map() && env_from_term(n, place, env, variables) && env.module != atoms::nil) {
    Expander x(c.session, c.host, c.arena, env);
    d.where = env.function.is_none() ? x.module_text(env.module) + " (module)"
                                     : x.module_text(env.module) + "." + x.name_arity(env.function, env.function_arity);
  }
  return d;
}

RunResult native_bodies::code_warn(NativeCall& c) {
  Diagnostic d = read_diagnostic(c, false, c.args[0], c.args[1], Term::nil_list());
  if (!c.args[1].is_map() && c.args[1].is_nil_list()) d.file.clear();
  c.session.emit(c.host, d);
  return ok(atoms::ok);
}

RunResult native_bodies::code_error(NativeCall& c) {
  c.session.emit(c.host, read_diagnostic(c, true, c.args[0], c.args[1], c.args[2]));
  if (c.args[1].is_map()) {
    Term module = map_get(c.args[1], c.session.names().module);
    if (!module.is_none() && module.is_atom()) {
      if (ModuleBuilder* b = c.session.open_module(module)) b->tainted = true;
    }
  }
  return ok(atoms::ok);
}

RunResult native_bodies::code_diagnostics_start(NativeCall& c) {
  c.session.start_collecting(c.host.process_key(), c.args[0] == atoms::true_);
  return ok(atoms::nil);
}

RunResult native_bodies::code_diagnostics_stop(NativeCall& c) {
  const Names& n = c.session.names();
  ListBuilder out(c.arena);
  for (const Diagnostic& d : c.session.stop_collecting(c.host.process_key())) {
    Term position = d.column != 0 ? pair(c.arena, Term::fixnum(d.line), Term::fixnum(d.column)) : Term::fixnum(d.line);
    Term file = d.file.empty() ? atoms::nil : make_binary(c.arena, d.file);
    Term fields[] = {n.severity,   d.is_error ? atoms::error : n.warning,
                     n.message,    make_binary(c.arena, d.message),
                     atoms::file,  file,
                     n.source,     file,
                     n.position,   position,
                     n.span,       atoms::nil,
                     n.details,    atoms::nil,
                     n.stacktrace, Term::nil_list()};
    out.push(make_map(c.arena, c.session.atoms(), fields));
  }
  return ok(out.finish());
}

RunResult native_bodies::code_option(NativeCall& c) {
  Term value = c.session.option(c.args[0]);
  return ok(value.is_none() ? atoms::nil : value);
}

RunResult native_bodies::code_put_option(NativeCall& c) {
  if (!c.args[0].is_atom()) return argument_error(c, "options are atoms");
  c.session.put_option(c.args[0], c.args[1]);
  return ok(atoms::ok);
}

RunResult native_bodies::code_docs(NativeCall& c) {
  if (!c.args[0].is_atom() || !c.host.ensure_loaded(c.args[0], false)) return ok(atoms::nil);
  Term info = c.host.module_info(c.args[0]);
  Term docs = info.is_none() ? info : keyword_get(info, c.session.names().docs);
  return ok(docs.is_none() ? atoms::nil : docs);
}

RunResult native_bodies::code_clauses(NativeCall& c) { return ok(atoms::nil); }

}  // namespace phial::compiler
