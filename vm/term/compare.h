// Term order and equality. Iterative: depth of the data costs no C++ stack. Thread-safe on terms that do not move.
#pragma once

#include "vm/term/term.h"

namespace phial {

class AtomTable;

/// <0, 0, >0 in Elixir's term order, 1 == 1.0. number < atom < reference < fun < port < pid < tuple < map < [] < list < bitstring.
int compare_terms(Term a, Term b, const AtomTable& atoms);
/// The order of map keys: as compare_terms, but every integer comes before every float.
int compare_exact(Term a, Term b, const AtomTable& atoms);
/// ===
bool equal_exact(Term a, Term b);
/// ==
bool equal_loose(Term a, Term b);
/// 60-bit hash; equal_exact terms hash alike. Stable within one run only.
uint64_t hash_term(Term t);

}  // namespace phial
