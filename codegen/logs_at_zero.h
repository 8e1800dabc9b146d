// x*log(x) at x = 0, where its limit is 0 and 0*log(0) is NaN: in such a product the logarithm counts as 0.
//
// Invariant: only logarithms change that stand beside a factor which is 0 where their argument is, and only
// there. So the value of x*log(x) at 0 is 0, its derivative log(x) + 1 is the infinity that it should be.
#pragma once

#include "expr/context.h"
#include "expr/program.h"

namespace nabla {

// For whole arrays.
Ref with_logs_at_zero(Context& ctx, Ref e);
// For the lets of a function of scalars.
Program with_logs_at_zero(Context& ctx, Program program);

}  // namespace nabla
