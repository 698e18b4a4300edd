#include "vm/heap/heap.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "vm/heap/arena_space.h"
#include "vm/heap/copy.h"
#include "vm/heap/fragment.h"
#include "vm/heap/literals.h"
#include "vm/term/off_heap.h"
#include "vm/term/atom.h"
#include "vm/term/bignum.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/float.h"
#include "vm/term/list.h"
#include "vm/term/map.h"
#include "vm/term/tuple.h"

namespace phial {
namespace {

/// A process with some roots outside the block and a stack that is all terms.
class FakeProcess final : public HeapOwner {
 public:
  explicit FakeProcess(size_t roots, size_t min_words = 0) : heap(min_words), roots(roots, Term::nil_list()) {}

  void collect(size_t words = 0) { heap.collect(*this, words); }
  void safepoint(size_t words = 0) { heap.ensure(*this, words); }

  void push(Term t) {
    VM_CHECK(heap.free_words() >= 1);
    *heap.low() = t.bits();
    heap.set_low(heap.low() + 1);
  }
  Term pop() {
    heap.set_low(heap.low() - 1);
    watermark = std::min(watermark, depth());
    return Term::from_bits(*heap.low());
  }
  size_t depth() const { return static_cast<size_t>(heap.low() - heap.stack_base()); }

  void visit_roots(RootVisitor& visitor, bool all) override {
    visitor.visit(roots.data(), roots.size());
    for (size_t i = all ? 0 : watermark; i < depth(); ++i) visitor.visit(heap.stack_base() + i);
    watermark = depth();
  }
  void stack_moved(ptrdiff_t) override { ++moves; }

