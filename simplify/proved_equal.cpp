#include "simplify/proved_equal.h"

#include <algorithm>
#include <map>
#include <vector>

#include "expr/scaling.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/block_products.h"
#include "simplify/elementary.h"
#include "simplify/expand_tensor.h"
#include "simplify/inverse_relations.h"
#include "simplify/passes.h"
#include "simplify/radicals.h"
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

bool is_complex_scalar(Context& ctx, Ref e) {
  if (ctx[e].shape != scalar_shape) return false;
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return (ctx[r].facts & complex_valued) != 0; });
}

bool has_tensors(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx[r].shape != scalar_shape; });
}

}  // namespace

bool is_vanishing_exchange(Context& ctx, Ref e) {
  if (ctx.shape_of(e).order() != 2) return false;
  if (ctx.kind(e) == Kind::indexed) e = transpose(ctx, e);  // a sum may stand as its transpose
  if (ctx.kind(e) != Kind::sum) return false;
  std::vector<Term> terms;
  ctx.append_terms(e, terms);
  if (terms.size() != 2 || terms[0].coefficient != ctx.negate(terms[1].coefficient)) return false;
  std::vector<Ref> factors[2];
  for (size_t i = 0; i < 2; ++i) {
    if (ctx.kind(terms[i].body) != Kind::indexed) return false;
    factors[i].assign(ctx.operands(terms[i].body).begin(), ctx.operands(terms[i].body).end());
    std::sort(factors[i].begin(), factors[i].end());
  }
  const bool inverse = std::any_of(factors[0].begin(), factors[0].end(), [&](Ref f) {
    return ctx.kind(f) == Kind::matpow && ctx.kind(ctx.operands(f)[0]) == Kind::sum;
  });
  return inverse && factors[0] == factors[1] && vanishes_by_inverses(ctx, expand_tensor(ctx, e));
}

bool proved_equal(Context& ctx, Ref a, Ref b) {
  if (a == b) return true;
  const ShapeId shape = ctx[a].shape;
  if (shape != ctx[b].shape) return false;
  const Term difference[] = {{one, a}, {minus_one, b}};
  Ref whole = shape == scalar_shape ? ctx.sum(difference) : tensor_sum(ctx, difference, shape);
  // cos(x) is (exp(im*x) + exp(-im*x))/2.
  if (is_complex_scalar(ctx, whole) && expand(ctx, by_exponentials(ctx, whole)) == zero) return true;
  whole = with_blocks_multiplied(ctx, whole);
  const Ref normal = with_blocks_multiplied(ctx, expand_tensor(ctx, whole));
  if (normal == ctx.zeros(shape)) return true;
  const bool vanish = shape == scalar_shape ? proved_zero(ctx, normal) || proved_zero(ctx, whole)
                                            : coefficients_vanish(ctx, normal);
  if (vanish) return true;
  if (!has_tensors(ctx, whole)) {
    const Ref apart = radicals(ctx, whole);
    return apart != whole && proved_zero(ctx, apart);
  }
  return vanishes_by_inverses(ctx, normal) || simplify(ctx, whole) == ctx.zeros(shape);
}

}  // namespace nabla
