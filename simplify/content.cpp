#include "simplify/content.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

bool has_negative_term(const Context& ctx, Ref sum) {
  if (ctx.kind(sum) != Kind::sum) return false;  // without its content, a sum may be a long one
  const auto list = ctx.operands(sum);
  for (size_t i = 0; i < list.size(); i += 2) {
    if (ctx.value(list[i]).sign() < 0) return true;
  }
  return false;
}

// The exponent of a factor that is an integer power of a sum, else 0.
int64_t exponent_of_sum(const Context& ctx, Ref factor) {
  const Factor f = ctx.split_exponent(factor);
  constexpr int64_t most = 64;
  if (ctx.kind(f.base) != Kind::sum || ctx[factor].shape != scalar_shape) return 0;
  const auto n = ctx.is_number(f.exponent) ? ctx.value(f.exponent).as_int() : std::nullopt;
  return n && *n >= -most && *n <= most ? *n : 0;
}

// A product with such a factor, but not a number times a sum, which is distributed.
bool has_sum(const Context& ctx, Ref r) {
  if (ctx.kind(r) != Kind::product || ctx[r].shape != scalar_shape) return false;
  const auto list = ctx.operands(r);
  if (list.size() == 2 && ctx.is_number(list[0]) && exponent_of_sum(ctx, list[1]) == 1) return false;
  return std::any_of(list.begin(), list.end(), [&](Ref f) { return exponent_of_sum(ctx, f) != 0; });
}

}  // namespace

Ref without_content(Context& ctx, Ref product) {
  if (!has_sum(ctx, product)) return product;
  Rational coefficient(1);
  std::vector<Ref> factors(ctx.operands(product).begin(), ctx.operands(product).end());
  Ref* turned = nullptr;  // a factor that may change its sign
  for (Ref& f : factors) {
    if (ctx.is_number(f)) {
      coefficient = coefficient * ctx.value(f);
      f = one;
      continue;
    }
    const int64_t n = exponent_of_sum(ctx, f);
    if (n == 0) continue;
    const Rational content = sum_content(ctx, ctx.split_exponent(f).base);
    for (int64_t k = 0; k < std::abs(n); ++k)
      coefficient = n > 0 ? coefficient * content : coefficient / content;
    const Ref base = ctx.scale(ctx.number(Rational(1) / content), ctx.split_exponent(f).base);
    f = ctx.power(base, n);
    if (!turned && n % 2 != 0 && has_negative_term(ctx, base)) turned = &f;
  }
  if (coefficient.sign() < 0 && turned) {
    const Factor p = ctx.split_exponent(*turned);
    *turned = ctx.power(ctx.negate(p.base), p.exponent);
    coefficient = -coefficient;
  }
  return ctx.product(ctx.number(coefficient), factors);
}

std::vector<Ref> with_content_before_root(Context& ctx, Ref root) {
  const bool cube = ctx.is_function(root, Fn::cbrt);
  const Factor p = cube ? Factor{ctx.operands(root)[0], one} : ctx.split_exponent(root);
  if (ctx.kind(p.base) != Kind::sum || !ctx.is_number(p.exponent)) return {};
  const bool takes_minus = cube || ctx.value(p.exponent).is_integer();
  const Rational content = takes_minus ? sum_content(ctx, p.base) : sum_content(ctx, p.base).abs();
  const auto of = [&](Ref e) { return cube ? ctx.function(Fn::cbrt, {e}) : ctx.power(e, p.exponent); };
  std::vector<Ref> forms;
  for (const Rational& c : {content, Rational(content.sign()) / content.denominator()}) {
    if (c.is_one()) continue;
    const Ref rest = ctx.scale(ctx.number(Rational(1) / c), p.base);
    forms.push_back(ctx.multiply(of(ctx.number(c)), of(rest)));
  }
  return forms;
}

// -product, with the minus taken into one of its sums, each in turn.
static std::vector<Ref> turned_forms(Context& ctx, Ref product) {
  const std::vector<Ref> operands(ctx.operands(product).begin(), ctx.operands(product).end());
  const size_t factors = ctx.labelling(product).factors.size();
  std::vector<Ref> forms;
  for (size_t f = 0; f < factors; ++f) {
    if (ctx.kind(operands[f]) != Kind::sum || !has_negative_term(ctx, operands[f])) continue;
    if (std::count(operands.begin(), operands.end(), operands[f]) > 1) continue;  // (x - m)*(x - m)'
    std::vector<Ref> turned = operands;
    turned[f] = ctx.negate(operands[f]);
    forms.push_back(rebuild_indexed(ctx, product, turned));
  }
  return forms;
}

Ref with_minus_inside(Context& ctx, Weight& weight, Ref product) {
  const Term t = ctx.split_coefficient(product);
  if (ctx.value(t.coefficient).sign() >= 0) return product;
  const bool scalar = ctx[product].shape == scalar_shape;
  std::vector<Ref> factors{t.body};
  if (scalar && ctx.kind(t.body) == Kind::product)
    factors.assign(ctx.operands(t.body).begin(), ctx.operands(t.body).end());
  Ref best = product;
  for (size_t f = 0; f < factors.size(); ++f) {
    if (ctx.kind(factors[f]) != Kind::indexed) continue;
    for (const Ref turned : turned_forms(ctx, factors[f])) {
      std::vector<Ref> list = factors;
      list[f] = turned;
      const Ref form = ctx.scale(ctx.negate(t.coefficient), scalar ? ctx.product(list) : turned);
      if (weight(form) < weight(best)) best = form;
    }
  }
  return best;
}

}  // namespace nabla
