// What principal components lose, against its gradient by hand, -2 (X'E W + E'X W) + 2 a W, and against
// ADOL-C.
#include "pca.h"

#include "pca_eigen.h"
#include "whole.h"

namespace {

void at(std::ptrdiff_t n, std::ptrdiff_t d, std::ptrdiff_t k) {
  const Numbers X = numbers(n * d, 1), W = numbers(d * k, 2), V = numbers(d * k, 3);
  const double a = 0.7;
  const Eigen::MatrixXd x = matrix(X, n, d), w = matrix(W, d, k), v = matrix(V, d, k);
  const auto gradient = [&](const Eigen::MatrixXd& m) -> Eigen::MatrixXd {
    const Eigen::MatrixXd e = x - x * m * m.transpose();
    return -2 * (x.transpose() * e * m + e.transpose() * x * m) + 2 * a * m;
  };
  const double value = (x - x * w * w.transpose()).squaredNorm() + a * w.squaredNorm();
  Numbers grad(size(d * k)), work(pca::f_grad_work(n, d, k)), more(pca::f_hvp_work(n, d, k)),
      hvp(size(d * k));
  expect("value", Numbers{pca::f_grad(n, d, k, W.data(), X.data(), a, grad.data(), work.data())},
         Numbers{value});
  expect("gradient", grad, rows_of(gradient(w)));
  // The gradient is a cubic polynomial: five-point differences are exact but for rounding.
  pca::f_hvp(n, d, k, W.data(), X.data(), a, V.data(), hvp.data(), more.data());
  const double t = 0.5;
  const Eigen::MatrixXd product = (8 * (gradient(w + t * v) - gradient(w - t * v)) -
                                   (gradient(w + 2 * t * v) - gradient(w - 2 * t * v))) /
                                  (12 * t);
  expect("Hessian times V", hvp, rows_of(product));
  Eigen::MatrixXd ge(d, k), he(d, k);
  expect("Eigen: value", Numbers{pca_eigen::f_grad(w, x, a, ge)}, Numbers{value});
  expect("Eigen: gradient", rows_of(ge), grad);
  pca_eigen::f_hvp(w, x, a, v, he);
  expect("Eigen: Hessian times V", rows_of(he), hvp);
  const std::vector<adouble> Xa = passive(X);
  const auto generated = [&](const adouble* p) {
    std::vector<adouble> room(pca::f_work(n, d, k));
    return std::vector<adouble>{pca::f<adouble>(n, d, k, p, Xa.data(), adouble(a), room.data())};
  };
  expect("gradient, ADOL-C", grad, adolc_jacobian(W, generated)[0]);
}

}  // namespace

int main() {
  at(6, 4, 2);
  at(1, 1, 1);
  at(2, 3, 3);
  return failures;
}
