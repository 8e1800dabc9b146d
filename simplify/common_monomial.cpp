#include "simplify/common_monomial.h"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>
#include <vector>

#include "expr/tensor.h"
#include "simplify/content.h"

namespace nabla {
namespace {

constexpr size_t most_terms = 64, most_bases = 24;
constexpr uint64_t most_weight = 4000 * Weight::of_node;

struct Power {
  size_t base;  // its number
  Rational exponent;
};

struct Monomial {
  Ref coefficient;
  std::vector<Power> powers;
};

class CommonMonomials {
 public:
  CommonMonomials(Context& ctx, Weight& weight) : ctx_(ctx), weight_(weight) {}

  // The best single step; Ref{} if none is lighter.
  Ref step(Ref sum) {
    least_ = weight_(sum);
    if (!read(sum)) return {};
    try_terms(all());
    for (size_t b = 0; b < std::min(bases_.size(), most_bases); ++b) {
      std::vector<size_t> with, over, under;
      for (size_t t = 0; t < terms_.size(); ++t) {
        const Rational e = exponent(terms_[t], b);
        if (e.sign() == 0) continue;
        with.push_back(t);
        (e.sign() > 0 ? over : under).push_back(t);
      }
      if (with.size() < terms_.size()) try_terms(with);
      if (over.size() < with.size()) try_terms(over);
      if (under.size() < with.size()) try_terms(under);
    }
    return best_;
  }

  // The sum over the lowest negative powers of positive bases; the sum itself if there are none.
  Ref over_positive(Ref sum) {
    if (!read(sum)) return sum;
    std::vector<Power> common = lowest(all());
    std::erase_if(common, [&](const Power& c) {
      return c.exponent.sign() > 0 || !is_positive(ctx_[bases_[c.base]].facts);
    });
    return common.empty() ? sum : taken_out(all(), common);
  }

 private:
  // The sum as monomials; false: it is no sum, or too long.
  bool read(Ref sum) {
    if (weight_(sum) > most_weight) return false;
    ctx_.append_terms(sum, bodies_);
    if (bodies_.size() < 2 || bodies_.size() > most_terms) return false;
    for (const Term& t : bodies_) terms_.push_back(monomial(t));
    return true;
  }

  std::vector<size_t> all() const {
    std::vector<size_t> list(terms_.size());
    for (size_t t = 0; t < list.size(); ++t) list[t] = t;
    return list;
  }

  Monomial monomial(const Term& t) {
    Monomial m{t.coefficient, {}};
    factors_.clear();
    ctx_.append_factors(t.body, factors_);
    for (const Ref f : factors_) {
      if (f != one) add(m, f);
    }
    return m;
  }

  // x^(n - 1) is x^n * x^(-1), exp(-u) is exp(u)^(-1).
  void add(Monomial& m, Ref factor) {
    const Factor f = ctx_.split_exponent(factor);
    if (ctx_.is_number(f.exponent)) {
      add_power(m, f.base, ctx_.value(f.exponent));
      return;
    }
    // (x*y)^(n - 1) stays whole: 1/(x*y) falls apart and may cancel, where x^(n - 1) has a value at 0. So
    // does 0^(n - 1), which is no power of 0.
    if (ctx_.kind(f.base) == Kind::product || f.base == zero) {
      add_power(m, factor, 1);
      return;
    }
    parts_.clear();
    ctx_.append_terms(f.exponent, parts_);
    std::vector<Term> rest;
    for (const Term& p : parts_) {
      if (p.body == one) {
        add_power(m, f.base, ctx_.value(p.coefficient));
      } else {
        rest.push_back(p);
      }
    }
    Ref symbolic = ctx_.sum(rest);
    const bool inverse = rest.size() == 1 && ctx_.value(rest[0].coefficient).sign() < 0;
    if (inverse) symbolic = ctx_.negate(symbolic);
    add_power(m, ctx_.power(f.base, symbolic), inverse ? -1 : 1);
  }

  void add_power(Monomial& m, Ref base, Rational exponent) {
    if (ctx_.is_function(base, Fn::exp)) {
      const Term argument = ctx_.split_coefficient(ctx_.operands(base)[0]);
      base = ctx_.function(Fn::exp, {argument.body});
      exponent = exponent * ctx_.value(argument.coefficient);
    }
    const auto [at, fresh] = number_.try_emplace(base, bases_.size());
    if (fresh) bases_.push_back(base);
    for (Power& p : m.powers) {
      if (p.base != at->second) continue;
      p.exponent = p.exponent + exponent;
      return;
    }
    m.powers.push_back({at->second, exponent});
  }

