#include "vm/term/number_print.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace phial {

namespace {

/// The shortest digits d1 d2... such that the value is 0.d1d2... times 10^place.
struct Digits {
  char text[24];
  int count;
  int place;
};

Digits shortest_digits(double magnitude) {
  char buffer[40];
  auto end = std::to_chars(buffer, buffer + sizeof(buffer), magnitude, std::chars_format::scientific).ptr;
  Digits d{};
  const char* p = buffer;
  for (; p != end && *p != 'e'; ++p) {
    if (*p != '.') d.text[d.count++] = *p;
  }
  int exponent = 0;
  if (p != end) {
    ++p;
    if (p != end && *p == '+') ++p;
    std::from_chars(p, end, exponent);
  }
  d.place = exponent + 1;
  return d;
}

std::string with_exponent(const Digits& d) {
  std::string text(1, d.text[0]);
  text += '.';
  if (d.count == 1)
    text += '0';
  else
    text.append(d.text + 1, static_cast<size_t>(d.count) - 1);
  text += 'e';
  text += std::to_string(d.place - 1);
  return text;
}

constexpr double kPowersOf10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
constexpr int kMaxFastDecimals = 18;

std::string print_exactly(const char* format, int decimals, double value) {
  std::string text(400 + static_cast<size_t>(decimals), '\0');
  int size = std::snprintf(text.data(), text.size(), format, decimals, value);
  text.resize(static_cast<size_t>(size));
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t skip_digits(std::string_view text, size_t at) {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

}  // namespace

std::string float_to_shortest(double value) {
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  double magnitude = std::fabs(value);
  Digits d = shortest_digits(magnitude);
  auto count = static_cast<size_t>(d.count);
  std::string text;
  // Of the plain and the exponent form the shorter one is taken, the plain one if they are equally long. From 2^53 on,
  // where not every digit of the plain form would be significant, it is always the exponent form.
  int exponent_length = static_cast<int>(std::to_string(d.place - 1).size());
  int exponent_cost = exponent_length + 1 + (d.count == 1 ? 2 : 1);
  if (magnitude >= 0x1p53) {
    text = with_exponent(d);
  } else if (d.place > 0 && d.place < d.count) {
    auto whole = static_cast<size_t>(d.place);
    text.append(d.text, whole).append(1, '.').append(d.text + whole, count - whole);
  } else if (d.place <= 0) {
    if (d.place == 0 || 2 - d.place <= exponent_cost) {
      text = "0." + std::string(static_cast<size_t>(-d.place), '0') + std::string(d.text, count);
    } else {
      text = with_exponent(d);
    }
  } else if (d.place - d.count + 2 <= exponent_cost) {
    text = std::string(d.text, count) + std::string(static_cast<size_t>(d.place - d.count), '0') + ".0";
  } else {
    text = with_exponent(d);
  }
  return std::signbit(value) ? "-" + text : text;
}

std::string float_to_inspect(double value) {
  double magnitude = std::fabs(value);
  if (magnitude >= 1 && magnitude < 1e16 && std::trunc(value) == value) {
    return std::to_string(static_cast<int64_t>(value)) + ".0";
  }
  return float_to_shortest(value);
}

std::string float_to_decimals(double value, int decimals, bool compact) {
  std::string text;
  double magnitude = std::fabs(value);
  if (decimals > kMaxFastDecimals || magnitude >= 0x1p53) {
    text = print_exactly("%.*f", decimals, value);
  } else {
    // The fraction is scaled and rounded as a double, not as the exact decimal number it stands for: 0.045 gives 0.05.
    auto whole = static_cast<uint64_t>(magnitude);
    double scale = kPowersOf10[decimals];
    double scaled = (magnitude - static_cast<double>(whole)) * scale;
    auto fraction = static_cast<uint64_t>(scaled);
    if (scaled - static_cast<double>(fraction) >= 0.5) ++fraction;
    if (fraction >= static_cast<uint64_t>(scale)) {
      ++whole;
      fraction -= static_cast<uint64_t>(scale);
    }
    if (std::signbit(value)) text = "-";
    text += std::to_string(whole);
    if (decimals > 0) {
      std::string digits = std::to_string(fraction);
      text += '.';
      text.append(static_cast<size_t>(decimals) - digits.size(), '0');
      text += digits;
    }
  }
  if (compact && decimals > 0) {
    size_t size = text.size();
    while (text[size - 1] == '0' && text[size - 2] != '.') --size;
    text.resize(size);
  }
  return text;
}

std::string float_to_scientific(double value, int decimals) { return print_exactly("%.*e", decimals, value); }

size_t float_prefix(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+');
  size_t point = skip_digits(text, at);
  if (point == at || point >= text.size() || text[point] != '.') return 0;
  size_t end = skip_digits(text, point + 1);
  if (end == point + 1) return 0;
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    size_t digits = end + 1;
    if (digits < text.size() && (text[digits] == '-' || text[digits] == '+')) ++digits;
    size_t after = skip_digits(text, digits);
    if (after > digits) end = after;
  }
  return end;
}

std::optional<double> float_from_text(std::string_view text) {
  if (text.empty() || float_prefix(text) != text.size()) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // Too big or too small: only the former is an error.
    size_t e = text.find_first_of("eE");
    bool small = e != std::string_view::npos ? text[e + 1] == '-' : text[text[0] == '-'] == '0';
    if (!small) return std::nullopt;
    return text[0] == '-' ? -0.0 : 0.0;
  }
  if (error != std::errc() || std::isinf(value)) return std::nullopt;
  return value;
}

}  // namespace phial
