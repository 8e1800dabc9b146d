// A node with other parts, where its constructor takes them.
#pragma once

#include <span>

#include "expr/context.h"

namespace nabla {

// r with these operands, each equal to its own; r itself where the constructor finds no value in it, or no
// longer sees what a function asks of its argument (chol of a matrix that is not known to be symmetric).
// Throws where the budget is spent.
Ref rebuilt(Context& ctx, Ref r, std::span<const Ref> operands);

}  // namespace nabla
