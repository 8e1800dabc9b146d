// What the declared domains say of the size of a linear combination: 3 - q is at least 2 for q in [0, 1].
#pragma once

#include "expr/context.h"

namespace nabla {

// Whether a RELATION b holds at all values inside the declared domains, by bounds of the terms of b - a
// alone.
bool holds_by_bounds(Context& ctx, Relation relation, Ref a, Ref b);

}  // namespace nabla
