// The form that a person would write: of the forms that the passes find, the one of the least weight.
//
// Bottom up, each part is tried in the forms that the passes give it, and the lightest stays (weight.h);
// rounds follow each other until none makes the whole lighter. So the result is never heavier than what was
// given, simplifying it again gives the same, and it depends on the content of the expression alone. No value
// changes; where a form is defined at more points, the conditions of the answer say so (expr/conditions.h).
#pragma once

#include "expr/context.h"
#include "simplify/passes.h"

namespace nabla {

class SimplifyTrace;

// Bounded work: where it ends before the rounds do, the lightest form so far, and a note that says so. What
// is done is written to `trace`, if there is one.
Ref simplify(Context& ctx, Ref e, Notes* notes = nullptr, SimplifyTrace* trace = nullptr);

}  // namespace nabla
