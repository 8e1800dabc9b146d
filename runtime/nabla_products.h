// Products of matrices and vectors, in blocks that stay in registers; see nabla_runtime.h and nabla_lanes.h.
//
// Matrices are row-major, rows `step` places apart; results overlap no operand. The terms of an entry are
// added in one order on every machine, whatever its vectors hold, and wherever the entry stands.
#pragma once

#include "nabla_elementary.h"
#include "nabla_lanes.h"
#include "nabla_matrix.h"

namespace nabla::rt {

// @function product_tile needs wide
// R rows of V vectors of c = a*b, or c += a*b; the entry (i, k) of a stands at i*row + k*column. K chains of
// sums for each entry. Of the first `known` columns c stays as it is.
template <class W, int R, int V, int K, class T>
void product_tile(std::ptrdiff_t n, const T* a, std::ptrdiff_t row, std::ptrdiff_t column, const T* b,
                  std::ptrdiff_t step, T* c, std::ptrdiff_t c_step, bool adds, std::ptrdiff_t known) {
  constexpr auto rows = static_cast<std::size_t>(R), vectors = static_cast<std::size_t>(V);
  W sums[static_cast<std::size_t>(K)][rows][vectors];
  const auto turn = [&](W(&to)[rows][vectors], std::ptrdiff_t k) {
    W x[vectors];
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (int v = 0; v < V; ++v) x[v] = take<W>(b + k * step + v * width<W>);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (int r = 0; r < R; ++r) {
      const W y = W(a[r * row + k * column]);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
      for (int v = 0; v < V; ++v) to[r][v] = to[r][v] + y * x[v];
    }
  };
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 16
#endif
  for (int s = 0; s < K * R * V; ++s) sums[s / (R * V)][s / V % R][s % V] = W(T(0));
  const std::ptrdiff_t end = n - n % K;
  for (std::ptrdiff_t k = 0; k < end; k += K) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (int s = 0; s < K; ++s) turn(sums[s], k + s);
  }
  for (std::ptrdiff_t k = end; k < n; ++k) turn(sums[0], k);
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 16
#endif
  for (int s = 0; s < R * V; ++s) {
    W sum = sums[0][s / V][s % V];
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (int other = 1; other < K; ++other) sum = sum + sums[other][s / V][s % V];
    T* const to = c + s / V * c_step + s % V * width<W>;
    if (known > 0) {
      T last[static_cast<std::size_t>(width<W>)];
      put<W>(last, sum);
      for (std::ptrdiff_t i = known; i < width<W>; ++i) to[i] = adds ? T(to[i] + last[i]) : last[i];
    } else if (adds) {
      add<W>(to, sum);
    } else {
      put<W>(to, sum);
    }
  }
}

// The columns of c, those of the last vector that are known before left out.
template <class W, int R, int V, int K, class T>
void product_columns(std::ptrdiff_t rows, std::ptrdiff_t n, const T* a, std::ptrdiff_t row,
                     std::ptrdiff_t column, const T* b, std::ptrdiff_t step, T* c, std::ptrdiff_t c_step,
                     bool adds, std::ptrdiff_t known) {
  const std::ptrdiff_t end = rows - rows % R;
  for (std::ptrdiff_t i = 0; i < end; i += R)
    product_tile<W, R, V, K>(n, a + i * row, row, column, b, step, c + i * c_step, c_step, adds, known);
  for (std::ptrdiff_t i = end; i < rows; ++i)
    product_tile<W, 1, V, K>(n, a + i * row, row, column, b, step, c + i * c_step, c_step, adds, known);
}

template <int R, int K, class T>
void product_blocks(std::ptrdiff_t rows, std::ptrdiff_t n, std::ptrdiff_t columns, const T* a,
                    std::ptrdiff_t row, std::ptrdiff_t column, const T* b, std::ptrdiff_t step, T* c,
                    std::ptrdiff_t c_step, bool adds) {
  using W = typename wide_of<T, true>::type;
  constexpr std::ptrdiff_t w = width<W>;
  std::ptrdiff_t j = columns - columns % (2 * w);
  for (std::ptrdiff_t p = 0; p < j; p += 2 * w)
    product_columns<W, R, 2, K>(rows, n, a, row, column, b + p, step, c + p, c_step, adds, 0);
  if (j + w <= columns) {
    product_columns<W, R, 1, K>(rows, n, a, row, column, b + j, step, c + j, c_step, adds, 0);
    j += w;
  }
  if (j < columns && columns >= w) {  // a vector that ends where the columns end
    const std::ptrdiff_t last = columns - w;
    product_columns<W, R, 1, K>(rows, n, a, row, column, b + last, step, c + last, c_step, adds, j - last);
  } else {
    for (; j < columns; ++j)
      product_columns<T, R, 1, K>(rows, n, a, row, column, b + j, step, c + j, c_step, adds, 0);
  }
}
// @end

