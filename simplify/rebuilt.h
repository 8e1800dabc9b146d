// A node with other parts, where its constructor takes them.
#pragma once

#include <span>

#include "expr/context.h"
#include "expr/diagnostic.h"

namespace nabla {

// Whether a constructor cannot make what it was asked for, such as 1/sin(pi*n) with an integer n, or chol of
// a matrix that is no longer known to be symmetric; any other failure is of the budget.
bool has_no_value(const Failure& f);

// r with these operands, each equal to its own; r itself where the constructor cannot make it. Throws where
// the budget is spent.
Ref rebuilt(Context& ctx, Ref r, std::span<const Ref> operands);

}  // namespace nabla
