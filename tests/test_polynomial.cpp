// Polynomials: sums of terms, powers, quotients and factors, and what is refused as too large.
#include <catch2/catch.hpp>

#include "expr/polynomial.h"
#include "simplify/rational_function.h"

using namespace nabla;

namespace {

struct Ring3 {
  PolynomialRing ring{3};
  Polynomial x = ring.variable(0), y = ring.variable(1), z = ring.variable(2);
  Polynomial c(int64_t n) const { return ring.constant(n); }
};

Polynomial product_of(const Ring3& r, const Polynomial::Factored& f) {
  Polynomial p = r.ring.constant(f.constant);
  for (const auto& [factor, n] : f.factors) p = p * factor.pow(n);
  return p;
}

}  // namespace

TEST_CASE("polynomial: from terms in any order, like ones together", "[polynomial]") {
  const Ring3 r;
  const Rational half = Rational::fraction(1, 2);
  const PolynomialTerm terms[] = {{3, {0, 0, 0}}, {half, {2, 1, 0}}, {half, {2, 1, 0}}, {-3, {0, 0, 0}}};
  CHECK(r.ring.from_terms(terms) == r.x * r.x * r.y);
  CHECK(r.ring.from_terms({}).is_zero());
  CHECK(r.ring.variables() == 3);
}

TEST_CASE("polynomial: terms are read back", "[polynomial]") {
  const Ring3 r;
  const Rational big = *Rational::parse("123456789012345678901234567890", 100);
  const Polynomial p = r.x.pow(2) * r.z.times(Rational::fraction(-2, 3)) + r.y.times(-big) + r.c(5);
  REQUIRE(p.terms() == 3);
  uint64_t e[3];
  p.exponents(0, e);
  CHECK((e[0] == 2 && e[1] == 0 && e[2] == 1));
  CHECK(p.coefficient(0) == Rational::fraction(-2, 3));
  CHECK(p.coefficient(1) == -big);
  CHECK(p.coefficient(2) == Rational(5));
  CHECK(p.degree(0) == 2);
  CHECK(p.degree(1) == 1);
  CHECK(r.c(0).degree(0) == 0);
}

TEST_CASE("polynomial: content and sign", "[polynomial]") {
  const Ring3 r;
  const Polynomial p = r.x.times(Rational::fraction(-4, 3)) + r.c(2);
  CHECK(p.content() == Rational::fraction(-2, 3));
  CHECK(p.times(Rational(1) / p.content()) == r.x.times(2) - r.c(3));
  CHECK(r.c(0).content().is_zero());
}

TEST_CASE("polynomial: factors of products of irreducible ones", "[polynomial]") {
  const Ring3 r;
  // x^2 + y^2 + 1 and x*y + z are irreducible over the rationals; x^4 + 4 is not (Sophie Germain).
  const Polynomial a = r.x.pow(2) + r.y.pow(2) + r.c(1), b = r.x * r.y + r.z;
  const Polynomial p = a.pow(2) * b.times(-6);
  const auto f = p.factored();
  CHECK(f.constant == Rational(-6));
  REQUIRE(f.factors.size() == 2);
  for (const auto& [factor, n] : f.factors) CHECK(factor == (n == 2 ? a : b));
  const auto germain = (r.x.pow(4) + r.y.pow(4).times(4)).factored();
  CHECK(germain.factors.size() == 2);
  CHECK(product_of(r, germain) == r.x.pow(4) + r.y.pow(4).times(4));
  const Polynomial square = (r.x.pow(2) - r.c(1)).pow(2) * (r.x + r.c(2));
  CHECK(square.squarefree_factored().factors.size() == 2);
  CHECK(product_of(r, square.squarefree_factored()) == square);
}

