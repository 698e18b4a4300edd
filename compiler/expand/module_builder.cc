#include "compiler/expand/module_builder.h"

#include <algorithm>

#include "vm/heap/copy.h"
#include "vm/term/map.h"

namespace phial::compiler {

namespace {
/// Attributes the compiler knows: they may be set without being read. `true`: they accumulate.
struct Reserved {
  Term Names::* name;
  bool accumulate;
  bool persist;
};
constexpr Reserved kReserved[] = {
    {&Names::after_compile, true, false},  {&Names::after_verify, true, false},
    {&Names::before_compile, true, false}, {&Names::behaviour, true, true},
    {&Names::compile, true, false},        {&Names::derive, true, false},
    {&Names::dialyzer, true, true},        {&Names::external_resource, true, true},
    {&Names::on_definition, true, false},  {&Names::optional_callbacks, true, false},
    {&Names::callback, true, false},       {&Names::macrocallback, true, false},
    {&Names::spec, true, false},           {&Names::type, true, false},
    {&Names::typep, true, false},          {&Names::opaque, true, false},
    {&Names::nifs, true, false},           {&Names::deprecated, false, false},
    {&Names::doc, false, false},           {&Names::moduledoc, false, false},
    {&Names::typedoc, false, false},       {&Names::shortdoc, false, false},
    {&Names::impl, false, false},          {&Names::enforce_keys, false, false},
    {&Names::on_load, false, true},        {&Names::vsn, false, true},
    {&Names::since, false, false},
};
}  // namespace

ModuleBuilder::ModuleBuilder(ExpandSession& session, MacroHost& host, Term name, const Env& env)
    : name(name), file(text_of_binary(env.file)), line(env.line), session(session), host(&host), env(env) {}

ModuleBuilder::~ModuleBuilder() {
  for (const auto& [k, copy] : macro_copies_) host->drop_helper_module(copy.module);
}

ModuleBuilder::Attribute* ModuleBuilder::find_attribute(Term name) {
  auto it = attribute_by_name_.find(name.bits());
  return it == attribute_by_name_.end() ? nullptr : it->second;
}

ModuleBuilder::Attribute& ModuleBuilder::attribute(Term name) {
  if (Attribute* a = find_attribute(name)) return *a;
  auto a = std::make_unique<Attribute>();
  a->name = name;
  const Names& n = session.names();
  for (const Reserved& r : kReserved) {
    if (n.*r.name != name) continue;
    a->reserved = true;
    a->accumulate = r.accumulate;
    a->persist = r.persist;
  }
  if (name == atoms::file) a->reserved = true;
  attribute_by_name_[name.bits()] = a.get();
  attributes.push_back(std::move(a));
  return *attributes.back();
}

void ModuleBuilder::put(Term name, Term value, uint32_t at) {
  Attribute& a = attribute(name);
  const Names& n = session.names();
  a.line = at;
  if (name == n.moduledoc) {
    if (value.is_list()) {
      // Metadata alone leaves the text as it is.
    } else {
      moduledoc = value;
      moduledoc_line = at;
    }
    a.value = value;
    return;
  }
  if (name == n.doc && value.is_list() && !a.value.is_none()) return;
  if (name == n.behaviour && !a.value.is_none() && list_has(a.value, value)) return;
  if (name == n.compile || name == n.optional_callbacks) {
    // Both take one item or a list of them.
    a.value = make_cons(arena, value, a.value.is_none() ? Term::nil_list() : a.value);
    return;
  }
  if (a.accumulate) {
    a.value = make_cons(arena, value, a.value.is_none() ? Term::nil_list() : a.value);
  } else {
    a.value = value;
  }
}

StoredDefinition* ModuleBuilder::find(Term name, uint32_t arity) {
  auto it = by_name_.find(key(name, arity));
  return it == by_name_.end() ? nullptr : it->second;
}

StoredDefinition& ModuleBuilder::store(Term name, uint32_t arity) {
  auto d = std::make_unique<StoredDefinition>();
  d->name = name;
  d->arity = arity;
  by_name_[key(name, arity)] = d.get();
  definitions.push_back(std::move(d));
  return *definitions.back();
}

void ModuleBuilder::remove(StoredDefinition* d) {
  by_name_.erase(key(d->name, d->arity));
  d->dropped = true;
  ++d->version;
  if (last == d) last = nullptr;
  for (size_t i = 0; i < definitions.size(); ++i) {
    if (definitions[i].get() != d) continue;
    removed_.push_back(std::move(definitions[i]));
    definitions.erase(definitions.begin() + static_cast<ptrdiff_t>(i));
    return;
  }
}

bool ModuleBuilder::make_overridable(Term name, uint32_t arity) {
  StoredDefinition* d = find(name, arity);
  uint64_t k = key(name, arity);
  if (!d) return overridables.count(k) != 0;
  auto it = overridables.find(k);
  if (it == overridables.end()) {
    it = overridables.emplace(k, Overridable()).first;
    overridable_order.emplace_back(name, arity);
  }
  remove(d);
  it->second.previous.push_back(std::move(removed_.back()));
  removed_.pop_back();
  it->second.stored = false;
  return true;
}

ModuleBuilder::Overridable* ModuleBuilder::overridable(Term name, uint32_t arity) {
  auto it = overridables.find(key(name, arity));
  return it == overridables.end() ? nullptr : &it->second;
}

Term ModuleBuilder::super_name(Term name, uint32_t arity, DefKind& kind) {
  Overridable* o = overridable(name, arity);
  if (!o || o->previous.empty()) return Term::none();
  StoredDefinition& previous = *o->previous.back();
  kind = previous.kind;
  std::string text(session.atoms().text(name));
  Term hidden = session.atoms().intern(text + " (overridable " + std::to_string(o->previous.size()) + ")");
  if (!o->stored) {
    o->stored = true;
    if (!find(hidden, arity)) {
      StoredDefinition& d = store(hidden, arity);
      d.kind = previous.is_macro() ? DefKind::Defmacrop : DefKind::Defp;
      d.meta = previous.meta;
      d.file = previous.file;
      d.line = previous.line;
      d.clauses = previous.clauses;
      d.uses = previous.uses;
      d.imports = previous.imports;
      d.generated = true;
      d.used = true;
    }
  }
  return hidden;
}

void ModuleBuilder::restore_overridables() {
  for (const auto& [name, arity] : overridable_order) {
    Overridable& o = overridables[key(name, arity)];
    if (o.previous.empty() || find(name, arity)) continue;
    o.previous.back()->dropped = false;
    by_name_[key(name, arity)] = o.previous.back().get();
    definitions.push_back(std::move(o.previous.back()));
    o.previous.pop_back();
  }
}

namespace {
/// Copies of arguments without their default values; the defaults by position (none() where there is none).
Term without_defaults(Space& s, const Names& n, Term args, std::vector<Term>& defaults) {
  ListBuilder out(s);
  for (; args.is_cons(); args = args.tail()) {
    Term a = args.head();
    if (is_call_of(a, n.default_arg, 2)) {
      out.push(first(node_args(a)));
      defaults.push_back(second(node_args(a)));
    } else {
      out.push(a);
      defaults.push_back(Term::none());
    }
  }
  return out.finish();
}
}  // namespace

bool ModuleBuilder::define(DefKind kind, Term call, Term body, const Env& def_env, MacroHost& host) {
  const Names& n = session.names();
  AtomTable& atoms_table = session.atoms();
  Expander x(session, host, arena, def_env);
  x.env.function = Term::none();
  uint32_t at = def_env.line;
  Term place = at != 0 ? make_list(arena, {pair(arena, atoms::line, Term::fixnum(at))}) : Term::nil_list();
  Term head = call;
  Term guard = Term::none();
  if (is_call_of(head, atoms::when, 2)) {
    guard = second(node_args(head));
    head = first(node_args(head));
  }
  if (!is_node(head) || !node_head(head).is_atom() || !node_meta(head).is_list() ||
      !(node_args(head).is_atom() || list_length(node_args(head)) >= 0)) {
    x.file_error(place, "invalid syntax in " + std::string(kind_text(kind)) + " " + x.code_text(head));
    return false;
  }
  Term fname = node_head(head);
  Term meta = node_meta(head);
  // `def Foo` and `def (a; b)`; functions of these names can still be made with unquote(name)(args).
  bool is_alias = fname == atoms::aliases && node_args(head).is_cons() && first(node_args(head)).is_atom();
  if (is_alias || (fname == atoms::block && list_length(node_args(head)) != 1)) {
    x.file_error(place, "invalid syntax in " + std::string(kind_text(kind)) + " " + x.code_text(head));
    return false;
  }
  // Code quoted with `location: :keep` belongs to the file of the quote.
  std::string def_file = text_of_binary(def_env.file);
  Term keep = keyword_get(meta, n.keep);
  if (!keep.is_none() && is_tuple_of(keep, 2) && tuple_at(keep, 0).is_bitstring()) {
    def_file = text_of_binary(tuple_at(keep, 0));
    x.env.file = tuple_at(keep, 0);
  }
  Attribute* file_attribute = find_attribute(atoms::file);
  if (file_attribute && file_attribute->value.is_bitstring()) {
    def_file = text_of_binary(file_attribute->value);
    x.env.file = file_attribute->value;
    file_attribute->value = Term::none();
  }
  Term written_args = node_args(head).is_atom() ? Term::nil_list() : node_args(head);
  written_args = linify_lines(arena, n, at, true, written_args);
  if (!guard.is_none()) guard = linify_lines(arena, n, at, true, guard);
  body = linify_lines(arena, n, at, true, body);
  std::vector<Term> defaults;
  Term args = without_defaults(arena, n, written_args, defaults);
  uint32_t arity = static_cast<uint32_t>(defaults.size());
  uint32_t default_count = 0;
  for (Term d : defaults) default_count += !d.is_none();
  if (arity > 255) {
    x.file_error(place, "too many arguments in definition of " + std::string(atoms_table.text(fname)));
    return false;
  }
  bool is_macro = kind == DefKind::Defmacro || kind == DefKind::Defmacrop;
  bool generated = keyword_has(meta, n.context) || keyword_has(node_meta(call), n.context) || keyword_get(meta, n.generated) == atoms::true_;
  uint32_t def_line = !keep.is_none() && is_tuple_of(keep, 2) && tuple_at(keep, 1).is_fixnum()
                          ? static_cast<uint32_t>(tuple_at(keep, 1).as_fixnum())
                          : at;
  x.env.function = fname;
  x.env.function_arity = arity;
  x.caller_allowed = is_macro;

  DefClause clause;
  bool has_body = body != atoms::nil;
  Term def_meta = place;
  if (meta_column(meta) != 0 && meta_line(meta) == at) {
    def_meta = make_list(arena, {pair(arena, atoms::line, Term::fixnum(at)),
                                 pair(arena, atoms::column, Term::fixnum(meta_column(meta)))});
  }
  Term written_guard = guard, written_body = body;
  // Where generated definitions come from: @impl is asked for only next to definitions of the same origin.
  Term origin = keyword_get(meta, n.context);
  if (origin.is_none() && is_node(call) && node_meta(call).is_list()) origin = keyword_get(node_meta(call), n.context);
  if (!origin.is_none()) def_meta = make_cons(arena, pair(arena, n.context, origin), def_meta);
  clause.meta = def_meta;
  if (!has_body) {
    for (Term l = args; l.is_cons(); l = l.tail()) {
      if (is_variable(l.head())) continue;
      x.file_error(
          place,
          "only variables and \\\\ are allowed as arguments in function head. If you did not intend to define a "
          "function head, make sure your function definition has the proper syntax by wrapping the arguments in "
          "parentheses and using the do instruction accordingly. Got: " +
              x.code_text(l.head()));
      return false;
    }
    if (!guard.is_none()) {
      x.file_error(place, "missing :do option in \"" + std::string(kind_text(kind)) + "\"");
      return false;
    }
  } else {
    if (!is_keyword(body) || !keyword_has(body, atoms::do_)) {
      x.file_error(place, "missing :do option in \"" + std::string(kind_text(kind)) + "\"");
      return false;
    }
    for (Term l = body; l.is_cons(); l = l.tail()) {
      Term k = tuple_at(l.head(), 0);
      if (k == atoms::do_ || k == atoms::rescue || k == atoms::catch_ || k == atoms::else_ || k == atoms::after)
        continue;
      x.file_error(place, "unexpected option " + x.inspect_text(k) + " in \"" + kind_text(kind) + "\"");
      return false;
    }
    Term code = body.tail().is_nil_list() ? keyword_get(body, atoms::do_)
                                          : node(arena, n.try_, place, make_list(arena, {body}));
    Term ehead = x.expand_head(args);
    if (ehead.is_none()) return false;
    for (Term l = ehead; l.is_cons(); l = l.tail()) clause.args.push_back(l.head());
    if (!guard.is_none()) {
      Term eguard = x.expand_guard(guard);
      if (eguard.is_none()) return false;
      while (is_call_of(eguard, atoms::when, 2)) {
        clause.guards.push_back(first(node_args(eguard)));
        eguard = second(node_args(eguard));
      }
      clause.guards.push_back(eguard);
    }
    clause.body = x.expand(code);
    if (clause.body.is_none()) return false;
    x.warn_unused_variables();
  }

  take_doc(kind, fname, arity, written_args, def_meta, def_line, has_body, x);
  if (!store_clause(kind, fname, def_meta, arity, def_file, def_line, has_body ? &clause : nullptr, default_count,
                    default_count > 0, false, x)) {
    return false;
  }
  StoredDefinition* stored = find(fname, arity);
  stored->generated |= generated;
  for (auto& use : x.local_uses) stored->uses.push_back(use);
  for (auto& use : x.import_uses) stored->imports.push_back(use);

  // One clause for each number of defaults left out, from the rightmost.
  for (uint32_t missing = 1; missing <= default_count; ++missing) {
    Expander y(session, host, arena, def_env);
    y.env.file = x.env.file;
    uint32_t short_arity = arity - missing;
    y.env.function = fname;
    y.env.function_arity = short_arity;
    y.caller_allowed = is_macro;
    uint32_t given_defaults = default_count - missing, seen = 0, i = 0;
    std::vector<Term> params;
    ListBuilder call_args(arena);
    if (is_macro) call_args.push(node(arena, n.caller_, place, atoms::nil));
    for (Term d : defaults) {
      if (d.is_none() || seen++ < given_defaults) {
        Term variable = node(arena, atoms_table.intern("x" + std::to_string(i)), place, n.phial);
        Term param = y.expand_head(make_list(arena, {variable}));
        if (param.is_none()) return false;
        params.push_back(param.head());
        call_args.push(param.head());
        ++i;
      } else {
        size_t mark = y.scope.mark();
        Term value = y.expand(d);
        if (value.is_none()) return false;
        y.scope.restore(mark);
        call_args.push(value);
      }
    }
    DefClause short_clause;
    short_clause.meta = def_meta;
    short_clause.args = params;
    short_clause.body =
        node(arena, is_macro ? macro_function_name(atoms_table, fname) : fname, place, call_args.finish());
    StoredDefinition* existing = find(fname, short_arity);
    if (existing) {
      if (existing->from_defaults && existing->defaults == arity) {
        continue;
      }
      y.file_error(place, std::string(kind_text(kind)) + " " + y.name_arity(fname, arity) +
                              " defaults conflicts with " + y.name_arity(fname, short_arity));
      return false;
    }
    if (!store_clause(kind, fname, def_meta, short_arity, def_file, def_line, &short_clause, 0, false, true, y))
      return false;
    StoredDefinition* short_def = find(fname, short_arity);
    short_def->generated = true;
    short_def->defaults = arity;
    for (auto& use : y.local_uses) short_def->uses.push_back(use);
    for (auto& use : y.import_uses) short_def->imports.push_back(use);
    short_def->uses.push_back({fname, arity, place, true});
  }
  last = find(fname, arity);
  return run_on_definition(kind, fname, written_args, written_guard, written_body, x.env, host);
}

bool ModuleBuilder::store_clause(DefKind kind, Term fname, Term meta, uint32_t arity, const std::string& def_file,
                                 uint32_t at, const DefClause* clause, uint32_t defaults, bool declares_defaults,
                                 bool from_defaults, Expander& x) {
  StoredDefinition* d = find(fname, arity);
  if (!d) {
    d = &store(fname, arity);
    d->kind = kind;
    d->meta = meta;
    d->file = def_file;
    d->line = at;
    d->defaults = defaults;
    d->has_head = clause == nullptr;
    d->from_defaults = from_defaults;
    d->env_file = x.env.file;
  } else {
    auto shown = [&] { return std::string(kind_text(kind)) + " " + x.name_arity(fname, arity); };
    if (d->kind != kind) {
      x.file_error(meta, shown() + " already defined as " + kind_text(d->kind) + " in " + d->file + ":" +
                             std::to_string(d->line));
      return false;
    }
    if (d->from_defaults && !from_defaults) {
      x.file_error(meta, shown() + " conflicts with defaults from " + x.name_arity(fname, d->defaults));
      return false;
    }
    if (declares_defaults && (!d->clauses.empty() || d->defaults > 0)) {
      x.file_error(meta,
                   shown() +
                       " defines defaults multiple times. Elixir allows defaults to be declared once per definition. "
                       "Instead of:\n\n    def foo(:first_clause, b \\\\ :default) do ... end\n    def "
                       "foo(:second_clause, b \\\\ :default) do ... end\n\none should write:\n\n    def foo(a, b \\\\ "
                       ":default)\n    def foo(:first_clause, b) do ... end\n    def foo(:second_clause, b) do ... "
                       "end\n");
      return false;
    }
    if (clause && d->defaults > 0 && !d->has_head && !from_defaults) {
      x.file_error(meta,
                   shown() +
                       " has multiple clauses and also declares default values. In such cases, the default values "
                       "should be defined in a header. Instead of:\n\n    def foo(:first_clause, b \\\\ :default) do "
                       "... end\n    def foo(:second_clause, b) do ... end\n\none should write:\n\n    def foo(a, b "
                       "\\\\ :default)\n    def foo(:first_clause, b) do ... end\n    def foo(:second_clause, b) do "
                       "... end\n");
      return false;
    }
    if (clause && last && last != d && !d->clauses.empty() && !d->generated &&
        !keyword_has(meta, session.names().context) && last->name != fname) {
      x.warn(meta, "clauses of the same name and arity (" + x.name_arity(fname, arity) +
                       ") must be grouped together, \"" + shown() + "\" was previously defined (" + d->file + ":" +
                       std::to_string(d->line) + ")");
    }
    if (declares_defaults) d->defaults = defaults;
  }
  if (clause) d->clauses.push_back(*clause);
  ++d->version;
  return true;
}

void ModuleBuilder::take_doc(DefKind kind, Term fname, uint32_t arity, Term args, Term meta, uint32_t at, bool has_body,
                             Expander& x) {
  const Names& n = session.names();
  Attribute* impl = find_attribute(n.impl);
  if (impl && !impl->value.is_none()) {
    impls.push_back({fname, arity, kind, at, impl->value});
    impl->value = Term::none();
  }
  Attribute* doc = find_attribute(n.doc);
  if (!doc || doc->value.is_none()) return;
  Term text = doc->value;
  doc->value = Term::none();
  bool is_public = kind == DefKind::Def || kind == DefKind::Defmacro;
  if (!is_public) {
    if (text != atoms::false_ && text.is_bitstring()) {
      x.warn(meta, std::string(kind_text(kind)) + " " + x.name_arity(fname, arity) +
                       " is private, @doc attribute is always discarded for private functions/macros/types");
    }
    return;
  }
  std::string shown(session.atoms().text(fname));
  shown += '(';
  bool first_arg = true;
  uint32_t i = 0;
  for (Term l = args; l.is_cons(); l = l.tail()) {
    Term a = l.head();
    if (!first_arg) shown += ", ";
    first_arg = false;
    ++i;
    Term value = Term::none();
    if (is_call_of(a, n.default_arg, 2)) {
      value = second(node_args(a));
      a = compiler::first(node_args(a));
    }
    if (is_call_of(a, atoms::equals, 2)) {
      a = is_variable(second(node_args(a))) ? second(node_args(a)) : compiler::first(node_args(a));
    }
    if (is_variable(a))
      shown += session.atoms().text(node_head(a));
    else
      shown += "arg" + std::to_string(i);
    if (!value.is_none())
      shown += " \\\\ " + (x.constant_of(value).is_none() ? x.code_text(value) : x.inspect_text(x.constant_of(value)));
  }
  shown += ')';
  Term entry_kind = kind == DefKind::Def ? n.function : session.atoms().intern("macro");
  Term content = n.none_;
  if (text == atoms::false_) {
    content = n.hidden;
  } else if (text.is_bitstring()) {
    Term pairs[] = {make_binary(arena, "en"), text};
    content = make_map(arena, session.atoms(), pairs);
  }
  for (Term l = docs; l.is_cons(); l = l.tail()) {
    Term id = tuple_at(l.head(), 0);
    if (tuple_at(id, 0) == entry_kind && tuple_at(id, 1) == fname && tuple_at(id, 2) == Term::fixnum(arity)) return;
  }
  Term id = make_tuple(arena, {entry_kind, fname, Term::fixnum(arity)});
  Term entry = make_tuple(
      arena, {id, Term::fixnum(at), make_list(arena, {make_binary(arena, shown)}), content, make_empty_map(arena)});
  docs = make_cons(arena, entry, docs);
}

bool ModuleBuilder::run_on_definition(DefKind kind, Term fname, Term args, Term guard, Term body, const Env& def_env,
                                      MacroHost& host) {
  const Names& n = session.names();
  Attribute* hooks = find_attribute(n.on_definition);
  if (!hooks || !hooks->value.is_cons()) return true;
  AtomTable& table = session.atoms();
  Term env_term = env_to_term(arena, table, n, def_env, {});
  ListBuilder guards(arena);
  while (!guard.is_none() && is_call_of(guard, atoms::when, 2)) {
    guards.push(first(node_args(guard)));
    guard = second(node_args(guard));
  }
  if (!guard.is_none()) guards.push(guard);
  Term argv[] = {env_term, table.intern(kind_text(kind)), fname, args, guards.finish(), body};
  std::vector<Term> ordered;
  for (Term l = hooks->value; l.is_cons(); l = l.tail()) ordered.push_back(l.head());
  std::reverse(ordered.begin(), ordered.end());
  for (Term hook : ordered) {
    Term module = hook, function = n.on_definition_;
    if (is_tuple_of(hook, 2)) {
      module = tuple_at(hook, 0);
      function = tuple_at(hook, 1);
    }
    if (host.call(module, function, argv, arena).raised) return false;
  }
  return true;
}

Term ModuleBuilder::macro_module(StoredDefinition& macro, MacroHost& host) {
  uint64_t k = key(macro.name, macro.arity);
  auto found = macro_copies_.find(k);
  if (found != macro_copies_.end()) {
    uint64_t stamp = 0;
    bool whole = true;
    for (StoredDefinition* d : found->second.closure) {
      stamp += d->version;
      whole &= !d->dropped;
    }
    if (whole && stamp == found->second.stamp) return found->second.module;
    host.drop_helper_module(found->second.module);
    macro_copies_.erase(found);
  }
  const Names& n = session.names();
  AtomTable& table = session.atoms();
  MacroCopy copy;
  copy.stamp = 0;
  copy.closure.push_back(&macro);
  std::vector<std::pair<Term, uint32_t>> missing;
  for (size_t i = 0; i < copy.closure.size(); ++i) {
    for (const auto& use : copy.closure[i]->uses) {
      StoredDefinition* d = find(use.name, use.arity);
      if (!d) {
        std::pair<Term, uint32_t> item{use.name, use.arity};
        if (std::find(missing.begin(), missing.end(), item) == missing.end()) missing.push_back(item);
        continue;
      }
      if (d->is_macro() && !use.capture) continue;
      if (std::find(copy.closure.begin(), copy.closure.end(), d) == copy.closure.end()) copy.closure.push_back(d);
    }
  }
  ModuleSource source;
  copy.module = source.name = table.intern(std::string(table.text(name)) + "/macros-" + std::to_string(++copies_made_));
  source.file = file;
  source.line = line;
  for (StoredDefinition* d : copy.closure) {
    copy.stamp += d->version;
    if (d->clauses.empty()) continue;
    source.definitions.push_back(
        {d->is_macro() ? DefKind::Defmacro : DefKind::Def, d->name, d->arity, d->line, d->file, d->clauses});
  }
  for (const auto& [fname, arity] : missing) {
    // Not defined yet: a call of it fails as a call of the unfinished module does.
    DefClause clause;
    clause.meta = Term::nil_list();
    ListBuilder args(arena);
    for (uint32_t i = 0; i < arity; ++i) {
      Term meta = make_list(arena, {pair(arena, n.version, Term::fixnum(i))});
      Term variable = node(arena, n.x, meta, n.phial);
      clause.args.push_back(variable);
      args.push(variable);
    }
    clause.body = remote_node(arena, Term::nil_list(), name, fname, args.finish());
    source.definitions.push_back({DefKind::Def, fname, arity, line, file, {clause}});
  }
  std::string error;
  if (!host.define_helper_module(source, error)) {
    Expander x(session, host, arena, env);
    x.file_error(Term::nil_list(), error);
    return Term::none();
  }
  Term module = copy.module;
  macro_copies_[k] = std::move(copy);
  return module;
}

}  // namespace phial::compiler
