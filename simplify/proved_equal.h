// Equality by normal forms, of expressions of any shape.
//
// The difference is a sum of products of labelled factors (expand_tensor.h); terms whose factors with axes
// are the same are put together, and what scalars then stand before each must be 0 in the field of kernels
// (zero_test.h).
#pragma once

#include "expr/context.h"

namespace nabla {

// True: a = b wherever both are defined. False says nothing.
bool proved_equal(Context& ctx, Ref a, Ref b);

// Whether e is a difference of two products of the same matrices in another order, as A*inv(A + B)*B -
// B*inv(A + B)*A is, and is 0 by K*inv(K) = eye(n) (inverse_relations.h).
bool is_vanishing_exchange(Context& ctx, Ref e);

}  // namespace nabla
