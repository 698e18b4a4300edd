// Signals: everything one process can do to another. Each process has one queue of them (mailbox_state.h), so signals
// from one sender to one receiver are handled in the order of their sending.
//
// A signal is one allocation: its fields and, behind them, a copy of the term it carries; terms beyond kInlineWords
// travel in a Fragment that the receiver adopts instead of copying again. Immediates need neither.
//
// Threads and orders on Mailbox::outer:
//   push     any thread      CAS acq_rel  release publishes the signal; acquire, when it finds kParked, pairs with park
//   take     owner           xchg acquire pairs with push
//   park     owner's scheduler  CAS release  publishes the parked process to whoever wakes it
//   close    owner's scheduler  xchg acq_rel  later pushes fail
// A pushed signal belongs to the receiver. A refused one still belongs to the sender.
#pragma once

#include "vm/process/process.h"
#include "vm/term/identity.h"

namespace phial {

struct Fragment;
class LiteralRegistry;

enum class SignalKind : uint8_t {
  Message,       // term
  AliasMessage,  // term, to the alias ref
  Exit,          // term is {:EXIT, from, reason}
  Link,          // from
  Unlink,        // from, number
  UnlinkAck,     // from, number
  Monitor,       // from watches under ref; term is the name it used, or none()
  Demonitor,     // from stops watching under ref
  Down,          // term is {:DOWN, ref, :process, who, reason}
  GroupLeader,   // term is the pid
  Request,       // from asks; ref names the request; what and term say what for (info.h)
  Reply,         // term answers the request ref
  Timeout,       // the receive timer; number is its generation
  Wake,          // look again: some job is done
};

struct Signal {
  static constexpr uint8_t kFromLink = 1;   // Exit: sent because of a link, dropped unless the link still stands
  static constexpr uint8_t kKill = 2;       // Exit: cannot be trapped
  static constexpr uint8_t kStatic = 4;     // part of another object: not freed by the receiver
  static constexpr uint8_t kInFragment = 8;  // fragment holds the term; else off_heap is the list of the inline words
  static constexpr uint8_t kControl = 16;   // has the fields below the line
  static constexpr size_t kInlineWords = 64;

  Signal* next;
  Term term;
  union {
    Fragment* fragment;
    Word off_heap;
  };
  SignalKind kind;
  uint8_t flags;
  uint8_t what;
  uint16_t words;  // inline words behind the signal

  // Only in signals other than Message.
  Term from;
  Ref ref;
  uint64_t number;
};

/// Bytes of a signal without its inline words.
inline constexpr size_t kMessageHeader = offsetof(Signal, from);
inline constexpr size_t kControlHeader = sizeof(Signal);

inline Word* inline_words(Signal* signal) {
  size_t header = (signal->flags & Signal::kControl) != 0 ? kControlHeader : kMessageHeader;
  return reinterpret_cast<Word*>(reinterpret_cast<char*>(signal) + header);
}

/// A signal that carries a copy of [term] (which may be none()).
Signal* new_message(const ProcessSystem& system, Term term);
Signal* new_signal(const ProcessSystem& system, SignalKind kind, Term from = Term::none(), Term term = Term::none(),
                   Ref ref = {}, uint64_t number = 0);
void free_signal(Signal* signal);


/// Where a signal ended up.
enum class Pushed : uint8_t { Queued, MustWake, Refused };

inline Pushed push_signal(Process& target, Signal* signal) {
  std::atomic<uintptr_t>& outer = target.mailbox.outer;
  uintptr_t old = outer.load(std::memory_order_relaxed);
  do {
    if (old == Mailbox::kClosed) return Pushed::Refused;
    signal->next = old <= Mailbox::kParked ? nullptr : reinterpret_cast<Signal*>(old);
  } while (!outer.compare_exchange_weak(old, reinterpret_cast<uintptr_t>(signal), std::memory_order_acq_rel,
                                        std::memory_order_relaxed));
  return old == Mailbox::kParked ? Pushed::MustWake : Pushed::Queued;
}

/// All signals that have arrived, oldest first; null when there are none. Owner only.
inline Signal* take_signals(Process& p) {
  if (p.mailbox.outer.load(std::memory_order_relaxed) == Mailbox::kEmpty) return nullptr;
  uintptr_t got = p.mailbox.outer.exchange(Mailbox::kEmpty, std::memory_order_acquire);
  Signal* reversed = nullptr;
  for (Signal* s = got <= Mailbox::kClosed ? nullptr : reinterpret_cast<Signal*>(got); s != nullptr;) {
    Signal* next = s->next;
    s->next = reversed;
    reversed = s;
    s = next;
  }
  return reversed;
}

inline bool signals_pending(const Process& p) {
  return p.mailbox.outer.load(std::memory_order_relaxed) > Mailbox::kClosed;
}

/// Sends [signal] to [target], making it runnable near [context] (null: the sender is no scheduler). False when it was
/// refused; the signal is freed then.
bool deliver(ProcessSystem& system, SchedulerContext* context, Process& target, Signal* signal);
/// The same by pid.
bool deliver(ProcessSystem& system, SchedulerContext* context, Term pid, Signal* signal);

/// Answers a signal that [self], which is exiting or gone, will not handle, and frees it.
void refuse_signal(ProcessSystem& system, SchedulerContext* context, Term self, Signal* signal);

/// Handles everything that has arrived, in order. Messages go to the inner list. May decide the exit of [p].
void handle_signals(Process& p);

}  // namespace phial
