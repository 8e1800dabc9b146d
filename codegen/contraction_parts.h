// An indexed product as a product under contraction.
#pragma once

#include "codegen/contraction.h"

namespace nabla {

Contraction contraction_of(Context& ctx, Ref node);
// With the factors of small powers of matrices, A*A*x for A^2*x: as a chain it costs less.
Contraction product_parts(Context& ctx, Ref node);

}  // namespace nabla
