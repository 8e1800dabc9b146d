// Whether an expression is not 0 as a function of its kernels, by its values modulo a prime.
//
// Names have random residues; the relations between functions hold modulo primes that are chosen for them
// (Gonnet, "Determining equivalence of expressions in random polynomial time", STOC 1984):
//   roots      p = 2*q + 1 for a prime q: the squares modulo p are a group of order q, in which every root is
//              unique; they play the positive numbers, and a point where a radicand is none is not used
//   exp(u)     g^u for a square g, where u is taken modulo q; b^u is the power of a square b
//   cos(u), sin(u)   the u-th power of a point of the circle c^2 + s^2 = 1 modulo p, a group whose order is a
//              multiple of a prime t, modulo which u is taken
//   others     a random function of the residues of their arguments
// Since an expression that is 0 by these relations is 0 modulo p, one that is not is no element that the
// field of kernels (kernel_field.h) could prove to be 0.
#pragma once

#include "expr/context.h"

namespace nabla {

// True: not 0 by the relations known, wherever signs of radicands allow all parts to be real. False says
// nothing: it may be 0, or have relations that are not known here. Nothing below e is complex or an operator.
bool differs_by_residues(Context& ctx, Ref e);

}  // namespace nabla
