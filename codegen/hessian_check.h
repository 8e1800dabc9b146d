// The check of a sparse Hessian by few products with it.
#pragma once

#include <optional>
#include <span>

#include "eval/compare.h"
#include "expr/program.h"

namespace nabla {

// As compare_derivatives of `written` and the outputs of `claimed`, the last of which are the entries of a
// Hessian by the inputs number `variables`, row by row. Variables that meet no variable in common share a
// direction (codegen/hessian_pattern.h), and one sweep tells the second derivatives of them all: of 100
// variables in a chain there are 3 sweeps a point, not 100. The numbers that are compared are the same ones;
// where two variables never meet 0 must be claimed.
//
// Nothing where that saves less than half of the sweeps, or where not all agrees at once: then each entry is
// compared by itself, which says what is wrong.
std::optional<CheckReport> compare_hessian_by_groups(Context& ctx, std::span<const Ref> written,
                                                     Program claimed, std::span<const Claim> claims,
                                                     std::span<const uint32_t> variables, PointSet points);

}  // namespace nabla
