// :phial_code: parsing, evaluating and compiling from Elixir code. What needs the expander alone is in its own table
// (session_natives); here stands what needs the parser or the code server as well. `:phial_code.*` is used by Code, Module and the
// shell only.
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/driver/compiler.h"
#include "compiler/driver/natives.h"
#include "compiler/driver/vm_macro_host.h"
#include "compiler/parse/diagnostic.h"
#include "compiler/parse/parser.h"
#include "vm/code/code_server.h"
#include "vm/heap/copy.h"
#include "vm/interp/fiber.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::compiler {

namespace {

/// The value under [key] in a keyword list, or [fallback].
Term keyword_get(AtomTable& atoms, Term list, std::string_view key, Term fallback) {
  for (; list.is_cons(); list = list.tail()) {
    Term item = list.head();
    if (is_tuple_of(item, 2) && tuple_at(item, 0).is_atom() && atoms.text(tuple_at(item, 0)) == key) return tuple_at(item, 1);
  }
  return fallback;
}

ParseOptions parse_options(AtomTable& atoms, Term list) {
  ParseOptions o;
  auto number = [&](const char* key, uint32_t fallback) {
    Term t = keyword_get(atoms, list, key, Term::fixnum(fallback));
    return t.is_fixnum() && t.as_fixnum() >= 0 ? static_cast<uint32_t>(t.as_fixnum()) : fallback;
  };
  auto flag = [&](const char* key, bool fallback) {
    return keyword_get(atoms, list, key, boolean(fallback)) == atoms::true_;
  };
  o.line = number("line", 1);
  o.column = number("column", 1);
  o.columns = flag("columns", false);
  o.token_metadata = flag("token_metadata", false);
  o.unescape = flag("unescape", true);
  o.existing_atoms_only = flag("existing_atoms_only", false) ||
                          keyword_get(atoms, list, "existing_atoms_only", atoms::nil) == atoms.intern("safe");
  return o;
}

/// Calls back to the functions given as :literal_encoder and :static_atoms_encoder, and collects comments.
class CodeHooks final : public ParseHooks {
 public:
  CodeHooks(Process& p, ArenaSpace& arena, Term options) : p_(p), arena_(arena) {
    literal_encoder_ = keyword_get(p.atoms(), options, "literal_encoder", Term::none());
    atom_encoder_ = keyword_get(p.atoms(), options, "static_atoms_encoder", Term::none());
    file_ = keyword_get(p.atoms(), options, "file", Term::none());
  }
  bool encodes_atoms() const override { return !atom_encoder_.is_none(); }
  bool encodes_literals() const override { return !literal_encoder_.is_none(); }
  bool wants_comments() const override { return keep_comments; }

  Term encode_atom(std::string_view text, uint32_t line, uint32_t column, std::string& error) override {
    Term meta = make_list(arena_, {make_tuple(arena_, {atoms::line, Term::fixnum(line)}),
                                   make_tuple(arena_, {atoms::column, Term::fixnum(column)})});
    return ask(atom_encoder_, make_binary(arena_, text), meta, error);
  }
  Term encode_literal(Term literal, Term meta, std::string& error) override {
    return ask(literal_encoder_, literal, meta, error);
  }
  void comment(std::string_view text, uint32_t line, uint32_t column, uint32_t before, uint32_t after) override {
    AtomTable& atoms = p_.atoms();
    Term pairs[] = {atoms.intern("line"), Term::fixnum(line),
                    atoms.intern("column"), Term::fixnum(column),
                    atoms.intern("previous_eol_count"), Term::fixnum(before),
                    atoms.intern("next_eol_count"), Term::fixnum(after),
                    atoms.intern("text"), make_binary(arena_, text)};
    comments.push_back(make_map(arena_, atoms, pairs));
  }

  bool keep_comments = false;
  std::vector<Term> comments;
  FiberResult failure;  // an encoder raised
  bool failed = false;

 private:
  /// Both encoders answer {:ok, term} or {:error, reason}.
  Term ask(Term fun, Term first, Term meta, std::string& error) {
    Term args[] = {deep_copy(p_.heap, first), deep_copy(p_.heap, meta)};
    FiberResult r = fiber_apply(p_, deep_copy(p_.heap, fun), args);
    if (!r.ok()) {
      failed = true;
      failure = r;
      error = "the encoder raised";
      return Term::none();
    }
    if (is_tuple_of(r.value, 2) && tuple_at(r.value, 0) == atoms::ok) return deep_copy(arena_, tuple_at(r.value, 1));
    error = "the encoder refused it";
    if (is_tuple_of(r.value, 2) && is_binary(tuple_at(r.value, 1))) {
      std::string scratch;
      error = binary_bytes(tuple_at(r.value, 1), scratch);
    }
    return Term::none();
  }

