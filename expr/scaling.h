// Scalars out of tensors and of functions of tensors: inv(c*A) is inv(A)/c, det(c*A) is c^n*det(A).
#pragma once

#include <span>

#include "expr/context.h"

namespace nabla {

// A tensor as scalar*rest; the scalar is 1 where there is none to take out.
struct Scaled {
  Ref scalar, rest;
};
Scaled split_scalars(Context& ctx, Ref tensor);

// f(c*X, …) with c taken out, by the column `scaling` of the table; Ref{}: there is no c, or what is asked of
// it is not known. Where c may have any sign and |c| comes out, that is done only if `any_sign`.
Ref scaled_function(Context& ctx, Fn f, std::span<const Ref> arguments, bool any_sign);

// log(c^n*det(A)) as n*log(c) + logdet(A), which does not overflow; Ref{}: there is no determinant in the
// product, or it is not known that all other factors are positive.
Ref log_of_determinants(Context& ctx, Ref product);

}  // namespace nabla
