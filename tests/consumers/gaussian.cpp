// The Gaussian likelihood against its derivatives by hand (Petersen and Pedersen, The Matrix Cookbook, 2012,
// section 8.1), and against ADOL-C.
#include "gaussian.h"

#include "gaussian_eigen.h"
#include "whole.h"

namespace {

void at(std::ptrdiff_t n, std::ptrdiff_t d) {
  const Numbers X = numbers(n * d, 1), mu = numbers(d, 2), S = definite(d, 3);
  const Eigen::MatrixXd r = matrix(X, n, d).rowwise() - vector(mu).transpose(), s = matrix(S, d, d);
  const Eigen::MatrixXd inverse = s.inverse(), c = r.transpose() * r;
  const double pi = std::acos(-1.0), count = static_cast<double>(n);
  const double value = count * static_cast<double>(d) / 2 * std::log(2 * pi) +
                       count / 2 * std::log(s.determinant()) + (inverse * c).trace() / 2;
  const Eigen::VectorXd by_mu = -inverse * r.colwise().sum().transpose();
  const Eigen::MatrixXd by_S = count / 2 * inverse - inverse * c * inverse / 2;

  Numbers grad_mu(size(d)), grad_S(size(d * d)), work(gaussian::f_grad_work(n, d));
  expect("value",
         Numbers{gaussian::f_grad(n, d, mu.data(), S.data(), X.data(), grad_mu.data(), grad_S.data(),
                                  work.data())},
         Numbers{value});
  expect("gradient by mu", grad_mu, by_mu);
  expect("gradient by S", grad_S, rows_of(by_S));
  Eigen::VectorXd me(d);
  Eigen::MatrixXd se(d, d);
  expect("Eigen: value", Numbers{gaussian_eigen::f_grad(vector(mu), s, matrix(X, n, d), me, se)},
         Numbers{value});
  expect("Eigen: gradient by mu", me, by_mu);
  expect("Eigen: gradient by S", rows_of(se), rows_of(by_S));

  const std::vector<adouble> Xa = passive(X);
  const auto generated = [&](const adouble* a) {
    std::vector<adouble> room(gaussian::f_work(n, d));
    return std::vector<adouble>{gaussian::f<adouble>(n, d, a, a + d, Xa.data(), room.data())};
  };
  const Numbers free = adolc_jacobian(joined(mu, S), generated)[0];
  expect("gradient by mu, ADOL-C", grad_mu, Numbers(free.begin(), free.begin() + d));
  // Of all entries; in the space of symmetric matrices it is the mean with its transpose.
  const Eigen::MatrixXd all = matrix(Numbers(free.begin() + d, free.end()), d, d);
  expect("gradient by S, ADOL-C", grad_S, rows_of((all + all.transpose()) / 2));
}

}  // namespace

int main() {
  at(6, 3);
  at(1, 1);
  at(2, 4);
  return failures;
}
