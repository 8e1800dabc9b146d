// Whether two expressions of vectors and matrices of symbolic size are equal.
//
// Proved: their difference is 0 in normal form (simplify/expand_tensor.h). Refuted: at two random points of
// small sizes, inside the declared domains and structures, both are defined and far apart. Otherwise unknown.
#pragma once

#include <cstdint>

#include "session/equality.h"

namespace nabla {

// Whether one of the two cannot be taken entry by entry: an extent below it is no number, or data chooses an
// entry.
bool has_no_entries(Context& ctx, Ref a, Ref b);

Verdict compare_whole(Context& ctx, Ref a, Ref b, uint64_t seed);

// a < b or a <= b of scalars: refuted where a is larger at two random points by more than rounding.
Verdict refute_whole(Context& ctx, Relation relation, Ref a, Ref b, uint64_t seed);

}  // namespace nabla
