// Elementary functions, comparison, and the functions of machine learning; see nabla_runtime.h.
#pragma once

#include <type_traits>

#include "nabla_cmath.h"

namespace nabla::rt {

// @function fabs_of_class
// Some types for automatic differentiation have abs alone, as the Jets of Ceres.
template <class T>
auto fabs_of_class(const T& x) -> std::enable_if_t<std::is_class_v<T>, decltype(abs(x))> {
  return abs(x);
}
template <class T>
auto fabs(const T& x) -> decltype(fabs_of_class(x)) {
  return fabs_of_class(x);
}
// @end

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

// @function select lanes
// a where c holds, else b. What is written with it has no branches, and runs on vectors too.
template <class T>
constexpr T select(bool c, T a, T b) {
  return c ? a : b;
}
// @end

// @function sign lanes needs select
template <class T>
constexpr T sign(T x) {
  return select<T>(x > T(0), T(1), select<T>(x < T(0), T(-1), x));
}
// @end

// @function step lanes needs select
// 1 for x > 0, else 0: the derivative of relu.
template <class T>
constexpr T step(T x) {
  return select<T>(x > T(0), T(1), select<T>(x <= T(0), T(0), x));
}
// @end

// @function max lanes needs select
// The larger argument; the first one in a tie; NaN if either is.
template <class T>
constexpr T max(T x, T y) {
  return select<T>(x >= y, x, select<T>(x != x, x, y));
}
// @end

// @function min lanes needs select
// The smaller argument; the first one in a tie; NaN if either is.
template <class T>
constexpr T min(T x, T y) {
  return select<T>(x <= y, x, select<T>(x != x, x, y));
}
// @end

// @function mod lanes needs select
// x - y*floor(x/y): it has the sign of y.
template <class T>
T mod(T x, T y) {
  const T r = fmod(x, y);
  return select<T>(r == T(0), r, select<T>((r < T(0)) != (y < T(0)), r + y, r));
}
// @end

// @function sec lanes
template <class T>
T sec(T x) {
  return T(1) / cos(x);
}
// @end

// @function csc lanes
template <class T>
T csc(T x) {
  return T(1) / sin(x);
}
// @end

// @function cot lanes
template <class T>
T cot(T x) {
  return T(1) / tan(x);
}
// @end

// @function asec lanes needs select
// acos(1/x), without the loss of rounding 1/x near |x| = 1.
template <class T>
T asec(T x) {
  const T t = atan(sqrt(fabs(x) - T(1)) * sqrt(fabs(x) + T(1)));
  return select<T>(x < T(0), T(3.14159265358979323846264338327950288L) - t, t);
}
// @end

// @function acsc lanes
// asin(1/x), without the loss of rounding 1/x near |x| = 1.
template <class T>
T acsc(T x) {
  const T t = atan(T(1) / (sqrt(fabs(x) - T(1)) * sqrt(fabs(x) + T(1))));
  return copysign(t, x);
}
// @end

// @function acot lanes needs select
// pi/2 - atan(x), without cancellation for large x.
template <class T>
T acot(T x) {
  const T t = atan(select<T>(x > T(1), T(1) / x, x));
  return select<T>(x > T(1), t, T(1.57079632679489661923132169163975144L) - t);
}
// @end

// @function sech lanes
// 1/cosh(x), also where cosh(x) overflows.
template <class T>
T sech(T x) {
  const T e = exp(-fabs(x));
  return T(2) * e / (T(1) + e * e);
}
// @end

// @function csch lanes needs select
// 1/sinh(x), also where sinh(x) overflows.
template <class T>
T csch(T x) {
  const T a = fabs(x), far = copysign(T(2) * exp(-a), x);
  return select<T>(a < T(30), T(1) / sinh(x), far);
}
// @end

// @function coth lanes
template <class T>
T coth(T x) {
  return T(1) / tanh(x);
}
// @end

// @function asech lanes
// acosh(1/x) = log((1 + sqrt(1 - x^2))/x); both terms are positive, so nothing cancels.
template <class T>
T asech(T x) {
  return log1p(sqrt((T(1) - x) * (T(1) + x))) - log(x);
}
// @end

// @function acsch lanes needs select
// asinh(1/x), also where 1/x overflows.
template <class T>
T acsch(T x) {
  const T a = fabs(x);
  const T small = log1p(sqrt(T(1) + a * a)) - log(a);
  const T t = select<T>(a > T(1), asinh(T(1) / a), small);
  return copysign(t, x);
}
// @end

// @function acoth lanes
// atanh(1/x), without the loss of rounding 1/x near |x| = 1.
template <class T>
T acoth(T x) {
  return copysign(log1p(T(2) / (fabs(x) - T(1))) / T(2), x);
}
// @end

// @function sinc lanes needs select
// sin(x)/x, and 1 at 0.
template <class T>
T sinc(T x) {
  return select<T>(x == T(0), T(1), sin(x) / select<T>(x == T(0), T(1), x));
}
// @end

// @function sigmoid lanes needs select
// 1/(1 + exp(-x)).
template <class T>
T sigmoid(T x) {
  const T e = exp(select<T>(x < T(0), x, -x));
  return select<T>(x < T(0), e, T(1)) / (T(1) + e);
}
// @end

// @function softplus lanes needs select
// log(1 + exp(x)).
template <class T>
T softplus(T x) {
  return select<T>(x > T(0), x, T(0)) + log1p(exp(select<T>(x > T(0), -x, x)));
}
// @end

// @function logaddexp lanes needs select
// log(exp(x) + exp(y)); the difference of equal infinities is 0.
template <class T>
T logaddexp(T x, T y) {
  const T large = select<T>(x > y, x, y), d = select<T>(x > y, y, x) - large;
  return large + log1p(exp(select<T>(x == y, select<T>(d == d, d, T(0)), d)));
}
// @end

// @function logit
// log(x/(1 - x)).
template <class T>
T logit(T x) {
  if (x > T(0.25) && x < T(0.75)) return log1p((T(2) * x - T(1)) / (T(1) - x));
  return log(x / (T(1) - x));
}
// @end

// @function relu lanes needs select
template <class T>
constexpr T relu(T x) {
  return select<T>(x <= T(0), T(0), x);
}
// @end

// @function leaky_relu lanes needs select
// x for x > 0, else slope*x.
template <class T>
constexpr T leaky_relu(T x, T slope) {
  return select<T>(x > T(0), x, slope * x);
}
// @end

// @function elu lanes needs select
// x for x > 0, else exp(x) - 1.
template <class T>
T elu(T x) {
  return select<T>(x > T(0), x, expm1(select<T>(x > T(0), T(0), x)));
}
// @end

// @function gelu lanes needs select
// x times the cumulative normal distribution, x*(1 + erf(x/sqrt(2)))/2.
template <class T>
T gelu(T x) {
  const T tail = erfc(x * T(-0.707106781186547524400844362104849039L));
  return select<T>(tail == T(0), T(0), x / T(2) * tail);  // 0 also at -infinity
}
// @end

// @function silu lanes needs select
// x*sigmoid(x).
template <class T>
T silu(T x) {
  const T e = exp(select<T>(x < T(0), x, -x));
  const T share = select<T>(x < T(0), e, T(1)) / (T(1) + e);
  return select<T>(share == T(0), T(0), x * share);  // 0 also at -infinity
}
// @end

}  // namespace nabla::rt
