#include "simplify/normal_quotient.h"

#include <algorithm>
#include <unordered_map>

#include "expr/walk.h"
#include "simplify/factored_form.h"
#include "simplify/settled.h"

namespace nabla {
namespace {

constexpr size_t most_terms = 3'000;  // of a numerator that is ordered by kernels
constexpr size_t most_orders = 3;     // kernels that are tried as the first
constexpr size_t most_kernels = 40;
constexpr size_t most_terms_to_factor = 60;
constexpr size_t most_ordered = 60'000;  // terms, all attempts together

bool has_both_signs(const Polynomial& p) {
  for (size_t i = 1; i < p.terms(); ++i) {
    if (p.coefficient(i).sign() != p.coefficient(0).sign()) return true;
  }
  return false;
}

class Nesting {
 public:
  Nesting(Context& ctx, Weight& weight, PolynomialForm& form, std::vector<Polynomial> factors,
          uint64_t most_nodes)
      : ctx_(ctx),
        weight_(weight),
        form_(form),
        factors_(std::move(factors)),
        most_terms_of_rest_(most_nodes) {}

  // n/d with the common factors of both taken out of n.
  Ref quotient(const RationalFunction& f) {
    FactoredForm outer = divided_by(form_, f, factors_);
    const auto rest = std::find_if(outer.factors.begin(), outer.factors.end(), [&](const auto& entry) {
      return entry.second == 1 && entry.first.terms() > 1 &&
             std::find(factors_.begin(), factors_.end(), entry.first) == factors_.end();
    });
    if (rest == outer.factors.end()) return expression(ctx_, form_, outer);
    // Each term has a leaf of its own, but for what inner factors share.
    if (rest->first.terms() > most_terms_of_rest_) throw TooLarge{};
    const Polynomial p = rest->first.times(outer.constant);
    outer.factors.erase(rest);
    outer.constant = 1;
    const Ref best = nested(p, expression(ctx_, form_, outer), true);
    const Ref split = p.terms() <= most_terms_to_factor ? with_factors_of(p, outer) : best;
    return weight_(split) < weight_(best) ? split : best;
  }

 private:
  Ref with_factors_of(const Polynomial& p, const FactoredForm& outer) {
    FactoredForm f = factored(form_, {p, form_.ring().constant(1)});
    f.factors.insert(f.factors.end(), outer.factors.begin(), outer.factors.end());
    return expression(ctx_, form_, f);
  }

  // The lightest form of p*with that this finds; with `turning` 1 - x instead of -(x - 1).
  Ref nested(const Polynomial& p, Ref with, bool turning) {
    const FactoredForm outer = divided_by(form_, {p, form_.ring().constant(1)}, factors_);
    if (outer.factors.empty()) return ctx_.multiply(with, expression(ctx_, form_, outer));
    const Polynomial& last = outer.factors.back().first;
    const bool plain = std::find(factors_.begin(), factors_.end(), last) != factors_.end();
    FactoredForm around = outer;
    std::vector<int64_t> monomial(form_.ring().variables());
    Polynomial rest = form_.ring().constant(1);
    if (!plain) {
      around.factors.pop_back();
      rest = without_monomial(last, monomial);
    }
    Rational c = around.constant;
    around.constant = 1;
    if (turning && c.sign() < 0 && has_both_signs(rest)) {
      c = -c;
      rest = rest.times(-1);
    }
    // At once, since a number times a sum alone would be multiplied out.
    const Ref factors[] = {with, expression(ctx_, form_, around), form_.monomial(1, monomial), ordered(rest)};
    return ctx_.product(ctx_.number(c), factors);
  }

  // One polynomial is the coefficient of many orders.
  Ref ordered(const Polynomial& p) {
    const uint64_t h = hash(p);
    for (const auto& [other, form] : known_[h]) {
      if (other == p) return form;
    }
    const Ref form = lightest_order(p);
    known_[h].emplace_back(p, form);
    return form;
  }

  uint64_t hash(const Polynomial& p) const {
    std::vector<uint64_t> e(form_.ring().variables());
    uint64_t h = p.terms();
    for (size_t i = 0; i < p.terms(); ++i) {
      p.exponents(i, e);
      h = mix(h, p.coefficient(i).hash());
      for (uint64_t k : e) h = mix(h, k);
    }
    return h;
  }

  Ref lightest_order(const Polynomial& p) {
    Ref best = form_.expression(p);
    const size_t divisions = p.terms() * (1 + factors_.size() / 8);  // of its coefficients by the factors
    if (p.terms() < 3 || spent_ + divisions > most_ordered) return best;
    spent_ += divisions;
    const std::vector<size_t> kernels = first_kernels(p);
    for (const size_t k : kernels) {
      std::vector<Ref> terms;
      for (const auto& [e, c] : p.coefficients(k)) {
        std::vector<int64_t> power(form_.ring().variables());
        power[k] = static_cast<int64_t>(e);
        terms.push_back(nested(c, form_.monomial(1, power), false));
      }
      const Ref candidate = ctx_.sum(terms);
      if (weight_(candidate) < weight_(best)) best = candidate;
    }
    return best;
  }

  // Those with the fewest coefficients first.
  std::vector<size_t> first_kernels(const Polynomial& p) const {
    std::vector<std::pair<size_t, size_t>> list;
    for (size_t k = 0; k < form_.kernels(); ++k) {
      if (p.degree(k) == 0) continue;
      const size_t coefficients = p.coefficients(k).size();
      if (coefficients < p.terms()) list.emplace_back(coefficients, k);
    }
    std::sort(list.begin(), list.end());
    std::vector<size_t> kernels;
    for (size_t i = 0; i < std::min(list.size(), most_orders); ++i) kernels.push_back(list[i].second);
    return kernels;
  }