// @function matrix_product needs product_tile
// c = a*b, or c += a*b: c has so many rows and columns, a as many columns as b has rows, n. The entry (i, k)
// of a stands at i*row + k*column.
template <class T>
void matrix_product(std::ptrdiff_t rows, std::ptrdiff_t n, std::ptrdiff_t columns, const T* a,
                    std::ptrdiff_t row, std::ptrdiff_t column, const T* b, std::ptrdiff_t step, T* c,
                    std::ptrdiff_t c_step, bool adds) {
  constexpr int at_once = vector_bytes == 64 ? 8 : 4;  // as the registers allow
  product_blocks<at_once, 1>(rows, n, columns, a, row, column, b, step, c, c_step, adds);
}
// @end

// @function row_product needs product_tile
// y = x'*b, or y += x'*b: b has n rows.
template <class T>
void row_product(std::ptrdiff_t n, std::ptrdiff_t columns, const T* x, const T* b, std::ptrdiff_t step, T* y,
                 bool adds) {
  product_blocks<1, 4>(1, n, columns, x, 0, 1, b, step, y, 0, adds);
}
// @end

// @function column_product needs wide
// Sums of the halves of a and b, in turn: a0 + a2, b0 + b2, a1 + a3, b1 + b3.
template <class L>
L halves(L a, L b) {
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
  if constexpr (width<L> == 2) {
    return L::of(__builtin_shufflevector(a.v, b.v, 0, 2)) + L::of(__builtin_shufflevector(a.v, b.v, 1, 3));
  } else if constexpr (width<L> == 4) {
    return L::of(__builtin_shufflevector(a.v, b.v, 0, 4, 1, 5)) +
           L::of(__builtin_shufflevector(a.v, b.v, 2, 6, 3, 7));
  } else if constexpr (width<L> == 8) {
    return L::of(__builtin_shufflevector(a.v, b.v, 0, 8, 1, 9, 2, 10, 3, 11)) +
           L::of(__builtin_shufflevector(a.v, b.v, 4, 12, 5, 13, 6, 14, 7, 15));
  } else if constexpr (width<L> == 16) {
    return L::of(__builtin_shufflevector(a.v, b.v, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)) +
           L::of(__builtin_shufflevector(a.v, b.v, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                         31));
  }
#endif
#endif
  L sum;
  for (std::ptrdiff_t i = 0; i < width<L>; ++i)
    sum.set(i, i % 2 == 0 ? a[i / 2] + a[(i + width<L>) / 2] : b[i / 2] + b[(i + width<L>) / 2]);
  return sum;
}

// The number r of the result is the sum of the numbers of x[r], of which there are 2*Half.
template <int Half, class L>
L across(L* x) {
  if constexpr (Half > 0) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
    for (int r = 0; r < Half; ++r) x[r] = halves(x[r], x[r + Half]);
    return across<Half / 2>(x);
  } else {
    return x[0];
  }
}

