// Derivatives written by hand, as a careful engineer writes them: in every file the chain rule worked out on
// paper, work shared, loops that vectorise. Each file is compiled twice, into namespace hand and, with
// -ffast-math, which lets g++ call the vector functions of libmvec, into namespace hand_vector_math.
#pragma once

#include <cstddef>

#define NABLA_HAND_FUNCTIONS                                               \
  /* out: the value, then the gradient by x */                             \
  void rosenbrock(std::size_t n, const double* x, double* out);            \
  /* x: S, K, r, sigma, T; out: the price, then its derivatives by them */ \
  void black_scholes(const double* x, double* out);                        \
  /* x: d weights and the bias; out: the value, then the gradient by x */  \
  void logistic(std::size_t n, std::size_t d, const double* X, const double* y, const double* x, double* out);

namespace nabla::bench::hand {
NABLA_HAND_FUNCTIONS
}
namespace nabla::bench::hand_vector_math {
NABLA_HAND_FUNCTIONS
}
