#include "vm/heap/arena_space.h"

#include "vm/term/off_heap.h"

namespace phial {

namespace {
constexpr size_t kMaxPieceWords = size_t{1} << 17;
}

ArenaSpace::~ArenaSpace() { release_off_heap_list(off_heap); }

Word* ArenaSpace::alloc_slow(size_t words) {
  if (words > next_piece_ / 4) {
    // A big request gets a piece of its own, so that the rest of the current piece stays in use.
    pieces_.push_back({std::make_unique_for_overwrite<Word[]>(words), words});
    return pieces_.back().words.get();
  }
  pieces_.push_back({std::make_unique_for_overwrite<Word[]>(next_piece_), next_piece_});
  low_ = pieces_.back().words.get();
  hp_ = low_ + next_piece_ - words;
  if (next_piece_ < kMaxPieceWords) next_piece_ *= 2;
  return hp_;
}

}  // namespace phial
