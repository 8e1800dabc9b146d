// Relations between inverse circular functions. Those whose derivatives are linearly dependent over the
// rationals differ by a constant wherever all are analytic (Bronstein, Symbolic Integration I, 2005, ch. 9,
// for the real case): asin(tanh(x)) is 2*atan(tanh(x/2)). Of the constant the sine is computed by the
// addition theorems; where it is 0 the constant is a known fraction of pi times an integer, and a certified
// value at one point says which, if the domain is convex.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "expr/ball.h"
#include "simplify/kernel_field.h"
#include "simplify/real_points.h"

namespace nabla {
namespace {

constexpr size_t most_inverses = 8;
constexpr int64_t multiples[] = {1, 2, 3, 4, 6, 12};

bool is_inverse(const Context& ctx, Ref r) {
  return ctx.is_function(r, Fn::asin) || ctx.is_function(r, Fn::atan);
}

}  // namespace

// ---- derivatives by a kernel that is a name ----

Polynomial KernelField::partial(const Polynomial& p, size_t kernel) const {
  Polynomial total = ring_.constant(0);
  for (const auto& [exponent, c] : p.coefficients(kernel)) {
    if (exponent == 0) continue;
    total = total + (c * ring_.variable(kernel).pow(exponent - 1)).times(static_cast<int64_t>(exponent));
  }
  return total;
}

// A kernel is differentiated through earlier ones only, each once.
std::optional<RationalFunction> KernelField::kernel_derivative(size_t kernel, size_t name) {
  const std::pair key(kernel, name);
  if (const auto known = derivatives_.find(key); known != derivatives_.end()) return known->second;
  ctx_.budget().spend();
  return derivatives_.emplace(key, new_derivative(kernel, name)).first->second;
}

std::optional<RationalFunction> KernelField::new_derivative(size_t kernel, size_t name) {
  if (kernel == name) return constant(1);
  const Kernel k = kernels_[kernel];
  const auto logarithmic = [&](const Polynomial p) -> std::optional<RationalFunction> {  // bases may move
    const auto d = derivative(quotient_of(ring_, p), name);
    if (!d) return std::nullopt;
    return *d * RationalFunction{ring_.constant(1), p};
  };
  if (k.sort == Kernel::Sort::sign) return constant(0);
  if (k.sort == Kernel::Sort::root) {
    const auto d = logarithmic(bases_[k.base].p);
    if (!d) return std::nullopt;
    return scaled(*d * variable(kernel), Rational::fraction(1, static_cast<int64_t>(k.degree)));
  }
  if (k.log_of == Kernel::Log::base) return logarithmic(bases_[k.base].p);
  if (k.logarithm) {  // an exponential
    const auto d = derivative(*k.logarithm, name);
    if (!d) return std::nullopt;
    return *d * variable(kernel);
  }
  if (is_inverse(ctx_, k.meaning)) return inverse_derivative(kernel, name);
  const Kind kind = ctx_.kind(k.meaning);
  if (kind == Kind::symbol || kind == Kind::constant || kind == Kind::entry) return constant(0);
  return std::nullopt;  // a tangent has poles; of other functions nothing is known here
}

std::optional<RationalFunction> KernelField::derivative(const RationalFunction& q, size_t name) {
  RationalFunction n = constant(0), d = constant(0);
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (q.n.degree(k) == 0 && q.d.degree(k) == 0) continue;
    const auto dk = kernel_derivative(k, name);
    if (!dk) return std::nullopt;
    n = n + quotient_of(ring_, partial(q.n, k)) * *dk;
    d = d + quotient_of(ring_, partial(q.d, k)) * *dk;
  }
  const RationalFunction over = {ring_.constant(1), q.d};
  return (n - d * quotient_of(ring_, q.n) * over) * over;
}

// The argument of an inverse function, and what its derivative is divided by: sqrt(1 - u^2) or 1 + u^2.
std::optional<RationalFunction> KernelField::inverse_derivative(size_t kernel, size_t name) {
  const Ref meaning = kernels_[kernel].meaning;
  const RationalFunction u = values_.at(ctx_.operands(meaning)[0]);
  const auto d = derivative(u, name);
  if (!d) return std::nullopt;
  if (ctx_.is_function(meaning, Fn::atan)) return *d * integer_power(constant(1) + u * u, -1);
  return *d * rational_power(constant(1) - u * u, -Rational::fraction(1, 2));
}