  Process& p_;
  ArenaSpace& arena_;
  Term literal_encoder_, atom_encoder_, file_;
};

Term parse_native(Process& p, Term* args, bool comments) {
  if (!is_binary(args[0])) return p.raise_badarg();
  std::string scratch;
  std::string source(binary_bytes(args[0], scratch));
  ArenaSpace arena;
  Term options_term = deep_copy(arena, args[1]);
  ParseOptions options = parse_options(p.atoms(), options_term);
  CodeHooks hooks(p, arena, options_term);
  hooks.keep_comments = comments;
  if (comments || hooks.encodes_atoms() || hooks.encodes_literals()) options.hooks = &hooks;
  size_t left = fiber_stack_left(p);
  options.max_stack_bytes = left > (96 << 10) ? left - (64 << 10) : 32 << 10;
  p.charge(static_cast<int64_t>(source.size() / 8));
  ParseResult r = parse(source, options, arena, p.atoms());
  if (hooks.failed) return fiber_reraise(p, hooks.failure);
  if (!r.ok) return deep_copy(p.heap, make_tuple(arena, {atoms::error, error_term(r.error, arena, p.atoms())}));
  if (!comments) return deep_copy(p.heap, make_tuple(arena, {atoms::ok, r.quoted}));
  return deep_copy(p.heap, make_tuple(arena, {atoms::ok, r.quoted, make_list(arena, hooks.comments)}));
}

}  // namespace

/// string_to_quoted(binary, options) -> {:ok, ast} | {:error, {meta, message, token}}
Term code_string_to_quoted(Process& p, Term* args) { return parse_native(p, args, false); }
/// string_to_quoted_with_comments(binary, options) -> {:ok, ast, comments} | {:error, ...}
Term code_string_to_quoted_with_comments(Process& p, Term* args) { return parse_native(p, args, true); }

namespace {

/// The bytes of a regular file; or the name of the POSIX error.
const char* read_whole_file(const std::string& path, std::string& out) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return errno == EACCES ? "eacces" : errno == ENOTDIR ? "enotdir" : "enoent";
  if (S_ISDIR(info.st_mode)) return "eisdir";
  std::ifstream in(path, std::ios::binary);
  if (!in) return "eacces";
  out.reserve(static_cast<size_t>(info.st_size));
  out.assign(std::istreambuf_iterator<char>(in), {});
  return in.bad() ? "eio" : nullptr;
}

/// Options for source that is compiled: with what C stack is left.
ParseOptions unit_options(Process& p) {
  ParseOptions options;
  size_t left = fiber_stack_left(p);
  options.max_stack_bytes = left > (96 << 10) ? left - (64 << 10) : 32 << 10;
  return options;
}

bool read_binding(Term list, ArenaSpace& arena, std::vector<BoundVariable>& out) {
  for (; list.is_cons(); list = list.tail()) {
    Term item = list.head();
    if (!is_tuple_of(item, 2)) return false;
    Term key = tuple_at(item, 0), context = atoms::nil;
    if (is_tuple_of(key, 2)) {
      context = tuple_at(key, 1);
      key = tuple_at(key, 0);
    }
    if (!key.is_atom()) return false;
    out.push_back({key, context, deep_copy(arena, tuple_at(item, 1))});
  }
  return list.is_nil_list();
}

Term binding_list(Space& space, const std::vector<BoundVariable>& binding) {
  ListBuilder out(space);
  for (const BoundVariable& v : binding) {
    Term key = v.context == atoms::nil ? v.name : make_tuple(space, {v.name, v.context});
    out.push(make_tuple(space, {key, v.value}));
  }
  return out.finish();
}

}  // namespace

