#include "vm/term/compare.h"

#include <cstring>
#include <memory>
#include <vector>

#include "vm/support/inline_stack.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/float.h"
#include "vm/term/map.h"

namespace phial {

namespace {

int sign(int64_t a, int64_t b) { return a < b ? -1 : a > b; }
int sign_unsigned(uint64_t a, uint64_t b) { return a < b ? -1 : a > b; }

/// Places of the kinds of terms in the order.
enum Rank { kNumber, kAtom, kReference, kFun, kPid, kTuple, kMap, kNil, kCons, kBits };

Rank rank_of(Term t) {
  if (t.is_fixnum() || t.is_flonum()) return kNumber;
  if (t.is_cons()) return kCons;
  if (t.is_atom()) return kAtom;
  if (t.is_pid()) return kPid;
  if (!t.is_boxed()) return kNil;
  switch (t.kind()) {
    case Kind::Bignum:
    case Kind::Float: return kNumber;
    case Kind::Reference:
    case Kind::Resource: return kReference;
    case Kind::Fun:
    case Kind::Export: return kFun;
    case Kind::Tuple: return kTuple;
    case Kind::FlatMap:
    case Kind::HashMap:
    case Kind::HashNode:
    case Kind::HashBucket: return kMap;
    case Kind::HeapBinary:
    case Kind::RefBinary:
    case Kind::SubBinary: return kBits;
  }
  return kBits;
}

int compare_integer_double(Term integer, double d) {
  if (integer.is_fixnum()) {
    int64_t i = integer.as_fixnum();
    if (d >= 0x1p61) return -1;
    if (d < -0x1p61) return 1;
    auto whole = static_cast<int64_t>(d);
    if (i != whole) return sign(i, whole);
    double rest = d - static_cast<double>(whole);
    return rest > 0 ? -1 : rest < 0;
  }
  return integer_compare_double(integer, d);
}

/// [exact]: integers before floats.
int compare_numbers(Term a, Term b, bool exact) {
  bool a_float = a.is_float(), b_float = b.is_float();
  if (exact && a_float != b_float) return a_float ? 1 : -1;
  if (!a_float && !b_float) return integer_compare(a, b);
  if (a_float && b_float) {
    double x = float_value(a), y = float_value(b);
    return x < y ? -1 : x > y;
  }
  return a_float ? -compare_integer_double(b, float_value(a)) : compare_integer_double(a, float_value(b));
}

/// The least key in which two hash maps of equal size differ decides their order: first a key only one of them
/// has; failing that, the least key with unequal values. Works as a coroutine of the comparer: next() asks for
/// a comparison, answer() takes its result.
class HashMapOrder {
 public:
  HashMapOrder(Term a, Term b, bool exact) : a_(a), b_(b), exact_(exact) {
    collect(a, b);
    only_in_a_ = keys_.size();
    if (only_in_a_ != 0) {
      collect(b, a);
      state_ = State::OnlyKeys;
      best_ = 0;
      at_ = 1;
      return;
    }
    MapIterator it(a);
    Term key, value;
    while (it.next(key, value)) keys_.push_back(key);
    state_ = State::Values;
    best_ = keys_.size();
    at_ = 0;
  }

  /// False when the order is known: see result().
  bool next(Term* a, Term* b, bool* exact) {
    if (at_ == keys_.size()) return false;
    if (state_ == State::Values) {
      *a = map_get(a_, keys_[at_]);
      *b = map_get(b_, keys_[at_]);
      *exact = exact_;
    } else {
      *a = keys_[at_];
      *b = keys_[best_];
      *exact = true;
    }
    return true;
  }

  void answer(int order) {
    switch (state_) {
      case State::OnlyKeys:
        if (order < 0) best_ = at_;
        ++at_;
        return;
      case State::Values:
        if (order == 0) {
          ++at_;
        } else if (best_ == keys_.size()) {
          best_ = at_++;
          best_order_ = order;
        } else {
          order_here_ = order;
          state_ = State::UnequalKeys;
        }
        return;
      case State::UnequalKeys:
        if (order < 0) {
          best_ = at_;
          best_order_ = order_here_;
        }
        ++at_;
        state_ = State::Values;
        return;
    }
  }

  int result() const {
    if (state_ == State::OnlyKeys) return best_ < only_in_a_ ? -1 : 1;
    return best_ == keys_.size() ? 0 : best_order_;
  }

 private:
  enum class State : uint8_t { OnlyKeys, Values, UnequalKeys };

  void collect(Term from, Term missing_in) {
    MapIterator it(from);
    Term key, value;
    while (it.next(key, value)) {
      if (!map_has_key(missing_in, key)) keys_.push_back(key);
    }
  }

  Term a_, b_;
  bool exact_;
  State state_;
  std::vector<Term> keys_;
  size_t only_in_a_;
  size_t at_;
  size_t best_;
  int best_order_ = 0;
  int order_here_ = 0;
};

class Comparer {
 public:
  explicit Comparer(const AtomTable& atoms) : atoms_(atoms) {}

