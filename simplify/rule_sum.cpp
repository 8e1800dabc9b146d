// Rules about sums: m*(c0*p0 + c1*p1 + …) among other terms.
#include <algorithm>

#include "simplify/rule_step.h"

namespace nabla {
namespace {

// A sum of more terms is left alone: its parts are sums, too.
constexpr size_t most_terms = 256;

// A number for each product such that that of a product is the sum of those of its factors. What a rule
// looks for among the terms is asked for by this number before it is made.
uint64_t signature(const Context& ctx, const Matcher::Bases& product) {
  uint64_t s = 0;
  for (const Factor& f : product.factors) {
    s += ctx.is_number(f.exponent) ? ctx[f.base].hash * RuleSet::exponent_weight(ctx.value(f.exponent))
                                   : mix(ctx[f.base].hash, ctx[f.exponent].hash);
  }
  return s;
}

// The same where equal heads are as good as equal factors.
uint64_t head_signature(const Context& ctx, const Matcher::Bases& product) {
  uint64_t s = 0;
  for (const Factor& f : product.factors) {
    const uint64_t head = ctx.kind(f.base) == Kind::function
                              ? RuleSet::head_weight(RuleSet::function_key(ctx.function_of(f.base)))
                              : ctx[f.base].hash;
    s += ctx.is_number(f.exponent) ? head * RuleSet::exponent_weight(ctx.value(f.exponent))
                                   : mix(head, ctx[f.exponent].hash);
  }
  return s;
}

bool has_other(const std::vector<uint64_t>& list, uint64_t wanted, size_t than) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] == wanted && i != than) return true;
  }
  return false;
}

// A product that may be a sum and what a rule asks for.
bool has_sum(const Context& ctx, const Matcher::Bases& product) {
  return std::any_of(product.factors.begin(), product.factors.end(),
                     [&](const Factor& f) { return f.exponent == one && ctx.kind(f.base) == Kind::sum; });
}

}  // namespace

struct Summands {
  std::vector<Term> terms;
  std::vector<Matcher::Bases> bodies;
  std::vector<uint64_t> signatures, head_signatures;

  size_t find(Ref body) const {
    for (size_t i = 0; i < terms.size(); ++i) {
      if (terms[i].body == body) return i;
    }
    return terms.size();
  }
};

bool RuleStep::sum(Ref e, const Consider& consider) {
  Summands s;
  ctx_.append_terms(e, s.terms);
  if (s.terms.size() > most_terms) return false;
  ctx_.budget().spend(s.terms.size());
  for (const Term& t : s.terms) {
    s.bodies.push_back(t.body == one ? Matcher::Bases{} : matcher_.bases(t.body));
    s.signatures.push_back(signature(ctx_, s.bodies.back()));
    s.head_signatures.push_back(head_signature(ctx_, s.bodies.back()));
  }
  const auto missing = [&](const Rule& rule, size_t i) {
    return std::any_of(rule.steps.begin(), rule.steps.end(), [&](uint64_t step) {
      return !has_other(s.head_signatures, s.head_signatures[i] + step, i);
    });
  };
  for (size_t i = 0; i < s.terms.size(); ++i) {
    const bool sum = has_sum(ctx_, s.bodies[i]);
    for (size_t j = 0; j < s.bodies[i].factors.size(); ++j) {
      const RuleKeys keys = keys_of(ctx_, s.bodies[i].factors[j]);
      for (size_t k = 0; k < keys.count; ++k) {
        for (uint16_t rule : rules_.sums(keys.list[k])) {
          if (!sum && missing(rules_.rule(rule), i)) continue;
          if (sum_rule(rules_.rule(rule), s, i, j, consider)) return true;
        }
      }
    }
  }
  return numbered_terms(s, consider);
}

