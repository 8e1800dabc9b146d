#include "expr/symmetry.h"

#include <algorithm>

#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// f(A') = f(A)'.
bool follows_transpose(Fn f) {
  return row(f).orientation == Orientation::follows || row(f).shape == ShapeRule::elementwise;
}

}  // namespace

bool is_square(const Context& ctx, ShapeId shape) {
  const Shape& s = ctx.shape(shape);
  return s.order() == 2 && s.extents[0] == s.extents[1];
}

bool is_skew(const Context& ctx, Ref a) {
  if (ctx.kind(a) == Kind::matpow) {
    const Ref k = ctx.operands(a)[1];
    if (!ctx.is_number(k) || !ctx.value(k).is_integer() || ctx.value(k).is_even()) return false;
    a = ctx.operands(a)[0];
  }
  return ctx.kind(a) == Kind::symbol && ctx.symbol(a).structure == Structure::skew;
}

bool keeps_symmetry(const Context& ctx, Kind kind, uint16_t tag, std::span<const Ref> operands) {
  const auto symmetric = [&](Ref r) { return ctx[r].shape == scalar_shape || is_symmetric(ctx, r); };
  switch (kind) {
    case Kind::fill:
      return true;
    case Kind::structural:
      return tag == static_cast<uint16_t>(Structural::delta);
    case Kind::matpow: {
      if (is_symmetric(ctx, operands[0])) return true;
      const bool even = ctx.is_number(operands[1]) && ctx.value(operands[1]).is_integer() &&
                        ctx.value(operands[1]).is_even();
      return even && is_skew(ctx, operands[0]);
    }
    case Kind::product:
    case Kind::power:
    case Kind::long_sum:
      return std::all_of(operands.begin(), operands.end(), symmetric);
    case Kind::function:
      return follows_transpose(static_cast<Fn>(tag)) &&
             std::all_of(operands.begin(), operands.end(), symmetric);
    default:
      return false;
  }
}

bool is_symmetric_sum(Context& ctx, std::span<const Ref> pairs) {
  for (size_t i = 0; i < pairs.size(); i += 2) {
    if (is_symmetric(ctx, pairs[i + 1])) continue;
    const Ref turned = transpose(ctx, pairs[i + 1]);
    bool found = false;
    for (size_t j = 0; j < pairs.size() && !found; j += 2) {
      found = pairs[j] == pairs[i] && pairs[j + 1] == turned;
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace nabla