  static Rational exponent(const Monomial& m, size_t base) {
    for (const Power& p : m.powers) {
      if (p.base == base) return p.exponent;
    }
    return 0;
  }

  Ref power(size_t base, const Rational& exponent) {
    const Ref b = bases_[base];
    if (ctx_.is_function(b, Fn::exp)) {
      return ctx_.function(Fn::exp, {ctx_.scale(ctx_.number(exponent), ctx_.operands(b)[0])});
    }
    return ctx_.power(b, ctx_.number(exponent));
  }

  // The lowest power of each base in these terms, as far as not 1.
  std::vector<Power> lowest(const std::vector<size_t>& members) {
    std::vector<Power> common;
    for (size_t b = 0; b < bases_.size(); ++b) {
      Rational least = exponent(terms_[members[0]], b);
      for (const size_t t : members) least = std::min(least, exponent(terms_[t], b));
      if (least.sign() != 0) common.push_back({b, least});
    }
    return common;
  }

  // Whether one of these bases is no longer in what remains of the terms: (a + b)*x + c, and not x*(x + 2)
  // + 3.
  bool leaves_rests(const std::vector<size_t>& members, const std::vector<Power>& common) {
    return std::any_of(common.begin(), common.end(), [&](const Power& c) {
      return std::all_of(members.begin(), members.end(),
                         [&](size_t t) { return exponent(terms_[t], c.base) == c.exponent; });
    });
  }

  // Takes the lowest powers out of these terms.
  void try_terms(const std::vector<size_t>& members) {
    if (members.size() < 2) return;
    const std::vector<Power> common = lowest(members);
    if (common.empty() || (members.size() < terms_.size() && !leaves_rests(members, common))) return;
    try_common(members, common);
    // exp(x)*(log(x) + 1/x), and not exp(x)*(x*log(x) + 1)/x: without what only some terms are over.
    std::vector<Power> of_each;
    for (const Power& c : common) {
      const bool each = std::all_of(members.begin(), members.end(), [&](size_t t) {
        return exponent(terms_[t], c.base).sign() == c.exponent.sign();
      });
      if (each) {
        of_each.push_back(c);
      } else if (may_hide(c.base)) {
        return;
      }
    }
    if (!of_each.empty() && of_each.size() < common.size()) try_common(members, of_each);
  }

  // Whether x^n/x may stand for x^(n - 1), which can have a value at 0.
  bool may_hide(size_t base) const {
    if (ctx_[bases_[base]].facts & nonzero) return false;
    return std::any_of(bases_.begin(), bases_.end(), [&](Ref b) {
      return ctx_.kind(b) == Kind::power && ctx_.operands(b)[0] == bases_[base];
    });
  }

  void try_common(const std::vector<size_t>& members, const std::vector<Power>& common) {
    const Ref product = taken_out(members, common);
    std::vector<Term> result;
    for (const Ref form : {product, without_content(ctx_, product)}) {
      result.assign(1, {one, form});
      for (size_t t = 0; t < terms_.size(); ++t) {
        if (std::find(members.begin(), members.end(), t) == members.end()) result.push_back(bodies_[t]);
      }
      propose(ctx_.sum(result));
    }
  }

  // The common powers times what remains of these terms.
  Ref taken_out(const std::vector<size_t>& members, const std::vector<Power>& common) {
    std::vector<Term> rests;
    std::vector<Ref> factors;
    for (const size_t t : members) {
      ctx_.budget().spend();
      factors.clear();
      for (const Power& p : terms_[t].powers) {
        const bool taken =
            std::any_of(common.begin(), common.end(), [&](auto& c) { return c.base == p.base; });
        if (!taken) factors.push_back(power(p.base, p.exponent));
      }
      for (const Power& c : common) {
        const Rational left = exponent(terms_[t], c.base) - c.exponent;
        if (left.sign() != 0) factors.push_back(power(c.base, left));
      }
      rests.push_back(ctx_.product_term(terms_[t].coefficient, factors));
    }
    factors.assign(1, ctx_.sum(rests));
    for (const Power& c : common) factors.push_back(power(c.base, c.exponent));
    return ctx_.product(factors);
  }

