// The candidates that are made from a function as a template: ADOL-C, Ceres Jets, and the function alone.
#pragma once

#include "bench/codegen/adolc.h"
#include "bench/codegen/jets.h"
#include "bench/codegen/workload.h"

// Generated code takes a workspace only where it needs one: calls f(arguments…, work) or f(arguments…).
#define NABLA_CALL(work, f, ...) \
  call_with(work, [&](auto... w) -> decltype(f(__VA_ARGS__, w...)) { return f(__VA_ARGS__, w...); })

// What stands in for the sizes of workspaces where there is none.
#define NABLA_NO_WORK(model)                    \
  namespace model {                             \
  template <class... Sizes>                     \
  constexpr std::size_t f_work(Sizes...) {      \
    return 0;                                   \
  }                                             \
  template <class... Sizes>                     \
  constexpr std::size_t f_grad_work(Sizes...) { \
    return 0;                                   \
  }                                             \
  }

namespace nabla::bench::codegen {

template <class F>
auto call_with(double* work, const F& f) {
  if constexpr (requires { f(work); }) {
    return f(work);
  } else {
    return f();
  }
}

inline std::ptrdiff_t signed_size(std::size_t n) { return static_cast<std::ptrdiff_t>(n); }

// f(const T* x, T* values); Jets carry Width directions at a time. Adds values and Jacobian.
template <int Width, class F>
void add_formula(Workload& w, const F& f, const std::vector<double>& x) {
  const std::size_t values = w.values;
  w.add(By::adolc, [tape = Tape(x, values, f)](double* out) { tape.jacobian(out); });
  w.add(By::jets, [f, x, values](double* out) { jets_jacobian<Width>(f, x.data(), x.size(), values, out); });
  w.add(By::function, [f, x](double* out) { f(x.data(), out); });
}

}  // namespace nabla::bench::codegen
