#include "expr/affine_positions.h"

#include <numeric>
#include <utility>

#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// Adds coefficient*body; `axes` are where the axes of the body go. False: it is not affine.
bool add_term(Context& ctx, const Term& t, const std::vector<Label>& axes, AffinePositions& out,
              std::vector<std::pair<Ref, std::vector<Label>>>& sums, std::vector<Ref>& factors) {
  if (ctx.kind(t.body) == Kind::fill) {
    out.offset = ctx.add(out.offset, ctx.scale(t.coefficient, ctx.operands(t.body)[0]));
    return true;
  }
  const auto c = ctx.value(t.coefficient).as_int();
  if (!c) return false;
  if (is_structural(ctx, t.body, Structural::iota)) {
    out.slopes[axes[0]] += *c;
    return true;
  }
  if (ctx.kind(t.body) != Kind::indexed) return false;
  const Labelling& l = ctx.labelling(t.body);
  if (l.factors.size() != 1 || l.label_count != l.output.size() || !l.guards.empty()) return false;
  std::vector<Label> inner;
  for (Label a : l.factors[0]) inner.push_back(axes[a]);
  sums.emplace_back(ctx.operands(t.body)[0], std::move(inner));
  factors.push_back(t.coefficient);
  return true;
}

}  // namespace

std::optional<AffinePositions> affine_positions(Context& ctx, Ref positions) {
  const size_t order = ctx.shape_of(positions).order();
  AffinePositions out{std::vector<int64_t>(order), zero};
  std::vector<Label> all(order);
  std::iota(all.begin(), all.end(), Label{0});
  // Sums may stand inside with their axes renamed or broadcast.
  std::vector<std::pair<Ref, std::vector<Label>>> sums{{positions, all}};
  std::vector<Ref> factors{one};
  while (!sums.empty()) {
    ctx.budget().spend();
    const auto [sum, axes] = sums.back();
    const Ref factor = factors.back();
    sums.pop_back();
    factors.pop_back();
    std::vector<Term> terms;
    ctx.append_terms(sum, terms);
    for (Term t : terms) {
      t.coefficient = ctx.multiply(factor, t.coefficient);
      if (!add_term(ctx, t, axes, out, sums, factors)) return std::nullopt;
    }
  }
  return out;
}

Ref positions_tensor(Context& ctx, const AffinePositions& positions, std::vector<Ref> extents) {
  const ShapeId shape = tensor_shape(ctx, extents);
  std::vector<Term> terms{{one, ctx.fill(positions.offset, shape)}};
  for (size_t axis = 0; axis < extents.size(); ++axis) {
    if (positions.slopes[axis] == 0) continue;
    IndexedBuilder b(ctx);
    std::vector<Label> labels;
    for (Ref n : extents) labels.push_back(b.label(n));
    b.factor(iota(ctx, extents[axis]), {labels[axis]});
    terms.push_back({ctx.number(positions.slopes[axis]), b.build(labels)});
  }
  return tensor_sum(ctx, terms, shape);
}

}  // namespace nabla
