/* The volatility that a price implies, by Newton's method. */
#include <stdio.h>

#include "option.h"

int main(void) {
  /* Hull, Options, Futures and Other Derivatives, the example of the Black-Scholes formula: a stock at 42, a
   * strike of 40, 10% interest, 20% volatility, half a year; the call costs 4.76. */
  const double price = 4.76;
  double sigma = 0.5;
  for (int step = 0; step < 20; ++step) {
    double value, vega;
    option_price_grad(42, 40, 0.1, sigma, 0.5, &value, &vega);
    sigma -= (value - price) / vega;
  }
  printf("volatility = %.3f, known 0.200\n", sigma);
  printf("price = %.2f, known 4.76\n", option_price(42, 40, 0.1, 0.2, 0.5));
  return 0;
}
