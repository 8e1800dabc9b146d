// Where the derivatives of functions of vectors and matrices exist, in words: what no comparison of numbers
// in the answer says, such as that an eigenvalue is simple.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

// "where the largest eigenvalue of A is simple": one for each function below e whose derivative by one of the
// variables is asked for and does not exist everywhere, in the order of the expression.
std::vector<std::string> differentiable_where(Context& ctx, Ref e, std::span<const Ref> variables);

}  // namespace nabla
