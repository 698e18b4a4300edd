#include "vm/term/hash.h"

#include <string>

#include "vm/support/inline_stack.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/map.h"

namespace phial {

namespace {

/// Multiples of the golden ratio mark what kind of thing goes into the hash.
enum Mark : uint32_t {
  kImmediate = 1,
  kString4 = 4,
  kReference1 = 7,
  kReference2 = 8,
  kTuple = 9,
  kNegativeBig = 10,
  kPositiveBig = 11,
  kFloat = 12,
  kBinary = 13,
  kExport = 14,
  kBinaryRest = 15,
  kMap = 16,
  kHead = 17,
  kTail = 18,
  kFun = 20,
  kStringRest = 22,
};

constexpr uint32_t mark_value(uint32_t mark) { return mark * kHashGolden; }
constexpr uint32_t kSeed = 3432918353;

/// OTP's small integers have 60 bits.
constexpr int64_t kSmallMax = (int64_t{1} << 59) - 1;
constexpr int64_t kSmallMin = -(int64_t{1} << 59);

bool is_small(Term t) { return t.is_fixnum() && t.as_fixnum() <= kSmallMax && t.as_fixnum() >= kSmallMin; }
bool is_byte(Term t) { return t.is_fixnum() && t.as_fixnum() >= 0 && t.as_fixnum() <= 255; }

/// The word OTP has for this immediate.
Word immediate_word(Term t) {
  if (t.is_fixnum()) return (static_cast<Word>(t.as_fixnum()) << 4) | 15;
  if (t.is_atom()) return (Word{t.atom_index()} << 6) | 11;
  if (t.is_nil_list()) return 0x3b;
  return (t.pid_id() << 4) | 3;
}

class Hasher {
 public:
  uint32_t run(Term t, unsigned block) {
    if (block > 0) {
      if (t.is_cons()) {
        add_list(t, 1, block);
      } else {
        mix(block, 1, kStringRest);
        add(t);
      }
    } else {
      add(t);
    }
    while (!stack_.empty()) {
      Term next = stack_.pop();
      if (next.is_none())
        mix_mark(kTail);
      else
        add(next);
    }
    return hash_;
  }

 private:
  void mix(uint32_t x, uint32_t y, uint32_t mark) { hash_ = mix3(mark_value(mark) + x, mark_value(mark) + y, hash_); }
  void mix_word(Word w, uint32_t mark) { mix(static_cast<uint32_t>(w), static_cast<uint32_t>(w >> 32), mark); }
  void mix_mark(uint32_t mark) {
    hash_ ^= mark_value(mark);
    hash_ = (hash_ << 17) ^ (hash_ >> 15);
  }

  void add(Term t) {
    if (t.is_cons()) {
      add_list(t, 0, 0);
    } else if (t.is_flonum()) {
      add_float(flonum::decode(t));
    } else if (t.is_fixnum() && !is_small(t)) {
      add_big(t);
    } else if (t.is_boxed()) {
      add_boxed(t);
    } else {
      mix_word(immediate_word(t), kImmediate);
    }
  }

  /// Runs of bytes go in by four; [pending] are waiting already, in [bytes].
  void add_list(Term t, unsigned pending, uint32_t bytes) {
    while (t.is_cons() && is_byte(t.head())) {
      bytes = (bytes << 8) + static_cast<uint32_t>(t.head().as_fixnum());
      if (++pending == 4) {
        mix(bytes, 0, kString4);
        pending = 0;
        bytes = 0;
      }
      t = t.tail();
    }
    if (pending > 0) mix(bytes, pending, kStringRest);
    if (!t.is_cons()) {
      stack_.push(t);
      return;
    }
    mix_mark(kHead);
    stack_.push(t.tail());
    if (!t.tail().is_cons()) stack_.push(Term::none());  // the end of a list is marked as such
    stack_.push(t.head());
  }

  void add_float(double value) {
    if (value == 0) value = 0;  // -0.0 === 0.0
    mix_word(std::bit_cast<Word>(value), kFloat);
  }

  void add_big(Term t) {
    IntegerView v(t);
    for (size_t i = 0; i < v.size; ++i) {
      mix_word(v.limbs[i], v.negative ? kNegativeBig : kPositiveBig);
    }
  }

  void add_bits(Term t) {
    BitView view = bit_view(t);
    uint32_t seed = mark_value(kBinary) + hash_;
    if (view.bits == 0) {
      hash_ = seed;
      return;
    }
    const unsigned char* bytes = view.bytes;
    std::string aligned;
    unsigned rest = view.bits % 8;
    if (!view.is_aligned()) {
      aligned.resize(view.bits / 8 + 1);
      auto* copy = reinterpret_cast<unsigned char*>(aligned.data());
      copy_bits(copy, 0, bytes, view.bit_offset, view.bits);
      bytes = copy;
    }
    hash_ = hash_bytes(bytes, view.bits / 8, seed);
    if (rest != 0) mix(rest, bytes[view.bits / 8] >> (8 - rest), kBinaryRest);
  }

