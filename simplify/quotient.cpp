#include "simplify/quotient.h"

namespace nabla {

Quotient quotient_of(const PolynomialRing& ring, const Rational& c) {
  return {ring.constant(c), ring.constant(1)};
}

Quotient quotient_of(const PolynomialRing& ring, const Polynomial& p) { return {p, ring.constant(1)}; }

Quotient operator+(const Quotient& a, const Quotient& b) {
  if (a.n.is_zero()) return b;
  if (b.n.is_zero()) return a;
  if (a.d == b.d) {
    const Polynomial n = a.n + b.n, g = gcd(n, a.d);
    return g.is_one() ? Quotient{n, a.d} : Quotient{n.exact_quotient(g), a.d.exact_quotient(g)};
  }
  const Polynomial g = gcd(a.d, b.d), x = a.d.exact_quotient(g), y = b.d.exact_quotient(g);
  const Polynomial n = a.n * y + b.n * x, d = a.d * y;
  if (g.is_one()) return {n, d};
  const Polynomial common = gcd(n, g);  // what n shares with d divides g
  return {n.exact_quotient(common), d.exact_quotient(common)};
}

Quotient operator-(const Quotient& a, const Quotient& b) { return a + scaled(b, -1); }

Quotient operator*(const Quotient& a, const Quotient& b) {
  if (a.n.is_constant() && a.d.is_one()) return {b.n * a.n, b.d};
  if (b.n.is_constant() && b.d.is_one()) return {a.n * b.n, a.d};
  const Polynomial g = gcd(a.n, b.d), h = gcd(b.n, a.d);
  return {a.n.exact_quotient(g) * b.n.exact_quotient(h), a.d.exact_quotient(h) * b.d.exact_quotient(g)};
}

Quotient scaled(const Quotient& a, const Rational& c) { return {a.n.times(c), a.d}; }

Quotient power(const Quotient& a, int64_t k) {
  const auto size = k < 0 ? uint64_t{0} - static_cast<uint64_t>(k) : static_cast<uint64_t>(k);
  if (k >= 0) return {a.n.pow(size), a.d.pow(size)};
  return {a.d.pow(size), a.n.pow(size)};
}

}  // namespace nabla
