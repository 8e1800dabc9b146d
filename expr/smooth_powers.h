// Functions with a corner at 0 in powers that have none.
#pragma once

#include <span>
#include <unordered_set>

#include "expr/context.h"

namespace nabla {

// The calls of abs, relu, norm2 and normF among the nodes that stand alone in powers above the order, which
// have derivatives of that order where the call is 0, or, but for relu, in even powers, which are sums of
// squares. The last node stands for itself as well.
std::unordered_set<Ref> smooth_in_powers(const Context& ctx, std::span<const Ref> nodes, size_t order);

}  // namespace nabla
