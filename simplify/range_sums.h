// Sums over 1:n of polynomials of the index in closed form: the sum of k for k in 1:n is n*(n + 1)/2
// (Faulhaber; Knuth, The Art of Computer Programming 1, 3rd edition 1997, 1.2.11.2), that of 2^k is 2^(n + 1)
// - 2, and the product of k is n!.
//
// Invariant: the closed form equals the sum for every n that the range may have, 0 included (n is known not
// to be negative), and is taken only where it is lighter.
#pragma once

#include "expr/context.h"
#include "simplify/weight.h"

namespace nabla {

Ref with_range_sums(Context& ctx, Weight& weight, Ref e);

}  // namespace nabla
