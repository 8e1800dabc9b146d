// Exponentials and circular functions over bases of the span of their arguments.
#include <numeric>

#include "simplify/kernel_field.h"

namespace nabla {
namespace {

constexpr uint64_t most_denominator = 10'000;
constexpr int64_t most_multiple = 24;  // binomials of twice that fit 64 bits

}  // namespace

// ---- components of arguments ----

size_t KernelField::component_of(const Polynomial& monomial, const Polynomial& denominator) {
  for (size_t i = 0; i < components_.size(); ++i) {
    if (components_[i].monomial == monomial && components_[i].denominator == denominator) return i;
  }
  Component c{monomial, denominator, ctx_.divide(expression(monomial), expression(denominator)), true};
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (!kernels_[k].real && (monomial.degree(k) > 0 || denominator.degree(k) > 0)) c.real = false;
  }
  components_.push_back(std::move(c));
  return components_.size() - 1;
}

// a as a combination of monomials and of monomials over the denominator: n = q*d + r is unique, so that
// arguments of one value have the same components.
std::vector<std::pair<size_t, Rational>> KernelField::components(const RationalFunction& a) {
  std::vector<std::pair<size_t, Rational>> list;
  std::vector<uint64_t> exponents(size_.kernels);
  const auto append = [&](const Polynomial& p, const Polynomial& d) {
    for (size_t t = 0; t < p.terms(); ++t) {
      p.exponents(t, exponents);
      const PolynomialTerm term{1, exponents};
      const Polynomial m = ring_.from_terms({&term, 1}), g = gcd(m, d);
      list.emplace_back(component_of(m.exact_quotient(g), d.exact_quotient(g)), p.coefficient(t));
    }
  };
  const Polynomial n = reduced(a.n), one = ring_.constant(1);
  const Rational content = a.d.content();
  const Polynomial d = a.d.times(Rational(1) / content);
  const auto [q, r] = n.times(Rational(1) / content).divided(d);
  append(q, one);
  append(r, d);
  return list;
}

Ref KernelField::meaning_of(const RationalSpan::Vector& v, const Rational& factor) {
  std::vector<Term> terms;
  for (const auto& [c, x] : v) terms.push_back({ctx_.number(x * factor), components_[c].meaning});
  return ctx_.sum(terms);
}

// A coefficient of a member of a basis, in units of one over the common denominator.
int64_t KernelField::steps(std::vector<uint64_t>& denominators, size_t member, const Rational& coefficient) {
  if (denominators.size() <= member) denominators.resize(member + 1, 1);
  const auto denominator = coefficient.denominator().as_int();
  if (!denominator || static_cast<uint64_t>(*denominator) > most_denominator) throw TooLarge{};
  const uint64_t common = std::lcm(denominators[member], static_cast<uint64_t>(*denominator));
  if (common > most_denominator) throw TooLarge{};
  if (common != denominators[member]) {
    denominators[member] = common;
    throw Restart{};
  }
  const auto n = (coefficient * Rational(static_cast<int64_t>(common))).as_int();
  if (!n) throw TooLarge{};
  return *n;
}

// ---- exponentials ----

// exp(c*log p) is a root or power of p.
RationalFunction KernelField::exponential(const RationalFunction& exponent) {
  RationalFunction total = constant(1);
  RationalSpan::Vector rest;
  for (const auto& [c, x] : components(exponent)) {
    const auto k = components_[c].denominator.is_one() ? variable_of(components_[c].monomial) : std::nullopt;
    const Kernel::Log log = k ? kernels_[*k].log_of : Kernel::Log::none;
    if (log == Kernel::Log::base) {
      total = total * modulus_power(kernels_[*k].base, x);
    } else if (log == Kernel::Log::signs) {
      const Signs s = kernels_[*k].signs;
      total = total * sign_power(s, x);
    } else if (log == Kernel::Log::whole) {
      const RationalFunction whole = *kernels_[*k].whole;
      total = total * whole_power(whole, x);
    } else {
      rest.emplace(c, x);
    }
  }
  for (const auto& [member, x] : exponents_.span.combination(rest)) {
    const int64_t n = steps(size_.exponents, member, x);
    if (exponents_.kernels.size() <= member) exponents_.kernels.resize(member + 1);
    if (!exponents_.kernels[member]) {
      const RationalSpan::Vector& v = exponents_.span.basis()[member];
      const auto d = static_cast<int64_t>(size_.exponents[member]);
      Kernel k;
      k.meaning = ctx_.function(Fn::exp, {meaning_of(v, Rational::fraction(1, d))});
      RationalFunction logarithm = constant(0);
      for (const auto& [c, y] : v) {
        k.real = k.real && components_[c].real;
        logarithm =
            logarithm + RationalFunction{components_[c].monomial.times(y), components_[c].denominator};
      }
      if (k.real) {
        k.sign = 1;
        k.logarithm = scaled(logarithm, Rational::fraction(1, d));
      }
      exponents_.kernels[member] = add_kernel(std::move(k));
    }
    total = total * pow(variable(*exponents_.kernels[member]), n);
  }
  return total;
}

// ---- sines and cosines ----

namespace {

// The sine and cosine of a sum.
void turn(std::pair<RationalFunction, RationalFunction>& p,
          const std::pair<RationalFunction, RationalFunction>& q) {
  RationalFunction s = p.first * q.second + p.second * q.first;
  p.second = p.second * q.second - p.first * q.first;
  p.first = std::move(s);
}

}  // namespace

