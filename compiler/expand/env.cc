#include "compiler/expand/env.h"

#include <algorithm>

#include "compiler/expand/ast.h"
#include "compiler/expand/names.h"
#include "vm/term/map.h"

namespace phial::compiler {

ImportSet::ImportSet(Term module, Term pairs) : module_(module) {
  size_t count = 0;
  for (Term l = pairs; l.is_cons(); l = l.tail()) ++count;
  unsigned bits = 1;
  while ((size_t{1} << bits) < count * 2 + 1) ++bits;
  shift_ = 64 - bits;
  slots_.assign(size_t{1} << bits, ~uint64_t{0});
  for (Term l = pairs; l.is_cons(); l = l.tail()) {
    Term item = l.head();
    if (!is_tuple_of(item, 2) || !tuple_at(item, 0).is_atom() || !tuple_at(item, 1).is_fixnum()) continue;
    uint32_t arity = static_cast<uint32_t>(tuple_at(item, 1).as_fixnum());
    uint64_t k = key(tuple_at(item, 0), arity);
    if (find(k)) continue;
    arity_mask_ |= uint64_t{1} << std::min<uint32_t>(arity, 63);
    size_t i = (k * 0x9E3779B97F4A7C15u) >> shift_;
    while (slots_[i] != ~uint64_t{0}) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = k;
  }
}

void ImportSet::arities_of(Term name, std::vector<uint32_t>& out) const {
  for (uint64_t mask = arity_mask_; mask != 0; mask &= mask - 1) {
    uint32_t arity = static_cast<uint32_t>(__builtin_ctzll(mask));
    if (has(name, arity)) out.push_back(arity);
  }
}

const ImportIndex& import_index(Env& env) {
  if (!env.imports) {
    auto* index = new ImportIndex;
    auto add = [](Term list, std::vector<Ref<const ImportSet>>& out) {
      for (; list.is_cons(); list = list.tail()) {
        Term item = list.head();
        if (is_tuple_of(item, 2)) out.emplace_back(new ImportSet(tuple_at(item, 0), tuple_at(item, 1)));
      }
    };
    add(env.functions, index->functions);
    add(env.macros, index->macros);
    env.imports = Ref<const ImportIndex>(index);
  }
  return *env.imports;
}

namespace {
Term sorted_modules(Space& space, const AtomTable& atoms, Term list) {
  std::vector<Term> items;
  for (; list.is_cons(); list = list.tail()) items.push_back(list.head());
  std::sort(items.begin(), items.end(), [&](Term a, Term b) { return atoms.text(a) < atoms.text(b); });
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return make_list(space, items);
}
}  // namespace

Term env_to_term(Space& space, const AtomTable& atoms, const Names& n, const Env& env,
                 const VariableSnapshot& variables) {
  std::vector<Term> pairs;
  for (const auto& entry : variables.entries) {
    pairs.push_back(pair(space, entry.key.name, entry.key.context));
    pairs.push_back(Term::fixnum(entry.version));
  }
  Term versions = make_map(space, atoms, pairs);
  Term context = env.context == Context::None ? atoms::nil : env.context == Context::Match ? n.match : n.guard;
  Term function = env.function.is_none() ? atoms::nil : pair(space, env.function, Term::fixnum(env.function_arity));
  Term fields[] = {atoms::struct_,     n.Elixir_Macro_Env,
                   n.aliases_field,    env.aliases,
                   n.context,          context,
                   n.context_modules,  env.context_modules,
                   atoms::file,        env.file,
                   n.function,         function,
                   n.functions,        env.functions,
                   n.lexical_tracker,  env.lexical_tracker,
                   atoms::line,        Term::fixnum(env.line),
                   n.macro_aliases,    env.macro_aliases,
                   n.macros,           env.macros,
                   n.module,           env.module,
                   n.required_modules, sorted_modules(space, atoms, env.required),
                   n.tracers,          Term::nil_list(),
                   n.versioned_vars,   versions};
  return make_map(space, atoms, fields);
}

bool env_from_term(const Names& n, Term map, Env& env, VariableSnapshot& variables) {
  if (!map.is_map() || !(map_get(map, n.module)).is_atom()) return false;
  auto get = [&](Term key, Term fallback) {
    Term v = map_get(map, key);
    return v.is_none() ? fallback : v;
  };
  auto list = [&](Term key) {
    Term v = get(key, Term::nil_list());
    return v.is_list() ? v : Term::nil_list();
  };
  env.module = get(n.module, atoms::nil);
  Term function = get(n.function, atoms::nil);
  env.function = Term::none();
  if (is_tuple_of(function, 2) && tuple_at(function, 0).is_atom() && tuple_at(function, 1).is_fixnum()) {
    env.function = tuple_at(function, 0);
    env.function_arity = static_cast<uint32_t>(tuple_at(function, 1).as_fixnum());
  }
  Term context = get(n.context, atoms::nil);
  env.context = context == n.match ? Context::Match : context == n.guard ? Context::Guard : Context::None;
  Term line = get(atoms::line, Term::fixnum(0));
  env.line = line.is_fixnum() ? static_cast<uint32_t>(line.as_fixnum()) : 0;
  env.file = get(atoms::file, Term::none());
  if (env.file.is_none() || !env.file.is_bitstring()) return false;
  env.aliases = list(n.aliases_field);
  env.macro_aliases = list(n.macro_aliases);
  env.required = list(n.required_modules);
  env.functions = list(n.functions);
  env.macros = list(n.macros);
  env.context_modules = list(n.context_modules);
  env.lexical_tracker = get(n.lexical_tracker, atoms::nil);
  env.imports = Ref<const ImportIndex>();
  Term versions = get(n.versioned_vars, Term::none());
  variables.entries.clear();
  if (versions.is_map()) {
    MapIterator it(versions);
    Term key, value;
    while (it.next(key, value)) {
      if (is_tuple_of(key, 2) && tuple_at(key, 0).is_atom() && value.is_fixnum()) {
        variables.entries.push_back({{tuple_at(key, 0), tuple_at(key, 1)}, value.as_fixnum()});
      }
    }
    std::sort(variables.entries.begin(), variables.entries.end(),
              [](const auto& a, const auto& b) { return a.version < b.version; });
  }
  return true;
}

}  // namespace phial::compiler
