// Natives about functions, exceptions and modules; see code.def.
#include "vm/code/code_server.h"
#include "vm/interp/trace.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/binary.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial::natives {
namespace {

/// Raises without an entry of its own in the trace: the caller is where it happened.
Term raise_plain(Process& p, Term class_, Term reason) {
  p.raise(class_, reason);
  p.exc.trace = trace_head_plain();
  return Term::none();
}

Term atom(Process& p, std::string_view text) { return p.atoms().intern(text); }

bool is_loaded(Process& p, Term module) {
  CodeServer& server = code_server(p);
  return server.find_module(module) != nullptr || server.has_natives(module);
}

/// {:error_info, map} of an options list, or [].
Term error_info_option(Process& p, Term options) {
  Term key = atom(p, "error_info");
  for (; options.is_cons(); options = options.tail()) {
    Term option = options.head();
    if (is_tuple_of(option, 2) && tuple_at(option, 0) == key && tuple_at(option, 1).is_map()) return tuple_at(option, 1);
  }
  return Term::nil_list();
}

bool is_arity(Term t) { return t.is_fixnum() && t.as_fixnum() >= 0 && t.as_fixnum() <= 255; }

Term error_with(Process& p, Term reason, Term args, Term info) {
  p.raise_error(reason);
  p.exc.trace = trace_head_first(p, list_length(args) >= 0 ? args : Term::fixnum(0), info);
  return Term::none();
}

}  // namespace

Term erlang_error(Process& p, Term* args) { return raise_plain(p, atoms::error, args[0]); }
Term erlang_error_args(Process& p, Term* args) { return error_with(p, args[0], args[1], Term::nil_list()); }
Term erlang_error_options(Process& p, Term* args) {
  if (list_length(args[2]) < 0) return p.raise_badarg();
  return error_with(p, args[0], args[1], error_info_option(p, args[2]));
}
Term erlang_exit(Process& p, Term* args) { return raise_plain(p, atoms::exit, args[0]); }
Term erlang_throw(Process& p, Term* args) { return raise_plain(p, atoms::throw_, args[0]); }

Term erlang_raise(Process& p, Term* args) {
  bool known = args[0] == atoms::error || args[0] == atoms::exit || args[0] == atoms::throw_;
  if (!known || list_length(args[2]) < 0) return p.raise_badarg();
  for (Term l = args[2]; l.is_cons(); l = l.tail()) {
    if (!l.head().is_tuple() || tuple_arity(l.head()) < 2 || tuple_arity(l.head()) > 4) return p.raise_badarg();
  }
  p.raise(args[0], args[1]);
  p.exc.trace = args[2];
  return Term::none();
}

Term erlang_make_fun(Process& p, Term* args) {
  if (!args[0].is_atom() || !args[1].is_atom() || !is_arity(args[2])) return p.raise_badarg();
  return make_export_fun(p.heap,
                         code_server(p).export_for(args[0], args[1], static_cast<uint32_t>(args[2].as_fixnum())));
}

namespace {

/// The value of a fun_info item; none() for an unknown one.
Term fun_item(Process& p, Term fun, std::string_view item) {
  if (fun.is_kind(Kind::Export)) {
    const Export* e = export_of(fun);
    if (item == "module") return e->module;
    if (item == "name") return e->function;
    if (item == "arity") return Term::fixnum(e->arity);
    if (item == "env") return Term::nil_list();
    if (item == "type") return atom(p, "external");
    if (item == "index" || item == "new_index" || item == "uniq" || item == "new_uniq" || item == "pid") {
      return atoms::undefined;
    }
    return Term::none();
  }
  const FunEntry* f = fun_entry(fun);
  if (item == "module") return f->module->name;
  if (item == "name") return f->module->functions[f->function].name;
  if (item == "arity") return Term::fixnum(f->arity);
  if (item == "type") return atom(p, "local");
  if (item == "index" || item == "new_index") return Term::fixnum(f->index);
  if (item == "uniq") return Term::fixnum(static_cast<int64_t>(f->unique & 0xfffffff));
  if (item == "pid") return p.self;
  if (item == "new_uniq") {
    char bytes[16] = {};
    std::memcpy(bytes, &f->unique, sizeof f->unique);
    return make_binary(p.heap, std::string_view(bytes, sizeof bytes));
  }
  if (item == "env") {
    return make_list(p.heap, std::span(reinterpret_cast<const Term*>(fun.box() + 2), f->captured));
  }
  return Term::none();
}

}  // namespace

