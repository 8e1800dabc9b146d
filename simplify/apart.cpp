#include <algorithm>
#include <optional>

#include "expr/substitute.h"
#include "simplify/factored_form.h"
#include "simplify/polynomial_regions.h"

namespace nabla {
namespace {

constexpr uint64_t most_degree = 60;

// A polynomial in x, whose coefficients are quotients of polynomials without x: that of x^k at k, the last
// not 0.
using Univariate = std::vector<RationalFunction>;

class PartialFractions {
 public:
  PartialFractions(Context& ctx, PolynomialForm& form, size_t x) : ctx_(ctx), form_(form), x_(x) {}

  // Denominators without x that f does not have: where they are 0, the fractions are not those of f.
  const std::vector<Polynomial>& separations() const { return separations_; }

  Ref of(const RationalFunction& f) {
    if (f.n.degree(x_) + f.d.degree(x_) > most_degree) throw TooLarge{};
    d_ = f.d;
    Polynomial rest = f.d;  // without x
    std::vector<Part> parts;
    for (auto [p, n] : f.d.factored().factors) {
      if (p.degree(x_) == 0) continue;
      if (p.coefficients(x_).front().second.content().sign() < 0) p = p.times(-1);  // x - a, not a - x
      parts.push_back({p, n, univariate(p)});
      rest = rest.exact_quotient(p.pow(n));
    }
    const RationalFunction scale{form_.ring().constant(1), rest};
    Univariate n = univariate(f.n);
    for (RationalFunction& c : n) c = c * scale;
    Univariate whole{constant(1)};
    for (const Part& p : parts) whole = multiply(whole, power(p.factor, p.exponent));
    auto [q, r] = divide(std::move(n), whole);
    std::vector<Ref> terms;
    for (size_t k = 0; k < q.size(); ++k) terms.push_back(written(q[k], k));
    for (const Part& p : parts) {
      const Univariate mine = power(p.factor, p.exponent);
      const Univariate others = divide(whole, mine).first;
      append_fractions(p, divide(multiply(r, inverse(others, mine)), mine).second, terms);
    }
    return ctx_.sum(terms);
  }

 private:
  struct Part {
    Polynomial p;
    uint64_t exponent;
    Univariate factor;
  };

  RationalFunction constant(const Rational& c) const {
    return {form_.ring().constant(c), form_.ring().constant(1)};
  }

  Univariate univariate(const Polynomial& p) const {
    Univariate u(p.degree(x_) + 1, constant(0));
    for (const auto& [k, c] : p.coefficients(x_)) u[k] = {c, form_.ring().constant(1)};
    trim(u);
    return u;
  }

  static void trim(Univariate& u) {
    while (!u.empty() && u.back().n.is_zero()) u.pop_back();
  }

  Univariate multiply(const Univariate& a, const Univariate& b) const {
    if (a.empty() || b.empty()) return {};
    Univariate r(a.size() + b.size() - 1, constant(0));
    for (size_t i = 0; i < a.size(); ++i) {
      for (size_t k = 0; k < b.size(); ++k) r[i + k] = r[i + k] + a[i] * b[k];
    }
    ctx_.budget().spend(a.size() * b.size());
    trim(r);
    return r;
  }

  Univariate power(const Univariate& a, uint64_t n) const {
    Univariate r{constant(1)};
    for (uint64_t k = 0; k < n; ++k) r = multiply(r, a);
    return r;
  }

  // Quotient and remainder.
  std::pair<Univariate, Univariate> divide(Univariate a, const Univariate& b) const {
    Univariate q;
    const RationalFunction first = pow(b.back(), -1);
    while (a.size() >= b.size()) {
      const size_t shift = a.size() - b.size();
      if (q.empty()) q.resize(shift + 1, constant(0));
      const RationalFunction c = a.back() * first, minus{c.n.times(-1), c.d};
      q[shift] = c;
      for (size_t i = 0; i + 1 < b.size(); ++i) a[shift + i] = a[shift + i] + minus * b[i];
      a.pop_back();
      trim(a);
      ctx_.budget().spend(b.size());
    }
    return {std::move(q), std::move(a)};
  }

