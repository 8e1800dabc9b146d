// Steps that one function of the runtime computes together, and products of all entries but one.
#pragma once

#include "codegen/sum_steps.h"

namespace nabla {

// The inverse of a matrix stands before its log-determinant, which comes from the same elimination.
void share_eliminations(const Context& ctx, std::vector<LoopStep>& steps);

// prod(x[j] for j if j != i) for all i is one function of x, and gives the product of all of x.
void share_products(Context& ctx, NestAtoms& atoms, ExtraLets& extra, std::vector<LoopStep>& steps);

}  // namespace nabla
