#include "vm/code/code_region.h"

#include <sys/mman.h>

#include <algorithm>

namespace phial {

namespace {
// Virtual room only: pages are taken when code is written to them.
constexpr size_t kChunkWords = (size_t{4} << 20) / sizeof(Word);
// Pieces a chunk may hold; small modules average well above this many words each.
constexpr size_t kWordsPerPiece = 64;
}  // namespace

CodeRegion::~CodeRegion() {
  for (size_t i = 0; i < chunk_count_.load(std::memory_order_acquire); ++i) {
    munmap(chunks_[i]->begin, static_cast<size_t>(chunks_[i]->end - chunks_[i]->begin) * sizeof(Word));
  }
}

CodeRegion::Chunk* CodeRegion::add_chunk(size_t words) {
  size_t n = chunk_count_.load(std::memory_order_relaxed);
  if (n == kMaxChunks) return nullptr;
  words = std::max(words, kChunkWords);
  void* memory = mmap(nullptr, words * sizeof(Word), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto chunk = std::make_unique<Chunk>();
  chunk->begin = chunk->next = static_cast<Word*>(memory);
  chunk->end = chunk->begin + words;
  chunk->capacity = words / kWordsPerPiece;
  chunk->pieces = std::make_unique_for_overwrite<Piece[]>(chunk->capacity);
  chunks_[n] = std::move(chunk);
  chunk_count_.store(n + 1, std::memory_order_release);
  return chunks_[n].get();
}

Word* CodeRegion::allocate(size_t words, Module* module) {
  size_t n = chunk_count_.load(std::memory_order_relaxed);
  Chunk* chunk = n > 0 ? chunks_[n - 1].get() : nullptr;
  if (chunk == nullptr || static_cast<size_t>(chunk->end - chunk->next) < words ||
      chunk->count.load(std::memory_order_relaxed) == chunk->capacity) {
    chunk = add_chunk(words);
    if (chunk == nullptr) return nullptr;
  }
  Word* code = chunk->next;
  chunk->next += words;
  size_t count = chunk->count.load(std::memory_order_relaxed);
  chunk->pieces[count] = {code, code + words, module};
  chunk->count.store(count + 1, std::memory_order_release);
  return code;
}

Module* CodeRegion::module_at(const Word* pc) const {
  for (size_t i = 0, n = chunk_count_.load(std::memory_order_acquire); i < n; ++i) {
    const Chunk& chunk = *chunks_[i];
    if (pc < chunk.begin || pc >= chunk.end) continue;
    const Piece* first = chunk.pieces.get();
    const Piece* last = first + chunk.count.load(std::memory_order_acquire);
    const Piece* above = std::upper_bound(first, last, pc, [](const Word* a, const Piece& b) { return a < b.begin; });
    if (above == first || pc >= above[-1].end) return nullptr;
    return above[-1].module;
  }
  return nullptr;
}

}  // namespace phial