/// eval_quoted(ast, binding, env) -> {value, binding, env}
Term code_eval_quoted(Process& p, Term* args) {
  Compiler& compiler = compiler_of(p);
  VmMacroHost host(compiler, p);
  EvalUnit unit(compiler.session(), host);
  VariableSnapshot variables;
  Term env = deep_copy(unit.arena(), args[2]);
  if (!env_from_term(compiler.session().names(), env, unit.env, variables)) return p.raise_badarg();
  if (!read_binding(args[1], unit.arena(), unit.binding)) return p.raise_badarg();
  Term ast = deep_copy(unit.arena(), args[0]);
  RunResult r = unit.evaluate(ast);
  if (r.raised) return host.fail();
  VariableSnapshot after;
  int64_t version = 0;
  for (const BoundVariable& v : unit.binding) after.entries.push_back({{v.name, v.context}, version++});
  Term new_env = env_to_term(unit.arena(), p.atoms(), compiler.session().names(), unit.env, after);
  return deep_copy(p.heap, make_tuple(unit.arena(), {r.value, binding_list(unit.arena(), unit.binding), new_env}));
}

/// eval_unit(ast, file) -> value: a whole file or script, whose variables nobody sees afterwards.
Term code_eval_unit(Process& p, Term* args) {
  Compiler& compiler = compiler_of(p);
  VmMacroHost host(compiler, p);
  EvalUnit unit(compiler.session(), host);
  std::string scratch;
  unit.set_file(binary_bytes(args[1], scratch));
  unit.want_binding = false;
  RunResult r = unit.evaluate(deep_copy(unit.arena(), args[0]));
  return r.raised ? host.fail() : deep_copy(p.heap, r.value);
}

/// run_file(path) -> {:ok, value} | {:unreadable, posix} | {:unparsable, source}: a script, read, parsed and run as one unit.
Term code_run_file(Process& p, Term* args) {
  if (!is_binary(args[0])) return p.raise_badarg();
  std::string scratch;
  std::string path(binary_bytes(args[0], scratch));
  AtomTable& atoms = p.atoms();
  std::string source;
  if (const char* why = read_whole_file(path, source))
    return make_tuple(p.heap, {atoms.intern("unreadable"), atoms.intern(why)});
  Compiler& compiler = compiler_of(p);
  VmMacroHost host(compiler, p);
  EvalUnit unit(compiler.session(), host);
  unit.set_file(path);
  unit.want_binding = false;
  ParseResult parsed = parse(source, unit_options(p), unit.arena(), atoms);
  if (!parsed.ok) return make_tuple(p.heap, {atoms.intern("unparsable"), make_binary(p.heap, source)});
  for (const SourceWarning& w : parsed.warnings) host.print_diagnostic(render_warning(w, source, path));
  RunResult r = unit.evaluate(parsed.quoted);
  return r.raised ? host.fail() : make_tuple(p.heap, {atoms::ok, deep_copy(p.heap, r.value)});
}

/// compile_quoted(ast, file) -> [{module, binary}]
Term code_compile_quoted(Process& p, Term* args) {
  Compiler& compiler = compiler_of(p);
  VmMacroHost host(compiler, p);
  EvalUnit unit(compiler.session(), host);
  std::string scratch;
  unit.set_file(binary_bytes(args[1], scratch));
  unit.want_binding = false;
  RunResult r = unit.evaluate(deep_copy(unit.arena(), args[0]));
  if (r.raised) return host.fail();
  ListBuilder out(p.heap);
  for (Term name : unit.defined_modules) {
    std::string place = "phial module " + std::string(p.atoms().text(name));
    out.push(make_tuple(p.heap, {name, make_binary(p.heap, place)}));
  }
  return out.finish();
}

/// env_for_eval(options) -> %Macro.Env{}
Term code_env_for_eval(Process& p, Term* args) {
  Compiler& compiler = compiler_of(p);
  VmMacroHost host(compiler, p);
  AtomTable& atoms = p.atoms();
  ArenaSpace arena;
  Term options = deep_copy(arena, args[0]);
  VariableSnapshot variables;
  Env env;
  if (options.is_map()) {
    if (!env_from_term(compiler.session().names(), options, env, variables)) return p.raise_badarg();
  } else {
    Term file = keyword_get(atoms, options, "file", make_binary(arena, "nofile"));
    env = compiler.session().fresh_env(host, file);
    Term line = keyword_get(atoms, options, "line", Term::fixnum(1));
    if (line.is_fixnum()) env.line = static_cast<uint32_t>(line.as_fixnum());
    env.module = keyword_get(atoms, options, "module", atoms::nil);
    Term aliases = keyword_get(atoms, options, "aliases", Term::none());
    if (!aliases.is_none()) env.aliases = aliases;
    Term requires_list = keyword_get(atoms, options, "requires", Term::none());
    if (!requires_list.is_none()) env.required = requires_list;
    Term functions = keyword_get(atoms, options, "functions", Term::none());
    Term macros = keyword_get(atoms, options, "macros", Term::none());
    if (!functions.is_none()) env.functions = functions;
    if (!macros.is_none()) env.macros = macros;
    if (!functions.is_none() || !macros.is_none()) env.imports = nullptr;
  }
  return deep_copy(p.heap, env_to_term(arena, atoms, compiler.session().names(), env, variables));
}

