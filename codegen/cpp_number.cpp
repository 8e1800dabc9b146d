#include "codegen/cpp_number.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "eval/certify.h"
#include "expr/diagnostic.h"

namespace nabla {
namespace {

constexpr int64_t exact_in_float = int64_t{1} << 24;
constexpr int64_t exact_in_double = int64_t{1} << 53;

// `digits` with a point or an exponent, as C++ asks of what is no integer.
std::string floating(std::string digits) {
  if (digits.find_first_of(".e") == std::string::npos) digits += ".0";
  return digits;
}

// T(2), T(0.5); of the types themselves literals, 2.0 and 2.0F.
std::string cast(std::string_view scalar, const std::string& digits) {
  if (scalar == "double") return floating(digits);
  if (scalar == "float") return floating(digits) + "F";
  return std::string(scalar) + "(" + digits + ")";
}

bool is_power_of_two(int64_t n) { return (n & (n - 1)) == 0; }

Rational exact(double v) {
  int exponent = 0;
  const auto mantissa = static_cast<int64_t>(std::ldexp(std::frexp(v, &exponent), 53));
  const auto scale = Rational(2).pow(std::abs(exponent - 53), Rational::max_bits);
  return exponent >= 53 ? Rational(mantissa) * *scale : Rational(mantissa) / *scale;
}

}  // namespace

std::string shortest(double v) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v);
  return {buffer, end.ptr};
}

CppNumber cpp_number(const Rational& v, std::string_view scalar) {
  if (v.is_small()) {
    const int64_t n = v.small_num(), d = v.small_den();
    if (d == 1 && n <= INT32_MAX) return {cast(scalar, std::to_string(n))};
    if (n <= exact_in_double && is_power_of_two(d)) {
      return {cast(scalar, floating(shortest(v.to_double())))};
    }
    if (n <= exact_in_float && d <= exact_in_float) {
      int64_t ten = 10;
      while (ten <= exact_in_float && ten % d != 0) ten *= 10;
      const bool decimal = ten <= exact_in_float && n * (ten / d) <= exact_in_float;
      const int64_t factor = decimal ? ten / d : 1;
      return {cast(scalar, std::to_string(n * factor)) + " / " + cast(scalar, std::to_string(d * factor)),
              true};
    }
  }
  const double high = v.to_double();
  if (std::isinf(high)) {
    throw Failure(Code::cannot_emit, "the number is larger than any double",
                  "rescale the formula so that its constants stay below 1e308");
  }
  if (scalar == "float" &&
      (high > std::numeric_limits<float>::max() || high < std::numeric_limits<float>::min())) {
    throw Failure(
        Code::cannot_emit, "the number " + shortest(high) + " is no float",
        "write --scalar double, or rescale the formula so that its constants lie between 1e-37 and 1e38");
  }
  const std::string first = cast(scalar, floating(shortest(high)));
  if (scalar == "double" || scalar == "float") return {first};
  const double low = (v - exact(high)).to_double();
  if (low == 0) return {first};
  const char* sign = low < 0 ? " - " : " + ";
  return {"(" + first + sign + cast(scalar, shortest(std::abs(low))) + ")"};
}

std::string constant_digits(Context& ctx, Ref e) {
  try {
    return certified_digits(ctx, e, 40);
  } catch (const Failure& failure) {
    const Code code = failure.diagnostic.code;
    if (code != Code::undecided && code != Code::undefined_value && code != Code::cannot_evaluate) throw;
    return {};
  }
}

CppNumber cpp_constant(Context& ctx, Ref e, std::string_view scalar) {
  constexpr uint64_t most_digits = 1000;
  const std::string digits = constant_digits(ctx, e);
  const auto value = digits.empty() ? std::nullopt : Rational::parse(digits, most_digits);
  if (!value) throw Failure(Code::cannot_emit, "a constant of the formula is no number that code can hold");
  return cpp_number(*value, scalar);
}

}  // namespace nabla
