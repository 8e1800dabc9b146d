// Derivatives written by hand, as a careful engineer writes them: in every file the chain rule worked out on
// paper, work shared, loops that vectorise. Each file is compiled twice: into namespace hand, and into
// hand_fast with -ffast-math, under which g++ calls the vector functions of libmvec.
//
// `out` gets the values, then the derivatives, row by row; arrays are row-major.
#pragma once

#include <cstddef>
#include <vector>

namespace nabla::bench {

struct Mixture {
  std::size_t n, d, k;
  const double* points;  // n by d
  double gamma, m;       // of the prior
  double constant;       // of the prior
};

struct Observation {
  std::size_t camera, point;
  double at[2];
};
struct Bundle {
  std::size_t cameras, points;
  std::vector<Observation> observations;
};
// Compressed rows, appended one by one.
struct CompressedRows {
  std::vector<int> starts, columns;
  std::vector<double> values;
};

}  // namespace nabla::bench

#define NABLA_HAND_FUNCTIONS                                                                              \
  void rosenbrock(std::size_t n, const double* x, double* out);                                           \
  void product(std::size_t n, const double* x, double* out);                                              \
  /* x: S, K, r, sigma, T */                                                                              \
  void black_scholes(const double* x, double* out);                                                       \
  /* x: d weights and the bias */                                                                         \
  void logistic(std::size_t n, std::size_t d, const double* X, const double* y, const double* x,          \
                double* out);                                                                             \
  /* table: d, a, cos(alpha), sin(alpha) of each joint */                                                 \
  void arm(std::size_t joints, const double* table, const double* theta, double* out);                    \
  /* camera: focal length, k1, k2, principal point, observed point; x: q, t, X */                         \
  void reprojection(const double* camera, const double* x, double* out);                                  \
  void helmholtz(const double* x, double* out);                                                           \
  /* parameters: length scale and noise */                                                                \
  void gaussian_process(std::size_t n, const double* x, const double* y, const double* parameters,        \
                        double* out, double* work);                                                       \
  std::size_t gaussian_process_work(std::size_t n);                                                       \
  /* x: W1 (hidden by inputs), b1, w2, b2 */                                                              \
  void perceptron(std::size_t points, std::size_t inputs, std::size_t hidden, const double* data,         \
                  const double* y, const double* x, double* out, double* work);                           \
  std::size_t perceptron_work(std::size_t points, std::size_t hidden);                                    \
  /* x: alpha, mu, q; L with zeros on and above the diagonals */                                          \
  void mixture(const Mixture& g, const double* x, const double* L, double* out, double* work);            \
  void mixture_in_blocks(const Mixture& g, const double* x, const double* L, double* out, double* work);  \
  double mixture_prior(const Mixture& g, const double* alpha, const double* q, const double* L,           \
                       double* out);                                                                      \
  std::size_t mixture_work(std::size_t d, std::size_t k);                                                 \
  std::size_t mixture_blocks_work(std::size_t d, std::size_t k);                                          \
  /* errors: two for each observation, then one for each weight; appends to J */                          \
  void bundle(const Bundle& b, const double* cameras, const double* points, const double* weights,        \
              double* errors, CompressedRows& J);                                                         \
  /* the same, values only */                                                                             \
  void bundle_values(const Bundle& b, const double* cameras, const double* points, const double* weights, \
                     double* errors, double* values);

namespace nabla::bench::hand {
NABLA_HAND_FUNCTIONS
}
namespace nabla::bench::hand_fast {
NABLA_HAND_FUNCTIONS
}
