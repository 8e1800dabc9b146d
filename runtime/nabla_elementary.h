// Elementary functions, comparison, and the functions of machine learning; see nabla_runtime.h.
#pragma once

#include <cmath>

namespace nabla::rt {

// @function ipow
// x^n by repeated squaring, exact for exact products. n must not be the least int.
template <class T>
constexpr T ipow(T x, int n) {
  T result = T(1), square = x;
  for (unsigned k = static_cast<unsigned>(n < 0 ? -n : n); k != 0; k >>= 1) {
    if (k & 1u) result *= square;
    square *= square;
  }
  return n < 0 ? T(1) / result : result;
}
// @end

// @function sign
template <class T>
constexpr T sign(T x) {
  return x > T(0) ? T(1) : x < T(0) ? T(-1) : x;
}
// @end

// @function step
// 1 for x > 0, else 0: the derivative of relu.
template <class T>
constexpr T step(T x) {
  return x > T(0) ? T(1) : x <= T(0) ? T(0) : x;
}
// @end

// @function max
// The larger argument; the first one in a tie; NaN if either is.
template <class T>
constexpr T max(T x, T y) {
  return x >= y || x != x ? x : y;
}
// @end

// @function min
// The smaller argument; the first one in a tie; NaN if either is.
template <class T>
constexpr T min(T x, T y) {
  return x <= y || x != x ? x : y;
}
// @end

// @function mod
// x - y*floor(x/y): it has the sign of y.
template <class T>
T mod(T x, T y) {
  const T r = std::fmod(x, y);
  return r != T(0) && (r < T(0)) != (y < T(0)) ? r + y : r;
}
// @end

// @function sec
template <class T>
T sec(T x) {
  return T(1) / std::cos(x);
}
// @end

// @function csc
template <class T>
T csc(T x) {
  return T(1) / std::sin(x);
}
// @end

// @function cot
template <class T>
T cot(T x) {
  return T(1) / std::tan(x);
}
// @end

// @function asec
// acos(1/x), without the loss of rounding 1/x near |x| = 1.
template <class T>
T asec(T x) {
  const T t = std::atan(std::sqrt(std::abs(x) - T(1)) * std::sqrt(std::abs(x) + T(1)));
  return x < T(0) ? T(3.14159265358979323846264338327950288L) - t : t;
}
// @end

// @function acsc
// asin(1/x), without the loss of rounding 1/x near |x| = 1.
template <class T>
T acsc(T x) {
  const T t = std::atan(T(1) / (std::sqrt(std::abs(x) - T(1)) * std::sqrt(std::abs(x) + T(1))));
  return std::copysign(t, x);
}
// @end

// @function acot
// pi/2 - atan(x), without cancellation for large x.
template <class T>
T acot(T x) {
  return x > T(1) ? std::atan(T(1) / x) : T(1.57079632679489661923132169163975144L) - std::atan(x);
}
// @end

// @function sech
// 1/cosh(x), also where cosh(x) overflows.
template <class T>
T sech(T x) {
  const T e = std::exp(-std::abs(x));
  return T(2) * e / (T(1) + e * e);
}
// @end

// @function csch
// 1/sinh(x), also where sinh(x) overflows.
template <class T>
T csch(T x) {
  return std::abs(x) < T(30) ? T(1) / std::sinh(x) : std::copysign(T(2) * std::exp(-std::abs(x)), x);
}
// @end

// @function coth
template <class T>
T coth(T x) {
  return T(1) / std::tanh(x);
}
// @end

// @function asech
// acosh(1/x) = log((1 + sqrt(1 - x^2))/x); both terms are positive, so nothing cancels.
template <class T>
T asech(T x) {
  return std::log1p(std::sqrt((T(1) - x) * (T(1) + x))) - std::log(x);
}
// @end

// @function acsch
// asinh(1/x), also where 1/x overflows.
template <class T>
T acsch(T x) {
  const T a = std::abs(x);
  const T t = a > T(1) ? std::asinh(T(1) / a) : std::log1p(std::sqrt(T(1) + a * a)) - std::log(a);
  return std::copysign(t, x);
}
// @end

// @function acoth
// atanh(1/x), without the loss of rounding 1/x near |x| = 1.
template <class T>
T acoth(T x) {
  return std::copysign(std::log1p(T(2) / (std::abs(x) - T(1))) / T(2), x);
}
// @end

// @function sinc
// sin(x)/x, and 1 at 0.
template <class T>
T sinc(T x) {
  return x == T(0) ? T(1) : std::sin(x) / x;
}
// @end

// @function sigmoid
// 1/(1 + exp(-x)).
template <class T>
T sigmoid(T x) {
  const T e = std::exp(-std::abs(x));
  return (x < T(0) ? e : T(1)) / (T(1) + e);
}
// @end

// @function softplus
// log(1 + exp(x)).
template <class T>
T softplus(T x) {
  return (x > T(0) ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
}
// @end

// @function logaddexp
// log(exp(x) + exp(y)).
template <class T>
T logaddexp(T x, T y) {
  if (x == y) return x + T(0.693147180559945309417232121458176568L);
  return (x > y ? x : y) + std::log1p(std::exp(-std::abs(x - y)));
}
// @end

// @function logit
// log(x/(1 - x)).
template <class T>
T logit(T x) {
  if (x > T(0.25) && x < T(0.75)) return std::log1p((T(2) * x - T(1)) / (T(1) - x));
  return std::log(x / (T(1) - x));
}
// @end

// @function relu
template <class T>
constexpr T relu(T x) {
  return x <= T(0) ? T(0) : x;
}
// @end

// @function leaky_relu
// x for x > 0, else slope*x.
template <class T>
constexpr T leaky_relu(T x, T slope) {
  return x > T(0) ? x : slope * x;
}
// @end

// @function elu
// x for x > 0, else exp(x) - 1.
template <class T>
T elu(T x) {
  return x > T(0) ? x : std::expm1(x);
}
// @end

// @function gelu
// x times the cumulative normal distribution, x*(1 + erf(x/sqrt(2)))/2.
template <class T>
T gelu(T x) {
  const T tail = std::erfc(x * T(-0.707106781186547524400844362104849039L));
  return tail == T(0) ? T(0) : x / T(2) * tail;  // 0 also at -infinity
}
// @end

// @function silu
// x*sigmoid(x).
template <class T>
T silu(T x) {
  const T e = std::exp(-std::abs(x));
  const T share = (x < T(0) ? e : T(1)) / (T(1) + e);
  return share == T(0) ? T(0) : x * share;  // 0 also at -infinity
}
// @end

}  // namespace nabla::rt
