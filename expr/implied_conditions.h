// Which conditions follow from others.
#pragma once

#include <vector>

#include "expr/context.h"

namespace nabla {

// Whether the comparison a implies b: of the same sides, stronger by the bound, or of a matrix whose least
// eigenvalue is above 0.
bool implies(Context& ctx, Ref a, Ref b);
// x >= 0 and x != 0 is x > 0; eigmin(S) >= 0 and det(S) != 0 is eigmin(S) > 0.
std::vector<Ref> joined_conditions(Context& ctx, std::vector<Ref> list);
// Those of the list that do not say by != what one before says, or one of `before`: a - b != 0 is b - a != 0.
std::vector<Ref> stated_once(Context& ctx, const std::vector<Ref>& list, const std::vector<Ref>& before);
// Whether what is said of a product follows from what is stated of its factors: det(A*B) > 0 from det(A) > 0
// and det(B) > 0, x*y >= 0 from x > 0 and y > 0.
bool implied_by_factors(Context& ctx, Ref c, const std::vector<Ref>& stated);

}  // namespace nabla
