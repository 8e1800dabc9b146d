// The normal form of an expression of vectors, matrices and tensors that decides equality: a sum of products
// of labelled factors, none of which is a sum or a product itself.
//
// Products, powers with small exponents and linear functions are multiplied out; inverses and determinants of
// products of square matrices become products; the arguments of other functions are in normal form.
// Invariant: what is returned has the shape and, where it is defined, the values of what was given; larger
// expansions than `most_terms` are not made.
#pragma once

#include "expr/context.h"

namespace nabla {

inline constexpr size_t most_expanded_terms = 4096;

// Where a step is to be an identity: for equality where both sides are defined; for a form that replaces
// another wherever the other is defined, so that logdet(A*B) is no logdet(A) + logdet(B).
enum class Holds : uint8_t { where_both, where_given };

Ref expand_tensor(Context& ctx, Ref e, Holds holds = Holds::where_both);

}  // namespace nabla
