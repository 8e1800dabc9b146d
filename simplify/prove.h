// Whether a condition holds wherever the names are in their declared domains.
//
// First what the nodes know of their signs (expr/facts.h, by which comparisons fold), then the ends of the
// domain of a name that stands alone in a linear form, then an enclosure in balls of all values.
#pragma once

#include "expr/context.h"

namespace nabla {

// True: it holds. False says nothing.
bool proved(Context& ctx, Ref condition);

}  // namespace nabla
