// Refuses results that have no real value.
#pragma once

#include "expr/context.h"

namespace nabla {

// Throws Failure(outside_domain) if certified arithmetic finds a constant part of e outside the domain of its
// function, such as log(1 - pi) or (-2)^pi. Branches are not looked at.
void refuse_undefined_constants(Context& ctx, Ref e);

}  // namespace nabla
