// Products of sines and cosines as sums of sines and cosines of multiple angles, circular and hyperbolic.
//
// cos(x)^2 - sin(x)^2 is cos(2*x), because cos(x)^2 is 1/2 + cos(2*x)/2 and sin(x)^2 is 1/2 - cos(2*x)/2
// (Abramowitz and Stegun 1964, 4.3.31-33; the hyperbolic ones, 4.5.38-40, differ by a sign). Identities of
// entire functions: no domain changes.
#pragma once

#include "expr/context.h"
#include "simplify/passes.h"

namespace nabla {

// Of a scalar sum or product: its terms with at most one sine or cosine each, where that leaves at most half
// as many of them; (3*sin(3*x) - sin(x))/4 is no simpler than 2*cos(x)^2*sin(x) - sin(x)^3. Terms of higher
// degree than six in them stay as they are.
Ref to_multiple_angles(Context& ctx, Ref e);

// Everywhere in e, sums with sines and cosines multiplied out first, whatever it leaves: sin(x)*cos(y) is
// (sin(x + y) + sin(x - y))/2. Terms of a higher degree than 32 stay as they are.
Ref reduce_angles(Context& ctx, Ref e, Notes* notes = nullptr);
// The same; what would be a sum of more terms stays a product of sums.
Ref reduce_angles_within(Context& ctx, Ref e, size_t most_terms);

}  // namespace nabla
