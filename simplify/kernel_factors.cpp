// Factors of values: their signs, roots and logarithms.
#include <numeric>

#include "simplify/kernel_field.h"

namespace nabla {
namespace {

constexpr uint64_t most_root_degree = 48;

Polynomial::Factored factored_or_whole(const Polynomial& p) {
  try {
    return p.factored();
  } catch (const TooLarge&) {
    const Rational c = p.content();
    return {c, {{p.times(Rational(1) / c), 1}}};
  }
}

}  // namespace

// ---- factors ----

size_t KernelField::base_of(const Polynomial& p) {
  for (size_t i = 0; i < bases_.size(); ++i) {
    if (bases_[i].p == p) return i;
  }
  Base b{p, is_real(p), sign_of(p), {}, {}, {}, {}};
  bases_.push_back(std::move(b));
  return bases_.size() - 1;
}

// A positive integer as a product of primes below 1000 and what is left.
void KernelField::append_number(const Rational& n, int64_t exponent, Factors& f) {
  Rational rest = n;
  for (int64_t p = 2; p < 1000 && !rest.is_one(); ++p) {
    int64_t times = 0;
    for (Rational q = rest / Rational(p); q.is_integer(); q = rest / Rational(p), ++times) rest = q;
    if (times > 0) f.powers.emplace_back(base_of(ring_.constant(p)), times * exponent);
  }
  if (rest.is_one()) return;
  if (const auto root = rest.root(2)) {
    f.powers.emplace_back(base_of(ring_.constant(*root)), 2 * exponent);
  } else {
    f.powers.emplace_back(base_of(ring_.constant(rest)), exponent);
  }
}

// Of a value that is not 0.
KernelField::Factors KernelField::factors_of(const Quotient& a) {
  Factors f;
  f.real = is_real(a.n) && is_real(a.d);
  Rational constant = 1;
  const auto append = [&](const Polynomial& p, int64_t sign) {
    const Polynomial::Factored parts = factored_or_whole(p);
    constant = sign > 0 ? constant * parts.constant : constant / parts.constant;
    for (const auto& [q, multiplicity] : parts.factors) {
      f.powers.emplace_back(base_of(q), sign * static_cast<int64_t>(multiplicity));
    }
  };
  append(reduced(a.n), 1);
  // Reduction may have brought a factor into the numerator; then the denominator is reduced as it is.
  append(a.d, -1);
  f.negative = constant.sign() < 0;
  append_number(constant.abs().numerator(), 1, f);
  append_number(constant.abs().denominator(), -1, f);
  return f;
}

// ---- signs ----

// 1 if p >= 0, -1 if p <= 0 by the signs of its terms, else 0.
int KernelField::sign_by_terms(const Polynomial& p) const {
  std::vector<uint64_t> exponents(size_.kernels);
  int sign = 0;
  for (size_t t = 0; t < p.terms(); ++t) {
    int term = p.coefficient(t).sign();
    p.exponents(t, exponents);
    for (size_t k = 0; k < kernels_.size(); ++k) {
      if (exponents[k] % 2 == 0) continue;
      if (kernels_[k].sign == 0) return 0;
      term *= kernels_[k].sign;
    }
    if (sign != 0 && sign != term) return 0;
    sign = term;
  }
  return sign;
}

// Also where p is a*v^2 + b*v + c with b^2 - 4*a*c <= 0.
int KernelField::sign_of(const Polynomial& p) const {
  if (!is_real(p)) return 0;
  if (const int sign = sign_by_terms(p); sign != 0) return sign;
  if (p.terms() > 30) return 0;
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (p.degree(k) != 2) continue;
    Polynomial c[3] = {ring_.constant(0), ring_.constant(0), ring_.constant(0)};
    for (auto& [exponent, coefficient] : p.coefficients(k)) c[exponent] = coefficient;
    const int sign = sign_by_terms(c[2]);
    if (sign != 0 && sign_by_terms((c[2] * c[0]).times(4) - c[1] * c[1]) == 1) return sign;
  }
  return 0;
}

