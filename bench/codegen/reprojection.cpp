#include "generated/reprojection.h"

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

// focal length, k1, k2, principal point, observed point
constexpr std::array<double, 7> camera = {500, -0.1, 0.02, 320, 240, 350, 200};

struct Formula {
  template <class T>
  void operator()(const T* x, T* y) const {
    using std::sqrt;
    const T length = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2] + x[3] * x[3]);
    const T a = x[0] / length, b = x[1] / length, c = x[2] / length, d = x[3] / length;
    const T *const t = x + 4, *const X = x + 7;
    const T u = (a * a + b * b - c * c - d * d) * X[0] + 2.0 * (b * c - a * d) * X[1] +
                2.0 * (b * d + a * c) * X[2] + t[0];
    const T v = 2.0 * (b * c + a * d) * X[0] + (a * a - b * b + c * c - d * d) * X[1] +
                2.0 * (c * d - a * b) * X[2] + t[1];
    const T w = 2.0 * (b * d - a * c) * X[0] + 2.0 * (c * d + a * b) * X[1] +
                (a * a - b * b - c * c + d * d) * X[2] + t[2];
    const T p = u / w, q = v / w, r2 = p * p + q * q;
    const T scale = camera[0] * (1.0 + camera[1] * r2 + camera[2] * r2 * r2);
    y[0] = scale * p + camera[3] - camera[5];
    y[1] = scale * q + camera[4] - camera[6];
  }
};

}  // namespace

Workload reprojection() {
  const std::vector<double> x = {0.9, 0.1, -0.2, 0.15, 0.1, -0.2, 4.0, 0.5, 0.3, 1.2};
  Workload w{.what = "quaternion reprojection: 2x10 Jacobian",
             .values = 2,
             .outputs = 2 + 20,
             .target = 1.1,
             .baseline = By::hand,
             .adolc_over = 9980.0 / 59,
             .others = "CasADi 1.4"};
  w.add(By::nabla, [x](double* out) {
    const auto [value, jac] = ::reprojection::f_jac(
        std::array{x[0], x[1], x[2], x[3]}, std::array{x[4], x[5], x[6]}, std::array{x[7], x[8], x[9]},
        camera[0], camera[1], camera[2], std::array{camera[3], camera[4]}, std::array{camera[5], camera[6]});
    for (std::size_t i = 0; i < 2; ++i) {
      out[i] = value[i];
      for (std::size_t j = 0; j < 10; ++j) out[2 + 10 * i + j] = jac[i][j];
    }
  });
  w.add(By::hand, [x](double* out) { hand::reprojection(camera.data(), x.data(), out); });
  w.add(By::hand_fast, [x](double* out) { hand_fast::reprojection(camera.data(), x.data(), out); });
  add_formula<10>(w, Formula{}, x);
  return w;
}

}  // namespace nabla::bench::codegen
