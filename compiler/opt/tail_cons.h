// Tail-modulo-cons. A function whose result is [x, y | f(..)] with f in the same loop of functions needs no stack for that call: the
// cell is made first, with a hole for its tail, and a variant of f (its worker) gets the cell as one more parameter and
// stores its result in the hole. In a worker, a tail call to a function of the same loop is a tail call to that one's worker;
// any other result is stored and the worker returns.
// Only calls within one strongly connected component of the graph of tail calls count, so no loop loses its constant stack.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "compiler/core/core.h"

namespace phial::compiler {

using FunctionFinder = std::function<Function*(Term name, uint32_t arity)>;

struct TailCons {
  static constexpr uint32_t kOutside = ~uint32_t{0};
  /// By Function::index: number of the component with a cons call inside that the function belongs to, or kOutside.
  std::vector<uint32_t> loop;
  bool same_loop(const Function& from, const Function& to) const {
    return loop[from.index] != kOutside && loop[from.index] == loop[to.index];
  }
};

/// [find] gives the function of the module with a name and arity, or null.
TailCons find_tail_cons(const CoreModule& module, const FunctionFinder& find);

}  // namespace phial::compiler
