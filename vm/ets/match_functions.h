// Functions that guards and bodies of match specifications may call.
#pragma once

#include <string_view>

#include "vm/ets/match_spec.h"

namespace phial::ets {

/// The index of name/arity in the table of functions, or -1.
int find_match_function(std::string_view name, size_t arity);
MatchFunction match_function(uint32_t index);
uint32_t match_function_arity(uint32_t index);

}  // namespace phial::ets
