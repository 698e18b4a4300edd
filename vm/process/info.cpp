#include "vm/process/info.h"

#include "vm/heap/copy.h"
#include "vm/process/mailbox.h"
#include "vm/process/message.h"
#include "vm/process/relations.h"
#include "vm/process/system.h"
#include "vm/term/bignum.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {

namespace {

Term pair(Process& p, Term key, Term value) { return make_tuple(p.heap, {key, value}); }

Term messages_of(Process& p) {
  ListBuilder list(p.heap);
  for (Signal* m = p.mailbox.first; m != nullptr; m = m->next) {
    list.push(deep_copy(p.heap, m->term, &p.system->literals));
  }
  return list.finish();
}

Term links_of(Process& p) {
  ListBuilder list(p.heap);
  if (p.relations != nullptr) {
    for (auto& [id, link] : p.relations->links) {
      if (link.unlinking == 0) list.push(Term::pid(id));
    }
  }
  return list.finish();
}

Term monitors_of(Process& p) {
  ListBuilder list(p.heap);
  if (p.relations != nullptr) {
    for (auto& [id, watch] : p.relations->watches) {
      if ((watch.flags & Watch::kMonitor) == 0 || watch.target.is_none()) continue;
      Term who = watch.name.is_none() ? watch.target : pair(p, watch.name, atoms::nonode);
      list.push(pair(p, atoms::process, who));
    }
  }
  return list.finish();
}

Term watchers_of(Process& p) {
  ListBuilder list(p.heap);
  if (p.relations != nullptr) {
    for (auto& [id, watcher] : p.relations->watchers) list.push(watcher.pid);
  }
  return list.finish();
}

Term dictionary_of(Process& p) {
  ListBuilder list(p.heap);
  if (p.dictionary.is_map()) {
    MapIterator it(p.dictionary);
    Term key, value;
    while (it.next(key, value)) list.push(pair(p, key, value));
  }
  return list.finish();
}

Term priority_atom(Priority priority) {
  switch (priority) {
    case Priority::Low: return atoms::low;
    case Priority::Normal: return atoms::normal;
    case Priority::High: return atoms::high;
    case Priority::Max: return atoms::max_;
  }
  return atoms::normal;
}

Term status_of(const Process& p) {
  if (p.suspended != 0) return atoms::suspended;
  if (p.has(kWaiting)) return atoms::waiting;
  return p.scheduler->current == &p ? atoms::running : atoms::runnable;
}

Term max_heap_size_of(Process& p) {
  uint64_t words = p.relations == nullptr ? 0 : p.relations->max_heap_words;
  bool kill = p.relations == nullptr || p.relations->max_heap_kill;
  bool log = p.relations == nullptr || p.relations->max_heap_log;
  const Term pairs[] = {atoms::size, make_unsigned(p.heap, words), atoms::kill, boolean(kill),
                        atoms::error_logger, boolean(log)};
  return make_map(p.heap, p.system->atoms, pairs);
}

Term garbage_collection_of(Process& p) {
  Relations& r = relations_of(p);
  return make_list(p.heap, {pair(p, atoms::max_heap_size, max_heap_size_of(p)),
                            pair(p, atoms::min_bin_vheap_size, r.min_bin_vheap_size),
                            pair(p, atoms::min_heap_size, r.min_heap_size),
                            pair(p, atoms::fullsweep_after, r.fullsweep_after),
                            pair(p, atoms::minor_gcs, make_unsigned(p.heap, p.heap.minor_collections()))});
}

/// What stands on top of the stack: {m, f, a}, or with [location] {m, f, a, location}.
Term top_of_stack(Process& p, bool location) {
  if (p.has(kHibernating) && !location) {
    return make_tuple(p.heap, {atoms::erlang, atoms::hibernate, Term::fixnum(3)});
  }
  Term stack = p.system->stack_of(p);
  if (!stack.is_cons()) return atoms::undefined;
  Term frame = stack.head();
  if (location || !is_tuple_of(frame, 4)) return frame;
  return make_tuple(p.heap, {tuple_at(frame, 0), tuple_at(frame, 1), tuple_at(frame, 2)});
}

enum class Item : uint8_t {
#define INFO(item) item,
#include "vm/process/info_items.def"
#undef INFO
  None
};

Item item_of(Term atom) {
#define INFO(item) \
  if (atom == atoms::item) return Item::item;
#include "vm/process/info_items.def"
#undef INFO
  return Item::None;
}

}  // namespace

bool is_info_item(Term item) { return item_of(item) != Item::None; }

size_t process_memory_bytes(const Process& p) {
  return sizeof(Process) + (p.relations != nullptr ? sizeof(Relations) : 0) + p.heap.total_words() * sizeof(Word);
}

