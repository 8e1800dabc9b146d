// What the declared bounds of names say of sums of them.
#pragma once

#include "expr/context.h"

namespace nabla {

// Whether c + c1*k1 + c2*k2 + … >= 0 by the declared bounds of the k; the numbers 1, 2, …, n of an array lie
// between their ends. false: it is not known.
bool never_negative(Context& ctx, Ref e);
// How many numbers 1, 2, …, extent there are: none where the extent is negative, as in 3:n for n = 1.
Ref count_of(Context& ctx, Ref extent);

}  // namespace nabla
