// Splits the text of a decimal literal, "12", "0.25", "1e-3", into digits and a power of ten.
//
// Invariant: the value is the integer written by `whole` and `decimals` together, times 10^scale; that
// integer has no leading zeros, so both are empty for zero. The exponent saturates at 2^40 either way,
// beyond any limit on digits.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nabla {

struct Decimal {
  std::string_view whole;
  std::string_view decimals;
  int64_t scale = 0;
};

// digits[.digits][(e|E)[+-]digits], or nullopt for any other text.
inline std::optional<Decimal> scan_decimal(std::string_view text) {
  const auto digit = [&] { return !text.empty() && text[0] >= '0' && text[0] <= '9'; };
  const auto take = [&](char lower, char upper) {
    if (text.empty() || (text[0] != lower && text[0] != upper)) return false;
    text.remove_prefix(1);
    return true;
  };
  const auto take_digits = [&] {
    const std::string_view from = text;
    while (digit()) text.remove_prefix(1);
    return from.substr(0, from.size() - text.size());
  };
  const auto strip = [](std::string_view s) {
    return s.substr(std::min(s.find_first_not_of('0'), s.size()));
  };

  Decimal d;
  d.whole = take_digits();
  if (d.whole.empty()) return std::nullopt;
  if (take('.', '.')) {
    d.decimals = take_digits();
    if (d.decimals.empty()) return std::nullopt;
  }
  if (take('e', 'E')) {
    const bool negative = take('-', '-');
    if (!negative) take('+', '+');
    if (!digit()) return std::nullopt;
    constexpr int64_t far = int64_t{1} << 40;
    for (const char c : take_digits()) d.scale = std::min(far, d.scale * 10 + (c - '0'));
    if (negative) d.scale = -d.scale;
  }
  if (!text.empty()) return std::nullopt;
  d.scale -= static_cast<int64_t>(d.decimals.size());
  d.whole = strip(d.whole);
  if (d.whole.empty()) d.decimals = strip(d.decimals);
  return d;
}

}  // namespace nabla