  Polynomial without_monomial(const Polynomial& p, std::vector<int64_t>& monomial) const {
    std::vector<uint64_t> least(monomial.size(), UINT64_MAX), e(monomial.size());
    for (size_t i = 0; i < p.terms(); ++i) {
      p.exponents(i, e);
      for (size_t k = 0; k < e.size(); ++k) least[k] = std::min(least[k], e[k]);
    }
    std::vector<PolynomialTerm> terms(p.terms());
    for (size_t i = 0; i < terms.size(); ++i) {
      p.exponents(i, e);
      for (size_t k = 0; k < e.size(); ++k) e[k] -= least[k];
      terms[i] = {p.coefficient(i), e};
    }
    for (size_t k = 0; k < least.size(); ++k) monomial[k] = static_cast<int64_t>(least[k]);
    return form_.ring().from_terms(terms);
  }

  Context& ctx_;
  Weight& weight_;
  PolynomialForm& form_;
  std::vector<Polynomial> factors_;
  uint64_t most_terms_of_rest_;
  std::unordered_map<uint64_t, std::vector<std::pair<Polynomial, Ref>>> known_;  // by hash
  size_t spent_ = 0;
};

// a^2 = b^2*sign_of_b + constant, for kernels a and b.
struct Square {
  size_t a, b;
  int64_t sign, constant;
};

// The two kernels of functions f and g of one argument.
void append_squares(const Context& ctx, const PolynomialForm& form, Fn f, Fn g, Square relation,
                    std::vector<Square>& list) {
  for (size_t i = 0; i < form.kernels(); ++i) {
    if (!ctx.is_function(form.base(i), f) || form.body(i) != one || form.root_degree(i) != 1) continue;
    for (size_t k = 0; k < form.kernels(); ++k) {
      const bool same =
          ctx.is_function(form.base(k), g) && ctx.operands(form.base(k))[0] == ctx.operands(form.base(i))[0];
      if (same && form.body(k) == one && form.root_degree(k) == 1)
        list.push_back({i, k, relation.sign, relation.constant});
    }
  }
}

Polynomial with_square(const PolynomialRing& ring, const Polynomial& p, const Square& s) {
  if (p.degree(s.a) < 2) return p;
  const Polynomial square = ring.variable(s.b).pow(2).times(s.sign) + ring.constant(s.constant);
  Polynomial total = ring.constant(0);
  for (const auto& [e, c] : p.coefficients(s.a))
    total = total + c * ring.variable(s.a).pow(e % 2) * square.pow(e / 2);
  return total;
}

// Powers of a root are written out as what is below it, and then more can cancel.
bool has_root(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) {
    if (ctx.is_function(r, Fn::cbrt)) return true;
    if (ctx.kind(r) != Kind::power) return false;
    const Ref k = ctx.operands(r)[1];
    return ctx.is_number(k) && !ctx.value(k).is_integer();
  });
}

Ref one_quotient(Context& ctx, Weight& weight, Ref e) {
  try {
    const uint64_t nodes = weight(e) / Weight::of_node;
    PolynomialWork work;
    work.most_terms = 200 + 8 * nodes;
    PolynomialForm form(ctx, e, Denominators::divided, nullptr, work);
    const RationalFunction f = form.value();
    if (f.n.is_zero()) return zero;
    if (f.n.terms() > most_terms || f.d.terms() > most_terms || form.kernels() > most_kernels) return e;
    Nesting nesting(ctx, weight, form, written_factors(ctx, form), nodes);
    Ref best = nesting.quotient(f);
    std::vector<Square> one_way, other_way;
    append_squares(ctx, form, Fn::sin, Fn::cos, {0, 0, -1, 1}, one_way);
    append_squares(ctx, form, Fn::cos, Fn::sin, {0, 0, -1, 1}, other_way);
    append_squares(ctx, form, Fn::sinh, Fn::cosh, {0, 0, 1, -1}, one_way);
    append_squares(ctx, form, Fn::cosh, Fn::sinh, {0, 0, 1, 1}, other_way);
    append_squares(ctx, form, Fn::tan, Fn::sec, {0, 0, 1, -1}, one_way);
    append_squares(ctx, form, Fn::sec, Fn::tan, {0, 0, 1, 1}, other_way);
    for (const auto* squares : {&one_way, &other_way}) {
      RationalFunction g = f;
      for (const Square& s : *squares) {
        g.n = with_square(form.ring(), g.n, s);
        g.d = with_square(form.ring(), g.d, s);
      }
      if (g.n.is_zero()) return zero;
      if (g.d.is_zero() || (g.n == f.n && g.d == f.d)) continue;
      const Ref candidate = nesting.quotient(nabla::quotient(g.n, g.d));
      if (weight(candidate) < weight(best)) best = candidate;
    }
    return best;
  } catch (const TooLarge&) {
    return e;
  }
}

}  // namespace

Ref normal_quotient(Context& ctx, Weight& weight, Ref e) {
  if (!is_scalar_algebra(ctx, e)) return e;
  const auto once = [&](Ref r) { return is_scalar_algebra(ctx, r) ? one_quotient(ctx, weight, r) : r; };
  return has_root(ctx, e) ? settled(ctx, e, once) : once(e);
}

}  // namespace nabla
