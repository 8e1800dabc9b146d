// Circular functions of rational multiples of pi by those of angles from 0 to pi/2, which the column `exact`
// of the table of functions knows.
//
// Invariant: the value is the same; an angle at which the function has no value stays.
#pragma once

#include "expr/context.h"

namespace nabla {

// sin(7*pi/6) is -sin(pi/6). Ref{}: f is no circular function, or the angle no rational multiple of pi or in
// the first quadrant.
Ref in_first_quadrant(Context& ctx, Fn f, Ref angle);

}  // namespace nabla
