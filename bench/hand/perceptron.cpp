#include <Eigen/Core>
#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

std::size_t perceptron_work(std::size_t n, std::size_t h) { return n * h + n; }

void perceptron(std::size_t points, std::size_t inputs, std::size_t hidden, const double* data,
                const double* y, const double* x, double* out, double* work) {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Vector = Eigen::VectorXd;
  const auto n = static_cast<Eigen::Index>(points), d = static_cast<Eigen::Index>(inputs),
             h = static_cast<Eigen::Index>(hidden);
  const Eigen::Map<const Rows> X(data, n, d), W1(x, h, d);
  const Eigen::Map<const Vector> b1(x + h * d, h), w2(x + h * d + h, h);
  Eigen::Map<Rows> H(work, n, h), by_W1(out + 1, h, d);
  Eigen::Map<Vector> error(work + n * h, n), by_b1(out + 1 + h * d, h), by_w2(out + 1 + h * d + h, h);

  H.noalias() = X * W1.transpose();
  for (Eigen::Index i = 0; i < n; ++i) {
    double* __restrict const row = work + i * h;
    for (Eigen::Index k = 0; k < h; ++k) row[k] = std::tanh(row[k] + b1[k]);
  }
  error.noalias() = H * w2;
  error.array() += x[h * d + 2 * h] - Eigen::Map<const Vector>(y, n).array();
  out[0] = error.squaredNorm() / static_cast<double>(n);

  error *= 2 / static_cast<double>(n);
  by_w2.noalias() = H.transpose() * error;
  out[1 + h * d + 2 * h] = error.sum();
  by_b1.setZero();
  for (Eigen::Index i = 0; i < n; ++i) {  // H becomes the derivative by what went into tanh
    double* __restrict const row = work + i * h;
    const double e = error[i];
    for (Eigen::Index k = 0; k < h; ++k) row[k] = e * w2[k] * (1 - row[k] * row[k]);
    by_b1 += H.row(i).transpose();
  }
  by_W1.noalias() = H.transpose() * X;
}

}  // namespace nabla::bench::NABLA_HAND
