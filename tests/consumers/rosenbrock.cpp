// Rosenbrock's function in 100 variables against its derivatives by hand, and against ADOL-C.
#include "rosenbrock.h"

#include "consumer.h"

namespace {

constexpr std::size_t n = 100;

double value(const Point& x) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    sum += 100 * a * a + b * b;
  }
  return sum;
}

std::vector<double> gradient(const Point& x) {
  std::vector<double> g(n);
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const double a = x[i + 1] - x[i] * x[i];
    g[i] += -400 * a * x[i] - 2 * (1 - x[i]);
    g[i + 1] += 200 * a;
  }
  return g;
}

Rows hessian_by_hand(const Point& x) {
  Rows h(n, std::vector<double>(n));
  for (std::size_t i = 0; i + 1 < n; ++i) {
    h[i][i] += 1200 * x[i] * x[i] - 400 * x[i + 1] + 2;
    h[i][i + 1] -= 400 * x[i];
    h[i + 1][i] -= 400 * x[i];
    h[i + 1][i + 1] += 200;
  }
  return h;
}

}  // namespace

int main() {
  Point x;
  for (std::size_t i = 0; i < n; ++i)
    x.push_back(0.5 + 0.01 * static_cast<double>(i % 11) * (i % 2 == 0 ? 1 : -3));
  const auto point = array_at<n>(x.data());
  const auto generated = [](const adouble* a) {
    return std::array{rosenbrock::rosenbrock<adouble>(array_at<n>(a))};
  };
  expect("value", std::array{rosenbrock::rosenbrock(point)}, std::array{value(x)});
  const auto first = rosenbrock::rosenbrock_grad(point);
  expect("gradient", first.grad, gradient(x));
  expect("gradient, ADOL-C", first.grad, adolc_jacobian(x, generated));
  const auto second = rosenbrock::rosenbrock_hess(point);
  expect("value with Hessian", std::array{second.value}, std::array{value(x)});
  expect("gradient with Hessian", second.grad, gradient(x));
  expect("Hessian", second.hess, hessian_by_hand(x));
  expect("Hessian, ADOL-C", second.hess, adolc_hessian(x, generated));
  std::array<double, n> v{};
  for (std::size_t i = 0; i < n; ++i) v[i] = std::sin(static_cast<double>(i));
  expect("Hessian times v", rosenbrock::rosenbrock_hvp(point, v).hvp,
         times(hessian_by_hand(x), {v.begin(), v.end()}));
  return failures;
}
