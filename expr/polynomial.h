// Polynomials in several variables with rational coefficients, by FLINT.
//
// Invariant: operands belong to one ring. FLINT cannot be interrupted and aborts on overflow, so every
// operation bounds the size of its result first and throws TooLarge beyond: about 50 ms of work each.
// polynomial.cpp is the only file that touches FLINT's polynomials.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "expr/number.h"

namespace nabla {

struct TooLarge {};  // thrown and caught by those who compute with polynomials: there is another way to go on

class Polynomial;

// A coefficient and the exponent of each variable.
struct PolynomialTerm {
  Rational coefficient;
  std::vector<uint64_t> exponents;
};

class PolynomialRing {
 public:
  // Variables are ordered lexicographically, 0 first. variables >= 1.
  explicit PolynomialRing(size_t variables);
  ~PolynomialRing();
  PolynomialRing(const PolynomialRing&) = delete;
  PolynomialRing& operator=(const PolynomialRing&) = delete;

  Polynomial constant(const Rational& c) const;
  Polynomial variable(size_t index) const;
  // The sum of the terms, which come in any order and may be alike.
  Polynomial from_terms(std::span<const PolynomialTerm> terms) const;
  size_t variables() const;

 private:
  friend class Polynomial;
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

class Polynomial {
 public:
  Polynomial(const Polynomial& other);
  Polynomial(Polynomial&& other) noexcept;
  Polynomial& operator=(Polynomial other) noexcept;
  ~Polynomial();

  friend Polynomial operator+(const Polynomial& a, const Polynomial& b);
  friend Polynomial operator-(const Polynomial& a, const Polynomial& b);
  friend Polynomial operator*(const Polynomial& a, const Polynomial& b);
  // Whether no variable occurs in both, so that a*b has the product of their numbers of terms.
  friend bool are_in_other_variables(const Polynomial& a, const Polynomial& b);
  Polynomial pow(uint64_t n) const;
  // The greatest common divisor, normalised; 1 where it was too large to be computed.
  friend Polynomial gcd(const Polynomial& a, const Polynomial& b);
  Polynomial exact_quotient(const Polynomial& divisor) const;           // the divisor divides
  std::optional<Polynomial> quotient(const Polynomial& divisor) const;  // none: it does not divide
  // *this = first*divisor + second, where no term of second is a multiple of the divisor's first term.
  std::pair<Polynomial, Polynomial> divided(const Polynomial& divisor) const;
  Polynomial times(const Rational& c) const;
  // The coefficient c for which *this/c has coprime integer coefficients and a positive first one; 0 of 0.
  Rational content() const;

  // constant * the product of factor^multiplicity; the factors have content 1, degree >= 1, and are
  // irreducible over the rationals.
  struct Factored {
    Rational constant;
    std::vector<std::pair<Polynomial, uint64_t>> factors;
  };
  Factored factored() const;             // not of 0
  Factored squarefree_factored() const;  // likewise, with coprime factors without squares

  bool is_zero() const;
  bool is_one() const;
  bool is_constant() const;
  friend bool operator==(const Polynomial& a, const Polynomial& b);
  size_t terms() const;
  uint64_t total_degree() const;                                // 0 of 0
  uint64_t degree(size_t variable) const;                       // 0 of 0
  Rational coefficient(size_t term) const;                      // terms are ordered, the highest first
  void exponents(size_t term, std::span<uint64_t> list) const;  // one for each variable of the ring
  // The coefficients of the powers of a variable, highest first.
  std::vector<std::pair<uint64_t, Polynomial>> coefficients(size_t variable) const;

 private:
  friend class PolynomialRing;
  struct Value;
  explicit Polynomial(std::shared_ptr<const PolynomialRing::Impl> ring);
  Factored factored_to(bool irreducible) const;
  std::optional<Factored> factored_at_once() const;
  std::unique_ptr<Value> value_;
};

}  // namespace nabla
