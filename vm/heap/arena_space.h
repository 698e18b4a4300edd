// A space for terms that live together and die together: the syntax trees of one compilation, the literals of one
// module. Nothing in it moves. Not for process data.
#pragma once

#include <memory>
#include <vector>

#include "vm/term/space.h"

namespace phial {

class ArenaSpace final : public Space {
 public:
  ArenaSpace() = default;
  ArenaSpace(const ArenaSpace&) = delete;
  ArenaSpace& operator=(const ArenaSpace&) = delete;
  /// Frees every word; drops the counts of shared binaries (see vm/term/off_heap.h).
  ~ArenaSpace();

  struct Piece {
    std::unique_ptr<Word[]> words;
    size_t size;
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  Word* alloc_slow(size_t words) override;
  std::vector<Piece> pieces_;
  size_t next_piece_ = 1024;
};

}  // namespace phial
