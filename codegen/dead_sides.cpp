#include "codegen/dead_sides.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {
namespace {

using Axes = std::vector<Label>;

bool is_zero(const Context& ctx, Ref r) {
  return r == zero || (ctx.kind(r) == Kind::fill && ctx.operands(r)[0] == zero);
}

// A branch with a side that is 0, on different axes.
bool has_dead_side(const Context& ctx, Ref factor, Axes axes) {
  if (ctx.kind(factor) != Kind::select) return false;
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) return false;
  return is_zero(ctx, ctx.operands(factor)[1]) || is_zero(ctx, ctx.operands(factor)[2]);
}

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
    if (!has_dead_side(ctx, v.factors[s], {axes[s].begin(), axes[s].end()})) continue;
    Move move{s, {}};
    for (size_t f = 0; f < axes.size(); ++f) {
      const bool inside = std::all_of(axes[f].begin(), axes[f].end(), [&](Label l) {
        return std::find(axes[s].begin(), axes[s].end(), l) != axes[s].end();
      });
      if (f != s && inside && is_computed(ctx, v.factors[f])) move.factors.push_back(f);
    }
    if (!move.factors.empty()) return move;
  }
  return std::nullopt;
}

// A side of the branch times the factors, on the axes of the branch.
Ref times_factors(Context& ctx, const IndexedView& v, const Move& move, Ref side) {
  if (is_zero(ctx, side)) return side;
  IndexedBuilder b(ctx);
  const auto& axes = v.labelling->factors[move.branch];
  Axes output;
  for (Label l : axes) output.push_back(b.label(v.extents[l]));
  const auto own = [&](size_t f) {
    Axes labels;
    for (Label l : v.labelling->factors[f])
      labels.push_back(output[static_cast<size_t>(std::find(axes.begin(), axes.end(), l) - axes.begin())]);
    return labels;
  };
  b.factor(side, ctx[side].shape == scalar_shape ? Axes() : output);
  for (size_t f : move.factors) b.factor(v.factors[f], own(f));
  return b.build(output);
}

Ref with_factors_inside(Context& ctx, Ref product) {
  const std::vector<Ref> operands(ctx.operands(product).begin(), ctx.operands(product).end());
  const IndexedView v = view_indexed(ctx, product);
  const auto move = find_move(ctx, v);
  if (!move) return product;
  const Ref branch = v.factors[move->branch];
  const Ref condition = ctx.operands(branch)[0], yes = ctx.operands(branch)[1], no = ctx.operands(branch)[2];
  std::vector<Ref> other = operands;
  const Labelling labelling = *v.labelling;
  const IndexedView kept{&labelling,
                         {operands.data(), v.factors.size()},
                         {operands.data() + v.factors.size(), v.extents.size()},
                         {}};
  other[move->branch] = tensor_select(ctx, condition, times_factors(ctx, kept, *move, yes),
                                      times_factors(ctx, kept, *move, no));
  for (size_t f : move->factors)
    other[f] = ctx[operands[f]].shape == scalar_shape ? one : ctx.fill(one, ctx[operands[f]].shape);
  return rebuild_indexed(ctx, product, other);
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