  // Of a modulo m, which is coprime to it: Euclid.
  Univariate inverse(const Univariate& a, const Univariate& m) const {
    Univariate r0 = m, r1 = divide(a, m).second, s0, s1{constant(1)};
    while (r1.size() > 1) {
      auto [q, r2] = divide(r0, r1);
      Univariate s2 = multiply(q, s1);
      s2.resize(std::max(s2.size(), s0.size()), constant(0));
      for (RationalFunction& c : s2) c.n = c.n.times(-1);
      for (size_t k = 0; k < s0.size(); ++k) s2[k] = s2[k] + s0[k];
      trim(s2);
      r0 = std::move(r1);
      r1 = std::move(r2);
      s0 = std::move(s1);
      s1 = std::move(s2);
    }
    const RationalFunction scale = pow(r1.at(0), -1);
    for (RationalFunction& c : s1) c = c * scale;
    return s1;
  }

  // n/p^e as a sum of fractions whose numerators have a lower degree than p.
  void append_fractions(const Part& p, Univariate n, std::vector<Ref>& terms) {
    for (uint64_t e = p.exponent; e > 0; --e) {
      auto [q, r] = divide(std::move(n), p.factor);
      n = std::move(q);
      if (r.empty()) continue;
      std::vector<RationalFunction> list;
      for (size_t k = 0; k < r.size(); ++k)
        list.push_back({r[k].n * form_.ring().variable(x_).pow(k), r[k].d});
      const RationalFunction sum = sum_of(std::move(list));
      FactoredForm f = parameters(sum);
      f.factors.emplace_back(p.p, -static_cast<int64_t>(e));
      terms.push_back(expression(ctx_, form_, f, false));
    }
  }

  Ref written(const RationalFunction& c, size_t k) {
    if (c.n.is_zero()) return zero;
    FactoredForm f = parameters(c);
    if (k > 0) f.factors.emplace_back(form_.ring().variable(x_), static_cast<int64_t>(k));
    return expression(ctx_, form_, f, false);
  }

  FactoredForm parameters(const RationalFunction& c) {
    FactoredForm f = divided_by(form_, c, {});
    for (const auto& [p, n] : f.factors) {
      if (n < 0 && !d_->quotient(p) &&
          std::find(separations_.begin(), separations_.end(), p) == separations_.end())
        separations_.push_back(p);
    }
    return f;
  }

  Context& ctx_;
  PolynomialForm& form_;
  size_t x_;
  std::optional<Polynomial> d_;
  std::vector<Polynomial> separations_;
};

// Roots of what contains x cannot be parameters: their relations make a normal form of coefficients
// impossible.
bool has_roots_with(Context& ctx, const PolynomialForm& form, Ref x) {
  for (size_t k = 0; k < form.kernels(); ++k) {
    if (is_scalar_algebra(ctx, form.base(k)) && contains(ctx, form.base(k), x)) return true;
  }
  return false;
}

void note_roots(Notes* notes) {
  const std::string text = "a part stays as it is: it has roots of what contains the variable";
  if (notes && std::find(notes->begin(), notes->end(), text) == notes->end()) notes->push_back(text);
}

}  // namespace

Ref apart(Context& ctx, Ref e, Ref x, std::vector<Ref>& conditions, Notes* notes) {
  return rewrite_polynomials(ctx, e, Denominators::divided, notes, [&](Ref r, PolynomialForm& form) {
    const RationalFunction f = form.value();
    if (f.n.is_zero()) return zero;
    for (size_t k = 0; k < form.kernels(); ++k) {
      if (form.base(k) != x || form.body(k) != one || f.d.degree(k) == 0) continue;
      if (has_roots_with(ctx, form, x)) {
        note_roots(notes);
        return r;
      }
      PartialFractions fractions(ctx, form, k);
      const Ref result = fractions.of(f);
      for (const Polynomial& p : fractions.separations()) {
        const Ref c = ctx.compare(Relation::not_equal, form.expression(p), zero);
        if (std::find(conditions.begin(), conditions.end(), c) == conditions.end()) conditions.push_back(c);
      }
      return result;
    }
    return r;
  });
}

}  // namespace nabla
