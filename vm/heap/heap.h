// The heap of one process: a young block and an old generation.
//
// The young block is one piece of memory. The process's stack grows up from its low end, the nursery, where new terms
// are built, grows down from its high end:
//
//   stack_base()          low()                    hp()                     block_end()
//   | frames ... | slack  |  free                  | nursery: young terms   |
//
// The old generation is a list of chunks (chunk.h). A minor collection copies what is live in the nursery to the old
// generation and leaves the nursery empty; a major one copies what is live anywhere to fresh chunks.
//
// Rules:
// - Nothing collects inside alloc(). When the nursery is full, alloc() takes memory of the old generation (an overflow
//   chunk, scanned by the next minor collection) and gc_wanted() becomes true. Only collect() moves terms, and
//   only the interpreter calls it, at safepoints. So natives hold plain Terms.
// - A term is young iff its address lies in the block: one range check. Literals, arenas and fragments are not young,
//   and no collection moves them: a major one moves only what lies in this heap's own block and chunks.
// - Old terms point to young ones in two cases only: overflow chunks, and cons cells whose tail set_tail() wrote.
//
// A heap belongs to the thread that runs its process.
#pragma once

#include <cstddef>
#include <cstdint>

#include "vm/heap/chunk.h"
#include "vm/term/off_heap.h"
#include "vm/heap/roots.h"
#include "vm/term/space.h"

namespace phial {

struct Fragment;

#ifdef PHIAL_GCSTRESS
/// Every safepoint collects, memory that died is overwritten, and the heap is checked afterwards.
inline constexpr bool kGcStress = true;
#else
inline constexpr bool kGcStress = false;
#endif

class ProcessHeap final : public Space {
 public:
  /// Words of the block of a process that has done nothing yet.
  static constexpr size_t kInitialBlockWords = 48;
  static constexpr size_t kFirstNurseryWords = 233;
  static constexpr size_t kMaxNurseryWords = size_t{1} << 17;  // 1 MiB: fits the second-level cache

  /// [min_words]: free words the block never shrinks below (the min_heap_size option of spawn).
  explicit ProcessHeap(size_t min_words = 0);
  ~ProcessHeap();
  ProcessHeap(const ProcessHeap&) = delete;
  ProcessHeap& operator=(const ProcessHeap&) = delete;

  // The block, for the interpreter, which keeps hp in a register while it runs.
  Word* hp() const { return hp_; }
  void set_hp(Word* hp) { hp_ = hp; }
  Word* low() const { return low_; }
  /// Everything below [low] belongs to the stack. To be set before any C++ code may allocate or collect.
  void set_low(Word* low) { low_ = low; }
  Word* stack_base() const { return block_; }
  Word* block_end() const { return block_end_; }
  size_t free_words() const { return static_cast<size_t>(hp_ - low_); }

  bool is_young(const Word* p) const {
    return reinterpret_cast<uintptr_t>(p) - reinterpret_cast<uintptr_t>(block_) <
           reinterpret_cast<uintptr_t>(block_end_) - reinterpret_cast<uintptr_t>(block_);
  }

  /// Gives the cons [cell] its tail (tail-modulo-cons), wherever the cell is by now.
  void set_tail(Term cell, Term tail) {
    cell.cell()[1] = tail.bits();
    if (!is_young(cell.cell()) && tail.is_pointer()) remember(cell.cell());
  }

  /// True when the next safepoint should collect even though the nursery has room.
  bool gc_wanted() const { return gc_wanted_ || off_heap_bytes > kOffHeapLimit + old_off_heap_bytes_ / 4; }
  void want_gc() { gc_wanted_ = true; }
  void want_major() { gc_wanted_ = major_wanted_ = true; }

  /// Collects, and makes sure that at least [words] words are free between low() and hp(). May move the block: the
  /// owner hears of it, and hp() and low() are new.
  void collect(HeapOwner& owner, size_t words);
  /// collect() only if fewer than [words] words are free or a collection is wanted.
  void ensure(HeapOwner& owner, size_t words) {
    if (kGcStress || free_words() < words || gc_wanted()) collect(owner, words);
  }
  /// A major collection that gives back all memory it can: for hibernation.
  void compact(HeapOwner& owner);

  /// Takes a message over. The result is good until the next safepoint, as any term.
  /// With [in_place] its terms stay where they are, since somebody points to them already.
  Term adopt(Fragment* fragment, bool in_place = false);
  /// Takes over [words] words at [data] inside the malloc block [memory], which has at least sizeof(Chunk) bytes before
  /// [data] that nobody needs any more.
  void adopt_block(void* memory, Word* data, size_t words);
  /// Off-heap terms in words taken over, linked.
  void adopt_off_heap(Term list);

