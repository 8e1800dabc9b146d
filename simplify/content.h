// The numbers in the sums of a product.
#pragma once

#include <vector>

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

// A product of scalars with the numbers of its sums put together, and a minus before it taken into a sum that
// has terms of both signs: -(2*m - 2*x)/(2*s) is (x - m)/s.
Ref without_content(Context& ctx, Ref product);

// A power or cube root of a sum with that of the number in all its terms before it, and with that of the
// denominator only: sqrt(4*x + 4) is 2*sqrt(x + 1), 1/(4*x/7 + 6/7) is 7/(2*(2*x + 3)) and 7/(4*x + 6).
std::vector<Ref> with_content_before_root(Context& ctx, Ref root);

// A minus before a product with products of tensors taken into one of their sums, where that is lighter:
// -A'*(b - A*x) is A'*(A*x - b), and -sum(b - x)/c is sum(x - b)/c.
Ref with_minus_inside(Context& ctx, Weight& weight, Ref product);

}  // namespace nabla