Term code_loaded(Process& p, Term* args) {
  CodeServer& server = code_server(p);
  return boolean(args[0].is_atom() && (server.find_module(args[0]) || server.has_natives(args[0])));
}

/// ensure_loaded(module) -> {:module, module} | {:error, :nofile}
Term code_ensure_loaded(Process& p, Term* args) {
  if (!args[0].is_atom()) return p.raise_badarg();
  CodeServer& server = code_server(p);
  if (server.ensure_loaded(args[0]) || server.has_natives(args[0]))
    return make_tuple(p.heap, {p.atoms().intern("module"), args[0]});
  return make_tuple(p.heap, {atoms::error, p.atoms().intern("nofile")});
}

/// delete(module) -> was it loaded
Term code_delete(Process& p, Term* args) {
  return args[0].is_atom() ? boolean(code_server(p).unload(args[0])) : p.raise_badarg();
}

/// all_loaded() -> names of the modules that are loaded
Term code_all_loaded(Process& p, Term*) {
  ListBuilder out(p.heap);
  for (Term name : code_server(p).loaded_modules()) out.push(name);
  return out.finish();
}

/// phial_boot.compile(files): compiles the standard library's files one after the other, with what has been compiled so
/// far. An error is printed and ends the program with status 1.
Term boot_compile(Process& p, Term* args) {
  Compiler& compiler = compiler_of(p);
  std::vector<std::string> files;
  for (Term l = args[0]; l.is_cons(); l = l.tail()) {
    std::string scratch;
    files.emplace_back(binary_bytes(l.head(), scratch));
  }
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream source;
    source << in.rdbuf();
    VmMacroHost host(compiler, p);
    EvalUnit unit(compiler.session(), host);
    size_t root = file.rfind("stdlib/");
    unit.set_file(root == std::string::npos ? file : file.substr(root));
    unit.want_binding = false;
    ParseResult parsed = parse(source.view(), unit_options(p), unit.arena(), p.atoms());
    if (!in || !parsed.ok) {
      std::fprintf(stderr, "%s\n", in ? render_error(parsed.error, source.view(), file).c_str() : ("cannot read " + file).c_str());
      p.system->halt(1);
      return p.wait_native();
    }
    RunResult r = unit.evaluate(parsed.quoted);
    if (r.raised) {
      host.describe_failure(file);
      p.system->halt(1);
      return p.wait_native();
    }
  }
  return atoms::ok;
}

namespace {

struct Row {
  const char* function;
  uint32_t arity;
  NativeFn body;
  bool on_fiber;
};
constexpr Row kRows[] = {
    {"string_to_quoted", 2, code_string_to_quoted, true},
    {"string_to_quoted_with_comments", 2, code_string_to_quoted_with_comments, true},
    {"eval_quoted", 3, code_eval_quoted, true},
    {"eval_unit", 2, code_eval_unit, true},
    {"run_file", 1, code_run_file, true},
    {"compile_quoted", 2, code_compile_quoted, true},
    {"env_for_eval", 1, code_env_for_eval, true},
    {"loaded?", 1, code_loaded, false},
    {"ensure_loaded", 1, code_ensure_loaded, false},
    {"delete", 1, code_delete, false},
    {"all_loaded", 0, code_all_loaded, false},
};

}  // namespace

void register_natives(CodeServer& server) {
  AtomTable& atoms = server.atoms();
  Term module = atoms.intern("phial_code");
  for (const Row& row : kRows) server.add_native(module, atoms.intern(row.function), row.arity, row.body, row.on_fiber);
  server.add_native(atoms.intern("phial_boot"), atoms.intern("compile"), 1, boot_compile, true);
  register_session_natives(server);
}

}  // namespace phial::compiler
