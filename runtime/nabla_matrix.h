// Functions of vectors and matrices for generated code; see nabla_runtime.h.
//
// Matrices are n-by-n, row-major, and no argument overlaps another. `work` is memory of the caller. Of a
// singular matrix the inverse is not finite; where a logarithm or root does not exist the result is NaN.
// A vector has `step` places between its entries.
#pragma once

#include <cstddef>
#include <cstring>
#include <limits>

#include "nabla_cmath.h"
#include "nabla_elementary.h"

namespace nabla::rt {

// @function same
// a == b; of numbers that carry derivatives, only where these are the same as well.
template <class T>
bool same(T a, T b) {
  return a == b && std::memcmp(&a, &b, sizeof(T)) == 0;
}
// @end

// @function factor_lu needs same
// Gaussian elimination with partial pivoting, in place: below the diagonal the multipliers, on and above it
// the rest. The rows of the m columns in b are exchanged as those of a, and eliminated with them;
// `exchanges`, unless it is null, gets the row, from 1, with which each row changed places. Returns the sign
// of the permutation.
template <class T>
T factor_lu(std::ptrdiff_t n, T* a, std::ptrdiff_t m, T* b, T* exchanges) {
  T sign = T(1);
  for (std::ptrdiff_t k = 0; k < n; ++k) {
    std::ptrdiff_t p = k;
    for (std::ptrdiff_t i = k + 1; i < n; ++i) {
      if (fabs(a[i * n + k]) > fabs(a[p * n + k])) p = i;
    }
    if (exchanges != nullptr) exchanges[k] = T(static_cast<double>(p + 1));
    if (p != k) {
      sign = -sign;
      for (std::ptrdiff_t j = 0; j < n; ++j) {
        const T t = a[k * n + j];
        a[k * n + j] = a[p * n + j];
        a[p * n + j] = t;
      }
      for (std::ptrdiff_t j = 0; j < m; ++j) {
        const T t = b[k * m + j];
        b[k * m + j] = b[p * m + j];
        b[p * m + j] = t;
      }
    }
    for (std::ptrdiff_t i = k + 1; i < n; ++i) {
      if (same<T>(a[i * n + k], T(0))) continue;
      const T l = a[i * n + k] / a[k * n + k];
      a[i * n + k] = l;
      for (std::ptrdiff_t j = k + 1; j < n; ++j) a[i * n + j] -= l * a[k * n + j];
      for (std::ptrdiff_t j = 0; j < m; ++j) b[i * m + j] -= l * b[k * m + j];
    }
  }
  return sign;
}
// @end

// @function log_of_pivots
// The logarithm of the determinant after an elimination; NaN where that is negative.
template <class T>
T log_of_pivots(std::ptrdiff_t n, const T* a, T sign) {
  T sum = T(0);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    if (a[i * n + i] < T(0)) sign = -sign;
    sum += log(fabs(a[i * n + i]));
  }
  return sign < T(0) ? T(std::numeric_limits<double>::quiet_NaN()) : sum;
}
// @end

// @function definite_factor needs same
// The Cholesky factor u of a = a', on and above the diagonal: u'*u = a. False unless a is positive definite,
// or not symmetric. With the logarithm of the determinant.
template <class T>
bool definite_factor(std::ptrdiff_t n, const T* a, T* u, T* log_determinant) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < i; ++j) {
      if (!same<T>(a[i * n + j], a[j * n + i])) return false;
    }
  }
  T sum = T(0);
  for (std::ptrdiff_t i = 0; i < n * n; ++i) u[i] = a[i];
  for (std::ptrdiff_t k = 0; k < n; ++k) {
    if (!(u[k * n + k] > T(0))) return false;
    const T root = sqrt(u[k * n + k]), scale = T(1) / root;
    sum += log(root);
    for (std::ptrdiff_t j = k; j < n; ++j) u[k * n + j] *= scale;
    for (std::ptrdiff_t i = k + 1; i < n; ++i) {
      const T l = u[k * n + i];
      for (std::ptrdiff_t j = i; j < n; ++j) u[i * n + j] -= l * u[k * n + j];
    }
  }
  *log_determinant = T(2) * sum;
  return true;
}
// @end

// @function factors needs factor_lu log_of_pivots definite_factor
// What solve() needs of a, in f, n*n + n numbers: of a symmetric, positive definite matrix the Cholesky
// factor, and 0 as the last number; of any other the elimination, then its exchanges of rows. Returns the
// logarithm of the determinant, NaN where that is negative.
template <class T>
T factors(std::ptrdiff_t n, const T* a, T* f) {
  T* const exchanges = f + n * n;
  T sum = T(0);
  if (definite_factor(n, a, f, &sum)) {
    exchanges[n - 1] = T(0);
    return sum;
  }
  for (std::ptrdiff_t i = 0; i < n * n; ++i) f[i] = a[i];
  const T sign = factor_lu(n, f, 0, f, exchanges);
  return log_of_pivots(n, f, sign);
}
// @end

