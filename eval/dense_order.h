// What must be known before a node has its value: of a branch only the side that is taken, of a product with
// conditions on its positions only their bounds.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "expr/context.h"

namespace nabla::dense {

// A factor of entries 0 and 1 is a condition on its labels: where it is 0 the others are not looked at.
bool is_condition(const Context& ctx, Ref factor);

// The truth value of a condition (1, 0 or NaN), once it is known.
using KnownTruth = std::function<std::optional<double>(Ref condition)>;

// Appends the parts that r needs. Of a branch whose condition is not known yet, that condition only.
void operands_needed(const Context& ctx, Ref r, const KnownTruth& truth, std::vector<Ref>& list);

}  // namespace nabla::dense
