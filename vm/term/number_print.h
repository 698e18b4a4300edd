// Floats to text and back, in the forms of Erlang and Elixir. No locale, no allocation beyond the result.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace phial {

/// The shortest text that reads back as the same float: 1.0, 0.001, 1.0e3, 1.5e-7. What to_string gives.
std::string float_to_shortest(double value);
/// As inspect writes it: whole numbers below 1.0e16 in full (1000.0), else the shortest text.
std::string float_to_inspect(double value);
/// Plain notation with [decimals] (0..253) digits after the point, halves away from zero as OTP rounds them; [compact]
/// leaves out zeros at the end but keeps one digit.
std::string float_to_decimals(double value, int decimals, bool compact);
/// 1.25e+00 with [decimals] (0..249) digits after the point.
std::string float_to_scientific(double value, int decimals);

/// Reads [+-]digits.digits[e[+-]digits], the whole text. Nothing else is a float, nor is what would be infinite.
std::optional<double> float_from_text(std::string_view text);
/// Length of the longest prefix that float_from_text accepts, when [text] starts with one; else 0.
size_t float_prefix(std::string_view text);

}  // namespace phial
