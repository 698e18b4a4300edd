// Compiles the clauses of a match into tests. Rows keep their order; a run of rows that test the same place is split by
// kind and by constant (one test or one switch for all of them), so no row is ever duplicated and the code is at most as long
// as the clauses. Parts of a term are taken out when first needed on a path.
#pragma once

#include <functional>
#include <vector>

#include "compiler/emit/builder.h"

namespace phial::compiler {

class Matcher {
 public:
  /// [leaf] makes the body of a row and ends its block, or goes on behind the match when there is one row.
  Matcher(Builder& b, uint32_t line, std::function<void(uint32_t)> leaf) : b_(b), line_(line), leaf_(std::move(leaf)) {}

  uint32_t add_place(VReg r);
  uint32_t add_rest(const Value& v);
  void add_row(std::span<const uint32_t> places, std::span<Pattern* const> patterns, std::span<const VarPair> same,
               std::span<Node* const> guards, uint32_t action);
  /// Tests all rows; none fits: goes to [fail].
  void run(BlockId fail) { match(std::move(rows_), fail); }

 private:
  /// Somewhere in the matched term: a register, or how to get it from another place.
  struct Place {
    VReg reg = kNone;
    uint8_t kind = 0;  // as Builder::Part
    uint32_t parent = 0, index = 0;
    VReg position = kNone;  // the rest of binary [reg] from there
    bool whole_bytes = false;
  };
  struct Item {
    uint32_t place;
    Pattern* pattern;
    uint32_t step = 0;     // keys or segments that are through
    VReg position = kNone; // inside a binary: where the next segment begins
  };
  struct Row {
    std::vector<Item> items;  // only patterns that can fail
    std::vector<std::pair<VarId, uint32_t>> binds;
    std::span<const VarPair> same;
    std::span<Node* const> guards;
    uint32_t action;
  };
  using Rows = std::vector<Row>;
  enum class Class : uint8_t { Immediate, Tuple, Cons, Map, Binary, Other, Same, Cursor };

  void match(Rows rows, BlockId fail);
  void leaf(Row& row, BlockId fail);
  void match_run(Rows rows, std::vector<Item> items, BlockId fail);
  void immediates(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail);
  void tuples(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail);
  void tuple_elements(Rows rows, std::vector<Item> items, uint32_t place, uint32_t from, BlockId fail);
  void conses(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail);
  void maps(Rows rows, std::vector<Item> items, VReg r, BlockId next);
  void binaries(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail);
  void cursors(Rows rows, std::vector<Item> items, BlockId fail);
  void one_segment(Rows rows, std::vector<Item> items, BlockId fail);
  void others(Rows rows, std::vector<Item> items, VReg r, BlockId next, BlockId fail);
  void test_constant(VReg r, Term t, BlockId fail);
  VReg segment_size(const Segment& s, BlockId fail);
  void add_item(Row& row, uint32_t place, Pattern* p);
  VReg get(uint32_t place);
  /// The value at a place, a rest left as it is.
  Value value(uint32_t place);
  /// The binary that positions at [place] count in.
  VReg source(uint32_t place);
  static Class class_of(const Item& item);
  static bool same_segment(const Segment& a, const Segment& b);

  Builder& b_;
  uint32_t line_;
  std::function<void(uint32_t)> leaf_;
  std::vector<Place> places_;
  Rows rows_;
};

}  // namespace phial::compiler
