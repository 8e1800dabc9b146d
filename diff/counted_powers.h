// Powers whose exponents are numbers in a row, as in the polynomial sum(a[i + 1]*x^i for i in 0:n).
#pragma once

#include "expr/context.h"

namespace nabla {

// The slopes e*x^(e - 1) of x^e without the one for e = 0, which is 0 also where x is: of an array of
// exponents that begins or ends with 0 on one of its axes. Ref{} for any others. `base` is a scalar or has
// the shape of the exponents.
Ref counted_slopes(Context& ctx, Ref base, Ref exponents);

}  // namespace nabla
