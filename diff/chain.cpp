#include "diff/chain.h"

#include <algorithm>
#include <vector>

#include "expr/indexed.h"

namespace nabla {

Ref as_branch(Context& ctx, Ref r) {
  if (ctx.is_function(r, Fn::step) && ctx[r].shape == scalar_shape)
    r = ctx.select(ctx.compare(Relation::less, zero, ctx.operands(r)[0]), one, zero);  // a number if u > 0
  const bool branch =
      ctx.kind(r) == Kind::select && (ctx.operands(r)[1] == zero || ctx.operands(r)[2] == zero);
  return branch ? r : Ref{};
}

Ref into_branch(Context& ctx, Ref factor, Ref branch) {
  const Ref condition = ctx.operands(branch)[0], then = ctx.operands(branch)[1],
            otherwise = ctx.operands(branch)[2];
  return ctx.select(condition, ctx.multiply(factor, then), ctx.multiply(factor, otherwise));
}

Ref chained(Context& ctx, Ref local, Ref inner) {
  std::vector<Ref> factors;
  const Kind kind = ctx.kind(inner);
  if (kind == Kind::select || kind == Kind::product || kind == Kind::function)
    ctx.append_factors(inner, factors);
  Ref chosen;
  const auto branch = std::find_if(factors.begin(), factors.end(),
                                   [&](Ref f) { return static_cast<bool>(chosen = as_branch(ctx, f)); });
  if (branch == factors.end() || !may_be_undefined(ctx, local)) return ctx.multiply(local, inner);
  *branch = local;
  return into_branch(ctx, ctx.product(factors), chosen);
}

}  // namespace nabla
