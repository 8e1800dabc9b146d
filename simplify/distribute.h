// Products of matrices, vectors and tensors over sums: (A + B)*x is A*x + B*x.
#pragma once

#include "expr/context.h"

namespace nabla {

// Whether distribute would change something.
bool has_tensor_products_of_sums(Context& ctx, Ref e);

// The same value, with products, powers of square matrices and entrywise powers of sums multiplied out.
// What would have more than `most_terms` terms stays, and `too_large` is set.
Ref distribute(Context& ctx, Ref e, size_t most_terms, bool& too_large);

}  // namespace nabla
