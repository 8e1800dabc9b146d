// Functions of a square matrix in the sense of Higham, Functions of Matrices (2008): exponential, logarithm,
// square root, sine and cosine, the polar factor and powers, in any scalar of dense_scalar.h.
//
// Iterations stop when nothing moves any more in any component, tangents included.
#pragma once

#include "eval/dense_linear.h"
#include "eval/dense_spectrum.h"

namespace nabla::dense {

inline constexpr int most_iterations = 100;
inline constexpr int most_terms = 200;

// The power of two by which a matrix is divided to have a norm of at most `bound`; -1 if it has none.
template <class T>
int halvings(const Matrix<T>& a, double bound) {
  const double norm = norm_of_values(a);
  if (!std::isfinite(norm) || norm > 1e300) return -1;
  int s = 0;
  for (double left = norm; left > bound; left /= 2) ++s;
  return s;
}

template <class T>
bool is_negligible(const Matrix<T>& term, const Matrix<T>& sum) {
  return !(largest(term) > 1e-2 * epsilon * largest(sum));
}

template <class T>
Matrix<T> exponential(Matrix<T> a) {
  const int s = halvings(a, 0.5);
  if (s < 0) return undefined<T>(a.rows, a.rows);
  a = scaled(T(std::ldexp(1.0, -s)), a);
  Matrix<T> sum = identity<T>(a.rows), term = sum;
  for (int k = 1; k < most_terms; ++k) {
    term = scaled(T(1.0 / k), term * a);
    sum = sum + term;
    if (k > 2 && is_negligible(term, sum)) break;
  }
  for (int k = 0; k < s; ++k) sum = sum * sum;
  return sum;
}

template <class T>
struct SineCosine {
  Matrix<T> sine, cosine;
};

// Taylor series of a reduced argument, then doubling: sin 2x = 2 sin x cos x, cos 2x = 1 - 2 sin^2 x.
template <class T>
SineCosine<T> sine_cosine(Matrix<T> a) {
  const size_t n = a.rows;
  const int s = halvings(a, 0.5);
  if (s < 0) return {undefined<T>(n, n), undefined<T>(n, n)};
  a = scaled(T(std::ldexp(1.0, -s)), a);
  const Matrix<T> square = a * a, one = identity<T>(n);
  Matrix<T> sine = a, cosine = one, odd = a, even = one;
  for (int k = 1; k < most_terms; ++k) {
    even = scaled(T(-1.0 / (2.0 * k * (2.0 * k - 1))), even * square);
    odd = scaled(T(-1.0 / (2.0 * k * (2.0 * k + 1))), odd * square);
    cosine = cosine + even;
    sine = sine + odd;
    if (k > 2 && is_negligible(even, cosine) && is_negligible(odd, sine)) break;
  }
  for (int k = 0; k < s; ++k) {
    const Matrix<T> next = combine(T(1.0), one, T(-2.0), sine * sine);
    sine = scaled(T(2.0), sine * cosine);
    cosine = next;
  }
  return {std::move(sine), std::move(cosine)};
}

// The determinantal scaling of Newton's iterations: it brings the eigenvalues near the unit circle.
template <class T>
double newton_scale(const Lu<T>& f) {
  double log_det = 0;
  for (size_t i = 0; i < f.lu.rows; ++i) log_det += std::log(magnitude(f.lu(i, i)));
  const double scale = std::exp(-log_det / static_cast<double>(f.lu.rows));
  return std::isfinite(scale) && scale > 0 ? scale : 1;
}

// Stops when the last change was small and changes no longer shrink: the order of convergence is two, so the
// small change is repeated twice for the tangents of tangents.
class Settled {
 public:
  bool operator()(double change, double scale) {
    if (std::isnan(change) || std::isnan(scale)) return true;
    const bool small = change <= 1e-13 * scale;
    quiet_ = small ? quiet_ + 1 : 0;
    return quiet_ >= 3 || change == 0;
  }

