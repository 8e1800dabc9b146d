// One quotient of polynomials in kernels, written as a person would: common factors taken out, the rest
// ordered by powers of one kernel after the other, as is shortest.
//
// The numerator of a tenth derivative of exp(sin(x))*x^5/(1 + x^2) has hundreds of monomials in x, sin(x) and
// cos(x); ordered by powers of cos(x), with coefficients that are again factored and ordered, it is a third
// of what the chain rule leaves. The squares of sin(u), sinh(u) and tan(u) are those of cos(u), cosh(u) and
// sec(u) where both occur, or the reverse.
#pragma once

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

// The lightest such form of a scalar sum, product or power; e itself where it is too large or anything else.
// Equal to e wherever e has a value.
Ref normal_quotient(Context& ctx, Weight& weight, Ref e);

}  // namespace nabla
