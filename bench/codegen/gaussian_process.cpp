#include "generated/gaussian_process.h"

#include <memory>
#include <numbers>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

NABLA_NO_WORK(gaussian_process)

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 50;

struct Data {
  std::vector<double> points, y, x;  // x: length scale and noise
};

struct Formula {
  std::shared_ptr<const Data> data;

  template <class T>
  void operator()(const T* x, T* y) const {
    using std::exp, std::log, std::sqrt;
    const std::vector<double>& at = data->points;
    std::vector<T> L(n * n), z(n);
    const T h = -0.5 / (x[0] * x[0]);
    T f(-0.5 * static_cast<double>(n) * std::log(2 * std::numbers::pi));
    for (std::size_t i = 0; i < n; ++i) {  // Cholesky and L z = y, row by row
      for (std::size_t j = 0; j <= i; ++j) {
        const double r = at[i] - at[j];
        T sum = exp(h * (r * r));
        if (i == j) sum += x[1] * x[1];
        for (std::size_t k = 0; k < j; ++k) sum -= L[i * n + k] * L[j * n + k];
        if (i == j) {
          L[i * n + i] = sqrt(sum);
        } else {
          L[i * n + j] = sum / L[j * n + j];
        }
      }
      z[i] = T(data->y[i]);
      for (std::size_t k = 0; k < i; ++k) z[i] -= L[i * n + k] * z[k];
      z[i] /= L[i * n + i];
      f -= 0.5 * z[i] * z[i] + log(L[i * n + i]);
    }
    *y = f;
  }
};

struct Generated {
  std::shared_ptr<const Data> data;
  std::shared_ptr<double[]> work =
      std::make_shared<double[]>(::gaussian_process::f_grad_work(signed_size(n)));

  void operator()(double* out) const {
    const Data& v = *data;
    out[0] = NABLA_CALL(work.get(), ::gaussian_process::f_grad, signed_size(v.y.size()), v.x[0], v.x[1],
                        v.points.data(), v.y.data(), out + 1, out + 2);
  }
};

}  // namespace

Workload gaussian_process() {
  Random random;
  const auto data =
      std::make_shared<const Data>(Data{uniform(random, n, 0, 5), normal(random, n, 1), {0.7, 0.3}});
  const auto work = std::make_shared<double[]>(hand::gaussian_process_work(n));
  Workload w{.what = "likelihood of a Gaussian process, n = 50: gradient by length scale and noise",
             .values = 1,
             .outputs = 3,
             .target = 1.1,
             .baseline = By::hand,
             .adolc_over = 278.0 / 54.2,
             .others = "CasADi and CppADCodeGen do not compile, ADOL-C 5"};
  w.add(By::nabla, Generated{data});
  w.add(By::hand, [data, work](double* out) {
    hand::gaussian_process(n, data->points.data(), data->y.data(), data->x.data(), out, work.get());
  });
  w.add(By::hand_fast, [data, work](double* out) {
    hand_fast::gaussian_process(n, data->points.data(), data->y.data(), data->x.data(), out, work.get());
  });
  add_formula<2>(w, Formula{data}, data->x);
  return w;
}

}  // namespace nabla::bench::codegen
