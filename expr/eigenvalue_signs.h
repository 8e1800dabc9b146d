// The signs of eigenvalues, as conditions on what a matrix is made of.
#pragma once

#include <optional>

#include "expr/context.h"
#include "expr/node.h"
#include "expr/relation.h"

namespace nabla {

// That the least eigenvalue of a real symmetric matrix is above 0 (Relation::less) or not below
// (Relation::less_equal): a truth where it is known, c > 0 of c*S with a positive definite S, v > 0 in every
// entry of diag(v), else a comparison with eigmin.
Ref least_eigenvalue_above_zero(Context& ctx, Relation relation, Ref a);

// Of a triangular matrix of numbers, whose eigenvalues are its diagonal, whether it has a principal
// logarithm, or a square root: no eigenvalue is negative, nor 0 (Higham, Functions of Matrices, 2008,
// theorems 1.29 and 1.31). Nothing of other matrices, and of a root where an eigenvalue is 0.
enum class MatrixFunction : uint8_t { root, logarithm };
std::optional<bool> has_principal_value(Context& ctx, MatrixFunction f, Ref a);

// Whether no eigenvalue of a is the opposite of one of b, both matrices of numbers, so that A*X + X*B = C has
// one solution (Horn and Johnson, Topics in Matrix Analysis, 1991, theorem 4.4.6): A and B' have a regular
// Kronecker sum.
std::optional<bool> have_no_opposite_eigenvalues(Context& ctx, Ref a, Ref b);

}  // namespace nabla
