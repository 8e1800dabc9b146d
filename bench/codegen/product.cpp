#include <algorithm>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"
#include "generated/product_1000.h"
#include "generated/product_20.h"

namespace nabla::bench::codegen {
namespace {

struct Formula {
  std::size_t n;

  template <class T>
  void operator()(const T* x, T* y) const {
    T product = x[0];
    for (std::size_t i = 1; i < n; ++i) product *= x[i];
    *y = product;
  }
};

template <std::size_t N, class F>
void add_generated(Workload& w, const std::vector<double>& data, F f) {
  std::array<double, N> x{};
  std::copy(data.begin(), data.end(), x.begin());
  w.add_result(By::nabla, [=] { return f(x); });
}

void add_hand(Workload& w, const std::vector<double>& x) {
  w.add(By::hand, [x](double* out) { hand::product(x.size(), x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::product(x.size(), x.data(), out); });
}

}  // namespace

Workload product_20() {
  std::vector<double> x(20);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.8 + 0.02 * static_cast<double>(i);
  Workload w{.what = "product of 20 variables: gradient",
             .values = 1,
             .outputs = 1 + x.size(),
             .target = 1.2,
             .baseline = By::hand,
             .adolc_over = 3520 / 12.8,
             .others = "CasADi 2.3"};
  add_generated<20>(w, x, [](const auto& at) { return ::product_20::f_grad(at); });
  add_hand(w, x);
  add_formula<20>(w, Formula{x.size()}, x);
  return w;
}

Workload product_1000() {
  std::vector<double> x(1000);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1 + 0.001 * (static_cast<double>(i % 7) - 3);
  Workload w{.what = "product of 1,000 variables: gradient",
             .values = 1,
             .outputs = 1 + x.size(),
             .target = 1.2,
             .baseline = By::hand,
             .adolc_over = 27'300.0 / 1265,
             .others = "CasADi 2.7"};
  add_generated<1000>(w, x, [](const auto& at) { return ::product_1000::f_grad(at); });
  add_hand(w, x);
  add_formula<50>(w, Formula{x.size()}, x);
  return w;
}

}  // namespace nabla::bench::codegen
