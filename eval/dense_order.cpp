#include "eval/dense_order.h"

#include <cmath>

#include "expr/indexed.h"

namespace nabla::dense {
namespace {

void append_extents(const Context& ctx, ShapeId shape, std::vector<Ref>& list) {
  const auto& extents = ctx.shape(shape).extents;
  list.insert(list.end(), extents.begin(), extents.end());
}

void append_operands(const Node& n, size_t from, std::vector<Ref>& list) {
  list.insert(list.end(), n.operands().begin() + static_cast<ptrdiff_t>(from), n.operands().end());
}

void needed_by_branch(const Context& ctx, const Node& n, const KnownTruth& truth, std::vector<Ref>& list) {
  if (ctx[n.operand(0)].shape != scalar_shape) {
    append_operands(n, 0, list);
    return;
  }
  list.push_back(n.operand(0));
  const auto c = truth(n.operand(0));
  if (!c) return;
  if (n.shape != scalar_shape) append_extents(ctx, n.shape, list);
  if (!std::isnan(*c)) list.push_back(n.operand(*c == 1 ? 1 : 2));
}

void needed_by_product(const Context& ctx, Ref r, std::vector<Ref>& list) {
  const IndexedView v = view_indexed(ctx, r);
  for (Ref f : v.factors) {
    if (!is_condition(ctx, f)) {
      list.push_back(f);
    } else if (ctx[f].count != 0) {
      list.push_back(ctx[f].operand(0));
    }
  }
  list.insert(list.end(), v.extents.begin(), v.extents.end());
  list.insert(list.end(), v.offsets.begin(), v.offsets.end());
}

}  // namespace

bool is_condition(const Context& ctx, Ref factor) {
  return ctx.kind(factor) == Kind::structural && ctx[factor].tag != static_cast<uint16_t>(Structural::iota);
}

void operands_needed(const Context& ctx, Ref r, const KnownTruth& truth, std::vector<Ref>& list) {
  const Node& n = ctx[r];
  switch (n.kind) {
    case Kind::symbol:
    case Kind::let:
    case Kind::opaque:
    case Kind::operation:
      return;
    case Kind::select:
      return needed_by_branch(ctx, n, truth, list);
    case Kind::indexed:
      return needed_by_product(ctx, r, list);
    case Kind::fill:
    case Kind::structural:
    case Kind::reshape:
      append_extents(ctx, n.shape, list);
      break;
    default:
      break;
  }
  const bool is_frechet = n.kind == Kind::function && static_cast<Fn>(n.tag) == Fn::frechet;
  append_operands(n, is_frechet ? 1 : 0, list);  // the first operand of frechet names a function
}

}  // namespace nabla::dense
