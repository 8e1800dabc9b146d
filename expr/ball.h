// Certified real arithmetic: a Ball is an interval, midpoint and radius, that contains the true value.
//
// Invariant: every operation encloses the result of the real operation on all points of its operands. Real
// functions are partial, so a Ball that is not finite says one of two things: undefined(), no point of the
// operands lies in the domain, whatever the precision; or unknown, more precision may decide. Undefined
// operands give undefined results.
//
// A Ball carries its working precision in bits; a result has the larger of its operands'. Precision,
// exponents and orders are bounded, and beyond the bounds the result is unknown: Arb cannot be interrupted.
// Only ball.cpp touches FLINT and Arb.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nabla {

class Rational;

// The answer to a comparison of intervals.
enum class Truth : uint8_t { no, yes, unknown };

class Ball {
 public:
  static constexpr long max_precision = 20'000;  // bits; larger requests are cut

  Ball() : Ball(0) {}
  Ball(int n);                                   // NOLINT: an integer converts, exactly; precision 64
  explicit Ball(double x, long precision = 53);  // exactly x; unknown if x is not finite
  Ball(const Rational& q, long precision);       // enclosure of q, exact if q is an integer that fits
  static Ball fraction(int64_t numerator, int64_t denominator, long precision);
  // From optionally signed decimal integers; unknown if they are not. denominator != 0.
  static Ball fraction(std::string_view numerator, std::string_view denominator, long precision);
  static Ball interval(double lower, double upper, long precision);  // lower <= upper
  static Ball pi(long precision);
  static Ball e(long precision);
  static Ball undefined();
  static Ball unknown();

  Ball(const Ball& other);
  Ball(Ball&& other) noexcept;
  Ball& operator=(Ball other) noexcept;
  ~Ball();
  void swap(Ball& other) noexcept;

  long precision() const { return precision_; }
  Ball with_precision(long precision) const;  // the same set of numbers, for further work at `precision`

  bool is_undefined() const { return undefined_; }
  bool is_finite() const;
  bool is_exact() const;                   // radius 0
  bool is_zero() const;                    // exactly 0
  bool is_integer() const;                 // exactly an integer
  bool contains_zero() const;              // true also if not finite
  bool contains_integer() const;           // true also if not finite
  bool contains(const Ball& other) const;  // every point of `other` lies here
  bool overlaps(const Ball& other) const;
  double midpoint() const;  // nearest double; NaN if not finite
  double radius() const;    // upper bound; infinity if not finite
  double lower() const;     // a double <= all points, and close; -infinity if not finite
  double upper() const;
  // Bits of agreement: -log2(radius/|midpoint|), about; 0 if there are none, max_precision if exact.
  long accurate_bits() const;
  // An e with |x| < 2^e for all points, within 1 of the least; nullopt for 0 and if not finite.
  std::optional<long> magnitude_bits() const;

  Ball operator-() const;
  friend Ball operator+(const Ball& a, const Ball& b);
  friend Ball operator-(const Ball& a, const Ball& b);
  friend Ball operator*(const Ball& a, const Ball& b);
  friend Ball operator/(const Ball& a, const Ball& b);
  Ball& operator+=(const Ball& b) { return *this = *this + b; }
  Ball& operator-=(const Ball& b) { return *this = *this - b; }
  Ball& operator*=(const Ball& b) { return *this = *this * b; }
  Ball& operator/=(const Ball& b) { return *this = *this / b; }

  friend Truth operator<(const Ball& a, const Ball& b);
  friend Truth operator>(const Ball& a, const Ball& b) { return b < a; }
  friend Truth operator<=(const Ball& a, const Ball& b);
  friend Truth operator>=(const Ball& a, const Ball& b) { return b <= a; }
  friend Truth operator==(const Ball& a, const Ball& b);

  // The decimal digits of the value, correctly rounded (halves away from zero) to `digits` significant ones;
  // nullopt if the ball is too wide to tell, or digits > 6,000. Exact values drop trailing zeros.
  // "3.14159", "-0.00012", "6.02e+23".
  std::optional<std::string> digits(int digits) const;
  // For people: as many certified digits as there are, at most `digits`, then the radius: "3.1416 +/- 2e-5",
  // "undefined", "unknown".
  std::string to_string(int digits = 15) const;

 private:
  friend struct BallAccess;
  alignas(8) unsigned char storage_[48];  // arb_struct; ball.cpp asserts the size
  long precision_ = 64;
  bool undefined_ = false;
};

inline Truth operator!(Truth t) { return t == Truth::unknown ? t : t == Truth::yes ? Truth::no : Truth::yes; }
Truth both(Truth a, Truth b);
Truth either(Truth a, Truth b);

// A ball around both; not finite if one is not.
Ball unite(const Ball& a, const Ball& b);
// The value of `if condition then a else b`: the union where the condition is unknown.
Ball select(Truth condition, const Ball& a, const Ball& b);

// x^y: any real x if y is an integer, x^0 = 1; else x > 0, and x = 0 if y > 0.
Ball pow(const Ball& x, const Ball& y);
Ball pow(const Ball& x, const Rational& y);

// Real functions, undefined outside their domain. Functions of functions.def that are not here are written
// there in terms of these.
// clang-format off
#define NABLA_BALL_FUNCTIONS(F)                                                                         \
  F(sqrt)                                                                                               \
  F(cbrt) F(exp) F(expm1) F(log) F(log1p) F(abs) F(sign) F(floor) F(ceil) F(round) F(sin) F(cos) F(tan) \
      F(asin) F(acos) F(atan) F(sinh) F(cosh) F(tanh) F(asinh) F(acosh) F(atanh) F(sinc) F(erf) F(erfc) \
          F(erfi) F(gamma) F(reciprocal_gamma) F(lgamma) F(digamma) F(Si) F(Ci) F(Ei) F(li)
#define NABLA_DECLARE(name) Ball name(const Ball& x);
NABLA_BALL_FUNCTIONS(NABLA_DECLARE)
#undef NABLA_DECLARE
Ball atan2(const Ball& y, const Ball& x);  // 0 at the origin
Ball hypot(const Ball& x, const Ball& y);
Ball polygamma(const Ball& k, const Ball& x);
// clang-format on

}  // namespace nabla
