// Exponentials by circular and hyperbolic functions; elementary.h has the other direction.
#pragma once

#include "expr/context.h"
#include "simplify/passes.h"

namespace nabla {

// exp(im*x) is cos(x) + im*sin(x), and exp(x) + exp(-x) is 2*cosh(x) (Abramowitz and Stegun 1964, 4.3.47,
// 4.5.1-2). A single exp of a real argument stays. Identities of entire functions: no domain changes.
Ref from_exponentials(Context& ctx, Ref e, Notes* notes = nullptr);

}  // namespace nabla
