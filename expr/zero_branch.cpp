#include "expr/zero_branch.h"

#include <algorithm>

#include "expr/tensor.h"

namespace nabla {
namespace {

Ref times_all(Context& ctx, Ref side, std::span<const Label> axes, std::span<const LabelledFactor> factors,
              std::span<const Ref> extents) {
  if (is_zero(ctx, side)) return side;
  IndexedBuilder b(ctx);
  std::vector<Label> output, own;
  for (Label a : axes) output.push_back(b.label(extents[a]));
  b.factor(side, ctx[side].shape == scalar_shape ? std::vector<Label>() : output);
  for (const LabelledFactor& f : factors) {
    own.clear();
    for (Label l : f.labels)
      own.push_back(output[static_cast<size_t>(std::find(axes.begin(), axes.end(), l) - axes.begin())]);
    b.factor(f.factor, own);
  }
  return b.build(output);
}

}  // namespace

bool is_zero(const Context& ctx, Ref e) {
  return e == zero || (ctx.kind(e) == Kind::fill && ctx.operands(e)[0] == zero);
}

bool has_zero_side(const Context& ctx, Ref factor, std::span<const Label> axes) {
  if (ctx.kind(factor) != Kind::select) return false;
  if (!is_zero(ctx, ctx.operands(factor)[1]) && !is_zero(ctx, ctx.operands(factor)[2])) return false;
  std::vector<Label> sorted(axes.begin(), axes.end());
  std::sort(sorted.begin(), sorted.end());
  return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
}

bool is_among(std::span<const Label> labels, std::span<const Label> axes) {
  return std::all_of(labels.begin(), labels.end(),
                     [&](Label l) { return std::find(axes.begin(), axes.end(), l) != axes.end(); });
}

Ref branch_times(Context& ctx, Ref branch, std::span<const Label> axes,
                 std::span<const LabelledFactor> factors, std::span<const Ref> extents) {
  const Ref condition = ctx.operands(branch)[0], yes = ctx.operands(branch)[1], no = ctx.operands(branch)[2];
  return tensor_select(ctx, condition, times_all(ctx, yes, axes, factors, extents),
                       times_all(ctx, no, axes, factors, extents));
}

}  // namespace nabla
