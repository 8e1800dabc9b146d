// Common factors of sums of vectors and matrices: A*x + A'*x is (A + A')*x where that is shorter to read.
//
// A factor is common to two summands if it carries the same axes of the result and meets the rest of each on
// the same axes of its own. Sums are never expanded; a step is taken only if the result is lighter, so the
// pass ends.
#pragma once

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

// The same value, factored wherever a sum of tensors at or below e becomes shorter.
Ref take_out_common_factors(Context& ctx, Weight& weight, Ref e);
// The same of one sum of tensors, whose terms stay as they are.
Ref take_out_of_sum(Context& ctx, Weight& weight, Ref sum);

}  // namespace nabla
