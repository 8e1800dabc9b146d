// A Kalman filter's measurement against its derivatives by hand, -H' inv(S) e and H' inv(S) H, and against
// ADOL-C; the derivative by the diagonal R has no entries off the diagonal.
#include "kalman.h"

#include "kalman_eigen.h"
#include "whole.h"

namespace {

void at(std::ptrdiff_t n, std::ptrdiff_t m) {
  const Numbers z = numbers(m, 1), H = numbers(m * n, 2), P = definite(n, 3), x = numbers(n, 4),
                u = numbers(n, 5);
  Numbers R(size(m * m));
  for (std::ptrdiff_t i = 0; i < m; ++i) R[size(i * m + i)] = 0.5 + 0.25 * static_cast<double>(i);
  const Eigen::MatrixXd h = matrix(H, m, n), p = matrix(P, n, n), r = matrix(R, m, m);
  const Eigen::MatrixXd s = h * p * h.transpose() + r, inverse = s.inverse();
  const Eigen::VectorXd e = vector(z) - h * vector(x), y = inverse * e;
  const double cost = (std::log(s.determinant()) + e.dot(y)) / 2;
  const Eigen::VectorXd by_x = -h.transpose() * y;
  const Eigen::VectorXd by_r = (inverse.diagonal() - y.cwiseProduct(y)) / 2;

  Numbers gx(size(n)), gR(size(m * m)), hx(size(n * n));
  Numbers work(kalman::cost_grad_work(n, m)), more(kalman::cost_hess_work(n, m));
  expect("cost",
         Numbers{kalman::cost_grad(n, m, x.data(), R.data(), z.data(), H.data(), P.data(), gx.data(),
                                   gR.data(), work.data())},
         Numbers{cost});
  expect("by x", gx, by_x);
  expect("by R", gR, rows_of(by_r.asDiagonal()));
  kalman::cost_hess(n, m, x.data(), R.data(), z.data(), H.data(), P.data(), gx.data(), hx.data(),
                    more.data());
  expect("Hessian by x", hx, rows_of(h.transpose() * inverse * h));

  Eigen::VectorXd ge(n), gain(n);
  Eigen::MatrixXd Re(m, m), jx(n, n);
  expect("Eigen: cost", Numbers{kalman_eigen::cost_grad(vector(x), r, vector(z), h, p, ge, Re)},
         Numbers{cost});
  expect("Eigen: by x", ge, by_x);
  expect("Eigen: by R", rows_of(Re), gR);
  Eigen::VectorXd jR(n * m * m);
  kalman_eigen::gain_jac(vector(x), r, vector(z), h, p, gain, jx, jR);
  expect("Eigen: gain", gain, Eigen::VectorXd(vector(x) + p * h.transpose() * y));
  expect("Eigen: gain by x", rows_of(jx),
         rows_of(Eigen::MatrixXd::Identity(n, n) - p * h.transpose() * inverse * h));

  Numbers value(size(n)), vx(size(n)), vR(size(m * m)), last(kalman::gain_vjp_work(n, m));
  kalman::gain_vjp(n, m, x.data(), R.data(), z.data(), H.data(), P.data(), u.data(), value.data(), vx.data(),
                   vR.data(), last.data());
  expect("u' times the Jacobian by x", vx, Eigen::VectorXd(jx.transpose() * vector(u)));
  // jR has the axes of the gain, then those of R.
  Numbers product(size(m * m));
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    for (std::ptrdiff_t k = 0; k < m * m; ++k) product[size(k)] += u[size(i)] * jR(i * m * m + k);
  }
  expect("u' times the Jacobian by R", vR, product);

  const std::vector<adouble> Ra = passive(R), za = passive(z), Ha = passive(H), Pa = passive(P);
  const auto generated = [&](const adouble* a) {
    std::vector<adouble> room(kalman::cost_work(n, m));
    return std::vector<adouble>{
        kalman::cost<adouble>(n, m, a, Ra.data(), za.data(), Ha.data(), Pa.data(), room.data())};
  };
  expect("by x, ADOL-C", gx, adolc_jacobian(x, generated)[0]);
}

}  // namespace

int main() {
  at(4, 3);
  at(1, 1);
  at(2, 5);
  return failures;
}
