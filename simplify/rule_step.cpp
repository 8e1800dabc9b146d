#include "simplify/rule_step.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/scratch.h"
#include "simplify/prove.h"

namespace nabla {
namespace {

// A sum of more terms is left alone: its parts are sums, too.
constexpr size_t most_terms = 256;
// The best of so many candidates is taken.
constexpr size_t most_candidates = 16;
// How many powers of the left side of a rule about products are tried.
constexpr int64_t most_powers = 8;

// Where rules about a factor stand: by the head of its base and, with an exponent, by that.
struct Keys {
  RuleSet::Key list[2];
  size_t count;
};

RuleSet::Key head(const Context& ctx, Ref r) {
  switch (ctx.kind(r)) {
    case Kind::function:
      return RuleSet::function_key(ctx.function_of(r));
    case Kind::sum:
      return RuleSet::sum_key;
    case Kind::power:
      return RuleSet::symbolic_power_key;
    default:
      return RuleSet::other_key;
  }
}

Keys keys_of(const Context& ctx, const Factor& f) {
  if (f.exponent == one) return {{head(ctx, f.base)}, 1};
  if (!ctx.is_number(f.exponent)) return {{head(ctx, f.base), RuleSet::symbolic_power_key}, 2};
  return {{head(ctx, f.base), RuleSet::number_power_key}, 2};
}

}  // namespace

bool has_no_value(const Failure& f) {
  const Code code = f.diagnostic.code;
  return code == Code::division_by_zero || code == Code::outside_domain || code == Code::number_too_large;
}

template <class Attempt>
bool RuleStep::attempted(Attempt attempt) {
  matcher_.clear();
  try {
    return attempt();
  } catch (const Failure& f) {
    if (!has_no_value(f)) throw;
    return false;
  }
}

bool RuleStep::holds(const Rule& rule) {
  if (rule.when == 0) return true;
  return proved(ctx_, matcher_.build(rule.when));
}

bool RuleStep::lighter(Ref a, Ref b) {
  if (a == b) return false;
  const uint64_t of_a = weight_(a), of_b = weight_(b);
  return of_a != of_b ? of_a < of_b : calls_(a) < calls_(b);
}

Ref RuleStep::operator()(Ref e) {
  const Node& n = ctx_[e];
  if (n.shape != scalar_shape || (n.facts & (complex_valued | has_operation))) return {};
  Ref best = e;
  size_t candidates = 0;
  const Consider consider = [&](Ref candidate) {
    if (lighter(candidate, best)) best = candidate;
    return ++candidates == most_candidates;
  };
  switch (n.kind) {
    case Kind::sum:
    case Kind::long_sum:
      sum(e, consider);
      break;
    case Kind::product:
      products(matcher_.bases(e), false, consider);
      break;
    case Kind::power:
      if (ctx_.is_number(n.operand(1))) {
        products(matcher_.bases(e), false, consider);
        break;
      }
      [[fallthrough]];
    case Kind::function:
    case Kind::compare:
    case Kind::select:
      whole(e, consider);
      break;
    default:
      break;
  }
  return best == e ? Ref{} : best;
}

bool RuleStep::whole(Ref e, const Consider& consider) {
  const Kind kind = ctx_.kind(e);
  const Ref base = kind == Kind::power ? ctx_[e].operand(0) : e;
  if (base != e && ctx_.kind(base) == Kind::function && whole(e, head(ctx_, base), consider)) return true;
  return whole(e, head(ctx_, e), consider);
}

bool RuleStep::whole(Ref e, RuleSet::Key key, const Consider& consider) {
  for (uint16_t i : rules_.wholes(key)) {
    const Rule& rule = rules_.rule(i);
    const auto accept = [&] { return holds(rule) && consider(matcher_.build(rule.to)); };
    if (attempted([&] { return matcher_.whole(rule.from, e, accept); })) return true;
  }
  return false;
}

// ---- products ----

bool RuleStep::products(const Matcher::Bases& all, bool numbered, const Consider& consider) {
  for (size_t j = 0; j < all.factors.size(); ++j) {
    const Keys keys = keys_of(ctx_, all.factors[j]);
    for (size_t k = 0; k < keys.count; ++k) {
      const auto list = numbered ? rules_.numbered_products(keys.list[k]) : rules_.products(keys.list[k]);
      for (uint16_t i : list) {
        if (product(rules_.rule(i), all, j, consider)) return true;
      }
    }
  }
  return false;
}

bool RuleStep::has_divisor(const Pattern& product) const {
  const auto divides = [&](const Pattern& factor) {
    return factor.kind == Kind::power && rules_[factor.parts[1]].value.sign() < 0;
  };
  return divides(product) ||
         (product.kind == Kind::product && std::any_of(product.parts.begin(), product.parts.end(),
                                                       [&](PatternId f) { return divides(rules_[f]); }));
}

bool RuleStep::product(const Rule& rule, const Matcher::Bases& all, size_t first, const Consider& consider) {
  const Pattern& from = rules_[rule.from];
  const Pattern& anchor = from.kind == Kind::product ? rules_[from.parts[0]] : from;
  int64_t most = 1;
  const bool number_power = anchor.kind == Kind::power && rules_[anchor.parts[1]].kind == Kind::number;
  if (number_power || anchor.kind != Kind::power) {
    if (!ctx_.is_number(all.factors[first].exponent)) return false;
    const Rational e = number_power ? rules_[anchor.parts[1]].value : Rational(1);
    const Rational ratio = ctx_.value(all.factors[first].exponent) / e;
    const auto whole = ratio.abs().floor().as_int();
    if (!whole || *whole == 0) return false;
    most = ratio.sign() < 0 ? -*whole : *whole;
  }
  // cos(a)/sin(a) has a value where sin(a)/cos(a), and so 1/tan(a), has none.
  if (most < 0 && has_divisor(from)) return false;
  const int64_t sign = most < 0 ? -1 : 1;
  for (int64_t tried = 0, times = most; times != 0 && tried < most_powers; ++tried, times -= sign) {
    const auto accept = [&](const Matcher::Bases& rest) {
      if (!holds(rule)) return false;
      Matcher::Bases result = rest;
      if (from.kind == Kind::product) {
        const auto c = from.value.pow(times, ctx_.limits().folded_bits);
        if (!c) return false;
        result.coefficient = result.coefficient / *c;
      }
      const Ref to = ctx_.power(matcher_.build(rule.to), ctx_.number(times));
      return consider(ctx_.multiply(matcher_.product_of(result), to));
    };
    if (attempted([&] { return matcher_.divisor(rule.from, all, times, first, accept); })) return true;
  }
  return false;
}

// ---- sums ----

bool RuleStep::sum(Ref e, const Consider& consider) {
  std::vector<Term> terms;
  ctx_.append_terms(e, terms);
  if (terms.size() > most_terms) return false;
  ctx_.budget().spend(terms.size());
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].body == one) continue;
    const Matcher::Bases body = matcher_.bases(terms[i].body);
    for (size_t j = 0; j < body.factors.size(); ++j) {
      const Keys keys = keys_of(ctx_, body.factors[j]);
      for (size_t k = 0; k < keys.count; ++k) {
        for (uint16_t rule : rules_.sums(keys.list[k])) {
          if (sum_rule(rules_.rule(rule), terms, i, body, j, consider)) return true;
        }
      }
    }
  }
  return numbered_terms(terms, consider);
}

