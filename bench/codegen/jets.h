// Ceres Jets as a candidate: dual numbers with `Width` directions at a time.
#pragma once

#include <ceres/jet.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace nabla::bench::codegen {

// out: the values of f(const T* x, T* y), then its Jacobian row by row.
template <int Width, class F>
void jets_jacobian(const F& f, const double* x, std::size_t inputs, std::size_t outputs, double* out) {
  using Jet = ceres::Jet<double, Width>;
  std::vector<Jet> in(inputs), y(outputs);
  constexpr std::size_t width = Width;
  for (std::size_t from = 0; from < inputs; from += width) {
    const std::size_t count = std::min(width, inputs - from);
    for (std::size_t i = 0; i < inputs; ++i) in[i] = Jet(x[i]);
    for (std::size_t i = 0; i < count; ++i) in[from + i].v[static_cast<int>(i)] = 1;
    f(in.data(), y.data());
    for (std::size_t k = 0; k < outputs; ++k) {
      out[k] = y[k].a;
      double* const row = out + outputs + k * inputs + from;
      for (std::size_t i = 0; i < count; ++i) row[i] = y[k].v[static_cast<int>(i)];
    }
  }
}

}  // namespace nabla::bench::codegen
