// Symmetric eigenvalues and singular values by Jacobi rotations, in any scalar of dense_scalar.h. Where the
// derivative does not exist (a repeated eigenvalue, a vanishing singular value) it is NaN.
#pragma once

#include <algorithm>
#include <vector>

#include "eval/dense_linear.h"

namespace nabla::dense {

// The tangent of the angle that makes b vanish in [a b; b a + d], the smaller one.
template <class T>
T rotation(const T& b, const T& d) {
  const T root = sqrt(d * d + T(4.0) * b * b);
  return T(2.0) * b / (real_value(d) < 0 ? d - root : d + root);
}

template <class T>
void rotate(Matrix<T>& a, const T& c, const T& s, size_t p, size_t q, bool rows) {
  const size_t n = rows ? a.columns : a.rows;
  for (size_t k = 0; k < n; ++k) {
    T& x = rows ? a(p, k) : a(k, p);
    T& y = rows ? a(q, k) : a(k, q);
    const T u = c * x - s * y;
    y = s * x + c * y;
    x = u;
  }
}

inline constexpr int most_sweeps = 60;

// What became of one pair of directions.
enum class Pair { done, rotated, repeated };

struct SpectrumScale {
  double values;      // of the values of the matrix
  double components;  // of all components
};

template <class T>
Pair decide(const T& b, const T& d, const SpectrumScale& scale) {
  if (size_of(b) <= 1e-3 * epsilon * scale.components) return Pair::done;
  const bool close = magnitude(b) <= 8 * epsilon * scale.values && magnitude(d) <= 1e-12 * scale.values;
  if (!close) return Pair::rotated;
  return size_of(b) <= 8 * epsilon * scale.components ? Pair::done : Pair::repeated;
}

template <class T>
struct Eigen {
  std::vector<T> values;  // ascending
  Matrix<T> vectors;  // one a column; of each the largest component (the first of nearly equal) is positive
};

template <class T>
void make_positive(Matrix<T>& v, size_t column, Matrix<T>* with = nullptr) {
  double most = 0;
  for (size_t i = 0; i < v.rows; ++i) most = std::max(most, magnitude(v(i, column)));
  size_t chosen = 0;
  while (chosen < v.rows && magnitude(v(chosen, column)) < (1 - 1e-8) * most) ++chosen;
  if (chosen == v.rows || real_value(v(chosen, column)) >= 0) return;
  for (size_t i = 0; i < v.rows; ++i) v(i, column) = -v(i, column);
  for (size_t i = 0; with != nullptr && i < with->rows; ++i) (*with)(i, column) = -(*with)(i, column);
}

template <class T>
void poison(Matrix<T>& v, size_t column) {
  for (size_t i = 0; i < v.rows; ++i) v(i, column) = T(nan);
}

// Of a symmetric real matrix, by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5).
template <class T>
Eigen<T> symmetric_eigen(Matrix<T> a) {
  const size_t n = a.rows;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < i; ++j) a(i, j) = a(j, i) = (a(i, j) + a(j, i)) * T(0.5);
  }
  Matrix<T> v = identity<T>(n);
  const SpectrumScale scale{std::max(norm_of_values(a), 1e-300), largest(a)};
  std::vector<bool> repeated(n);
  bool active = !std::isnan(scale.components) && !std::isnan(scale.values);
  const bool defined = active;
  for (int sweep = 0; active && sweep < most_sweeps; ++sweep) {
    active = false;
    std::fill(repeated.begin(), repeated.end(), false);
    for (size_t p = 0; p + 1 < n; ++p) {
      for (size_t q = p + 1; q < n; ++q) {
        const T d = a(q, q) - a(p, p), b = a(p, q);
        const Pair what = decide(b, d, scale);
        if (what == Pair::repeated) repeated[p] = repeated[q] = true;
        if (what != Pair::rotated) continue;
        active = true;
        const T t = rotation(b, d), c = T(1.0) / sqrt(T(1.0) + t * t), s = t * c;
        rotate(a, c, s, p, q, true);
        rotate(a, c, s, p, q, false);
        rotate(v, c, s, p, q, false);
      }
    }
  }
  std::vector<size_t> order(n);
  for (size_t i = 0; i < n; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t i, size_t j) { return real_value(a(i, i)) < real_value(a(j, j)); });
  Eigen<T> e{std::vector<T>(n), Matrix<T>(n, n)};
  for (size_t k = 0; k < n; ++k) {
    const size_t from = order[k];
    e.values[k] = repeated[from] || !defined ? T(nan) : a(from, from);
    for (size_t i = 0; i < n; ++i) e.vectors(i, k) = v(i, from);
    make_positive(e.vectors, k);
    if (repeated[from] || !defined) poison(e.vectors, k);
  }
  return e;
}

template <class T>
struct Singular {
  std::vector<T> values;  // descending
  Matrix<T> u, v;         // a = u*diag(values)*v', signs by v as those of eigenvectors
};

// Of a real matrix with at least as many rows as columns, by one-sided Jacobi rotations (Hestenes, 1958).
template <class T>
Singular<T> singular_values(Matrix<T> a) {
  const size_t n = a.rows, m = a.columns;
  Matrix<T> v = identity<T>(m);
  const auto dot = [&](size_t p, size_t q) {
    T s(0.0);
    for (size_t i = 0; i < n; ++i) s += a(i, p) * a(i, q);
    return s;
  };
  const double values = norm_of_values(a), components = largest(a);
  const bool defined = !std::isnan(values) && !std::isnan(components);
  const SpectrumScale scale{std::max(values * values, 1e-300),
                            std::max(values * values, components * values)};
  std::vector<bool> repeated(m);
  bool active = defined;
  for (int sweep = 0; active && sweep < most_sweeps; ++sweep) {
    active = false;
    std::fill(repeated.begin(), repeated.end(), false);
    for (size_t p = 0; p + 1 < m; ++p) {
      for (size_t q = p + 1; q < m; ++q) {
        const T b = dot(p, q), d = dot(q, q) - dot(p, p);
        Pair what = decide(b, d, scale);
        // Rounding of the inner products alone: as orthogonal as they will become.
        if (what == Pair::rotated && sweep > 12 && size_of(b) <= 64 * epsilon * scale.components)
          what = Pair::done;
        if (what == Pair::repeated) repeated[p] = repeated[q] = true;
        if (what != Pair::rotated) continue;
        active = true;
        const T t = rotation(b, d), c = T(1.0) / sqrt(T(1.0) + t * t), s = t * c;
        rotate(a, c, s, p, q, false);
        rotate(v, c, s, p, q, false);
      }
    }
  }
  std::vector<size_t> order(m);
  std::vector<T> lengths(m);
  for (size_t i = 0; i < m; ++i) {
    order[i] = i;
    lengths[i] = sqrt(dot(i, i));
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t i, size_t j) { return real_value(lengths[i]) > real_value(lengths[j]); });
  Singular<T> r{std::vector<T>(m), Matrix<T>(n, m), Matrix<T>(m, m)};
  for (size_t k = 0; k < m; ++k) {
    const size_t from = order[k];
    const bool bad = repeated[from] || !defined;
    r.values[k] = bad ? T(nan) : lengths[from];
    for (size_t i = 0; i < n; ++i) r.u(i, k) = a(i, from) / lengths[from];
    for (size_t i = 0; i < m; ++i) r.v(i, k) = v(i, from);
    make_positive(r.v, k, &r.u);
    if (bad) poison(r.u, k), poison(r.v, k);
  }
  return r;
}

}  // namespace nabla::dense
