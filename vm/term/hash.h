// Hashes of terms. internal_hash decides where a key stands in a HashMap, and so the order in which big maps are
// walked; it computes what OTP 25 computes on x86-64, so that numbers, strings and what is made of them come in
// the order Elixir programmers see. Atoms, pids, references and funs have an order of our own.
#pragma once

#include "vm/term/term.h"

namespace phial {

class AtomTable;

/// Hash of [t]. With [block] > 0, of the pair [block | t]: a second, third... 32 bits for a key.
uint32_t internal_hash(Term t, unsigned block = 0);

/// The 32 bits behind :erlang.phash2: the same for equal terms in every runtime and in OTP, except for funs, pids,
/// references and resources, which hash by identity.
uint32_t portable_hash(Term t, const AtomTable& atoms);

/// Bob Jenkins' mixing step, the base of both hashes here. Returns the new c.
inline uint32_t mix3(uint32_t a, uint32_t b, uint32_t c) {
  a = (a - b - c) ^ (c >> 13);
  b = (b - c - a) ^ (a << 8);
  c = (c - a - b) ^ (b >> 13);
  a = (a - b - c) ^ (c >> 12);
  b = (b - c - a) ^ (a << 16);
  c = (c - a - b) ^ (b >> 5);
  a = (a - b - c) ^ (c >> 3);
  b = (b - c - a) ^ (a << 10);
  c = (c - a - b) ^ (b >> 15);
  return c;
}

inline constexpr uint32_t kHashGolden = 0x9e3779b9;

/// The hash of [size] bytes, started with [seed].
uint32_t hash_bytes(const unsigned char* bytes, size_t size, uint32_t seed);

}  // namespace phial
