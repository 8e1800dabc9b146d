// Sines and cosines of sums and multiples of angles by those of the angles, circular and hyperbolic.
//
// The addition theorems (Abramowitz and Stegun 1964, 4.3.16-18, 4.5.24-26) are identities of entire
// functions; a tangent becomes a quotient of them, which has a value at the same points.
#pragma once

#include "expr/context.h"
#include "simplify/passes.h"

namespace nabla {

bool is_circular(Fn f);    // sin, cos, tan, cot, sec, csc
bool is_hyperbolic(Fn f);  // sinh, cosh, tanh, coth, sech, csch

// sin(x + y) is sin(x)*cos(y) + cos(x)*sin(y), and sin(2*x) is 2*sin(x)*cos(x). With x/2 in e, x is twice
// x/2: sin(x)/cos(x/2) is 2*sin(x/2).
Ref expand_angles(Context& ctx, Ref e, Notes* notes = nullptr);
// The same; what would have more terms stays a product of sums.
Ref expand_angles_within(Context& ctx, Ref e, size_t most_terms);

// By the sines and cosines of half of each angle: sin(x) is 2*sin(x/2)*cos(x/2).
Ref halve_angles_within(Context& ctx, Ref e, size_t most_terms);

}  // namespace nabla
