// A derivative with four axes as a matrix of the book's kind: rows and columns counted by vec.
#pragma once

#include <string>

#include "expr/context.h"

namespace nabla {

// The text of the matrix in Kronecker notation whose entry (i, j), (k, l) is tensor[i, j, k, l], pairs in
// column-major order: kron(B', A) for the Jacobian of A*X*B. Empty where it has no such notation.
std::string flattened_by_vec(Context& ctx, Ref tensor);

}  // namespace nabla
