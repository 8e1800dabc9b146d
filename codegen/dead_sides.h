// Products with the derivative of a branch. exp(-x)*(1/x where x > 0, else 0) is 0 at x = -800, but in
// doubles exp(800) is infinite and the product is no number: what stands beside the branch moves into it.
#pragma once

#include "expr/context.h"

namespace nabla {

// The same array; a factor that is computed and whose axes are among those of a branch with a side that is 0
// is multiplied with the other side only. Inputs stay where they are: a product of matrices stays one.
Ref within_branches(Context& ctx, Ref e);

}  // namespace nabla