// @function exchange_rows
// The rows of the m columns in x change places as those of the matrix did, or, with `back`, change back.
template <class T>
void exchange_rows(std::ptrdiff_t n, const T* exchanges, bool back, std::ptrdiff_t m, T* x) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const std::ptrdiff_t k = back ? n - 1 - i : i;
    std::ptrdiff_t p = k;  // T need not convert to an integer
    while (T(static_cast<double>(p + 1)) < exchanges[k]) ++p;
    for (std::ptrdiff_t j = 0; p != k && j < m; ++j) {
      const T t = x[k * m + j];
      x[k * m + j] = x[p * m + j];
      x[p * m + j] = t;
    }
  }
}
// @end

// @function subtract_row
// Row i of the m columns in x less l times row k.
template <class T>
void subtract_row(std::ptrdiff_t m, T* x, std::ptrdiff_t i, T l, std::ptrdiff_t k) {
  for (std::ptrdiff_t j = 0; j < m; ++j) x[i * m + j] -= l * x[k * m + j];
}
// @end

// @function divide_row
template <class T>
void divide_row(std::ptrdiff_t m, T* x, std::ptrdiff_t i, T by) {
  for (std::ptrdiff_t j = 0; j < m; ++j) x[i * m + j] /= by;
}
// @end

// @function solve_columns needs exchange_rows subtract_row divide_row
// x = inv(a)*b, or inv(a')*b, for m columns, where f has the factors of a.
template <class T>
void solve_columns(std::ptrdiff_t n, const T* f, bool transposed, std::ptrdiff_t m, const T* b, T* x) {
  const T* const exchanges = f + n * n;
  const bool definite = exchanges[n - 1] == T(0), by_columns = definite || transposed;
  for (std::ptrdiff_t i = 0; i < n * m; ++i) x[i] = b[i];
  if (!by_columns) exchange_rows(n, exchanges, false, m, x);
  for (std::ptrdiff_t k = 0; k < n;
       ++k) {  // the transpose of what is on and above the diagonal, or what is below
    if (by_columns) divide_row(m, x, k, f[k * n + k]);
    for (std::ptrdiff_t i = k + 1; i < n; ++i)
      subtract_row(m, x, i, by_columns ? f[k * n + i] : f[i * n + k], k);
  }
  for (std::ptrdiff_t k = n; k-- > 0;) {
    const bool below = transposed && !definite;
    if (!below) divide_row(m, x, k, f[k * n + k]);
    for (std::ptrdiff_t i = 0; i < k; ++i) subtract_row(m, x, i, below ? f[k * n + i] : f[i * n + k], k);
  }
  if (transposed && !definite) exchange_rows(n, exchanges, true, m, x);
}
// @end

// @function solve needs solve_columns
// The same for a vector.
template <class T>
void solve(std::ptrdiff_t n, const T* f, bool transposed, const T* b, T* x) {
  solve_columns(n, f, transposed, 1, b, x);
}
// @end

// @function inverse needs factor_lu
// x = inv(a); work: n*n, which is left with the elimination of a. Returns the sign of its permutation.
template <class T>
T inverse(std::ptrdiff_t n, const T* a, T* x, T* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) work[i] = a[i];
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < n; ++j) x[i * n + j] = T(i == j ? 1 : 0);
  }
  const T sign = factor_lu<T>(n, work, n, x, nullptr);
  for (std::ptrdiff_t i = n; i-- > 0;) {
    for (std::ptrdiff_t k = i + 1; k < n; ++k) {
      for (std::ptrdiff_t j = 0; j < n; ++j) x[i * n + j] -= work[i * n + k] * x[k * n + j];
    }
    for (std::ptrdiff_t j = 0; j < n; ++j) x[i * n + j] /= work[i * n + i];
  }
  return sign;
}
// @end

// @function determinant needs factor_lu
// work: n*n.
template <class T>
T determinant(std::ptrdiff_t n, const T* a, T* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) work[i] = a[i];
  T product = factor_lu<T>(n, work, 0, work, nullptr);
  for (std::ptrdiff_t i = 0; i < n; ++i) product *= work[i * n + i];
  return product;
}
// @end