// ---- the domain ----

bool KernelField::is_positive_everywhere(const Polynomial& p) const {
  if (sign_by_terms(p) == 0) return false;
  std::vector<uint64_t> exponents(size_.kernels);
  for (size_t t = 0; t < p.terms(); ++t) {
    p.exponents(t, exponents);
    bool never_zero = true;
    for (size_t k = 0; k < kernels_.size(); ++k) {
      if (exponents[k] != 0)
        never_zero = never_zero && kernels_[k].logarithm && kernels_[k].sort == Kernel::Sort::plain;
    }
    if (never_zero) return true;
  }
  return false;
}

// Whether the points where |p| has its known sign are a convex set: p is affine in names, or concave (with
// that sign) by a quadratic part that is a sum of squares.
bool KernelField::has_convex_side(size_t base) {
  const Polynomial p = bases_[base].p;
  if (p.is_constant() || is_positive_everywhere(p)) return true;
  const Signs s = sign_of_base(base);
  if (s.signs != 0) return false;
  std::vector<uint64_t> exponents(size_.kernels);
  for (size_t t = 0; t < p.terms(); ++t) {
    p.exponents(t, exponents);
    uint64_t degree = 0, highest = 0;
    for (size_t k = 0; k < kernels_.size(); ++k) {
      if (exponents[k] == 0) continue;
      if (ctx_.kind(kernels_[k].meaning) != Kind::symbol) return false;
      degree += exponents[k];
      highest = std::max(highest, exponents[k]);
    }
    if (degree <= 1) continue;
    const bool rises = (p.coefficient(t).sign() > 0) != s.negative;
    if (degree != 2 || highest != 2 || rises) return false;
  }
  return true;
}

// Whether a is analytic on a convex set that all real points of the expression are in or at the border of.
bool KernelField::is_analytic(const RationalFunction& a) {
  bool analytic = true;
  const Factors poles = factors_of(RationalFunction{ring_.constant(1), a.d});
  for (const auto& [base, exponent] : poles.powers) analytic = has_convex_side(base) && analytic;
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (a.n.degree(k) != 0 || a.d.degree(k) != 0) analytic = is_analytic_kernel(k) && analytic;
  }
  return analytic;
}

bool KernelField::is_analytic_kernel(size_t kernel) {
  if (const auto known = analytic_.find(kernel); known != analytic_.end()) return known->second;
  ctx_.budget().spend();
  const Kernel k = kernels_[kernel];
  bool analytic = false;
  if (k.sort == Kernel::Sort::sign || k.sort == Kernel::Sort::root || k.log_of == Kernel::Log::base) {
    const Polynomial p = bases_[k.base].p;
    analytic = is_analytic(quotient_of(ring_, p));
    analytic = has_convex_side(k.base) && analytic;
  } else if (k.logarithm) {
    analytic = is_analytic(*k.logarithm);
  } else if (is_inverse(ctx_, k.meaning)) {
    analytic = is_analytic_inverse(kernel);
  } else {
    analytic = ctx_.kind(k.meaning) == Kind::symbol || ctx_.kind(k.meaning) == Kind::constant;
  }
  analytic_[kernel] = analytic;
  return analytic;
}

bool KernelField::is_analytic_inverse(size_t kernel) {
  const Ref meaning = kernels_[kernel].meaning;
  const RationalFunction u = values_.at(ctx_.operands(meaning)[0]);
  bool analytic = is_analytic(u);
  if (ctx_.is_function(meaning, Fn::atan)) return analytic;
  const Factors ends = factors_of(constant(1) - u * u);
  for (const auto& [base, exponent] : ends.powers) {
    analytic = has_convex_side(base) && analytic;
  }
  return analytic;
}

// ---- relations ----

