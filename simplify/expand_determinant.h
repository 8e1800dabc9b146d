// Determinants of products, powers and blocks by those of their parts: a step to the normal form of tensors.
#pragma once

#include <optional>
#include <vector>

#include "expr/context.h"
#include "simplify/expand_tensor.h"

namespace nabla {

// det(c*A) = c^n*det(A), det(A*B) = det(A)*det(B), det(A^k) = det(A)^k, det(expm(A)) = exp(tr(A)). Of det(a)
// the terms; none: there is no such step.
std::optional<std::vector<Term>> expand_determinant(Context& ctx, Ref a, Holds holds);
// The same of logdet(a), for a real a.
std::optional<std::vector<Term>> expand_log_determinant(Context& ctx, Ref a, Holds holds);

}  // namespace nabla
