// Polynomials in several variables with rational coefficients, by FLINT.
//
// Invariant: operands belong to one ring. FLINT cannot be interrupted and aborts on overflow, so every
// operation bounds the size of its result first and throws TooLarge beyond: about 50 ms of work each.
// polynomial.cpp is the only file that touches FLINT's polynomials.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "expr/number.h"

namespace nabla {

struct TooLarge {};  // thrown and caught by those who compute with polynomials: there is another way to go on

class Polynomial;

class PolynomialRing {
 public:
  // Variables are ordered lexicographically, 0 first. variables >= 1.
  explicit PolynomialRing(size_t variables);
  ~PolynomialRing();
  PolynomialRing(const PolynomialRing&) = delete;
  PolynomialRing& operator=(const PolynomialRing&) = delete;

  Polynomial constant(const Rational& c) const;
  Polynomial variable(size_t index) const;

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
  Polynomial pow(uint64_t n) const;
  // The greatest common divisor, normalised; 1 where it was too large to be computed.
  friend Polynomial gcd(const Polynomial& a, const Polynomial& b);
  Polynomial exact_quotient(const Polynomial& divisor) const;  // the divisor divides

  bool is_zero() const;
  bool is_one() const;
  size_t terms() const;
  // The coefficients of the powers of a variable, highest first.
  std::vector<std::pair<uint64_t, Polynomial>> coefficients(size_t variable) const;

 private:
  friend class PolynomialRing;
  struct Value;
  explicit Polynomial(std::shared_ptr<const PolynomialRing::Impl> ring);
  std::unique_ptr<Value> value_;
};

}  // namespace nabla