// The derivatives by all names, as coordinates over a common denominator for each name.
std::optional<std::vector<RationalSpan::Vector>> KernelField::gradients(const std::vector<size_t>& inverses) {
  std::vector<RationalSpan::Vector> gradients(inverses.size());
  std::map<std::pair<size_t, std::vector<uint64_t>>, size_t> coordinates;
  std::vector<uint64_t> exponents;
  const size_t names = kernels_.size();
  for (size_t name = 0; name < names; ++name) {
    if (ctx_.kind(kernels_[name].meaning) != Kind::symbol) continue;
    std::vector<RationalFunction> list;
    Polynomial common = ring_.constant(1);
    for (size_t k : inverses) {
      const auto d = inverse_derivative(k, name);
      if (!d) return std::nullopt;
      common = common * d->d.exact_quotient(gcd(common, d->d));
      list.push_back(*d);
    }
    for (size_t i = 0; i < list.size(); ++i) {
      const Polynomial n = without_known_signs(reduced(list[i].n * common.exact_quotient(list[i].d)));
      for (size_t t = 0; t < n.terms(); ++t) {
        exponents.assign(size_.kernels, 0);
        n.exponents(t, exponents);
        const size_t at = coordinates.try_emplace({name, exponents}, coordinates.size()).first->second;
        gradients[i].emplace(at, n.coefficient(t));
      }
    }
  }
  return gradients;
}

// A value that is known to be constant, as a multiple of pi.
std::optional<Rational> KernelField::constant_over_pi(const RationalFunction& a, Ref e,
                                                      std::span<const Ref> given) {
  Rational common = 1;
  for (const auto& [component, x] : components(a)) {
    const Rational d = x.denominator();
    common = common * d / gcd(common, d);
  }
  for (int64_t m : multiples) {
    const Rational times = common * Rational(m);
    if (!is_zero(sine_and_cosine(scaled(a, times)).first)) continue;
    const auto value = value_at_real_point(ctx_, e, given, expression(a), 1);
    if (!value) return std::nullopt;
    const Ball steps = *value * Ball(times, value->precision()) / Ball::pi(value->precision());
    const double nearest = std::nearbyint(steps.midpoint());
    if (!(std::abs(steps.midpoint() - nearest) + steps.radius() < 0.25)) return std::nullopt;
    return Rational(static_cast<int64_t>(nearest)) / times;
  }
  return std::nullopt;
}

// Whether p is a sum of rational multiples of inverse functions and pi that is 0.
bool KernelField::is_zero_angle(const Polynomial& p, const std::vector<size_t>& inverses, Ref e,
                                std::span<const Ref> given) {
  std::vector<uint64_t> exponents(size_.kernels);
  for (size_t t = 0; t < p.terms(); ++t) {
    p.exponents(t, exponents);
    uint64_t degree = 0;
    bool angle = true;
    for (size_t k = 0; k < kernels_.size(); ++k) {
      degree += exponents[k];
      const Ref m = kernels_[k].meaning;
      angle = angle && (exponents[k] == 0 || is_inverse(ctx_, m) || ctx_.kind(m) == Kind::constant);
    }
    if (degree != 1 || !angle) return false;
  }
  for (size_t k : inverses) {
    if (!is_analytic_inverse(k)) return false;
  }
  const auto turns = constant_over_pi(quotient_of(ring_, p), e, given);
  return turns && turns->is_zero();
}

// p with inverse functions that depend on others written by them.
Polynomial KernelField::without_dependent_inverses(Polynomial p, Ref e, std::span<const Ref> given) {
  std::vector<size_t> inverses;
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (is_inverse(ctx_, kernels_[k].meaning) && p.degree(k) > 0) inverses.push_back(k);
  }
  if (inverses.empty() || inverses.size() > most_inverses) return p;
  if (is_zero_angle(p, inverses, e, given)) return ring_.constant(0);
  const auto vectors = gradients(inverses);
  if (!vectors) return p;
  RationalSpan span;
  std::vector<size_t> members;  // of the basis
  for (size_t i = 0; i < inverses.size(); ++i) {
    const RationalSpan::Vector c = span.combination((*vectors)[i]);
    if (span.basis().size() > members.size()) {
      members.push_back(inverses[i]);
      continue;
    }
    RationalFunction others = constant(0);
    bool analytic = is_analytic_inverse(inverses[i]);
    for (const auto& [member, x] : c) {
      analytic = is_analytic_inverse(members[member]) && analytic;
      others = others + scaled(variable(members[member]), x);
    }
    if (!analytic) continue;
    const auto turns = constant_over_pi(variable(inverses[i]) - others, e, given);
    if (!turns) continue;
    const Ref pi = ctx_.constant(Constant::pi);
    evaluate(pi);
    p = with_relation(p, inverses[i], 1, others + scaled(values_.at(pi), *turns));
  }
  return without_known_signs(reduced(p));
}

}  // namespace nabla
