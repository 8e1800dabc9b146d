// Kronecker products and matrices of blocks: what functions of them are.
#pragma once

#include <optional>
#include <utility>

#include "expr/context.h"

namespace nabla {

// A and B of kron(A, B), of matrices; none if the matrix is not known to be one.
std::optional<std::pair<Ref, Ref>> kron_factors(Context& ctx, Ref matrix);

// v of diag(v); Ref{} for any other matrix.
Ref diagonal_entries(Context& ctx, Ref matrix);

// inv(kron(A, B)) is kron(inv(A), inv(B)), and powers of diagonal matrices and of blocks on the diagonal
// likewise (MC 511, MC 405); the exponent is an integer. Ref{}: it is none of these.
Ref power_of_parts(Context& ctx, Ref matrix, Ref exponent);

// det(kron(A, B)) is det(A)^m*det(B)^n (MC 517), that of blocks on the diagonal the product of theirs. Ref{}:
// none of these. That of diag(v) stays, since prod(v) has no lighter derivative.
Ref determinant_of_parts(Context& ctx, Ref matrix);
Ref trace_of_blocks(Context& ctx, Ref blockdiag);  // Ref{}: the blocks are not square
// The same of the logarithm, where each determinant is known to be positive.
Ref log_determinant_of_parts(Context& ctx, Ref matrix);

}  // namespace nabla