KernelField::Signs KernelField::signs_of(const Factors& f) {
  Signs s{0, f.negative};
  for (const auto& [base, exponent] : f.powers) {
    if (exponent % 2 == 0) continue;
    Base& b = bases_[base];
    if (b.sign != 0) {
      s.negative = s.negative != (b.sign < 0);
      continue;
    }
    if (!b.bit) {
      if (signed_bases_.size() == SignSystem::most_signs) throw TooLarge{};
      b.bit = signed_bases_.size();
      signed_bases_.push_back(base);
    }
    s.signs |= SignSystem::Set{1} << *b.bit;
  }
  return reading_ == Reading::real ? signs_.residue(s) : s;
}

// A sign may have become known by what was required since the base was met.
void KernelField::learn_sign(size_t base) {
  if (bases_[base].sign != 0 || bases_[base].sign_kernel) return;
  const Signs s = signs_of({false, true, {{base, 1}}});
  if (s.signs != 0) return;
  bases_[base].sign = s.negative ? -1 : 1;
  if (const auto k = variable_of(bases_[base].p)) kernels_[*k].sign = bases_[base].sign;
}

size_t KernelField::sign_kernel(size_t base) {
  if (!bases_[base].sign_kernel) {
    Kernel k;
    k.sort = Kernel::Sort::sign;
    k.base = base;
    const Ref p = expression(bases_[base].p);
    k.meaning = ctx_.function(Fn::sign, {p});
    bases_[base].sign_kernel = add_kernel(k);
  }
  return *bases_[base].sign_kernel;
}

Quotient KernelField::sign_value(const Signs& s) {
  Quotient total = constant(s.negative ? -1 : 1);
  for (size_t bit = 0; bit < signed_bases_.size(); ++bit) {
    if ((s.signs >> bit) & 1) total = total * variable(sign_kernel(signed_bases_[bit]));
  }
  return total;
}

void KernelField::require_positive(const Signs& s) {
  if (!signs_.require_positive(s)) throw NoRealPoint{};
}

// ---- roots ----

// fraction, in (0, 1), as a number of steps of 1/root_degree.
uint64_t KernelField::steps_of_root(const Rational& fraction) {
  const auto denominator = fraction.denominator().as_int();
  if (!denominator || static_cast<uint64_t>(*denominator) > most_root_degree) throw TooLarge{};
  const uint64_t degree = std::lcm(size_.root_degree, static_cast<uint64_t>(*denominator));
  if (degree > most_root_degree) throw TooLarge{};
  if (degree != size_.root_degree) {
    size_.root_degree = degree;
    throw Restart{};
  }
  return static_cast<uint64_t>(*(fraction * Rational(static_cast<int64_t>(degree))).as_int());
}

// a^exponent, where a is not 0: the integer part is a power, also of complex numbers.
Quotient KernelField::rational_power(const Quotient& a, const Rational& exponent) {
  if (is_zero(a)) throw Undecided{};
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  const Quotient integer = integer_power(a, whole);
  const Factors f = factors_of(a);
  if (!f.real) return integer * whole_power(a, fraction);
  const Signs s = signs_of(f);
  if (reading_ == Reading::real) require_positive(s);
  Quotient total = reading_ == Reading::real ? integer : integer * sign_power(s, fraction);
  for (const auto& [base, e] : f.powers) total = total * modulus_power(base, fraction * Rational(e));
  return total;
}

// |p|^exponent.
Quotient KernelField::modulus_power(size_t base, const Rational& exponent) {
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  const Quotient p = quotient_of(ring_, bases_[base].p);
  Quotient total = integer_power(p, whole);
  if (!whole.is_even()) total = total * sign_value(signs_of({false, true, {{base, 1}}}));
  if (fraction.is_zero()) return total;
  const auto k = variable_of(bases_[base].p);
  if (k && kernels_[*k].logarithm) return total * exponential(scaled(*kernels_[*k].logarithm, fraction));
  const uint64_t steps = steps_of_root(fraction);
  if (!bases_[base].root) {
    learn_sign(base);
    if (bases_[base].sign == 0) sign_kernel(base);  // its relation speaks of it
    Kernel r;
    r.sort = Kernel::Sort::root;
    r.base = base;
    r.sign = 1;
    const Ref modulus = ctx_.function(Fn::abs, {expression(bases_[base].p)});
    r.meaning =
        ctx_.power(modulus, ctx_.number(Rational::fraction(1, static_cast<int64_t>(size_.root_degree))));
    r.logarithm = scaled(logarithm_of(base), Rational::fraction(1, static_cast<int64_t>(size_.root_degree)));
    bases_[base].root = add_kernel(std::move(r));
  }
  return total * power(variable(*bases_[base].root), static_cast<int64_t>(steps));
}

