// Which square matrices are known to be definite or invertible: from declarations upward.
#pragma once

#include <vector>

#include "expr/context.h"

namespace nabla {

bool is_positive_definite(const Context& ctx, Ref a);
bool is_positive_semidefinite(const Context& ctx, Ref a);
bool is_invertible(const Context& ctx, Ref a);

// The factors of a product of square matrices and of scalars, transposed or not, so that its determinant is 0
// where one of theirs is; empty where it is no such product.
std::vector<Ref> square_factors(const Context& ctx, Ref a);

}  // namespace nabla