  void propose(Ref candidate) {
    const uint64_t w = weight_(candidate);
    if (w >= least_) return;
    least_ = w;
    best_ = candidate;
  }

  Context& ctx_;
  Weight& weight_;
  Ref best_;
  uint64_t least_ = 0;
  std::vector<Term> bodies_, parts_;
  std::vector<Monomial> terms_;
  std::vector<Ref> factors_;
  std::vector<Ref> bases_;
  std::unordered_map<Ref, size_t> number_;
};

bool is_sum(const Context& ctx, Ref e) {
  return (ctx.kind(e) == Kind::sum || ctx.kind(e) == Kind::long_sum) && ctx[e].shape == scalar_shape;
}

}  // namespace

Ref take_out_monomials(Context& ctx, Weight& weight, Ref sum) {
  while (is_sum(ctx, sum)) {
    const Ref better = CommonMonomials(ctx, weight).step(sum);
    if (!better) break;
    sum = better;
  }
  return sum;
}

static Ref clear_factors(Context& ctx, Weight& weight, Ref e) {
  std::vector<Ref> factors;
  ctx.append_factors(e, factors);
  bool changed = false;
  for (Ref& f : factors) {
    const Factor p = ctx.split_exponent(f);
    if (!is_sum(ctx, p.base) || !ctx.is_number(p.exponent) || ctx.value(p.exponent).is_integer()) continue;
    const Ref base = CommonMonomials(ctx, weight).over_positive(p.base);
    const Rational content = ctx.kind(base) == Kind::sum ? sum_content(ctx, base).abs() : Rational(1);
    if (base == p.base && content.is_one()) continue;
    const Ref rest = ctx.scale(ctx.number(Rational(1) / content), base);
    f = ctx.multiply(ctx.power(ctx.number(content), p.exponent), ctx.power(rest, p.exponent));
    changed = true;
  }
  return changed ? ctx.product(factors) : e;
}

// Each term of a sum times a power.
static Ref times_power(Context& ctx, Ref sum, Ref base, int64_t exponent) {
  std::vector<Term> terms;
  ctx.append_terms(sum, terms);
  for (Term& t : terms) t.body = ctx.multiply(t.body, ctx.power(base, exponent));
  return ctx.sum(terms);
}

static bool has_number(Context& ctx, Ref sum) {
  std::vector<Term> terms;
  ctx.append_terms(sum, terms);
  return std::any_of(terms.begin(), terms.end(), [](const Term& t) { return t.body == one; });
}

Ref factors_into_roots(Context& ctx, Ref product) {
  if (ctx.kind(product) != Kind::product) return product;
  std::vector<Ref> factors(ctx.operands(product).begin(), ctx.operands(product).end());
  bool changed = false;
  for (Ref& root : factors) {
    const Factor r = ctx.split_exponent(root);
    if (ctx.kind(r.base) != Kind::sum || !ctx.is_number(r.exponent)) continue;
    const Rational n = ctx.value(r.exponent);
    if (n.is_integer()) continue;
    for (Ref& f : factors) {
      const Factor p = ctx.split_exponent(f);
      if (f == root || ctx.is_number(p.base) || !ctx.is_number(p.exponent) || !is_positive(ctx[p.base].facts))
        continue;
      const auto into = (ctx.value(p.exponent) / n).as_int();  // b^(k*n)*u^n is (b^k*u)^n
      if (!into || std::abs(*into) > 8 || !ctx.value(p.exponent).is_integer()) continue;
      const Ref sum = times_power(ctx, ctx.split_exponent(root).base, p.base, *into);
      if (!has_number(ctx, sum)) continue;
      root = ctx.power(sum, r.exponent);
      f = one;
      changed = true;
    }
  }
  return changed ? ctx.product(factors) : product;
}

Ref clear_radicands(Context& ctx, Weight& weight, Ref e) {
  if (!is_sum(ctx, e)) return clear_factors(ctx, weight, e);
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  if (terms.size() > most_terms) return e;
  std::vector<Ref> cleared;
  for (const Term& t : terms) {
    const Ref whole = ctx.scale(t.coefficient, t.body), form = clear_factors(ctx, weight, whole);
    cleared.push_back(weight(form) < weight(whole) ? form : whole);
  }
  return ctx.sum(cleared);
}

}  // namespace nabla
