// A hash table of cells that live as long as the table: found without locks, added under the owner's lock.
// Open addressing; growing publishes a larger array and keeps the smaller ones (together they are no larger than the
// last), so that a reader of an old array stays safe: at worst it misses a cell that was added meanwhile.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

namespace phial {

/// Cell needs `uint64_t hash() const`.
template <typename Cell>
class CellTable {
 public:
  CellTable() { publish(64); }

  /// The cell with [hash] for which same(cell) holds, or null. Any thread.
  template <typename Same>
  Cell* find(uint64_t hash, Same same) const {
    const Array* array = array_.load(std::memory_order_acquire);
    for (size_t i = hash & array->mask;; i = (i + 1) & array->mask) {
      // acquire pairs with the release in put: the cell's contents are there.
      Cell* cell = array->slots[i].load(std::memory_order_acquire);
      if (cell == nullptr || same(*cell)) return cell;
    }
  }
  /// Adds a cell that is not there yet. Under the owner's lock.
  Cell* add(std::unique_ptr<Cell> cell) {
    if (cells_.size() * 2 >= arrays_.back()->mask) publish((arrays_.back()->mask + 1) * 4);
    put(*arrays_.back(), cell.get());
    cells_.push_back(std::move(cell));
    return cells_.back().get();
  }
  /// Under the owner's lock.
  const std::vector<std::unique_ptr<Cell>>& cells() const { return cells_; }

 private:
  struct Array {
    size_t mask;
    std::unique_ptr<std::atomic<Cell*>[]> slots;
  };
  static void put(Array& array, Cell* cell) {
    size_t i = cell->hash() & array.mask;
    while (array.slots[i].load(std::memory_order_relaxed) != nullptr) i = (i + 1) & array.mask;
    array.slots[i].store(cell, std::memory_order_release);
  }
  void publish(size_t size) {
    auto array = std::make_unique<Array>();
    array->mask = size - 1;
    array->slots = std::make_unique<std::atomic<Cell*>[]>(size);
    for (auto& cell : cells_) put(*array, cell.get());
    arrays_.push_back(std::move(array));
    array_.store(arrays_.back().get(), std::memory_order_release);
  }

  std::atomic<const Array*> array_{nullptr};
  std::vector<std::unique_ptr<Array>> arrays_;
  std::vector<std::unique_ptr<Cell>> cells_;
};

}  // namespace phial
