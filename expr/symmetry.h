// Which matrices are known to be symmetric, A' = A: from declarations upward. Their axes may change places in
// every product, so that inv(S)' is inv(S) and A + A' of a symmetric A is 2*A.
#pragma once

#include <span>

#include "expr/context.h"

namespace nabla {

inline bool is_symmetric(const Context& ctx, Ref a) { return (ctx[a].facts & symmetric_value) != 0; }

// A' = -A, declared so, or an odd power of such a matrix.
bool is_skew(const Context& ctx, Ref a);

// Of a node about to be made with the shape of a square matrix, as far as its operands decide.
bool keeps_symmetry(const Context& ctx, Kind kind, uint16_t tag, std::span<const Ref> operands);

// Of a sum of coefficient, body, …: each body is symmetric, or its transpose is there as often.
bool is_symmetric_sum(Context& ctx, std::span<const Ref> pairs);

bool is_square(const Context& ctx, ShapeId shape);

}  // namespace nabla
