#include "generated/rosenbrock.h"

#include <memory>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

NABLA_NO_WORK(rosenbrock)

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

struct Generated {
  std::vector<double> x;
  std::shared_ptr<double[]> work = std::make_shared<double[]>(::rosenbrock::f_grad_work(signed_size(n)));

  void operator()(double* out) const {
    out[0] = NABLA_CALL(work.get(), ::rosenbrock::f_grad, signed_size(x.size()), x.data(), out + 1);
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
  w.add(By::nabla, Generated{x});
  w.add(By::hand, [x](double* out) { hand::rosenbrock(x.size(), x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::rosenbrock(x.size(), x.data(), out); });
  add_formula<n>(w, Formula{}, x);
  return w;
}

}  // namespace nabla::bench::codegen
