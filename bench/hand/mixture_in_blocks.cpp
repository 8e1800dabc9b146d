#include <algorithm>
#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {
namespace {

constexpr std::size_t lanes = 32, folded = 8;  // points at once; numbers that a sum over points is kept in

// sums[0 … folded) += a .* b, folded
inline void add_products(const double* a, const double* b, double* __restrict sums) {
  for (std::size_t from = 0; from < lanes; from += folded) {
    for (std::size_t i = 0; i < folded; ++i) sums[i] += a[from + i] * b[from + i];
  }
}

inline double sum_of(const double* sums) {
  double sum = 0;
  for (std::size_t i = 0; i < folded; ++i) sum += sums[i];
  return sum;
}

}  // namespace

// For each component: Q, its weights, w Qx (d) and w Qx x' (lower, d by d) summed over the points; for a
// block: the points, centred and not, Qx of all components, and the weights.
std::size_t mixture_blocks_work(std::size_t d, std::size_t k) {
  return k * d + k + k * folded * (1 + d + d * d) + lanes * (2 * d + k * d + k + 2);
}

void mixture_in_blocks(const Mixture& g, const double* x, const double* L, double* out, double* work) {
  const std::size_t d = g.d, k = g.k, sums_of_one = folded * (1 + d + d * d);
  const double *const alpha = x, *const mu = alpha + k, *const q = mu + k * d;
  double *const by_alpha = out + 1, *const by_mu = by_alpha + k, *const by_q = by_mu + k * d,
                *const by_L = by_q + k * d;
  double *const Q = work, *const offset = Q + k * d, *const sums = offset + k,
                *const points = sums + k * sums_of_one, *const at = points + lanes * d,
                *const Qx = at + lanes * d, *const weight = Qx + lanes * k * d,
                *const most = weight + lanes * k, *const total = most + lanes;
  double f = mixture_prior(g, alpha, q, L, by_alpha);
  std::fill(sums, sums + k * sums_of_one, 0.0);
  for (std::size_t c = 0; c < k; ++c) {
    offset[c] = alpha[c];
    for (std::size_t i = c * d; i < (c + 1) * d; ++i) {
      Q[i] = std::exp(q[i]);
      offset[c] += q[i];
    }
  }
  for (std::size_t from = 0; from < g.n; from += lanes) {
    const std::size_t count = std::min(lanes, g.n - from);
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t p = 0; p < lanes; ++p) {
        points[i * lanes + p] = p < count ? g.points[(from + p) * d + i] : 0;
      }
    }
    std::fill(most, most + lanes, -HUGE_VAL);
    std::fill(total, total + lanes, 0.0);
    for (std::size_t c = 0; c < k; ++c) {
      double* __restrict const w = weight + c * lanes;
      double square[lanes] = {};
      for (std::size_t i = 0; i < d; ++i) {
        double* __restrict const a = at + i * lanes;
        double sum[lanes];
        for (std::size_t p = 0; p < lanes; ++p) {
          a[p] = points[i * lanes + p] - mu[c * d + i];
          sum[p] = Q[c * d + i] * a[p];
        }
        const double* const row = L + (c * d + i) * d;
        for (std::size_t j = 0; j < i; ++j) {
          for (std::size_t p = 0; p < lanes; ++p) sum[p] += row[j] * at[j * lanes + p];
        }
        for (std::size_t p = 0; p < lanes; ++p) {
          Qx[(c * d + i) * lanes + p] = sum[p];
          square[p] += sum[p] * sum[p];
        }
      }
      for (std::size_t p = 0; p < lanes; ++p) {
        w[p] = offset[c] - 0.5 * square[p];
        most[p] = std::max(most[p], w[p]);
      }
    }
    for (std::size_t c = 0; c < k; ++c) {
      double* __restrict const w = weight + c * lanes;
      for (std::size_t p = 0; p < lanes; ++p) {
        w[p] = std::exp(w[p] - most[p]);
        total[p] += w[p];
      }
    }
    for (std::size_t p = 0; p < count; ++p) f += most[p] + std::log(total[p]);
    for (std::size_t p = 0; p < lanes; ++p) total[p] = p < count ? 1 / total[p] : 0;
    for (std::size_t c = 0; c < k; ++c) {
      double* const w = weight + c * lanes;
      double *const by_weight = sums + c * sums_of_one, *const by_point = by_weight + folded,
                    *const by_product = by_point + d * folded;
      add_products(w, total, by_weight);
      for (std::size_t p = 0; p < lanes; ++p) w[p] *= total[p];
      for (std::size_t i = 0; i < d; ++i) {
        double* __restrict const a = at + i * lanes;
        double wy[lanes];
        for (std::size_t p = 0; p < lanes; ++p) {
          a[p] = points[i * lanes + p] - mu[c * d + i];
          wy[p] = w[p] * Qx[(c * d + i) * lanes + p];
        }
        add_products(w, Qx + (c * d + i) * lanes, by_point + i * folded);
        for (std::size_t j = 0; j <= i; ++j)
          add_products(wy, at + j * lanes, by_product + (i * d + j) * folded);
      }
    }
  }
  // The derivative by the mean is Q' times the sum of w Qx: once for each component.
  for (std::size_t c = 0; c < k; ++c) {
    const double *const by_weight = sums + c * sums_of_one, *const by_point = by_weight + folded,
                        *const by_product = by_point + d * folded;
    const double w = sum_of(by_weight);
    by_alpha[c] += w;
    for (std::size_t i = 0; i < d; ++i) {
      const double wy = sum_of(by_point + i * folded);
      by_mu[c * d + i] += wy * Q[c * d + i];
      by_q[c * d + i] += w - Q[c * d + i] * sum_of(by_product + (i * d + i) * folded);
      for (std::size_t j = 0; j < i; ++j) {
        by_mu[c * d + j] += wy * L[(c * d + i) * d + j];
        by_L[(c * d + i) * d + j] -= sum_of(by_product + (i * d + j) * folded);
      }
    }
  }
  out[0] = f;
}

}  // namespace nabla::bench::NABLA_HAND
