#include "simplify/proved_equal.h"

#include <algorithm>
#include <map>
#include <vector>

#include "expr/scaling.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/expand_tensor.h"
#include "simplify/inverse_relations.h"
#include "simplify/simplify.h"
#include "simplify/zero_test.h"

namespace nabla {
namespace {

// Whether the scalars before each product of tensors are 0.
bool coefficients_vanish(Context& ctx, Ref sum) {
  std::vector<Term> terms;
  ctx.append_terms(sum, terms);
  std::map<Ref, Ref> scalars;
  for (const Term& t : terms) {
    const Scaled split = split_scalars(ctx, t.body);
    const Ref c = ctx.multiply(t.coefficient, split.scalar);
    const auto [at, fresh] = scalars.try_emplace(split.rest, c);
    if (!fresh) at->second = ctx.add(at->second, c);
  }
  for (const auto& [body, scalar] : scalars) {
    if (!proved_zero(ctx, scalar)) return false;
  }
  return true;
}

bool vanishes_by_inverses(Context& ctx, Ref normal) {
  constexpr int most_steps = 64;
  const Ref none = ctx.zeros(ctx[normal].shape);
  for (const StepOrder order : {StepOrder{false, false}, {true, false}, {false, true}, {true, true}}) {
    Ref form = normal;
    for (int i = 0; i < most_steps && form; ++i) {
      form = with_inverses_multiplied_out(ctx, form, order);
      if (form && (form == none || coefficients_vanish(ctx, form))) return true;
    }
  }
  return false;
}

bool has_tensors(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx[r].shape != scalar_shape; });
}

}  // namespace

bool proved_equal(Context& ctx, Ref a, Ref b) {
  if (a == b) return true;
  const ShapeId shape = ctx[a].shape;
  if (shape != ctx[b].shape) return false;
  const Term difference[] = {{one, a}, {minus_one, b}};
  const Ref whole = shape == scalar_shape ? ctx.sum(difference) : tensor_sum(ctx, difference, shape);
  const Ref normal = expand_tensor(ctx, whole);
  if (normal == ctx.zeros(shape)) return true;
  const bool vanish = shape == scalar_shape ? proved_zero(ctx, normal) || proved_zero(ctx, whole)
                                            : coefficients_vanish(ctx, normal);
  if (vanish) return true;
  if (!has_tensors(ctx, whole)) return false;
  return vanishes_by_inverses(ctx, normal) || simplify(ctx, whole) == ctx.zeros(shape);
}

}  // namespace nabla