Term erlang_fun_info_item(Process& p, Term* args) {
  if (!args[0].is_fun() || !args[1].is_atom()) return p.raise_badarg();
  Term value = fun_item(p, args[0], p.atoms().text(args[1]));
  if (value.is_none()) return p.raise_badarg();
  return make_tuple(p.heap, {args[1], value});
}

Term erlang_fun_info(Process& p, Term* args) {
  if (!args[0].is_fun()) return p.raise_badarg();
  ListBuilder out(p.heap);
  for (std::string_view item :
       {"pid", "module", "new_index", "new_uniq", "index", "uniq", "name", "arity", "env", "type"}) {
    out.push(make_tuple(p.heap, {atom(p, item), fun_item(p, args[0], item)}));
  }
  return out.finish();
}

Term erlang_is_function_arity(Process& p, Term* args) {
  if (args[1].is_bignum()) return atoms::false_;
  if (!args[1].is_fixnum() || args[1].as_fixnum() < 0) return p.raise_badarg();
  if (!args[0].is_fun()) return atoms::false_;
  uint32_t arity = args[0].is_kind(Kind::Export) ? export_of(args[0])->arity : fun_entry(args[0])->arity;
  return boolean(args[1].as_fixnum() == arity);
}

Term erlang_function_exported(Process& p, Term* args) {
  if (!args[0].is_atom() || !args[1].is_atom() || !args[2].is_fixnum() || args[2].as_fixnum() < 0) {
    return p.raise_badarg();
  }
  if (!is_arity(args[2])) return atoms::false_;
  // The library counts as loaded, though its modules are decoded when first used.
  code_server(p).ensure_loaded(args[0]);
  const Export* e = code_server(p).find_export(args[0], args[1], static_cast<uint32_t>(args[2].as_fixnum()));
  return boolean(e != nullptr && e->is_defined());
}

Term erlang_is_builtin(Process& p, Term* args) {
  if (!args[0].is_atom() || !args[1].is_atom() || !is_arity(args[2])) return p.raise_badarg();
  const Export* e = code_server(p).find_export(args[0], args[1], static_cast<uint32_t>(args[2].as_fixnum()));
  return boolean(e != nullptr && e->native != nullptr);
}

Term erlang_module_loaded(Process& p, Term* args) {
  return args[0].is_atom() ? boolean(is_loaded(p, args[0])) : p.raise_badarg();
}

Term erlang_loaded(Process& p, Term*) {
  std::vector<Term> names = code_server(p).loaded_modules();
  return make_list(p.heap, std::span<const Term>(names));
}

namespace {

Term exports_list(Process& p, Term module) {
  ListBuilder out(p.heap);
  for (auto [name, arity] : code_server(p).exports_of(module)) {
    out.push(make_tuple(p.heap, {name, Term::fixnum(arity)}));
  }
  return out.finish();
}

/// The value under [key] of a keyword list, or none().
Term keyword(Term list, Term key) {
  for (; list.is_cons(); list = list.tail()) {
    if (is_tuple_of(list.head(), 2) && tuple_at(list.head(), 0) == key) return tuple_at(list.head(), 1);
  }
  return Term::none();
}

Term module_item(Process& p, Term module, std::string_view item) {
  const Module* m = code_server(p).find_module(module);
  if (item == "module") return module;
  if (item == "exports") return exports_list(p, module);
  if (item == "functions") {
    if (m == nullptr) return exports_list(p, module);
    ListBuilder out(p.heap);
    for (const LoadedFunction& f : m->functions) out.push(make_tuple(p.heap, {f.name, Term::fixnum(f.arity)}));
    return out.finish();
  }
  if (item == "attributes" || item == "compile") {
    Term value = m != nullptr ? keyword(m->info, atom(p, item)) : Term::none();
    return value.is_none() ? Term::nil_list() : value;
  }
  if (item == "md5") {
    Word hash[2] = {module.bits() * 0x9e3779b97f4a7c15, m != nullptr ? m->code_words : 0};
    return make_binary(p.heap, std::string_view(reinterpret_cast<const char*>(hash), sizeof hash));
  }
  if (item == "nifs") return Term::nil_list();
  return Term::none();
}

}  // namespace

