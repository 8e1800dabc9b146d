// The message about a part of an expression that has no value anywhere.
#pragma once

#include "expr/context.h"

namespace nabla {

// Throws Failure: division_by_zero or outside_domain, with what the part needs and is not so.
[[noreturn]] void refuse_without_value(Context& ctx, Ref part);

}  // namespace nabla
