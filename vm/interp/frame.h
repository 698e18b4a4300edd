// Frames. fp[0] is the return word: in its lower 48 bits the return address, in the upper 16 the distance in words to the
// caller's frame below. r[i] is fp[1+i]. The two words before the return address are the call instruction, whose live map
// says what the caller keeps, and where the loader left the caller's frame size.
//
// Three return addresses are not behind a call: exit (the first frame), watermark and fiber return. Their distance is 0:
// the internal instruction there finds the returning frame at fp.
#pragma once

#include "vm/bytecode/encoding.h"
#include "vm/code/internal_op.h"
#include "vm/process/process.h"

namespace phial {

inline constexpr size_t kCallWords = 2;

struct CallSite {
  const Word* call;
  uint32_t live_map;
  uint32_t frame;

  static CallSite before(const Word* ret) {
    const Word* call = ret - kCallWords;
    if (static_cast<uint8_t>(*call) == static_cast<uint8_t>(Op::CallFun)) {
      return {call, encoding::slot(call, 3), encoding::slot(call, 4)};
    }
    if (static_cast<uint8_t>(*call) == static_cast<uint8_t>(Op::CallDyn)) {
      return {call, encoding::slot(call, 4), encoding::slot(call, 5)};
    }
    return {call, encoding::slot(call, 1), encoding::slot(call, 2)};
  }
};

/// Code addresses that frames may return to or processes resume at without being in any module.
struct InternalCode {
  Word words[16];
  static constexpr size_t kExit = 2, kWatermark = 5, kFiberReturn = 8, kFiberRaise = 11, kFiberResume = 12,
                          kHibernateWake = 13;
};
extern const InternalCode kInternalCode;
inline const Word* exit_return() { return kInternalCode.words + InternalCode::kExit; }
inline const Word* watermark_return() { return kInternalCode.words + InternalCode::kWatermark; }
inline const Word* fiber_return() { return kInternalCode.words + InternalCode::kFiberReturn; }

inline const Word* fiber_raise() { return kInternalCode.words + InternalCode::kFiberRaise; }
inline const Word* hibernate_wake() { return kInternalCode.words + InternalCode::kHibernateWake; }
inline const Word* fiber_resume() { return kInternalCode.words + InternalCode::kFiberResume; }

inline constexpr unsigned kDistanceShift = 48;
inline Word return_word(const Word* pc, size_t distance) {
  return reinterpret_cast<Word>(pc) | (Word{distance} << kDistanceShift);
}
inline const Word* return_address(Word word) {
  return reinterpret_cast<const Word*>((word << (64 - kDistanceShift)) >> (64 - kDistanceShift));
}
inline size_t return_distance(Word word) { return word >> kDistanceShift; }

/// Returns [value] from the frame at fp.
#define RETURN_VALUE(value)         \
  do {                              \
    Word return_to = fp[0];         \
    fp[1] = (value);                \
    fp -= return_distance(return_to); \
    pc = return_address(return_to); \
    DISPATCH();                     \
  } while (0)

/// Below a frame that returns to fiber_return() stand the native's own frame with [count] live registers, and in
/// fp[-1] that count.
inline Word* native_frame_below(const Word* fp) {
  return const_cast<Word*>(fp) - 2 - static_cast<ptrdiff_t>(fp[-1]);
}

/// Walks frames from the top. at_end() at the first frame of the process.
class FrameWalk {
 public:
  FrameWalk(const Process& p, Word* fp) : p_(p), fp_(fp) {}
  Word* fp() const { return fp_; }
  /// The return word of this frame, seen through the watermark.
  Word word() const { return fp_ == p_.watermark ? p_.watermark_return : fp_[0]; }
  const Word* return_address() const { return phial::return_address(word()); }
  bool returns_to_exit() const { return return_address() == exit_return(); }
  bool returns_to_fiber() const { return return_address() == fiber_return(); }
  /// Moves to the caller's frame: for a fiber return, to the native's.
  void pop() {
    Word ret = word();
    fp_ = phial::return_address(ret) == fiber_return() ? native_frame_below(fp_) : fp_ - return_distance(ret);
  }

 private:
  const Process& p_;
  Word* fp_;
};

}  // namespace phial
