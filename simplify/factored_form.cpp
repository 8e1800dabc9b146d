#include "simplify/factored_form.h"

#include <algorithm>
#include <numeric>

namespace nabla {
namespace {

// p with the exponents of each variable divided by a stride, or multiplied.
Polynomial with_strides(const PolynomialRing& ring, const Polynomial& p, std::span<const uint64_t> strides,
                        bool divide) {
  std::vector<PolynomialTerm> terms(p.terms());
  for (size_t i = 0; i < terms.size(); ++i) {
    terms[i].coefficient = p.coefficient(i);
    terms[i].exponents.resize(ring.variables());
    p.exponents(i, terms[i].exponents);
    for (size_t k = 0; k < strides.size(); ++k) {
      uint64_t& e = terms[i].exponents[k];
      e = divide ? e / strides[k] : e * strides[k];
    }
  }
  return ring.from_terms(terms);
}

// For each variable the degree of its root where p, but for a monomial, has multiples of it only; else 1.
std::vector<uint64_t> root_strides(const PolynomialForm& form, const Polynomial& p) {
  std::vector<uint64_t> strides(form.ring().variables(), 1), e(strides.size()), first(strides.size());
  for (size_t k = 0; k < form.kernels(); ++k) strides[k] = form.root_degree(k);
  p.exponents(0, first);
  for (size_t i = 1; i < p.terms(); ++i) {
    p.exponents(i, e);
    for (size_t k = 0; k < strides.size(); ++k)
      strides[k] = std::gcd(strides[k], e[k] > first[k] ? e[k] - first[k] : first[k] - e[k]);
  }
  return strides;
}

void append_factors(const PolynomialForm& form, const Polynomial& p, int64_t sign, FactoredForm& out) {
  const PolynomialRing& ring = form.ring();
  const auto strides = root_strides(form, p);
  const bool plain = std::all_of(strides.begin(), strides.end(), [](uint64_t s) { return s == 1; });
  Polynomial rest = p;
  if (!plain) {  // a monomial of its own, so that what is left has multiples of the strides
    std::vector<uint64_t> least(ring.variables(), UINT64_MAX), e(least.size());
    for (size_t i = 0; i < p.terms(); ++i) {
      p.exponents(i, e);
      for (size_t k = 0; k < e.size(); ++k) least[k] = std::min(least[k], e[k]);
    }
    for (size_t k = 0; k < least.size(); ++k) {
      if (least[k] == 0) continue;
      out.factors.emplace_back(ring.variable(k), sign * static_cast<int64_t>(least[k]));
      rest = rest.exact_quotient(ring.variable(k).pow(least[k]));
    }
    rest = with_strides(ring, rest, strides, true);
  }
  const Polynomial::Factored f = rest.factored();
  out.constant = sign > 0 ? out.constant * f.constant : out.constant / f.constant;
  for (const auto& [factor, n] : f.factors) {
    out.factors.emplace_back(plain ? factor : with_strides(ring, factor, strides, false),
                             sign * static_cast<int64_t>(n));
  }
}

Polynomial primitive(const Polynomial& p) { return p.times(Rational(1) / p.content()); }

// 1 - x stays 1 - x.
Polynomial primitive_as_written(const Polynomial& p) { return p.times(Rational(1) / p.content().abs()); }

// How often a factor divides p, which is divided.
int64_t divide_out(Polynomial& p, const Polynomial& factor) {
  int64_t n = 0;
  if (factor.terms() > p.terms() * p.terms()) return 0;
  for (auto q = p.quotient(factor); q; q = p.quotient(factor)) {
    p = std::move(*q);
    ++n;
  }
  return n;
}

}  // namespace

bool has_denominators(const Context& ctx, const PolynomialForm& form) {
  return std::any_of(form.nodes().begin(), form.nodes().end(), [&](Ref r) {
    if (ctx.kind(r) != Kind::power || !ctx.is_number(ctx.operands(r)[1])) return false;
    return ctx.value(ctx.operands(r)[1]).sign() < 0;
  });
}

FactoredForm factored(const PolynomialForm& form, const RationalFunction& f) {
  FactoredForm out;
  append_factors(form, f.n, 1, out);
  append_factors(form, f.d, -1, out);
  return out;
}

FactoredForm divided_by(const PolynomialForm& form, const RationalFunction& f,
                        std::span<const Polynomial> factors) {
  FactoredForm out;
  Polynomial n = f.n, d = f.d;
  out.constant = n.content() / d.content();
  n = primitive(n);
  d = primitive(d);
  for (const Polynomial& factor : factors) {
    const int64_t times = divide_out(n, factor) - divide_out(d, factor);
    if (times != 0) out.factors.emplace_back(factor, times);
  }
  out.constant = out.constant * n.content() / d.content();  // 1 or -1 each
  n = primitive(n);
  d = primitive(d);
  if (!n.is_one()) out.factors.emplace_back(n, 1);
  if (d.is_one()) return out;
  try {
    append_factors(form, d, -1, out);
  } catch (const TooLarge&) {
    out.factors.emplace_back(d, -1);
  }
  return out;
}

std::vector<Polynomial> written_factors(const Context& ctx, const PolynomialForm& form) {
  constexpr size_t most_terms = 100, most_factors = 64;
  std::vector<Polynomial> list;
  const auto add = [&](Ref r) {
    if (ctx.kind(r) != Kind::sum && ctx.kind(r) != Kind::long_sum) return;
    const RationalFunction* f = form.value_of(r);
    if (f == nullptr) return;
    for (const Polynomial* p : {&f->n, &f->d}) {
      if (p->terms() < 2 || p->terms() > most_terms || list.size() >= most_factors) continue;
      Polynomial factor = primitive_as_written(*p);
      if (std::find(list.begin(), list.end(), factor) == list.end()) list.push_back(std::move(factor));
    }
  };
  for (Ref r : form.nodes()) {
    if (ctx.kind(r) == Kind::power) add(ctx.operands(r)[0]);
    if (ctx.kind(r) != Kind::product && ctx.kind(r) != Kind::long_product) continue;
    for (Ref o : ctx.operands(r)) add(o);
  }
  std::stable_sort(list.begin(), list.end(), [](const Polynomial& a, const Polynomial& b) {
    return a.total_degree() > b.total_degree();
  });
  return list;
}

Ref expression(Context& ctx, PolynomialForm& form, const FactoredForm& f, bool turning) {
  std::vector<int64_t> exponents(form.ring().variables());
  std::vector<uint64_t> e(exponents.size());
  std::vector<Ref> factors;
  const std::pair<Polynomial, int64_t>* turned = nullptr;  // the factor that changes its sign
  if (turning && f.constant.sign() < 0) {
    for (const auto& entry : f.factors) {
      const auto& [p, n] = entry;
      if (n % 2 == 0 || p.terms() < 2) continue;
      bool mixed = false;
      for (size_t i = 1; i < p.terms(); ++i) mixed = mixed || p.coefficient(i).sign() < 0;
      const auto cost = [](const auto& x) { return std::make_pair(x.second < 0, x.first.terms()); };
      if (mixed && (turned == nullptr || cost(entry) < cost(*turned))) turned = &entry;
    }
  }
  for (const auto& entry : f.factors) {
    const auto& [p, n] = entry;
    if (p.terms() == 1) {
      p.exponents(0, e);
      for (size_t k = 0; k < e.size(); ++k) exponents[k] += n * static_cast<int64_t>(e[k]);
    } else {
      factors.push_back(ctx.power(form.expression(&entry == turned ? p.times(-1) : p), n));
    }
  }
  factors.push_back(form.monomial(turned != nullptr ? -f.constant : f.constant, exponents));
  return ctx.product(factors);
}

}  // namespace nabla
