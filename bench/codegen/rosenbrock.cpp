#include "generated/rosenbrock_100.h"

#include <algorithm>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 100;

struct Formula {
  template <class T>
  void operator()(const T* x, T* y) const {
    T sum(0.0);
    for (std::size_t i = 0; i + 1 < n; ++i) {
      const T a = x[i + 1] - x[i] * x[i], b = 1.0 - x[i];
      sum += 100.0 * a * a + b * b;
    }
    *y = sum;
  }
};

}  // namespace

Workload rosenbrock() {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = 0.5 + 0.01 * static_cast<double>(i % 11);
  Workload w{.what = "Rosenbrock, n = 100: gradient",
             .values = 1,
             .outputs = 1 + n,
             .target = 1.2,
             .baseline = By::hand,
             .adolc_over = 10'710.0 / 69,
             .others = "CasADi 10, CppADCodeGen 6.6, XAD 110, CppAD 128"};
  std::array<double, n> at{};
  std::copy(x.begin(), x.end(), at.begin());
  w.add_result(By::nabla, [at] { return ::rosenbrock_100::f_grad(at); });
  w.add(By::hand, [x](double* out) { hand::rosenbrock(x.size(), x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::rosenbrock(x.size(), x.data(), out); });
  add_formula<n>(w, Formula{}, x);
  return w;
}

}  // namespace nabla::bench::codegen