// 2*sin(a)*cos(a) among other terms: the number is not part of the product there.
bool RuleStep::numbered_terms(const std::vector<Term>& terms, const Consider& consider) {
  for (size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].coefficient == one || terms[i].body == one) continue;
    Matcher::Bases body = matcher_.bases(terms[i].body);
    body.coefficient = ctx_.value(terms[i].coefficient);
    const auto instead = [&](Ref term) {
      std::vector<Term> changed = terms;
      changed[i] = {one, term};
      return consider(ctx_.sum(changed));
    };
    if (products(body, true, instead)) return true;
  }
  return false;
}

// m*(c0*p0 + c1*p1 + …) among the terms, where terms[i] is a multiple of m*p0: then as often as one of the
// terms has it, it is replaced.
bool RuleStep::sum_rule(const Rule& rule, const std::vector<Term>& terms, size_t i,
                        const Matcher::Bases& body, size_t first, const Consider& consider) {
  const Pattern& from = rules_[rule.from];
  Ref m;
  std::vector<Rational> multiples;
  std::vector<size_t> used{i};

  const auto replaced = [&] {
    if (!holds(rule)) return false;
    const Ref gone = ctx_.multiply(m, matcher_.build(rule.from));
    std::vector<Ref> parts;  // m times each term: m times the sum would keep it together
    for (PatternId p : from.parts) parts.push_back(ctx_.multiply(m, matcher_.build(p)));
    const Ref come = ctx_.multiply(m, matcher_.build(rule.to));
    if (gone == come) return false;
    for (size_t k = 0; k < multiples.size(); ++k) {
      if (std::find(multiples.begin(), multiples.begin() + static_cast<ptrdiff_t>(k), multiples[k]) !=
          multiples.begin() + static_cast<ptrdiff_t>(k))
        continue;
      std::vector<Term> changed = terms;
      for (size_t p = 0; p < parts.size(); ++p)
        changed.push_back({ctx_.number(-multiples[k] * from.numbers[p]), parts[p]});
      changed.push_back({ctx_.number(multiples[k]), come});
      if (consider(ctx_.sum(changed))) return true;
    }
    return false;
  };

  std::function<bool(size_t)> others = [&](size_t at) {
    if (at == from.parts.size()) return replaced();
    const PatternId part = from.parts[at];
    const bool known = matcher_.all_known(part);
    const Term wanted = known ? ctx_.split_coefficient(ctx_.multiply(m, matcher_.build(part))) : Term{};
    // A sum stands among the terms as its terms; whether it does is seen when they are taken away.
    if (known && ctx_.kind(wanted.body) == Kind::sum) return others(at + 1);
    for (size_t j = 0; j < terms.size(); ++j) {
      if (std::find(used.begin(), used.end(), j) != used.end()) continue;
      const auto next = [&](const Rational& factor) {
        multiples.push_back(ctx_.value(terms[j].coefficient) / factor / from.numbers[at]);
        used.push_back(j);
        if (others(at + 1)) return true;
        used.pop_back();
        multiples.pop_back();
        return false;
      };
      if (known) {
        if (terms[j].body == wanted.body) return next(ctx_.value(wanted.coefficient));
        continue;
      }
      const auto rest_is_m = [&](const Matcher::Bases& rest) {
        const Term t = ctx_.split_coefficient(matcher_.product_of(rest));
        return t.body == m && next(Rational(1) / ctx_.value(t.coefficient));
      };
      if (matcher_.divisor(part, matcher_.bases(terms[j].body), 1, Matcher::none, rest_is_m)) return true;
    }
    return false;
  };

  const auto begin = [&](const Matcher::Bases& rest) {
    const Term t = ctx_.split_coefficient(matcher_.product_of(rest));
    m = t.body;
    multiples = {ctx_.value(terms[i].coefficient) * ctx_.value(t.coefficient) / from.numbers[0]};
    return others(1);
  };
  return attempted([&] { return matcher_.divisor(from.parts[0], body, 1, first, begin); });
}

}  // namespace nabla
