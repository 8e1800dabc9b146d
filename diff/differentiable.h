// Where the derivatives of functions of vectors and matrices exist, in words: what no comparison of numbers
// in the answer says, such as that an eigenvalue is simple.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

// "where the largest eigenvalue of A is simple": one for each function below e whose derivative of this order
// by one of the variables is asked for and does not exist everywhere, in the order of the expression. A norm
// that is only raised to a power above the order has one at 0 as well.
std::vector<std::string> differentiable_where(Context& ctx, Ref e, std::span<const Ref> variables,
                                              int order = 1);

}  // namespace nabla
