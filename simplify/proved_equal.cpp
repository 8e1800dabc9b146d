#include "simplify/proved_equal.h"

#include <map>
#include <vector>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "simplify/expand_tensor.h"
#include "simplify/zero_test.h"

namespace nabla {
namespace {

// c*T with a scalar c and what has axes. c is 1 where the product has guards, which may hold of c as well.
Term split_scalar(Context& ctx, Ref e) {
  Term t = ctx.split_coefficient(e);
  if (ctx.kind(t.body) != Kind::indexed) return t;
  const IndexedView v = view_indexed(ctx, t.body);
  const Labelling labelling = *v.labelling;
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end()),
      extents(v.extents.begin(), v.extents.end());
  if (!labelling.guards.empty()) return t;
  IndexedBuilder rest(ctx);
  std::vector<Label> output;
  for (size_t l = 0; l < extents.size(); ++l) {
    const Label label = rest.label(extents[l]);
    if (l < ctx.shape_of(e).order()) output.push_back(label);
  }
  Ref scalar = t.coefficient;
  bool any = false;
  for (size_t f = 0; f < factors.size(); ++f) {
    if (labelling.factors[f].empty()) {
      scalar = ctx.multiply(scalar, factors[f]);
      any = true;
    } else {
      rest.factor(factors[f], labelling.factors[f]);
    }
  }
  if (!any) return t;
  return {scalar, rest.build(output, ctx.shape_of(e).row)};
}

// Whether the scalars before each product of tensors are 0.
bool coefficients_vanish(Context& ctx, Ref sum) {
  std::vector<Term> terms;
  ctx.append_terms(sum, terms);
  std::map<Ref, Ref> scalars;
  for (const Term& t : terms) {
    const Term split = split_scalar(ctx, t.body);
    const Ref c = ctx.multiply(t.coefficient, split.coefficient);
    const auto [at, fresh] = scalars.try_emplace(split.body, c);
    if (!fresh) at->second = ctx.add(at->second, c);
  }
  for (const auto& [body, scalar] : scalars) {
    if (!proved_zero(ctx, scalar)) return false;
  }
  return true;
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
  if (shape != scalar_shape) return coefficients_vanish(ctx, normal);
  return proved_zero(ctx, normal) || proved_zero(ctx, whole);
}

}  // namespace nabla