// The principal value of (1 or -1)^exponent.
Quotient KernelField::sign_power(const Signs& s, const Rational& exponent) {
  if (s == Signs{}) return constant(1);
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  const Quotient total = whole.is_even() ? constant(1) : sign_value(s);
  if (fraction.is_zero()) return total;
  const uint64_t steps = steps_of_root(fraction);
  for (const auto& [signs, kernel] : sign_roots_) {
    if (signs == s) return total * power(variable(kernel), static_cast<int64_t>(steps));
  }
  Kernel k;
  k.sort = Kernel::Sort::sign_root;
  k.signs = s;
  k.real = false;
  const Ref value = expression(sign_value(s));
  k.meaning = ctx_.power(value, ctx_.number(Rational::fraction(1, static_cast<int64_t>(size_.root_degree))));
  sign_roots_.emplace_back(s, add_kernel(k));
  return total * power(variable(sign_roots_.back().second), static_cast<int64_t>(steps));
}

// The principal root of what is not known to be real.
Quotient KernelField::whole_power(const Quotient& a, const Rational& exponent) {
  const Rational whole = exponent.floor(), fraction = exponent - whole;
  const Quotient total = integer_power(a, whole);
  if (fraction.is_zero()) return total;
  const uint64_t steps = steps_of_root(fraction);
  for (size_t k : whole_roots_) {
    if (same(*kernels_[k].whole, a)) return total * power(variable(k), static_cast<int64_t>(steps));
  }
  Kernel k;
  k.sort = Kernel::Sort::whole_root;
  k.whole = a;
  k.real = false;
  k.meaning =
      ctx_.power(expression(a), ctx_.number(Rational::fraction(1, static_cast<int64_t>(size_.root_degree))));
  whole_roots_.push_back(add_kernel(std::move(k)));
  return total * power(variable(whole_roots_.back()), static_cast<int64_t>(steps));
}

// ---- logarithms ----

// log|p|.
Quotient KernelField::logarithm_of(size_t base) {
  const auto k = variable_of(bases_[base].p);
  if (k && kernels_[*k].logarithm) return *kernels_[*k].logarithm;
  if (!bases_[base].logarithm) {
    Kernel l;
    l.base = base;
    l.log_of = Kernel::Log::base;
    l.meaning = ctx_.function(Fn::log, {ctx_.function(Fn::abs, {expression(bases_[base].p)})});
    if (const auto n = number(quotient_of(ring_, bases_[base].p))) l.sign = 1;  // a prime
    bases_[base].logarithm = add_kernel(std::move(l));
  }
  return variable(*bases_[base].logarithm);
}

// log a, where a is not 0; `of` is what a power with a symbolic exponent is taken of.
Quotient KernelField::logarithm(const Quotient& a, Purpose purpose, Ref of) {
  const Factors f = factors_of(a);
  if (!f.real) {
    for (size_t k : whole_logarithms_) {
      if (same(*kernels_[k].whole, a)) return variable(k);
    }
    Kernel l;
    l.whole = a;
    l.log_of = Kernel::Log::whole;
    l.real = false;
    l.meaning = ctx_.function(Fn::log, {expression(a)});
    whole_logarithms_.push_back(add_kernel(std::move(l)));
    return variable(whole_logarithms_.back());
  }
  const Signs s = signs_of(f);
  Quotient total = constant(0);
  for (const auto& [base, e] : f.powers) total = total + scaled(logarithm_of(base), e);
  if (s == Signs{}) return total;
  if (reading_ == Reading::real && purpose != Purpose::integer_power) {
    if (purpose == Purpose::logarithm) require_positive(s);
    if (purpose == Purpose::real_power) assumed_.emplace_back(s, of);
    return total;
  }
  for (const auto& [signs, kernel] : sign_logarithms_) {
    if (signs == s) return total + variable(kernel);
  }
  Kernel l;
  l.signs = s;
  l.log_of = Kernel::Log::signs;
  l.real = false;
  l.meaning = ctx_.function(Fn::log, {expression(sign_value(s))});
  sign_logarithms_.emplace_back(s, add_kernel(std::move(l)));
  return total + variable(sign_logarithms_.back().second);
}

}  // namespace nabla
