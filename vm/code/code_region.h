// Memory for linked code. Code never moves; the module around an address is found by binary search without locks,
// because pieces are handed out at rising addresses and recorded in the same order.
//
//   operation   who                       order
//   allocate    loader, under its lock    count_ and chunk count stored with release
//   module_at   any thread                loaded with acquire
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "vm/code/code.h"

namespace phial {

class CodeRegion {
 public:
  CodeRegion() = default;
  ~CodeRegion();
  CodeRegion(const CodeRegion&) = delete;
  CodeRegion& operator=(const CodeRegion&) = delete;

  /// Room for [words] words that belong to [module]; null when the machine is out of memory.
  Word* allocate(size_t words, Module* module);
  /// The module whose code holds [pc], or null.
  Module* module_at(const Word* pc) const;

 private:
  struct Piece {
    const Word* begin;
    const Word* end;
    Module* module;
  };
  struct Chunk {
    Word* begin;
    Word* end;
    Word* next;
    std::unique_ptr<Piece[]> pieces;
    size_t capacity;
    std::atomic<size_t> count{0};
  };
  static constexpr size_t kMaxChunks = 4096;

  Chunk* add_chunk(size_t words);

  std::unique_ptr<Chunk> chunks_[kMaxChunks];
  std::atomic<size_t> chunk_count_{0};
};

}  // namespace phial
