// External term format and hashes; look-up of protocol implementations.
#include <string>

#include "vm/code/code_server.h"
#include "vm/natives/natives.h"
#include "vm/process/process.h"
#include "vm/term/binary.h"
#include "vm/term/external.h"
#include "vm/term/hash.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::natives {

namespace {

/// Describes funs for the external format.
class Funs final : public ExternalFuns {
 public:
  explicit Funs(Process& p) : p_(p) {}
  void describe_export(Term fun, Term* module, Term* function, uint32_t* arity) override {
    Export* e = export_of(fun);
    *module = e->module;
    *function = e->function;
    *arity = e->arity;
  }
  Term make_export(Space& space, Term module, Term function, uint32_t arity) override {
    return make_export_fun(space, code_server(p_).export_for(module, function, arity));
  }
  ExternalFun describe_fun(Term fun) override {
    const FunEntry* e = fun_entry(fun);
    return {e->module->name, e->arity, e->index, e->unique};
  }
  Term make_fun(Space&, const ExternalFun&, std::span<const Term>) override { return Term::none(); }

 private:
  Process& p_;
};

ExternalContext context(Process& p, Funs& funs) { return {p.atoms(), p.atoms().intern("nonode@nohost"), &funs}; }

Term to_binary(Process& p, Term term, const ExternalOptions& options) {
  Funs funs(p);
  std::string out;
  if (!encode_external(term, context(p, funs), options, out)) return p.raise_badarg();
  p.charge(static_cast<int64_t>(out.size() / 32));
  return make_binary(p.heap, out);
}

Term from_binary(Process& p, Term binary, bool safe, bool with_size) {
  if (!is_binary(binary)) return p.raise_badarg();
  std::string scratch;
  std::string_view bytes = binary_bytes(binary, scratch);
  Funs funs(p);
  size_t used = 0;
  Term result = decode_external(p.heap, bytes, context(p, funs), safe, &used);
  p.charge(static_cast<int64_t>(bytes.size() / 32));
  if (result.is_none()) return p.raise_badarg();
  return with_size ? make_tuple(p.heap, {result, Term::fixnum(static_cast<int64_t>(used))}) : result;
}

}  // namespace

Term erlang_term_to_binary(Process& p, Term* a) { return to_binary(p, a[0], {}); }
Term erlang_term_to_binary_options(Process& p, Term* a) {
  ExternalOptions options;
  Term l = a[1];
  for (; l.is_cons(); l = l.tail()) {
    Term o = l.head();
    if (is_tuple_of(o, 2) && tuple_at(o, 0).is_atom() && tuple_at(o, 1).is_fixnum()) {
      if (p.atoms().text(tuple_at(o, 0)) == "minor_version") options.minor_version = static_cast<int>(tuple_at(o, 1).as_fixnum());
    } else if (!o.is_atom()) {
      return p.raise_badarg();
    }
  }
  return l.is_nil_list() ? to_binary(p, a[0], options) : p.raise_badarg();
}
Term erlang_binary_to_term(Process& p, Term* a) { return from_binary(p, a[0], false, false); }
Term erlang_binary_to_term_options(Process& p, Term* a) {
  bool safe = false, used = false;
  Term l = a[1];
  for (; l.is_cons(); l = l.tail()) {
    if (!l.head().is_atom()) return p.raise_badarg();
    std::string_view name = p.atoms().text(l.head());
    if (name == "safe") safe = true;
    else if (name == "used") used = true;
    else return p.raise_badarg();
  }
  return l.is_nil_list() ? from_binary(p, a[0], safe, used) : p.raise_badarg();
}
Term erlang_external_size(Process& p, Term* a) {
  Funs funs(p);
  std::string out;
  if (!encode_external(a[0], context(p, funs), {}, out)) return p.raise_badarg();
  return Term::fixnum(static_cast<int64_t>(out.size()));
}

Term erlang_phash2(Process& p, Term* a) { return Term::fixnum(portable_hash(a[0], p.atoms()) & ((1u << 27) - 1)); }
Term erlang_phash2_range(Process& p, Term* a) {
  if (!a[1].is_fixnum() || a[1].as_fixnum() < 1 || a[1].as_fixnum() > (int64_t{1} << 32)) return p.raise_badarg();
  return Term::fixnum(static_cast<int64_t>(portable_hash(a[0], p.atoms()) % static_cast<uint64_t>(a[1].as_fixnum())));
}

/// term.name where the term is no map that has the key: a call when it is a module, else what Elixir raises.
Term phial_no_field(Process& p, Term* a) {
  bool module = a[0].is_atom() && a[0] != atoms::nil && a[0] != atoms::true_ && a[0] != atoms::false_;
  if (module) return p.tail_call(code_server(p).export_for(a[0], a[1], 0), {});
  return p.raise_error(make_tuple(p.heap, {atoms::badkey, a[1], a[0]}));
}

}  // namespace phial::natives
