// The lightest form of an expression by the identities of circular and hyperbolic functions.
#pragma once

#include "expr/context.h"
#include "simplify/passes.h"
#include "simplify/weight.h"

namespace nabla {

// sin(a)^2 by 1 - cos(a)^2, tan(a)^2 by sec(a)^2 - 1, cosh(a)^2 by 1 + sinh(a)^2, …; and the other way
// round, cos(a)^2 by 1 - sin(a)^2 (Abramowitz and Stegun 1964, 4.3.10-12, 4.5.16-18).
enum class Pythagoras { sine_by_cosine, cosine_by_sine };
Ref by_pythagoras(Context& ctx, Ref e, Pythagoras direction);

// Of e and what angle sums, multiple angles, half angles, Pythagoras in both directions and the exponential
// form make of it, with common factors cancelled, the lightest; e itself where nothing is lighter.
Ref trig(Context& ctx, Ref e, Notes* notes = nullptr);

}  // namespace nabla