 private:
  int quiet_ = 0;
};

// The principal square root by the product form of Denman and Beavers' iteration (Higham, 2008, (6.29)).
// NaN where it does not converge: with eigenvalues on the closed negative real axis there is none.
template <class T>
Matrix<T> square_root(const Matrix<T>& a) {
  const size_t n = a.rows;
  const Matrix<T> one = identity<T>(n);
  Matrix<T> m = a, x = a;
  Settled settled;
  bool scaling = true;
  for (int k = 0; k < most_iterations; ++k) {
    const Lu<T> f = factor_lu(m);
    const double mu2 = scaling ? newton_scale(f) : 1;  // mu squared
    const Matrix<T> inverse = solve(f, one);
    const Matrix<T> up = scaled(T(0.25 * mu2), m), down = scaled(T(0.25 / mu2), inverse);
    const Matrix<T> next = scaled(T(0.5 * std::sqrt(mu2)), x * combine(T(1.0), one, T(1.0 / mu2), inverse));
    m = scaled(T(0.5), one) + up + down;
    const double change = largest(next - x);
    scaling = scaling && change > 1e-2 * largest(next);
    x = next;
    if (settled(change, largest(x))) {
      const bool right = norm_of_values(x * x - a) <= 1e-6 * norm_of_values(a);
      return right ? x : undefined<T>(n, n);
    }
  }
  return undefined<T>(n, n);
}

// The principal logarithm: square roots until near 1, then log a = 2 atanh((a - 1)/(a + 1)) as a series.
template <class T>
Matrix<T> logarithm(Matrix<T> a) {
  const size_t n = a.rows;
  const Matrix<T> one = identity<T>(n);
  double factor = 2;
  for (int k = 0; norm_of_values(a - one) > 0.3; ++k) {
    if (k == most_iterations) return undefined<T>(n, n);
    a = square_root(a);
    factor *= 2;
  }
  if (std::isnan(largest(a))) return undefined<T>(n, n);
  const Matrix<T> z = solve(factor_lu(a + one), a - one), square = z * z;
  Matrix<T> sum = z, power = z;
  for (int k = 1; k < most_terms; ++k) {
    power = power * square;
    const Matrix<T> term = scaled(T(1.0 / (2 * k + 1)), power);
    sum = sum + term;
    if (k > 2 && is_negligible(term, sum)) break;
  }
  return scaled(T(factor), sum);
}

// The unitary factor of the polar decomposition, by Newton's iteration x <- (x + inv(x)')/2 (Higham,
// 2008, 8.3), the pseudoinverse in place of the inverse of a matrix that is not square (section 8.1).
template <class T>
Matrix<T> polar_factor(const Matrix<T>& a) {
  Matrix<T> x = a;
  Settled settled;
  const bool square = a.rows == a.columns;
  bool scaling = square;
  for (int k = 0; k < most_iterations; ++k) {
    double mu = 1;
    Matrix<T> inverse;
    if (square) {
      const Lu<T> f = factor_lu(x);
      mu = scaling ? newton_scale(f) : 1;
      inverse = solve(f, identity<T>(a.rows));
    } else {
      inverse = pseudoinverse(x);
    }
    const Matrix<T> next = combine(T(0.5 * mu), x, T(0.5 / mu), adjoint(inverse));
    const double change = largest(next - x);
    scaling = scaling && change > 1e-2 * largest(next);
    x = next;
    if (settled(change, largest(x))) return x;
  }
  return undefined<T>(a.rows, a.columns);
}

template <class T>
Matrix<T> matrix_power(Matrix<T> a, const T& exponent) {
  const size_t n = a.rows;
  const double q = real_value(exponent);
  const bool constant = is_zero(exponent - T(q));
  if (!constant || q != std::floor(q) || std::abs(q) > 0x1p31) {
    if (constant && q == 0.5) return square_root(a);
    return exponential(scaled(exponent, logarithm(std::move(a))));
  }
  if (q < 0) a = inverse(a);
  Matrix<T> result = identity<T>(n);
  for (auto k = static_cast<uint64_t>(std::abs(q)); k != 0; k >>= 1) {
    if (k & 1) result = result * a;
    if (k > 1) a = a * a;
  }
  return result;
}

}  // namespace nabla::dense
