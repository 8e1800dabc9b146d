// Quotients of polynomials.
//
// Invariant: the denominator is not 0. Sums, products and powers of quotients in lowest terms are in lowest
// terms, as far as gcd (expr/polynomial.h) is not too large; all throw TooLarge.
#pragma once

#include <vector>

#include "expr/polynomial.h"

namespace nabla {

struct RationalFunction {
  Polynomial n, d;
};

RationalFunction quotient_of(const PolynomialRing& ring, const Rational& c);    // c/1
RationalFunction quotient_of(const PolynomialRing& ring, const Polynomial& p);  // p/1
RationalFunction operator+(const RationalFunction& a, const RationalFunction& b);
RationalFunction operator-(const RationalFunction& a, const RationalFunction& b);
RationalFunction operator*(const RationalFunction& a, const RationalFunction& b);
RationalFunction scaled(const RationalFunction& a, const Rational& c);
RationalFunction pow(const RationalFunction& a, int64_t n);           // a is not 0 if n < 0
RationalFunction quotient(const Polynomial& n, const Polynomial& d);  // in lowest terms

// By pairs, so that the cost does not depend on the order: n log n for monomials. Not of an empty list. A
// product on the way that is seen to have more than `most_terms` above or below is not computed.
RationalFunction sum_of(std::vector<RationalFunction> list);
RationalFunction product_of(std::vector<RationalFunction> list, size_t most_terms);

}  // namespace nabla
