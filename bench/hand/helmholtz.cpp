#include <array>
#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {
namespace {

constexpr std::size_t n = 10;

constexpr std::array<double, n> b = [] {
  std::array<double, n> v{};
  for (std::size_t i = 0; i < n; ++i) v[i] = 0.01 * static_cast<double>(i + 1);
  return v;
}();
constexpr std::array<std::array<double, n>, n> A = [] {
  std::array<std::array<double, n>, n> m{};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) m[i][j] = 1 / static_cast<double>(i + j + 2);
  }
  return m;
}();

}  // namespace

// f = sum x log x - log(1 - B) sum x - x'Ax g(B) with B = b'x, g(B) = log((1 + c B)/(1 + d B))/(sqrt(8) B).
// The Hessian is diag(1/x) - 2 g A + w b' + b w'.
void helmholtz(const double* x, double* out) {
  constexpr double root2 = 1.41421356237309504880, root8 = 2 * root2, c = 1 + root2, d = 1 - root2;
  double B = 0, total = 0, energy = 0, Q = 0;
  double logs[n], Ax[n];
  for (std::size_t i = 0; i < n; ++i) logs[i] = std::log(x[i]);
  for (std::size_t i = 0; i < n; ++i) Ax[i] = 0;
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = 0; i < n; ++i) Ax[i] += A[j][i] * x[j];
  }
  for (std::size_t i = 0; i < n; ++i) {
    B += b[i] * x[i];
    total += x[i];
    energy += x[i] * logs[i];
    Q += x[i] * Ax[i];
  }
  const double rest = 1 / (1 - B), over_B = 1 / B, log_rest = std::log(1 - B);
  const double D = 1 / (1 + B * (2 - B));  // of the derivative of the logarithm in g
  const double g = std::log((1 + c * B) / (1 + d * B)) * over_B * (1 / root8);
  const double g1 = (D - g) * over_B, g2 = -(2 * (1 - B) * D * D + 2 * g1) * over_B;

  out[0] = energy - total * log_rest - Q * g;
  const double by_B = total * rest - Q * g1, half = 0.5 * (total * rest * rest - Q * g2);
  double* __restrict const gradient = out + 1;
  double* __restrict const hessian = out + 1 + n;
  double w[n];
  for (std::size_t i = 0; i < n; ++i) {
    gradient[i] = logs[i] + 1 - log_rest - 2 * g * Ax[i] + by_B * b[i];
    w[i] = rest - 2 * g1 * Ax[i] + half * b[i];
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) hessian[i * n + j] = w[i] * b[j] + b[i] * w[j] - 2 * g * A[i][j];
  }
  for (std::size_t i = 0; i < n; ++i) hessian[i * (n + 1)] += 1 / x[i];
}

}  // namespace nabla::bench::NABLA_HAND
