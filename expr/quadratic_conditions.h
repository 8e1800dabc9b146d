// What the sign of a quadratic says of its variable: where 1 - x^2 > 0, x is between -1 and 1.
#pragma once

#include "expr/context.h"

namespace nabla {

// Whether the comparison `given`, of a quadratic whose square has a negative coefficient, implies `wanted`,
// which is linear in the same part: 9 - x^2 > 0 implies x/3 < 1, x > -4 and x != 3.
bool implied_by_quadratic(Context& ctx, Ref given, Ref wanted);

}  // namespace nabla
