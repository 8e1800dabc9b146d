// A scalar as a quotient of polynomials in kernels, and back.
//
// Kernels are what is no number, sum, product or integer power. Powers of one base share them: exp(x) and
// exp(2*x) are powers of one, exp(x + y) is a product of two, x^(n + 1) is x^n*x, and the rational powers of
// u are powers of one root r = u^(1/d), with r^d = u as a relation where u is no kernel itself. Such splits
// are made only where every part has a value wherever the whole has one (u^(m + n) of a negative u is not
// u^m*u^n), and what is written back is put together again. Further relations are im^2 = -1 and |u|^2 = u^2.
//
// Invariant: every value equals its node wherever that has a value.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "expr/context.h"
#include "simplify/rational_function.h"
#include "simplify/scalar_regions.h"

namespace nabla {

// What becomes of 1/(x + 1): a quotient of polynomials, or a kernel, so that all denominators are monomials.
enum class Denominators { divided, kept };

// The terms of all polynomials so far; several forms may share an allowance.
struct PolynomialWork {
  size_t terms = 0;
  size_t most_terms = SIZE_MAX;  // of one value; that of the limits if that is less
  size_t most_values = 20;       // terms of all values, in units of the limit of one
  bool is_spent = false;
};

class PolynomialForm {
 public:
  // Kernels inside kernels are those of `images`, if given, instead of those of e.
  PolynomialForm(Context& ctx, Ref e, Denominators denominators, const Images* images = nullptr,
                 PolynomialWork work = {});
  const PolynomialWork& work() const { return work_; }

  // Of e. Throws TooLarge, and Failure(division_by_zero) where e has no value anywhere.
  RationalFunction value();
  // Of a node of e, after value(); null for what was large and is not kept.
  const RationalFunction* value_of(Ref node) const;

  std::span<const Ref> nodes() const { return order_; }  // with values; parts first

  const PolynomialRing& ring() const { return *ring_; }
  size_t kernels() const { return kernels_.size(); }
  Ref base(size_t kernel) const { return kernels_[kernel].base; }
  // The kernel is base^(over/under*body).
  Ref body(size_t kernel) const { return kernels_[kernel].body; }
  // Of kernel x^(1/d), d; else 1.
  uint64_t root_degree(size_t kernel) const { return kernels_[kernel].root; }
  Ref kernel(size_t k) { return power(k, 1); }
  // With powers of the kernels below the degrees of their relations.
  RationalFunction reduced(const RationalFunction& f);
  // And with (u^(1/d))^d cancelled against u.
  RationalFunction lowest(const RationalFunction& f);

  // The sum of the terms of p/d, where d is a monomial.
  Ref expression(const Polynomial& p, const Polynomial& d);
  Ref expression(const Polynomial& p);
  // c times the powers of the kernels.
  Ref monomial(const Rational& c, std::span<const int64_t> exponents);

 private:
  struct Kernel {
    Ref base, body;
    Ref unit;  // the kernel is base^unit
    uint64_t root = 1;
    uint64_t degree = 0;  // kernel^degree is the value of the base; 0: a kernel without relation
    Ref square_of;        // |u|: u
  };
  struct Family {
    uint64_t over = 0, under = 1;  // the unit is over/under times the body
    bool related = false;
    size_t kernel = 0;
  };
  using Key = std::pair<Ref, Ref>;  // base, body
  struct Part {                     // base^(coefficient*body), a factor of a power
    Ref body;
    Rational coefficient;
  };

  // --- finding the kernels ---
  Ref image(Ref r) const;
  void visit(Ref root);
  void append_needs(Ref r, std::vector<Ref>& list) const;
  void find_kernels(Ref r);
  std::vector<Part> parts_of(Ref base, Ref exponent);
  Factor power_of(Ref r);
  void add_power(Ref base, Ref exponent);
  void add_family(Ref base, const Part& part, bool related);
  void number_kernels();

  // --- values ---
  RationalFunction compute(Ref r);
  RationalFunction power_value(Ref base, Ref exponent);
  RationalFunction kernel_power(size_t kernel, const Rational& exponent) const;
  RationalFunction constant(const Rational& c) const;
  size_t most_terms() const;
  void check_size(const RationalFunction& f);
  void spend(size_t terms);
  void drop_used(Ref r);
  RationalFunction relation(const Kernel& k);
  RationalFunction reduced_by(size_t kernel, const Polynomial& p, uint64_t down);

  // --- writing ---
  Ref power(size_t kernel, int64_t exponent);
  Term term(const Rational& c, std::span<const int64_t> exponents);

  Context& ctx_;
  Ref root_;
  Denominators denominators_;
  const Images* images_;
  std::vector<Ref> order_;  // parts first
  std::map<Key, Family> families_;
  std::vector<Kernel> kernels_;
  std::vector<size_t> related_;  // kernels with relations, those that others' bases contain last
  std::optional<PolynomialRing> ring_;
  std::unordered_map<Ref, RationalFunction> values_;
  std::unordered_map<Ref, size_t> uses_;
  PolynomialWork work_;
  std::vector<std::unordered_map<int64_t, Ref>> powers_;
  std::vector<Ref> written_bases_;
};

}  // namespace nabla
