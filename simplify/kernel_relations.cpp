#include <algorithm>

#include "simplify/kernel_field.h"

namespace nabla {
size_t KernelField::add_kernel(Kernel k) {
  if (kernels_.size() == size_.kernels) {
    if (size_.kernels >= most_kernels) throw TooLarge{};
    size_.kernels = std::min(most_kernels, size_.kernels * 2);
    throw Restart{};
  }
  kernels_.push_back(std::move(k));
  return kernels_.size() - 1;
}

RationalFunction KernelField::constant(const Rational& c) const { return quotient_of(ring_, c); }
RationalFunction KernelField::variable(size_t kernel) const {
  return quotient_of(ring_, ring_.variable(kernel));
}

std::optional<size_t> KernelField::variable_of(const Polynomial& p) const {
  if (p.terms() != 1 || !p.coefficient(0).is_one()) return std::nullopt;
  std::vector<uint64_t> exponents(size_.kernels);
  p.exponents(0, exponents);
  std::optional<size_t> found;
  for (size_t k = 0; k < exponents.size(); ++k) {
    if (exponents[k] == 0) continue;
    if (found || exponents[k] != 1) return std::nullopt;
    found = k;
  }
  return found;
}

Ref KernelField::expression(const Polynomial& p) {
  std::vector<Term> sum;
  std::vector<uint64_t> exponents(size_.kernels);
  std::vector<Ref> factors;
  for (size_t t = 0; t < p.terms(); ++t) {
    p.exponents(t, exponents);
    factors.clear();
    for (size_t k = 0; k < exponents.size(); ++k) {
      if (exponents[k] == 0) continue;
      factors.push_back(ctx_.power(kernels_[k].meaning, static_cast<int64_t>(exponents[k])));
    }
    sum.push_back({ctx_.number(p.coefficient(t)), ctx_.product(factors)});
  }
  return ctx_.sum(sum);
}

Ref KernelField::expression(const RationalFunction& q) {
  return ctx_.divide(expression(q.n), expression(q.d));
}

bool KernelField::is_real(const Polynomial& p) const {
  if (reading_ == Reading::real) return true;
  for (size_t k = 0; k < kernels_.size(); ++k) {
    if (!kernels_[k].real && p.degree(k) > 0) return false;
  }
  return true;
}

// ---- relations ----

// p with kernel^degree replaced, up to a factor that is not 0.
Polynomial KernelField::with_relation(const Polynomial& p, size_t kernel, uint64_t degree,
                                      const RationalFunction& power) {
  const uint64_t highest = p.degree(kernel);
  if (highest < degree) return p;
  const uint64_t most = highest / degree;
  const Polynomial v = ring_.variable(kernel);
  Polynomial total = ring_.constant(0);
  for (const auto& [exponent, c] : p.coefficients(kernel)) {
    const uint64_t q = exponent / degree;
    Polynomial term = c * v.pow(exponent % degree) * power.n.pow(q);
    if (!power.d.is_one()) term = term * power.d.pow(most - q);
    total = total + term;
  }
  return total;
}

Polynomial KernelField::reduced(Polynomial p) {
  for (size_t k = kernels_.size(); k-- > 0;) {
    const Kernel& kernel = kernels_[k];
    switch (kernel.sort) {
      case Kernel::Sort::plain:
        break;
      case Kernel::Sort::sign:
        p = with_relation(p, k, 2, constant(1));
        break;
      case Kernel::Sort::root: {
        if (p.degree(k) < kernel.degree) break;
        const Base& b = bases_[kernel.base];
        const RationalFunction sign = b.sign != 0 ? constant(b.sign) : variable(*b.sign_kernel);
        p = with_relation(p, k, kernel.degree, sign * quotient_of(ring_, b.p));
        break;
      }
      case Kernel::Sort::sign_root:
        if (p.degree(k) < kernel.degree) break;
        p = with_relation(p, k, kernel.degree, sign_value(kernel.signs));
        break;
      case Kernel::Sort::whole_root:
        p = with_relation(p, k, kernel.degree, *kernel.whole);
        break;
    }
  }
  return p;
}

// Signs that are known from others are written by them.
Polynomial KernelField::without_known_signs(Polynomial p) {
  for (size_t bit = 0; bit < signed_bases_.size(); ++bit) {
    const Base& b = bases_[signed_bases_[bit]];
    if (!b.sign_kernel || p.degree(*b.sign_kernel) == 0) continue;
    const Signs alone{SignSystem::Set{1} << bit, false}, rest = signs_.residue(alone);
    if (!(rest == alone)) p = with_relation(p, *b.sign_kernel, 1, sign_value(rest));
  }
  return reduced(p);
}

std::vector<Ref> KernelField::unknown_signs() {
  std::vector<Ref> list;
  for (size_t bit = 0; bit < signed_bases_.size(); ++bit) {
    const Signs alone{SignSystem::Set{1} << bit, false};
    if (signs_.residue(alone) == alone) list.push_back(expression(bases_[signed_bases_[bit]].p));
  }
  return list;
}

}  // namespace nabla