// @function log_determinant needs factor_lu log_of_pivots
// NaN where the determinant is negative; also where the determinant overflows. work: n*n.
template <class T>
T log_determinant(std::ptrdiff_t n, const T* a, T* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) work[i] = a[i];
  const T sign = factor_lu<T>(n, work, 0, work, nullptr);
  return log_of_pivots(n, work, sign);
}
// @end

// @function adjugate lanes
// By the recurrence of Faddeev and LeVerrier, which divides by no entry: of singular matrices too. work: n*n.
template <class T>
void adjugate(std::ptrdiff_t n, const T* a, T* x, T* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) x[i] = T(i % (n + 1) == 0 ? 1 : 0);
  for (std::ptrdiff_t k = 1; k < n; ++k) {
    T trace = T(0);
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      for (std::ptrdiff_t j = 0; j < n; ++j) {
        T sum = T(0);
        for (std::ptrdiff_t l = 0; l < n; ++l) sum += a[i * n + l] * x[l * n + j];
        work[i * n + j] = sum;
      }
      trace += work[i * n + i];
    }
    for (std::ptrdiff_t i = 0; i < n * n; ++i) x[i] = work[i];
    for (std::ptrdiff_t i = 0; i < n; ++i) x[i * n + i] -= trace / T(static_cast<double>(k));
  }
  if (n % 2 == 0) {
    for (std::ptrdiff_t i = 0; i < n * n; ++i) x[i] = -x[i];
  }
}
// @end

// @function cholesky lanes
// The lower triangular x with x*x' = a, of which the lower half is read; NaN unless a is positive definite.
template <class T>
void cholesky(std::ptrdiff_t n, const T* a, T* x) {
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t j = 0; j < n; ++j) {
      if (j > i) {
        x[i * n + j] = T(0);
        continue;
      }
      T rest = a[i * n + j];
      for (std::ptrdiff_t k = 0; k < j; ++k) rest -= x[i * n + k] * x[j * n + k];
      x[i * n + j] = i == j ? T(sqrt(rest)) : T(rest / x[j * n + j]);
    }
  }
}
// @end

// @function matrix_power needs inverse
// x = a^k by repeated squaring; work: 2*n*n.
template <class T>
void matrix_power(std::ptrdiff_t n, const T* a, std::ptrdiff_t k, T* x, T* work) {
  T* const square = work;
  T* const product = work + n * n;
  if (k < 0) {
    inverse(n, a, square, product);
  } else {
    for (std::ptrdiff_t i = 0; i < n * n; ++i) square[i] = a[i];
  }
  for (std::ptrdiff_t i = 0; i < n * n; ++i) x[i] = T(i % (n + 1) == 0 ? 1 : 0);
  for (std::ptrdiff_t left = k < 0 ? -k : k; left > 0; left /= 2) {
    for (int part = left % 2 == 1 ? 0 : 1; part < 2; ++part) {
      T* const target = part == 0 ? x : square;
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        for (std::ptrdiff_t j = 0; j < n; ++j) product[i * n + j] = T(0);
        for (std::ptrdiff_t l = 0; l < n; ++l) {
          for (std::ptrdiff_t j = 0; j < n; ++j) product[i * n + j] += target[i * n + l] * square[l * n + j];
        }
      }
      for (std::ptrdiff_t i = 0; i < n * n; ++i) target[i] = product[i];
    }
  }
}
// @end

// @function largest_position
// The position, from 0, of the largest entry or absolute value: the first of equal ones, or of NaN.
template <class T>
std::ptrdiff_t largest_position(std::ptrdiff_t n, const T* x, std::ptrdiff_t step, bool absolute) {
  std::ptrdiff_t best = 0;
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const T v = absolute ? T(fabs(x[i * step])) : x[i * step];
    const T most = absolute ? T(fabs(x[best * step])) : x[best * step];
    if (v != v) return i;
    if (v > most) best = i;
  }
  return best;
}
// @end

// @function argmax needs largest_position
// The position, from 1, of the largest entry.
template <class T>
T argmax(std::ptrdiff_t n, const T* x, std::ptrdiff_t step) {
  return T(static_cast<double>(largest_position(n, x, step, false) + 1));
}
// @end

