#include "simplify/rational_function.h"

#include <algorithm>
#include <cstdint>

namespace nabla {

RationalFunction quotient_of(const PolynomialRing& ring, const Rational& c) {
  return {ring.constant(c), ring.constant(1)};
}

RationalFunction quotient_of(const PolynomialRing& ring, const Polynomial& p) {
  return {p, ring.constant(1)};
}

RationalFunction quotient(const Polynomial& n, const Polynomial& d) {
  if (d.is_one()) return {n, d};
  const Polynomial g = gcd(n, d);
  return g.is_one() ? RationalFunction{n, d} : RationalFunction{n.exact_quotient(g), d.exact_quotient(g)};
}

// Henrici (J. ACM 3, 1956): the gcds are those of smaller polynomials.
RationalFunction operator+(const RationalFunction& a, const RationalFunction& b) {
  if (a.n.is_zero()) return b;
  if (b.n.is_zero()) return a;
  if (a.d.is_one() && b.d.is_one()) return {a.n + b.n, a.d};
  if (a.d == b.d) return quotient(a.n + b.n, a.d);
  const Polynomial g = gcd(a.d, b.d);
  if (g.is_one()) return {a.n * b.d + b.n * a.d, a.d * b.d};
  const Polynomial x = a.d.exact_quotient(g), y = b.d.exact_quotient(g);
  const Polynomial n = a.n * y + b.n * x;
  const Polynomial common = gcd(n, g);
  return {n.exact_quotient(common), x * b.d.exact_quotient(common)};
}

static Polynomial product(const Polynomial& a, const Polynomial& b, size_t most_terms) {
  if (a.terms() > most_terms / std::max<size_t>(b.terms(), 1) && are_in_other_variables(a, b))
    throw TooLarge{};
  return a * b;
}

static RationalFunction product(const RationalFunction& a, const RationalFunction& b, size_t most_terms) {
  if (a.n.is_constant() && a.d.is_one()) return {b.n * a.n, b.d};
  if (b.n.is_constant() && b.d.is_one()) return {a.n * b.n, a.d};
  if (a.d.is_one() && b.d.is_one()) return {product(a.n, b.n, most_terms), a.d};
  const RationalFunction x = quotient(a.n, b.d), y = quotient(b.n, a.d);
  return {product(x.n, y.n, most_terms), product(x.d, y.d, most_terms)};
}

RationalFunction operator*(const RationalFunction& a, const RationalFunction& b) {
  return product(a, b, SIZE_MAX);
}

RationalFunction operator-(const RationalFunction& a, const RationalFunction& b) { return a + scaled(b, -1); }

RationalFunction scaled(const RationalFunction& a, const Rational& c) { return {a.n.times(c), a.d}; }

RationalFunction pow(const RationalFunction& a, int64_t n) {
  const auto size = n < 0 ? uint64_t{0} - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  if (n < 0) return {a.d.pow(size), a.n.pow(size)};
  return {a.n.pow(size), a.d.pow(size)};
}

template <class Join>
static RationalFunction by_pairs(std::vector<RationalFunction> list, Join join) {
  while (list.size() > 1) {
    size_t out = 0;
    for (size_t i = 0; i + 1 < list.size(); i += 2) list[out++] = join(list[i], list[i + 1]);
    if (list.size() % 2 != 0) {
      RationalFunction last = std::move(list.back());
      list[out++] = std::move(last);
    }
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(out), list.end());
  }
  return std::move(list[0]);
}

RationalFunction sum_of(std::vector<RationalFunction> list) {
  return by_pairs(std::move(list), [](const auto& a, const auto& b) { return a + b; });
}

RationalFunction product_of(std::vector<RationalFunction> list, size_t most_terms) {
  return by_pairs(std::move(list), [=](const auto& a, const auto& b) { return product(a, b, most_terms); });
}

}  // namespace nabla
