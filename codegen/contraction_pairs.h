// Contracts a product in pairs of groups, the cheapest pair first, until two groups are left or one nest does
// the rest. What only one group is summed over is summed there before.
//
// A pair costs the size of its nest and twice that of its result, at the usual sizes. Of very long products
// only 32 groups at a time are compared.
#pragma once

#include <vector>

#include "codegen/contraction.h"
#include "codegen/contraction_sizes.h"

namespace nabla {

struct ContractionPairs {
  std::vector<ContractionStep> steps;
  size_t alone = 0;  // how many of them come before the pairs
};

// Only what is summed alone.
std::vector<ContractionStep> sums_alone(Budget& budget, const Contraction& c);

ContractionPairs cheapest_pairs(Budget& budget, const Contraction& c, const ContractionSizes& sizes);

}  // namespace nabla
