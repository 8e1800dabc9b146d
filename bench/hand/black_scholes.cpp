#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

void black_scholes(const double* x, double* out) {
  constexpr double root_half = 0.70710678118654752440, density = 0.39894228040143267794;  // 1/sqrt(2 pi)
  const double S = x[0], K = x[1], r = x[2], sigma = x[3], T = x[4];
  const double root = std::sqrt(T), spread = sigma * root, inverse = 1 / spread;
  const double d1 = (std::log(S / K) + (r + 0.5 * sigma * sigma) * T) * inverse, d2 = d1 - spread;
  const double N1 = 0.5 * std::erfc(-d1 * root_half), N2 = 0.5 * std::erfc(-d2 * root_half);
  const double discount = std::exp(-r * T), weighted = S * density * std::exp(-0.5 * d1 * d1);
  out[0] = S * N1 - K * discount * N2;
  out[1] = N1;
  out[2] = -discount * N2;
  out[3] = K * T * discount * N2;
  out[4] = weighted * root;
  out[5] = 0.5 * weighted * (sigma * sigma) * inverse + r * K * discount * N2;
}

}  // namespace nabla::bench::NABLA_HAND
