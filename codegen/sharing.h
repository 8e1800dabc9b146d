// Fewer operations for the same values: equal parts of sums and products computed once, common factors taken
// out of sums.
//
// It is greedy: of all pairs of factors and pairs of terms that occur more than once, and all factors that
// several terms of a sum have, what saves most is done first, until nothing saves anything (multi-term common
// subexpressions: Hosangadi, Fallah and Kastner, IEEE Trans. CAD 25, 2006; Horner forms chosen greedily:
// Kuipers, Ueda and Vermaseren, Comput. Phys. Commun. 189, 2015). The result depends on the content alone.
#pragma once

#include "codegen/coefficients.h"
#include "codegen/plan.h"

namespace nabla {

// The same outputs, by at most as costly a plan. Up to so many steps several ways to read the plan are
// compared.
inline constexpr size_t most_compared_steps = 20'000;
Plan shared(Coefficients& coefficients, const Plan& plan);

}  // namespace nabla
