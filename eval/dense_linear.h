// Linear algebra in any scalar of dense_scalar.h: factorizations, determinants, pseudoinverse. Derivatives
// come out because dual numbers run through the algorithms themselves.
//
// Sizes are small (a check, an evaluation), so the algorithms are the plain, robust ones. Where a result or
// its derivative does not exist (a singular matrix, a change of rank), it is NaN.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "eval/dense_scalar.h"

namespace nabla::dense {

inline constexpr double epsilon = std::numeric_limits<double>::epsilon();

template <class T>
struct Matrix {
  size_t rows = 0, columns = 0;
  std::vector<T> entries;  // row-major

  Matrix() = default;
  Matrix(size_t n, size_t m, const T& v = T(0.0)) : rows(n), columns(m), entries(n * m, v) {}
  Matrix(size_t n, size_t m, std::vector<T> e) : rows(n), columns(m), entries(std::move(e)) {}
  T& operator()(size_t i, size_t j) { return entries[i * columns + j]; }
  const T& operator()(size_t i, size_t j) const { return entries[i * columns + j]; }
};

template <class T>
Matrix<T> identity(size_t n) {
  Matrix<T> r(n, n);
  for (size_t i = 0; i < n; ++i) r(i, i) = T(1.0);
  return r;
}

template <class T>
Matrix<T> undefined(size_t n, size_t m) {
  return Matrix<T>(n, m, T(nan));
}

template <class T>
Matrix<T> operator*(const Matrix<T>& a, const Matrix<T>& b) {
  Matrix<T> r(a.rows, b.columns);
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t k = 0; k < a.columns; ++k) {
      const T& x = a(i, k);
      for (size_t j = 0; j < b.columns; ++j) r(i, j) += x * b(k, j);
    }
  }
  return r;
}

template <class T>
Matrix<T> combine(const T& x, const Matrix<T>& a, const T& y, const Matrix<T>& b) {  // x*a + y*b
  Matrix<T> r = a;
  for (size_t i = 0; i < r.entries.size(); ++i) r.entries[i] = x * a.entries[i] + y * b.entries[i];
  return r;
}
template <class T>
Matrix<T> operator+(const Matrix<T>& a, const Matrix<T>& b) {
  return combine(T(1.0), a, T(1.0), b);
}
template <class T>
Matrix<T> operator-(const Matrix<T>& a, const Matrix<T>& b) {
  return combine(T(1.0), a, T(-1.0), b);
}
template <class T>
Matrix<T> scaled(const T& x, Matrix<T> a) {
  for (T& e : a.entries) e *= x;
  return a;
}

template <class T>
Matrix<T> transposed(const Matrix<T>& a) {
  Matrix<T> r(a.columns, a.rows);
  for (size_t i = 0; i < a.rows; ++i) {
    for (size_t j = 0; j < a.columns; ++j) r(j, i) = a(i, j);
  }
  return r;
}
template <class T>
Matrix<T> adjoint(const Matrix<T>& a) {
  Matrix<T> r = transposed(a);
  for (T& e : r.entries) e = conj(e);
  return r;
}

template <class T>
double largest(const Matrix<T>& a) {  // over all components; NaN if one is
  double most = 0;
  for (const T& e : a.entries) {
    const double s = size_of(e);
    if (s > most || std::isnan(s)) most = s;
    if (std::isnan(most)) return most;
  }
  return most;
}

template <class T>
double norm_of_values(const Matrix<T>& a) {  // the 1-norm
  double most = 0;
  for (size_t j = 0; j < a.columns; ++j) {
    double sum = 0;
    for (size_t i = 0; i < a.rows; ++i) sum += magnitude(a(i, j));
    if (!(sum <= most)) most = sum;
  }
  return most;
}

template <class T>
T trace_of(const Matrix<T>& a) {
  T t(0.0);
  for (size_t i = 0; i < a.rows; ++i) t += a(i, i);
  return t;
}

// ---- Gaussian elimination with partial pivoting ----

template <class T>
struct Lu {
  Matrix<T> lu;
  std::vector<size_t> order;  // row i of lu is row order[i] of the matrix
  double sign = 1;
  double least = std::numeric_limits<double>::infinity();  // of the magnitudes of the pivots
};

