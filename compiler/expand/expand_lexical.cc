// alias, require, import and the expansion of aliases.
#include <algorithm>

#include "compiler/expand/expand_state.h"
#include "compiler/expand/module_builder.h"

namespace phial::compiler {

namespace {
/// The value of [alias] in an alias list, none() when it has none.
Term find_alias(Term aliases, Term alias) { return keyword_get(aliases, alias); }
}  // namespace

Term Expander::expand_alias_node(Term t) {
  Term meta = node_meta(t), parts = node_args(t);
  if (!parts.is_cons()) return invalid_quoted(t, meta);
  Term head = parts.head();
  bool plain = true;
  for (Term l = parts; l.is_cons(); l = l.tail()) plain &= l.head().is_atom();
  auto concat = [&](std::string text, Term rest) {
    for (; rest.is_cons(); rest = rest.tail()) {
      std::string_view part = this->text(rest.head());
      if (rest.head() == atoms::nil) continue;
      text += '.';
      text += starts_with(part, "Elixir.") ? part.substr(7) : part;
    }
    return atom(text);
  };
  if (plain) {
    if (head == atoms::Elixir) return concat("Elixir", parts.tail());
    Term key = alias_atom(atoms_table, text(head));
    Term hygiene = keyword_get(meta, n.alias);
    Term target = Term::none();
    if (!hygiene.is_none() && hygiene != atoms::false_ && hygiene.is_atom()) {
      // The quote that made this node had the alias already; its value covers every part.
      return hygiene;
    }
    if (hygiene == atoms::false_) {
      Term entry = find_alias(env.macro_aliases, key);
      Term counter = keyword_get(meta, n.counter);
      if (!entry.is_none() && is_tuple_of(entry, 2) && !counter.is_none() && tuple_at(entry, 0) == counter) {
        target = tuple_at(entry, 1);
      }
    } else {
      target = find_alias(env.aliases, key);
    }
    if (target.is_none()) target = key;
    if (parts.tail().is_nil_list()) return target;
    return concat(std::string(text(target)), parts.tail());
  }
  // A dynamic part: `__MODULE__.Foo` is still known now, `unquote`d values too; the rest is joined at run time.
  Term eparts = expand_args(parts);
  if (eparts.is_none()) return eparts;
  bool atoms_only = true;
  for (Term l = eparts; l.is_cons(); l = l.tail()) atoms_only &= l.head().is_atom();
  if (atoms_only) return concat(std::string(text(alias_atom(atoms_table, text(eparts.head())))), eparts.tail());
  if (!eparts.head().is_atom() && env.context != Context::None) {
    return file_error(
        meta, "invalid alias: \"" + code_text(t) +
                  "\". If you wanted to define an alias, an alias must expand to an atom at compile time but it did "
                  "not, you may use Module.concat/2 to build it at runtime. If instead you wanted to invoke a function "
                  "or access a field, wrap the function or field name in double quotes");
  }
  return file_error(
      meta, "invalid alias: \"" + code_text(t) +
                "\". If you wanted to define an alias, an alias must expand to an atom at compile time but it did "
                "not, you may use Module.concat/2 to build it at runtime. If instead you wanted to invoke a function "
                "or access a field, wrap the function or field name in double quotes");
}

Term Expander::expand_multi(Term form, Term meta, Term args, bool& is_multi) {
  // alias Foo.{Bar, Baz}: one call for each.
  Term ref = first(args);
  is_multi = false;
  if (!is_node(ref) || !is_call_of(node_head(ref), atoms::dot, 2) ||
      second(node_args(node_head(ref))) != atoms::tuple_brace) {
    return Term::none();
  }
  is_multi = true;
  if (args.tail().is_cons() && keyword_has(second(args), n.as)) {
    return file_error(meta, ":as option is not supported by multi-alias call");
  }
  Term base = expand(first(node_args(node_head(ref))));
  if (base.is_none()) return base;
  if (!base.is_atom()) {
    return file_error(meta, "invalid argument for " + std::string(text(form)) +
                                ", expected a compile time atom or alias, got: " + code_text(base));
  }
  ListBuilder out(arena);
  for (Term l = node_args(ref); l.is_cons(); l = l.tail()) {
    Term item = l.head();
    std::string name(text(base));
    if (is_call_of(item, atoms::aliases)) {
      for (Term p = node_args(item); p.is_cons(); p = p.tail()) {
        if (!p.head().is_atom()) return invalid_quoted(item, meta);
        name += '.';
        name += text(p.head());
      }
    } else if (item.is_atom()) {
      name += '.';
      name += text(item);
    } else {
      return file_error(meta, "invalid argument for " + std::string(text(form)) +
                                  ", expected a compile time atom or alias, got: " + code_text(item));
    }
    Term call_args = make_cons(arena, atom(name), args.tail());
    out.push(node3(form, meta, call_args));
  }
  return block_node(arena, meta, out.finish());
}

Term Expander::expand_lexical_options(Term meta, Term options, std::string_view form,
                                      std::initializer_list<Term> allowed) {
  // `as: Foo` names an alias, which is not expanded.
  if (options.is_list()) {
    ListBuilder out(arena);
    for (Term l = options; l.is_cons(); l = l.tail()) {
      Term p = l.head();
      if (is_tuple_of(p, 2) && tuple_at(p, 0) == n.as && is_call_of(tuple_at(p, 1), atoms::aliases)) {
        Term parts = node_args(tuple_at(p, 1));
        std::string name = "Elixir";
        for (Term a = parts; a.is_cons(); a = a.tail()) {
          if (!a.head().is_atom()) return invalid_quoted(tuple_at(p, 1), meta);
          if (a.head() == atoms::Elixir) continue;
          name += '.';
          name += text(a.head());
        }
        out.push(pair(arena, n.as, atom(name)));
      } else {
        out.push(p);
      }
    }
    options = out.finish();
  }
  Term e = expand(options);
  if (e.is_none()) return e;
  if (!is_keyword(e)) {
    return file_error(meta,
                      "invalid options for " + std::string(form) + ", expected a keyword list, got: " + code_text(e));
  }
  for (Term l = e; l.is_cons(); l = l.tail()) {
    Term key = tuple_at(l.head(), 0);
    bool known = false;
    for (Term a : allowed) known |= a == key;
    if (!known) {
      return file_error(meta, "unsupported option " + inspect_text(key) + " given to " + std::string(form));
    }
  }
  return e;
}

Term Expander::compile_time_module(Term meta, Term ref, std::string_view form) {
  Term module = expand(ref);
  if (module.is_none()) return module;
  if (!module.is_atom()) {
    return file_error(meta, "invalid argument for " + std::string(form) +
                                ", expected a compile time atom or alias, got: " + code_text(module));
  }
  return module;
}

bool Expander::store_alias(Term meta, Term module, Term options, bool include_by_default) {
  Term as = keyword_get(options, n.as);
  if (as == atoms::true_) as = Term::none();
  Term name;
  if (as.is_none() && !include_by_default) return true;
  if (as == atoms::false_) return true;
  if (as.is_none() || as == atoms::nil) {
    std::string_view whole = text(module);
    if (!starts_with(whole, "Elixir.")) {
      if (as.is_none()) {
        file_error(meta, "alias cannot be inferred automatically for module: " + inspect_text(module) +
                             ", please use the :as option. Implicit aliasing is only supported with Elixir modules");
        return false;
      }
      name = module;
    } else {
      size_t dot = whole.rfind('.');
      name = alias_atom(atoms_table, std::string(whole.substr(dot + 1)));
    }
  } else {
    std::string_view whole = as.is_atom() ? text(as) : "";
    if (!starts_with(whole, "Elixir.")) {
      file_error(meta, "invalid value for option :as, expected an alias, got: " + inspect_text(as));
      return false;
    }
    if (whole.find('.', 7) != std::string_view::npos) {
      file_error(meta, "invalid value for option :as, expected a simple alias, got nested alias: " + inspect_text(as));
      return false;
    }
    name = as;
  }
  if (name == module) {
    env.aliases = keyword_drop(arena, env.aliases, name);
  } else {
    env.aliases = keyword_store(arena, env.aliases, name, module);
  }
  Term counter = keyword_get(meta, n.counter);
  if (!counter.is_none()) {
    env.macro_aliases = keyword_store(arena, env.macro_aliases, name, pair(arena, counter, module));
  }
  return true;
}

void Expander::add_require(Term module) {
  if (!list_has(env.required, module)) env.required = make_cons(arena, module, env.required);
}

bool Expander::ensure_loaded(Term meta, Term module) {
  if (session.open_module(module) && module == env.module) {
    // Being compiled: an older version may be loaded, but the user means something else.
    if (!host.ensure_loaded(module, false)) {
      file_error(
          meta,
          "you are trying to use/import/require the module " + module_text(module) +
              " which is currently being defined.\n\nThis may happen if you accidentally override the module you want "
              "to use. For example:\n\n    defmodule MyApp do\n      defmodule Supervisor do\n        use "
              "Supervisor\n      end\n    end\n\nIn the example above, the new Supervisor conflicts with Elixir's "
              "Supervisor. This may be fixed by using the fully qualified name in the definition:\n\n    defmodule "
              "MyApp.Supervisor do\n      use Elixir.Supervisor\n    end\n");
      return false;
    }
    return true;
  }
  if (host.ensure_loaded(module, true)) return true;
  if (list_has(env.context_modules, module)) {
    file_error(
        meta,
        "module " + module_text(module) +
            " is not loaded but was defined. This happens when you depend on a module in the same context in which it "
            "is defined. For example:\n\n    defmodule MyApp do\n      defmodule Mod do\n        def hello, do: 1\n    "
            "  "
            "end\n\n      IO.puts Mod.hello()\n    end\n\nTry defining the module outside the context that uses it");
    return false;
  }
  file_error(meta, "module " + module_text(module) + " is not loaded and could not be found");
  return false;
}

Term Expander::expand_alias(Term meta, Term args) {
  Term module = compile_time_module(meta, first(args), "alias");
  if (module.is_none()) return module;
  Term options = args.tail().is_cons() ? second(args) : Term::nil_list();
  options = expand_lexical_options(meta, options, "alias", {n.as, n.warn});
  if (options.is_none()) return options;
  Term defined = keyword_get(meta, n.defined);
  if (!defined.is_none() && defined.is_atom()) {
    env.context_modules = make_cons(arena, defined, env.context_modules);
  }
  if (!store_alias(meta, module, options, true)) return Term::none();
  return module;
}

Term Expander::expand_require(Term meta, Term args) {
  Term module = compile_time_module(meta, first(args), "require");
  if (module.is_none()) return module;
  Term options = args.tail().is_cons() ? second(args) : Term::nil_list();
  options = expand_lexical_options(meta, options, "require", {n.as, n.warn});
  if (options.is_none()) return options;
  Term defined = keyword_get(meta, n.defined);
  if (!defined.is_none() && defined.is_atom()) {
    env.context_modules = make_cons(arena, defined, env.context_modules);
  } else if (!ensure_loaded(meta, module)) {
    return Term::none();
  }
  add_require(module);
  if (!store_alias(meta, module, options, false)) return Term::none();
  return module;
}

Term Expander::expand_import(Term meta, Term args) {
  Term module = compile_time_module(meta, first(args), "import");
  if (module.is_none()) return module;
  Term options = args.tail().is_cons() ? second(args) : Term::nil_list();
  options = expand_lexical_options(meta, options, "import", {n.only, n.except, n.warn});
  if (options.is_none()) return options;
  if (!ensure_loaded(meta, module) || !import_module(meta, module, options)) return Term::none();
  add_require(module);
  return module;
}

bool Expander::import_module(Term meta, Term module, Term options) {
  Term only = keyword_get(options, n.only), except = keyword_get(options, n.except);
  if (!only.is_none() && !except.is_none() && only.is_list()) {
    file_error(meta,
               ":only and :except can only be given together to import when :only is :functions, :macros, or :sigils");
    return false;
  }
  auto valid_list = [&](Term l) {
    for (; l.is_cons(); l = l.tail()) {
      Term p = l.head();
      if (!is_tuple_of(p, 2) || !tuple_at(p, 0).is_atom() || !tuple_at(p, 1).is_fixnum()) return false;
    }
    return l.is_nil_list();
  };
  if (!only.is_none() && !(only == n.functions || only == n.macros || only == n.sigils) && !valid_list(only)) {
    file_error(
        meta,
        "invalid :only option for import, expected value to be an atom :functions, :macros, or a literal keyword list "
        "of function names with arity as values, got: " +
            code_text(only));
    return false;
  }
  if (!except.is_none() && !valid_list(except)) {
    file_error(
        meta,
        "invalid :except option for import, expected value to be a literal keyword list of function names with arity "
        "as values, got: " +
            code_text(except));
    return false;
  }
  Term exports = host.exports(module, arena);
  struct Item {
    Term name;
    uint32_t arity;
  };
  std::vector<Item> functions, macros;
  bool elixir_module = starts_with(text(module), "Elixir.");
  for (Term l = exports.is_none() ? Term::nil_list() : exports; l.is_cons(); l = l.tail()) {
    Term name = tuple_at(l.head(), 0);
    uint32_t arity = static_cast<uint32_t>(tuple_at(l.head(), 1).as_fixnum());
    std::string_view whole = text(name);
    if (starts_with(whole, "MACRO-")) {
      if (arity > 0) macros.push_back({atom(std::string(whole.substr(6))), arity - 1});
    } else if (!(name == n.module_info || name == n.behaviour_info || (elixir_module && name == n.info_))) {
      functions.push_back({name, arity});
    }
  }
  if (module == atoms::Elixir_Kernel) {
    for (Term l = builtin_kernel_macros(arena, n); l.is_cons(); l = l.tail()) {
      macros.push_back({tuple_at(l.head(), 0), static_cast<uint32_t>(tuple_at(l.head(), 1).as_fixnum())});
    }
  }
  auto listed = [](Term list, const Item& item) {
    for (; list.is_cons(); list = list.tail()) {
      if (tuple_at(list.head(), 0) == item.name && tuple_at(list.head(), 1) == Term::fixnum(item.arity)) return true;
    }
    return false;
  };
  if (!only.is_none() && only.is_list()) {
    for (Term l = only; l.is_cons(); l = l.tail()) {
      Item item{tuple_at(l.head(), 0), static_cast<uint32_t>(tuple_at(l.head(), 1).as_fixnum())};
      auto same = [&](const Item& i) { return i.name == item.name && i.arity == item.arity; };
      if (std::none_of(functions.begin(), functions.end(), same) && std::none_of(macros.begin(), macros.end(), same)) {
        warn(meta, "cannot import " + module_text(module) + "." + name_arity(item.name, item.arity) +
                       " because it is undefined or private");
        functions.push_back(item);
      }
    }
  }
  Term previous_functions = keyword_get(env.functions, module), previous_macros = keyword_get(env.macros, module);
  bool imported_before = !previous_functions.is_none() || !previous_macros.is_none();
  auto is_sigil = [&](const Item& i) { return starts_with(text(i.name), "sigil_") && i.arity == 2; };
  auto choose = [&](std::vector<Item>& items, bool are_macros, Term previous) {
    std::vector<Item> chosen;
    for (const Item& i : items) {
      bool hidden = text(i.name).substr(0, 1) == "_";
      bool take;
      if (!only.is_none() && only.is_list()) {
        take = listed(only, i);
      } else {
        take = !hidden;
        if (only == n.functions) take = take && !are_macros;
        if (only == n.macros) take = take && are_macros;
        if (only == n.sigils) take = take && is_sigil(i);
        if (!except.is_none()) {
          take = take && !listed(except, i);
          // Later exceptions narrow an earlier import of the module.
          if (imported_before && only.is_none()) take = take && !previous.is_none() && listed(previous, i);
        }
      }
      if (take) chosen.push_back(i);
    }
    std::sort(chosen.begin(), chosen.end(), [&](const Item& a, const Item& b) {
      return a.name == b.name ? a.arity < b.arity : text(a.name) < text(b.name);
    });
    ListBuilder out(arena);
    for (const Item& i : chosen) out.push(pair(arena, i.name, Term::fixnum(i.arity)));
    return out.finish();
  };
  Term chosen_functions = choose(functions, false, previous_functions);
  Term chosen_macros = choose(macros, true, previous_macros);
  for (Term l = chosen_functions; l.is_cons(); l = l.tail()) {
    uint32_t arity = static_cast<uint32_t>(tuple_at(l.head(), 1).as_fixnum());
    if (is_special_form(n, tuple_at(l.head(), 0), arity)) {
      file_error(meta, "cannot import " + module_text(module) + "." + name_arity(tuple_at(l.head(), 0), arity) +
                           " because it conflicts with Elixir special forms");
      return false;
    }
  }
  const ImportIndex& old = import_index(env);
  auto* index = new ImportIndex;
  auto put = [&](Term& lists, const std::vector<Ref<const ImportSet>>& sets, std::vector<Ref<const ImportSet>>& out,
                 Term chosen) {
    lists = keyword_drop(arena, lists, module);
    if (chosen.is_cons()) {
      lists = make_cons(arena, pair(arena, module, chosen), lists);
      out.emplace_back(new ImportSet(module, chosen));
    }
    for (const auto& set : sets) {
      if (set->module() != module) out.push_back(set);
    }
  };
  bool functions_touched = only != n.macros, macros_touched = only != n.functions;
  if (functions_touched)
    put(env.functions, old.functions, index->functions, chosen_functions);
  else
    index->functions = old.functions;
  if (macros_touched)
    put(env.macros, old.macros, index->macros, chosen_macros);
  else
    index->macros = old.macros;
  env.imports = Ref<const ImportIndex>(index);
  return true;
}

}  // namespace phial::compiler