TEST_CASE("polynomial: what is linear is irreducible but for a monomial", "[polynomial]") {
  const Ring3 r;
  const auto number_of_factors = [](const Polynomial& p) { return p.factored().factors.size(); };
  CHECK(number_of_factors(r.x * r.y + r.z.pow(4) + r.c(3)) == 1);
  CHECK(number_of_factors(r.x.pow(3) - r.y.pow(2)) == 1);
  CHECK(number_of_factors(r.x.pow(4) - r.y.pow(2)) == 2);
  CHECK(number_of_factors(r.x * r.y + r.x + r.y + r.c(1)) == 2);
  const Polynomial p = (r.x.pow(2) * r.y * (r.z * r.y.pow(2) - r.x)).times(Rational::fraction(-2, 3));
  const auto f = p.factored();
  CHECK(f.factors.size() == 3);
  CHECK(f.constant.abs() == Rational::fraction(2, 3));
  CHECK(product_of(r, f) == p);
}

// Products of factors that are irreducible: coprime where they share none.
TEST_CASE("polynomial: greatest common divisors", "[polynomial]") {
  const Ring3 r;
  const Polynomial factors[] = {r.x + r.y, r.x * r.y - r.z, r.x.pow(2) + r.c(1), r.z - r.c(7),
                                r.x,       r.y.pow(3) - r.z};
  for (size_t mask = 1; mask < 64; ++mask) {
    for (size_t other = 1; other < 64; ++other) {
      Polynomial a = r.c(6), b = r.c(-4), common = r.c(1);
      for (size_t i = 0; i < 6; ++i) {
        if (mask >> i & 1) a = a * factors[i];
        if (other >> i & 1) b = b * factors[i];
        if (mask & other & (size_t{1} << i)) common = common * factors[i];
      }
      CHECK(gcd(a, b) == common);
    }
  }
  CHECK(gcd(r.c(0), r.x + r.y) == r.x + r.y);
  CHECK(gcd(r.c(5), r.x + r.y) == r.c(1));
}

TEST_CASE("polynomial: a product in other variables is seen to be too large", "[polynomial]") {
  const Ring3 r;
  const Polynomial p = (r.x + r.c(1)).pow(4), q = (r.y + r.z).pow(5), s = r.x * r.z - r.c(1);
  CHECK(are_in_other_variables(p, q));
  CHECK_FALSE(are_in_other_variables(p, s));
  CHECK_FALSE(are_in_other_variables(s, q));
  CHECK(are_in_other_variables(p, r.c(3)));
  const auto product = [&](std::vector<Polynomial> factors, size_t most_terms) {
    std::vector<RationalFunction> list;
    for (Polynomial& f : factors) list.push_back({std::move(f), r.c(1)});
    return product_of(std::move(list), most_terms).n.terms();
  };
  CHECK(product({p, q}, 30) == 30);  // 5 terms times 6
  CHECK_THROWS_AS(product({p, q}, 29), TooLarge);
  CHECK(product({p, r.x - r.c(1)}, 5) == 6);  // what has a variable in common may cancel, and is computed
}

TEST_CASE("polynomial: quotient or none", "[polynomial]") {
  const Ring3 r;
  const Polynomial p = r.x.pow(3) - r.y.pow(3);
  REQUIRE(p.quotient(r.x - r.y));
  CHECK(*p.quotient(r.x - r.y) == r.x.pow(2) + r.x * r.y + r.y.pow(2));
  CHECK_FALSE(p.quotient(r.x + r.y));
  CHECK_FALSE(p.quotient(r.x - r.x));  // by 0
}

TEST_CASE("polynomial: what is too large is refused before it begins", "[polynomial]") {
  const Ring3 r;
  const Polynomial s = r.x + r.y + r.z + r.c(1);
  CHECK(s.pow(40).terms() == 12'341);  // C(43, 3)
  CHECK_THROWS_AS(s.pow(1000), TooLarge);
  CHECK_THROWS_AS(r.x.pow(uint64_t{1} << 40), TooLarge);
  CHECK_THROWS_AS((r.x + r.c(1)).pow(1'000'000), TooLarge);
  CHECK_THROWS_AS((r.x.pow(840) - r.c(1)).factored(), TooLarge);  // would take 20 s
  CHECK(gcd(r.x.pow(900) * r.y.pow(900) - r.c(1), r.x.pow(899) * r.y.pow(899) - r.c(1)).is_one());
}
