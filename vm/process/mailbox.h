// Receive, as the interpreter sees it. Owner only.
//
// Messages wait in the inner list in their own memory. peek copies the oldest one, if it is small, into the heap and
// returns the copy; if it does not match, next takes the copy back. Others it returns where they stand, and accept makes
// their memory part of the heap. So no message in the mailbox is ever a root of a collection, and looking at one that does
// not match costs no copy. There must be no safepoint between a peek and the accept or next that follows.
#pragma once

#include "vm/process/process.h"

namespace phial {

/// The message under the save pointer. At the end of the list, signals that have arrived are handled first; none()
/// when there is no further message (or the process is to exit).
Term peek(Process& p);
/// Removes the message under the save pointer and rewinds. Cancels the receive timeout.
void accept(Process& p);
/// Moves the save pointer on.
void next(Process& p);
/// Moves the save pointer to the oldest message.
void rewind(Process& p);
/// Starts the scan where [ref] was made when that is known, since no older message can contain it.
void mark_from(Process& p, Term ref);
/// Notes that a reference with this id is being made now. For natives that make references.
void note_reference(Process& p, uint64_t ref_id);
/// False when there is something to look at instead of waiting: a new message or a fired timeout.
/// The process is parked by its scheduler after the slice, so a signal in between is not lost.
bool begin_wait(Process& p);

/// Frees all messages; for exit.
void free_messages(Process& p);

}  // namespace phial
