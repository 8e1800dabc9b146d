#include "generated/mixture.h"

#include <algorithm>
#include <memory>
#include <numbers>

#include "bench/codegen/formula.h"
#include "bench/hand/hand.h"

namespace nabla::bench::codegen {
namespace {

constexpr std::size_t n = 1000, d = 10, k = 25;
constexpr std::size_t below = d * (d - 1) / 2,
                      packed = k * (1 + 2 * d + below);  // L: below the diagonal, by rows
constexpr double gamma = 1, wishart_m = 0;

struct Data {
  std::vector<double> points, x, L;  // x: alpha, mu, q, L packed; L: with zeros
  std::vector<double> by_point;  // the points as a batch takes them: all first coordinates, all second, …
};

inline double value_of(double x) { return x; }
inline double value_of(const adouble& x) { return x.value(); }
template <int N>
double value_of(const ceres::Jet<double, N>& x) {
  return x.a;
}

template <class T>
T logsumexp(const std::vector<T>& x) {
  using std::exp, std::log;
  double most = value_of(x[0]);
  for (const T& v : x) most = std::max(most, value_of(v));
  T sum(0.0);
  for (const T& v : x) sum += exp(v - most);
  return log(sum) + most;
}

struct Formula {
  std::shared_ptr<const Data> data;

  template <class T>
  void operator()(const T* x, T* y) const {
    using std::exp;
    const T *const alpha = x, *const mu = x + k, *const q = mu + k * d, *const L = q + k * d;
    std::vector<T> Q(k * d), sum_q(k), main(k), at(d);
    T squares(0.0), sums(0.0);
    for (std::size_t c = 0; c < k; ++c) {
      sum_q[c] = T(0.0);
      for (std::size_t i = c * d; i < (c + 1) * d; ++i) {
        Q[i] = exp(q[i]);
        sum_q[c] += q[i];
        squares += Q[i] * Q[i];
      }
      for (std::size_t i = c * below; i < (c + 1) * below; ++i) squares += L[i] * L[i];
      sums += sum_q[c];
    }
    T f(-0.5 * static_cast<double>(n * d) * std::log(2 * std::numbers::pi) - constant());
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t c = 0; c < k; ++c) {
        const T* row = L + c * below;
        T square(0.0);
        for (std::size_t i = 0; i < d; ++i) at[i] = data->points[p * d + i] - mu[c * d + i];
        for (std::size_t i = 0; i < d; row += i, ++i) {
          T Qx = Q[c * d + i] * at[i];
          for (std::size_t j = 0; j < i; ++j) Qx += row[j] * at[j];
          square += Qx * Qx;
        }
        main[c] = alpha[c] + sum_q[c] - 0.5 * square;
      }
      f += logsumexp(main);
    }
    const std::vector<T> alphas(alpha, alpha + k);
    *y = f - static_cast<double>(n) * logsumexp(alphas) + 0.5 * gamma * gamma * squares - wishart_m * sums;
  }

  // Of the prior: k times the logarithm of its norm.
  static double constant() {
    const double size = static_cast<double>(d), a = size + wishart_m + 1;
    double log_gamma = size * (size - 1) / 4 * std::log(std::numbers::pi);
    for (std::size_t j = 0; j < d; ++j) log_gamma += std::lgamma((a - static_cast<double>(j)) / 2);
    return static_cast<double>(k) * (a * size * (std::log(gamma) - 0.5 * std::log(2.0)) - log_gamma);
  }
};

// The derivatives by L, packed, to where they are in whole matrices.
void unpack(const std::vector<double>& from, double* out) {
  constexpr std::size_t front = 1 + k + 2 * k * d;
  std::copy(from.begin(), from.begin() + front, out);
  const double* next = from.data() + front;
  out += front;
  for (std::size_t row = 0; row < k * d; ++row) {
    for (std::size_t j = 0; j < d; ++j) *out++ = j < row % d ? *next++ : 0;
  }
}

