#include "generated/arm.h"

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

// d, a, cos(alpha), sin(alpha) of each joint
constexpr std::array<std::array<double, 4>, 6> puma = {{{0.67183, 0, 0, 1},
                                                        {0.13970, 0.4318, 1, 0},
                                                        {0, 0.0203, 0, -1},
                                                        {0.4318, 0, 0, 1},
                                                        {0, 0, 0, -1},
                                                        {0.0565, 0, 1, 0}}};

struct Formula {
  template <class T>
  void operator()(const T* theta, T* y) const {
    using std::cos, std::sin;
    T p[3] = {T(0.0), T(0.0), T(0.0)};
    for (std::size_t k = 6; k-- > 0;) {
      const auto& [d, a, ca, sa] = puma[k];
      const T c = cos(theta[k]), s = sin(theta[k]);
      const T u = p[0] + a, v = ca * p[1] - sa * p[2];
      const T z = sa * p[1] + ca * p[2] + d;
      p[0] = c * u - s * v;
      p[1] = s * u + c * v;
      p[2] = z;
    }
    for (std::size_t i = 0; i < 3; ++i) y[i] = p[i];
  }
};

}  // namespace

Workload arm() {
  const std::vector<double> x = {0.3, -0.5, 0.7, 0.2, -0.4, 0.9};
  Workload w{.what = "PUMA 560 arm: 3x6 Jacobian (by hand: a loop over the joints)",
             .values = 3,
             .outputs = 3 + 18,
             .target = 0.6,
             .baseline = By::hand,
             .adolc_over = 13'700.0 / 136,
             .others = "SymPy with CSE 0.6, CasADi 0.74"};
  w.add(By::nabla, [x](double* out) {
    const auto [value, jac] = ::arm::f_jac(std::array{x[0], x[1], x[2], x[3], x[4], x[5]});
    for (std::size_t i = 0; i < 3; ++i) {
      out[i] = value[i];
      for (std::size_t j = 0; j < 6; ++j) out[3 + 6 * i + j] = jac[i][j];
    }
  });
  w.add(By::hand, [x](double* out) { hand::arm(6, puma.data()->data(), x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::arm(6, puma.data()->data(), x.data(), out); });
  add_formula<6>(w, Formula{}, x);
  return w;
}

}  // namespace nabla::bench::codegen