// 2*sin(a)*cos(a) among other terms: the number is not part of the product there.
bool RuleStep::numbered_terms(const Summands& s, const Consider& consider) {
  for (size_t i = 0; i < s.terms.size(); ++i) {
    if (s.terms[i].coefficient == one || s.terms[i].body == one) continue;
    Matcher::Bases body = s.bodies[i];
    body.coefficient = ctx_.value(s.terms[i].coefficient);
    const Ref before = ctx_.scale(s.terms[i].coefficient, s.terms[i].body);
    const auto instead = [&](Ref term) {
      const bool joins = s.find(ctx_.split_coefficient(term).body) < s.terms.size();
      if (!joins && !lighter(term, before)) return false;
      std::vector<Term> changed = s.terms;
      changed[i] = {one, term};
      return consider(ctx_.sum(changed));
    };
    if (products(body, true, instead)) return true;
  }
  return false;
}

namespace {

// One rule in one sum: terms[i] is a multiple of m*p0.
class SumRule {
 public:
  using Consider = std::function<bool(Ref)>;

  SumRule(Context& ctx, Matcher& matcher, const RuleSet& rules, const Rule& rule, const Summands& sum)
      : ctx_(ctx), matcher_(matcher), rule_(rule), from_(rules[rule.from]), rules_(rules), sum_(sum) {}

  // `holds`: whether the condition is proved; `lighter`: whether a is lighter than b.
  std::function<bool()> holds;
  std::function<bool(Ref, Ref)> lighter;
  const Consider* consider = nullptr;

  bool run(size_t i, size_t first) {
    const auto begin = [&](const Matcher::Bases& rest) {
      used_ = {i};
      rest_ = signature(ctx_, rest);
      // m as a sum stands among the terms as its terms.
      m_is_sum_ = rest.factors.size() == 1 && rest.factors[0].exponent == one &&
                  ctx_.kind(rest.factors[0].base) == Kind::sum;
      if (!m_is_sum_ && !possible()) return false;
      const Term t = ctx_.split_coefficient(matcher_.product_of(rest));
      m_ = t.body;
      multiples_ = {ctx_.value(sum_.terms[i].coefficient) * ctx_.value(t.coefficient) / from_.numbers[0]};
      return others(1);
    };
    return matcher_.divisor(from_.parts[0], sum_.bodies[i], 1, first, begin);
  }

 private:
  // Whether each part that is known already may be there, m times.
  bool possible() {
    for (size_t at = 1; at < from_.parts.size(); ++at) {
      const PatternId part = from_.parts[at];
      if (!matcher_.all_known(part)) continue;
      const Ref built = matcher_.build(part);
      const uint64_t wanted = rest_ + (built == one ? 0 : signature(ctx_, matcher_.bases(built)));
      if (!has_other(sum_.signatures, wanted, used_[0])) return false;
    }
    return true;
  }

  bool others(size_t at) {
    if (at == from_.parts.size()) return replaced();
    const PatternId part = from_.parts[at];
    if (matcher_.all_known(part)) {
      const Term wanted = ctx_.split_coefficient(ctx_.multiply(m_, matcher_.build(part)));
      if (ctx_.kind(wanted.body) == Kind::sum) return others(at + 1);  // seen when it is taken away
      if (wanted.coefficient == zero) return false;  // a part that is 0 here stands in no sum
      const size_t j = sum_.find(wanted.body);
      return j < sum_.terms.size() && use(at, j, ctx_.value(wanted.coefficient));
    }
    for (size_t j = 0; j < sum_.terms.size(); ++j) {
      const auto rest_is_m = [&](const Matcher::Bases& rest) {
        if (signature(ctx_, rest) != rest_) return false;
        const Term t = ctx_.split_coefficient(matcher_.product_of(rest));
        return t.body == m_ && use(at, j, Rational(1) / ctx_.value(t.coefficient));
      };
      if (matcher_.divisor(part, sum_.bodies[j], 1, Matcher::none, rest_is_m)) return true;
    }
    return false;
  }

  // terms[j] is a multiple of m*part: it has it so often, if `factor` times is once.
  bool use(size_t at, size_t j, const Rational& factor) {
    if (std::find(used_.begin(), used_.end(), j) != used_.end()) return false;
    multiples_.push_back(ctx_.value(sum_.terms[j].coefficient) / factor / from_.numbers[at]);
    used_.push_back(j);
    if (others(at + 1)) return true;
    used_.pop_back();
    multiples_.pop_back();
    return false;
  }