// The sum over the points by the batch entry point, to which the prior is added.
struct Generated {
  std::shared_ptr<const Data> data;
  std::shared_ptr<double[]> by_prior = std::make_shared<double[]>(k + k * d + k * d * d);
  std::shared_ptr<double[]> work = std::make_shared<double[]>(
      std::max(::mixture::f_grad_batch_work<double>(signed_size(d), signed_size(k)),
               ::mixture::prior_grad_work(signed_size(d), signed_size(k))));

  void operator()(double* out) const {
    const double *const alpha = data->x.data(), *const mu = alpha + k, *const q = mu + k * d;
    double *const by_alpha = out + 1, *const by_mu = by_alpha + k, *const by_q = by_mu + k * d,
                  *const by_L = by_q + k * d;
    const double likelihood = ::mixture::f_grad_batch(
        signed_size(data->by_point.size() / d), signed_size(d), signed_size(k), alpha, mu, q, data->L.data(),
        data->by_point.data(), by_alpha, by_mu, by_q, by_L, work.get());
    double *const alpha_too = by_prior.get(), *const q_too = alpha_too + k, *const L_too = q_too + k * d;
    out[0] = likelihood + ::mixture::prior_grad(signed_size(d), signed_size(k), alpha, q, data->L.data(),
                                                static_cast<double>(n), gamma, wishart_m, alpha_too, q_too,
                                                L_too, work.get());
    for (std::size_t i = 0; i < k; ++i) by_alpha[i] += alpha_too[i];
    for (std::size_t i = 0; i < k * d; ++i) by_q[i] += q_too[i];
    for (std::size_t i = 0; i < k * d * d; ++i) by_L[i] += L_too[i];
  }
};

std::shared_ptr<const Data> data_of_mixture() {
  Random random;
  Data data{normal(random, n * d, 1), {}, std::vector<double>(k * d * d), std::vector<double>(n * d)};
  for (std::size_t i = 0; i < n * d; ++i) data.by_point[i % d * n + i / d] = data.points[i];
  for (std::size_t i = 0; i < packed; ++i) data.x.push_back((i < k + k * d ? 1 : 0.3) * random.normal());
  const double* next = data.x.data() + k + 2 * k * d;
  for (std::size_t row = 0; row < k * d; ++row) {
    for (std::size_t j = 0; j < row % d; ++j) data.L[row * d + j] = *next++;
  }
  return std::make_shared<const Data>(std::move(data));
}

}  // namespace

Workload mixture() {
  const std::shared_ptr<const Data> data = data_of_mixture();
  const Mixture problem{n, d, k, data->points.data(), gamma, wishart_m, Formula::constant()};
  const auto work = std::make_shared<double[]>(hand::mixture_work(d, k));
  Workload w{.what =
                 "Gaussian mixture (ADBench GMM), d = 10, K = 25, n = 1,000: gradient (fast by hand: 32 "
                 "points at once)",
             .values = 1,
             .outputs = 1 + k + 2 * k * d + k * d * d,
             .target = 0.25,
             .baseline = By::hand,
             .adolc_over = 27.4 / 6.18,
             .others = "CasADi 0.82, Tapenade 1.5, CppAD 8, batched by hand 0.17",
             .remark = "called: the batch entry point over the points, and the function of the prior"};
  w.add(By::nabla, Generated{data});
  w.add(By::hand, [data, work, problem](double* out) {
    hand::mixture(problem, data->x.data(), data->L.data(), out, work.get());
  });
  w.add(By::hand_fast, [data, work, problem](double* out) {
    hand_fast::mixture_in_blocks(problem, data->x.data(), data->L.data(), out, work.get());
  });
  std::vector<double> gradient(1 + packed);
  w.add(By::adolc, [tape = Tape(data->x, 1, Formula{data}), gradient](double* out) mutable {
    tape.jacobian(gradient.data());
    unpack(gradient, out);
  });
  w.add(By::jets, [data, gradient](double* out) mutable {
    jets_jacobian<33>(Formula{data}, data->x.data(), packed, 1, gradient.data());
    unpack(gradient, out);
  });
  w.add(By::function, [data](double* out) { Formula{data}(data->x.data(), out); });
  return w;
}

}  // namespace nabla::bench::codegen
