// Conjugates, real and imaginary parts and moduli of complex expressions, in their canonical forms.
//
// A conjugate goes down to the names: it passes sums, products, powers with integer exponents and every
// function with f(conj(x)) = conj(f(x)) for all x; it stays outside of functions with branch cuts, where that
// does not hold on the cut. real and imag are linear over the reals: sums are taken term by term, real
// factors and the imaginary unit come out. Of u and conj(u) the one with fewer conjugates stands under real,
// imag and abs. What is not marked complex_valued is real, and is its own conjugate.
#pragma once

#include "expr/context.h"

namespace nabla {

Ref conjugate(Context& ctx, Ref e);
Ref real_part(Context& ctx, Ref e);
Ref imaginary_part(Context& ctx, Ref e);
Ref modulus(Context& ctx, Ref e);  // abs of what is complex_valued
Ref adjoint(Context& ctx, Ref e);  // the transposed conjugate, of order 0 to 2

// Whether the value is proved to be real: the expression is its own conjugate.
bool is_proved_real(Context& ctx, Ref e);

// conj, real, imag, and abs of complex values: Ref{} for any other function.
Ref complex_function(Context& ctx, Fn f, Ref argument);

}  // namespace nabla