  int run(Term a, Term b, bool exact) {
    for (;;) {
      int order = enter(a, b, exact);
      for (;;) {
        if (frames_.empty()) return order;
        Frame& frame = frames_.top();
        if (frame.kind == Frame::Maps) {
          HashMapOrder& maps = *maps_.back();
          if (!frame.fresh) maps.answer(order);
          frame.fresh = false;
          if (maps.next(&a, &b, &exact)) break;
          order = maps.result();
          maps_.pop_back();
          frames_.drop();
          continue;
        }
        if (order != 0 || frame.left == 0) {
          frames_.drop();
          continue;
        }
        a = Term::from_bits(*frame.a++);
        b = Term::from_bits(*frame.b++);
        exact = frame.exact;
        // The last pair needs no frame to come back to: a long list keeps the stack flat.
        if (--frame.left == 0) frames_.drop();
        break;
      }
    }
  }

 private:
  struct Frame {
    enum Type : uint8_t { Words, Maps } kind;
    bool exact;
    bool fresh;  // Maps: nothing was asked yet
    const Word* a;
    const Word* b;
    size_t left;
  };

  void push_words(const Word* a, const Word* b, size_t count, bool exact) {
    if (count != 0) frames_.push({Frame::Words, exact, false, a, b, count});
  }

  /// The order of the two if that is decided by themselves, else 0 after pushing what to compare next.
  int enter(Term a, Term b, bool exact) {
    if (a == b) return 0;
    if (a.is_fixnum() && b.is_fixnum()) return sign(a.as_fixnum(), b.as_fixnum());
    if (a.is_atom() && b.is_atom()) return atoms_.text(a).compare(atoms_.text(b));
    Rank rank = rank_of(a);
    if (Rank other = rank_of(b); rank != other) return sign(rank, other);
    switch (rank) {
      case kNumber: return compare_numbers(a, b, exact);
      case kReference:
      case kFun: return enter_identities(a, b, exact);
      case kPid: return sign_unsigned(a.pid_id(), b.pid_id());
      case kTuple: {
        size_t size = header::words(a.header()), other = header::words(b.header());
        if (size != other) return sign_unsigned(size, other);
        push_words(a.box() + 1, b.box() + 1, size, exact);
        return 0;
      }
      case kMap: return enter_maps(a, b, exact);
      case kCons: push_words(a.cell(), b.cell(), 2, exact); return 0;
      case kBits: return compare_bits(bit_view(a), bit_view(b));
      case kAtom:
      case kNil: return 0;
    }
    return 0;
  }

  /// References, resources and funs.
  int enter_identities(Term a, Term b, bool exact) {
    if (a.kind() != b.kind()) return sign(static_cast<int>(a.kind()), static_cast<int>(b.kind()));
    if (a.box()[1] != b.box()[1]) return sign_unsigned(a.box()[1], b.box()[1]);
    if (!a.is_kind(Kind::Fun)) return 0;
    size_t size = header::words(a.header());
    size_t other = header::words(b.header());
    if (size != other) return sign_unsigned(size, other);
    push_words(a.box() + 2, b.box() + 2, size - 1, exact);
    return 0;
  }

  int enter_maps(Term a, Term b, bool exact) {
    size_t size = map_size(a), other = map_size(b);
    if (size != other) return sign_unsigned(size, other);
    if (a.is_kind(Kind::HashMap)) {
      maps_.push_back(std::make_unique<HashMapOrder>(a, b, exact));
      frames_.push({Frame::Maps, exact, true, nullptr, nullptr, 0});
      return 0;
    }
    push_words(a.box() + 2, b.box() + 2, size, exact);
    if (a.box()[1] != b.box()[1]) {
      push_words(Term::from_bits(a.box()[1]).box() + 1, Term::from_bits(b.box()[1]).box() + 1, size, true);
    }
    return 0;
  }

  const AtomTable& atoms_;
  InlineStack<Frame, 16> frames_;
  std::vector<std::unique_ptr<HashMapOrder>> maps_;
};

/// Equality walks pairs of word ranges. Unlike order it needs no atom table.
class Equality {
 public:
  explicit Equality(int bucket_depth) : bucket_depth_(bucket_depth) {}

  bool run(Term a, Term b, bool exact) {
    for (;;) {
      if (!enter(a, b, exact)) return false;
      if (frames_.empty()) return true;
      Frame& frame = frames_.top();
      a = Term::from_bits(*frame.a++);
      b = Term::from_bits(*frame.b++);
      exact = frame.exact;
      if (--frame.left == 0) frames_.drop();
    }
  }

 private:
  struct Frame {
    const Word* a;
    const Word* b;
    size_t left;
    bool exact;
  };

  void push(const Word* a, const Word* b, size_t count, bool exact) {
    if (count != 0) frames_.push({a, b, count, exact});
  }

