// Prints the price of a call option and its sensitivities, computed by the header that
// `nabla gen examples/black_scholes.nabla -o black_scholes.h` writes, and compares them with the values that
// mpmath 1.3 gives to 20 digits. Exit status 1 if one is off by more than a relative 1e-12.
#include <array>
#include <cmath>
#include <cstdio>

#include "black_scholes.h"

namespace {

struct Row {
  const char* name;
  const char* meaning;
  double value;
  double expected;
};

}  // namespace

int main() {
  const double S = 100, K = 105, r = 0.03, sigma = 0.2, T = 0.75;
  const auto first = black_scholes::price_grad(S, K, r, sigma, T);   // by S, K, r, sigma, T
  const auto second = black_scholes::price_hess(S, K, r, sigma, T);  // by S

  const std::array<Row, 7> rows = {{
      {"price", "", first.value, 5.7414332854856088889},
      {"delta", "by the price of the share", first.grad[0], 0.47401383240872759055},
      {"dual delta", "by the strike", first.grad[1], -0.39676142814654428729},
      {"rho", "by the interest rate", first.grad[2], 31.244962466540362624},
      {"vega", "by the volatility", first.grad[3], 34.476093889405729666},
      {"theta", "by the passing of time", -first.grad[4], -5.8466110172490451271},
      {"gamma", "of delta by the price of the share", second.hess[0][0], 0.022984062592937153111},
  }};
  std::printf("S = %g, K = %g, r = %g, sigma = %g, T = %g\n", S, K, r, sigma, T);
  int status = 0;
  for (const Row& row : rows) {
    const double error = std::fabs(row.value - row.expected) / std::fabs(row.expected);
    const bool good = error <= 1e-12;
    std::printf("%-10s %20.15g  %s%s\n", row.name, row.value, row.meaning, good ? "" : "   WRONG");
    if (!good) status = 1;
  }
  std::puts(status == 0 ? "all as computed by mpmath to 20 digits" : "not as computed by mpmath");
  return status;
}