// @function products_in_lanes
// y[i] = the product of all x but x[i], as products side by side; their parts are left in `lane`.
template <std::size_t count, class T>
void products_in_lanes(std::ptrdiff_t n, const T* x, T* y, T (&lane)[count]) {
  constexpr auto lanes = static_cast<std::ptrdiff_t>(count);
  // Lane l has the entries l, l + lanes, …; the entries from m on are left.
  const std::ptrdiff_t m = n - n % lanes;
  T others[count], left = T(1);
  for (std::ptrdiff_t l = 0; l < lanes; ++l) lane[l] = T(1);
  for (std::ptrdiff_t i = 0; i < m; i += lanes) {
    for (std::ptrdiff_t l = 0; l < lanes; ++l) {
      y[i + l] = lane[l];
      lane[l] *= x[i + l];
    }
  }
  for (std::ptrdiff_t i = m; i < n; ++i) {
    y[i] = left;
    left *= x[i];
  }
  for (std::ptrdiff_t l = 0; l < lanes; ++l) {
    others[l] = left;
    left *= lane[l];
  }
  T behind = T(1);
  for (std::ptrdiff_t l = lanes; l-- > 0;) {
    others[l] *= behind;
    behind *= lane[l];
  }
  for (std::ptrdiff_t i = n; i-- > m;) {
    y[i] *= behind;
    behind *= x[i];
  }
  for (std::ptrdiff_t i = m; i > 0; i -= lanes) {
    for (std::ptrdiff_t l = 0; l < lanes; ++l) {
      y[i - lanes + l] *= others[l];
      others[l] *= x[i - lanes + l];
    }
  }
}
// @end

// @function products_one_by_one
// y[i] = the product of all x but x[i], without a division: of zeros too.
template <class T>
void products_one_by_one(std::ptrdiff_t n, const T* x, T* y) {
  T before = T(1), behind = T(1);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    y[i] = before;
    before *= x[i];
  }
  for (std::ptrdiff_t i = n; i-- > 0;) {
    y[i] *= behind;
    behind *= x[i];
  }
}
// @end

// @function products_without needs products_in_lanes products_one_by_one
// The same; one product waits for the other, so that some run side by side.
template <class T>
void products_without(std::ptrdiff_t n, const T* x, T* y) {
  if (n >= 128) {
    T lane[32];
    return products_in_lanes(n, x, y, lane);
  }
  if (n >= 16) {
    T lane[4];
    return products_in_lanes(n, x, y, lane);
  }
  products_one_by_one(n, x, y);
}
// @end

// @function norm1 lanes
template <class T>
T norm1(std::ptrdiff_t n, const T* x, std::ptrdiff_t step) {
  T sum = T(0);
  for (std::ptrdiff_t i = 0; i < n; ++i) sum += fabs(x[i * step]);
  return sum;
}
// @end

// @function norminf lanes needs max
template <class T>
T norminf(std::ptrdiff_t n, const T* x, std::ptrdiff_t step) {
  if (n == 0) return T(std::numeric_limits<double>::quiet_NaN());
  T most = fabs(x[0]);
  for (std::ptrdiff_t i = 1; i < n; ++i) most = max<T>(most, fabs(x[i * step]));
  return most;
}
// @end

// @function norm2 lanes needs select norminf
// The Euclidean norm, scaled so that squares neither overflow nor vanish.
template <class T>
T norm2(std::ptrdiff_t n, const T* x, std::ptrdiff_t step) {
  if (n == 0) return T(0);
  const T most = norminf(n, x, step);
  const T finite = select<T>(most - most == T(0), most, T(1)), scale = select<T>(most > T(0), finite, T(1));
  T sum = T(0);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const T v = x[i * step] / scale;
    sum += v * v;
  }
  return select<T>(scale == most, scale * sqrt(sum), most);  // also where most is 0, infinite or NaN
}
// @end

// @function logsumexp lanes needs max
// log(sum(exp(x))) without overflow; of nothing NaN.
template <class T>
T logsumexp(std::ptrdiff_t n, const T* x, std::ptrdiff_t step) {
  if (n == 0) return T(std::numeric_limits<double>::quiet_NaN());
  T most = x[0];
  for (std::ptrdiff_t i = 1; i < n; ++i) most = max<T>(most, x[i * step]);
  T sum = T(0);
  for (std::ptrdiff_t i = 0; i < n; ++i) sum += exp(x[i * step] - most);
  return most + log(sum);
}
// @end

// @function softmax lanes needs logsumexp
template <class T>
void softmax(std::ptrdiff_t n, const T* x, std::ptrdiff_t step, T* y) {
  const T total = logsumexp(n, x, step);
  for (std::ptrdiff_t i = 0; i < n; ++i) y[i * step] = exp(x[i * step] - total);
}
// @end

// @function log_softmax lanes needs logsumexp
template <class T>
void log_softmax(std::ptrdiff_t n, const T* x, std::ptrdiff_t step, T* y) {
  const T total = logsumexp(n, x, step);
  for (std::ptrdiff_t i = 0; i < n; ++i) y[i * step] = x[i * step] - total;
}
// @end

}  // namespace nabla::rt
