// The elementary functions by exp, log, sin, cos and roots.
#pragma once

#include "expr/context.h"

namespace nabla {

// The same scalar, with other functions written by exp, log, sin, cos and roots: tanh(x) is
// (exp(2*x) - 1)/(exp(2*x) + 1). Equal wherever e is defined.
Ref by_elementary_functions(Context& ctx, Ref e);

// Circular and hyperbolic functions by exp: cosh(x) is (exp(x) + exp(-x))/2, cos(x) the same with im*x.
Ref by_exponentials(Context& ctx, Ref e);

}  // namespace nabla