  // Replaced so many times: each term that goes makes room for one that comes, or for a lighter one.
  bool worthwhile(const Rational& times, size_t new_terms) const {
    size_t gone = 0;
    uint32_t weight = 0;
    for (size_t p = 0; p < multiples_.size(); ++p) {
      if (!(multiples_[p] == times)) continue;
      ++gone;
      weight += rules_[from_.parts[p]].weight;
    }
    return m_is_sum_ || gone > new_terms || (gone == new_terms && weight > rules_[rule_.to].weight);
  }

  // As often as one of the terms has it.
  bool replaced() {
    if (!holds()) return false;
    const Ref come = ctx_.multiply(m_, matcher_.build(rule_.to));
    std::vector<Term> parts;  // m times each term: m times the sum would keep it together
    for (size_t p = 0; p < from_.parts.size(); ++p)
      parts.push_back({ctx_.number(from_.numbers[p]), ctx_.multiply(m_, matcher_.build(from_.parts[p]))});
    std::vector<Term> terms;
    ctx_.append_terms(come, terms);
    const size_t new_terms =
        static_cast<size_t>(std::count_if(terms.begin(), terms.end(), [&](const Term& t) {
          return t.coefficient != zero && sum_.find(t.body) == sum_.terms.size();
        }));
    for (size_t k = 0; k < multiples_.size(); ++k) {
      if (!worthwhile(multiples_[k], new_terms)) continue;
      const auto end = multiples_.begin() + static_cast<ptrdiff_t>(k);
      if (std::find(multiples_.begin(), end, multiples_[k]) == end && replaced(multiples_[k], parts, come))
        return true;
    }
    return false;
  }

  bool replaced(const Rational& times, const std::vector<Term>& parts, Ref come) {
    std::vector<Term> change;
    for (const Term& p : parts) change.push_back({ctx_.number(-times * ctx_.value(p.coefficient)), p.body});
    change.push_back({ctx_.number(times), come});
    // What it is about alone decides first; what it meets among the others belongs to that.
    std::vector<bool> met(sum_.terms.size(), false);
    for (size_t j : used_) met[j] = true;
    std::vector<Term> made;
    ctx_.append_terms(ctx_.sum(change), made);
    for (const Term& t : made) {
      if (const size_t j = sum_.find(t.body); j < sum_.terms.size()) met[j] = true;
    }
    std::vector<Term> few, others;
    for (size_t j = 0; j < sum_.terms.size(); ++j) (met[j] ? few : others).push_back(sum_.terms[j]);
    const Ref before = ctx_.sum(few);
    few.insert(few.end(), change.begin(), change.end());
    const Ref after = ctx_.sum(few);
    if (others.empty()) return (*consider)(after);
    if (!lighter(ctx_.add(after, marker()), ctx_.add(before, marker()))) return false;
    others.push_back({one, after});
    return (*consider)(ctx_.sum(others));
  }

  // Stands for the other terms.
  Ref marker() { return ctx_.let(0); }

  Context& ctx_;
  Matcher& matcher_;
  const Rule& rule_;
  const Pattern& from_;
  const RuleSet& rules_;
  const Summands& sum_;
  Ref m_;
  bool m_is_sum_ = false;
  uint64_t rest_ = 0;  // the signature of m
  std::vector<Rational> multiples_;
  std::vector<size_t> used_;
};

}  // namespace

bool RuleStep::sum_rule(const Rule& rule, const Summands& sum, size_t i, size_t first,
                        const Consider& consider) {
  SumRule one_rule(ctx_, matcher_, rules_, rule, sum);
  one_rule.holds = [&] { return holds(rule); };
  one_rule.lighter = [&](Ref a, Ref b) { return lighter(a, b); };
  one_rule.consider = &consider;
  return attempted([&] { return one_rule.run(i, first); });
}

}  // namespace nabla
