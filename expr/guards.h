// Guards of indexed products and reductions in their one form; internal to the constructors of both.
//
// Afterwards no guard is true or false for all labels in their ranges, as far as the facts of extents and
// offsets tell; terms are sorted and collected; no guard stands twice.
#pragma once

#include <span>
#include <vector>

#include "expr/context.h"

namespace nabla {

struct GuardCondition {
  Guard guard;
  Ref offset;
};

// The least or greatest value of coefficient*label + … + offset, labels running from 1 to their extents.
Ref extreme_of_guard(Context& ctx, const GuardCondition& c, std::span<const Ref> extents, bool greatest);

// False: one of the guards never holds.
bool settle_guards(Context& ctx, std::vector<GuardCondition>& guards, std::span<const Ref> extents);

}  // namespace nabla