// Of n times the angle whose half has the tangent t: (cos + i*sin)(n*a) = (1 + i*t)^(2*n)/(1 + t^2)^n.
KernelField::Pair KernelField::multiple(size_t kernel, int64_t n) const {
  const bool negative = n < 0;
  const int64_t size = negative ? -n : n;
  const Polynomial t = ring_.variable(kernel), one = ring_.constant(1);
  Polynomial re = ring_.constant(0), im = ring_.constant(0), power = one;
  int64_t binomial = 1;
  for (int64_t k = 0; k <= 2 * size; ++k) {
    const Rational c((k / 2) % 2 == 0 ? binomial : -binomial);
    (k % 2 == 0 ? re : im) = (k % 2 == 0 ? re : im) + power.times(c);
    power = power * t;
    binomial = static_cast<int64_t>(static_cast<__int128>(binomial) * (2 * size - k) / (k + 1));
  }
  const Polynomial d = (one + t * t).pow(static_cast<uint64_t>(size));
  return {{negative ? im.times(-1) : im, d}, {re, d}};
}

// Of a rational multiple of pi with known sine and cosine, or of an integer multiple of asin(u) or atan(u).
KernelField::Pair KernelField::pair_of_component(size_t component, const Rational& coefficient, bool& known) {
  Pair result{constant(0), constant(1)};
  known = false;
  const Component& c = components_[component];
  const auto k = c.denominator.is_one() ? variable_of(c.monomial) : std::nullopt;
  if (!k) return result;
  const Ref meaning = kernels_[*k].meaning;
  if (ctx_.kind(meaning) == Kind::constant && static_cast<Constant>(ctx_[meaning].tag) == Constant::pi) {
    const Ref angle = ctx_.scale(ctx_.number(coefficient), meaning);
    const Ref s = ctx_.function(Fn::sin, {angle}), co = ctx_.function(Fn::cos, {angle});
    for (Ref r : {s, co}) {
      if (ctx_[r].names != 0) return result;
      if (ctx_.kind(r) == Kind::function) return result;
    }
    evaluate(s);
    evaluate(co);
    known = true;
    return {values_.at(s), values_.at(co)};
  }
  const bool asin = ctx_.is_function(meaning, Fn::asin), atan = ctx_.is_function(meaning, Fn::atan);
  const auto n = coefficient.as_int();
  if ((!asin && !atan) || !n || *n > most_multiple || *n < -most_multiple) return result;
  known = true;
  const RationalFunction u = values_.at(ctx_.operands(meaning)[0]), square = u * u, one = constant(1);
  const Rational half = Rational::fraction(1, 2);
  Pair once = asin ? Pair{u, rational_power(one - square, half)}
                   : Pair{u * rational_power(one + square, -half), rational_power(one + square, -half)};
  if (*n < 0) once.first = scaled(once.first, -1);
  for (int64_t i = 0; i < (*n < 0 ? -*n : *n); ++i) turn(result, once);
  return result;
}

KernelField::Pair KernelField::sine_and_cosine(const RationalFunction& angle) {
  Pair total{constant(0), constant(1)};
  RationalSpan::Vector rest;
  for (const auto& [c, x] : components(angle)) {
    bool known = false;
    const Pair p = pair_of_component(c, x, known);
    if (known) {
      turn(total, p);
    } else {
      rest.emplace(c, x);
    }
  }
  for (const auto& [member, x] : angles_.span.combination(rest)) {
    const int64_t n = steps(size_.angles, member, x);
    if (n > most_multiple || n < -most_multiple) throw TooLarge{};
    turn(total, multiple(half_tangent(member), n));
  }
  return total;
}

// The kernel of a member of the basis of angles: the tangent of its half, over the common denominator.
size_t KernelField::half_tangent(size_t member) {
  if (angles_.kernels.size() <= member) angles_.kernels.resize(member + 1);
  if (!angles_.kernels[member]) {
    const RationalSpan::Vector& v = angles_.span.basis()[member];
    Kernel k;
    const auto half = Rational::fraction(1, 2 * static_cast<int64_t>(size_.angles[member]));
    k.meaning = ctx_.function(Fn::tan, {meaning_of(v, half)});
    for (const auto& [component, coefficient] : v) k.real = k.real && components_[component].real;
    angles_.kernels[member] = add_kernel(std::move(k));
  }
  return *angles_.kernels[member];
}

// Of n times the half angle, the tangent needs the sine and cosine of n halves only.
RationalFunction KernelField::tangent(const RationalFunction& angle) {
  RationalSpan::Vector v;
  bool known = false;
  for (const auto& [c, x] : components(angle)) {
    if (!known) pair_of_component(c, x, known);
    v.emplace(c, x);
  }
  const RationalSpan::Vector combination = known ? RationalSpan::Vector{} : angles_.span.combination(v);
  if (combination.size() == 1) {
    const auto& [member, x] = *combination.begin();
    const int64_t n = steps(size_.angles, member, x * Rational(2));
    if (n > most_multiple || n < -most_multiple) throw TooLarge{};
    const Polynomial t = ring_.variable(half_tangent(member));
    Polynomial re = ring_.constant(1), im = ring_.constant(0);
    for (int64_t i = 0; i < (n < 0 ? -n : n); ++i) {
      const Polynomial next = re - im * t;
      im = im + re * t;
      re = next;
    }
    return {n < 0 ? im.times(-1) : im, re};
  }
  const Pair p = sine_and_cosine(angle);
  if (is_zero(p.second)) throw Undecided{};
  return p.first * pow(p.second, -1);
}

}  // namespace nabla