  ProcessHeap heap;
  std::vector<Term> roots;
  size_t watermark = 0;
  int moves = 0;
};

class HeapTest : public testing::Test {
 protected:
  Term list_of(Space& space, int n) {
    ListBuilder list(space);
    for (int i = 0; i < n; ++i) list.push(make_tuple(space, {Term::fixnum(i), make_float(space, 1e300 + i)}));
    return list.finish();
  }
  AtomTable atoms_;
  ArenaSpace shadow_;
  LiteralRegistry literals_;
};

TEST_F(HeapTest, an_idle_heap_is_small) {
  EXPECT_LE(sizeof(ProcessHeap) + ProcessHeap::kInitialBlockWords * sizeof(Word), 640u);
}

TEST_F(HeapTest, minor_collection_moves_what_is_live_and_empties_the_nursery) {
  FakeProcess p(1);
  p.roots[0] = make_list(p.heap, {Term::fixnum(1), make_tuple(p.heap, {atoms::ok})});
  Term before = p.roots[0];
  make_tuple(p.heap, {atoms::error});
  p.collect();
  EXPECT_NE(p.roots[0], before);
  EXPECT_FALSE(p.heap.is_young(p.roots[0].cell()));
  EXPECT_EQ(p.heap.nursery_used(), 0u);
  EXPECT_EQ(p.heap.old_used(), 6u);
  EXPECT_EQ(tuple_at(p.roots[0].tail().head(), 0), atoms::ok);
  p.heap.check(p);
}

TEST_F(HeapTest, sharing_and_cycles_of_forwarding_survive) {
  FakeProcess p(3);
  Term shared = make_list(p.heap, {Term::fixnum(1), Term::fixnum(2), Term::fixnum(3)});
  p.roots[0] = make_tuple(p.heap, {shared, shared.tail()});
  p.roots[1] = shared.tail().tail();
  p.roots[2] = shared;
  p.collect();
  EXPECT_EQ(tuple_at(p.roots[0], 0), p.roots[2]);
  EXPECT_EQ(tuple_at(p.roots[0], 1), p.roots[2].tail());
  EXPECT_EQ(p.roots[1], p.roots[2].tail().tail());
  EXPECT_EQ(p.heap.old_used(), 6u + 3u);
}

TEST_F(HeapTest, allocation_never_fails_and_overflow_is_scanned) {
  FakeProcess p(1);
  Term list = list_of(p.heap, 20000);
  EXPECT_TRUE(p.heap.gc_wanted());
  Term copy = deep_copy(shadow_, list);
  p.roots[0] = list;
  p.collect();
  p.heap.check(p);
  EXPECT_TRUE(equal_exact(p.roots[0], copy));
  p.collect();
  EXPECT_FALSE(p.heap.gc_wanted());
  p.heap.want_major();
  p.collect();
  EXPECT_TRUE(equal_exact(p.roots[0], copy));
}

TEST_F(HeapTest, major_collection_frees_dead_old_terms) {
  FakeProcess p(1);
  p.roots[0] = list_of(p.heap, 50000);
  p.collect();
  p.collect();
  size_t full = p.heap.total_words();
  p.roots[0] = Term::nil_list();
  p.heap.want_major();
  p.collect();
  EXPECT_EQ(p.heap.old_used(), 0u);
  EXPECT_LT(p.heap.total_words(), full / 10);
}

TEST_F(HeapTest, literals_do_not_move) {
  ArenaSpace arena;
  Term literal = make_list(arena, {make_tuple(arena, {atoms::ok}), make_binary(arena, std::string(100, 'x'))});
  FakeProcess p(2);
  p.roots[0] = literal;
  p.roots[1] = make_cons(p.heap, literal, literal.tail());
  p.collect();
  p.heap.want_major();
  p.collect();
  EXPECT_EQ(p.roots[0], literal);
  EXPECT_EQ(p.roots[1].head(), literal);
  EXPECT_EQ(p.roots[1].tail(), literal.tail());
}

TEST_F(HeapTest, a_list_built_from_the_front_across_collections) {
  FakeProcess p(2);
  p.roots[0] = make_cons(p.heap, Term::fixnum(0), Term::hole());
  p.roots[1] = p.roots[0];
  for (int i = 1; i < 5000; ++i) {
    p.safepoint(5);
    Term value = make_tuple(p.heap, {Term::fixnum(i)});
    Term cell = make_cons(p.heap, value, Term::hole());
    p.heap.set_tail(p.roots[1], cell);
    p.roots[1] = cell;
  }
  p.heap.set_tail(p.roots[1], Term::nil_list());
  p.collect();
  int i = 0;
  Term list = p.roots[0];
  for (; list.is_cons(); list = list.tail(), ++i) {
    ASSERT_EQ(i == 0 ? list.head() : tuple_at(list.head(), 0), Term::fixnum(i));
  }
  EXPECT_EQ(i, 5000);
}

TEST_F(HeapTest, the_stack_grows_deep_and_shrinks) {
  FakeProcess p(1);
  constexpr int kDepth = 300000;
  for (int i = 0; i < kDepth; ++i) {
    if (p.heap.free_words() < 8) p.collect(8);
    p.push(i % 10 == 0 ? make_tuple(p.heap, {Term::fixnum(i)}) : Term::fixnum(i));
  }
  if (!kGcStress) EXPECT_LT(p.moves, 40);
  for (int i = kDepth; i-- > 0;) {
    Term t = p.pop();
    ASSERT_EQ(i % 10 == 0 ? tuple_at(t, 0) : t, Term::fixnum(i));
    if (i % 1000 == 0) p.collect();
  }
  p.heap.want_major();
  p.collect();
  EXPECT_LT(p.heap.total_words(), 20000u);
}

TEST_F(HeapTest, large_terms_get_their_room) {
  FakeProcess p(1);
  std::vector<Term> elements(100000);
  for (size_t i = 0; i < elements.size(); ++i) elements[i] = Term::fixnum(static_cast<int>(i));
  p.collect(100001);
  EXPECT_GE(p.heap.free_words(), 100001u);
  p.roots[0] = phial::make_tuple(p.heap, std::span<const Term>(elements));
  EXPECT_TRUE(p.heap.is_young(p.roots[0].box()));
  p.collect();
  p.heap.want_major();
  p.collect();
  EXPECT_EQ(tuple_arity(p.roots[0]), 100000u);
  EXPECT_EQ(tuple_at(p.roots[0], 99999), Term::fixnum(99999));
}

TEST_F(HeapTest, shared_binaries_are_dropped_when_dead) {
  FakeProcess p(2);
  SharedBinary* young = new_shared_binary(100);
  SharedBinary* old = new_shared_binary(100);
  retain(young);
  retain(old);
  p.roots[0] = make_ref_binary(p.heap, old, 800);
  p.collect();
  make_ref_binary(p.heap, young, 800);
  p.roots[1] = make_sub_bitstring(p.heap, p.roots[0], 8, 700);
  EXPECT_EQ(young->count.load(), 2u);
  p.collect();
  EXPECT_EQ(young->count.load(), 1u);
  EXPECT_EQ(old->count.load(), 2u);
  p.roots[0] = Term::nil_list();
  p.heap.want_major();
  p.collect();
  EXPECT_EQ(old->count.load(), 2u);  // the part keeps the whole
  p.roots[1] = Term::nil_list();
  p.heap.want_major();
  p.collect();
  EXPECT_EQ(old->count.load(), 1u);
  EXPECT_EQ(p.heap.off_heap_total(), 0u);
  release(young);
  release(old);
}

TEST_F(HeapTest, big_binaries_make_a_heap_collect) {
  FakeProcess p(1, 100000);
  int before = static_cast<int>(p.heap.minor_collections());
  for (int i = 0; i < 100; ++i) {
    p.safepoint(10);
    make_binary(p.heap, std::string(100000, 'x'));
  }
  EXPECT_GE(static_cast<int>(p.heap.minor_collections()) - before, 5);
}

TEST_F(HeapTest, messages_are_copied_small_and_adopted_large) {
  FakeProcess sender(1), receiver(2);
  ArenaSpace arena;
  Term literal = make_tuple(arena, {atoms::ok, Term::nil_list()});
  literals_.add(arena);
  Term big_binary = make_binary(sender.heap, std::string(1000, 'z'));
  for (int size : {1, 10, 1000}) {
    sender.roots[0] = make_tuple(sender.heap, {list_of(sender.heap, size), literal, big_binary,
                                               make_sub_bitstring(sender.heap, big_binary, 8, 6000),
                                               make_sub_bitstring(sender.heap, big_binary, 3, 90)});
    Term shadow = deep_copy(shadow_, sender.roots[0]);
    Fragment* fragment = copy_to_fragment(sender.roots[0], literals_);
    ASSERT_NE(fragment, nullptr);
    receiver.roots[0] = receiver.heap.adopt(fragment);
    EXPECT_TRUE(equal_exact(receiver.roots[0], shadow));
    EXPECT_EQ(tuple_at(receiver.roots[0], 1), literal);
    receiver.collect();
    EXPECT_TRUE(equal_exact(receiver.roots[0], shadow));
    receiver.heap.want_major();
    receiver.collect();
    EXPECT_TRUE(equal_exact(receiver.roots[0], shadow));
    receiver.heap.check(receiver);
  }
  EXPECT_EQ(copy_to_fragment(Term::fixnum(1), literals_), nullptr);
  EXPECT_EQ(copy_to_fragment(literal, literals_), nullptr);
  discard(copy_to_fragment(big_binary, literals_));
}

TEST_F(HeapTest, compact_gives_memory_back) {
  FakeProcess p(1);
  p.roots[0] = list_of(p.heap, 10);
  for (int i = 0; i < 1000; ++i) {
    p.safepoint(100);
    list_of(p.heap, 10);
  }
  p.heap.compact(p);
  EXPECT_LE(p.heap.total_words(), 70u + 3 * 64u + 24u);
  p.safepoint(100);
  EXPECT_EQ(list_length(p.roots[0]), 10);
}

TEST_F(HeapTest, random_programs_keep_their_data) {
  std::mt19937 random(5);
  ArenaSpace literal_arena;
  std::vector<Term> literals;
  for (int i = 0; i < 10; ++i) literals.push_back(list_of(literal_arena, i * 3));
  literals_.add(literal_arena);
  FakeProcess p(24), other(1);
  std::vector<Term> shadows(p.roots.size(), Term::nil_list());
  std::vector<Term> stack_shadow;
  Space& h = p.heap;
  constexpr int kSteps = kGcStress ? 2000 : 20000;
  for (int step = 0; step < kSteps; ++step) {
    auto pick = [&] { return p.roots[random() % p.roots.size()]; };
    size_t at = random() % p.roots.size();
    Term t;
    switch (random() % 14) {
      case 0: t = make_cons(h, pick(), Term::nil_list()); break;
      case 1: t = make_cons(h, pick(), pick()); break;
      case 2: t = make_tuple(h, {pick(), Term::fixnum(step)}); break;
      case 3: t = integer_shift(h, Term::fixnum(step + 1), random() % 2000); break;
      case 4: t = make_binary(h, std::string(random() % 200, static_cast<char>('a' + random() % 26))); break;
      case 5: {
        t = pick();
        if (!t.is_bitstring()) t = make_binary(h, "seed");
        uint64_t bits = bit_view(t).bits;
        uint64_t from = bits == 0 ? 0 : random() % bits;
        t = make_sub_bitstring(h, t, from, bits - from);
        break;
      }
      case 6: {
        t = pick();
        if (!t.is_map()) t = make_empty_map(h);
        for (int i = 0; i < 20; ++i) t = map_put(h, atoms_, t, Term::fixnum(random() % 200), Term::fixnum(i));
        break;
      }
      case 7: {
        t = pick();
        if (!t.is_map() || map_size(t) == 0)
          t = map_put(h, atoms_, make_empty_map(h), atoms::ok, pick());
        else
          t = map_put(h, atoms_, t, atoms::error, pick());
        break;
      }
      case 8: t = literals[random() % literals.size()]; break;
      case 9: t = make_float(h, 1e250 * step); break;
      case 10: {
        t = pick();
        if (!t.is_bitstring()) t = make_binary(h, std::string(70, 's'));
        unsigned char* out;
        unsigned offset;
        t = binary_append(h, t, 24, &out, &offset);
        unsigned char bytes[3] = {1, 2, static_cast<unsigned char>(step)};
        copy_bits(out, offset, bytes, 0, 24);
        break;
      }
      case 11: {
        Term message = pick();
        Fragment* fragment = copy_to_fragment(message, literals_);
        t = fragment != nullptr ? p.heap.adopt(fragment) : message;
        break;
      }
      case 12: t = Term::nil_list(); break;
      default: t = list_of(h, random() % 300); break;
    }
    // Nesting doubles sizes; start over before copies take too long.
    if (copy_size(t, nullptr) > 5000) t = Term::fixnum(step);
    p.roots[at] = t;
    shadows[at] = deep_copy(shadow_, t);
    if (random() % 4 == 0) {
      if (p.heap.free_words() < 1) p.collect(1);  // before the root is read
      p.push(p.roots[at]);
      stack_shadow.push_back(shadows[at]);
    } else if (!stack_shadow.empty() && random() % 4 == 0) {
      for (size_t n = random() % stack_shadow.size() + 1; n-- > 0;) {
        ASSERT_TRUE(equal_exact(p.pop(), stack_shadow.back())) << step;
        stack_shadow.pop_back();
      }
    }
    if (random() % 50 == 0) p.heap.want_major();
    if (random() % 3 == 0)
      p.collect(random() % 100);
    else
      p.safepoint();
    ASSERT_TRUE(equal_exact(p.roots[at], shadows[at])) << step;
    if (step % 100 == 0) {
      p.collect();
      p.heap.check(p);
      for (size_t i = 0; i < shadows.size(); ++i) ASSERT_TRUE(equal_exact(p.roots[i], shadows[i])) << step;
    }
  }
}

}  // namespace
}  // namespace phial
