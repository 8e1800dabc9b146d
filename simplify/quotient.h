// Quotients of polynomials: the values a zero test computes with.
//
// Invariant: the denominator is not the polynomial 0. Numerator and denominator are coprime as polynomials
// wherever a common divisor was small enough to be found.
#pragma once

#include <cstdint>

#include "expr/polynomial.h"

namespace nabla {

struct Quotient {
  Polynomial n, d;
};

Quotient quotient_of(const PolynomialRing& ring, const Rational& c);
Quotient quotient_of(const PolynomialRing& ring, const Polynomial& p);
Quotient operator+(const Quotient& a, const Quotient& b);
Quotient operator-(const Quotient& a, const Quotient& b);
Quotient operator*(const Quotient& a, const Quotient& b);
Quotient scaled(const Quotient& a, const Rational& c);
// a^k for k >= 0; of a quotient that is not 0 also below: the caller knows that.
Quotient power(const Quotient& a, int64_t k);

}  // namespace nabla