template <class T>
Lu<T> factor_lu(Matrix<T> a) {
  const size_t n = a.rows;
  Lu<T> f;
  for (size_t i = 0; i < n; ++i) f.order.push_back(i);
  for (size_t k = 0; k < n; ++k) {
    size_t best = k;
    for (size_t i = k + 1; i < n; ++i) {
      if (magnitude(a(i, k)) > magnitude(a(best, k))) best = i;
    }
    if (best != k) {
      for (size_t j = 0; j < n; ++j) std::swap(a(k, j), a(best, j));
      std::swap(f.order[k], f.order[best]);
      f.sign = -f.sign;
    }
    const double pivot = magnitude(a(k, k));
    f.least = std::min(f.least, std::isnan(pivot) ? 0 : pivot);
    if (pivot == 0) continue;
    for (size_t i = k + 1; i < n; ++i) {
      const T l = a(i, k) / a(k, k);
      a(i, k) = l;
      if (is_zero(l)) continue;
      for (size_t j = k + 1; j < n; ++j) a(i, j) -= l * a(k, j);
    }
  }
  f.lu = std::move(a);
  return f;
}

template <class T>
Matrix<T> solve(const Lu<T>& f, const Matrix<T>& b) {
  const size_t n = f.lu.rows;
  if (n > 0 && f.least == 0) return undefined<T>(n, b.columns);
  Matrix<T> x(n, b.columns);
  for (size_t c = 0; c < b.columns; ++c) {
    for (size_t i = 0; i < n; ++i) {
      T v = b(f.order[i], c);
      for (size_t k = 0; k < i; ++k) v -= f.lu(i, k) * x(k, c);
      x(i, c) = v;
    }
    for (size_t i = n; i-- > 0;) {
      T v = x(i, c);
      for (size_t k = i + 1; k < n; ++k) v -= f.lu(i, k) * x(k, c);
      x(i, c) = v / f.lu(i, i);
    }
  }
  return x;
}

template <class T>
Matrix<T> inverse(const Matrix<T>& a) {
  return solve(factor_lu(a), identity<T>(a.rows));
}

// Faddeev and LeVerrier: adjugate and determinant without a division by entries, so singular matrices too.
template <class T>
std::pair<Matrix<T>, T> adjugate_and_determinant(const Matrix<T>& a) {
  const size_t n = a.rows;
  Matrix<T> m = identity<T>(n);
  for (size_t k = 1; k < n; ++k) {
    m = a * m;
    const T c = trace_of(m) / T(-static_cast<double>(k));
    for (size_t i = 0; i < n; ++i) m(i, i) += c;
  }
  const T sign(n % 2 == 0 ? -1.0 : 1.0);
  const T det = n == 0 ? T(1.0) : sign * trace_of(a * m) / T(static_cast<double>(n));
  return {scaled(sign, m), det};
}

inline constexpr size_t most_divisionless = 16;  // beyond it the cancellation is worse than a small pivot

template <class T>
bool well_pivoted(const Lu<T>& f, const Matrix<T>& a) {
  return f.least > 1e-13 * norm_of_values(a) || a.rows > most_divisionless;
}

template <class T>
T determinant(const Matrix<T>& a) {
  const Lu<T> f = factor_lu(a);
  if (IsJet<T>::value && !well_pivoted(f, a)) return adjugate_and_determinant(a).second;
  T d(f.sign);
  for (size_t i = 0; i < a.rows; ++i) d *= f.lu(i, i);
  return d;
}

template <class T>
Matrix<T> adjugate(const Matrix<T>& a) {
  const Lu<T> f = factor_lu(a);
  if (!well_pivoted(f, a)) return adjugate_and_determinant(a).first;
  return scaled(determinant(a), solve(f, identity<T>(a.rows)));
}

// log(det(a)), without overflow; NaN where a real determinant is not positive.
template <class T>
T log_determinant(const Matrix<T>& a) {
  if constexpr (IsComplex<T>::value) {
    return log(determinant(a));
  } else {
    const Lu<T> f = factor_lu(a);
    T sum(0.0);
    double sign = f.sign;
    for (size_t i = 0; i < a.rows; ++i) {
      if (real_value(f.lu(i, i)) < 0) sign = -sign;
      sum += log(absolute(f.lu(i, i)));
    }
    return sign > 0 ? sum : T(nan);
  }
}

// ---- positive definite: lower triangular l with l*adjoint(l) = a ----
template <class T>
Matrix<T> cholesky(const Matrix<T>& a) {
  const size_t n = a.rows;
  Matrix<T> l(n, n);
  for (size_t j = 0; j < n; ++j) {
    T d = a(j, j);
    for (size_t k = 0; k < j; ++k) d -= l(j, k) * conj(l(j, k));
    if (!(real_value(d) > 0)) return undefined<T>(n, n);
    l(j, j) = sqrt(d);
    for (size_t i = j + 1; i < n; ++i) {
      T v = a(i, j);
      for (size_t k = 0; k < j; ++k) v -= l(i, k) * conj(l(j, k));
      l(i, j) = v / l(j, j);
    }
  }
  return l;
}

