// Factors of values: their signs and logarithms.
#include <algorithm>

#include "simplify/kernel_field.h"

namespace nabla {
namespace {

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
  bases_.push_back({p, is_real(p), sign_of(p), {}, {}, {}, {}, {}});
  const size_t base = bases_.size() - 1;
  if (bases_[base].real) find_conjugate(base);
  return base;
}

// p with the other sign of kernel^half.
Polynomial KernelField::conjugate(const Polynomial& p, size_t kernel, uint64_t half) const {
  Polynomial total = ring_.constant(0);
  for (const auto& [exponent, c] : p.coefficients(kernel)) {
    if (exponent % half != 0) return ring_.constant(0);
    const Polynomial term = c * ring_.variable(kernel).pow(exponent);
    total = (exponent / half) % 2 == 0 ? total + term : total - term;
  }
  return total;
}

// Roots of a + b*sqrt(u) and of a - b*sqrt(u) depend on each other: the product is one of a^2 - b^2*u.
void KernelField::find_conjugate(size_t base) {
  for (size_t k = kernels_.size(); k-- > 0;) {
    const Kernel::Sort sort = kernels_[k].sort;
    const bool sign = sort == Kernel::Sort::sign;
    if ((!sign && sort != Kernel::Sort::root) || bases_[base].p.degree(k) == 0) continue;
    if (!sign && kernels_[k].degree % 2 != 0) continue;
    const Polynomial p = bases_[base].p, other = conjugate(p, k, sign ? 1 : kernels_[k].degree / 2);
    if (other.is_zero()) continue;
    const Rational content = other.content();
    const Polynomial q = other.times(Rational(1) / content);
    for (size_t i = 0; i < base; ++i) {
      if (!(bases_[i].p == q) || i == base) continue;
      const Polynomial norm = without_known_signs(reduced(p * q));
      if (norm.is_zero()) throw Undecided{};
      Factors f = factors_of(quotient_of(ring_, norm));
      const Signs s = sign_of_base(i);
      f.signs = signs_.residue({f.signs.signs ^ s.signs, f.signs.negative != s.negative});
      f.powers.emplace_back(i, -1);
      if (bases_[base].sign == 0) {
        if (f.signs.signs == 0) bases_[base].sign = f.signs.negative ? -1 : 1;
      }
      bases_[base].instead = std::move(f);
      return;
    }
  }
}

// A positive integer as a product of primes below 1000 and what is left.
void KernelField::append_number(const Rational& n, int64_t exponent, Powers& powers) {
  Rational rest = n;
  for (int64_t p = 2; p < 1000 && !rest.is_one(); ++p) {
    int64_t times = 0;
    for (Rational q = rest / Rational(p); q.is_integer(); q = rest / Rational(p), ++times) rest = q;
    if (times > 0) powers.emplace_back(base_of(ring_.constant(p)), times * exponent);
  }
  if (rest.is_one()) return;
  if (const auto root = rest.root(2)) {
    powers.emplace_back(base_of(ring_.constant(*root)), 2 * exponent);
  } else {
    powers.emplace_back(base_of(ring_.constant(rest)), exponent);
  }
}

void KernelField::append_factor(const Polynomial& p, int64_t exponent, Factors& f) {
  const auto k = variable_of(p);
  const bool sign = k && kernels_[*k].sort == Kernel::Sort::sign;  // its absolute value is 1
  const size_t base = sign ? kernels_[*k].base : base_of(p);
  if (!sign) f.powers.emplace_back(base, exponent);
  if (exponent % 2 == 0 || !f.real) return;
  const Signs s = sign_of_base(base);
  f.signs = {f.signs.signs ^ s.signs, f.signs.negative != s.negative};
}

// Of a value that is not 0.
KernelField::Factors KernelField::factors_of(const RationalFunction& a) {
  Factors f;
  f.real = is_real(a.n) && is_real(a.d);
  Rational constant = 1;
  const auto append = [&](const Polynomial& p, int64_t sign) {
    const Polynomial q = without_known_signs(reduced(p));
    if (q.is_zero()) throw Undecided{};
    const Polynomial::Factored parts = factored_or_whole(q);
    constant = sign > 0 ? constant * parts.constant : constant / parts.constant;
    for (const auto& [factor, multiplicity] : parts.factors) {
      append_factor(factor, sign * static_cast<int64_t>(multiplicity), f);
    }
  };
  append(a.n, 1);
  append(a.d, -1);
  f.signs.negative = f.signs.negative != (constant.sign() < 0);
  append_number(constant.abs().numerator(), 1, f.powers);
  append_number(constant.abs().denominator(), -1, f.powers);
  f.signs = signs_.residue(f.signs);
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

KernelField::Signs KernelField::sign_of_base(size_t base) {
  Base& b = bases_[base];
  if (b.sign != 0) return {0, b.sign < 0};
  if (b.instead) return signs_.residue(b.instead->signs);
  if (!b.bit) {
    if (signed_bases_.size() == SignSystem::most_signs) throw TooLarge{};
    b.bit = signed_bases_.size();
    signed_bases_.push_back(base);
  }
  const Signs s{SignSystem::Set{1} << *b.bit, false};
  return signs_.residue(s);
}

// A sign may have become known by what was required since the base was met.
void KernelField::learn_sign(size_t base) {
  if (bases_[base].sign != 0 || bases_[base].sign_kernel) return;
  const Signs s = sign_of_base(base);
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

RationalFunction KernelField::sign_value(const Signs& s) {
  RationalFunction total = constant(s.negative ? -1 : 1);
  for (size_t bit = 0; bit < signed_bases_.size(); ++bit) {
    if ((s.signs >> bit) & 1) total = total * variable(sign_kernel(signed_bases_[bit]));
  }
  return total;
}

void KernelField::require_positive(const Signs& s) {
  if (!signs_.require_positive(s)) throw NoRealPoint{};
}

// Quantities with known signs that differ by a constant but for a factor: x - 1 > 0 and -1 - x > 0 exclude
// each other.
void KernelField::refuse_contradictions() {
  struct Side {  // slope*direction + offset > 0
    Polynomial direction;
    Rational slope, offset;
  };
  std::vector<Side> sides;
  std::vector<uint64_t> exponents(size_.kernels);
  for (size_t b : signed_bases_) {
    const Signs s = sign_of_base(b);
    const Polynomial p = bases_[b].p.times(s.negative ? -1 : 1);
    if (s.signs != 0 || p.is_constant()) continue;
    p.exponents(p.terms() - 1, exponents);  // the last term is that of degree 0
    const bool constant_last =
        std::all_of(exponents.begin(), exponents.end(), [](uint64_t x) { return x == 0; });
    const Rational offset = constant_last ? p.coefficient(p.terms() - 1) : Rational(0);
    const Polynomial rest = p - ring_.constant(offset);
    const Rational slope = rest.content();
    sides.push_back({rest.times(Rational(1) / slope), slope, offset});
  }
  for (size_t i = 0; i < sides.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const Side &a = sides[i], &b = sides[j];
      if (a.slope.sign() == b.slope.sign() || !(a.direction == b.direction)) continue;
      if ((a.offset * b.slope.abs() + b.offset * a.slope.abs()).sign() <= 0) throw NoRealPoint{};
    }
  }
}

// ---- logarithms ----

// log|p|.
RationalFunction KernelField::logarithm_of(size_t base) {
  const auto k = variable_of(bases_[base].p);
  if (k && kernels_[*k].logarithm) return *kernels_[*k].logarithm;
  if (bases_[base].instead) {
    const Powers powers = bases_[base].instead->powers;
    RationalFunction total = constant(0);
    for (const auto& [b, e] : powers) total = total + scaled(logarithm_of(b), e);
    return total;
  }
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
RationalFunction KernelField::logarithm(const RationalFunction& a, Purpose purpose, Ref of) {
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
  const Signs s = f.signs;
  RationalFunction total = constant(0);
  for (const auto& [base, e] : f.powers) total = total + scaled(logarithm_of(base), e);
  if (s == Signs{}) return total;
  if (reading_ == Reading::real && purpose != Purpose::integer_power) {
    // Elsewhere an exponent that happens to be an integer would have to be looked at.
    if (purpose == Purpose::real_power) conditions_.push_back(ctx_.compare(Relation::less, zero, of));
    require_positive(s);
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
