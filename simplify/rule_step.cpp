#include "simplify/rule_step.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/scratch.h"
#include "simplify/prove.h"

namespace nabla {
namespace {

// The best of so many candidates is taken.
constexpr size_t most_candidates = 16;
// How many powers of the left side of a rule about products are tried.
constexpr int64_t most_powers = 8;

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

}  // namespace

RuleKeys keys_of(const Context& ctx, const Factor& f) {
  if (f.exponent == one) return {{head(ctx, f.base)}, 1};
  if (!ctx.is_number(f.exponent)) return {{head(ctx, f.base), RuleSet::symbolic_power_key}, 2};
  return {{head(ctx, f.base), RuleSet::number_power_key}, 2};
}

bool RuleStep::holds(const Rule& rule) {
  tried_ = &rule;
  if (rule.when == 0) return true;
  return proved(ctx_, matcher_.build(rule.when));
}

RuleLetters RuleStep::letters() const {
  RuleLetters letters;
  for (size_t i = 0; i < rule_letters().size(); ++i) {
    if (const Ref value = matcher_.value(i)) letters.emplace_back(rule_letters()[i], value);
  }
  return letters;
}

bool RuleStep::lighter(Ref a, Ref b) {
  if (a == b || weight_.nodes(a) > weight_.nodes(b)) return false;
  const uint64_t of_a = weight_(a), of_b = weight_(b);
  return of_a != of_b ? of_a < of_b : calls_(a) < calls_(b);
}

Ref RuleStep::about_matrices(Ref e) {
  try {
    return matrices_(e);
  } catch (const Failure& f) {
    if (!has_no_value(f)) throw;
    return {};
  }
}

Ref RuleStep::operator()(Ref e) {
  const Node& n = ctx_[e];
  if (n.facts & (complex_valued | has_operation)) return {};
  if (MatrixRuleStep::may_apply(ctx_, e)) {
    if (const Ref found = about_matrices(e)) {
      if (trace_ != nullptr) trace_->by_rule(e, found, matrices_.rule(), matrices_.letters());
      return found;
    }
  }
  if (n.shape != scalar_shape) return {};
  Ref best = e;
  size_t candidates = 0;
  const Consider consider = [&](Ref candidate) {
    if (lighter(candidate, best)) {
      best = candidate;
      if (trace_ != nullptr) trace_->by_rule(e, best, *tried_->text, letters());
    }
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
        const bool enough = products(matcher_.bases(e), false, consider);
        // A root of a function is that function to some power, too: sqrt(exp(2*x)) is exp(x).
        if (!enough && !ctx_.value(n.operand(1)).is_integer() && ctx_.kind(n.operand(0)) == Kind::function)
          whole(e, head(ctx_, n.operand(0)), consider);
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
  uint64_t heads = 0;
  for (const Factor& f : all.factors) heads |= RuleSet::head_bit(head(ctx_, f.base));
  for (size_t j = 0; j < all.factors.size(); ++j) {
    const RuleKeys keys = keys_of(ctx_, all.factors[j]);
    for (size_t k = 0; k < keys.count; ++k) {
      const auto list = numbered ? rules_.numbered_products(keys.list[k]) : rules_.products(keys.list[k]);
      for (uint16_t i : list) {
        if ((rules_.rule(i).heads & ~heads) != 0) continue;
        if (product(rules_.rule(i), all, j, numbered, consider)) return true;
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

bool RuleStep::product(const Rule& rule, const Matcher::Bases& all, size_t first, bool numbered,
                       const Consider& consider) {
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
        if (numbered && !result.coefficient.is_integer()) return false;
      }
      const Ref to = ctx_.power(matcher_.build(rule.to), ctx_.number(times));
      return consider(ctx_.multiply(matcher_.product_of(result), to));
    };
    if (attempted([&] { return matcher_.divisor(rule.from, all, times, first, accept); })) return true;
  }
  return false;
}

}  // namespace nabla
