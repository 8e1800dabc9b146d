#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

// The geometric Jacobian: a joint moves the hand along the cross product of its axis and of the way from the
// joint to the hand.
void arm(std::size_t joints, const double* table, const double* theta, double* out) {
  constexpr std::size_t most = 16;
  double axis[most][3], origin[most][3];
  double x[3] = {1, 0, 0}, y[3] = {0, 1, 0}, z[3] = {0, 0, 1}, p[3] = {0, 0, 0};  // the frame of a link
  for (std::size_t k = 0; k < joints; ++k) {
    const double d = table[4 * k], a = table[4 * k + 1], ca = table[4 * k + 2], sa = table[4 * k + 3];
    const double c = std::cos(theta[k]), s = std::sin(theta[k]);
    for (std::size_t i = 0; i < 3; ++i) {
      axis[k][i] = z[i];
      origin[k][i] = p[i];
      const double along = c * x[i] + s * y[i], across = c * y[i] - s * x[i];
      p[i] += d * z[i] + a * along;
      x[i] = along;
      y[i] = ca * across + sa * z[i];
      z[i] = ca * z[i] - sa * across;
    }
  }
  for (std::size_t i = 0; i < 3; ++i) out[i] = p[i];
  double* const jacobian = out + 3;
  for (std::size_t k = 0; k < joints; ++k) {
    const double* const w = axis[k];
    const double u = p[0] - origin[k][0], v = p[1] - origin[k][1], r = p[2] - origin[k][2];
    jacobian[k] = w[1] * r - w[2] * v;
    jacobian[joints + k] = w[2] * u - w[0] * r;
    jacobian[2 * joints + k] = w[0] * v - w[1] * u;
  }
}

}  // namespace nabla::bench::NABLA_HAND
