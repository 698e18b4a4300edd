// Checks of invariants. VM_ASSERT is free in release builds; VM_CHECK always runs and
// ends the program with the place and the broken condition. Neither is for user errors.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace phial {

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "phial: %s:%d: broken invariant: %s\n", file, line, condition);
  std::abort();
}

}  // namespace phial

#define VM_CHECK(condition) \
  (__builtin_expect(!(condition), 0) ? ::phial::assertion_failed(#condition, __FILE__, __LINE__) : (void)0)

#ifdef PHIAL_DEBUG
#define VM_ASSERT(condition) VM_CHECK(condition)
#else
#define VM_ASSERT(condition) ((void)sizeof(condition))
#endif