// ---- a = q*r with orthonormal columns of q, as many as the rank ----

template <class T>
struct FullRank {
  Matrix<T> q, r;
  bool constant_rank = true;  // also in the tangents
};

// Modified Gram-Schmidt with pivoting, each column orthogonalised twice (Björck, Numerical Methods for Least
// Squares Problems, 1996, 2.4).
template <class T>
FullRank<T> factor_full_rank(Matrix<T> a) {
  const size_t n = a.rows, m = a.columns;
  std::vector<std::vector<T>> q, r;
  const auto column_norm = [&](size_t j, auto measure) {
    double s = 0;
    for (size_t i = 0; i < n; ++i) s = std::hypot(s, measure(a(i, j)));
    return s;
  };
  const auto value = [](const T& x) { return magnitude(x); };
  double first = 0;
  FullRank<T> f;
  while (q.size() < std::min(n, m)) {
    size_t best = 0;
    for (size_t j = 1; j < m; ++j) {
      if (column_norm(j, value) > column_norm(best, value)) best = j;
    }
    const double norm = column_norm(best, value);
    if (q.empty()) first = norm;
    if (!(norm > 1e-11 * first)) break;
    std::vector<T> v(n);
    for (size_t i = 0; i < n; ++i) v[i] = a(i, best);
    for (const auto& u : q) {  // what rounding left of the earlier directions
      T c(0.0);
      for (size_t i = 0; i < n; ++i) c += conj(u[i]) * v[i];
      for (size_t i = 0; i < n; ++i) v[i] -= c * u[i];
    }
    T square(0.0);
    for (T& x : v) {
      x /= T(norm);  // the square of a tiny or huge column is out of range
      square += x * conj(x);
    }
    const T length = sqrt(square);
    for (T& x : v) x /= length;
    std::vector<T> line(m);
    for (size_t j = 0; j < m; ++j) {
      T c(0.0);
      for (size_t i = 0; i < n; ++i) c += conj(v[i]) * a(i, j);
      for (size_t i = 0; i < n; ++i) a(i, j) -= c * v[i];
      line[j] = c;
    }
    q.push_back(std::move(v));
    r.push_back(std::move(line));
  }
  f.constant_rank = q.size() == std::min(n, m) || largest(a) <= 1e-7 * std::max(first, 1.0);
  f.q = Matrix<T>(n, q.size());
  f.r = Matrix<T>(q.size(), m);
  for (size_t k = 0; k < q.size(); ++k) {
    for (size_t i = 0; i < n; ++i) f.q(i, k) = q[k][i];
    for (size_t j = 0; j < m; ++j) f.r(k, j) = r[k][j];
  }
  return f;
}

// The derivative is that at constant rank; where the rank changes it is NaN. a = q1*r1 and adjoint(r1) =
// q2*r2 with square r2, so pinv(a) = q2*inv(adjoint(r2))*adjoint(q1).
template <class T>
Matrix<T> pseudoinverse(const Matrix<T>& a) {
  if (std::isnan(norm_of_values(a))) return undefined<T>(a.columns, a.rows);
  const FullRank<T> f = factor_full_rank(a);
  if (!f.constant_rank) return undefined<T>(a.columns, a.rows);
  if (f.q.columns == 0) return Matrix<T>(a.columns, a.rows);
  const FullRank<T> g = factor_full_rank(adjoint(f.r));
  if (g.q.columns != f.q.columns) return undefined<T>(a.columns, a.rows);  // rounding hides the rank
  return g.q * solve(factor_lu(adjoint(g.r)), adjoint(f.q));
}

// The x with a*x + x*b = c, by Kronecker's sum: (eye ⊗ a + b' ⊗ eye) vec(x) = vec(c).
template <class T>
Matrix<T> sylvester(const Matrix<T>& a, const Matrix<T>& b, const Matrix<T>& c) {
  const size_t n = a.rows, m = b.rows;
  Matrix<T> k(n * m, n * m), right(n * m, 1), x(n, m);
  for (size_t j = 0; j < m; ++j) {
    for (size_t i = 0; i < n; ++i) {
      for (size_t l = 0; l < n; ++l) k(j * n + i, j * n + l) += a(i, l);
      for (size_t l = 0; l < m; ++l) k(j * n + i, l * n + i) += b(l, j);
      right(j * n + i, 0) = c(i, j);
    }
  }
  const Matrix<T> v = solve(factor_lu(k), right);
  for (size_t j = 0; j < m; ++j) {
    for (size_t i = 0; i < n; ++i) x(i, j) = v(j * n + i, 0);
  }
  return x;
}

}  // namespace nabla::dense
