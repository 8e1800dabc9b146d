// Quotients of polynomials in kernels as products of powers, and back.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "simplify/polynomial_form.h"

namespace nabla {

// constant * the product of factor^exponent. Factors have content 1; exponents may be negative.
struct FactoredForm {
  Rational constant = 1;
  std::vector<std::pair<Polynomial, int64_t>> factors;
};

// Whether a power with a negative number as its exponent stands in what the form was read from.
bool has_denominators(const Context& ctx, const PolynomialForm& form);

// With factors that are irreducible over the rationals. A kernel sqrt(x) counts as x where only even powers
// of it occur: x - 1 stays, though it is (sqrt(x) - 1)*(sqrt(x) + 1). f is not 0. Throws TooLarge.
FactoredForm factored(const PolynomialForm& form, const RationalFunction& f);

// With the factors among those given that divide, in their order; what is left of the numerator is one
// factor, and what is left of the denominator is split if that is not too large.
FactoredForm divided_by(const PolynomialForm& form, const RationalFunction& f,
                        std::span<const Polynomial> factors);

// The sums that occur in e as factors or as bases, the largest first: in such factors e was written.
std::vector<Polynomial> written_factors(const Context& ctx, const PolynomialForm& form);

// With `turning`, a negative constant changes the sign of a factor that has terms of both signs:
// (1 - x)*(x + 1).
Ref expression(Context& ctx, PolynomialForm& form, const FactoredForm& f, bool turning = true);

}  // namespace nabla
