#include "vm/process/signals.h"

#include <cstdlib>
#include <cstring>

#include "vm/heap/copy.h"
#include "vm/heap/fragment.h"
#include "vm/heap/literals.h"
#include "vm/term/off_heap.h"
#include "vm/heap/scan.h"
#include "vm/process/exit.h"
#include "vm/process/info.h"
#include "vm/process/mailbox.h"
#include "vm/process/message.h"
#include "vm/process/receive.h"
#include "vm/process/relations.h"
#include "vm/process/system.h"
#include "vm/process/watch.h"
#include "vm/term/tuple.h"

namespace phial {

namespace {

/// A small tuple of immediates: the commonest message, copied without looking any deeper.
bool is_flat_tuple(Term t) {
  if (!t.is_tuple()) return false;
  size_t arity = tuple_arity(t);
  if (arity > 8) return false;
  for (size_t i = 0; i < arity; ++i) {
    if (tuple_at(t, i).is_pointer()) return false;
  }
  return true;
}

Signal* allocate_signal(const ProcessSystem& system, SignalKind kind, Term term, bool control) {
  size_t header = control ? kControlHeader : kMessageHeader;
  size_t words = 0;
  bool flat = false;
  if (term.is_pointer() && !term.is_none()) {
    flat = is_flat_tuple(term);
    words = flat && !system.literals.contains(term) ? 1 + tuple_arity(term) : copy_size(term, &system.literals);
  }
  bool in_fragment = words > Signal::kInlineWords;
  auto* s = static_cast<Signal*>(std::malloc(header + (in_fragment ? 0 : words * sizeof(Word))));
  VM_CHECK(s != nullptr);
  s->kind = kind;
  s->flags = control ? Signal::kControl : 0;
  s->what = 0;
  s->words = 0;
  s->term = term;
  s->off_heap = 0;
  if (words == 0) return s;
  CopiedOffHeap off_heap;
  if (in_fragment) {
    auto* f = static_cast<Fragment*>(std::malloc(sizeof(Fragment) + words * sizeof(Word)));
    VM_CHECK(f != nullptr);
    f->root = copy_into(f->data(), words, term, &system.literals, off_heap);
    f->next = nullptr;
    f->words = words;
    f->off_heap = off_heap.head;
    f->off_heap_bytes = off_heap.bytes;
    s->fragment = f;
    s->term = f->root;
    s->flags |= Signal::kInFragment;
    return s;
  }
  Word* to = inline_words(s);
  if (flat) {
    std::memcpy(to, term.box(), words * sizeof(Word));
    s->term = Term::boxed(to);
  } else {
    s->term = copy_into(to, words, term, &system.literals, off_heap);
    s->off_heap = off_heap.head.bits();
  }
  s->words = static_cast<uint16_t>(words);
  return s;
}

}  // namespace

Signal* new_message(const ProcessSystem& system, Term term) {
  return allocate_signal(system, SignalKind::Message, term, false);
}

Signal* new_signal(const ProcessSystem& system, SignalKind kind, Term from, Term term, Ref ref, uint64_t number) {
  Signal* s = allocate_signal(system, kind, term, true);
  s->from = from;
  s->ref = ref;
  s->number = number;
  return s;
}

void free_signal(Signal* s) {
  if ((s->flags & Signal::kStatic) != 0) return;
  if ((s->flags & Signal::kInFragment) != 0) discard(s->fragment);
  else if (s->off_heap != 0) release_off_heap_list(Term::from_bits(s->off_heap));
  std::free(s);
}

Term copy_from_signal(Process& p, const Signal& s) {
  if (is_flat_tuple(s.term)) {
    Word* to = p.heap.alloc(s.words);
    std::memcpy(to, s.term.box(), s.words * sizeof(Word));
    return Term::boxed(to);
  }
  if (s.off_heap != 0) return deep_copy(p.heap, s.term, &p.system->literals);
  // Pointers in the words lead back into them or to literals: a copy has to shift the former.
  const Word* from = inline_words(const_cast<Signal*>(&s));
  size_t bytes = s.words * sizeof(Word);
  Word* to = p.heap.alloc(s.words);
  std::memcpy(to, from, bytes);
  Word shift = reinterpret_cast<Word>(to) - reinterpret_cast<Word>(from);
  auto moved = [&](Word w) {
    return (w & 3) == 0 && w - reinterpret_cast<Word>(from) < bytes ? w + shift : w;
  };
  for (Word* at = to; at != to + s.words;) {
    at = scan_object(at, [&](Word* slot) { *slot = moved(*slot); });
  }
  return Term::from_bits(moved(s.term.bits()));
}

Term adopt_term(Process& p, Signal& s) {
  if ((s.flags & Signal::kInFragment) != 0) {
    s.flags &= static_cast<uint8_t>(~Signal::kInFragment);
    Fragment* fragment = s.fragment;
    s.off_heap = 0;
    return p.heap.adopt(fragment);
  }
  return s.words == 0 ? s.term : copy_from_signal(p, s);
}

bool deliver(ProcessSystem& system, SchedulerContext* context, Process& target, Signal* signal) {
  switch (push_signal(target, signal)) {
    case Pushed::Queued: return true;
    case Pushed::MustWake: system.make_runnable(target, context); return true;
    case Pushed::Refused: break;
  }
  free_signal(signal);
  return false;
}

bool deliver(ProcessSystem& system, SchedulerContext* context, Term pid, Signal* signal) {
  Process* target = system.table.find(pid);
  if (target != nullptr) return deliver(system, context, *target, signal);
  free_signal(signal);
  return false;
}

namespace {

void append_message(Process& p, Signal* s) {
  Mailbox& box = p.mailbox;
  s->kind = SignalKind::Message;
  s->next = nullptr;
  *box.last = s;
  box.last = &s->next;
  ++box.length;
  p.set(kAwake);
}

void handle_exit(Process& p, Signal* s) {
  Term from = tuple_at(s->term, 1);
  Term reason = tuple_at(s->term, 2);
  if ((s->flags & Signal::kFromLink) != 0) {
    Link* link = p.relations == nullptr ? nullptr : p.relations->links.find(from.pid_id());
    if (link == nullptr || link->unlinking != 0) return free_signal(s);
    p.relations->links.erase(from.pid_id());
  }
  if ((s->flags & Signal::kKill) != 0) {
    decide_exit(p, atoms::killed);
  } else if (p.has(kTrapExit)) {
    return append_message(p, s);
  } else if (reason != atoms::normal || (from == p.self && (s->flags & Signal::kFromLink) == 0)) {
    Term whole = adopt_term(p, *s);
    decide_exit(p, tuple_at(whole, 2));
  }
  free_signal(s);
}

void handle_down(Process& p, Signal* s) {
  Watch* watch = p.relations == nullptr ? nullptr : p.relations->watches.find(s->ref.id);
  if (watch == nullptr || (watch->flags & Watch::kMonitor) == 0) return free_signal(s);
  Term tag = watch->tag;
  TagRoot* root = tag.is_none() ? take_tag(p, s->ref.id) : nullptr;
  if ((watch->flags & (Watch::kUntilDemonitor | Watch::kUntilReply)) != 0 || (watch->flags & Watch::kAlias) == 0) {
    p.relations->watches.erase(s->ref.id);
  } else {
    watch->flags = Watch::kAlias;
    watch->target = Term::none();
  }
  if (root != nullptr) {
    ScratchSpace<8> scratch;
    Term with_tag = make_tuple(scratch, {root->tag, tuple_at(s->term, 1), tuple_at(s->term, 2), tuple_at(s->term, 3),
                                         tuple_at(s->term, 4)});
    Signal* message = new_message(*p.system, with_tag);
    free_signal(s);
    delete root;
    return append_message(p, message);
  }
  if (tag != atoms::DOWN) tuple_set_fresh(s->term, 0, tag);
  append_message(p, s);
}

void handle_alias_message(Process& p, Signal* s) {
  Watch* watch = p.relations == nullptr ? nullptr : p.relations->watches.find(s->ref.id);
  if (watch == nullptr || (watch->flags & Watch::kAlias) == 0) return free_signal(s);
  if ((watch->flags & Watch::kUntilReply) != 0) {
    if ((watch->flags & Watch::kMonitor) != 0) stop_watching(p, s->ref.id, *watch);
    p.relations->watches.erase(s->ref.id);
  }
  append_message(p, s);
}

void handle_link(Process& p, Signal* s) {
  // While an unlink of ours is under way, a link from there was sent before it arrived.
  relations_of(p).links.insert(s->from.pid_id(), Link{});
  free_signal(s);
}

void handle_unlink(Process& p, Signal* s) {
  if (p.relations != nullptr) {
    Link* link = p.relations->links.find(s->from.pid_id());
    if (link != nullptr && link->unlinking == 0) p.relations->links.erase(s->from.pid_id());
  }
  deliver(*p.system, p.scheduler, s->from, new_signal(*p.system, SignalKind::UnlinkAck, p.self, Term::none(), {}, s->number));
  free_signal(s);
}

void handle_unlink_ack(Process& p, Signal* s) {
  if (p.relations != nullptr) {
    Link* link = p.relations->links.find(s->from.pid_id());
    if (link != nullptr && link->unlinking == s->number) p.relations->links.erase(s->from.pid_id());
  }
  free_signal(s);
}

void handle_timeout(Process& p, Signal* s) {
  ReceiveTimer& timer = *p.relations->timer;
  uint64_t generation = s->number;
  timer.in_flight.store(false, std::memory_order_relaxed);
  if (!p.has(kTimeoutArmed)) return;
  if (generation == timer.generation.load(std::memory_order_relaxed)) {
    p.clear(kTimeoutArmed);
    p.set(kTimedOut | kAwake);
  } else {
    rearm_receive_timeout(p);
  }
}

}  // namespace

void refuse_signal(ProcessSystem& system, SchedulerContext* context, Term self, Signal* s) {
  switch (s->kind) {
    case SignalKind::Link:
      deliver(system, context, s->from, exit_signal(system, self, atoms::noproc, Signal::kFromLink));
      break;
    case SignalKind::Unlink:
      deliver(system, context, s->from, new_signal(system, SignalKind::UnlinkAck, self, Term::none(), {}, s->number));
      break;
    case SignalKind::Monitor:
      deliver(system, context, s->from, down_signal(system, s->ref, self, s->term, atoms::noproc));
      break;
    case SignalKind::Request:
      deliver(system, context, s->from,
              new_signal(system, SignalKind::Reply, self, refusal_of(static_cast<RequestKind>(s->what)), s->ref));
      break;
    case SignalKind::Timeout:
    case SignalKind::Message:
    case SignalKind::AliasMessage:
    case SignalKind::Exit:
    case SignalKind::UnlinkAck:
    case SignalKind::Demonitor:
    case SignalKind::Down:
    case SignalKind::GroupLeader:
    case SignalKind::Reply:
    case SignalKind::Wake:
      break;
  }
  free_signal(s);
}

void handle_signals(Process& p) {
  Signal* s = take_signals(p);
  while (s != nullptr) {
    Signal* next = s->next;
    if (p.exiting()) {
      refuse_signal(*p.system, p.scheduler, p.self, s);
      s = next;
      continue;
    }
    switch (s->kind) {
      case SignalKind::Message: append_message(p, s); break;
      case SignalKind::AliasMessage: handle_alias_message(p, s); break;
      case SignalKind::Exit: handle_exit(p, s); break;
      case SignalKind::Link: handle_link(p, s); break;
      case SignalKind::Unlink: handle_unlink(p, s); break;
      case SignalKind::UnlinkAck: handle_unlink_ack(p, s); break;
      case SignalKind::Monitor:
        relations_of(p).watchers.insert(s->ref.id, Watcher{s->from, s->term, s->ref.info});
        free_signal(s);
        break;
      case SignalKind::Demonitor:
        if (p.relations != nullptr) p.relations->watchers.erase(s->ref.id);
        free_signal(s);
        break;
      case SignalKind::Down: handle_down(p, s); break;
      case SignalKind::GroupLeader:
        p.group_leader = s->term;
        free_signal(s);
        break;
      case SignalKind::Request:
        answer_request(p, *s);
        free_signal(s);
        break;
      case SignalKind::Reply:
        if (p.relations != nullptr && p.relations->awaited == s->ref.id && !p.relations->answered) {
          p.relations->answer = adopt_term(p, *s);
          p.relations->answered = true;
          p.set(kAwake);
        }
        free_signal(s);
        break;
      case SignalKind::Timeout: handle_timeout(p, s); break;
      case SignalKind::Wake:
        p.set(kAwake);
        free_signal(s);
        break;
    }
    s = next;
  }
}

}  // namespace phial
