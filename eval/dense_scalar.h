// The numbers that dense arrays are made of: double, complex, and over either of them dual numbers, which
// nest for second derivatives.
//
// An algorithm over a scalar type T uses the operators, the functions declared here and T(double). Decisions
// (pivots, convergence, branches) are taken on the value, never on the tangent. A further type, such as one
// of more bits, needs the same overloads. A tangent that is exactly 0 stays 0 through every function, also
// where the derivative is undefined.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "expr/function.h"

namespace nabla {

using Complex = std::complex<double>;

// value + tangent*epsilon, epsilon^2 = 0.
template <class T>
struct Jet {
  T value{};
  T tangent{};

  Jet() = default;
  Jet(double v)
      : value(v), tangent(v - v) {}  // NOLINT: a number converts, as a constant; NaN is NaN throughout
  Jet(T v, T t) : value(v), tangent(t) {}

  Jet operator-() const { return {-value, -tangent}; }
  friend Jet operator+(const Jet& a, const Jet& b) { return {a.value + b.value, a.tangent + b.tangent}; }
  friend Jet operator-(const Jet& a, const Jet& b) { return {a.value - b.value, a.tangent - b.tangent}; }
  friend Jet operator*(const Jet& a, const Jet& b) {
    return {a.value * b.value, a.value * b.tangent + a.tangent * b.value};
  }
  friend Jet operator/(const Jet& a, const Jet& b) {
    const T q = a.value / b.value;
    return {q, (a.tangent - q * b.tangent) / b.value};
  }
  Jet& operator+=(const Jet& b) { return *this = *this + b; }
  Jet& operator-=(const Jet& b) { return *this = *this - b; }
  Jet& operator*=(const Jet& b) { return *this = *this * b; }
  Jet& operator/=(const Jet& b) { return *this = *this / b; }
};

namespace dense {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

template <class T>
struct IsJet : std::false_type {};
template <class T>
struct IsJet<Jet<T>> : std::true_type {};

template <class T>
struct IsComplex : std::false_type {};
template <>
struct IsComplex<Complex> : std::true_type {};
template <class T>
struct IsComplex<Jet<T>> : IsComplex<T> {};

// The same dual numbers over the reals.
template <class T>
struct RealOf {
  using type = double;
};
template <class T>
struct RealOf<Jet<T>> {
  using type = Jet<typename RealOf<T>::type>;
};

// ---- the value behind all tangents ----
inline double real_value(double x) { return x; }
inline double real_value(const Complex& x) { return x.real(); }
template <class T>
double real_value(const Jet<T>& x) {
  return real_value(x.value);
}

inline double magnitude(double x) { return std::abs(x); }
inline double magnitude(const Complex& x) { return std::abs(x); }
template <class T>
double magnitude(const Jet<T>& x) {
  return magnitude(x.value);
}

// ---- over all components ----
inline double size_of(double x) { return std::abs(x); }
inline double size_of(const Complex& x) { return std::abs(x); }
template <class T>
double size_of(const Jet<T>& x) {
  const double a = size_of(x.value), b = size_of(x.tangent);
  return a > b || std::isnan(a) ? a : b;
}

inline bool is_zero(double x) { return x == 0; }
inline bool is_zero(const Complex& x) { return x == 0.0; }
template <class T>
bool is_zero(const Jet<T>& x) {
  return is_zero(x.value) && is_zero(x.tangent);
}

inline bool is_real(double) { return true; }
inline bool is_real(const Complex& x) { return x.imag() == 0; }
template <class T>
bool is_real(const Jet<T>& x) {
  return is_real(x.value) && is_real(x.tangent);
}

inline double to_real(double x) { return x; }
inline double to_real(const Complex& x) { return x.real(); }
template <class T>
auto to_real(const Jet<T>& x) -> Jet<decltype(to_real(x.value))> {
  return {to_real(x.value), to_real(x.tangent)};
}

inline double imaginary(double) { return 0; }
inline double imaginary(const Complex& x) { return x.imag(); }
template <class T>
auto imaginary(const Jet<T>& x) -> Jet<decltype(imaginary(x.value))> {
  return {imaginary(x.value), imaginary(x.tangent)};
}

inline void from_real(double x, double& out) { out = x; }
inline void from_real(double x, Complex& out) { out = x; }
template <class S, class T>
void from_real(const Jet<S>& x, Jet<T>& out) {
  from_real(x.value, out.value);
  from_real(x.tangent, out.tangent);
}

inline double conj(double x) { return x; }
// Without the sign of an imaginary part that is 0: a real number lies on a branch cut, and its values there
// are the principal ones, log(-1) = im*pi.
inline Complex principal(const Complex& x) { return {x.real(), x.imag() + 0.0}; }
inline Complex conj(const Complex& x) { return principal(std::conj(x)); }
template <class T>
Jet<T> conj(const Jet<T>& x) {
  return {conj(x.value), conj(x.tangent)};
}

// ---- elementary functions, with their derivatives for dual numbers ----
using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atanh, std::cos, std::cosh, std::exp,
    std::log, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;

inline Complex log(const Complex& x) { return std::log(principal(x)); }
inline Complex sqrt(const Complex& x) { return std::sqrt(principal(x)); }

#define NABLA_JET_FUNCTION(name, derivative)                     \
  template <class T>                                             \
  Jet<T> name(const Jet<T>& jet) {                               \
    const T &x = jet.value, f = name(x);                         \
    if (is_zero(jet.tangent)) return {f, T(0.0)};                \
    [[maybe_unused]] const T &one = T(1.0), &value = f, &at = x; \
    return {f, (derivative)*jet.tangent};                        \
  }
NABLA_JET_FUNCTION(exp, value)
NABLA_JET_FUNCTION(log, one / at)
NABLA_JET_FUNCTION(sqrt, T(0.5) / value)
template <class T>
Jet<T> cos(const Jet<T>& x);
template <class T>
Jet<T> cosh(const Jet<T>& x);
NABLA_JET_FUNCTION(sin, cos(at))
NABLA_JET_FUNCTION(cos, -sin(at))
NABLA_JET_FUNCTION(sinh, cosh(at))
NABLA_JET_FUNCTION(cosh, sinh(at))
NABLA_JET_FUNCTION(tan, one + value * value)
NABLA_JET_FUNCTION(tanh, one - value * value)
NABLA_JET_FUNCTION(asin, one / sqrt(one - at * at))
NABLA_JET_FUNCTION(acos, -one / sqrt(one - at * at))
NABLA_JET_FUNCTION(atan, one / (one + at * at))
NABLA_JET_FUNCTION(asinh, one / sqrt(one + at * at))
NABLA_JET_FUNCTION(acosh, one / (sqrt(at - one) * sqrt(at + one)))
NABLA_JET_FUNCTION(atanh, one / (one - at * at))
#undef NABLA_JET_FUNCTION

// |x|; for real numbers -x or x, with derivative 0 at 0.
template <class T>
T absolute(const T& x) {
  if constexpr (IsComplex<T>::value) {
    return sqrt(x * conj(x));
  } else {
    const double v = real_value(x);
    if (v == 0) return T(0.0);
    return v < 0 ? -x : x;
  }
}

// x^k by repeated multiplication; NaN for 0 to a negative power.
template <class T>
T integer_power(T x, int64_t k) {
  if (k < 0 && magnitude(x) == 0) return T(nan);
  T result(1.0);
  for (uint64_t n = k < 0 ? ~static_cast<uint64_t>(k) + 1 : static_cast<uint64_t>(k); n != 0; n >>= 1) {
    if (n & 1) result *= x;
    if (n > 1) x *= x;
  }
  return k < 0 ? T(1.0) / result : result;
}

// x^q for a constant q, by the real semantics of the language, or the principal value if x is complex.
double constant_power(double x, double q);
Complex constant_power(const Complex& x, double q);
template <class T>
Jet<T> constant_power(const Jet<T>& x, double q) {
  const T f = constant_power(x.value, q);
  if (q == 0 || is_zero(x.tangent)) return {f, T(0.0)};
  return {f, T(q) * constant_power(x.value, q - 1) * x.tangent};
}

// x^y.
double power(double x, double y);
Complex power(const Complex& x, const Complex& y);
template <class T>
Jet<T> power(const Jet<T>& x, const Jet<T>& y) {
  Jet<T> f(power(x.value, y.value), T(0.0));
  if (!is_zero(x.tangent) && !is_zero(y.value)) {
    f.tangent += y.value * power(x.value, y.value - T(1.0)) * x.tangent;
  }
  if (!is_zero(y.tangent)) {  // 0 at x = 0, y > 0
    const bool flat = magnitude(x.value) == 0 && real_value(y.value) > 0;
    if (!flat) f.tangent += f.value * log(x.value) * y.tangent;
  }
  return f;
}

// A function of scalars of the table, by its columns `value` and `partials`; of complex numbers where it is
// analytic, or real, imag, conj, abs. Failure: cannot_evaluate.
double apply(Fn f, const double* x);
Jet<double> apply(Fn f, const Jet<double>* x);
Jet<Jet<double>> apply(Fn f, const Jet<Jet<double>>* x);
Complex apply(Fn f, const Complex* x);
Jet<Complex> apply(Fn f, const Jet<Complex>* x);

inline constexpr size_t most_arguments = 3;  // of a function of scalars

}  // namespace dense
}  // namespace nabla
