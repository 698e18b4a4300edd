// Timers in order of their ticks, in constant time: a hierarchy of wheels. Level 0 has a slot for each of the next 256
// ticks, every level above 64 slots that each span all of the level below; a timer sinks one level whenever the wheel
// below comes around to it. Timers in one slot fire in the order of their insertion.
//
// A tick is 2^17 ns (131 us): fine enough that `receive after 1` is late by a fraction of a millisecond.
// Not thread-safe; TimerService (timers.h) holds the lock.
#pragma once

#include <cstdint>

namespace phial {

struct TimerNode {
  TimerNode* next = nullptr;
  TimerNode* prev = nullptr;  // null: not in a wheel
  int64_t tick = 0;           // when it fires
  bool is_message = false;    // for the wheel's user: which kind of timer it is part of

  bool armed() const { return prev != nullptr; }
};

class TimerWheel {
 public:
  static constexpr int kTickShift = 17;
  static int64_t tick_at_or_after(int64_t ns) { return (ns + (int64_t{1} << kTickShift) - 1) >> kTickShift; }
  static int64_t tick_reached(int64_t ns) { return ns >> kTickShift; }
  static int64_t tick_ns(int64_t tick) { return tick << kTickShift; }

  explicit TimerWheel(int64_t now_tick);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  /// Arms [node] for node->tick; a tick that has passed means the next advance.
  void insert(TimerNode* node);
  void remove(TimerNode* node);
  /// Takes all timers due up to [now_tick] out of the wheel, one by one, in order: the first, or null.
  /// Call until null before inserting for later ticks is exact again.
  TimerNode* pop_due(int64_t now_tick);
  /// A tick by which the wheel must be looked at again; kNever when it is empty.
  int64_t next_tick() const;
  bool empty() const { return count_ == 0; }
  uint64_t count() const { return count_; }

  static constexpr int64_t kNever = INT64_MAX;

 private:
  static constexpr int kLevels = 6;
  static constexpr int kBits0 = 8;
  static constexpr int kBits = 6;
  static constexpr int kSlots0 = 1 << kBits0;
  static constexpr int kSlots = 1 << kBits;

  static int shift_of(int level) { return level == 0 ? 0 : kBits0 + (level - 1) * kBits; }
  TimerNode* list(int level, int slot) { return level == 0 ? &near_[slot] : &far_[level - 1][slot]; }
  void mark(int level, int slot, bool used);
  void link(TimerNode* node);
  /// Spreads the slots of the levels above that begin at now_.
  void cascade();

  int64_t now_;  // all ticks before it have been popped
  uint64_t count_ = 0;
  TimerNode near_[kSlots0];
  TimerNode far_[kLevels - 1][kSlots];
  uint64_t near_used_[kSlots0 / 64] = {};
  uint64_t far_used_[kLevels - 1] = {};
};

}  // namespace phial
