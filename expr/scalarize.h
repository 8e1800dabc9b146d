// Vectors, matrices and tensors of constant size, entry by entry.
//
// An entry of a declared tensor is a scalar variable of its own (x[3], A[1,2]); everything else becomes
// scalar algebra over such entries. The result shares what the tensors shared.
#pragma once

#include <vector>

#include "expr/context.h"

namespace nabla {

// The entries of an expression, row-major; a scalar has one. Scalar parts that are computed from tensors
// (a dot product) become sums over entries as well. Throws Failure: not_yet_available for a symbolic extent
// or an operation that is not taken entry by entry yet, naming it.
std::vector<Ref> entries(Context& ctx, Ref e);

// A scalar expression without tensors below it.
inline Ref scalarize(Context& ctx, Ref scalar) { return entries(ctx, scalar)[0]; }

}  // namespace nabla
