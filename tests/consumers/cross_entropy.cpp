// Cross-entropy of softmax against its derivatives by hand, s - y and diag(s) - s s' for probabilities y, and
// against ADOL-C; also where exp overflows.
#include "cross_entropy.h"

#include "consumer.h"

namespace {

void at(const std::array<double, 3>& z, const std::array<double, 3>& y) {
  const double top = std::max({z[0], z[1], z[2]});
  std::array<double, 3> s{};
  double total = 0;
  for (std::size_t i = 0; i < 3; ++i) total += s[i] = std::exp(z[i] - top);
  double loss = top + std::log(total);
  Rows h(3, std::vector<double>(3));
  std::array<double, 3> g{};
  for (std::size_t i = 0; i < 3; ++i) {
    s[i] /= total;
    loss -= y[i] * z[i];
    g[i] = s[i] - y[i];
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) h[i][j] = (i == j ? s[i] : 0) - s[i] * s[j];
  }
  const std::array<double, 3> v = {0.3, -2, 1};
  expect("loss", std::array{cross_entropy::loss(z, y)}, std::array{loss});
  expect("gradient", cross_entropy::loss_grad(z, y).grad, g);
  const auto second = cross_entropy::loss_hess(z, y);
  expect("gradient with Hessian", second.grad, g);
  expect("Hessian", second.hess, h);
  const auto along = cross_entropy::loss_jvp(z, y, v);
  expect("value with jvp", std::array{along.value}, std::array{loss});
  expect("jvp", std::array{along.jvp}, std::array{g[0] * v[0] + g[1] * v[1] + g[2] * v[2]});
}

}  // namespace

int main() {
  const std::array<double, 3> y = {0.125, 0.625, 0.25}, z = {0.3, -1.2, 2.1};
  at(z, y);
  at({-3, -2.5, 0.5}, {0, 1, 0});
  at({1000, 998.5, -1000}, {0.25, 0.5, 0.25});
  const Point x(z.begin(), z.end());
  const auto generated = [&](const adouble* a) {
    return std::array{
        cross_entropy::loss<adouble>(array_at<3>(a), {adouble(y[0]), adouble(y[1]), adouble(y[2])})};
  };
  const auto second = cross_entropy::loss_hess(z, y);
  expect("gradient, ADOL-C", second.grad, adolc_jacobian(x, generated));
  expect("Hessian, ADOL-C", second.hess, adolc_hessian(x, generated));
  return failures;
}
