// Matrices whose determinants their parts tell.
#pragma once

#include <optional>

#include "expr/context.h"

namespace nabla {

// Declared so, or a factor of Cholesky: the determinant is the product of the diagonal (Golub and Van Loan,
// 2013, 3.1).
bool is_triangular(const Context& ctx, Ref matrix);

// A, B, C and D of [A, B; C, D] with square matrices A and D.
struct Blocks {
  Ref a, b, c, d;
};
std::optional<Blocks> blocks_of(const Context& ctx, Ref matrix);

}  // namespace nabla
