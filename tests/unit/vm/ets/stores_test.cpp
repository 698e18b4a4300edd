#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "vm/ets/table.h"
#include "vm/heap/arena_space.h"
#include "vm/heap/literals.h"
#include "vm/term/binary.h"
#include "vm/term/compare.h"
#include "vm/term/list.h"
#include "vm/term/tuple.h"

namespace phial::ets {
namespace {

class Stores : public testing::Test {
 protected:
  AtomTable atoms;
  LiteralRegistry literals;
  ArenaSpace space;

  Object* object(Term key, int64_t value) { return make_object(phial::make_tuple(space, {key, Term::fixnum(value)}), literals); }
  Term text(int64_t i) { return make_binary(space, "key number " + std::to_string(i) + std::string(80, 'x')); }
};

TEST_F(Stores, a_copy_shares_nothing_with_the_table) {
  Term big = make_binary(space, std::string(1000, 'b'));
  Term term = phial::make_tuple(space, {Term::fixnum(1), make_list(space, {big, atoms::ok}), make_binary(space, "small")});
  Object* o = make_object(term, literals);
  EXPECT_FALSE(o->flags & Object::kFlat);
  ArenaSpace other;
  Term copy = copy_out(other, *o);
  EXPECT_TRUE(equal_exact(copy, term));
  free_object(o);
  EXPECT_TRUE(equal_exact(copy, term));
  Object* flat = make_object(phial::make_tuple(space, {atoms::ok, Term::fixnum(2)}), literals);
  EXPECT_TRUE(flat->flags & Object::kFlat);
  EXPECT_TRUE(equal_exact(copy_out(other, *flat), flat->tuple));
  free_object(flat);
}

TEST_F(Stores, an_ordered_store_agrees_with_a_map) {
  for (bool boxed : {false, true}) {
    OrderedStore store(atoms, literals, 0);
    std::map<int64_t, int64_t> model;
    std::vector<Term> keys;
    // Decimal text of equal length sorts as the numbers do.
    for (int64_t i = 0; i < 3000; ++i) keys.push_back(boxed ? text(10000 + i) : Term::fixnum(i));
    std::mt19937 random(7);
    for (int step = 0; step < 30000; ++step) {
      int64_t k = static_cast<int64_t>(random() % 3000);
      if (random() % 5 < (step < 15000 ? 3u : 1u)) {
        Object* old = store.put(object(keys[k], step));
        EXPECT_EQ(old != nullptr, model.contains(k));
        if (old) free_object(old);
        model[k] = step;
      } else {
        Object* old = store.remove(keys[k]);
        EXPECT_EQ(old != nullptr, model.erase(k) == 1);
        if (old) free_object(old);
      }
    }
    auto it = model.begin();
    for (Object* o = store.first(); o != nullptr; o = store.after(store.key_of(*o)), ++it) {
      ASSERT_NE(it, model.end());
      EXPECT_TRUE(equal_exact(store.key_of(*o), keys[it->first]));
      EXPECT_EQ(tuple_at(o->tuple, 1).as_fixnum(), it->second);
    }
    EXPECT_EQ(it, model.end());
    auto back = model.rbegin();
    for (Object* o = store.last(); o != nullptr; o = store.before(store.key_of(*o)), ++back) {
      EXPECT_TRUE(equal_exact(store.key_of(*o), keys[back->first]));
    }
    EXPECT_EQ(back, model.rend());
    for (int64_t k = 0; k < 3000; k += 7) {
      auto above = model.upper_bound(k);
      Object* o = store.after(keys[k]);
      EXPECT_EQ(o != nullptr, above != model.end());
      if (o) { EXPECT_TRUE(equal_exact(store.key_of(*o), keys[above->first])); }
    }
  }
}

TEST_F(Stores, an_ordered_store_takes_ascending_and_descending_keys) {
  for (bool up : {true, false}) {
    OrderedStore store(atoms, literals, 0);
    for (int64_t i = 0; i < 50000; ++i) ASSERT_EQ(store.put(object(Term::fixnum(up ? i : -i), i)), nullptr);
    int64_t n = 0;
    for (Object* o = store.first(); o != nullptr; o = store.after(store.key_of(*o))) ++n;
    EXPECT_EQ(n, 50000);
    for (int64_t i = 0; i < 50000; ++i) {
      Object* o = store.remove(Term::fixnum(up ? i : -i));
      ASSERT_NE(o, nullptr);
      free_object(o);
    }
    EXPECT_EQ(store.first(), nullptr);
    EXPECT_EQ(store.last(), nullptr);
  }
}

class HashedTable : public Stores, public testing::WithParamInterface<uint32_t> {
 protected:
  HashedTable() : table(0, false, GetParam()) {
    table.options.type = TableType::Set;
    table.id = 1;
  }
  void put(int64_t key, int64_t value) {
    Object* o = object(Term::fixnum(key), value);
    o->hash = table.hash(Term::fixnum(key), 0);
    Object* old;
    {
      WriteGuard lock(table, o->hash);
      old = table.insert(o);
    }
    if (old) free_object(old);
    table.adapt();
  }
  bool has(int64_t key) {
    uint32_t hash = table.hash(Term::fixnum(key), 0);
    SharedGuard lock(table.stripe(hash));
    return table.find(hash, Term::fixnum(key)) != nullptr;
  }
  void remove(int64_t key) {
    uint32_t hash = table.hash(Term::fixnum(key), 0);
    Object* gone;
    {
      WriteGuard lock(table, hash);
      gone = table.remove(hash, Term::fixnum(key), [](Object&) { return true; });
    }
    free_chain(gone);
    table.adapt();
  }
  std::multiset<int64_t> walk() {
    std::multiset<int64_t> seen;
    for (uint32_t i = 0; i < table.store().buckets(); ++i) {
      SharedGuard lock(table.stripe(i));
      for (Object* o = table.store().bucket(i); o != nullptr; o = o->next) {
        if (!o->deleted()) seen.insert(table.key_of(*o).as_fixnum());
      }
    }
    return seen;
  }
  Table table;
};

TEST_P(HashedTable, grows_and_shrinks_with_its_objects) {
  for (int64_t i = 0; i < 20000; ++i) put(i, i);
  EXPECT_EQ(table.objects(), 20000);
  EXPECT_GT(table.store().buckets(), 15000u);
  for (int64_t i = 0; i < 20000; ++i) ASSERT_TRUE(has(i)) << i;
  EXPECT_EQ(walk().size(), 20000u);
  for (int64_t i = 0; i < 20000; ++i) remove(i);
  EXPECT_EQ(table.objects(), 0);
  EXPECT_EQ(table.words(), 0);
  EXPECT_LT(table.store().buckets(), 1000u);
}

TEST_P(HashedTable, a_walk_over_a_fixed_table_is_complete_while_objects_go) {
  for (int64_t i = 0; i < 1000; ++i) put(i, i);
  uint64_t life = table.store().fix();
  std::set<int64_t> seen;
  for (uint32_t i = 0; i < table.store().buckets(); ++i) {
    std::vector<int64_t> keys;
    for (Object* o = table.store().bucket(i); o != nullptr; o = o->next) {
      if (!o->deleted()) keys.push_back(table.key_of(*o).as_fixnum());
    }
    for (int64_t key : keys) {
      EXPECT_TRUE(seen.insert(key).second);
      remove(key);
      if (key < 1000) put(2000 + key, 0);
    }
  }
  for (int64_t i = 0; i < 1000; ++i) EXPECT_TRUE(seen.contains(i));
  table.store().unfix(life);
  for (int64_t i = 0; i < 1000; ++i) EXPECT_FALSE(has(i));
  for (int64_t i = 0; i < 300; ++i) put(i, 1);
  EXPECT_EQ(walk().count(5), 1u);
}

TEST_P(HashedTable, threads_put_find_and_remove) {
  std::vector<std::thread> threads;
  for (int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      ArenaSpace own;
      for (int64_t i = 0; i < 5000; ++i) {
        int64_t key = i * 4 + t;
        Object* o = make_object(phial::make_tuple(own, {Term::fixnum(key), Term::fixnum(i)}), literals);
        o->hash = table.hash(Term::fixnum(key), 0);
        {
          WriteGuard lock(table, o->hash);
          table.insert(o);
        }
        table.adapt();
        EXPECT_TRUE(has(key));
        if (i % 3 == 0) remove(key);
        has(i);
      }
    });
  }
  for (std::thread& t : threads) t.join();
  int64_t expected = 4 * (5000 - 1667);
  EXPECT_EQ(table.objects(), expected);
  EXPECT_EQ(walk().size(), static_cast<size_t>(expected));
}

INSTANTIATE_TEST_SUITE_P(Stripes, HashedTable, testing::Values(1u, 16u));

TEST_F(Stores, a_bag_keeps_time_order_and_no_equal_twins) {
  Table table(0, false, 1);
  table.options.type = TableType::Bag;
  auto put = [&](int64_t value) {
    Object* o = object(atoms::ok, value);
    o->hash = 5;
    Object* old = table.insert(o);
    if (old) free_object(old);
  };
  for (int64_t v : {1, 2, 1, 3}) put(v);
  EXPECT_EQ(table.objects(), 3);
  std::vector<int64_t> newest_first;
  for (Object* o = table.find(5, atoms::ok); o != nullptr; o = table.next_same(o, atoms::ok)) {
    newest_first.push_back(tuple_at(o->tuple, 1).as_fixnum());
  }
  EXPECT_EQ(newest_first, (std::vector<int64_t>{3, 2, 1}));
  Contents gone = table.take_all(atoms, literals);
  EXPECT_EQ(gone.objects, 3);
  EXPECT_EQ(table.objects(), 0);
}

}  // namespace
}  // namespace phial::ets
