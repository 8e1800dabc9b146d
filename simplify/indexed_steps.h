// Steps of the normal form that look at the factors of an indexed product.
#pragma once

#include <span>

#include "expr/context.h"

namespace nabla {

// delta(i, j)*x[j] = delta(i, j)*x[i] for names i and j: the factors in one of the names. Whether any
// changed.
bool join_equal_names(Context& ctx, std::span<Ref> factors);
// The same for a product with such a scalar; Ref{}: nothing changes.
Ref joined_by_deltas(Context& ctx, Ref product);

// A' of a skew-symmetric A is -A: the product with a factor the other way round, and its sign, where that is
// shorter in print, or as short and first in the structural order; 0 where the two are one. The product
// itself where neither holds.
Term with_skew_turned(Context& ctx, Ref product);

// toepsum(A) as what it is: [sum(A[i, j] for i in 1:n, j in 1:n if j - i == k - n) for k in 1:2*n - 1].
Ref diagonal_sums(Context& ctx, Ref matrix);

}  // namespace nabla