  bool enter(Term a, Term b, bool exact) {
    if (a == b) return true;
    if (a.is_cons()) {
      if (!b.is_cons()) return false;
      push(a.cell(), b.cell(), 2, exact);
      return true;
    }
    if (!a.is_boxed() || !b.is_boxed()) return enter_immediate(a, b, exact);
    const Word* x = a.box();
    const Word* y = b.box();
    Kind kind = header::kind(x[0]);
    size_t words = header::words(x[0]);
    switch (kind) {
      case Kind::Tuple:
        if (x[0] != y[0]) return false;
        push(x + 1, y + 1, words, exact);
        return true;
      case Kind::FlatMap:
        if (x[0] != y[0]) return false;
        push(x + 2, y + 2, words - 1, exact);
        if (x[1] != y[1]) {
          push(Term::from_bits(x[1]).box() + 1, Term::from_bits(y[1]).box() + 1, words - 1, true);
        }
        return true;
      case Kind::HashMap:
        // Equal keys make equal tries.
        if (x[0] != y[0] || x[1] != y[1]) return false;
        return enter_nodes(Term::from_bits(x[2]), Term::from_bits(y[2]), exact);
      case Kind::HashNode:
      case Kind::HashBucket: return enter_nodes(a, b, exact);
      case Kind::Bignum:
        if (header::kind(y[0]) == Kind::Bignum) {
          return x[0] == y[0] && std::memcmp(x + 1, y + 1, words * sizeof(Word)) == 0;
        }
        return !exact && b.is_float() && compare_integer_double(a, float_value(b)) == 0;
      case Kind::Float:
        if (b.is_float()) return float_value(a) == float_value(b);
        return !exact && b.is_integer() && compare_integer_double(b, float_value(a)) == 0;
      case Kind::HeapBinary:
      case Kind::RefBinary:
      case Kind::SubBinary: return b.is_bitstring() && equal_bits(bit_view(a), bit_view(b));
      case Kind::Fun:
        if (x[0] != y[0] || x[1] != y[1]) return false;
        push(x + 2, y + 2, words - 1, exact);
        return true;
      case Kind::Export:
      case Kind::Reference:
      case Kind::Resource: return x[0] == y[0] && x[1] == y[1];
    }
    return false;
  }

  /// At least one of the two is an immediate, and they are different words.
  bool enter_immediate(Term a, Term b, bool exact) {
    if (a.is_float() && b.is_float()) return float_value(a) == float_value(b);
    if (exact || !a.is_number() || !b.is_number() || a.is_float() == b.is_float()) return false;
    return a.is_float() ? compare_integer_double(b, float_value(a)) == 0
                        : compare_integer_double(a, float_value(b)) == 0;
  }

  bool enter_nodes(Term a, Term b, bool exact) {
    if (a == b) return true;
    const Word* x = a.box();
    const Word* y = b.box();
    if (x[0] != y[0]) return false;
    size_t words = header::words(x[0]);
    if (header::kind(x[0]) == Kind::HashBucket) return enter_buckets(x, y, words, exact);
    if (x[1] != y[1]) return false;
    for (size_t i = 2; i <= words; ++i) {
      Term child = Term::from_bits(x[i]), other = Term::from_bits(y[i]);
      if (child == other) continue;
      if (child.is_cons() != other.is_cons()) return false;
      if (child.is_cons()) {
        push(child.cell() + 1, other.cell() + 1, 1, exact);
        push(child.cell(), other.cell(), 1, true);
      } else {
        push(x + i, y + i, 1, exact);
      }
    }
    return true;
  }

  /// The leaves of a bucket are in no certain order. The recursion only goes as deep as buckets stand in keys of
  /// other buckets, which takes 64-bit collisions at each step; past a few levels they count as unequal.
  bool enter_buckets(const Word* x, const Word* y, size_t words, bool exact) {
    if (bucket_depth_ > 8) return false;
    for (size_t i = 1; i <= words; ++i) {
      Term leaf = Term::from_bits(x[i]);
      size_t j = 1;
      while (j <= words && !Equality(bucket_depth_ + 1).run(leaf.head(), Term::from_bits(y[j]).head(), true)) ++j;
      if (j > words) return false;
      push(leaf.cell() + 1, Term::from_bits(y[j]).cell() + 1, 1, exact);
    }
    return true;
  }

  int bucket_depth_;
  InlineStack<Frame, 16> frames_;
};

}  // namespace

int compare_terms(Term a, Term b, const AtomTable& atoms) {
  if (a.is_fixnum() && b.is_fixnum()) return sign(a.as_fixnum(), b.as_fixnum());
  return Comparer(atoms).run(a, b, false);
}

int compare_exact(Term a, Term b, const AtomTable& atoms) {
  if (a.is_fixnum() && b.is_fixnum()) return sign(a.as_fixnum(), b.as_fixnum());
  return Comparer(atoms).run(a, b, true);
}

bool equal_exact(Term a, Term b) {
  if (a == b) return true;
  if (!a.is_pointer() && !b.is_pointer()) return false;  // no two flonums have the same value
  return Equality(0).run(a, b, true);
}

bool equal_loose(Term a, Term b) {
  if (a == b) return true;
  return Equality(0).run(a, b, false);
}

}  // namespace phial
