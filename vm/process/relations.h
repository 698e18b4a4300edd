// The rarely needed part of a process, made on first use so that an idle process stays small: links, monitors and
// aliases, the receive timer, requests under way. Touched only by the scheduler that runs the process, except the timer,
// whose lock is its TimerService's.
#pragma once

#include "vm/process/process.h"
#include "vm/process/timer_wheel.h"
#include "vm/process/signals.h"
#include "vm/support/id_map.h"

namespace phial {

class TimerService;
class BlockingCall;

/// Key: the pid_id() of the other side. An unlink leaves the entry in place, with its number, until the other side has
/// confirmed it: until then exits and links from there belong to the past and are ignored.
struct Link {
  uint64_t unlinking = 0;  // 0: linked
};

/// Key: the id of the reference, which may be a monitor, an alias or both.
struct Watch {
  static constexpr uint8_t kMonitor = 1;
  static constexpr uint8_t kAlias = 2;
  static constexpr uint8_t kUntilDemonitor = 4;  // the alias ends with the monitor
  static constexpr uint8_t kUntilReply = 8;      // ... and both with the first message through the alias
  Term target;  // pid, or none() for a mere alias
  Term name;    // the registered name that was monitored, or none()
  Term tag;     // first element of the DOWN message: an atom, or none() when it is in a TagRoot
  uint8_t flags;
};

/// Key: the id of the watcher's reference.
struct Watcher {
  Term pid;
  Term name;
  Word ref_info;
};

/// A monitor's tag that is no immediate: a root.
struct TagRoot {
  uint64_t ref;
  Term tag;
  TagRoot* next;
};

/// Something to do when the process exits, before its links and monitors are told; frees itself.
struct ExitHook {
  ExitHook* next = nullptr;
  void (*run)(ExitHook* hook, Process& p) = nullptr;
};

/// The timeout of a receive. Most are cancelled, so cancelling only forgets the deadline; the node stays in its wheel
/// until it fires early, sees a later deadline and goes back, or sees none and rests.
struct ReceiveTimer : TimerNode {
  static constexpr int64_t kNone = INT64_MAX;
  std::atomic<int64_t> deadline{kNone};    // tick; relaxed: the owner writes, the wheel's thread may see an old one
  std::atomic<uint64_t> generation{0};     // of the receive that armed it; an old Timeout is told by it
  std::atomic<bool> in_flight{false};      // signal is in the owner's queue, so the node is in no wheel
  Process* owner = nullptr;
  TimerService* service = nullptr;         // in whose wheel it may be; owner only
  Signal signal;
};

struct Relations {
  IdMap<Link> links;
  IdMap<Watch> watches;
  IdMap<Watcher> watchers;
  TagRoot* tags = nullptr;
  ReceiveTimer* timer = nullptr;
  ExitHook* exit_hooks = nullptr;
  uint64_t last_unlink = 0;
  // A native that waits for a Reply: its number, and the answer, which is a root.
  uint64_t awaited = 0;
  bool answered = false;
  Term answer;
  BlockingCall* blocking = nullptr;  // under way for this process (blocking.h)
  // Set by process_flag and spawn_opt, answered by process_info.
  uint64_t max_heap_words = 0;  // 0: no limit
  bool max_heap_kill = true, max_heap_log = true;
  Term fullsweep_after = Term::fixnum(65535);
  Term min_heap_size = Term::fixnum(233);
  Term min_bin_vheap_size = Term::fixnum(46422);
  Term save_calls = Term::fixnum(0);
  Term label;
};

Relations& relations_of(Process& p);
/// Frees the side struct; its timer must be disarmed.
void free_relations(Process& p);

}  // namespace phial
