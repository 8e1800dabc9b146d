// real(u) + im*imag(u) is u, and real(u) - im*imag(u) is conj(u).
#pragma once

#include "expr/context.h"

namespace nabla {

// The same value, with the parts put together in every scalar sum where all that im is a factor of has its
// other part there.
Ref join_complex_parts(Context& ctx, Ref e);

}  // namespace nabla
