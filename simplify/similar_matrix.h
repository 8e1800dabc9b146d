// Functions of similar matrices: f(X*B*inv(X)) is X*f(B)*inv(X) (Higham, Functions of Matrices, 2008,
// Theorem 1.13 c).
#pragma once

#include "expr/context.h"

namespace nabla {

// f is expm, sinm, cosm, sqrtm or logm: for a product X*B*Y of square matrices with Y*X = eye(n), and for
// expm, sinm and cosm of a multiple of the identity, the value without the outer matrices inside. Ref{} for
// any other argument. Where either side has a value, the other one has.
Ref function_of_similar(Context& ctx, Fn f, Ref argument);

}  // namespace nabla
