// Nested square roots taken apart, and square roots moved out of denominators.
//
// Invariant: what is returned equals e wherever e has a value; it has one at no fewer points.
#pragma once

#include "expr/context.h"

namespace nabla {

// sqrt(3 + 2*sqrt(2)) is 1 + sqrt(2), and 1/(1 + sqrt(2)) is sqrt(2) - 1; of names only where no point is
// lost: 1/(sqrt(x + 1) - sqrt(x)) is sqrt(x + 1) + sqrt(x), and 1/(1 + sqrt(x)) stays.
Ref radicals(Context& ctx, Ref e);

// Of one power of a sum, whose parts stay as they are.
Ref root_apart(Context& ctx, Ref power);
// Square roots of positive sums of numbers in one root: sqrt(2 - sqrt(2))*sqrt(2 + sqrt(2)) is sqrt(2).
Ref roots_of_numbers_together(Context& ctx, Ref product);
// Of a cube root of numbers: cbrt(7 + 5*sqrt(2)) is 1 + sqrt(2).
Ref cube_root_apart(Context& ctx, Ref root);

}  // namespace nabla
