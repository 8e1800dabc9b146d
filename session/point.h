// Numbers of expressions at one point.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "expr/context.h"
#include "session/numbers.h"

namespace nabla {

// The values of scalar expressions where `inputs` (scalar symbols and entries) have the values `point`.
// Failure(undefined_value) names the part that is undefined, missing_value a name that is no input.
std::vector<double> values_at_point(Context& ctx, std::span<const Ref> roots, std::span<const Ref> inputs,
                                    std::span<const double> point);

// A scalar, or an array of constant size, with its extents.
Numbers numbers_at_point(Context& ctx, Ref e, std::span<const Ref> inputs, std::span<const double> point);

// "x = 1, y = 0.5"
std::string point_text(Context& ctx, std::span<const Ref> inputs, std::span<const double> point);

}  // namespace nabla
