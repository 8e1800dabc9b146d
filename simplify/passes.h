// The named passes: other forms of the same value, asked for by name.
//
// Invariant: what is returned equals e wherever e has a value; where it has more, the conditions of the
// answer say so (expr/conditions.h). What would be too large to compute stays as it is, and a note says so.
// Of a vector, a matrix or a branch, the scalars in it are rewritten. A pass that changes nothing returns e.
#pragma once

#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

using Notes = std::vector<std::string>;

// Products and powers of sums multiplied out, inside functions too: sin((x + 1)^2) is sin(x^2 + 2*x + 1).
// Denominators and radicands stay as they are: (x + 1)^2/(y + 1)^3 is a sum of three terms over (y + 1)^3.
Ref expand(Context& ctx, Ref e, Notes* notes = nullptr);

}  // namespace nabla
