// The named passes: other forms of the same value, asked for by name.
//
// Invariant: what is returned equals e wherever e has a value; where it has more, the conditions of the
// answer say so (expr/conditions.h). What would be too large to compute stays as it is, and a note says so.
// Of a vector, a matrix or a branch, the scalars in it are rewritten. A pass that changes nothing returns e.
#pragma once

#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

using Notes = std::vector<std::string>;

// Products and powers of sums multiplied out, inside functions too: sin((x + 1)^2) is sin(x^2 + 2*x + 1).
// Denominators and radicands stay as they are: (x + 1)^2/(y + 1)^3 is a sum of three terms over (y + 1)^3.
// Products of matrices and vectors too: (A + B)*x is A*x + B*x.
Ref expand(Context& ctx, Ref e, Notes* notes = nullptr);
// The same; what would have more terms stays as it is.
Ref expand_within(Context& ctx, Ref e, size_t most_terms);

// The passes below look at the outermost sums, products and powers, not inside functions.

// Numerator and denominator as products of polynomials that are irreducible over the rationals.
Ref factor(Context& ctx, Ref e, Notes* notes = nullptr);

// One fraction in lowest terms, in the factors that e was written in: 1/(x - 1) + 1/(x + 1) is
// 2*x/((x - 1)*(x + 1)).
Ref together(Context& ctx, Ref e, Notes* notes = nullptr);

// One fraction in lowest terms, with numerator and denominator multiplied out.
Ref cancel(Context& ctx, Ref e, Notes* notes = nullptr);

// Ordered by powers of x, a name or a function, with expanded coefficients: a*x + b*x is (a + b)*x.
Ref collect(Context& ctx, Ref e, Ref x, Notes* notes = nullptr);

// Partial fractions in x, over the factors of the denominator that are irreducible over the rationals; what
// does not contain x is a parameter, and what contains roots of x stays. 1/(x^2 - 1) is 1/(2*(x - 1)) -
// 1/(2*(x + 1)). `conditions` receives where this holds: 1/((x - a)*(x - b)) has partial fractions where a -
// b != 0.
Ref apart(Context& ctx, Ref e, Ref x, std::vector<Ref>& conditions, Notes* notes = nullptr);

// For the passes: says once that a part was too large, and how many terms it would have, where that is known.
void note_too_large(const Context& ctx, Notes* notes, const std::string& terms = {});
// That the work of one call of simplify or trig is spent.
void note_spent(const Context& ctx, Notes* notes);

}  // namespace nabla
