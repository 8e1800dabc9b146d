#include <algorithm>
#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

std::size_t mixture_work(std::size_t d, std::size_t k) {
  return std::max(3 * k * d + 3 * k, mixture_blocks_work(d, k));
}

// What does not depend on the points: the value and, in `out`, the gradient, into which the points add.
double mixture_prior(const Mixture& g, const double* alpha, const double* q, const double* L, double* out) {
  const std::size_t d = g.d, k = g.k;
  double *const by_alpha = out, *const by_mu = by_alpha + k, *const by_q = by_mu + k * d,
                *const by_L = by_q + k * d;
  const double gamma2 = g.gamma * g.gamma, points = static_cast<double>(g.n);
  std::fill(by_mu, by_q, 0.0);
  double squares = 0, sum = 0, most = alpha[0], total = 0;
  for (std::size_t i = 0; i < k * d; ++i) {
    const double square = std::exp(2 * q[i]);
    squares += square;
    sum += q[i];
    by_q[i] = gamma2 * square - g.m;
  }
  for (std::size_t i = 0; i < k * d * d; ++i) {
    squares += L[i] * L[i];  // zero on and above the diagonal
    by_L[i] = gamma2 * L[i];
  }
  for (std::size_t c = 0; c < k; ++c) most = std::max(most, alpha[c]);
  for (std::size_t c = 0; c < k; ++c) total += by_alpha[c] = std::exp(alpha[c] - most);
  for (std::size_t c = 0; c < k; ++c) by_alpha[c] *= -points / total;
  return 0.5 * gamma2 * squares - g.m * sum - g.constant - points * (most + std::log(total)) -
         0.5 * points * static_cast<double>(d) * 1.83787706640934548356;  // log(2 pi)
}

// Point by point, as ADBench's own: distances of all components, their weights, then the gradient.
void mixture(const Mixture& g, const double* x, const double* L, double* out, double* work) {
  const std::size_t d = g.d, k = g.k;
  const double *const alpha = x, *const mu = alpha + k, *const q = mu + k * d;
  double *const by_alpha = out + 1, *const by_mu = by_alpha + k, *const by_q = by_mu + k * d,
                *const by_L = by_q + k * d;
  double *const Q = work, *const centred = Q + k * d, *const Qx = centred + k * d, *const offset = Qx + k * d,
                *const weight = offset + k;
  double f = mixture_prior(g, alpha, q, L, by_alpha);
  for (std::size_t c = 0; c < k; ++c) {
    offset[c] = alpha[c];
    for (std::size_t i = c * d; i < (c + 1) * d; ++i) {
      Q[i] = std::exp(q[i]);
      offset[c] += q[i];
    }
  }
  for (std::size_t p = 0; p < g.n; ++p) {
    const double* const point = g.points + p * d;
    double most = -HUGE_VAL, total = 0;
    for (std::size_t c = 0; c < k; ++c) {
      double* __restrict const at = centred + c * d;
      double* __restrict const y = Qx + c * d;
      double square = 0;
      for (std::size_t i = 0; i < d; ++i) at[i] = point[i] - mu[c * d + i];
      for (std::size_t i = 0; i < d; ++i) {
        const double* const row = L + (c * d + i) * d;
        double sum = Q[c * d + i] * at[i];
        for (std::size_t j = 0; j < i; ++j) sum += row[j] * at[j];
        y[i] = sum;
        square += sum * sum;
      }
      weight[c] = offset[c] - 0.5 * square;
      most = std::max(most, weight[c]);
    }
    for (std::size_t c = 0; c < k; ++c) total += weight[c] = std::exp(weight[c] - most);
    f += most + std::log(total);
    for (std::size_t c = 0; c < k; ++c) {
      const double w = weight[c] / total;
      const double *const at = centred + c * d, *const y = Qx + c * d;
      by_alpha[c] += w;
      for (std::size_t i = 0; i < d; ++i) {
        const double wy = w * y[i], diagonal = Q[c * d + i];
        const double* const row = L + (c * d + i) * d;
        double* __restrict const by_row = by_L + (c * d + i) * d;
        double* __restrict const by_mean = by_mu + c * d;
        by_q[c * d + i] += w - wy * diagonal * at[i];
        by_mean[i] += wy * diagonal;
        for (std::size_t j = 0; j < i; ++j) {
          by_mean[j] += wy * row[j];
          by_row[j] -= wy * at[j];
        }
      }
    }
  }
  out[0] = f;
}

}  // namespace nabla::bench::NABLA_HAND
