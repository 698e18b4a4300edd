#include "vm/interp/trace.h"

#include <algorithm>
#include <vector>

#include "vm/code/code_server.h"
#include "vm/interp/frame.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

Term pc_term(const Word* pc) { return Term::fixnum(static_cast<int64_t>(reinterpret_cast<Word>(pc) >> 3)); }
const Word* term_pc(Term t) { return reinterpret_cast<const Word*>(static_cast<Word>(t.as_fixnum()) << 3); }

Term charlist(Space& space, std::string_view text) {
  ListBuilder list(space);
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    unsigned n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32_t code = n == 1 ? c : c & (0xffu >> (n + 1));
    for (unsigned k = 1; k < n && i + k < text.size(); ++k) code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 63);
    list.push(Term::fixnum(code));
    i += n;
  }
  return list.finish();
}

Term info_item(Process& p, Term info) {
  return make_tuple(p.heap, {p.atoms().intern("error_info"), info});
}

Term location_of(Process& p, const Module& module, const Word* pc, Term info) {
  std::vector<Term> items;
  const LineEntry* line = module.line_at(pc);
  if (line != nullptr && line->line != 0) {
    items.push_back(make_tuple(p.heap, {atoms::file, charlist(p.heap, module.files[line->file])}));
    items.push_back(make_tuple(p.heap, {atoms::line, Term::fixnum(line->line)}));
  }
  if (!info.is_nil_list()) items.push_back(info_item(p, info));
  return make_list(p.heap, items);
}

/// The parts of a raw trace as they are gathered.
struct Parts {
  Term items[kTraceFrames + 1];
  size_t count = 0;

  void add(Term t) { items[count++] = t; }
  /// The frames from [fp] on: the calls that led there.
  void add_callers(const Process& p, Word* fp) {
    FrameWalk walk(p, fp);
    while (count < kTraceFrames && !walk.returns_to_exit()) {
      if (!walk.returns_to_fiber()) add(pc_term(walk.return_address() - kCallWords));
      walk.pop();
    }
  }
  Term tuple(Process& p, Term head) {
    add(head);
    return phial::make_tuple(p.heap, std::span<const Term>(items, count));
  }
};

}  // namespace

bool is_whole_trace(Term trace) {
  if (trace.is_list()) return true;
  if (!trace.is_tuple()) return false;
  Term first = tuple_at(trace, 0);
  return tuple_arity(trace) == 1 || (first.is_fixnum() && first != Term::fixnum(0));
}

Term make_raw_trace(Process& p, const Word* pc, Word* fp, Term head) {
  Parts parts;
  parts.add(pc_term(pc));
  parts.add_callers(p, fp);
  return parts.tuple(p, head);
}

Term make_raw_trace_of_callers(Process& p, Word* fp, Term head) {
  Parts parts;
  parts.add_callers(p, fp);
  return parts.tuple(p, head);
}

Term trace_head_call(Process& p, Term module, Term function, const Term* args, size_t count, Term info) {
  Term list = make_list(p.heap, std::span<const Term>(args, count));
  return make_tuple(p.heap, {module, function, list, info});
}

Term trace_head_first(Process& p, Term args, Term info) { return make_tuple(p.heap, {args, info}); }

Term trace_to_list(Process& p, Term raw) {
  if (!raw.is_tuple() || !is_whole_trace(raw)) return raw.is_list() ? raw : Term::nil_list();
  ListBuilder list(p.heap);
  size_t frames = tuple_arity(raw) - 1;
  Term head = tuple_at(raw, frames);
  Term args = Term::fixnum(0), info = Term::nil_list();
  if (is_tuple_of(head, 4)) {
    Term location = Term::nil_list();
    if (!tuple_at(head, 3).is_nil_list()) location = make_list(p.heap, {info_item(p, tuple_at(head, 3))});
    list.push(make_tuple(p.heap, {tuple_at(head, 0), tuple_at(head, 1), tuple_at(head, 2), location}));
    frames = std::min(frames, kTraceFrames - 1);
  } else if (is_tuple_of(head, 2)) {
    args = tuple_at(head, 0);
    info = tuple_at(head, 1);
  }
  CodeServer& server = code_server(p);
  for (size_t i = 0; i < frames; ++i) {
    const Word* pc = term_pc(tuple_at(raw, i));
    Module* module = server.module_at(pc);
    const LoadedFunction* f = module != nullptr ? module->function_at(pc) : nullptr;
    if (f != nullptr) {
      Term arity = args.is_list() ? args : Term::fixnum(f->arity);
      list.push(make_tuple(p.heap, {module->name, f->name, arity, location_of(p, *module, pc, info)}));
    }
    args = Term::fixnum(0);
    info = Term::nil_list();
  }
  return list.finish();
}

Term current_stack(Process& p) {
  const ResumePoint& at = p.resume;
  if (at.fp == nullptr) return Term::nil_list();
  if (code_server(p).module_at(at.pc) != nullptr) return trace_to_list(p, make_raw_trace(p, at.pc, at.fp, trace_head_plain()));
  Term callers = trace_to_list(p, make_raw_trace_of_callers(p, at.fp, trace_head_plain()));
  bool internal = at.pc >= kInternalCode.words && at.pc < kInternalCode.words + std::size(kInternalCode.words);
  if (internal && at.pc != hibernate_wake()) return callers;
  // A stub: behind its instruction stands its export.
  Term top = internal ? make_tuple(p.heap, {atoms::erlang, p.atoms().intern("hibernate"), Term::fixnum(3), Term::nil_list()})
                      : [&] {
                          const Export* e = reinterpret_cast<const Export*>(at.pc[1]);
                          return make_tuple(p.heap, {e->module, e->function, Term::fixnum(e->arity), Term::nil_list()});
                        }();
  return make_cons(p.heap, top, callers);
}

Term error_info_for(Process& p, Term module, Term function, Term cause) {
  AtomTable& table = p.atoms();
  std::string_view m = table.text(module), f = table.text(function);
  const char* explains = nullptr;
  if (m == "erlang") {
    for (std::string_view plain : {"++", "--", "not", "and", "or"}) {
      if (f == plain) return Term::nil_list();
    }
    explains = "erl_erts_errors";
  } else {
    for (std::string_view known : {"binary", "ets", "io", "lists", "maps", "math", "re", "unicode", "os", "persistent_term"}) {
      if (m == known) explains = "erl_stdlib_errors";
    }
    if (m == "atomics" || m == "counters") explains = "erl_erts_errors";
    if (m == "persistent_term" || m == "os") explains = "erl_kernel_errors";
    if (m == "persistent_term") explains = "erl_erts_errors";
  }
  if (explains == nullptr) return Term::nil_list();
  Term pairs[] = {table.intern("module"), table.intern(explains), table.intern("cause"), cause};
  return make_map(p.heap, table, std::span<const Term>(pairs, cause.is_none() ? 2 : 4));
}

}  // namespace phial
