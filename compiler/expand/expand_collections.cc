// Maps and structs. A new struct becomes a plain map with every field; its module answers the defaults, from what its
// info list remembers when defstruct made it, else by calling __struct__.
#include "compiler/expand/expand_state.h"
#include "compiler/expand/module_builder.h"
#include "vm/term/compare.h"
#include "vm/term/map.h"

namespace phial::compiler {

Term Expander::expand_map_pairs(Term meta, Term pairs) {
  ListBuilder flat(arena);
  for (Term l = pairs; l.is_cons(); l = l.tail()) {
    Term p = l.head();
    if (!is_tuple_of(p, 2)) return file_error(meta, "expected key-value pairs in a map, got: " + code_text(p));
    Term key = tuple_at(p, 0);
    if (env.context == Context::Match && is_variable(key) && form_of(n, node_head(key)) == Form::None) {
      return file_error(
          meta, "cannot use variable " + std::string(text(node_head(key))) +
                    " as map key inside a pattern. If you are attempting to match on an existing variable, ensure "
                    "to prefix it with the pin operator (^)");
    }
    flat.push(key);
    flat.push(tuple_at(p, 1));
  }
  Term e = expand_args(flat.finish());
  if (e.is_none()) return e;
  ListBuilder out(arena);
  while (e.is_cons()) {
    out.push(pair(arena, e.head(), second(e)));
    e = e.tail().tail();
  }
  return out.finish();
}

Term Expander::expand_map(Term meta, Term args) {
  if (args.is_cons() && args.tail().is_nil_list() && is_call_of(args.head(), n.pipe, 2)) {
    Term update = args.head();
    if (env.context != Context::None) {
      return file_error(meta, std::string("cannot use map/struct update syntax in ") + context_name() +
                                  ", got: " + code_text(node3(atoms::percent_brace, meta, args)));
    }
    Term pairs = second(node_args(update));
    if (!pairs.is_list()) return file_error(meta, "expected key-value pairs in a map, got: " + code_text(pairs));
    size_t mark = scope.mark();
    Term map = expand(first(node_args(update)));
    if (map.is_none()) return map;
    auto bound = scope.cut(mark);
    Term epairs = expand_map_pairs(meta, pairs);
    if (epairs.is_none()) return epairs;
    for (const auto& b : bound) scope.bind(b.key, b.version);
    return node3(atoms::percent_brace, meta, list({node3(n.pipe, node_meta(update), list({map, epairs}))}));
  }
  Term pairs = expand_map_pairs(meta, args);
  if (pairs.is_none()) return pairs;
  return node3(atoms::percent_brace, meta, pairs);
}

Term Expander::load_struct(Term meta, Term module, Term given, bool is_new, bool& filled) {
  filled = false;
  Term enforced = Term::nil_list();
  Term defaults = Term::none();
  ModuleBuilder* open = session.open_module(module);
  uint32_t arity = is_new ? 1 : 0;
  auto undefined = [&] {
    return file_error(
        meta, module_text(module) + ".__struct__/" + std::to_string(arity) + " is undefined, cannot expand struct " +
                  module_text(module) +
                  ". Make sure the struct name is correct. If the struct name exists and is correct but it still "
                  "cannot be found, you likely have cyclic module usage in your code");
  };
  auto call = [&](Term target) -> Term {
    RunResult r;
    if (is_new && !given.is_none()) {
      r = host.call(target, atoms::struct_, std::span<const Term>(&given, 1), arena);
      filled = true;
    } else {
      r = host.call(target, atoms::struct_, {}, arena);
    }
    if (r.raised) return Term::none();
    if (!r.value.is_map() || !map_get(r.value, atoms::struct_).is_atom()) {
      return file_error(meta,
                        "expected " + module_text(module) + ".__struct__/" + std::to_string(arity) +
                            " to return a map with a :__struct__ key that holds the name of the struct (atom), got: " +
                            inspect_text(r.value));
    }
    return r.value;
  };
  if (open) {
    StoredDefinition* d = open->find(atoms::struct_, arity);
    if (!open->struct_default.is_none()) {
      defaults = open->struct_default;
      enforced = open->enforce_keys;
    } else if (d && open == builder) {
      Term helper = open->macro_module(*d, host);
      if (helper.is_none()) return helper;
      return call(helper);
    } else if (!host.ensure_loaded(module, false)) {
      return file_error(meta,
                        "cannot access struct " + module_text(module) +
                            ", the struct was not yet defined or the struct is being accessed in the same context that "
                            "defines it");
    }
  }
  if (defaults.is_none()) {
    if (!host.ensure_loaded(module, true)) {
      if (list_has(env.context_modules, module)) {
        return file_error(
            meta, "cannot access struct " + module_text(module) +
                      ", the struct was not yet defined or the struct is being accessed in the same context that "
                      "defines it");
      }
      return undefined();
    }
    Term info = host.module_info(module);
    if (!info.is_none()) {
      Term value = keyword_get(info, n.struct_default);
      if (!value.is_none() && value.is_map()) {
        defaults = value;
        Term keys = keyword_get(info, n.enforce_keys);
        if (!keys.is_none()) enforced = keys;
      }
    }
  }
  if (defaults.is_none()) {
    if (!host.function_exported(module, atoms::struct_, arity)) return undefined();
    return call(module);
  }
  if (is_new && enforced.is_cons()) {
    std::string missing;
    for (Term l = enforced; l.is_cons(); l = l.tail()) {
      if (keyword_has(given, l.head())) continue;
      if (!missing.empty()) missing += ", ";
      missing += inspect_text(l.head());
    }
    if (!missing.empty()) {
      return raise_argument_error("the following keys must also be given when building struct " + module_text(module) +
                                  ": [" + missing + "]");
    }
  }
  return defaults;
}

Term Expander::expand_struct(Term meta, Term name, Term map) {
  if (!is_call_of(map, atoms::percent_brace)) {
    return file_error(meta, "expected struct to be followed by a map, got: " + code_text(map));
  }
  Term ename = expand(name);
  if (ename.is_none()) return ename;
  Term map_meta = node_meta(map), args = node_args(map);
  bool in_match = env.context == Context::Match;
  if (!ename.is_atom()) {
    bool variable = in_match && (is_variable(ename) || is_call_of(ename, atoms::pin, 1));
    if (!variable) {
      return file_error(
          meta, in_match ? "expected struct name in a match to be a compile time atom, alias or a variable, got: " +
                               code_text(ename)
                         : "expected struct name to be a compile time atom or alias, got: " + code_text(ename));
    }
    Term emap = expand_map(map_meta, args);
    if (emap.is_none()) return emap;
    return node3(atoms::percent, meta, list({ename, emap}));
  }
  Term emap = expand_map(map_meta, args);
  if (emap.is_none()) return emap;
  Term pairs = node_args(emap);
  bool update = pairs.is_cons() && is_call_of(pairs.head(), n.pipe, 2);
  Term given = update ? second(node_args(pairs.head())) : pairs;
  for (Term l = given; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0);
    if (!key.is_atom()) {
      return file_error(
          meta, "unexpected key type for struct " + module_text(ename) + ", expected atoms, got: " + code_text(key));
    }
    if (key == atoms::struct_ && !in_match) {
      given = keyword_drop(arena, given, key);
      if (!update) pairs = given;
      warn(meta, "key :__struct__ is ignored when using structs");
      break;
    }
  }
  bool filled = false;
  Term defaults = load_struct(meta, ename, given, !in_match && !update, filled);
  if (defaults.is_none()) return defaults;
  for (Term l = given; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0);
    if (!map_get(defaults, key).is_none()) continue;
    if (in_match || update) {
      return file_error(meta, "unknown key " + inspect_text(key) + " for struct " + module_text(ename));
    }
    Term fields[] = {atoms::struct_, n.Elixir_KeyError, atoms::exception_, atoms::true_, n.key, key,
                     n.term,         atoms::nil,        n.message,         atoms::nil};
    return raise(make_map(arena, atoms_table, fields));
  }
  if (in_match || update) return node3(atoms::percent, meta, list({ename, emap}));
  ListBuilder out(arena);
  out.push(pair(arena, atoms::struct_, ename));
  MapIterator it(defaults);
  Term k, v;
  while (it.next(k, v)) {
    if (k == atoms::struct_ || keyword_has(given, k)) continue;
    out.push(pair(arena, k, escape(v)));
  }
  if (filled) {
    // __struct__/1 saw the code of the values and may have replaced it.
    for (Term l = given; l.is_cons(); l = l.tail()) {
      Term key = tuple_at(l.head(), 0);
      out.push(pair(arena, key, map_get(defaults, key)));
    }
    return node3(atoms::percent_brace, map_meta, out.finish());
  }
  Term rest = pairs;
  return node3(atoms::percent_brace, map_meta, out.finish(rest));
}

}  // namespace phial::compiler
