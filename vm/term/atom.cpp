#include "vm/term/atom.h"

#include <atomic>
#include <cstring>
#include <mutex>
#include <vector>

namespace phial {

namespace {

constexpr uint32_t kSegmentSize = 1024;
constexpr size_t kTextPieceBytes = 16 * 1024;

/// One atom. The text follows the struct and never moves.
struct Entry {
  uint32_t hash;
  uint32_t length;
  const char* text() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view() const { return {text(), length}; }
};

/// Open addressing; a slot holds an atom index plus one, 0 when free. Slots only ever go from free to used.
struct Index {
  explicit Index(size_t size) : mask(size - 1), slots(new std::atomic<uint32_t>[size]()) {}
  size_t mask;
  std::unique_ptr<std::atomic<uint32_t>[]> slots;
};

uint32_t hash_text(std::string_view text) {
  uint64_t h = 0xcbf29ce484222325;
  for (unsigned char c : text) h = (h ^ c) * 0x100000001b3;
  return static_cast<uint32_t>(h ^ (h >> 32));
}

constexpr std::string_view kFixedTexts[] = {
#define ATOM(name, text) text,
#include "vm/term/atoms.def"
#undef ATOM
};

}  // namespace

// Readers take no lock. What they reach is published in this order, with release stores that pair with the
// acquire loads of find() and text(): the entry, its segment slot, its index slot, the index itself.
// A replaced index stays alive, since readers may still probe it.
struct AtomTable::Impl {
  explicit Impl(uint32_t limit) : limit(limit), segments((limit + kSegmentSize - 1) / kSegmentSize + 1) {
    indexes.push_back(std::make_unique<Index>(4096));
    index.store(indexes.back().get(), std::memory_order_release);
  }

  ~Impl() {
    for (auto& segment : segments) delete[] segment.load(std::memory_order_relaxed);
  }

  const Entry* entry(uint32_t i) const {
    return segments[i / kSegmentSize].load(std::memory_order_acquire)[i % kSegmentSize].load(std::memory_order_acquire);
  }

  Term probe(std::string_view text, uint32_t hash) const {
    const Index* table = index.load(std::memory_order_acquire);
    for (size_t i = hash & table->mask;; i = (i + 1) & table->mask) {
      uint32_t slot = table->slots[i].load(std::memory_order_acquire);
      if (slot == 0) return Term::none();
      const Entry* e = entry(slot - 1);
      if (e->hash == hash && e->view() == text) return Term::atom(slot - 1);
    }
  }

  static void place(Index& table, uint32_t hash, uint32_t atom) {
    size_t i = hash & table.mask;
    while (table.slots[i].load(std::memory_order_relaxed) != 0) i = (i + 1) & table.mask;
    table.slots[i].store(atom + 1, std::memory_order_release);
  }

  void grow_index() {
    size_t size = 2 * (indexes.back()->mask + 1);
    auto bigger = std::make_unique<Index>(size);
    uint32_t n = count.load(std::memory_order_relaxed);
    for (uint32_t i = 0; i < n; ++i) place(*bigger, entry(i)->hash, i);
    index.store(bigger.get(), std::memory_order_release);
    indexes.push_back(std::move(bigger));
  }

  Entry* new_entry(std::string_view text, uint32_t hash) {
    size_t bytes = (sizeof(Entry) + text.size() + 7) & ~size_t{7};
    if (bytes > piece_left) {
      size_t piece = bytes > kTextPieceBytes ? bytes : kTextPieceBytes;
      pieces.push_back(std::make_unique<uint64_t[]>(piece / 8));
      piece_next = reinterpret_cast<char*>(pieces.back().get());
      piece_left = piece;
    }
    Entry* e = reinterpret_cast<Entry*>(piece_next);
    piece_next += bytes;
    piece_left -= bytes;
    e->hash = hash;
    e->length = static_cast<uint32_t>(text.size());
    std::memcpy(e + 1, text.data(), text.size());
    return e;
  }

  Term add(std::string_view text, uint32_t hash) {
    std::lock_guard lock(mutex);
    if (Term existing = probe(text, hash); !existing.is_none()) return existing;
    uint32_t n = count.load(std::memory_order_relaxed);
    if (n >= limit) return Term::none();
    auto& segment = segments[n / kSegmentSize];
    if (segment.load(std::memory_order_relaxed) == nullptr) {
      segment.store(new std::atomic<Entry*>[kSegmentSize](), std::memory_order_release);
    }
    segment.load(std::memory_order_relaxed)[n % kSegmentSize].store(new_entry(text, hash), std::memory_order_release);
    count.store(n + 1, std::memory_order_release);
    if (2 * (n + 1) > indexes.back()->mask)
      grow_index();  // places the new atom too
    else
      place(*indexes.back(), hash, n);
    return Term::atom(n);
  }

  const uint32_t limit;
  std::vector<std::atomic<std::atomic<Entry*>*>> segments;
  std::atomic<Index*> index{nullptr};
  std::atomic<uint32_t> count{0};

  std::mutex mutex;  // guards everything below and all stores
  std::vector<std::unique_ptr<Index>> indexes;
  std::vector<std::unique_ptr<uint64_t[]>> pieces;
  char* piece_next = nullptr;
  size_t piece_left = 0;
};

AtomTable::AtomTable(uint32_t limit)
    : impl_(std::make_unique<Impl>(limit < atoms::kFixedCount ? uint32_t{atoms::kFixedCount} : limit)) {
  uint32_t next = 0;
  for (std::string_view text : kFixedTexts) {
    Term atom = intern(text);
    // Two rows of atoms.def with the same text would shift all that follow.
    VM_CHECK(atom.atom_index() == next);
    ++next;
  }
}

AtomTable::~AtomTable() = default;

Term AtomTable::intern(std::string_view text) {
  uint32_t hash = hash_text(text);
  Term existing = impl_->probe(text, hash);
  return existing.is_none() ? impl_->add(text, hash) : existing;
}

Term AtomTable::find(std::string_view text) const { return impl_->probe(text, hash_text(text)); }

std::string_view AtomTable::text(Term atom) const {
  VM_ASSERT(atom.is_atom() && atom.atom_index() < count());
  return impl_->entry(atom.atom_index())->view();
}

uint32_t AtomTable::count() const { return impl_->count.load(std::memory_order_acquire); }

}  // namespace phial
