// Where an answer holds: the domain conditions of what was written that the answer's own domain does not
// imply. x/x is 1 where x != 0; the derivative of abs(x) is sign(x) where x != 0.
//
// Conditions are computed from the written form (nodes that nothing folded), the domains of the function
// table and, below a differential operator, from where the differentials hold. A condition is left out only
// if it is proved. Inside a branch it is stated as "not the branch's condition, or this".
#pragma once

#include <vector>

#include "expr/context.h"

namespace nabla {

// Truth values over canonical expressions, in the order of the text. `written` may contain operators such as
// diff(e, x); what stands below subs, eval and limit has been moved to another point and is not looked at.
std::vector<Ref> conditions(Context& ctx, Ref written, Ref answer);

// What must hold so that e has a value.
std::vector<Ref> domain_conditions(Context& ctx, Ref e);

}  // namespace nabla
