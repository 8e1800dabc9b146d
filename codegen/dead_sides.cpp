#include "codegen/dead_sides.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "expr/walk.h"
#include "expr/zero_branch.h"

namespace nabla {
namespace {

bool is_computed(const Context& ctx, Ref factor) {
  const Kind k = ctx.kind(factor);
  if (k == Kind::structural || k == Kind::fill || k == Kind::constant || k == Kind::entry) return false;
  return k != Kind::symbol || ctx.symbol(factor).role == Role::placeholder;
}

// A branch of a product and the factors that move into it.
struct Move {
  size_t branch;
  std::vector<size_t> factors;
};

std::optional<Move> find_move(const Context& ctx, const IndexedView& v) {
  const auto& axes = v.labelling->factors;
  for (size_t s = 0; s < axes.size(); ++s) {
    if (!has_zero_side(ctx, v.factors[s], axes[s])) continue;
    Move move{s, {}};
    for (size_t f = 0; f < axes.size(); ++f) {
      if (f != s && is_among(axes[f], axes[s]) && is_computed(ctx, v.factors[f])) move.factors.push_back(f);
    }
    if (!move.factors.empty()) return move;
  }
  return std::nullopt;
}

Ref with_factors_inside(Context& ctx, Ref product) {
  std::vector<Ref> operands(ctx.operands(product).begin(), ctx.operands(product).end());
  const IndexedView v = view_indexed(ctx, product);
  const auto move = find_move(ctx, v);
  if (!move) return product;
  const auto labels_of = [&](size_t f) {
    const auto& l = v.labelling->factors[f];
    return std::vector<Label>(l.begin(), l.end());
  };
  std::vector<LabelledFactor> factors;
  for (size_t f : move->factors) factors.push_back({operands[f], labels_of(f)});
  const std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  operands[move->branch] =
      branch_times(ctx, operands[move->branch], labels_of(move->branch), factors, extents);
  for (size_t f : move->factors)
    operands[f] = ctx[operands[f]].shape == scalar_shape ? one : ctx.fill(one, ctx[operands[f]].shape);
  return rebuild_indexed(ctx, product, operands);
}

}  // namespace

Ref within_branches(Context& ctx, Ref e) {
  const std::vector<Ref> nodes = nodes_below(ctx, e);
  if (std::none_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx.kind(r) == Kind::select; })) return e;
  RefMap<Ref> image(e.id + 1);
  std::vector<Ref> operands;
  for (Ref r : nodes) {
    operands.clear();
    for (Ref o : ctx.operands(r)) operands.push_back(image[o]);
    image[r] = ctx.rebuild(r, operands);
    if (ctx.kind(image[r]) == Kind::indexed) image[r] = with_factors_inside(ctx, image[r]);
  }
  return image[e];
}

}  // namespace nabla
