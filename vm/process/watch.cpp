#include "vm/process/watch.h"

#include <cstdlib>

#include "vm/process/exit.h"
#include "vm/process/mailbox.h"
#include "vm/process/system.h"
#include "vm/term/tuple.h"

namespace phial {

Relations& relations_of(Process& p) {
  if (p.relations == nullptr) p.relations = new Relations;
  return *p.relations;
}

void free_relations(Process& p) {
  Relations* r = p.relations;
  p.relations = nullptr;
  while (r->tags != nullptr) {
    TagRoot* next = r->tags->next;
    delete r->tags;
    r->tags = next;
  }
  delete r->timer;
  if (r->blocking != nullptr) r->blocking->release();
  delete r;
}

Term start_blocking(Process& p, BlockingCall* call) {
  Relations& r = relations_of(p);
  VM_ASSERT(r.blocking == nullptr);
  call->caller = p.self;
  r.blocking = call;
  p.system->run_blocking(call);
  return p.wait_native();
}

BlockingCall* blocking_call(const Process& p) { return p.relations == nullptr ? nullptr : p.relations->blocking; }

void finish_blocking(Process& p) {
  p.relations->blocking->release();
  p.relations->blocking = nullptr;
}

bool link_to(Process& p, Term pid) {
  if (pid == p.self) return true;
  auto [link, made] = relations_of(p).links.insert(pid.pid_id(), Link{});
  if (!made && link->unlinking == 0) return true;
  link->unlinking = 0;
  Process* target = p.system->table.find(pid);
  if (target != nullptr && deliver(*p.system, p.scheduler, *target, new_signal(*p.system, SignalKind::Link, p.self))) return true;
  p.relations->links.erase(pid.pid_id());
  return false;
}

void unlink_from(Process& p, Term pid) {
  if (p.relations == nullptr || pid == p.self) return;
  Link* link = p.relations->links.find(pid.pid_id());
  if (link == nullptr || link->unlinking != 0) return;
  link->unlinking = ++p.relations->last_unlink;
  if (!deliver(*p.system, p.scheduler, pid,
               new_signal(*p.system, SignalKind::Unlink, p.self, Term::none(), {}, link->unlinking))) {
    p.relations->links.erase(pid.pid_id());
  }
}

Ref monitor(Process& p, Term pid, Term name, const MonitorOptions& options) {
  Word flags = (options.alias_flags & Watch::kAlias) != 0 ? Ref::kAlias : 0;
  Ref ref = Ref::of(next_reference_id(p), p.self, flags);
  note_reference(p, ref.id);
  Relations& r = relations_of(p);
  Watch watch{pid, name, options.tag, static_cast<uint8_t>(options.alias_flags | Watch::kMonitor)};
  if (options.tag.is_pointer()) {
    r.tags = new TagRoot{ref.id, options.tag, r.tags};
    watch.tag = Term::none();
  }
  if (pid == p.self) {
    // Never fires, and is not counted as a monitor, but its alias works.
    watch.target = Term::none();
    r.watches.insert(ref.id, watch);
    return ref;
  }
  r.watches.insert(ref.id, watch);
  Process* target = pid.is_none() ? nullptr : p.system->table.find(pid);
  if (target == nullptr ||
      !deliver(*p.system, p.scheduler, *target, new_signal(*p.system, SignalKind::Monitor, p.self, name, ref))) {
    deliver(*p.system, p.scheduler, p, down_signal(*p.system, ref, pid, name, atoms::noproc));
  }
  return ref;
}

void stop_watching(Process& p, uint64_t ref_id, const Watch& watch) {
  if (watch.tag.is_none()) delete take_tag(p, ref_id);
  if (watch.target.is_none()) return;
  deliver(*p.system, p.scheduler, watch.target, new_signal(*p.system, SignalKind::Demonitor, p.self, Term::none(), {ref_id, 0}));
}

TagRoot* take_tag(Process& p, uint64_t ref_id) {
  for (TagRoot** link = &p.relations->tags; *link != nullptr; link = &(*link)->next) {
    TagRoot* root = *link;
    if (root->ref != ref_id) continue;
    *link = root->next;
    return root;
  }
  return nullptr;
}

bool demonitor(Process& p, Ref ref) {
  if (p.relations == nullptr) return false;
  Watch* watch = p.relations->watches.find(ref.id);
  if (watch == nullptr || (watch->flags & Watch::kMonitor) == 0) return false;
  stop_watching(p, ref.id, *watch);
  bool keeps_alias = (watch->flags & Watch::kAlias) != 0 &&
                     (watch->flags & (Watch::kUntilDemonitor | Watch::kUntilReply)) == 0;
  if (keeps_alias) {
    watch->flags = Watch::kAlias;
    watch->target = Term::none();
    watch->tag = atoms::DOWN;
  } else {
    p.relations->watches.erase(ref.id);
  }
  return true;
}

bool flush_down(Process& p, Ref ref) {
  if (signals_pending(p)) handle_signals(p);
  Mailbox& box = p.mailbox;
  for (Signal** link = &box.first; *link != nullptr; link = &(*link)->next) {
    Signal* m = *link;
    if (!is_tuple_of(m->term, 5) || tuple_at(m->term, 2) != atoms::process) continue;
    Term reference = tuple_at(m->term, 1);
    if (!reference.is_reference() || Ref::from(reference).id != ref.id) continue;
    *link = m->next;
    if (m->next == nullptr) box.last = link;
    if (box.mark == &m->next) box.mark = link;
    if (box.save == &m->next) box.save = link;
    --box.length;
    free_signal(m);
    return true;
  }
  return false;
}

Ref make_alias(Process& p, uint8_t flags) {
  Ref ref = Ref::of(next_reference_id(p), p.self, Ref::kAlias);
  note_reference(p, ref.id);
  relations_of(p).watches.insert(
      ref.id, Watch{Term::none(), Term::none(), atoms::DOWN, static_cast<uint8_t>(flags | Watch::kAlias)});
  return ref;
}

bool unalias(Process& p, Ref ref) {
  if (p.relations == nullptr) return false;
  Watch* watch = p.relations->watches.find(ref.id);
  if (watch == nullptr || (watch->flags & Watch::kAlias) == 0) return false;
  if ((watch->flags & Watch::kMonitor) != 0) watch->flags = Watch::kMonitor;
  else p.relations->watches.erase(ref.id);
  return true;
}

void send_exit(Process& p, Term pid, Term reason) {
  Signal* s = exit_signal(*p.system, p.self, reason, reason == atoms::kill ? Signal::kKill : 0);
  deliver(*p.system, p.scheduler, pid, s);
}

}  // namespace phial