Term erlang_get_module_info_item(Process& p, Term* args) {
  if (!args[0].is_atom() || !args[1].is_atom() || !is_loaded(p, args[0])) return p.raise_badarg();
  Term value = module_item(p, args[0], p.atoms().text(args[1]));
  return value.is_none() ? p.raise_badarg() : value;
}

Term erlang_get_module_info(Process& p, Term* args) {
  if (!args[0].is_atom() || !is_loaded(p, args[0])) return p.raise_badarg();
  ListBuilder out(p.heap);
  for (std::string_view item : {"module", "exports", "attributes", "compile", "md5"}) {
    out.push(make_tuple(p.heap, {atom(p, item), module_item(p, args[0], item)}));
  }
  return out.finish();
}

// Old versions stay until the runtime ends, so nobody has to be killed for purging.
Term erlang_check_old_code(Process& p, Term* args) { return args[0].is_atom() ? atoms::false_ : p.raise_badarg(); }
Term erlang_delete_module(Process& p, Term* args) {
  if (!args[0].is_atom()) return p.raise_badarg();
  return code_server(p).unload(args[0]) ? atoms::true_ : atoms::undefined;
}
Term erlang_purge_module(Process& p, Term* args) { return args[0].is_atom() ? atoms::true_ : p.raise_badarg(); }

Term code_ensure_loaded(Process& p, Term* args) {
  if (!args[0].is_atom()) return p.raise_badarg();
  if (code_server(p).ensure_loaded(args[0]) != nullptr || is_loaded(p, args[0])) {
    return make_tuple(p.heap, {atom(p, "module"), args[0]});
  }
  return make_tuple(p.heap, {atoms::error, atom(p, "nofile")});
}

Term code_load_binary(Process& p, Term* args) {
  if (!args[0].is_atom() || !is_binary(args[2])) return p.raise_badarg();
  std::string scratch, error;
  Module* m = code_server(p).load_bytes(binary_bytes(args[2], scratch), false, error);
  if (m == nullptr) return make_tuple(p.heap, {atoms::error, atom(p, "badfile")});
  return make_tuple(p.heap, {atom(p, "module"), m->name});
}

Term code_is_loaded(Process& p, Term* args) {
  if (!args[0].is_atom()) return p.raise_badarg();
  if (!is_loaded(p, args[0])) return atoms::false_;
  return make_tuple(p.heap, {atoms::file, atom(p, "preloaded")});
}
Term code_delete(Process& p, Term* args) {
  return args[0].is_atom() ? boolean(code_server(p).unload(args[0])) : p.raise_badarg();
}
Term code_purge(Process& p, Term* args) { return args[0].is_atom() ? atoms::false_ : p.raise_badarg(); }
Term code_soft_purge(Process& p, Term* args) { return args[0].is_atom() ? atoms::true_ : p.raise_badarg(); }

/// The info keyword list of a loaded (or loadable) module; nil when there is none.
Term phial_code_module_info(Process& p, Term* args) {
  if (!args[0].is_atom()) return p.raise_badarg();
  const Module* m = code_server(p).ensure_loaded(args[0]);
  return m != nullptr ? m->info : atoms::nil;
}

Term phial_code_module_exports(Process& p, Term* args) {
  if (!args[0].is_atom()) return p.raise_badarg();
  code_server(p).ensure_loaded(args[0]);
  return exports_list(p, args[0]);
}

/// The list form of a raw trace.
Term phial_code_trace_list(Process& p, Term* args) { return trace_to_list(p, args[0]); }

Term phial_protocol_impl(Process& p, Term* args) {
  if (!args[0].is_atom() || !args[1].is_atom()) return p.raise_badarg();
  return code_server(p).protocol_impl(args[0], args[1]);
}

}  // namespace phial::natives
