#include "expr/ball_text.h"

#include <charconv>

#include "expr/ball.h"

namespace nabla {
namespace {

std::string number_text(long n) {
  char buffer[24];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, n).ptr};
}

// One digit of an upper bound: "3e-20".
std::string bound_text(double x) {
  char buffer[32];
  const double up = x * 1.5;  // so that rounding to one digit stays above
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, up, std::chars_format::scientific, 0).ptr};
}

}  // namespace

std::string decimal_text(bool negative, std::string digits, long exponent, bool exact) {
  const auto drop_zeros = [&](size_t kept) {
    while (exact && digits.size() > kept && digits.back() == '0') digits.pop_back();
  };
  std::string text = negative ? "-" : "";
  const auto count = static_cast<long>(digits.size());
  if (exponent < -5 || exponent >= count) {
    drop_zeros(1);
    text += digits.substr(0, 1);
    if (digits.size() > 1) text += "." + digits.substr(1);
    return text + (exponent < 0 ? "e-" : "e+") + number_text(exponent < 0 ? -exponent : exponent);
  }
  if (exponent < 0) {
    drop_zeros(1);
    return text + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  }
  const auto whole = static_cast<size_t>(exponent) + 1;
  drop_zeros(whole);
  text += digits.substr(0, whole);
  if (digits.size() > whole) text += "." + digits.substr(whole);
  return text;
}

std::string Ball::to_string(int digits) const {
  if (undefined_) return "undefined";
  if (!is_finite()) return "unknown";
  std::string text = "0";
  for (int n = digits; n > 0 && !is_zero(); n = n > 20 ? n - n / 10 : n - 1) {
    if (auto certified = this->digits(n)) {
      text = *certified;
      break;
    }
  }
  return is_exact() ? text : text + " +/- " + bound_text(radius());
}

Ball select(Truth condition, const Ball& a, const Ball& b) {
  return condition == Truth::yes ? a : condition == Truth::no ? b : unite(a, b);
}

Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}

Truth either(Truth a, Truth b) { return !both(!a, !b); }

}  // namespace nabla
