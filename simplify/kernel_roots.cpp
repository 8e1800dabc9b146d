// Powers with rational exponents, by roots of the factors of the base.
#include <numeric>

#include "simplify/kernel_field.h"

namespace nabla {
namespace {

constexpr uint64_t most_root_degree = 48;

}  // namespace

// fraction, in (0, 1), as a number of steps of 1/degree.
uint64_t KernelField::steps_of_root(uint64_t& degree, const Rational& fraction) {
  const auto denominator = fraction.denominator().as_int();
  if (!denominator || static_cast<uint64_t>(*denominator) > most_root_degree) throw TooLarge{};
  const uint64_t common = std::lcm(degree, static_cast<uint64_t>(*denominator));
  if (common > most_root_degree) throw TooLarge{};
  if (common != degree) {
    degree = common;
    throw Restart{};
  }
  return static_cast<uint64_t>(*(fraction * Rational(static_cast<int64_t>(degree))).as_int());
}

// a^exponent, where a is not 0: the integer part is a power, also of complex numbers.
RationalFunction KernelField::rational_power(const RationalFunction& a, const Rational& exponent) {
  if (is_zero(a)) throw Undecided{};
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  const RationalFunction integer = integer_power(a, whole);
  const Factors f = factors_of(a);
  if (!f.real) return integer * whole_power(a, fraction);
  if (reading_ == Reading::real) require_positive(f.signs);
  const RationalFunction root = modulus(f.powers, fraction);
  return reading_ == Reading::real ? integer * root : integer * sign_power(f.signs, fraction) * root;
}

RationalFunction KernelField::modulus(const Powers& powers, const Rational& exponent) {
  RationalFunction total = constant(1);
  for (const auto& [base, e] : powers) total = total * modulus_power(base, exponent * Rational(e));
  return total;
}

// |p|^exponent.
RationalFunction KernelField::modulus_power(size_t base, const Rational& exponent) {
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  const RationalFunction p = quotient_of(ring_, bases_[base].p);
  RationalFunction total = integer_power(p, whole);
  if (!whole.is_even()) total = total * sign_value(sign_of_base(base));
  if (fraction.is_zero()) return total;
  if (bases_[base].instead) {
    const Powers powers = bases_[base].instead->powers;
    return total * modulus(powers, fraction);
  }
  if (fraction == Rational::fraction(1, 2)) {
    if (const auto root = denested_root(base)) return total * *root;
  }
  const auto k = variable_of(bases_[base].p);
  if (k && kernels_[*k].logarithm) return total * exponential(scaled(*kernels_[*k].logarithm, fraction));
  const Ref expressed = expression(bases_[base].p);
  uint64_t& degree = size_.roots.try_emplace(expressed, 1).first->second;
  const uint64_t steps = steps_of_root(degree, fraction);
  if (!bases_[base].root) {
    learn_sign(base);
    if (bases_[base].sign == 0) sign_kernel(base);  // its relation speaks of it
    const Rational step = Rational::fraction(1, static_cast<int64_t>(degree));
    Kernel r;
    r.sort = Kernel::Sort::root;
    r.base = base;
    r.degree = degree;
    r.sign = 1;
    r.meaning = ctx_.power(ctx_.function(Fn::abs, {expressed}), ctx_.number(step));
    r.logarithm = scaled(logarithm_of(base), step);
    bases_[base].root = add_kernel(std::move(r));
  }
  return total * pow(variable(*bases_[base].root), static_cast<int64_t>(steps));
}

// The root of a number or polynomial that is a square; its absolute value, where the sign is known.
std::optional<Polynomial> KernelField::square_root(const Polynomial& p) {
  if (p.is_zero()) return std::nullopt;
  const Polynomial::Factored f = p.factored();
  if (f.constant.sign() < 0) return std::nullopt;
  const auto c = f.constant.root(2);
  if (!c) return std::nullopt;
  Polynomial root = ring_.constant(*c);
  for (const auto& [q, multiplicity] : f.factors) {
    const int sign = sign_of(q);
    if (multiplicity % 2 != 0 || sign == 0) return std::nullopt;
    root = root * q.pow(multiplicity / 2);
    if (sign < 0 && (multiplicity / 2) % 2 != 0) root = root.times(-1);
  }
  return root;
}

// sqrt(a + b*s), where s = sqrt(c), is sqrt((a + d)/2) + sign(b)*sqrt((a - d)/2) if a^2 - b^2*c = d^2. As
// both conjugates are positive, so is a, and a >= d >= 0.
std::optional<RationalFunction> KernelField::denested_root(size_t base) {
  const Signs s = sign_of_base(base);
  if (s.signs != 0) return std::nullopt;
  const Polynomial p = bases_[base].p.times(s.negative ? -1 : 1);
  for (size_t k = kernels_.size(); k-- > 0;) {
    const uint64_t half = kernels_[k].degree / 2;
    if (kernels_[k].sort != Kernel::Sort::root || kernels_[k].degree % 2 != 0) continue;
    if (p.degree(k) != half) continue;
    Polynomial a = ring_.constant(0), b = a;
    bool linear = true;
    for (const auto& [exponent, c] : p.coefficients(k)) {
      if (exponent != 0 && exponent != half) linear = false;
      (exponent == 0 ? a : b) = c;
    }
    const int sign = sign_of(b);
    if (!linear || sign == 0) continue;
    const auto d = square_root(without_known_signs(reduced(p * conjugate(p, k, half))));
    if (!d) continue;
    const Rational half_of = Rational::fraction(1, 2);
    RationalFunction roots[2] = {constant(0), constant(0)};
    for (const auto& [root, value] : {std::pair(&roots[0], a + *d), std::pair(&roots[1], a - *d)}) {
      const Factors f = factors_of(quotient_of(ring_, value.times(half_of)));
      require_positive(f.signs);
      *root = modulus(f.powers, half_of);
    }
    return sign > 0 ? roots[0] + roots[1] : roots[0] - roots[1];
  }
  return std::nullopt;
}

// The principal value of (1 or -1)^exponent.
RationalFunction KernelField::sign_power(const Signs& s, const Rational& exponent) {
  if (s == Signs{}) return constant(1);
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  RationalFunction total = whole.is_even() ? constant(1) : sign_value(s);
  if (fraction.is_zero()) return total;
  const uint64_t steps = steps_of_root(size_.principal_root, fraction);
  for (const auto& [signs, kernel] : sign_roots_) {
    if (signs == s) return total * pow(variable(kernel), static_cast<int64_t>(steps));
  }
  Kernel k;
  k.sort = Kernel::Sort::sign_root;
  k.signs = s;
  k.degree = size_.principal_root;
  k.real = false;
  const Ref value = expression(sign_value(s));
  k.meaning =
      ctx_.power(value, ctx_.number(Rational::fraction(1, static_cast<int64_t>(size_.principal_root))));
  sign_roots_.emplace_back(s, add_kernel(k));
  return total * pow(variable(sign_roots_.back().second), static_cast<int64_t>(steps));
}

// The principal root of what is not known to be real.
RationalFunction KernelField::whole_power(const RationalFunction& a, const Rational& exponent) {
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  RationalFunction total = integer_power(a, whole);
  if (fraction.is_zero()) return total;
  const uint64_t steps = steps_of_root(size_.principal_root, fraction);
  for (size_t k : whole_roots_) {
    if (same(*kernels_[k].whole, a)) return total * pow(variable(k), static_cast<int64_t>(steps));
  }
  Kernel k;
  k.sort = Kernel::Sort::whole_root;
  k.whole = a;
  k.degree = size_.principal_root;
  k.real = false;
  k.meaning = ctx_.power(expression(a),
                         ctx_.number(Rational::fraction(1, static_cast<int64_t>(size_.principal_root))));
  whole_roots_.push_back(add_kernel(std::move(k)));
  return total * pow(variable(whole_roots_.back()), static_cast<int64_t>(steps));
}

}  // namespace nabla
