// Whether a scalar expression is 0, by computing in a field of kernels.
//
// The elementary functions are written by exp, log, sin and cos; what is left are sums, products and powers
// of kernels: exp(b/d) for the bodies b of all exponents (d their common denominator), sin(b/d) and cos(b/d)
// for those of all angles, roots, |u|, powers with symbolic exponents, and everything else as it is. The
// expression becomes a quotient of two polynomials in them (FLINT), reduced by the relations sin^2 + cos^2 =
// 1, (u^(1/d))^d = u and |u|^2 = u^2, which hold for principal values of complex numbers too. The relations
// known here may not be all, so "not 0" is never said. (Davenport, Siret and Tournier, Computer Algebra,
// 1988, 2.5.)
#pragma once

#include "expr/context.h"

namespace nabla {

// True: e is 0 wherever it is defined. False says nothing. Spends from the Budget; what grows beyond
// polynomial.h's bounds is false.
bool proved_zero(Context& ctx, Ref e);

}  // namespace nabla
