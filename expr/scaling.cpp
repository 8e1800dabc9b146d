#include "expr/scaling.h"

#include <algorithm>
#include <vector>

#include "expr/definite.h"
#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {

Scaled split_scalars(Context& ctx, Ref tensor) {
  Scaled s{one, tensor};
  if (ctx[tensor].shape == scalar_shape) return s;
  if (ctx.kind(tensor) == Kind::product) {  // a number and a tensor
    const Term t = ctx.split_coefficient(tensor);
    s = {t.coefficient, t.body};
  } else if (ctx.kind(tensor) == Kind::sum) {  // 2*A - 2*B
    const Rational content = sum_content(ctx, tensor);
    if (content.is_one()) return s;
    s.scalar = ctx.number(content);
    s.rest = ctx.scale(ctx.number(Rational(1) / content), tensor);
    return s;
  }
  if (ctx.kind(s.rest) != Kind::indexed) return s;
  const Labelling& l = ctx.labelling(s.rest);
  if (!l.guards.empty()) return s;  // they may hold of the scalar as well
  const auto scalar =
      std::find_if(l.factors.begin(), l.factors.end(), [](const auto& axes) { return axes.empty(); });
  if (scalar == l.factors.end()) return s;
  std::vector<Ref> operands(ctx.operands(s.rest).begin(), ctx.operands(s.rest).end());
  Ref& factor = operands[static_cast<size_t>(scalar - l.factors.begin())];
  s.scalar = ctx.multiply(s.scalar, factor);
  factor = one;
  s.rest = rebuild_indexed(ctx, s.rest, operands);
  return s;
}

// What f(c*X) is times f(X); Ref{}: not known.
static Ref scale_outside(Context& ctx, Scaling scaling, Ref c, bool any_sign) {
  const Facts facts = ctx[c].facts;
  const bool real = !(facts & complex_valued), not_negative = real && (facts & nonnegative);
  const bool positive = not_negative && (facts & nonzero);
  switch (scaling) {
    case Scaling::none:
      return {};
    case Scaling::linear:
      return c;
    case Scaling::size:
      if (!any_sign && !not_negative && !(real && (facts & nonpositive))) return {};
      return ctx.function(Fn::abs, {c});
    case Scaling::positive:
      return not_negative ? c : Ref{};
    case Scaling::root:
      return positive ? ctx.power(c, ctx.number(Rational::fraction(1, 2))) : Ref{};
    case Scaling::inverse:
      return facts & nonzero ? ctx.power(c, minus_one) : Ref{};
    case Scaling::invariant:
      return positive ? one : Ref{};
  }
  return {};
}

Ref scaled_function(Context& ctx, Fn f, std::span<const Ref> arguments, bool any_sign) {
  const Scaling scaling = row(f).scaling;
  if (scaling == Scaling::none || (scaling == Scaling::linear && arguments.size() > 1)) return {};
  const Scaled s = split_scalars(ctx, arguments[0]);
  if (s.scalar == one) return {};
  const Ref outside = scale_outside(ctx, scaling, s.scalar, any_sign);
  if (!outside) return {};
  std::vector<Ref> rest(arguments.begin(), arguments.end());
  rest[0] = s.rest;
  return elementwise_product(ctx, outside, matrix_function(ctx, f, rest));
}

Ref log_of_determinants(Context& ctx, Ref product) {
  std::vector<Ref> factors;
  ctx.append_factors(product, factors);
  std::vector<Term> logs;
  size_t determinants = 0, of_unknown_sign = 0;
  for (const Ref f : factors) {
    const Factor p = ctx.split_exponent(f);
    const bool determinant = ctx.is_function(p.base, Fn::det);
    const Facts positive = nonnegative | nonzero;
    if (determinant) {
      const Ref matrix = ctx.operands(p.base)[0];
      ++determinants;
      if (!is_positive_definite(ctx, matrix) && (p.exponent != one || ++of_unknown_sign > 1)) return {};
      logs.push_back({one, ctx.multiply(p.exponent, matrix_function(ctx, Fn::logdet, {&matrix, 1}))});
    } else {
      if ((ctx[p.base].facts & (positive | complex_valued)) != positive) return {};
      logs.push_back({one, ctx.multiply(p.exponent, ctx.function(Fn::log, {p.base}))});
    }
  }
  return determinants > 0 ? ctx.sum(logs) : Ref{};
}

}  // namespace nabla
