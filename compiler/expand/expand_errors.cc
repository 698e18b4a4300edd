// Failures, warnings and the texts in them.
#include "compiler/expand/module_builder.h"
#include "compiler/parse/inspect_quoted.h"
#include "vm/term/inspect.h"
#include "vm/term/map.h"

namespace phial::compiler {

namespace {
std::string place_of(Expander& self) {
  const Env& env = self.env;
  if (env.module == atoms::nil) return "";
  std::string module = self.module_text(env.module);
  if (env.function.is_none()) return module + " (module)";
  return module + "." + self.name_arity(env.function, env.function_arity);
}
}  // namespace

std::string Expander::module_text(Term module) {
  return module.is_atom() ? inspect_atom(text(module)) : inspect_text(module);
}

std::string Expander::name_arity(Term name, uint32_t arity) {
  return std::string(text(name)) + "/" + std::to_string(arity);
}

std::string Expander::inspect_text(Term value) { return inspect_term(value, atoms_table, 2000); }

std::string Expander::code_text(Term ast) {
  if (ast.is_atom() || ast.is_number()) return inspect_text(ast);
  if (host.function_exported(n.Elixir_Macro, n.to_string, 1)) {
    RunResult r = host.call(n.Elixir_Macro, n.to_string, std::span<const Term>(&ast, 1), arena);
    if (!r.raised && r.value.is_bitstring()) return text_of_binary(r.value);
  }
  // Before Macro exists: names and simple calls, else the tuples.
  if (is_variable(ast)) return std::string(text(node_head(ast)));
  if (is_call_of(ast, atoms::aliases)) {
    std::string out;
    for (Term l = node_args(ast); l.is_cons(); l = l.tail()) {
      if (!out.empty()) out += '.';
      out += l.head().is_atom() ? std::string(text(l.head())) : code_text(l.head());
    }
    return out;
  }
  if (is_node(ast) && node_args(ast).is_list() && !stack_low()) {
    Term head = node_head(ast), args = node_args(ast);
    std::string name;
    if (head.is_atom()) {
      std::string op(text(head));
      bool word = !op.empty() && (isalpha(static_cast<unsigned char>(op[0])) || op[0] == '_');
      if (!word && list_length(args) == 2 && head != atoms::tuple_brace && head != atoms::percent_brace &&
          head != atoms::bits) {
        return code_text(first(args)) + " " + op + " " + code_text(second(args));
      }
      if (!word && list_length(args) == 1 && head != atoms::tuple_brace && head != atoms::percent_brace) {
        return op + code_text(first(args));
      }
      if (word) name = op;
    } else if (is_call_of(head, atoms::dot, 2) && second(node_args(head)).is_atom()) {
      name = code_text(first(node_args(head))) + "." + std::string(text(second(node_args(head))));
    }
    if (!name.empty()) {
      std::string out = name + "(";
      for (Term l = args; l.is_cons(); l = l.tail()) {
        if (!(l == args)) out += ", ";
        out += code_text(l.head());
      }
      return out + ")";
    }
  }
  return inspect_quoted(ast, atoms_table);
}

namespace {
Diagnostic make_diagnostic(Expander& x, bool is_error, uint32_t line, uint32_t column, std::string_view message) {
  Diagnostic d;
  d.is_error = is_error;
  d.message = message;
  d.file = text_of_binary(x.env.file);
  d.line = line;
  d.column = column;
  d.where = place_of(x);
  return d;
}
}  // namespace

void Expander::warn(Term meta, std::string_view message) { warn_at(meta_line(meta), meta_column(meta), message); }

void Expander::warn_at(uint32_t line, uint32_t column, std::string_view message) {
  session.emit(host, make_diagnostic(*this, false, line, column, message));
}

Term Expander::raise(Term exception) {
  host.raise_exception(exception);
  return Term::none();
}

Term Expander::raise_argument_error(std::string_view message) {
  Term fields[] = {atoms::struct_, n.Elixir_ArgumentError, atoms::exception_, atoms::true_, n.message, binary(message)};
  return raise(make_map(arena, atoms_table, fields));
}

Term Expander::raise_compile_error(Term meta, std::string_view message) {
  uint32_t line = meta_line(meta);
  Term fields[] = {atoms::struct_,    n.Elixir_CompileError,
                   atoms::exception_, atoms::true_,
                   n.description,     binary(message),
                   atoms::file,       env.file,
                   atoms::line,       line == 0 ? atoms::nil : Term::fixnum(line)};
  return raise(make_map(arena, atoms_table, fields));
}

Term Expander::file_error(Term meta, std::string_view message) {
  session.emit(host, make_diagnostic(*this, true, meta_line(meta), meta_column(meta), message));
  std::string summary = env.module == atoms::nil
                            ? "cannot compile file (errors have been logged)"
                            : "cannot compile module " + module_text(env.module) + " (errors have been logged)";
  return raise_compile_error(Term::nil_list(), summary);
}

bool Expander::function_error(Term meta, std::string_view message) {
  if (env.function.is_none() || !builder) {
    file_error(meta, message);
    return false;
  }
  session.emit(host, make_diagnostic(*this, true, meta_line(meta), meta_column(meta), message));
  builder->tainted = true;
  return true;
}

void Expander::warn_unused_variables() {
  for (const Scope::Origin& o : scope.origins()) {
    if (o.used || o.silent || o.name.is_none() || !o.name.is_atom()) continue;
    warn_at(o.line, o.column,
            "variable \"" + std::string(text(o.name)) +
                "\" is unused (if the variable is not meant to be used, prefix it with an underscore)");
  }
}

}  // namespace phial::compiler
