#include "simplify/quotient_forms.h"

#include <algorithm>

#include "simplify/factored_form.h"
#include "simplify/passes.h"

namespace nabla {
namespace {

// Terms of a value on the way to forms of so many nodes: what grows further seldom shrinks again.
uint64_t most_terms(uint64_t most_nodes) { return 200 + 8 * most_nodes; }

class QuotientForms {
 public:
  QuotientForms(Context& ctx, Ref e, uint64_t most_nodes)
      : ctx_(ctx), e_(e), most_nodes_(most_nodes), form_(ctx, e, Denominators::divided, nullptr, work()) {}

  std::vector<Ref> run() {
    const RationalFunction f = form_.value();
    if (f.n.is_zero()) return {zero};
    if (f.d.terms() == 1 && nodes(f.n) <= most_nodes_) add(form_.expression(f.n, f.d));
    if (!f.d.is_constant()) add_over_written_factors(f);
    if (!f.d.is_constant() && nodes(f.n) + nodes(f.d) <= most_nodes_) add(in_lowest_terms(f));
    add(factored(form_, f));
    return std::move(forms_);
  }

 private:
  PolynomialWork work() const {
    PolynomialWork work;
    work.most_terms = most_terms(most_nodes_);
    return work;
  }

  // At least so many nodes has the text of p: its kernels and numbers, each once in each term.
  uint64_t nodes(const Polynomial& p) {
    exponents_.resize(form_.ring().variables());
    uint64_t count = 0;
    for (size_t i = 0; i < p.terms() && count <= most_nodes_; ++i) {
      p.exponents(i, exponents_);
      const auto kernels =
          std::count_if(exponents_.begin(), exponents_.end(), [](uint64_t k) { return k > 0; });
      count += std::max<uint64_t>(1, static_cast<uint64_t>(kernels));
    }
    return count;
  }

  bool is_small(const FactoredForm& f) {
    uint64_t count = 0;
    for (const auto& [p, n] : f.factors) count += nodes(p);
    return count <= most_nodes_;
  }

  void add(const FactoredForm& f) {
    if (is_small(f)) add(expression(ctx_, form_, f));
  }

  // The numerator in those factors, too, and multiplied out.
  void add_over_written_factors(const RationalFunction& f) {
    const FactoredForm both = divided_by(form_, f, written_factors(ctx_, form_));
    add(both);
    if (f.d.terms() == 1 || nodes(f.n) > most_nodes_) return;
    const Rational above = f.n.content();
    Rational c = above / f.d.content();
    FactoredForm below;
    for (const auto& [p, n] : both.factors) {
      if (n >= 0) continue;
      below.factors.emplace_back(p, n);
      if (n % 2 != 0 && p.content().sign() < 0) c = -c;  // 1 - x is a factor of x^2 - x
    }
    if (!is_small(below)) return;
    below.constant = Rational(1) / c.denominator();
    const Ref n = form_.expression(f.n.times(c.numerator() / above));
    add(ctx_.multiply(n, expression(ctx_, form_, below)));
  }

  void add(Ref form) {
    if (form != e_ && std::find(forms_.begin(), forms_.end(), form) == forms_.end()) forms_.push_back(form);
  }

  // With integer coefficients above and below.
  Ref in_lowest_terms(const RationalFunction& f) {
    const Rational above = f.n.content(), below = f.d.content(), c = above / below;
    const Ref n = form_.expression(f.n.times(c.numerator() / above));
    return ctx_.divide(n, form_.expression(f.d.times(c.denominator() / below)));
  }

  Context& ctx_;
  Ref e_;
  uint64_t most_nodes_;
  PolynomialForm form_;
  std::vector<Ref> forms_;
  std::vector<uint64_t> exponents_;
};

// A sum of powers of kernels without relations, linear in one that stands in one term: what divides it
// divides that term and the rest, and so is a product of powers of kernels.
bool is_clearly_irreducible(const Context& ctx, Ref e) {
  if (ctx.kind(e) != Kind::sum) return false;
  const auto list = ctx.operands(e);
  std::vector<std::pair<Ref, int>> bases;  // and in how many terms; many: also where it is not linear
  constexpr int many = 2;
  for (size_t i = 1; i < list.size(); i += 2) {
    std::vector<Ref> factors;
    ctx.append_factors(list[i], factors);
    for (const Ref f : factors) {
      if (ctx.is_number(f)) continue;
      const Factor p = ctx.split_exponent(f);
      const bool plain = ctx.kind(p.base) == Kind::symbol || ctx.kind(p.base) == Kind::function;
      const bool related = ctx.is_function(p.base, Fn::exp) || ctx.is_function(p.base, Fn::abs);
      if (!plain || related || !ctx.is_number(p.exponent) || !ctx.value(p.exponent).is_integer())
        return false;
      const bool linear = p.exponent == one || p.exponent == minus_one;
      const auto known =
          std::find_if(bases.begin(), bases.end(), [&](const auto& b) { return b.first == p.base; });
      if (known == bases.end()) {
        bases.emplace_back(p.base, linear ? 1 : many);
      } else {
        known->second = many;
      }
    }
  }
  return std::any_of(bases.begin(), bases.end(), [](const auto& b) { return b.second == 1; });
}

}  // namespace

std::vector<Ref> quotient_forms(Context& ctx, Ref e, uint64_t most_nodes) {
  if (is_clearly_irreducible(ctx, e)) return {};
  try {
    return QuotientForms(ctx, e, most_nodes).run();
  } catch (const TooLarge&) {
    return {};
  }
}

std::string_view quotient_pass(const Context& ctx, Ref form) {
  const Kind k = ctx.kind(form);
  if (k == Kind::sum || k == Kind::long_sum) return "multiplied out";
  const auto divides = [&](Ref f) {
    const Factor p = ctx.split_exponent(f);
    return ctx.is_number(p.exponent) && ctx.value(p.exponent).sign() < 0;
  };
  if (k != Kind::product) return divides(form) ? "one fraction" : "lowest terms";
  const auto factors = ctx.operands(form);
  return std::any_of(factors.begin(), factors.end(), divides) ? "one fraction" : "factored";
}

}  // namespace nabla
