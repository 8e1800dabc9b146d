#include "diff/chain.h"

#include <algorithm>
#include <vector>

#include "expr/indexed.h"

namespace nabla {

bool is_zero_on_a_side(const Context& ctx, Ref r) {
  return ctx.kind(r) == Kind::select && (ctx.operands(r)[1] == zero || ctx.operands(r)[2] == zero);
}

Ref into_branch(Context& ctx, Ref factor, Ref branch) {
  const Ref condition = ctx.operands(branch)[0], then = ctx.operands(branch)[1],
            otherwise = ctx.operands(branch)[2];
  return ctx.select(condition, ctx.multiply(factor, then), ctx.multiply(factor, otherwise));
}

Ref chained(Context& ctx, Ref local, Ref inner) {
  std::vector<Ref> factors;
  if (ctx.kind(inner) == Kind::select || ctx.kind(inner) == Kind::product) ctx.append_factors(inner, factors);
  const auto branch =
      std::find_if(factors.begin(), factors.end(), [&](Ref f) { return is_zero_on_a_side(ctx, f); });
  if (branch == factors.end() || !may_be_undefined(ctx, local)) return ctx.multiply(local, inner);
  const Ref chosen = *branch;
  *branch = local;
  return into_branch(ctx, ctx.product(factors), chosen);
}

}  // namespace nabla
