// Fewer operations for the same values: equal parts of sums and products computed once, common factors taken
// out of sums.
//
// A plan is read in several ways as sums and products (codegen/sum_product.h), equal parts of each are found
// greedily (codegen/greedy_sharing.h), and the cheapest result is taken. It depends on the content alone.
#pragma once

#include "codegen/known_forms.h"
#include "codegen/plan.h"

namespace nabla {

// The same outputs, by at most as costly a plan. Up to so many steps several ways to read the plan are
// compared.
inline constexpr size_t most_compared_steps = 20'000;
Plan shared(KnownForms& known, const Plan& plan);

}  // namespace nabla
