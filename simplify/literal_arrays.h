// Arrays that were written down, worked out: [1, 2; 3, 4]*[1; 1] is [3; 7], det([a, b; c, d]) is
// a*d - b*c, and the sum of k^2 for k in 1:10 is 385.
//
// What is computed from literal arrays, identity matrices, ranges and scalars alone is computed entry by
// entry, in exact arithmetic; a name of a vector or matrix ends it, but neighbours in a product and terms of
// a sum are put together beside one. An array comes only of arrays that were written: eye(3) and
// [i for i in 1:3] stay what they are. What has no value, such as the inverse of a singular matrix, stays.
#pragma once

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

// Where the form is lighter; it is the same wherever e has a value.
Ref with_literal_arrays(Context& ctx, Weight& weight, Ref e);
// Whatever it weighs.
Ref every_literal_array(Context& ctx, Ref e);
// Where it is lighter, for an expression that is asked for as it is: [k^2 for k in 1:3] is [1; 4; 9], too.
Ref value_of_literal_arrays(Context& ctx, Ref e);

}  // namespace nabla
