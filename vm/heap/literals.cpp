#include "vm/heap/literals.h"

#include "vm/heap/arena_space.h"

namespace phial {

LiteralRegistry::LiteralRegistry() {
  sets_.push_back(std::make_unique<AddressSet>(64));
  current_.store(sets_.back().get(), std::memory_order_release);
}

void LiteralRegistry::add(const Word* from, const Word* to) {
  std::lock_guard lock(mutex_);
  size_t entries = AddressSet::granules(from, to);
  if (!sets_.back()->has_room_for(entries)) {
    auto bigger = std::make_unique<AddressSet>(2 * (sets_.back()->used() + entries));
    bigger->insert_all(*sets_.back());
    bigger->insert(from, to);
    current_.store(bigger.get(), std::memory_order_release);
    sets_.push_back(std::move(bigger));
    return;
  }
  sets_.back()->insert(from, to);
}

void LiteralRegistry::add(const ArenaSpace& arena) {
  for (const ArenaSpace::Piece& piece : arena.pieces()) add(piece.words.get(), piece.words.get() + piece.size);
}

}  // namespace phial
