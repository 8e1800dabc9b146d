#include "expr/implied_conditions.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "expr/condition_form.h"
#include "expr/definite.h"
#include "expr/differentiable.h"
#include "expr/quadratic_conditions.h"
#include "expr/tensor.h"

namespace nabla {

// x > 2 implies x > 0, x >= 0 and x != 0; of upper bounds likewise.
static bool beyond_bound(const Context& ctx, const Node& a, const Node& b) {
  const auto relation = static_cast<Relation>(a.tag), asked = static_cast<Relation>(b.tag);
  if (relation != Relation::less && relation != Relation::less_equal) return false;
  const bool lower = ctx.is_number(a.operand(0)), upper = ctx.is_number(a.operand(1));
  if (lower == upper) return false;
  const Ref x = a.operand(lower ? 1 : 0);
  const size_t side = b.operand(0) == x ? 1 : 0;  // of the bound that is asked for
  if (b.operand(1 - side) != x || !ctx.is_number(b.operand(side)) || asked == Relation::equal) return false;
  const bool order = asked == Relation::less || asked == Relation::less_equal;
  if (order && (side == 0) != lower) return false;
  const Rational &bound = ctx.value(a.operand(lower ? 0 : 1)), &wanted = ctx.value(b.operand(side));
  if (bound == wanted) return relation == Relation::less || asked == Relation::less_equal;
  return lower ? wanted < bound : bound < wanted;
}

// eigmin(S) > 0 implies det(S) > 0 and det(S) != 0.
static bool of_eigenvalues(const Context& ctx, const Node& a, const Node& b) {
  if (static_cast<Relation>(a.tag) != Relation::less || a.operand(0) != zero) return false;
  if (!ctx.is_function(a.operand(1), Fn::eigmin)) return false;
  const auto asked = static_cast<Relation>(b.tag);
  const bool above = asked != Relation::equal && b.operand(0) == zero;
  const bool nonzero = asked == Relation::not_equal && b.operand(1) == zero;
  if (!above && !nonzero) return false;
  const Ref det = b.operand(above ? 1 : 0);
  return ctx.is_function(det, Fn::det) && ctx.operands(det)[0] == ctx.operands(a.operand(1))[0];
}

static bool is_disjunction(const Context& ctx, Ref c) {
  return ctx.kind(c) == Kind::connective && ctx[c].tag == static_cast<uint16_t>(Connective::disjunction);
}

// Of comparisons with bounds: x < -1 or x > 1 implies x <= -1 or x >= 1.
static bool each_implies_one(const Context& ctx, Ref a, Ref b) {
  const auto given = ctx.operands(a), wanted = ctx.operands(b);
  return std::all_of(given.begin(), given.end(), [&](Ref g) {
    return std::any_of(wanted.begin(), wanted.end(), [&](Ref w) {
      return g == w || (ctx.kind(g) == Kind::compare && ctx.kind(w) == Kind::compare &&
                        beyond_bound(ctx, ctx[g], ctx[w]));
    });
  });
}

bool implies(Context& ctx, Ref a, Ref b) {
  if (a == b) return true;
  const auto given = is_disjunction(ctx, b) ? ctx.operands(b) : std::span<const Ref>();
  if (std::find(given.begin(), given.end(), a) != given.end()) return true;
  if (differentiable_call(ctx, a) || differentiable_call(ctx, b)) return false;
  if (implied_by_quadratic(ctx, a, b)) return true;
  if (is_disjunction(ctx, a) && is_disjunction(ctx, b)) return each_implies_one(ctx, a, b);
  if (ctx.kind(a) != Kind::compare || ctx.kind(b) != Kind::compare) return false;
  const Node m = ctx[a], n = ctx[b];
  if (beyond_bound(ctx, m, n) || of_eigenvalues(ctx, m, n)) return true;
  if (static_cast<Relation>(m.tag) != Relation::less) return false;
  const bool same = m.operand(0) == n.operand(0) && m.operand(1) == n.operand(1);
  const bool swapped = m.operand(0) == n.operand(1) && m.operand(1) == n.operand(0);
  const auto weaker = static_cast<Relation>(n.tag);
  return (same && weaker == Relation::less_equal) || ((same || swapped) && weaker == Relation::not_equal);
}

std::vector<Ref> joined_conditions(Context& ctx, std::vector<Ref> list) {
  for (Ref& c : list) {
    const Node n = ctx[c];
    if (n.kind != Kind::compare || static_cast<Relation>(n.tag) != Relation::less_equal) continue;
    if (differentiable_call(ctx, c)) continue;
    const Ref a = n.operand(0), b = n.operand(1);
    const bool least = a == zero && ctx.is_function(b, Fn::eigmin);
    const Ref other = least ? matrix_function(ctx, Fn::det, ctx.operands(b)) : b;
    const Ref different = condition(ctx, Relation::not_equal, a, other);
    const Ref turned = condition(ctx, Relation::not_equal, other, a);
    if (std::any_of(list.begin(), list.end(), [&](Ref r) { return r == different || r == turned; }))
      c = condition(ctx, Relation::less, a, b);
  }
  return list;
}

// det(A*B) > 0 where det(A) > 0 and det(B) > 0 are stated.
static bool is_positive_determinant(Context& ctx, Ref c, const std::vector<Ref>& stated) {
  const Node n = ctx[c];
  if (n.kind != Kind::compare || static_cast<Relation>(n.tag) != Relation::less || n.operand(0) != zero)
    return false;
  if (!ctx.is_function(n.operand(1), Fn::det)) return false;
  const std::vector<Ref> factors = square_factors(ctx, ctx.operands(n.operand(1))[0]);
  return factors.size() > 1 && std::all_of(factors.begin(), factors.end(), [&](Ref f) {
           if (ctx[f].shape == scalar_shape) return is_positive(ctx[f].facts);
           if (is_positive_definite(ctx, f)) return true;
           const Ref det = matrix_function(ctx, Fn::det, {&f, 1});
           return std::find(stated.begin(), stated.end(), ctx.compare(Relation::less, zero, det)) !=
                  stated.end();
         });
}

// x*y >= 0 where x > 0 and y > 0 are stated.
static bool is_product_of_signs(Context& ctx, Ref c, const std::vector<Ref>& stated) {
  const Node n = ctx[c];
  if (n.kind != Kind::compare || n.operand(0) != zero || ctx.kind(n.operand(1)) != Kind::product)
    return false;
  const auto relation = static_cast<Relation>(n.tag);
  if (relation != Relation::less && relation != Relation::less_equal) return false;
  const auto factors = ctx.operands(n.operand(1));
  const std::vector<Ref> list(factors.begin(), factors.end());
  return std::all_of(list.begin(), list.end(), [&](Ref f) {
    const Ref wanted = ctx.compare(relation, zero, f);
    if (ctx.kind(wanted) == Kind::truth) return ctx[wanted].tag != 0;
    return std::any_of(stated.begin(), stated.end(), [&](Ref s) { return implies(ctx, s, wanted); });
  });
}

bool implied_by_factors(Context& ctx, Ref c, const std::vector<Ref>& stated) {
  return is_positive_determinant(ctx, c, stated) || is_product_of_signs(ctx, c, stated);
}

// u where the base of a power is exp(u), as that of e is 1; Ref{} where it is no exponential.
static Ref exponent_of_base(const Context& ctx, Ref base) {
  if (ctx.is_function(base, Fn::exp)) return ctx.operands(base)[0];
  const bool e = ctx.kind(base) == Kind::constant && ctx[base].tag == static_cast<uint16_t>(Constant::e);
  return e ? one : Ref{};
}

// A term as rest*exp(exponent).
struct ExponentialTerm {
  Ref rest, exponent;
};
static ExponentialTerm split_exponential(Context& ctx, Ref term) {
  std::vector<Ref> factors, rest, exponents;
  ctx.append_factors(term, factors);
  for (const Ref f : factors) {
    const Factor p = ctx.split_exponent(f);
    const Ref exponent = ctx.is_number(p.exponent) ? exponent_of_base(ctx, p.base) : Ref{};
    if (exponent) {
      exponents.push_back(ctx.scale(p.exponent, exponent));
    } else {
      rest.push_back(f);
    }
  }
  return {ctx.product(rest), ctx.sum(exponents)};
}

// A sum that is 0 where this one is, divided by the exponential of one of its terms: x + exp(-y) and
// x*exp(y) + 1 are one then. Of the terms alike but for their exponentials each is tried, up to a few.
static Ref over_exponential(Context& ctx, Ref sum) {
  constexpr size_t most_tried = 4;
  if (ctx.kind(sum) != Kind::sum) return sum;
  const std::vector<Ref> list(ctx.operands(sum).begin(), ctx.operands(sum).end());
  std::vector<ExponentialTerm> terms;
  for (size_t i = 1; i < list.size(); i += 2) terms.push_back(split_exponential(ctx, list[i]));
  const auto order = [](const auto& a, const auto& b) { return a.rest.id < b.rest.id; };
  const Ref rest = std::min_element(terms.begin(), terms.end(), order)->rest;
  Ref result;
  size_t tried = 0;
  for (const ExponentialTerm& by : terms) {
    if (by.rest != rest || tried++ == most_tried) continue;
    std::vector<Ref> divided;
    for (size_t i = 0; i < terms.size(); ++i) {
      const Ref e = ctx.function(Fn::exp, {ctx.subtract(terms[i].exponent, by.exponent)});
      divided.push_back(ctx.scale(list[2 * i], ctx.multiply(terms[i].rest, e)));
    }
    const Ref form = ctx.sum(divided);
    if (!result || form.id < result.id) result = form;
  }
  return result;
}

// What is not 0, of a comparison of scalars by !=, in one form; Ref{} for anything else.
static Ref not_zero(Context& ctx, Ref c) {
  const Node n = ctx[c];
  if (n.kind != Kind::compare || static_cast<Relation>(n.tag) != Relation::not_equal) return {};
  const Ref a = n.operand(0), b = n.operand(1);
  if (ctx[a].shape != scalar_shape || ctx[b].shape != scalar_shape) return {};
  return over_exponential(ctx, ctx.subtract(a, b));
}

std::vector<Ref> stated_once(Context& ctx, const std::vector<Ref>& list, const std::vector<Ref>& before) {
  std::unordered_set<Ref> differences;
  const auto is_new = [&](Ref c) {
    const Ref d = not_zero(ctx, c);
    return !d || (differences.count(ctx.negate(d)) == 0 && differences.insert(d).second);
  };
  for (const Ref c : before) is_new(c);
  std::vector<Ref> result;
  std::copy_if(list.begin(), list.end(), std::back_inserter(result), is_new);
  return result;
}

}  // namespace nabla
