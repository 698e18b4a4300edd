// What stands inside pids and references.
//
// A pid's identity is a slot of the process table (low bits) and the round in which the slot was given out; its text is
// <0.SLOT.ROUND>. A reference is a 64-bit number unique in its runtime; references that double as aliases, monitors or
// timers also say who made them, so that a send through one finds its receiver without any table.
#pragma once

#include <string>

#include "vm/term/space.h"

namespace phial {

inline constexpr unsigned kPidSlotBits = 24;
inline constexpr uint64_t kPidSlotMask = (uint64_t{1} << kPidSlotBits) - 1;

inline uint64_t pid_slot(Term pid) { return pid.pid_id() & kPidSlotMask; }
inline uint64_t pid_round(Term pid) { return pid.pid_id() >> kPidSlotBits; }
inline Term make_pid(uint64_t slot, uint64_t round) { return Term::pid((round << kPidSlotBits) | slot); }
/// "<0.SLOT.ROUND>"
inline std::string pid_text(Term pid) {
  return "<0." + std::to_string(pid_slot(pid)) + "." + std::to_string(pid_round(pid)) + ">";
}

/// The two words of a reference; the value of a reference outside any heap.
struct Ref {
  static constexpr Word kAlias = 1;  // a send to it reaches its maker while the alias is active

  Word id = 0;
  Word info = 0;  // flags in bits 0..3 (bit 1: a table's, vm/ets), the maker's pid_id() above; 0: nobody's

  bool is_alias() const { return (info & kAlias) != 0; }
  Term maker() const { return info >> 4 == 0 ? Term::none() : Term::pid(info >> 4); }
  static Ref of(Word id, Term maker, Word flags) { return {id, (maker.pid_id() << 4) | flags}; }
  static Ref from(Term reference) { return {reference.box()[1], reference.box()[2]}; }
};

inline constexpr size_t kReferenceWords = 3;

inline Term make_reference(Space& space, Ref ref) {
  Word* box = space.alloc(kReferenceWords);
  box[0] = header::make(Kind::Reference, 2);
  box[1] = ref.id;
  box[2] = ref.info;
  return Term::boxed(box);
}

/// "0.A.B.C", the digits between "#Reference<" and ">".
inline std::string reference_digits(Ref ref) {
  return "0." + std::to_string(ref.id >> 36) + "." + std::to_string((ref.id >> 18) & 0x3ffff) + "." +
         std::to_string(ref.id & 0x3ffff);
}

}  // namespace phial
