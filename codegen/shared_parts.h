// The difference of two lets over what both are computed from.
#pragma once

#include "expr/program.h"

namespace nabla {

// a - sign*b, where each let that both are computed from stands as a name for any real number: if that is 0,
// so is the difference of their closed forms, which is longer by far. Ref{} where they share none. `a`: a let
// of the program; `b`: a let or a number. Spends from the Budget by lets.
Ref difference_over_shared(Context& ctx, const Program& program, Ref a, Ref b, Ref sign);

}  // namespace nabla
