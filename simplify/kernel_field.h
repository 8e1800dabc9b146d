// The value of a scalar as a quotient of polynomials in kernels. Internal to zero_test.cpp.
//
// Kernels are made as they are met, parts first:
//   a power with a numeric exponent   |p|^(1/q) for each irreducible factor p of the base, and the sign of p
//   exp(u), b^u                       exp(v/d) for a basis v of the span of all exponents; b^u is exp(u*log
//   b) sin, cos, tan                     tan(v/(2*d)) for a basis v of the span of all angles log(u) log|p|
//   for each irreducible factor p of u anything else                     itself, one kernel for arguments of
//   one value
// so that exponentials, angles and logarithms satisfy no relation but those among their arguments, and a root
// satisfies r^q = sign(p)*p. (Risch's structure theorem; Bronstein, Symbolic Integration I, 2005, ch. 9.)
//
// Invariant: the relation of a kernel speaks of earlier kernels only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "expr/context.h"
#include "simplify/rational_function.h"
#include "simplify/rational_span.h"
#include "simplify/sign_system.h"

namespace nabla {

// real: on points where every part is real, so radicands and arguments of logarithms are positive.
// principal: complex principal values; the signs of radicands are unknown.
enum class Reading : uint8_t { real, principal };

// What is known only when a computation has gone far enough; then it begins again with the larger size.
struct FieldSize {
  uint64_t work = 0;             // terms of all values so far
  uint64_t most_work = 150'000;  // beyond, TooLarge
  size_t kernels = 16;
  std::unordered_map<Ref, uint64_t> roots;  // the degree of the root of each factor
  uint64_t principal_root = 1;              // of signs, and of what may not be real
  std::vector<uint64_t> exponents, angles;  // the common denominators of the members of each basis
};

class KernelField {
 public:
  struct Undecided {};    // thrown where a denominator may be 0
  struct Restart {};      // thrown when the size has been enlarged
  struct NoRealPoint {};  // thrown where the signs contradict each other
  static constexpr size_t most_kernels = 100;

  KernelField(Context& ctx, Reading reading, FieldSize& size);

  // Conditions under which e is 0 where the given comparisons hold; none: not proved. Empty
  // conditions: wherever e is defined.
  std::optional<std::vector<Ref>> zero_where(Ref e, std::span<const Ref> given);
  // After that: quantities on whose unknown signs the value of e may depend.
  std::vector<Ref> unknown_signs();

 private:
  using Signs = SignSystem::Product;
  struct Kernel {
    enum class Sort : uint8_t { plain, sign, root, sign_root, whole_root };
    Sort sort = Sort::plain;
    Ref meaning;
    bool real = true;
    int sign = 0;                               // 1: >= 0; -1: <= 0
    size_t base = 0;                            // of a sign or root
    uint64_t degree = 0;                        // of the relation of a root
    Signs signs;                                // of a sign_root, or that a logarithm is taken of
    std::optional<RationalFunction> whole;      // the power of a whole_root, or what a logarithm is taken of
    std::optional<RationalFunction> logarithm;  // of the absolute value
    enum class Log : uint8_t { none, base, signs, whole } log_of = Log::none;
  };
  using Powers = std::vector<std::pair<size_t, int64_t>>;  // of bases
  struct Factors {  // a value is its sign times the product of the powers of |p|
    Signs signs;
    bool real = true;
    Powers powers;
  };
  struct Base {  // an irreducible polynomial with content 1, or a prime number
    Polynomial p;
    bool real = true;
    int sign = 0;
    std::optional<size_t> bit, sign_kernel, root, logarithm;
    // Of the conjugate of an earlier base: the norm over that base, so that only one of the two is a root of
    // its own.
    std::optional<Factors> instead;
  };
  struct Component {  // of an exponent or angle
    Polynomial monomial, denominator;
    Ref meaning;
    bool real = true;
  };
  struct Family {
    RationalSpan span;
    std::vector<std::optional<size_t>> kernels;  // of the members of the basis
  };
  struct Call {
    std::vector<RationalFunction> arguments;
    size_t kernel = 0;
  };
  using Pair = std::pair<RationalFunction, RationalFunction>;  // sine and cosine

  // --- values of nodes (kernel_field.cpp) ---
  void parts(Ref r, std::vector<Ref>& list) const;
  void evaluate(Ref e);
  void assume(Ref comparison);
  void evaluate_domains(Ref e);
  RationalFunction value(Ref r);
  RationalFunction power_value(Ref r);
  RationalFunction function_value(Ref r);
  RationalFunction call_value(Ref r, uint64_t function);
  std::optional<RationalFunction> shifted_call(Fn fn, const RationalFunction& a);
  bool same(const RationalFunction& a, const RationalFunction& b);
  RationalFunction integer_power(const RationalFunction& a, const Rational& k);
  bool is_zero(const RationalFunction& a) { return reduced(a.n).is_zero(); }
  std::optional<Rational> number(const RationalFunction& a);

