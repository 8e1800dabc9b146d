#include "generated/logistic.h"

#include <memory>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

NABLA_NO_WORK(logistic)

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 1000, d = 20;

struct Data {
  std::vector<double> X, y, x;  // x: the weights and the bias
};

struct Formula {
  std::shared_ptr<const Data> data;

  template <class T>
  void operator()(const T* x, T* y) const {
    using std::exp, std::log;
    T sum(0.0);
    for (std::size_t i = 0; i < n; ++i) {
      T z = x[d];
      for (std::size_t j = 0; j < d; ++j) z += data->X[i * d + j] * x[j];
      sum += data->y[i] * z - log(1.0 + exp(z));
    }
    *y = sum;
  }
};

struct Generated {
  std::shared_ptr<const Data> data;
  std::shared_ptr<double[]> work =
      std::make_shared<double[]>(::logistic::f_grad_work(signed_size(n), signed_size(d)));

  void operator()(double* out) const {
    const Data& v = *data;
    out[0] = NABLA_CALL(work.get(), ::logistic::f_grad, signed_size(v.y.size()), signed_size(d), v.x.data(),
                        v.x[d], v.X.data(), v.y.data(), out + 1, out + 1 + d);
  }
};

}  // namespace

Workload logistic() {
  Random random;
  Data values{normal(random, n * d, 1), {}, normal(random, d + 1, 0.3)};
  for (std::size_t i = 0; i < n; ++i) values.y.push_back(random.uniform(0, 1) < 0.5 ? 0 : 1);
  const auto data = std::make_shared<const Data>(std::move(values));
  Workload w{.what = "logistic regression, 1,000 points of 20 features: gradient",
             .values = 1,
             .outputs = 2 + d,
             .target = 1.0,
             .baseline = By::hand_fast,
             .adolc_over = 391.0 / 24.2,
             .others = "CasADi 3.8"};
  w.add(By::nabla, Generated{data});
  w.add(By::hand,
        [data](double* out) { hand::logistic(n, d, data->X.data(), data->y.data(), data->x.data(), out); });
  w.add(By::hand_fast, [data](double* out) {
    hand_fast::logistic(n, d, data->X.data(), data->y.data(), data->x.data(), out);
  });
  add_formula<d + 1>(w, Formula{data}, data->x);
  return w;
}

}  // namespace nabla::bench::codegen
