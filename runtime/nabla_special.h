// The gamma family, error functions and integrals; see nabla_runtime.h.
//
// Sources: DLMF is the NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov.
#pragma once

#include <limits>

#include "nabla_cmath.h"

namespace nabla::rt {

// @function factorial
// gamma(x + 1); rounding x + 1 costs accuracy for large x, so x*gamma(x) is used there.
template <class T>
T factorial(T x) {
  return x > T(1) ? x * tgamma(x) : tgamma(x + T(1));
}
// @end

// @function stirling
// log(gamma(x)) - (x - 1/2)*log(x) + x - log(2*pi)/2 for x >= 16. DLMF 5.11.1.
template <class T>
T stirling(T x) {
  const T q = T(1) / (x * x);
  T s = T(-3617) / T(122400);
  s = T(1) / T(156) + q * s;
  s = T(-691) / T(360360) + q * s;
  s = T(1) / T(1188) + q * s;
  s = T(-1) / T(1680) + q * s;
  s = T(1) / T(1260) + q * s;
  s = T(-1) / T(360) + q * s;
  return (T(1) / T(12) + q * s) / x;
}
// @end

// @function sin_pi
// sin(pi*x), with x reduced exactly.
template <class T>
T sin_pi(T x) {
  const T n = round(x);
  const T s = sin(T(3.14159265358979323846264338327950288L) * (x - n));
  return fmod(n, T(2)) == T(0) ? s : -s;
}
// @end

// @function beta_positive needs stirling
// gamma(a)*gamma(b)/gamma(a + b) for 0 < a <= b. Large arguments: Stirling's series with the powers taken of
// ratios, so that the huge factors cancel before they are rounded.
template <class T>
T beta_positive(T a, T b) {
  const T s = a + b;
  if (b < T(16)) return tgamma(a) / tgamma(s) * tgamma(b);
  if (a < T(16)) {  // gamma(a) times gamma(b)/gamma(s)
    const T exponent = a - (b - T(0.5)) * log1p(a / b) + (stirling(b) - stirling(s));
    return tgamma(a) * pow(s, -a) * exp(exponent);
  }
  const T low = (a - T(0.5)) * -log1p(b / a);
  const T high = b * -log1p(a / b);
  const T scale = sqrt(T(6.28318530717958647692528676655900577L) / b);
  return scale * exp(low + high + (stirling(a) + stirling(b) - stirling(s)));
}
// @end

// @function cot_pi
// cot(pi*x), with x reduced exactly.
template <class T>
T cot_pi(T x) {
  return T(1) / tan(T(3.14159265358979323846264338327950288L) * (x - round(x)));
}
// @end

// @function beta needs sin_pi cot_pi beta_positive
// gamma(x)*gamma(y)/gamma(x + y); negative arguments by the reflection of gamma, DLMF 5.5.3. The sine of
// pi*(a + b) is expanded, since rounding a + b would change it.
template <class T>
T beta(T x, T y) {
  const T pi = T(3.14159265358979323846264338327950288L);
  if (x != x || y != y) return x + y;
  const T a = x < y ? x : y, b = x < y ? y : x, s = a + b;
  if (a > T(0)) return beta_positive(a, b);
  if (a == floor(a) || (b <= T(0) && b == floor(b))) return std::numeric_limits<T>::quiet_NaN();
  if (s <= T(0) && s == floor(s)) return T(0);
  if (b < T(0)) {  // beta_positive has the smaller argument first
    return pi * (cot_pi(a) + cot_pi(b)) / ((T(1) - s) * beta_positive(T(1) - b, T(1) - a));
  }
  const T c = s > T(0) ? T(1) - a : T(1) - s, d = s > T(0) ? s : b;
  const T core = c < d ? beta_positive(c, d) : beta_positive(d, c);
  if (s > T(0)) return pi / (sin_pi(a) * b * core);
  const T half = b - T(2) * round(b / T(2));  // b reduced to a period
  return core * (cos(pi * half) + sin_pi(b) * cot_pi(a));
}
// @end

// @function digamma
// The logarithmic derivative of gamma. Reflection DLMF 5.5.4, recurrence 5.5.2, asymptotic series 5.11.2.
template <class T>
T digamma(T x) {
  T shift = T(0);
  if (x <= T(0)) {
    if (x == floor(x)) return std::numeric_limits<T>::quiet_NaN();
    const T pi = T(3.14159265358979323846264338327950288L);
    shift = pi / tan(pi * (x - round(x)));
    x = T(1) - x;
  }
  for (; x < T(14); x += T(1)) shift += T(1) / x;
  const T q = T(1) / (x * x);
  T s = T(43867) / T(14364);
  s = T(-3617) / T(8160) + q * s;
  s = T(1) / T(12) + q * s;
  s = T(-691) / T(32760) + q * s;
  s = T(1) / T(132) + q * s;
  s = T(-1) / T(240) + q * s;
  s = T(1) / T(252) + q * s;
  s = T(-1) / T(120) + q * s;
  s = T(1) / T(12) + q * s;
  return log(x) - (T(1) / (T(2) * x) + q * s + shift);
}
// @end

// @function trigamma needs sin_pi
// The derivative of digamma; the sources are the same.
template <class T>
T trigamma(T x) {
  T shift = T(0), sign = T(1);
  if (x <= T(0)) {
    if (x == floor(x)) return std::numeric_limits<T>::quiet_NaN();
    const T cosecant = T(3.14159265358979323846264338327950288L) / sin_pi(x);
    shift = -cosecant * cosecant;
    sign = T(-1);
    x = T(1) - x;
  }
  for (; x < T(14); x += T(1)) shift += T(1) / (x * x);
  const T r = T(1) / x, q = r * r;
  T s = T(43867) / T(798);
  s = T(-3617) / T(510) + q * s;
  s = T(7) / T(6) + q * s;
  s = T(-691) / T(2730) + q * s;
  s = T(5) / T(66) + q * s;
  s = T(-1) / T(30) + q * s;
  s = T(1) / T(42) + q * s;
  s = T(-1) / T(30) + q * s;
  s = T(1) / T(6) + q * s;
  return sign * (shift + r * (T(1) + r / T(2) + q * s));
}
// @end

// @function polygamma_term
// k!/x^(k+1) for x > 0; the factors alone may be out of range.
template <class T>
T polygamma_term(T k, T x) {
  const T factorial = tgamma(k + T(1)), power = pow(x, -k - T(1));
  const T least = std::numeric_limits<T>::min(), most = std::numeric_limits<T>::max();
  if (factorial <= most && power >= least && power <= most) return factorial * power;
  return exp(lgamma(k + T(1)) - (k + T(1)) * log(x));
}
// @end

// @function polygamma_positive needs polygamma_term
// k! * zeta(k + 1, x), the sum of k!/(x + j)^(k+1) over j >= 0, for x > 0 and k >= 1, by the formula of
// Euler and Maclaurin: DLMF 25.11.5.
template <class T>
T polygamma_positive(T k, T x) {
  // B(2m)/(2m)!, from m = 12 down to m = 1
  const T coefficients[] = {T(-236364091.0L / 1693824136731743669452800000.0L),
                            T(77683.0L / 14101100039391805440000.0L),
                            T(-174611.0L / 802857662698291200000.0L),
                            T(43867.0L / 5109094217170944000.0L),
                            T(-3617.0L / 10670622842880000.0L),
                            T(1.0L / 74724249600.0L),
                            T(-691.0L / 1307674368000.0L),
                            T(1.0L / 47900160.0L),
                            T(-1.0L / 1209600.0L),
                            T(1.0L / 30240.0L),
                            T(-1.0L / 720.0L),
                            T(1.0L / 12.0L)};
  // The terms are in units of (k - 1)!/x^k: the first is k/x, and the integral beyond it is 1.
  const T s = k + T(1), scale = polygamma_term(k - T(1), x), unit = k / x;
  T sum = T(0), a = x;
  // Where x + 1 is x, (x/(x + j))^s is exp(-s*j/x).
  if (x * std::numeric_limits<T>::epsilon() > T(1) && x < T(1.2L) * (s + T(24)))
    return scale * (unit / -expm1(-s / x));
  for (; a < T(1.2L) * (s + T(24)); a += T(1)) {
    const T term = pow(x / a, s);
    sum += term;
    if (term * a <= std::numeric_limits<T>::epsilon() / T(8) * k * sum) return scale * (unit * sum);
  }
  T series = T(0), m = T(12);
  for (int i = 0; i < 12; ++i) {  // from term m + 1 to term m
    series = coefficients[i] + series * (s + T(2) * m) * (s + T(2) * m - T(1)) / (a * a);
    m -= T(1);
  }
  const T p = pow(x / a, s);
  return scale * (unit * (sum + p * (T(0.5) + series * s / a)) + p * (a / x));
}
// @end

// @function polygamma needs digamma polygamma_term polygamma_positive
// The k-th derivative of digamma, for an integer k >= 0. For x < 0 the sum over all integers, which has
// period 1, less the sum over the integers below.
template <class T>
T polygamma(T k, T x) {
  if (k == T(0)) return digamma(x);
  const bool pole = x <= T(0) && x == floor(x);
  if (!(k > T(0)) || k != floor(k) || pole) return std::numeric_limits<T>::quiet_NaN();
  const T sign = fmod(k, T(2)) == T(0) ? T(-1) : T(1);
  if (!(x < T(0))) return sign * polygamma_positive(k, x);
  const T d = x - round(x);
  const T nearest = (d < T(0) ? sign : T(1)) * polygamma_term(k, fabs(d));
  const T beyond = polygamma_positive(k, T(1) + d) + sign * polygamma_positive(k, T(1) - d);
  return sign * (nearest + beyond) - polygamma_positive(k, T(1) - x);
}
// @end

// @function erfi
// 2/sqrt(pi) times the integral of exp(t^2) from 0 to x: power series, DLMF 7.6.1, or asymptotic series,
// 7.12.1. x^2 is carried with its rounding error, which the exponential would magnify.
template <class T>
T erfi(T x) {
  const T root_pi = T(1.77245385090551602729816748334114518L);
  const T h = x * x, low = fma(x, x, -h);
  if (!(h < T(50))) {
    if (h > T(12000)) return x == x ? copysign(std::numeric_limits<T>::infinity(), x) : x;
    T term = T(1), sum = T(1);
    for (T n = T(0.5); term > std::numeric_limits<T>::epsilon() / T(4); n += T(1)) {
      term *= n / h;
      sum += term;
    }
    const T half = exp(h / T(2));  // exp(h) overflows before erfi does
    return half * (sum * (T(1) + low) / (x * root_pi)) * half;
  }
  T power = T(2), sum = T(2);  // h^n/n!, and the sum of the terms 2*h^n/(n!*(2n + 1))
  for (T n = T(1); power > std::numeric_limits<T>::epsilon() / T(4) * sum; n += T(1)) {
    power *= h / n;
    sum += power / (T(2) * n + T(1));
  }
  sum *= x;
  return h > T(1) ? (sum + low * exp(h) / x) / root_pi : sum / root_pi;
}
// @end

// @function sine_integral_tail
// The auxiliary functions f and g of Si and Ci for x >= 3: exp(i*x)*E1(i*x) = g - i*f, by the continued
// fraction DLMF 6.9.1 from below. It converges like exp(-sqrt(8*n*x)), DLMF 6.18(iii) and Temme (2010).
template <class T>
void sine_integral_tail(T x, T* f, T* g) {
  if (x > T(1) / std::numeric_limits<T>::epsilon()) {
    *f = T(1) / x;
    *g = *f * *f;
    return;
  }
  T re = T(0), im = T(0);  // the fraction below term n
  for (T n = ceil(T(300) / x) + T(10); n >= T(0); n -= T(1)) {
    const T a = n > T(0) ? n * n : T(1), b = T(2) * n + T(1) - re, c = x - im;
    const T scale = a / (b * b + c * c);
    re = scale * b;
    im = -scale * c;
  }
  *f = -im;
  *g = re;
}
// @end

// @function Si needs sine_integral_tail
// The integral of sin(t)/t from 0 to x. DLMF 6.6.5 and 6.2.19.
template <class T>
T Si(T x) {
  const T a = fabs(x);
  if (!(a > T(3))) {
    const T q = -x * x;
    T power = x, sum = x;
    for (T n = T(3); fabs(power) > std::numeric_limits<T>::epsilon() / T(4) * fabs(sum); n += T(2)) {
      power *= q / (n * (n - T(1)));
      sum += power / n;
    }
    return sum;
  }
  T f, g;
  sine_integral_tail(a, &f, &g);
  const T half_pi = T(1.57079632679489661923132169163975144L);
  const T tail = f > T(0) ? f * cos(a) + g * sin(a) : T(0);
  return copysign(half_pi - tail, x);
}
// @end

// @function Ci needs sine_integral_tail
// Euler's constant + log(x) + the integral of (cos(t) - 1)/t from 0 to x > 0. DLMF 6.6.6 and 6.2.20.
template <class T>
T Ci(T x) {
  if (x < T(0)) return std::numeric_limits<T>::quiet_NaN();
  if (!(x > T(3))) {
    const T q = -x * x;
    T power = T(1), sum = T(0);
    for (T n = T(2); fabs(power) > std::numeric_limits<T>::epsilon() / T(8); n += T(2)) {
      power *= q / (n * (n - T(1)));
      sum += power / n;
    }
    return T(0.577215664901532860606512090082402431L) + log(x) + sum;
  }
  T f, g;
  sine_integral_tail(x, &f, &g);
  return f > T(0) ? f * sin(x) - g * cos(x) : T(0);
}
// @end

// @function Ei
// The exponential integral, principal value of the integral of exp(t)/t from -infinity to x. Power series
// DLMF 6.6.1, asymptotic series 6.12.2, and for x < -1 the continued fraction 6.9.1 of -E1(-x) from below.
template <class T>
T Ei(T x) {
  const T epsilon = std::numeric_limits<T>::epsilon();
  if (x < T(-1)) {
    if (exp(x) == T(0)) return T(0);
    T t = T(0);
    for (T n = ceil(T(140) / -x) + T(10); n > T(0); n -= T(1)) t = n * n / (T(2) * n + T(1) - x - t);
    return -exp(x) / (T(1) - x - t);
  }
  if (x > T(50)) {
    if (x > std::numeric_limits<T>::max()) return x;
    T term = T(1), sum = T(1);
    for (T n = T(1); term > epsilon / T(4); n += T(1)) {
      term *= n / x;
      sum += term;
    }
    const T half = exp(x / T(2));  // exp(x) overflows before Ei does
    return x > T(80) ? half * (sum / x) * half : exp(x) * (sum / x);
  }
  T power = T(1), sum = T(0);
  for (T n = T(1); fabs(power) > epsilon / T(8) * fabs(sum); n += T(1)) {
    power *= x / n;
    sum += power / n;
  }
  return T(0.577215664901532860606512090082402431L) + log(fabs(x)) + sum;
}
// @end

// @function li needs Ei
// The logarithmic integral Ei(log(x)), corrected for the rounding of log(x).
template <class T>
T li(T x) {
  if (!(x > T(0))) return std::numeric_limits<T>::quiet_NaN();
  const T u = log(x);
  if (fabs(u) <= T(1) || u > std::numeric_limits<T>::max()) return Ei(u);
  return Ei(u) + (x - exp(u)) / u;
}
// @end

}  // namespace nabla::rt
