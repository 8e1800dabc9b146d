#include "generated/black_scholes.h"

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 5;  // S, K, r, sigma, T

struct Formula {
  template <class T>
  void operator()(const T* x, T* y) const {
    using std::erfc, std::exp, std::log, std::sqrt;
    const T root = sqrt(x[4]), spread = x[3] * root;
    const T d1 = (log(x[0] / x[1]) + (x[2] + x[3] * x[3] / 2.0) * x[4]) / spread, d2 = d1 - spread;
    const T z1 = d1 * -std::sqrt(0.5), z2 = d2 * -std::sqrt(0.5);
    *y = x[0] * erfc(z1) / 2.0 - x[1] * exp(-x[2] * x[4]) * erfc(z2) / 2.0;
  }
};

}  // namespace

Workload black_scholes() {
  const std::vector<double> x = {100, 105, 0.03, 0.2, 0.75};
  Workload w{.what = "Black and Scholes: price and 5 greeks",
             .values = 1,
             .outputs = 1 + n,
             .target = 1.0,
             .baseline = By::hand,
             .adolc_over = 6070.0 / 57,
             .others = "CasADi 1.33, CppADCodeGen 1.2, ADOL-C 106"};
  w.add(By::nabla, [x](double* out) {
    const auto [value, grad] = ::black_scholes::f_grad(x[0], x[1], x[2], x[3], x[4]);
    out[0] = value;
    for (std::size_t i = 0; i < n; ++i) out[1 + i] = grad[i];
  });
  w.add(By::hand, [x](double* out) { hand::black_scholes(x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::black_scholes(x.data(), out); });
  add_formula<n>(w, Formula{}, x);
  return w;
}

}  // namespace nabla::bench::codegen
