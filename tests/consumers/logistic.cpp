// Logistic regression against its derivatives by hand, X'(s - 1)y and X' diag(s(1 - s)) X + l I with
// s = sigmoid(y X w), and against ADOL-C; also where exp overflows.
#include "logistic.h"

#include "logistic_eigen.h"
#include "whole.h"

namespace {

void at(std::ptrdiff_t n, std::ptrdiff_t d, double scale) {
  const Numbers X = numbers(n * d, 1), w = numbers(d, 2), v = numbers(d, 3);
  Numbers y = numbers(n, 4);
  for (double& x : y) x = x < 0 ? -scale : scale;
  const double l = 0.3;
  const Eigen::MatrixXd x = matrix(X, n, d);
  const Eigen::VectorXd margin = vector(y).cwiseProduct(x * vector(w));
  double loss = l / 2 * vector(w).squaredNorm();
  Eigen::VectorXd s(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    loss += std::max(-margin(i), 0.0) + std::log1p(std::exp(-std::fabs(margin(i))));
    s(i) = 1 / (1 + std::exp(-margin(i)));
  }
  const Eigen::VectorXd g = x.transpose() * ((s.array() - 1) * vector(y).array()).matrix() + l * vector(w);
  const Eigen::VectorXd weights = s.array() * (1 - s.array()) * vector(y).array().square();
  const Eigen::MatrixXd h = x.transpose() * weights.asDiagonal() * x + l * Eigen::MatrixXd::Identity(d, d);

  Numbers work(logistic::loss_hess_work(n, d)), grad(size(d)), hess(size(d * d)), hvp(size(d));
  expect("loss", Numbers{logistic::loss(n, d, w.data(), X.data(), y.data(), l, work.data())}, Numbers{loss});
  Numbers more(logistic::loss_grad_work(n, d));
  expect("loss with gradient",
         Numbers{logistic::loss_grad(n, d, w.data(), X.data(), y.data(), l, grad.data(), more.data())},
         Numbers{loss});
  expect("gradient", grad, g);
  logistic::loss_hess(n, d, w.data(), X.data(), y.data(), l, grad.data(), hess.data(), work.data());
  expect("gradient with Hessian", grad, g);
  expect("Hessian", hess, rows_of(h));
  Numbers last(logistic::loss_hvp_work(n, d));
  logistic::loss_hvp(n, d, w.data(), X.data(), y.data(), l, v.data(), hvp.data(), last.data());
  expect("Hessian times v", hvp, Eigen::VectorXd(h * vector(v)));

  Eigen::VectorXd ge(d);
  Eigen::MatrixXd he(d, d);
  expect("Eigen: loss", Numbers{logistic_eigen::loss_hess(vector(w), x, vector(y), l, ge, he)},
         Numbers{loss});
  expect("Eigen: gradient", ge, g);
  expect("Eigen: Hessian", rows_of(he), rows_of(h));
  // Blocks of larger matrices are arguments and results too.
  Eigen::MatrixXd block = Eigen::MatrixXd::Zero(n + 2, d + 2), results = Eigen::MatrixXd::Zero(d + 1, d + 1);
  block.topLeftCorner(n, d) = x;
  logistic_eigen::loss_hess(vector(w), block.topLeftCorner(n, d), vector(y), l, results.col(d).head(d),
                            results.topLeftCorner(d, d));
  expect("Eigen: gradient in a block", Eigen::VectorXd(results.col(d).head(d)), g);
  expect("Eigen: Hessian in a block", rows_of(results.topLeftCorner(d, d)), rows_of(h));

  if (scale > 1) return;  // ADOL-C cannot follow the branches of the tape at large arguments
  const std::vector<adouble> Xa = passive(X), ya = passive(y);
  const auto generated = [&](const adouble* a) {
    std::vector<adouble> room(logistic::loss_work(n, d));
    return std::vector<adouble>{
        logistic::loss<adouble>(n, d, a, Xa.data(), ya.data(), adouble(l), room.data())};
  };
  expect("gradient, ADOL-C", grad, adolc_jacobian(w, generated)[0]);
}

}  // namespace

int main() {
  at(7, 3, 1);
  at(1, 1, 1);
  at(2, 5, 1);
  at(4, 3, 1000);
  return failures;
}