  // --- kernels and relations (kernel_relations.cpp) ---
  size_t add_kernel(Kernel k);
  RationalFunction variable(size_t kernel) const;
  RationalFunction constant(const Rational& c) const;
  std::optional<size_t> variable_of(const Polynomial& p) const;  // p is that variable
  Ref expression(const Polynomial& p);
  Ref expression(const RationalFunction& q);
  bool is_real(const Polynomial& p) const;
  Polynomial reduced(Polynomial p);
  Polynomial with_relation(const Polynomial& p, size_t kernel, uint64_t degree,
                           const RationalFunction& power);
  Polynomial without_known_signs(Polynomial p);

  // --- factors, signs, logarithms (kernel_factors.cpp) ---
  Factors factors_of(const RationalFunction& a);
  void append_number(const Rational& n, int64_t exponent, Powers& powers);
  void append_factor(const Polynomial& p, int64_t exponent, Factors& f);
  size_t base_of(const Polynomial& p);
  int sign_of(const Polynomial& p) const;
  int sign_by_terms(const Polynomial& p) const;
  void find_conjugate(size_t base);
  Polynomial conjugate(const Polynomial& p, size_t kernel, uint64_t half) const;
  Signs sign_of_base(size_t base);
  RationalFunction sign_value(const Signs& s);
  size_t sign_kernel(size_t base);
  void learn_sign(size_t base);
  void require_positive(const Signs& s);
  void refuse_contradictions();
  enum class Purpose : uint8_t { logarithm, real_power, integer_power };
  RationalFunction logarithm(const RationalFunction& a, Purpose purpose, Ref of);
  RationalFunction logarithm_of(size_t base);

  // --- roots (kernel_roots.cpp) ---
  RationalFunction rational_power(const RationalFunction& a, const Rational& exponent);
  RationalFunction modulus(const Powers& powers, const Rational& exponent);
  RationalFunction modulus_power(size_t base, const Rational& exponent);
  std::optional<Polynomial> square_root(const Polynomial& p);
  std::optional<RationalFunction> denested_root(size_t base);
  RationalFunction sign_power(const Signs& s, const Rational& exponent);
  RationalFunction whole_power(const RationalFunction& a, const Rational& exponent);
  static uint64_t steps_of_root(uint64_t& degree, const Rational& fraction);

  // --- exponentials and angles (kernel_exponentials.cpp) ---
  std::vector<std::pair<size_t, Rational>> components(const RationalFunction& a);
  size_t component_of(const Polynomial& monomial, const Polynomial& denominator);
  Ref meaning_of(const RationalSpan::Vector& v, const Rational& factor);
  RationalFunction exponential(const RationalFunction& exponent);
  Pair sine_and_cosine(const RationalFunction& angle);
  RationalFunction tangent(const RationalFunction& angle);
  size_t half_tangent(size_t member);
  Pair multiple(size_t kernel, int64_t n) const;
  Pair pair_of_component(size_t component, const Rational& coefficient, bool& known);
  int64_t steps(std::vector<uint64_t>& denominators, size_t member, const Rational& coefficient);

  // --- inverse circular functions (kernel_inverses.cpp) ---
  Polynomial partial(const Polynomial& p, size_t kernel) const;
  std::optional<RationalFunction> kernel_derivative(size_t kernel, size_t name);
  std::optional<RationalFunction> new_derivative(size_t kernel, size_t name);
  std::optional<RationalFunction> derivative(const RationalFunction& q, size_t name);
  std::optional<RationalFunction> inverse_derivative(size_t kernel, size_t name);
  bool is_positive_everywhere(const Polynomial& p) const;
  bool has_convex_side(size_t base);
  bool is_analytic(const RationalFunction& a);
  bool is_analytic_kernel(size_t kernel);
  bool is_analytic_inverse(size_t kernel);
  std::optional<std::vector<RationalSpan::Vector>> gradients(const std::vector<size_t>& inverses);
  std::optional<Rational> constant_over_pi(const RationalFunction& a, Ref e, std::span<const Ref> given);
  bool is_zero_angle(const Polynomial& p, const std::vector<size_t>& inverses, Ref e,
                     std::span<const Ref> given);
  Polynomial without_dependent_inverses(Polynomial p, Ref e, std::span<const Ref> given);

  Context& ctx_;
  Reading reading_;
  FieldSize& size_;
  PolynomialRing ring_;
  std::vector<Kernel> kernels_;
  std::vector<Base> bases_;
  std::vector<Component> components_;
  Family exponents_, angles_;
  SignSystem signs_;
  std::vector<size_t> signed_bases_;  // by bit of the system
  std::vector<Ref> conditions_;       // of what was concluded so far
  std::vector<std::pair<Signs, size_t>> sign_roots_, sign_logarithms_;
  std::vector<size_t> whole_roots_, whole_logarithms_;
  std::map<uint64_t, std::vector<Call>> calls_;
  std::unordered_map<Ref, RationalFunction> values_;
  std::map<std::pair<size_t, size_t>, std::optional<RationalFunction>> derivatives_;
  std::map<size_t, bool> analytic_;
};

}  // namespace nabla
