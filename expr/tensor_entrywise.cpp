// A scalar formula applied to tensors, one node at a time.
#include "expr/tensor_entrywise.h"

#include <algorithm>

#include "expr/scratch.h"
#include "expr/tensor.h"

namespace nabla {

// Sums of tensors have terms of one shape: a scalar among them stands in every entry.
static Ref entrywise_sum(Context& ctx, std::span<const Term> given, ShapeId shape) {
  std::vector<Term> terms(given.begin(), given.end());
  for (Term& t : terms) {
    if (ctx[t.body].shape == scalar_shape) t.body = ctx.fill(t.body, shape);
  }
  return tensor_sum(ctx, terms, shape);
}

Ref apply_entrywise(Context& ctx, Ref scalar_node, std::span<const Ref> list) {
  const Node n = ctx[scalar_node];
  const auto tensor =
      std::find_if(list.begin(), list.end(), [&](Ref r) { return ctx[r].shape != scalar_shape; });
  if (tensor == list.end()) return ctx.rebuild(scalar_node, list);
  const ShapeId shape = ctx[*tensor].shape;
  switch (n.kind) {
    case Kind::sum: {
      Scratch<Term, 8> terms;
      for (size_t i = 0; i < list.size(); i += 2) terms.push_back({list[i], list[i + 1]});
      return entrywise_sum(ctx, terms, shape);
    }
    case Kind::long_sum: {
      Scratch<Term, 8> terms;
      for (Ref r : list) terms.push_back({one, r});
      return entrywise_sum(ctx, terms, shape);
    }
    case Kind::product:
    case Kind::long_product: {
      Ref r = list[0];
      for (size_t i = 1; i < list.size(); ++i) r = elementwise_product(ctx, r, list[i]);
      return r;
    }
    case Kind::function:
      return tensor_function(ctx, static_cast<Fn>(n.tag), list);
    default:
      break;
  }
  const Ref step = rebuild_entrywise(ctx, scalar_node, list);
  return step ? step : ctx.rebuild(scalar_node, list);
}

Ref rebuild_entrywise(Context& ctx, Ref e, std::span<const Ref> list) {
  const Node n = ctx[e];
  switch (n.kind) {
    case Kind::power:
      return tensor_power(ctx, list[0], list[1]);
    case Kind::opaque: {
      const std::vector<uint16_t> orders(ctx.orders(e).begin(), ctx.orders(e).end());
      return tensor_opaque(ctx, ctx.opaque_function(e), orders, list);
    }
    case Kind::compare:
      return tensor_compare(ctx, static_cast<Relation>(n.tag), list[0], list[1]);
    case Kind::connective:
      return tensor_connective(ctx, static_cast<Connective>(n.tag), list);
    case Kind::select:
      return tensor_select(ctx, list[0], list[1], list[2]);
    default:
      return {};
  }
}

}  // namespace nabla
