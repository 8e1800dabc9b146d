#include "simplify/exponential_form.h"

#include <vector>

#include "expr/conjugate.h"
#include "simplify/everywhere.h"

namespace nabla {
namespace {

Ref circular(Context& ctx, Ref r) {
  if (!ctx.is_function(r, Fn::exp) || !(ctx[r].facts & complex_valued)) return r;
  const Ref exponent = ctx.operands(r)[0], im = ctx.constant(Constant::im);
  const Ref real = real_part(ctx, exponent), angle = imaginary_part(ctx, exponent);
  if (ctx.add(real, ctx.multiply(im, angle)) != exponent) return r;  // of a complex name
  const Ref sum = ctx.add(ctx.function(Fn::cos, {angle}), ctx.multiply(im, ctx.function(Fn::sin, {angle})));
  return ctx.multiply(ctx.function(Fn::exp, {real}), sum);
}

// coefficient*rest*exp(exponent)
struct Exponential {
  Rational coefficient;
  Ref rest, exponent;
  bool paired = false;
};

Exponential exponential(Context& ctx, const Term& t) {
  std::vector<Ref> factors, rest;
  ctx.append_factors(t.body, factors);
  Ref exponent = zero;
  for (const Ref f : factors) {
    const Factor p = ctx.split_exponent(f);
    if (ctx.is_function(p.base, Fn::exp)) {
      exponent = ctx.add(exponent, ctx.multiply(p.exponent, ctx.operands(p.base)[0]));
    } else {
      rest.push_back(f);
    }
  }
  return {ctx.value(t.coefficient), ctx.product(rest), exponent};
}

bool match(const Exponential& a, const Exponential& b) {
  return !a.paired && !b.paired && a.rest == b.rest && a.coefficient.abs() == b.coefficient.abs() &&
         a.exponent != b.exponent;
}

// cosh(u) or sinh(u), which are cos(t) and im*sin(t) for u = im*t.
Ref wave(Context& ctx, Fn f, Ref u) {
  const Ref im = ctx.constant(Constant::im), t = imaginary_part(ctx, u);
  if (!(ctx[u].facts & complex_valued) || ctx.multiply(im, t) != u) return ctx.function(f, {u});
  return f == Fn::cosh ? ctx.function(Fn::cos, {t}) : ctx.multiply(im, ctx.function(Fn::sin, {t}));
}

// The sum of the two: exp(p) + exp(q) is 2*exp((p + q)/2)*cosh((p - q)/2).
Ref pair(Context& ctx, const Exponential& a, const Exponential& b) {
  const Ref half = ctx.number(Rational::fraction(1, 2));
  const Ref middle = ctx.multiply(half, ctx.add(a.exponent, b.exponent));
  const Ref distance = ctx.multiply(half, ctx.subtract(a.exponent, b.exponent));
  const Fn f = a.coefficient == b.coefficient ? Fn::cosh : Fn::sinh;
  const Ref factors[] = {a.rest, ctx.function(Fn::exp, {middle}), wave(ctx, f, distance)};
  return ctx.product(ctx.number(a.coefficient + a.coefficient), factors);
}

Ref paired(Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::sum) return r;
  std::vector<Term> terms;
  std::vector<Exponential> list;
  std::vector<Ref> result;
  ctx.append_terms(r, terms);
  for (const Term& t : terms) list.push_back(exponential(ctx, t));
  for (size_t i = 0; i < list.size(); ++i) {
    for (size_t j = i + 1; j < list.size(); ++j) {
      ctx.budget().spend();
      const bool opposite = list[j].exponent == ctx.negate(list[i].exponent);
      if (!(opposite || list.size() == 2) || !match(list[i], list[j])) continue;
      list[i].paired = list[j].paired = true;
      result.push_back(pair(ctx, list[i], list[j]));
    }
  }
  for (size_t i = 0; i < list.size(); ++i) {
    if (!list[i].paired) result.push_back(ctx.scale(terms[i].coefficient, terms[i].body));
  }
  return ctx.sum(result);
}

}  // namespace

Ref from_exponentials(Context& ctx, Ref e, Notes* notes) {
  const Ref pairs = everywhere(ctx, e, [&](Ref r) { return paired(ctx, r); });
  const Ref waves = everywhere(ctx, pairs, [&](Ref r) { return circular(ctx, r); });
  return waves == pairs ? pairs : expand(ctx, waves, notes);
}

}  // namespace nabla
