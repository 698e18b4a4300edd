#include "vm/process/timer_wheel.h"

#include <algorithm>
#include <iterator>

namespace phial {

namespace {
void make_empty(TimerNode& head) { head.next = head.prev = &head; }
bool is_empty(const TimerNode& head) { return head.next == &head; }
}  // namespace

TimerWheel::TimerWheel(int64_t now_tick) : now_(now_tick) {
  for (TimerNode& head : near_) make_empty(head);
  for (auto& level : far_) {
    for (TimerNode& head : level) make_empty(head);
  }
}

void TimerWheel::mark(int level, int slot, bool used) {
  uint64_t& word = level == 0 ? near_used_[slot / 64] : far_used_[level - 1];
  uint64_t bit = uint64_t{1} << (slot % 64);
  if (used) word |= bit;
  else word &= ~bit;
}

void TimerWheel::link(TimerNode* node) {
  int64_t tick = std::max(node->tick, now_);
  int level = 0;
  int slot;
  // A timer belongs to the lowest level whose current turn holds its tick, so that each slot spans ticks of one turn.
  while (level < kLevels - 1 && (tick >> shift_of(level + 1)) != (now_ >> shift_of(level + 1))) ++level;
  if (level == 0) {
    slot = static_cast<int>(tick & (kSlots0 - 1));
  } else {
    int64_t turn = tick >> shift_of(level);
    if (level == kLevels - 1) {
      // Beyond the horizon: park in the last slot before the top level comes around, and look again then.
      turn = std::min(turn, (now_ >> shift_of(level)) + kSlots - 1);
    }
    slot = static_cast<int>(turn & (kSlots - 1));
  }
  TimerNode* head = list(level, slot);
  node->next = head;
  node->prev = head->prev;
  head->prev->next = node;
  head->prev = node;
  mark(level, slot, true);
}

void TimerWheel::insert(TimerNode* node) {
  link(node);
  ++count_;
}

void TimerWheel::remove(TimerNode* node) {
  // The bit of a slot that becomes empty stays set until the wheel passes it; that costs one look.
  node->prev->next = node->next;
  node->next->prev = node->prev;
  node->prev = node->next = nullptr;
  --count_;
}

void TimerWheel::cascade() {
  for (int level = 1; level < kLevels; ++level) {
    if ((now_ & ((int64_t{1} << shift_of(level)) - 1)) != 0) return;
    int slot = static_cast<int>((now_ >> shift_of(level)) & (kSlots - 1));
    TimerNode* head = list(level, slot);
    mark(level, slot, false);
    TimerNode* node = head->next;
    make_empty(*head);
    while (node != head) {
      TimerNode* next = node->next;
      link(node);
      node = next;
    }
  }
}

TimerNode* TimerWheel::pop_due(int64_t now_tick) {
  while (now_ <= now_tick) {
    if (count_ == 0) {
      std::fill(std::begin(near_used_), std::end(near_used_), 0);
      std::fill(std::begin(far_used_), std::end(far_used_), 0);
      now_ = now_tick + 1;
      return nullptr;
    }
    int slot = static_cast<int>(now_ & (kSlots0 - 1));
    TimerNode& head = near_[slot];
    if (!is_empty(head)) {
      TimerNode* node = head.next;
      remove(node);
      return node;
    }
    mark(0, slot, false);
    // Jump over slots without timers, up to the end of this turn.
    int64_t turn_end = (now_ | (kSlots0 - 1)) + 1;
    int64_t next = turn_end;
    for (int word = slot / 64; word < kSlots0 / 64; ++word) {
      uint64_t bits = near_used_[word];
      if (word == slot / 64) bits &= slot % 64 == 63 ? 0 : ~uint64_t{0} << (slot % 64 + 1);
      if (bits != 0) {
        next = (now_ & ~int64_t{kSlots0 - 1}) + word * 64 + __builtin_ctzll(bits);
        break;
      }
    }
    if (next > now_tick + 1) {
      now_ = now_tick + 1;
      // The turn may end exactly here.
      if ((now_ & (kSlots0 - 1)) == 0) cascade();
      return nullptr;
    }
    now_ = next;
    if ((now_ & (kSlots0 - 1)) == 0) cascade();
  }
  return nullptr;
}

int64_t TimerWheel::next_tick() const {
  if (count_ == 0) return kNever;
  int slot = static_cast<int>(now_ & (kSlots0 - 1));
  for (int word = slot / 64; word < kSlots0 / 64; ++word) {
    uint64_t bits = near_used_[word];
    if (word == slot / 64) bits &= ~uint64_t{0} << (slot % 64);
    if (bits != 0) return (now_ & ~int64_t{kSlots0 - 1}) + word * 64 + __builtin_ctzll(bits);
  }
  // Nothing in this turn: look when the first used slot of a level above begins.
  int64_t best = kNever;
  for (int level = 1; level < kLevels; ++level) {
    uint64_t bits = far_used_[level - 1];
    if (bits == 0) continue;
    int64_t turn = now_ >> shift_of(level);
    int here = static_cast<int>(turn & (kSlots - 1));
    uint64_t rotated = here == 0 ? bits : (bits >> here) | (bits << (64 - here));
    // The current slot of a level has been spread already, unless it is a full round away.
    int ahead = (rotated & ~uint64_t{1}) != 0 ? __builtin_ctzll(rotated & ~uint64_t{1}) : kSlots;
    best = std::min(best, (turn + ahead) << shift_of(level));
  }
  return best;
}

}  // namespace phial
