// The Helmholtz energy against loops over its sums, its gradient and Hessian against ADOL-C of both.
#include "helmholtz.h"

#include "consumer.h"

namespace {

template <class T>
std::array<T, 1> energy(const T* x) {
  T bx = 0.0, xAx = 0.0, entropy = 0.0;
  for (int i = 0; i < 10; ++i) {
    bx += 0.01 * (i + 1) * x[i];
    for (int j = 0; j < 10; ++j) xAx += x[i] * x[j] / (i + j + 2.0);
  }
  for (int i = 0; i < 10; ++i) entropy += x[i] * log(x[i] / (1.0 - bx));
  const double root = std::sqrt(2.0);
  return {
      T(entropy - xAx / (std::sqrt(8.0) * bx) * log((1.0 + (1.0 + root) * bx) / (1.0 + (1.0 - root) * bx)))};
}

}  // namespace

int main() {
  for (double first : {0.1, 0.35}) {
    Point x;
    for (int i = 0; i < 10; ++i) x.push_back(first + 0.01 * i);
    const auto point = array_at<10>(x.data());
    const auto reference = [](const adouble* a) { return energy(a); };
    const auto generated = [](const adouble* a) {
      return std::array{helmholtz::energy<adouble>(array_at<10>(a))};
    };
    const Rows H = adolc_hessian(x, reference), g = adolc_jacobian(x, reference);

    expect("energy", std::array{helmholtz::energy(point)}, energy(x.data()));
    expect("gradient, loops", helmholtz::energy_grad(point).grad, g);
    expect("gradient", helmholtz::energy_grad(point).grad, adolc_jacobian(x, generated));
    const auto result = helmholtz::energy_hess(point);
    expect("value with Hessian", std::array{result.value}, energy(x.data()));
    expect("gradient with Hessian", result.grad, g);
    expect("Hessian, loops", result.hess, H, 1e-10);
    expect("Hessian", result.hess, adolc_hessian(x, generated), 1e-10);
    std::array<double, 10> v{};
    for (std::size_t i = 0; i < 10; ++i) v[i] = i % 3 == 0 ? -1.5 : 0.25 * static_cast<double>(i);
    expect("Hessian times v", helmholtz::energy_hvp(point, v).hvp, times(H, {v.begin(), v.end()}), 1e-10);
  }
  return failures;
}
