// A chunk: a piece of the old generation of one process heap. Terms in it stand one after another from begin to top,
// without gaps, so a chunk can be walked (scan.h).
#pragma once

#include <cstdlib>
#include <cstring>

#include "vm/term/term.h"

namespace phial {

struct Chunk {
  Chunk* next;
  Word* begin;
  Word* top;  // first free word
  Word* end;

  size_t used() const { return static_cast<size_t>(top - begin); }
  size_t capacity() const { return static_cast<size_t>(end - begin); }

  static Chunk* create(size_t words) {
    auto* chunk = static_cast<Chunk*>(std::malloc(sizeof(Chunk) + words * sizeof(Word)));
    VM_CHECK(chunk != nullptr);
    chunk->next = nullptr;
    chunk->begin = chunk->top = reinterpret_cast<Word*>(chunk + 1);
    chunk->end = chunk->begin + words;
    return chunk;
  }
  static void destroy(Chunk* chunk) {
#ifdef PHIAL_GCSTRESS
    std::memset(chunk->begin, 0xdb, chunk->capacity() * sizeof(Word));
#endif
    std::free(chunk);
  }
};

}  // namespace phial
