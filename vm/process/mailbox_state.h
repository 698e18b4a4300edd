// The fields of a process's mailbox; operations are in signals.h and mailbox.h.
#pragma once

#include <atomic>
#include <cstdint>

#include "vm/term/term.h"

namespace phial {

struct Signal;

/// Signals arrive at [outer], a stack that any thread pushes to; its owner takes all of them at once and reverses them,
/// which gives arrival order. Instead of a pointer, [outer] may hold one of the marks below.
/// Messages among them then go to the private inner list, where receive looks for a match.
struct Mailbox {
  static constexpr uintptr_t kEmpty = 0;
  static constexpr uintptr_t kParked = 1;  // empty, and whoever pushes next must make the process runnable
  static constexpr uintptr_t kClosed = 2;  // the process is gone: signals are refused

  std::atomic<uintptr_t> outer{kEmpty};
  Signal* first = nullptr;
  Signal** last = &first;   // the link to append at
  Signal** save = &first;   // the link to the message receive looks at next
  Signal** mark = nullptr;  // the link at which messages newer than reference mark_id begin
  uint64_t mark_id = 0;
  Word* peeked_from = nullptr;  // heap top before and after the message under save was copied in; null: no way back
  Word* peeked_to = nullptr;
  uint32_t length = 0;      // of the inner list
  bool copied = false;      // the message under save was copied into the heap by peek
};

}  // namespace phial
