// The greeks of Black and Scholes against their textbook formulas (Hull, Options, Futures and Other
// Derivatives, chapter 19), against ADOL-C and, in long double, against mpmath 1.3 with 30 digits.
#include "black_scholes.h"

#include "consumer.h"

namespace {

double Phi(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }
double phi(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846); }

void at(double S, double K, double r, double sigma, double T) {
  const double d1 = (std::log(S / K) + (r + sigma * sigma / 2) * T) / (sigma * std::sqrt(T));
  const double d2 = d1 - sigma * std::sqrt(T), discounted = K * std::exp(-r * T);
  const double price = S * Phi(d1) - discounted * Phi(d2);
  const std::array<double, 5> greeks = {Phi(d1), -std::exp(-r * T) * Phi(d2), T * discounted * Phi(d2),
                                        S * phi(d1) * std::sqrt(T),
                                        S * phi(d1) * sigma / (2 * std::sqrt(T)) + r * discounted * Phi(d2)};
  const std::array<double, 1> gamma = {phi(d1) / (S * sigma * std::sqrt(T))};

  expect("price", std::array{black_scholes::price(S, K, r, sigma, T)}, std::array{price});
  const auto first = black_scholes::price_grad(S, K, r, sigma, T);
  expect("value with gradient", std::array{first.value}, std::array{price});
  expect("greeks", first.grad, greeks);
  const auto second = black_scholes::price_hess(S, K, r, sigma, T);
  expect("value with gamma", std::array{second.value}, std::array{price});
  expect("delta", second.grad, std::array{Phi(d1)});
  expect("gamma", second.hess, gamma);

  const auto generated = [](const adouble* x) {
    return std::array{black_scholes::price<adouble>(x[0], x[1], x[2], x[3], x[4])};
  };
  expect("greeks, ADOL-C", first.grad, adolc_jacobian({S, K, r, sigma, T}, generated));
  const auto of_S = [&](const adouble* x) {
    return std::array{black_scholes::price<adouble>(x[0], K, r, sigma, T)};
  };
  expect("gamma, ADOL-C", second.hess, adolc_hessian({S}, of_S));
  // The derivatives are templates too.
  const auto delta = [&](const adouble* x) {
    return black_scholes::price_grad<adouble>(x[0], K, r, sigma, T).grad;
  };
  expect("gamma, ADOL-C of delta", second.hess, adolc_jacobian({S}, delta)[0]);
}

}  // namespace

int main() {
  at(100, 105, 0.03, 0.2, 0.75);
  at(42, 40, 0.1, 0.2, 0.5);
  at(50, 80, -0.01, 0.6, 3);

  const auto f = black_scholes::price_grad(100.0F, 105.0F, 0.03F, 0.2F, 0.75F);
  expect("float", std::array<float, 2>{f.value, f.grad[0]}, std::array{5.7414332854856, 0.47401383240872},
         1e-4);
  const auto l = black_scholes::price_grad(100.0L, 105.0L, 3.0L / 100, 2.0L / 10, 0.75L);
  const bool exact = std::fabs(l.value - 5.7414332854856088889L) < 1e-17L &&
                     std::fabs(l.grad[3] - 34.476093889405729666L) < 1e-16L;
  if (!exact) std::puts("long double has not all its digits");
  return failures + (exact ? 0 : 1);
}
