// Where an answer holds: the domain conditions of what was written that the answer's own domain does not
// imply. x/x is 1 where x != 0; the derivative of abs(x) is sign(x) where x != 0.
//
// Conditions are computed from the written form (nodes that nothing folded), the domains of the function
// table and, below a differential operator, from where the differentials hold. A condition is left out only
// if it is proved. Inside a branch it is stated as "not the branch's condition, or this".
//
// A power x^k with a symbolic exponent asks for x != 0 if k is an integer and for x > 0 otherwise, weaker
// where k is known to be >= 0 (nothing, and x >= 0). That is enough and short; exactly, 0^k has a value for
// k >= 0, so that at x = 0 an answer may hold for some k although the condition leaves the point out.
#pragma once

#include <vector>

#include "expr/context.h"

namespace nabla {

// Truth values over canonical expressions, in the order of the text. `written` may contain operators such as
// diff(e, x). Below subs, and below an eval that is not the whole, what is written is taken at the point;
// what stands below limit is not looked at. With `refuse`, a part that has no value wherever it is, such as
// log(-x^2) or mod(x, 0), is a Failure: outside_domain or division_by_zero.
std::vector<Ref> conditions(Context& ctx, Ref written, Ref answer, bool refuse = true);

}  // namespace nabla
