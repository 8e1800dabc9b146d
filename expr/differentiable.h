// Where derivatives of functions of vectors and matrices exist, which no comparison of numbers says: that an
// eigenvalue is simple, or that the largest entry is the only one.
#pragma once

#include <string_view>

#include "expr/context.h"

namespace nabla {

// "the largest eigenvalue of # is simple", with # for the argument: of a function or reduction that does not
// have derivatives everywhere; empty for any other expression. Magnus and Neudecker, Matrix Differential
// Calculus, 3rd edition, 2019, chapters 8 and 9.
std::string_view differentiable_words(const Context& ctx, Ref call);

// call <= call, a condition that stands for "the call can be differentiated".
Ref differentiable(Context& ctx, Ref call);
// The call of differentiable(call); Ref{} of any other condition.
Ref differentiable_call(const Context& ctx, Ref condition);

}  // namespace nabla
