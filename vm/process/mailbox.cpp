#include "vm/process/mailbox.h"

#include "vm/heap/chunk.h"
#include "vm/heap/fragment.h"
#include "vm/process/message.h"
#include "vm/process/receive.h"
#include "vm/process/signals.h"

namespace phial {

Term peek(Process& p) {
  Mailbox& box = p.mailbox;
  Signal* m = *box.save;
  if (m == nullptr) {
    if (!signals_pending(p)) return Term::none();
    handle_signals(p);
    m = *box.save;
    if (m == nullptr || p.exiting()) return Term::none();
  }
  // The oldest message probably matches: a copy costs less than memory that only a collection can free.
  box.peeked_from = nullptr;
  if (m->words == 0 || box.save != &box.first) return m->term;
  Word* before = p.heap.hp();
  Term copy = copy_from_signal(p, *m);
  box.copied = true;
  // A copy with counts taken cannot be taken back.
  if (m->off_heap == 0) box.peeked_from = before;
  box.peeked_to = p.heap.hp();
  return copy;
}

void accept(Process& p) {
  Mailbox& box = p.mailbox;
  Signal* m = *box.save;
  *box.save = m->next;
  if (m->next == nullptr) box.last = box.save;
  if (box.mark == &m->next) box.mark = box.save;
  --box.length;
  box.save = &box.first;
  // Unless it was copied, registers point into it: it stays where it is and becomes part of the heap.
  if ((m->flags & Signal::kInFragment) != 0) {
    Fragment* fragment = m->fragment;
    m->flags &= static_cast<uint8_t>(~Signal::kInFragment);
    m->off_heap = 0;
    p.heap.adopt(fragment, true);
    free_signal(m);
  } else if (m->words != 0 && !box.copied) {
    static_assert(sizeof(Chunk) <= kMessageHeader);
    p.heap.adopt_off_heap(Term::from_bits(m->off_heap));
    p.heap.adopt_block(m, inline_words(m), m->words);
  } else {
    free_signal(m);
  }
  box.copied = false;
  box.peeked_from = nullptr;
  if (p.has(kTimeoutArmed | kTimedOut)) cancel_receive_timeout(p);
}

void next(Process& p) {
  Mailbox& box = p.mailbox;
  if (box.peeked_from != nullptr) {
    if (p.heap.hp() == box.peeked_to) p.heap.set_hp(box.peeked_from);
    box.peeked_from = nullptr;
  }
  box.copied = false;
  box.save = &(*box.save)->next;
}

void rewind(Process& p) {
  p.mailbox.save = &p.mailbox.first;
  p.mailbox.copied = false;
}

void note_reference(Process& p, uint64_t ref_id) {
  // What has arrived by now is older than the reference.
  if (signals_pending(p)) handle_signals(p);
  p.mailbox.mark = p.mailbox.last;
  p.mailbox.mark_id = ref_id;
}

void mark_from(Process& p, Term ref) {
  Mailbox& box = p.mailbox;
  if (box.mark != nullptr && ref.is_reference() && Ref::from(ref).id == box.mark_id) box.save = box.mark;
}

bool begin_wait(Process& p) {
  if (signals_pending(p)) handle_signals(p);
  if (p.exiting()) return true;
  return *p.mailbox.save == nullptr && !p.has(kTimedOut);
}

void free_messages(Process& p) {
  Mailbox& box = p.mailbox;
  for (Signal* m = box.first; m != nullptr;) {
    Signal* next = m->next;
    free_signal(m);
    m = next;
  }
  box.first = nullptr;
  box.last = box.save = &box.first;
  box.mark = nullptr;
  box.length = 0;
}

}  // namespace phial