// R entries of y = a*x, or y += a*x, in so many parts; n is not less than that.
template <class W, int R, int Parts, class T>
void column_tile(std::ptrdiff_t n, const T* a, std::ptrdiff_t step, const T* x, T* y, bool adds) {
  constexpr int w = static_cast<int>(width<W>), V = Parts / w;
  W sums[static_cast<std::size_t>(R)][static_cast<std::size_t>(V)];
  const std::ptrdiff_t rest = n % Parts;
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 16
#endif
  for (int s = 0; s < R * V; ++s) sums[s / V][s % V] = W(T(0));
  for (std::ptrdiff_t k = 0; k + Parts <= n; k += Parts) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 16
#endif
    for (int s = 0; s < R * V; ++s) {
      const std::ptrdiff_t at = k + s % V * w;
      sums[s / V][s % V] = sums[s / V][s % V] + take<W>(a + s / V * step + at) * take<W>(x + at);
    }
  }
  if (rest > 0) {  // the last terms, of which those before them are left out
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 16
#endif
    for (int s = 0; s < R * V; ++s) {
      const std::ptrdiff_t part = s % V * w, at = n - Parts + part;
      const auto counts = steps<W>(part + rest - Parts, 1) >= W(T(0));
      sums[s / V][s % V] = sums[s / V][s % V] + select<W>(counts, take<W>(a + s / V * step + at), W(T(0))) *
                                                    select<W>(counts, take<W>(x + at), W(T(0)));
    }
  }
  W totals[static_cast<std::size_t>(w)];
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 16
#endif
  for (int r = 0; r < w; ++r) {
    W(&own)[static_cast<std::size_t>(V)] = sums[r < R ? r : 0];
    for (int half = r < R ? V / 2 : 0; half > 0; half /= 2) {
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 8
#endif
      for (int v = 0; v < half; ++v) own[v] = own[v] + own[v + half];
    }
    totals[r] = own[0];
  }
  const W total = across<w / 2>(totals);
  if (adds) {
    add<W>(y, total, R);
  } else {
    put<W>(y, total, R);
  }
}

// y = a*x, or y += a*x: a has so many rows, and n columns.
template <class T>
void column_product(std::ptrdiff_t rows, std::ptrdiff_t n, const T* a, std::ptrdiff_t step, const T* x, T* y,
                    bool adds) {
  using W = typename wide_of<T, true>::type;
  constexpr int parts = sizeof(T) <= 4 ? 16 : 8, w = static_cast<int>(width<W>);
  if (n >= parts) {
    const std::ptrdiff_t end = rows - rows % w;
    for (std::ptrdiff_t i = 0; i < end; i += w)
      column_tile<W, w, parts>(n, a + i * step, step, x, y + i, adds);
    for (std::ptrdiff_t i = end; i < rows; ++i)
      column_tile<W, 1, parts>(n, a + i * step, step, x, y + i, adds);
    return;
  }
  for (std::ptrdiff_t i = 0; i < rows; ++i) {
    T sum = T(0);
    for (std::ptrdiff_t k = 0; k < n; ++k) sum += a[i * step + k] * x[k];
    y[i] = adds ? T(y[i] + sum) : sum;
  }
}
// @end

// @function definite_inverse needs matrix_product row_product definite_factor
// x = inv(a) for a = a' by its Cholesky factor; false unless a is positive definite. With the logarithm of
// the determinant; work: n*n.
template <class T>
bool definite_inverse(std::ptrdiff_t n, const T* a, T* x, T* work, T* log_determinant) {
  T* const u = work;
  if (!definite_factor(n, a, u, log_determinant)) return false;
  // inv(u), row by row from the last.
  for (std::ptrdiff_t i = n; i-- > 0;) {
    const T scale = T(1) / u[i * n + i];
    T* const row = x + i * n;
    const std::ptrdiff_t others = n - 1 - i;
    for (std::ptrdiff_t j = 0; j < i; ++j) row[j] = T(0);
    row[i] = scale;
    if (others > 0)
      row_product<T>(others, others, u + i * n + i + 1, x + (i + 1) * (n + 1), n, row + i + 1, false);
    for (std::ptrdiff_t j = i + 1; j < n; ++j) row[j] *= -scale;
  }
  // Its transpose v, in place of u: the lower half of v'*v, some rows at once.
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < n; ++j) u[i * n + j] = x[j * n + i];
  }
  constexpr std::ptrdiff_t rows = 8;
  for (std::ptrdiff_t i = 0; i < n; i += rows) {
    const std::ptrdiff_t end = n - i < rows ? n : i + rows;
    matrix_product<T>(end - i, n - i, end, u + i * n + i, 1, n, u + i * n, n, x + i * n, n, false);
  }
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = i + 1; j < n; ++j) x[i * n + j] = x[j * n + i];
  }
  return true;
}
// @end

// @function inverse_log_determinant needs inverse definite_inverse log_of_pivots
// x = inv(a); returns the logarithm of the determinant, NaN where that is negative; work: n*n. Of a symmetric
// matrix by Cholesky, unless it is not positive definite.
template <class T>
T inverse_log_determinant(std::ptrdiff_t n, const T* a, T* x, T* work) {
  T sum = T(0);
  if (definite_inverse(n, a, x, work, &sum)) return sum;
  const T sign = inverse(n, a, x, work);
  return log_of_pivots(n, work, sign);
}
// @end

}  // namespace nabla::rt
