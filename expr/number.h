// Exact rational numbers: 64-bit numerator and denominator inline, GMP beyond.
//
// Invariant: the denominator is positive and coprime to the numerator, and a value that fits is always
// stored inline, so equal numbers have equal representation and equal hash. number.cpp is the only file
// that touches GMP. GMP aborts when asked for too much, so every operation bounds the size of its
// result first and throws Failure(Code::number_too_large) beyond `max_bits`.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nabla {

class Rational {
 public:
  static constexpr uint64_t max_bits = uint64_t{1} << 20;  // numerator and denominator together

  Rational() = default;
  Rational(int64_t n) : num_(n) {}                 // NOLINT: a number converts to a number
  static Rational fraction(int64_t n, int64_t d);  // d != 0, as for operator/
  // Digits with optional point and exponent ("12", "0.25", "1e-3"); no sign. `max_digits` bounds the
  // digits of the value written out; beyond it std::nullopt.
  static std::optional<Rational> parse(std::string_view text, uint64_t max_digits);

  bool is_zero() const { return !big_ && num_ == 0; }
  bool is_one() const { return !big_ && num_ == 1 && den_ == 1; }
  bool is_minus_one() const { return !big_ && num_ == -1 && den_ == 1; }
  bool is_integer() const { return den_ == 1 && (!big_ || big_integer()); }
  bool is_even() const;  // of an integer
  int sign() const;
  bool is_small() const { return !big_; }     // both parts fit 64 bits
  int64_t small_num() const { return num_; }  // only if is_small()
  int64_t small_den() const { return den_; }
  std::optional<int64_t> as_int() const;  // an integer that fits 64 bits
  // Bit lengths of numerator and denominator, added; an integer counts its numerator only.
  uint64_t bits() const;
  Rational numerator() const;
  Rational denominator() const;

  friend Rational operator+(const Rational& a, const Rational& b) {
    int64_t n = 0;
    if (a.is_small_int() && b.is_small_int() && !__builtin_add_overflow(a.num_, b.num_, &n)) return n;
    return add(a, b, false);
  }
  friend Rational operator-(const Rational& a, const Rational& b) {
    int64_t n = 0;
    if (a.is_small_int() && b.is_small_int() && !__builtin_sub_overflow(a.num_, b.num_, &n)) return n;
    return add(a, b, true);
  }
  friend Rational operator*(const Rational& a, const Rational& b) {
    int64_t n = 0;
    if (a.is_small_int() && b.is_small_int() && !__builtin_mul_overflow(a.num_, b.num_, &n)) return n;
    return mul(a, b);
  }
  // b != 0; std::domain_error otherwise, which only a bug in the caller can cause.
  friend Rational operator/(const Rational& a, const Rational& b);
  Rational operator-() const;
  friend bool operator==(const Rational& a, const Rational& b) {
    if (!a.big_ && !b.big_) return a.num_ == b.num_ && a.den_ == b.den_;
    return a.big_ && b.big_ && same_big(a, b);
  }
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

  Rational floor() const;
  Rational abs() const { return sign() < 0 ? -*this : *this; }
  // this^e, or nullopt when the result would exceed `bit_limit` bits (or is 1/0).
  std::optional<Rational> pow(int64_t e, uint64_t bit_limit) const;
  // The exact k-th root of a non-negative number, if it is rational. k >= 1.
  std::optional<Rational> root(uint64_t k) const;
  // For an integer n >= 1 and k >= 2: {outside, inside} with n = outside^k * inside, where inside has no
  // k-th power of a prime below 1000 and is not itself a perfect k-th power. Up to 4,096 bits a perfect
  // power m^j among the remaining factors is split as well: 1009^3 is 1009^2 * 1009 for k = 2.
  std::pair<Rational, Rational> extract_power(uint64_t k) const;
  friend Rational gcd(const Rational& a, const Rational& b);  // of integers, >= 0
  // n!, or nullopt for n < 0 and when it would exceed `bit_limit` bits.
  friend std::optional<Rational> factorial(int64_t n, uint64_t bit_limit);

  uint64_t hash() const;          // a fixed function of the value, the same on every machine
  double to_double() const;       // rounded once, correctly; +-infinity beyond the range
  std::string to_string() const;  // "-3/4"

 private:
  struct Big;

  bool is_small_int() const { return !big_ && den_ == 1; }
  bool big_integer() const;
  static bool same_big(const Rational& a, const Rational& b);
  static Rational add(const Rational& a, const Rational& b, bool subtract);
  static Rational mul(const Rational& a, const Rational& b);
  static Big widen(const Rational& a);
  static Rational narrow(Big&& value);  // canonical; throws number_too_large beyond max_bits
  static Rational narrow(__int128 n, unsigned __int128 d);  // coprime, d > 0

  int64_t num_ = 0;
  int64_t den_ = 1;
  std::shared_ptr<const Big> big_;  // set when a part does not fit 64 bits; then num_ is 0 and den_ 1
};

Rational gcd(const Rational& a, const Rational& b);
std::optional<Rational> factorial(int64_t n, uint64_t bit_limit);

}  // namespace nabla
