// The forms of a scalar that simplify tries besides quotients of polynomials.
#pragma once

#include <span>
#include <string_view>

#include "expr/context.h"

namespace nabla {

struct NamedForm {
  std::string_view name;  // in a trace
  Ref (*form)(Context&, Ref);
};

std::span<const NamedForm> other_forms();

// log(8)/log(2) is 3: with logarithms of numbers by those of primes, cancelled.
Ref by_logs_of_primes(Context& ctx, Ref e);

}  // namespace nabla
