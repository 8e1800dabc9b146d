// Whether a matrix or vector is 0 by what inverses of sums are: K*inv(K) = eye(n) for K = A + P*Q, of which
// the normal form, where every product is multiplied out, knows nothing. Woodbury's identity, push-through
// and A*inv(A + B)*B = B*inv(A + B)*A are such.
//
// An inverse at the left or right end of a term is multiplied away: K*E is 0 only where E is. Inside a term
// the product of inv(K) and the longest summand of K gives way to the identity and the other summands.
#pragma once

#include "expr/context.h"

namespace nabla {

// A form whose value is 0 where that of `normal` (of expand_tensor) is, with fewer inverses of sums; Ref{}:
// there is nothing to do. No order of the steps is best for all: of several longest summands the first or the
// last gives way, before or after the inverses at the ends are multiplied away.
struct StepOrder {
  bool last_summand = false, ends_first = false;
};
Ref with_inverses_multiplied_out(Context& ctx, Ref normal, StepOrder order);

}  // namespace nabla
