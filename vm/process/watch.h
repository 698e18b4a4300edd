// Links, monitors and aliases: what their natives do. Each runs in the process [p] itself.
#pragma once

#include "vm/process/relations.h"

namespace phial {

/// False when [pid] is gone; the caller decides between raising and an exit message.
bool link_to(Process& p, Term pid);
void unlink_from(Process& p, Term pid);

struct MonitorOptions {
  Term tag = atoms::DOWN;
  uint8_t alias_flags = 0;  // of Watch
};
/// Watches [pid], which the caller found under [name] (or none()); [pid] may be none() when nobody has the name.
Ref monitor(Process& p, Term pid, Term name, const MonitorOptions& options);
/// Whether [ref] was a monitor of [p] still waiting for its DOWN.
bool demonitor(Process& p, Ref ref);
/// Removes a DOWN message of [ref] from the mailbox.
bool flush_down(Process& p, Ref ref);

Ref make_alias(Process& p, uint8_t flags);
/// Whether [ref] was an active alias of [p].
bool unalias(Process& p, Ref ref);

/// Tells the target of [watch] that nobody listens any more.
void stop_watching(Process& p, uint64_t ref_id, const Watch& watch);
/// Takes the rooted tag of a monitor out; the caller deletes it.
TagRoot* take_tag(Process& p, uint64_t ref_id);

/// Sends {:EXIT, p, reason} to [pid] as exit/2 does.
void send_exit(Process& p, Term pid, Term reason);

}  // namespace phial