Term process_info_value(Process& p, Term item) {
  auto number = [&p](uint64_t n) { return make_unsigned(p.heap, n); };
  switch (item_of(item)) {
    case Item::registered_name: {
      Term name = registered_name(p);
      return name.is_none() ? Term::nil_list() : name;
    }
    case Item::current_function: return top_of_stack(p, false);
    case Item::current_location: return top_of_stack(p, true);
    case Item::current_stacktrace: return p.system->stack_of(p);
    case Item::initial_call: return p.system->initial_call_of(p);
    case Item::status: return status_of(p);
    case Item::message_queue_len: return number(p.mailbox.length);
    case Item::message_queue_data: return p.has(kOffHeapQueue) ? atoms::off_heap : atoms::on_heap;
    case Item::messages: return messages_of(p);
    case Item::links: return links_of(p);
    case Item::dictionary: return dictionary_of(p);
    case Item::trap_exit: return boolean(p.has(kTrapExit));
    case Item::error_handler: return atoms::error_handler;
    case Item::priority: return priority_atom(p.priority);
    case Item::group_leader: return p.group_leader;
    case Item::total_heap_size: return number(p.heap.total_words());
    case Item::heap_size: return number(p.heap.block_words());
    case Item::stack_size: return number(static_cast<size_t>(p.heap.low() - p.heap.stack_base()) + 1);
    case Item::reductions: return number(static_cast<uint64_t>(reductions_of(p)));
    case Item::garbage_collection: return garbage_collection_of(p);
    case Item::garbage_collection_info: return garbage_collection_of(p);
    case Item::suspending: return Term::nil_list();
    case Item::memory: return number(process_memory_bytes(p));
    case Item::monitors: return monitors_of(p);
    case Item::monitored_by: return watchers_of(p);
    case Item::binary: return Term::nil_list();
    case Item::backtrace: return Term::nil_list();
    case Item::min_heap_size: return relations_of(p).min_heap_size;
    case Item::min_bin_vheap_size: return relations_of(p).min_bin_vheap_size;
    case Item::max_heap_size: return max_heap_size_of(p);
    case Item::fullsweep_after: return relations_of(p).fullsweep_after;
    case Item::parent: return p.parent.is_none() ? atoms::undefined : p.parent;
    case Item::label: {
      Term label = p.relations == nullptr ? Term::none() : p.relations->label;
      return label.is_none() ? atoms::undefined : label;
    }
    case Item::last_calls: return atoms::false_;
    case Item::catchlevel: return Term::fixnum(0);
    case Item::sequential_trace_token: return Term::nil_list();
    case Item::None: break;
  }
  return Term::none();
}

Term process_info_pair(Process& p, Term item) { return pair(p, item, process_info_value(p, item)); }

Term process_info_all(Process& p) {
  constexpr Term kItems[] = {
      atoms::current_function, atoms::initial_call, atoms::status,          atoms::message_queue_len,
      atoms::links,            atoms::dictionary,   atoms::trap_exit,       atoms::error_handler,
      atoms::priority,         atoms::group_leader, atoms::total_heap_size, atoms::heap_size,
      atoms::stack_size,       atoms::reductions,   atoms::garbage_collection, atoms::suspending};
  ListBuilder list(p.heap);
  if (!registered_name(p).is_none()) list.push(process_info_pair(p, atoms::registered_name));
  for (Term item : kItems) list.push(process_info_pair(p, item));
  return list.finish();
}

Term refusal_of(RequestKind kind) {
  switch (kind) {
    case RequestKind::IsAlive: return atoms::false_;
    case RequestKind::Collect: return atoms::false_;
    case RequestKind::Info:
    case RequestKind::InfoAll:
    case RequestKind::Suspend:
    case RequestKind::Resume: break;
  }
  return atoms::undefined;
}

void answer_request(Process& p, Signal& request) {
  Term answer = atoms::true_;
  switch (static_cast<RequestKind>(request.what)) {
    case RequestKind::Info:
      if (request.term.is_atom()) {
        answer = process_info_pair(p, request.term);
      } else {
        ListBuilder list(p.heap);
        for (Term items = request.term; items.is_cons(); items = items.tail()) {
          list.push(process_info_pair(p, items.head()));
        }
        answer = list.finish();
      }
      break;
    case RequestKind::InfoAll: answer = process_info_all(p); break;
    case RequestKind::IsAlive: break;
    case RequestKind::Suspend:
      if (p.suspended < UINT8_MAX) ++p.suspended;
      break;
    case RequestKind::Resume:
      if (p.suspended > 0) --p.suspended;
      // What it slept through is still there; let it look.
      if (p.suspended == 0) p.set(kAwake);
      return;
    case RequestKind::Collect: p.heap.want_major(); break;
  }
  deliver(*p.system, p.scheduler, request.from,
          new_signal(*p.system, SignalKind::Reply, p.self, answer, request.ref));
}

bool send_request(Process& p, Term pid, RequestKind kind, Term term) {
  Relations& r = relations_of(p);
  uint64_t number = next_reference_id(p);
  Signal* s = new_signal(*p.system, SignalKind::Request, p.self, term, {number, 0});
  s->what = static_cast<uint8_t>(kind);
  if (!deliver(*p.system, p.scheduler, pid, s)) return false;
  r.awaited = number;
  r.answered = false;
  return true;
}

bool awaits_answer(const Process& p) { return p.relations != nullptr && p.relations->awaited != 0; }

Term take_answer(Process& p) {
  if (signals_pending(p)) handle_signals(p);
  Relations& r = *p.relations;
  if (!r.answered) return Term::none();
  Term answer = r.answer;
  r.answer = Term::none();
  r.awaited = 0;
  r.answered = false;
  return answer;
}

void visit_process_roots(Process& p, RootVisitor& visitor) {
  visitor.visit(&p.dictionary);
  visitor.visit(&p.exit_reason);
  visitor.visit(&p.exc.reason);
  visitor.visit(&p.exc.trace);
  if (p.trap_export != nullptr && p.trap_args != nullptr) visitor.visit(p.trap_args, Process::kMaxTrapArgs);
  if (p.relations == nullptr) return;
  visitor.visit(&p.relations->answer);
  visitor.visit(&p.relations->label);
  for (TagRoot* root = p.relations->tags; root != nullptr; root = root->next) visitor.visit(&root->tag);
}

}  // namespace phial
