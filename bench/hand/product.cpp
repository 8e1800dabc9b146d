#include "bench/hand/hand.h"

namespace nabla::bench::NABLA_HAND {
namespace {

// Products of all before and of all behind, without a division, so that zeros do no harm. Returns the
// product.
double few(std::size_t n, const double* x, double* __restrict g) {
  double before = 1, behind = 1;
  for (std::size_t i = 0; i < n; ++i) {
    g[i] = before;
    before *= x[i];
  }
  for (std::size_t i = n; i-- > 0;) {
    g[i] *= behind;
    behind *= x[i];
  }
  return before;
}

// The same in `lanes` chains side by side: chain l has x[l], x[l + lanes], …
template <std::size_t lanes>
double many(std::size_t n, const double* x, double* __restrict g) {
  const std::size_t whole = n - n % lanes;
  double chain[lanes], others[lanes + 1];
  for (double& c : chain) c = 1;
  for (std::size_t i = 0; i < whole; i += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) {
      g[i + l] = chain[l];
      chain[l] *= x[i + l];
    }
  }
  double rest[lanes + 1];  // the products of the chains, and that of what is left over
  for (std::size_t l = 0; l < lanes; ++l) rest[l] = chain[l];
  rest[lanes] = few(n - whole, x + whole, g + whole);
  const double product = few(lanes + 1, rest, others);
  for (std::size_t l = 0; l < lanes; ++l) chain[l] = others[l];
  for (std::size_t i = whole; i > 0;) {
    i -= lanes;
    for (std::size_t l = 0; l < lanes; ++l) {
      g[i + l] *= chain[l];
      chain[l] *= x[i + l];
    }
  }
  for (std::size_t i = whole; i < n; ++i) g[i] *= others[lanes];
  return product;
}

}  // namespace

void product(std::size_t n, const double* x, double* out) {
  out[0] = n < 64 ? many<4>(n, x, out + 1) : many<16>(n, x, out + 1);
}

}  // namespace nabla::bench::NABLA_HAND
