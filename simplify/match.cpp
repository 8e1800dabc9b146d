#include "simplify/match.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/scratch.h"

namespace nabla {

// What is still to be matched, before `accept` is asked. For a sum or product: from part `at` on, and
// `subject` is what the parts before it have left.
struct Matcher::Goal {
  PatternId pattern;
  Ref subject;
  const Goal* next;
  const Accept* accept = nullptr;  // of the last one
  size_t at = 0;
  bool started = false;
};

Ref Matcher::build(PatternId id) {
  const Pattern& p = rules_[id];
  switch (p.kind) {
    case Kind::symbol:
      return values_[p.tag];
    case Kind::number:
      return ctx_.number(p.value);
    case Kind::constant:
      return ctx_.constant(static_cast<Constant>(p.tag));
    case Kind::truth:
      return ctx_.truth(p.tag != 0);
    case Kind::sum: {
      Scratch<Term, 8> terms;
      for (size_t i = 0; i < p.parts.size(); ++i)
        terms.push_back({ctx_.number(p.numbers[i]), build(p.parts[i])});
      return ctx_.sum(terms);
    }
    default:
      break;
  }
  Scratch<Ref, 8> list;
  for (PatternId part : p.parts) list.push_back(build(part));
  switch (p.kind) {
    case Kind::product:
      return ctx_.product(ctx_.number(p.value), list);
    case Kind::power:
      return ctx_.power(list[0], list[1]);
    case Kind::function:
      return ctx_.function(static_cast<Fn>(p.tag), list);
    case Kind::compare:
      return ctx_.compare(static_cast<Relation>(p.tag), list[0], list[1]);
    case Kind::connective:
      if (static_cast<Connective>(p.tag) == Connective::negation) return ctx_.negation(list[0]);
      return static_cast<Connective>(p.tag) == Connective::conjunction ? ctx_.conjunction(list[0], list[1])
                                                                       : ctx_.disjunction(list[0], list[1]);
    default:
      return ctx_.select(list[0], list[1], list[2]);
  }
}

bool Matcher::whole(PatternId p, Ref subject, const Accept& accept) {
  const Goal goal{p, subject, nullptr, &accept};
  return solve(&goal);
}

bool Matcher::solve(const Goal* g) {
  ctx_.budget().spend();
  const Pattern& p = rules_[g->pattern];
  const auto rest = [&] { return g->next ? solve(g->next) : (*g->accept)(); };
  switch (p.kind) {
    case Kind::symbol:
      return hole(*g);
    case Kind::number:
      return ctx_.is_number(g->subject) && ctx_.value(g->subject) == p.value && rest();
    case Kind::constant:
    case Kind::truth:
      return ctx_.kind(g->subject) == p.kind && ctx_[g->subject].tag == p.tag && rest();
    case Kind::sum:
    case Kind::product:
      if (!g->started && all_known(g->pattern)) return build(g->pattern) == g->subject && rest();
      return operands(*g);
    case Kind::power:
      if (all_known(g->pattern)) return build(g->pattern) == g->subject && rest();
      return power(*g);
    default:
      return nodes(*g);
  }
}

bool Matcher::hole(const Goal& g) {
  const uint16_t k = rules_[g.pattern].tag;
  const uint32_t bit = uint32_t{1} << k;
  const auto rest = [&] { return g.next ? solve(g.next) : (*g.accept)(); };
  if (bound_ & bit) return values_[k] == g.subject && rest();
  const Node& n = ctx_[g.subject];
  if (n.shape != scalar_shape || (n.facts & (complex_valued | has_operation))) return false;
  values_[k] = g.subject;
  bound_ |= bit;
  if (rest()) return true;
  bound_ &= ~bit;
  return false;
}

bool Matcher::power(const Goal& g) {
  if (ctx_.kind(g.subject) != Kind::power) return false;
  const Pattern& p = rules_[g.pattern];
  const Factor f = ctx_.split_exponent(g.subject);
  const Goal base{p.parts[0], f.base, g.next, g.accept};
  const Goal exponent{p.parts[1], f.exponent, &base, g.accept};
  return solve(&exponent);
}

// Calls, comparisons and branches: the same node with parts that match.
bool Matcher::nodes(const Goal& g) {
  const Pattern& p = rules_[g.pattern];
  const Node n = ctx_[g.subject];
  if (n.kind != p.kind || n.tag != p.tag || n.count != p.parts.size() || n.count > 3) return false;
  Goal goals[3] = {};
  const Goal* next = g.next;
  for (size_t i = n.count; i-- > 0;) {
    goals[i] = {p.parts[i], n.operand(i), next, g.accept};
    next = &goals[i];
  }
  if (solve(next)) return true;
  const bool either_way = n.kind == Kind::compare && (static_cast<Relation>(n.tag) == Relation::equal ||
                                                      static_cast<Relation>(n.tag) == Relation::not_equal);
  if (!either_way) return false;
  std::swap(goals[0].subject, goals[1].subject);
  return solve(next);
}

// One operand of a sum or product for one part of the pattern, then the next.
bool Matcher::operands(const Goal& g) {
  const Pattern& p = rules_[g.pattern];
  const bool product = p.kind == Kind::product;
  const Ref neutral = product ? one : zero;
  if (!g.started) {
    const Kind long_kind = product ? Kind::long_product : Kind::long_sum;
    const bool takes_rest = rules_[p.parts.back()].kind == Kind::symbol && !all_known(p.parts.back());
    const Kind kind = ctx_.kind(g.subject);
    if (kind == long_kind || (kind != p.kind && !(takes_rest && product))) return false;
    Goal start = g;
    start.started = true;
    if (product) {
      const Term t = ctx_.split_coefficient(g.subject);
      const Rational c = ctx_.value(t.coefficient) / p.value;
      if (!takes_rest && !c.is_one()) return false;
      start.subject = ctx_.scale(ctx_.number(c), t.body);
    }
    return operands(start);
  }
  if (g.at == p.parts.size()) {
    if (g.subject != neutral) return false;
    return g.next ? solve(g.next) : (*g.accept)();
  }
  const PatternId part = p.parts[g.at];
  if (g.at + 1 == p.parts.size() && rules_[part].kind == Kind::symbol && !all_known(part))
    return last_operand(g, p);
  if (product) {
    std::vector<Ref> factors;
    ctx_.append_factors(g.subject, factors);
    for (size_t i = 0; i < factors.size(); ++i) {
      if (ctx_.is_number(factors[i])) continue;
      std::vector<Ref> others = factors;
      others.erase(others.begin() + static_cast<ptrdiff_t>(i));
      const Goal after{g.pattern, ctx_.product(others), g.next, g.accept, g.at + 1, true};
      const Goal here{part, factors[i], &after, g.accept};
      if (solve(&here)) return true;
    }
    return false;
  }
  std::vector<Term> terms;
  ctx_.append_terms(g.subject, terms);
  for (size_t i = 0; i < terms.size(); ++i) {
    const Rational c = ctx_.value(terms[i].coefficient) / p.numbers[g.at];
    const bool bare = rules_[part].kind == Kind::symbol && !all_known(part);
    if (!c.is_one() && !bare) continue;
    std::vector<Term> others = terms;
    others.erase(others.begin() + static_cast<ptrdiff_t>(i));
    const Goal after{g.pattern, ctx_.sum(others), g.next, g.accept, g.at + 1, true};
    const Goal here{part, bare ? ctx_.scale(ctx_.number(c), terms[i].body) : terms[i].body, &after, g.accept};
    if (solve(&here)) return true;
  }
  return false;
}

// The last letter takes what is left, if anything is.
bool Matcher::last_operand(const Goal& g, const Pattern& p) {
  const bool product = p.kind == Kind::product;
  if (g.subject == (product ? one : zero)) return false;
  Ref left = g.subject;
  if (!product) left = ctx_.scale(ctx_.number(Rational(1) / p.numbers.back()), left);
  const Goal goal{p.parts.back(), left, g.next, g.accept};
  return hole(goal);
}

// ---- products with a rest ----

Matcher::Bases Matcher::bases(Ref product) {
  Bases b;
  std::vector<Ref> factors;
  ctx_.append_factors(product, factors);
  for (Ref f : factors) {
    if (ctx_.is_number(f)) {
      b.coefficient = b.coefficient * ctx_.value(f);
    } else {
      b.factors.push_back(ctx_.split_exponent(f));
    }
  }
  return b;
}

Ref Matcher::product_of(const Bases& b) {
  Scratch<Ref, flat_operands + 1> list;
  for (const Factor& f : b.factors) list.push_back(ctx_.power(f.base, f.exponent));
  return ctx_.product(ctx_.number(b.coefficient), list);
}

// Whether base^exponent can be taken out of a factor. A root of what may be negative is not taken out of a
// whole power.
static bool has(const Context& ctx, const Factor& f, const Rational& exponent) {
  if (!ctx.is_number(f.exponent)) return false;
  const Rational& have = ctx.value(f.exponent);
  if (have.sign() != exponent.sign()) return false;
  if (have.sign() > 0 ? have < exponent : exponent < have) return false;
  return exponent.is_integer() || !have.is_integer() || (ctx[f.base].facts & nonnegative);
}

// The product without base^exponent, which factors[j] has.
static Matcher::Bases without(Context& ctx, const Matcher::Bases& product, size_t j,
                              const Rational& exponent) {
  Matcher::Bases rest = product;
  const Rational left = ctx.value(rest.factors[j].exponent) - exponent;
  if (left.is_zero()) {
    rest.factors.erase(rest.factors.begin() + static_cast<ptrdiff_t>(j));
  } else {
    rest.factors[j].exponent = ctx.number(left);
  }
  return rest;
}

// A known part to the power `times`, factor by factor.
bool Matcher::divide_known(Ref part, Bases& rest, int64_t times) {
  const Bases wanted = bases(part);
  for (const Factor& f : wanted.factors) {
    const auto it = std::find_if(rest.factors.begin(), rest.factors.end(),
                                 [&](const Factor& have) { return have.base == f.base; });
    if (it == rest.factors.end()) return false;
    const auto j = static_cast<size_t>(it - rest.factors.begin());
    if (ctx_.is_number(f.exponent)) {
      const Rational exponent = ctx_.value(f.exponent) * Rational(times);
      if (!has(ctx_, *it, exponent)) return false;
      rest = without(ctx_, rest, j, exponent);
    } else {
      if (it->exponent != ctx_.scale(ctx_.number(times), f.exponent)) return false;
      rest.factors.erase(it);
    }
  }
  const auto c = wanted.coefficient.pow(times, ctx_.limits().folded_bits);
  if (!c || c->is_zero()) return false;  // a part that is 0 here
  rest.coefficient = rest.coefficient / *c;
  return true;
}

bool Matcher::divisor(PatternId p, const Bases& product, int64_t times, size_t first,
                      const AcceptRest& accept) {
  const Pattern& pattern = rules_[p];
  if (pattern.kind == Kind::product) return divide(pattern.parts, product, times, first, accept);
  return divide({&p, 1}, product, times, first, accept);
}

bool Matcher::divide(std::span<const PatternId> parts, const Bases& rest, int64_t times, size_t first,
                     const AcceptRest& accept) {
  if (parts.empty()) return accept(rest);
  ctx_.budget().spend();
  const PatternId part = parts.front();
  if (all_known(part)) {
    Bases left = rest;
    return divide_known(build(part), left, times) && divide(parts.subspan(1), left, times, none, accept);
  }
  const Pattern& p = rules_[part];
  const bool number_power = p.kind == Kind::power && rules_[p.parts[1]].kind == Kind::number;
  const bool symbolic = p.kind == Kind::power && !number_power;
  const Rational exponent = number_power ? rules_[p.parts[1]].value : Rational(1);
  const PatternId base = number_power ? p.parts[0] : part;
  if (symbolic && times != 1) return false;
  const Rational wanted = exponent * Rational(times);
  for (size_t j = 0; j < rest.factors.size(); ++j) {
    if (first != none && j != first) continue;
    const Factor& f = rest.factors[j];
    if (!symbolic && !has(ctx_, f, wanted)) continue;
    if (rules_[base].kind == Kind::function && !ctx_.is_function(f.base, static_cast<Fn>(rules_[base].tag))) {
      continue;
    }
    const Ref subject = symbolic ? ctx_.power(f.base, f.exponent) : f.base;
    Bases left;
    if (symbolic) {
      left = rest;
      left.factors.erase(left.factors.begin() + static_cast<ptrdiff_t>(j));
    } else {
      left = without(ctx_, rest, j, wanted);
    }
    const auto next = [&] { return divide(parts.subspan(1), left, times, none, accept); };
    if (whole(base, subject, next)) return true;
  }
  return false;
}

}  // namespace nabla
