// A perceptron with one hidden layer against backpropagation by hand and against ADOL-C.
#include "perceptron.h"

#include "perceptron_eigen.h"
#include "whole.h"

namespace {

void at(std::ptrdiff_t n, std::ptrdiff_t d, std::ptrdiff_t h, std::ptrdiff_t c) {
  const Numbers X = numbers(n * d, 1), W1 = numbers(d * h, 2), b1 = numbers(h, 3), W2 = numbers(h * c, 4),
                b2 = numbers(c, 5);
  Numbers Y(size(n * c));
  for (std::ptrdiff_t i = 0; i < n; ++i) Y[size(i * c + i % c)] = 1;

  const Eigen::MatrixXd x = matrix(X, n, d), y = matrix(Y, n, c), w2 = matrix(W2, h, c);
  const Eigen::MatrixXd hidden =
      ((x * matrix(W1, d, h)).rowwise() + vector(b1).transpose()).array().tanh().matrix();
  Eigen::MatrixXd p = (hidden * w2).rowwise() + vector(b2).transpose();
  double loss = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double most = p.row(i).maxCoeff(), total = most + std::log((p.row(i).array() - most).exp().sum());
    loss -= y.row(i).dot((p.row(i).array() - total).matrix()) / static_cast<double>(n);
    p.row(i) = (p.row(i).array() - total).exp();
  }
  const Eigen::MatrixXd out = (p - y) / static_cast<double>(n);
  const Eigen::MatrixXd back = ((out * w2.transpose()).array() * (1 - hidden.array().square())).matrix();

  Numbers gW1(size(d * h)), gb1(size(h)), gW2(size(h * c)), gb2(size(c));
  Numbers work(perceptron::loss_grad_work(n, d, h, c));
  expect(
      "loss",
      Numbers{perceptron::loss_grad(n, d, h, c, W1.data(), b1.data(), W2.data(), b2.data(), X.data(),
                                    Y.data(), gW1.data(), gb1.data(), gW2.data(), gb2.data(), work.data())},
      Numbers{loss});
  expect("by W1", gW1, rows_of(x.transpose() * back));
  expect("by b1", gb1, rows_of(back.colwise().sum()));
  expect("by W2", gW2, rows_of(hidden.transpose() * out));
  expect("by b2", gb2, rows_of(out.colwise().sum()));

  Eigen::MatrixXd eW1(d, h), eW2(h, c);
  Eigen::VectorXd eb1(h), eb2(c);
  perceptron_eigen::loss_grad(matrix(W1, d, h), vector(b1), w2, vector(b2), x, y, eW1, eb1, eW2, eb2);
  expect("Eigen: by W1", rows_of(eW1), gW1);
  expect("Eigen: by b1", eb1, gb1);
  expect("Eigen: by W2", rows_of(eW2), gW2);
  expect("Eigen: by b2", eb2, gb2);

  const std::vector<adouble> Xa = passive(X), Ya = passive(Y);
  const auto generated = [&](const adouble* a) {
    std::vector<adouble> room(perceptron::loss_work(n, d, h, c));
    const adouble *b = a + d * h, *w = b + h, *last = w + h * c;
    return std::vector<adouble>{
        perceptron::loss<adouble>(n, d, h, c, a, b, w, last, Xa.data(), Ya.data(), room.data())};
  };
  const Numbers point = joined(joined(W1, b1), joined(W2, b2));
  expect("gradient, ADOL-C", joined(joined(gW1, gb1), joined(gW2, gb2)), adolc_jacobian(point, generated)[0]);
}

}  // namespace

int main() {
  at(5, 4, 3, 2);
  at(1, 1, 1, 1);
  at(3, 2, 6, 4);
  return failures;
}
