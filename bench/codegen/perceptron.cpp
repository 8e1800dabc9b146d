#include "generated/perceptron.h"

#include <memory>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

NABLA_NO_WORK(perceptron)

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 128, d = 64, h = 32, parameters = h * d + 2 * h + 1;

struct Data {
  std::vector<double> X, y, x;  // x: W1 (h, d), b1, w2, b2
};

struct Formula {
  std::shared_ptr<const Data> data;

  template <class T>
  void operator()(const T* x, T* y) const {
    using std::tanh;
    const T *const b1 = x + h * d, *const w2 = b1 + h, *const b2 = w2 + h;
    T sum(0.0);
    for (std::size_t m = 0; m < n; ++m) {
      T error = *b2 - data->y[m];
      for (std::size_t k = 0; k < h; ++k) {
        T z = b1[k];
        for (std::size_t j = 0; j < d; ++j) z += data->X[m * d + j] * x[k * d + j];
        error += w2[k] * tanh(z);
      }
      sum += error * error;
    }
    *y = sum / static_cast<double>(n);
  }
};

struct Generated {
  std::shared_ptr<const Data> data;
  std::shared_ptr<double[]> work =
      std::make_shared<double[]>(::perceptron::f_grad_work(signed_size(n), signed_size(d), signed_size(h)));

  void operator()(double* out) const {
    const Data& v = *data;
    const double *const W1 = v.x.data(), *const b1 = W1 + h * d, *const w2 = b1 + h, b2 = w2[h];
    double *const by_W1 = out + 1, *const by_b1 = by_W1 + h * d, *const by_w2 = by_b1 + h;
    out[0] =
        NABLA_CALL(work.get(), ::perceptron::f_grad, signed_size(v.y.size()), signed_size(d), signed_size(h),
                   W1, b1, w2, b2, v.X.data(), v.y.data(), by_W1, by_b1, by_w2, by_w2 + h);
  }
};

}  // namespace

Workload perceptron() {
  Random random;
  const auto data = std::make_shared<const Data>(
      Data{normal(random, n * d, 1), normal(random, n, 1), normal(random, parameters, 0.2)});
  const auto work = std::make_shared<double[]>(hand::perceptron_work(n, h));
  Workload w{.what = "perceptron 64-32-1 with tanh, batch of 128: all 2,113 derivatives",
             .values = 1,
             .outputs = 1 + parameters,
             .target = 1.0,
             .baseline = By::hand_fast,
             .adolc_over = 7940.0 / 49.7,
             .others = "PyTorch 6.3, CasADi 16"};
  w.add(By::nabla, Generated{data});
  w.add(By::hand, [data, work](double* out) {
    hand::perceptron(n, d, h, data->X.data(), data->y.data(), data->x.data(), out, work.get());
  });
  w.add(By::hand_fast, [data, work](double* out) {
    hand_fast::perceptron(n, d, h, data->X.data(), data->y.data(), data->x.data(), out, work.get());
  });
  add_formula<32>(w, Formula{data}, data->x);
  return w;
}

}  // namespace nabla::bench::codegen
