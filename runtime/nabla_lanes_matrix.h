// Functions of a matrix, or of the entries of a vector, in each lane; see nabla_lanes.h and nabla_matrix.h.
//
// Matrices are n-by-n, row-major, and no argument overlaps another. `work` has n*n places. Each lane has its
// own pivots, so that a matrix has the same result whatever is computed beside it. Of a singular matrix the
// inverse is not finite.
#pragma once

#include <limits>

#include "nabla_elementary.h"
#include "nabla_lanes.h"

namespace nabla::rt {

// @function lane_argmax lanes needs select
// In each lane the position, from 1, of the largest entry: the first of equal ones, or of NaN.
template <class L>
L lane_argmax(std::ptrdiff_t n, const L* x, std::ptrdiff_t step) {
  L most = x[0], at = L(1);
  for (std::ptrdiff_t i = 1; i < n; ++i) {
    const L v = x[i * step];
    const auto found = (v > most) | ((v != v) & (most == most));
    most = select<L>(found, v, most);
    at = select<L>(found, L(i + 1), at);
  }
  return at;
}
// @end

// @function lane_elimination lanes needs select
// Gaussian elimination with partial pivoting, in place, on and above the diagonal; the rows of the m columns
// in b are exchanged and eliminated with those of a. Returns the sign of the permutation.
template <class L>
L lane_elimination(std::ptrdiff_t n, L* a, std::ptrdiff_t m, L* b) {
  L sign = L(1);
  for (std::ptrdiff_t k = 0; k < n; ++k) {
    for (std::ptrdiff_t i = k + 1; i < n; ++i) {
      const auto larger = fabs(a[i * n + k]) > fabs(a[k * n + k]);
      const auto exchange = [larger](L& x, L& y) {
        const L t = x;
        x = select<L>(larger, y, x);
        y = select<L>(larger, t, y);
      };
      sign = select<L>(larger, -sign, sign);
      for (std::ptrdiff_t j = k; j < n; ++j) exchange(a[k * n + j], a[i * n + j]);
      for (std::ptrdiff_t j = 0; j < m; ++j) exchange(b[k * m + j], b[i * m + j]);
    }
    for (std::ptrdiff_t i = k + 1; i < n; ++i) {
      const L x = a[i * n + k], l = select<L>(x == L(0), L(0), x / a[k * n + k]);
      for (std::ptrdiff_t j = k + 1; j < n; ++j) a[i * n + j] -= l * a[k * n + j];
      for (std::ptrdiff_t j = 0; j < m; ++j) b[i * m + j] -= l * b[k * m + j];
    }
  }
  return sign;
}
// @end

// @function lane_inverse lanes needs lane_elimination
// x = inv(a); `work` is left with the elimination of a. Returns the sign of its permutation.
template <class L>
L lane_inverse(std::ptrdiff_t n, const L* a, L* x, L* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) {
    work[i] = a[i];
    x[i] = L(i % (n + 1) == 0 ? 1 : 0);
  }
  const L sign = lane_elimination(n, work, n, x);
  for (std::ptrdiff_t i = n; i-- > 0;) {
    for (std::ptrdiff_t k = i + 1; k < n; ++k) {
      for (std::ptrdiff_t j = 0; j < n; ++j) x[i * n + j] -= work[i * n + k] * x[k * n + j];
    }
    for (std::ptrdiff_t j = 0; j < n; ++j) x[i * n + j] = x[i * n + j] / work[i * n + i];
  }
  return sign;
}
// @end

// @function lane_matrix_power lanes needs lane_inverse
// x = a^k by repeated squaring; `work` has 2*n*n places.
template <class L>
void lane_matrix_power(std::ptrdiff_t n, const L* a, std::ptrdiff_t k, L* x, L* work) {
  L* const square = work;
  L* const product = work + n * n;
  if (k < 0) {
    lane_inverse(n, a, square, product);
  } else {
    for (std::ptrdiff_t i = 0; i < n * n; ++i) square[i] = a[i];
  }
  for (std::ptrdiff_t i = 0; i < n * n; ++i) x[i] = L(i % (n + 1) == 0 ? 1 : 0);
  for (std::ptrdiff_t left = k < 0 ? -k : k; left > 0; left /= 2) {
    for (int squared = left % 2 == 0 ? 1 : 0; squared < 2; ++squared) {
      L* const target = squared == 1 ? square : x;
      for (std::ptrdiff_t i = 0; i < n * n; ++i) {
        L sum = L(0);
        for (std::ptrdiff_t l = 0; l < n; ++l) sum += target[i / n * n + l] * square[l * n + i % n];
        product[i] = sum;
      }
      for (std::ptrdiff_t i = 0; i < n * n; ++i) target[i] = product[i];
    }
  }
}
// @end

// @function lane_logarithm lanes needs select
// Of the product of the diagonal of u and a sign; NaN where that is negative.
template <class L>
L lane_logarithm(std::ptrdiff_t n, const L* u, L sign) {
  L sum = L(0);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    sign = select<L>(u[i * n + i] < L(0), -sign, sign);
    sum += log(fabs(u[i * n + i]));
  }
  return select<L>(sign < L(0), L(std::numeric_limits<double>::quiet_NaN()), sum);
}
// @end

// @function lane_inverse_log_determinant lanes needs lane_inverse lane_logarithm
// x = inv(a); returns the logarithm of the determinant.
template <class L>
L lane_inverse_log_determinant(std::ptrdiff_t n, const L* a, L* x, L* work) {
  const L sign = lane_inverse(n, a, x, work);
  return lane_logarithm(n, work, sign);
}
// @end

// @function lane_log_determinant lanes needs lane_elimination lane_logarithm
template <class L>
L lane_log_determinant(std::ptrdiff_t n, const L* a, L* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) work[i] = a[i];
  const L sign = lane_elimination(n, work, 0, work);
  return lane_logarithm(n, work, sign);
}
// @end

// @function lane_determinant lanes needs lane_elimination
template <class L>
L lane_determinant(std::ptrdiff_t n, const L* a, L* work) {
  for (std::ptrdiff_t i = 0; i < n * n; ++i) work[i] = a[i];
  L product = lane_elimination(n, work, 0, work);
  for (std::ptrdiff_t i = 0; i < n; ++i) product *= work[i * n + i];
  return product;
}
// @end

}  // namespace nabla::rt
