#include "vm/heap/heap.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "vm/heap/fragment.h"
#include "vm/heap/scan.h"

namespace phial {

namespace {

constexpr size_t kMinChunkWords = 64;
constexpr size_t kMaxChunkWords = size_t{1} << 18;  // 2 MiB, a huge page
constexpr size_t kMinMajorWords = 4096;
constexpr size_t kMinMajorOffHeap = size_t{4} << 20;
/// Above this much live data, growth by half as much is enough for a major collection.
constexpr size_t kBigHeapWords = size_t{8} << 20;
/// Messages below this size are copied to the nursery; others stay where they are.
constexpr size_t kAdoptCopyWords = 512;
/// Up to here a nursery grows even if little survives: such collections are cheap, but not free.
constexpr size_t kBusyNurseryWords = 2048;
constexpr uint16_t kBusyMinors = 8;

Word* allocate_block(size_t words) {
  void* block = std::malloc(words * sizeof(Word));
  VM_CHECK(block != nullptr);
  return static_cast<Word*>(block);
}

}  // namespace

ProcessHeap::ProcessHeap(size_t min_words) : min_words_(static_cast<uint32_t>(std::min(min_words, size_t{1} << 30))) {
  size_t words = std::max(kInitialBlockWords, size_t{min_words_});
  block_ = allocate_block(words);
  block_end_ = block_ + words;
  low_ = block_;
  hp_ = block_end_;
}

ProcessHeap::~ProcessHeap() {
  release_off_heap_list(off_heap);
  release_off_heap_list(old_off_heap_);
  destroy_chunks(old_chunks_);
  destroy_chunks(old_large_);
  destroy_chunks(overflow_);
  std::free(remembered_.cells);
  std::free(block_);
}

void ProcessHeap::destroy_chunks(Chunk* chunk) {
  while (chunk != nullptr) {
    Chunk* next = chunk->next;
    Chunk::destroy(chunk);
    chunk = next;
  }
}

Word* ProcessHeap::alloc_slow(size_t words) {
  gc_wanted_ = true;
  if (overflow_ == nullptr || static_cast<size_t>(overflow_->end - overflow_->top) < words) {
    // Little is needed before the next collection, and what is left over of the chunk is lost: size it by the nursery.
    size_t size = std::clamp<size_t>(nursery_words_ / 4, kMinChunkWords, kMaxChunkWords);
    Chunk* chunk = Chunk::create(std::max(size, words));
    old_capacity_ += chunk->capacity();
    chunk->next = overflow_;
    overflow_ = chunk;
  }
  Word* p = overflow_->top;
  overflow_->top += words;
  return p;
}

void ProcessHeap::remember(Word* cell) {
  if (remembered_.size == remembered_.capacity) {
    remembered_.capacity = remembered_.capacity == 0 ? 8 : 2 * remembered_.capacity;
    void* cells = std::realloc(remembered_.cells, remembered_.capacity * sizeof(Word*));
    VM_CHECK(cells != nullptr);
    remembered_.cells = static_cast<Word**>(cells);
  }
  remembered_.cells[remembered_.size++] = cell;
}

Word* ProcessHeap::old_alloc_slow(size_t words) {
  size_t hint = old_capacity_ / 2;
  if (!compacting_) hint = std::max({hint, live_after_major_ / 8, block_words() / 2});
  size_t size = std::clamp(hint, kMinChunkWords, kMaxChunkWords);
  bool large = words > size / 4;
  Chunk* chunk = Chunk::create(large ? words : size);
  old_capacity_ += chunk->capacity();
  chunk->top += words;
  if (large) {
    chunk->next = fresh_large_;
    fresh_large_ = chunk;
  } else {
    if (old_chunks_ != nullptr) old_used_ += old_chunks_->used();
    chunk->next = old_chunks_;
    old_chunks_ = chunk;
  }
  return chunk->begin;
}

bool ProcessHeap::major_due() const {
  size_t allowed = live_after_major_ < kBigHeapWords ? 2 * live_after_major_ : live_after_major_;
  return old_used() > live_after_major_ + std::max(kMinMajorWords, allowed) ||
         old_off_heap_bytes_ > 2 * off_heap_after_major_ + kMinMajorOffHeap;
}

void ProcessHeap::collect(HeapOwner& owner, size_t words) {
  VM_ASSERT(low_ >= block_ && low_ <= hp_ && hp_ <= block_end_);
  size_t used = nursery_used();
  bool major = major_wanted_ || major_due() || (kGcStress && (minors_ + majors_) % 8 == 7);
  size_t survived = major ? collect_major(owner) : collect_minor(owner);
  hp_ = block_end_;
  gc_wanted_ = false;
  major_wanted_ = false;
  tune_nursery(used, survived, major);
  resize_block(owner, words, major);
  if (kGcStress) check(owner);
}

void ProcessHeap::compact(HeapOwner& owner) {
  compacting_ = true;
  collect_major(owner);
  compacting_ = false;
  hp_ = block_end_;
  gc_wanted_ = false;
  major_wanted_ = false;
  nursery_words_ = kFirstNurseryWords;
  minors_at_this_size_ = 0;
  size_t least = static_cast<size_t>(low_ - block_) + std::max(kInitialBlockWords / 2, size_t{min_words_});
  if (least < block_words()) move_block(owner, least);
}

void ProcessHeap::tune_nursery(size_t used, size_t survived, bool major) {
  if (major) {
    if (nursery_words_ > kFirstNurseryWords && 8 * old_used() < nursery_words_) nursery_words_ /= 2;
    return;
  }
  bool survival_heavy = 2 * used >= nursery_words_ && 4 * survived > used;
  // A process with much live data can well afford a nursery in proportion.
  size_t affordable = std::max(kBusyNurseryWords, old_used() / 8);
  bool busy = ++minors_at_this_size_ >= kBusyMinors && nursery_words_ < affordable;
  if ((survival_heavy || busy) && nursery_words_ < kMaxNurseryWords) {
    nursery_words_ *= 2;
    minors_at_this_size_ = 0;
  }
}

void ProcessHeap::resize_block(HeapOwner& owner, size_t words, bool may_shrink) {
  size_t stack = static_cast<size_t>(low_ - block_);
  size_t free = block_words() - stack;
  // A stack that outgrew its block gets as much again to grow into, so that copying it stays linear in its depth.
  size_t wanted = std::max({words + words / 4, size_t{nursery_words_}, size_t{min_words_}, stack});
  size_t enough = std::max({words, size_t{nursery_words_} / 2, size_t{min_words_}});
  if (free < enough || free > (may_shrink ? 4 : 16) * wanted || kGcStress) {
    move_block(owner, stack + wanted);
  }
}

void ProcessHeap::move_block(HeapOwner& owner, size_t new_words) {
  size_t stack = static_cast<size_t>(low_ - block_);
  Word* block = allocate_block(new_words);
  if (stack != 0) std::memcpy(block, block_, stack * sizeof(Word));
  if (kGcStress) std::memset(block_, 0xdb, block_words() * sizeof(Word));
  ptrdiff_t moved = reinterpret_cast<char*>(block) - reinterpret_cast<char*>(block_);
  std::free(block_);
  block_ = block;
  block_end_ = block + new_words;
  low_ = block + stack;
  hp_ = block_end_;
  owner.stack_moved(moved);
}

void ProcessHeap::adopt_block(void* memory, Word* data, size_t words) {
  auto* chunk = static_cast<Chunk*>(memory);
  chunk->begin = data;
  chunk->top = chunk->end = data + words;
  old_capacity_ += words;
  push_large(chunk);
  if (major_due()) gc_wanted_ = true;
}

void ProcessHeap::adopt_off_heap(Term list) {
  if (list.is_none()) return;
  Term last = list;
  while (off_heap_next(last.box()) != 0) last = Term::from_bits(off_heap_next(last.box()));
  off_heap_next(last.box()) = off_heap.bits();
  off_heap = list;
}

Term ProcessHeap::adopt(Fragment* fragment, bool in_place) {
  Term root = fragment->root;
  Term list = fragment->off_heap;
  size_t words = fragment->words;
  off_heap_bytes += fragment->off_heap_bytes;
  if (!in_place && words < kAdoptCopyWords && words <= free_words()) {
    // Terms in a fragment point into it or to literals, so the copy only has to shift the former.
    Word* from = fragment->data();
    Word* to = alloc(words);
    std::memcpy(to, from, words * sizeof(Word));
    Word shift = reinterpret_cast<Word>(to) - reinterpret_cast<Word>(from);
    auto move = [&](Word w) {
      return (w & 3) == 0 && w - reinterpret_cast<Word>(from) < words * sizeof(Word) ? w + shift : w;
    };
    for (Word* p = to; p != to + words;) {
      p = scan_object(p, [&](Word* slot) { *slot = move(*slot); });
    }
    root = Term::from_bits(move(root.bits()));
    list = Term::from_bits(move(list.bits()));
    for (Term t = list; !t.is_none();) {
      Word& next = off_heap_next(t.box());
      next = move(next);
      t = Term::from_bits(next);
    }
    std::free(fragment);
  } else {
    static_assert(sizeof(Chunk) <= sizeof(Fragment));
    adopt_block(fragment, fragment->data(), words);
  }
  adopt_off_heap(list);
  return root;
}

}  // namespace phial
