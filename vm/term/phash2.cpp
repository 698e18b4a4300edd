// The hash of :erlang.phash2. Its values are part of what programs see (they may be stored, and must not change), so it
// stands apart from internal_hash, which it resembles.

#include <string>

#include "vm/support/inline_stack.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/hash.h"
#include "vm/term/map.h"

namespace phial {

namespace {

constexpr uint32_t mark(uint32_t n) { return n * kHashGolden; }

constexpr uint32_t kSmall = 1, kNil = 2, kAtom = 3, kString = 4, kPid = 5, kReference = 7, kTuple = 9, kNegative = 10,
                   kPositive = 11, kFloat = 12, kBinary = 13, kExport = 14, kBinaryRest = 15, kMap = 16, kMapEnd = 19;
constexpr uint32_t kNilAlone = 3468870702;
constexpr uint32_t kNilWord = 2;

/// hashpjw over the Latin-1 bytes where a character has one, else over the UTF-8 bytes.
uint32_t hash_atom(std::string_view text) {
  uint32_t h = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (i + 1 < text.size() && (c & 0xfe) == 0xc2) {
      c = static_cast<unsigned char>((c << 6) | (static_cast<unsigned char>(text[++i]) & 0x3f));
    }
    h = (h << 4) + c;
    uint32_t top = h & 0xf0000000;
    h ^= top >> 24;
    h ^= top;
  }
  return h;
}

class PortableHasher {
 public:
  explicit PortableHasher(const AtomTable& atoms) : atoms_(atoms) {}

  uint32_t run(Term t) {
    add(t);
    while (!stack_.empty()) {
      Item item = stack_.pop();
      switch (item.kind) {
        case Item::Value: add(item.term); break;
        case Item::Pair:
          // Pairs are hashed each from zero and combined by xor: maps have no order here.
          pairs_ ^= hash_;
          hash_ = 0;
          break;
        case Item::MapEnd:
          hash_ = item.hash;
          mix(pairs_, 0, kMapEnd);
          pairs_ = item.pairs;
          break;
      }
    }
    return hash_;
  }

 private:
  struct Item {
    enum Type : uint8_t { Value, Pair, MapEnd } kind;
    Term term;
    uint32_t hash, pairs;  // MapEnd: what was there before the map
  };

  void push(Term t) { stack_.push({Item::Value, t, 0, 0}); }

  void mix(uint32_t x, uint32_t y, uint32_t m) { hash_ = mix3(mark(m) + x, mark(m) + y, hash_); }
  void mix_word(Word w, uint32_t m) { mix(static_cast<uint32_t>(w), static_cast<uint32_t>(w >> 32), m); }

  void add(Term t) {
    if (t.is_fixnum()) {
      int64_t value = t.as_fixnum();
      if (value < -(1 << 27) || value >= (1 << 27)) {
        add_big(t);
        return;
      }
      auto small = static_cast<uint32_t>(value);
      if (value < 0) mix(0 - small, 0, kSmall);
      mix(small, 0, kSmall);
    } else if (t.is_atom()) {
      uint32_t h = hash_atom(atoms_.text(t));
      if (hash_ == 0)
        hash_ = h;
      else
        mix(h, 0, kAtom);
    } else if (t.is_nil_list()) {
      if (hash_ == 0)
        hash_ = kNilAlone;
      else
        mix(kNilWord, 0, kNil);
    } else if (t.is_flonum()) {
      add_float(flonum::decode(t));
    } else if (t.is_pid()) {
      mix(static_cast<uint32_t>(t.pid_id()), 0, kPid);
    } else if (t.is_cons()) {
      add_list(t);
    } else if (t.is_boxed()) {
      add_boxed(t);
    }
  }

  void add_list(Term t) {
    unsigned pending = 0;
    uint32_t bytes = 0;
    while (t.is_cons() && t.head().is_fixnum() && static_cast<uint64_t>(t.head().as_fixnum()) <= 255) {
      bytes = (bytes << 8) + static_cast<uint32_t>(t.head().as_fixnum());
      if (++pending == 4) {
        mix(bytes, 0, kString);
        pending = 0;
        bytes = 0;
      }
      t = t.tail();
    }
    if (pending > 0) mix(bytes, 0, kString);
    if (t.is_cons()) {
      push(t.tail());
      push(t.head());
    } else {
      push(t);
    }
  }

  void add_big(Term t) {
    IntegerView v(t);
    for (size_t i = 0; i < v.size; ++i) mix_word(v.limbs[i], v.negative ? kNegative : kPositive);
  }

  void add_float(double value) {
    if (value == 0) value = 0;
    Word w = std::bit_cast<Word>(value);
    mix(static_cast<uint32_t>(w >> 32), static_cast<uint32_t>(w), kFloat);
  }

  void add_bits(Term t) {
    BitView view = bit_view(t);
    uint32_t seed = mark(kBinary) + hash_;
    if (view.bits == 0) {
      hash_ = seed;
      return;
    }
    std::string copy;
    const unsigned char* bytes = view.bytes;
    if (!view.is_aligned()) {
      copy.resize(view.bits / 8 + 1);
      copy_bits(reinterpret_cast<unsigned char*>(copy.data()), 0, bytes, view.bit_offset, view.bits);
      bytes = reinterpret_cast<const unsigned char*>(copy.data());
    }
    hash_ = hash_bytes(bytes, view.bits / 8, seed);
    if (unsigned rest = view.bits % 8; rest != 0) {
      mix(rest, bytes[view.bits / 8] >> (8 - rest), kBinaryRest);
    }
  }

  void add_map(Term map) {
    size_t size = map_size(map);
    mix(static_cast<uint32_t>(size), 0, kMap);
    if (size == 0) return;
    stack_.push({Item::MapEnd, Term(), hash_, pairs_});
    hash_ = 0;
    pairs_ = 0;
    MapIterator it(map);
    Term key, value;
    while (it.next(key, value)) {
      stack_.push({Item::Pair, Term(), 0, 0});
      push(value);
      push(key);
    }
  }

  void add_boxed(Term t) {
    const Word* box = t.box();
    size_t words = header::words(box[0]);
    switch (header::kind(box[0])) {
      case Kind::Tuple:
        mix(static_cast<uint32_t>(words), 0, kTuple);
        for (size_t i = words; i > 0; --i) push(Term::from_bits(box[i]));
        return;
      case Kind::FlatMap:
      case Kind::HashMap: add_map(t); return;
      case Kind::HeapBinary:
      case Kind::RefBinary:
      case Kind::SubBinary: add_bits(t); return;
      case Kind::Bignum: add_big(t); return;
      case Kind::Float: add_float(float_value(t)); return;
      case Kind::Fun:
        mix_word(box[1], kSmall);
        for (size_t i = words; i > 1; --i) push(Term::from_bits(box[i]));
        return;
      case Kind::Export: mix_word(box[1], kExport); return;
      case Kind::Reference:
      case Kind::Resource: mix_word(box[1], kReference); return;
      case Kind::HashNode:
      case Kind::HashBucket: return;
    }
  }

  const AtomTable& atoms_;
  uint32_t hash_ = 0;
  uint32_t pairs_ = 0;
  InlineStack<Item, 24> stack_;
};

}  // namespace

uint32_t portable_hash(Term t, const AtomTable& atoms) { return PortableHasher(atoms).run(t); }

}  // namespace phial
