// What the terms of a scalar sum have in common: x*exp(x) + exp(x) is exp(x)*(x + 1), and
// 2*x/(x + 1) - x^2/(x + 1)^2 is x*(x + 2)/(x + 1)^2.
//
// A term is a monomial: a number times powers of bases. Of some terms that share a base, the lowest powers
// are taken out, so negative ones put them over one denominator. No value changes and no domain narrows: each
// power that is taken out stands in one of the terms.
#pragma once

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

// The lightest that such steps, one after the other, make of a scalar sum; the sum itself where none helps.
Ref take_out_monomials(Context& ctx, Weight& weight, Ref sum);

// A product or power, or a sum of these, with roots of sums over one denominator, where that denominator is
// positive: a*sqrt(1 - x^2/a^2) is sqrt(a^2 - x^2) for a > 0, and 3*sqrt(1 - x^2/9) is sqrt(9 - x^2). Terms
// only where they get lighter, others without regard to weight.
Ref clear_radicands(Context& ctx, Weight& weight, Ref e);

// Of a product: integer powers of positive factors moved into roots of sums where they leave a number, as
// c^3/(c^2 - v^2)^(3/2) is 1/(1 - v^2/c^2)^(3/2) for c > 0.
Ref factors_into_roots(Context& ctx, Ref product);

}  // namespace nabla
