#include "generated/helmholtz.h"

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 10;

// Jets of Jets do not mix with numbers.
template <class T>
auto number(double x) {
  if constexpr (std::is_constructible_v<T, double>) {
    return x;
  } else {
    return T(ceres::Jet<double, n>(x));
  }
}

struct Formula {
  template <class T>
  void operator()(const T* x, T* y) const {
    using std::log;
    const auto one = number<T>(1);
    T bx(number<T>(0)), xAx(number<T>(0)), sum(number<T>(0));
    for (std::size_t i = 0; i < n; ++i) {
      const double first = static_cast<double>(i + 1);
      bx += number<T>(0.01 * first) * x[i];
      T Ax(number<T>(0));
      for (std::size_t j = 0; j < n; ++j) Ax += x[j] * number<T>(1 / (first + static_cast<double>(j + 1)));
      xAx += x[i] * Ax;
    }
    for (std::size_t i = 0; i < n; ++i) sum += x[i] * log(x[i] / (one - bx));
    const double root2 = std::sqrt(2.0);
    const T c = number<T>(1 + root2) * bx, d = number<T>(1 - root2) * bx;
    *y = sum - xAx / (number<T>(2 * root2) * bx) * log((one + c) / (one + d));
  }
};

// Jets of Jets: value, gradient, Hessian.
void jets_hessian(const std::vector<double>& x, double* out) {
  using Inner = ceres::Jet<double, n>;
  using Outer = ceres::Jet<Inner, n>;
  Outer in[n], y;
  for (std::size_t i = 0; i < n; ++i) {
    const int k = static_cast<int>(i);
    in[i].a = Inner(x[i], k);
    in[i].v.setConstant(Inner(0.0));
    in[i].v[k] = Inner(1.0);
  }
  Formula{}(in, &y);
  out[0] = y.a.a;
  for (std::size_t i = 0; i < n; ++i) {
    const Inner& row = y.v[static_cast<int>(i)];
    out[1 + i] = row.a;
    for (std::size_t j = 0; j < n; ++j) out[1 + n + n * i + j] = row.v[static_cast<int>(j)];
  }
}

}  // namespace

Workload helmholtz() {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = 0.1 + 0.01 * static_cast<double>(i);
  Workload w{.what = "Helmholtz energy, n = 10: gradient and Hessian",
             .values = 1,
             .outputs = 1 + n + n * n,
             .target = 1.2,
             .baseline = By::hand,
             .adolc_over = 227'000.0 / 207,
             .others = "CasADi 4.7, ADOL-C 1,100"};
  w.add(By::nabla, [x](double* out) {
    std::array<double, n> point;
    std::copy(x.begin(), x.end(), point.begin());
    const auto [value, grad, hess] = ::helmholtz::f_hess(point);
    *out++ = value;
    for (const double g : grad) *out++ = g;
    for (const auto& row : hess) {
      for (const double h : row) *out++ = h;
    }
  });
  w.add(By::hand, [x](double* out) { hand::helmholtz(x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::helmholtz(x.data(), out); });
  w.add(By::adolc, [tape = Tape(x, 1, Formula{})](double* out) { tape.hessian(out); });
  w.add(By::jets, [x](double* out) { jets_hessian(x, out); });
  w.add(By::function, [x](double* out) { Formula{}(x.data(), out); });
  return w;
}

}  // namespace nabla::bench::codegen
