// One step of the chain rule for scalars: a local derivative times the derivative of what it is taken of.
//
// sqrt(max(0, u)) is 0 where u is negative, and so is its derivative; but 1/(2*sqrt(max(0, u))) has no value
// there. So what may be undefined moves into the branch in which the other factor is not 0.
#pragma once

#include "expr/context.h"

namespace nabla {

// local*inner, with all factors inside a branch of `inner` that is 0 on its other side.
Ref chained(Context& ctx, Ref local, Ref inner);

// r as a branch that is 0 on one side, if it is one: step(u) is if u > 0 then 1 else 0. Else Ref{}.
Ref as_branch(Context& ctx, Ref r);
// factor*(such a branch): the factor in the branch.
Ref into_branch(Context& ctx, Ref factor, Ref branch);

}  // namespace nabla
