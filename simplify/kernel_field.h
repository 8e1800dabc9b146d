// The field of quotients of polynomials in kernels. Internal to zero_test.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "expr/context.h"
#include "expr/polynomial.h"

namespace nabla {

// n/d, d not 0.
struct Quotient {
  Polynomial n, d;
};

// What is no number, sum, product or integer power, and what relation it satisfies.
struct Kernel {
  enum class Sort {
    plain,
    sine,    // s^2 = 1 - c^2, where c is the next kernel
    root,    // its `degree`-th power is the value of `base`
    modulus  // its square is the square of `base`
  };
  Sort sort = Sort::plain;
  uint64_t degree = 0;
  Ref base;
};

// Invariant: kernels are numbered in the order in which their bases need each other, so that a relation
// speaks of earlier kernels only (and a sine of its cosine).
class KernelField {
 public:
  KernelField(Context& ctx, Ref root);

  // Of the root. Throws TooLarge, and Undecided where a denominator may be 0.
  struct Undecided {};
  bool is_zero();

 private:
  struct Family {  // exp(k*b/d), or b1^(k*b/d): the common denominator d of the k, and the kernel
    uint64_t denominator = 1;
    size_t kernel = 0;
  };
  using Key = std::pair<Ref, Ref>;  // the base (Ref{} for exp, `one` for angles), the body

  // --- finding the kernels ---
  void collect(Ref root);
  void collect_exponent(Ref base, Ref exponent);
  void needs(Ref r, std::vector<Ref>& list) const;
  void number_kernels();
  size_t add_kernel(Kernel k);

  // --- values ---
  Quotient value(Ref r);
  Quotient function_value(Ref r);
  Quotient power_value(Ref r);
  Quotient exponential(Ref base, Ref exponent);
  Quotient root_power(Ref base, const Rational& exponent);
  Quotient of_family(const Key& key, const Rational& coefficient);
  std::pair<Quotient, Quotient> sine_and_cosine(Ref angle);
  Quotient constant(const Rational& c) const;
  Quotient variable(size_t kernel) const;
  Quotient sum(const Quotient& a, const Quotient& b) const;
  Quotient product(const Quotient& a, const Quotient& b) const;
  Quotient power(const Quotient& a, const Rational& integer);
  Polynomial reduced(Polynomial p);

  Context& ctx_;
  Ref root_;
  std::vector<Ref> order_;  // of the nodes with values, parts first
  std::map<Key, Family> families_;
  std::unordered_map<Ref, uint64_t> roots_;  // the degree of the root of a base
  std::unordered_map<Ref, size_t> kernel_of_;
  std::unordered_map<Ref, size_t> root_of_;
  uint64_t degree_ = 1;                        // of all roots
  std::unordered_map<Ref, size_t> same_root_;  // the kernel of a base of the same value
  std::vector<size_t> root_kernels_;           // of different values
  std::vector<Kernel> kernels_;
  std::optional<PolynomialRing> ring_;
  std::unordered_map<Ref, Quotient> values_;
};

}  // namespace nabla
