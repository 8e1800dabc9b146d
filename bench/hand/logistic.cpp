#include <algorithm>
#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

// In blocks: the products with a block of rows, then the exponentials of the block in one loop, then the rows
// again, which are still in the cache.
void logistic(std::size_t n, std::size_t d, const double* X, const double* y, const double* x, double* out) {
  constexpr std::size_t block = 64, lanes = 8;
  double z[block], r[block];
  double* __restrict const g = out + 1;
  std::fill(g, g + d + 1, 0.0);
  double f = 0, by_bias = 0;
  for (std::size_t from = 0; from < n; from += block) {
    const std::size_t count = std::min(block, n - from);
    const double *const rows = X + from * d, *const label = y + from;
    for (std::size_t i = 0; i < count; ++i) {
      double sum = x[d];
      for (std::size_t j = 0; j < d; ++j) sum += rows[i * d + j] * x[j];
      z[i] = sum;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const double small = std::exp(-std::fabs(z[i]));
      f += label[i] * z[i] - std::max(z[i], 0.0) - std::log1p(small);
      r[i] = label[i] - (z[i] < 0 ? small : 1.0) / (1 + small);
    }
    for (std::size_t i = 0; i < count; ++i) by_bias += r[i];
    std::size_t j = 0;
    for (; j + lanes <= d; j += lanes) {  // sums over the rows stay in a register
      double sums[lanes] = {};
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t l = 0; l < lanes; ++l) sums[l] += r[i] * rows[i * d + j + l];
      }
      for (std::size_t l = 0; l < lanes; ++l) g[j + l] += sums[l];
    }
    for (; j < d; ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < count; ++i) sum += r[i] * rows[i * d + j];
      g[j] += sum;
    }
  }
  g[d] = by_bias;
  out[0] = f;
}

}  // namespace nabla::bench::NABLA_HAND
