#include "simplify/content.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "expr/tensor.h"

namespace nabla {
namespace {

bool has_negative_term(const Context& ctx, Ref sum) {
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

}  // namespace nabla