  void push_reversed(const Word* from, size_t count) {
    for (size_t i = count; i-- > 0;) stack_.push(Term::from_bits(from[i]));
  }

  void add_boxed(Term t) {
    const Word* box = t.box();
    size_t words = header::words(box[0]);
    switch (header::kind(box[0])) {
      case Kind::Tuple:
        mix(static_cast<uint32_t>(words), 0, kTuple);
        push_reversed(box + 1, words);
        return;
      case Kind::FlatMap: {
        size_t size = words - 1;
        const Word* keys = Term::from_bits(box[1]).box() + 1;
        mix(static_cast<uint32_t>(size), 0, kMap);
        for (size_t i = size; i-- > 0;) {
          stack_.push(Term::from_bits(box[2 + i]));
          stack_.push(Term::from_bits(keys[i]));
        }
        return;
      }
      case Kind::HashMap:
        mix(static_cast<uint32_t>(box[1]), 0, kMap);
        stack_.push(Term::from_bits(box[2]));
        return;
      case Kind::HashNode:
        // The shape of the trie follows from the keys, so equal maps meet their entries in the same order.
        for (size_t i = 1; i < words; ++i) {
          Term child = Term::from_bits(box[1 + i]);
          if (child.is_cons()) {
            stack_.push(child.tail());
            stack_.push(child.head());
          } else {
            stack_.push(child);
          }
        }
        return;
      case Kind::HashBucket:  // in no certain order
        mix(static_cast<uint32_t>(words), 0, kMap);
        return;
      case Kind::Bignum: add_big(t); return;
      case Kind::Float: add_float(float_value(t)); return;
      case Kind::HeapBinary:
      case Kind::RefBinary:
      case Kind::SubBinary: add_bits(t); return;
      case Kind::Fun:
        mix_word(box[1], kFun);
        push_reversed(box + 2, words - 1);
        return;
      case Kind::Export: mix_word(box[1], kExport); return;
      case Kind::Reference:
      case Kind::Resource:
        mix_word(box[1], header::kind(box[0]) == Kind::Reference ? kReference1 : kReference2);
        return;
    }
  }

  uint32_t hash_ = kSeed;
  InlineStack<Term, 32> stack_;
};

}  // namespace

uint32_t hash_bytes(const unsigned char* bytes, size_t size, uint32_t seed) {
  auto word = [](const unsigned char* p) {
    return p[0] | (uint32_t{p[1]} << 8) | (uint32_t{p[2]} << 16) | (uint32_t{p[3]} << 24);
  };
  uint32_t a = kHashGolden, b = kHashGolden, c = seed;
  size_t left = size;
  for (; left >= 12; left -= 12, bytes += 12) {
    a += word(bytes);
    b += word(bytes + 4);
    c += word(bytes + 8);
    // All three of the mixed values carry over here.
    a = (a - b - c) ^ (c >> 13);
    b = (b - c - a) ^ (a << 8);
    c = (c - a - b) ^ (b >> 13);
    a = (a - b - c) ^ (c >> 12);
    b = (b - c - a) ^ (a << 16);
    c = (c - a - b) ^ (b >> 5);
    a = (a - b - c) ^ (c >> 3);
    b = (b - c - a) ^ (a << 10);
    c = (c - a - b) ^ (b >> 15);
  }
  c += static_cast<uint32_t>(size);
  for (size_t i = 0; i < left; ++i) {
    if (i < 4)
      a += uint32_t{bytes[i]} << (8 * i);
    else if (i < 8)
      b += uint32_t{bytes[i]} << (8 * (i - 4));
    else
      c += uint32_t{bytes[i]} << (8 * (i - 7));  // the lowest byte of c holds the size
  }
  return mix3(a, b, c);
}

uint32_t internal_hash(Term t, unsigned block) {
  if (block == 0 && (t.is_atom() || is_small(t))) {
    Word w = immediate_word(t);
    return mix3(kHashGolden + static_cast<uint32_t>(w), kHashGolden + static_cast<uint32_t>(w >> 32), kSeed);
  }
  return Hasher().run(t, block);
}

uint64_t hash_term(Term t) {
  uint64_t low = internal_hash(t);
  // The upper bits only spread the lower ones: equal lower halves are rare enough for hash tables.
  return (low | ((low * 0x9e3779b97f4a7c15) & 0xffffffff00000000)) & ((uint64_t{1} << 60) - 1);
}

}  // namespace phial
