#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

// Each derivative from its own two terms, so that no step waits for the one before.
void rosenbrock(std::size_t n, const double* x, double* out) {
  double* __restrict const g = out + 1;
  const double a0 = x[1] - x[0] * x[0], b0 = 1 - x[0];
  double f = 100 * a0 * a0 + b0 * b0;
  g[0] = -400 * a0 * x[0] - 2 * b0;
#pragma omp simd reduction(+ : f)
  for (std::size_t i = 1; i < n - 1; ++i) {
    const double before = x[i] - x[i - 1] * x[i - 1], a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    f += 100 * a * a + b * b;
    g[i] = 200 * before - 400 * a * x[i] - 2 * b;
  }
  g[n - 1] = 200 * (x[n - 1] - x[n - 2] * x[n - 2]);
  out[0] = f;
}

}  // namespace nabla::bench::NABLA_HAND
