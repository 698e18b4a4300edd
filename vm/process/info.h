// Questions one process asks another: process_info, is_process_alive, suspend_process, garbage_collect.
// The asked process answers itself when it handles the signal, so the answer reflects every earlier signal from the asker.
#pragma once

#include "vm/process/signals.h"

namespace phial {

enum class RequestKind : uint8_t {
  Info,      // term: an item or a list of items; answered by {item, value}, a list of them, or :undefined
  InfoAll,   // the items of process_info/1
  IsAlive,   // true or false
  Suspend,   // true
  Resume,    // no answer is sent
  Collect,   // true
};

/// What is answered in place of a process that is gone.
Term refusal_of(RequestKind kind);

/// Answers [request] on behalf of [p].
void answer_request(Process& p, Signal& request);

/// The value of process_info(p, item) in p's own heap, without the pair around it; none() for an unknown item.
Term process_info_value(Process& p, Term item);
/// process_info/1 of [p], in its own heap.
Term process_info_all(Process& p);
/// {item, value}, with the one exception that an unnamed process has [] for registered_name.
Term process_info_pair(Process& p, Term item);
bool is_info_item(Term item);

/// Sends a request to [pid] and notes that [p] waits for it. False when [pid] is gone.
bool send_request(Process& p, Term pid, RequestKind kind, Term term);
/// The answer if it has come, which ends the request; else none().
Term take_answer(Process& p);
bool awaits_answer(const Process& p);

/// Shows the roots that vm/process keeps outside registers and stack: to be called from HeapOwner::visit_roots.
void visit_process_roots(Process& p, class RootVisitor& visitor);

/// Words and bytes of memory of [p] for process_info(memory).
size_t process_memory_bytes(const Process& p);

}  // namespace phial
