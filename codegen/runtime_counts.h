// How many operations a call of a function of runtime/nabla_matrix.h, nabla_products.h or
// nabla_lanes_matrix.h runs, as a formula of its sizes: what their loops do, where no number is NaN and no
// size is 0.
#pragma once

#include <span>
#include <string_view>

#include "codegen/operation_count.h"

namespace nabla {

// `sizes`: n, then what the function has besides: the columns of right sides, the exponent. `definite`: the
// matrix is positive definite whatever its numbers are. Nullopt for what depends on the numbers, as a power
// with an exponent that is none.
std::optional<CallCount> runtime_count(Context& ctx, std::string_view function, std::span<const Ref> sizes,
                                       bool definite = false);

}  // namespace nabla
