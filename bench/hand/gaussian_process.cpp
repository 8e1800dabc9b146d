#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>

#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {

std::size_t gaussian_process_work(std::size_t n) { return 3 * n * n + n; }

// With a = inv(K) y, the derivative by a parameter is tr((a a' - inv(K)) dK)/2; inv(K) = inv(L)' inv(L).
void gaussian_process(std::size_t n, const double* x, const double* y, const double* parameters, double* out,
                      double* work) {
  using Matrix = Eigen::Map<Eigen::MatrixXd>;
  const double l = parameters[0], s = parameters[1], h = -0.5 / (l * l);
  const auto size = static_cast<Eigen::Index>(n);
  Matrix K(work, size, size), slope(work + n * n, size, size), M(work + 2 * n * n, size, size);
  Eigen::Map<Eigen::VectorXd> a(work + 3 * n * n, size);
  for (Eigen::Index j = 0; j < size; ++j) {  // the lower halves; slope: the derivative of K by l, times l^3
    for (Eigen::Index i = j; i < size; ++i) {
      const double r = x[i] - x[j], r2 = r * r;
      K(i, j) = std::exp(h * r2);
      slope(i, j) = K(i, j) * r2;
    }
    K(j, j) += s * s;
  }
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factor(K);
  a = Eigen::Map<const Eigen::VectorXd>(y, size);
  double f = -0.5 * static_cast<double>(n) * 1.83787706640934548356;  // log(2 pi)
  for (Eigen::Index i = 0; i < size; ++i) f -= std::log(K(i, i));
  K.triangularView<Eigen::Lower>().solveInPlace(a);
  out[0] = f - 0.5 * a.squaredNorm();
  K.triangularView<Eigen::Lower>().adjoint().solveInPlace(a);
  M.setIdentity();
  K.triangularView<Eigen::Lower>().solveInPlace(M);
  K.setZero();
  K.selfadjointView<Eigen::Lower>().rankUpdate(M.transpose());  // inv(K)
  double by_l = 0;
  for (Eigen::Index j = 0; j < size; ++j) {
    by_l += ((a[j] * a - K.col(j)).array() * slope.col(j).array()).tail(size - j).sum();
  }
  out[1] = by_l / (l * l * l);
  out[2] = s * (a.squaredNorm() - K.diagonal().sum());
}

}  // namespace nabla::bench::NABLA_HAND