  // Figures for Process.info, max_heap_size and accounts.
  /// All words held: block, old generation.
  size_t total_words() const { return static_cast<size_t>(block_end_ - block_) + old_capacity_; }
  size_t block_words() const { return static_cast<size_t>(block_end_ - block_); }
  size_t nursery_used() const { return static_cast<size_t>(block_end_ - hp_); }
  size_t old_used() const { return old_used_ + (old_chunks_ ? old_chunks_->used() : 0); }
  /// Bytes outside the heap that its terms keep alive.
  size_t off_heap_total() const { return off_heap_bytes + old_off_heap_bytes_; }
  size_t minor_collections() const { return minors_; }
  size_t major_collections() const { return majors_; }

  /// Looks at every slot and every header reachable from the chunks and roots; VM_CHECK on the first wrong one. To be
  /// called just after a collection.
  void check(HeapOwner& owner);

 private:
  template <typename From>
  friend class Evacuator;

  /// Bytes of shared binaries a process may come to hold between two collections.
  static constexpr size_t kOffHeapLimit = size_t{1} << 20;

  /// Old cells whose tail was written since the last collection.
  struct Remembered {
    Word** cells = nullptr;
    uint32_t size = 0;
    uint32_t capacity = 0;
  };

  Word* alloc_slow(size_t words) override;
  [[gnu::noinline]] void remember(Word* cell);

  /// [words] words of the old generation.
  Word* old_alloc(size_t words) {
    Chunk* chunk = old_chunks_;
    if (__builtin_expect(chunk == nullptr || static_cast<size_t>(chunk->end - chunk->top) < words, 0)) {
      return old_alloc_slow(words);
    }
    Word* p = chunk->top;
    chunk->top += words;
    return p;
  }
  [[gnu::noinline]] Word* old_alloc_slow(size_t words);
  void push_large(Chunk* chunk) {
    chunk->next = old_large_;
    old_large_ = chunk;
    old_used_ += chunk->used();
  }
  /// Whether the old generation has grown enough since the last major collection.
  bool major_due() const;
  /// Both empty the nursery and return the words that survived.
  size_t collect_minor(HeapOwner& owner);
  size_t collect_major(HeapOwner& owner);
  /// Moves the off-heap terms of [list] that are alive to the old list and drops the counts of the others. A term is
  /// alive if it has moved, or if it lies outside what was emptied: may_die(box) is false.
  template <typename MayDie>
  void sweep_off_heap(Term list, MayDie may_die) {
    while (!list.is_none()) {
      Word* box = list.box();
      bool moved = !header::is_header(box[0]);
      if (moved) box = Term::from_bits(box[0]).box();
      list = Term::from_bits(off_heap_next(box));
      if (moved || !may_die(box)) {
        off_heap_next(box) = old_off_heap_.bits();
        old_off_heap_ = Term::boxed(box);
        old_off_heap_bytes_ += off_heap_size(box);
      } else {
        release_off_heap(box);
      }
    }
  }
  /// Chooses the size of the block after a collection, the nursery being empty, and leaves [words] words free.
  void resize_block(HeapOwner& owner, size_t words, bool may_shrink);
  /// Adapts nursery_words_ to how much survived of the words used.
  void tune_nursery(size_t used, size_t survived, bool major);
  void move_block(HeapOwner& owner, size_t new_words);
  static void destroy_chunks(Chunk* chunk);

  Word* block_;
  Word* block_end_;
  Chunk* old_chunks_ = nullptr;   // the first is being filled, the others are full, newest first
  Chunk* old_large_ = nullptr;    // full chunks of other origin: big terms, messages, overflow
  Chunk* overflow_ = nullptr;     // filled since the last collection, may point to young terms
  Chunk* fresh_large_ = nullptr;  // during a collection: chunks of one big term each, not scanned yet
  size_t old_used_ = 0;           // words used in old chunks but the first
  size_t old_capacity_ = 0;       // words of all chunks
  size_t live_after_major_ = 0;
  size_t off_heap_after_major_ = 0;
  Term old_off_heap_ = Term::none();
  size_t old_off_heap_bytes_ = 0;
  Remembered remembered_;
  uint32_t min_words_;
  uint32_t nursery_words_ = kFirstNurseryWords;  // free words aimed at after a collection
  uint32_t minors_ = 0;
  uint32_t majors_ = 0;
  uint16_t minors_at_this_size_ = 0;
  bool gc_wanted_ = false;
  bool major_wanted_ = false;
  bool compacting_ = false;  // chunks are taken in small steps
};

}  // namespace phial
