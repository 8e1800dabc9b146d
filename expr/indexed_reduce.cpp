// Products, largest and smallest values over labels, and the same node with other operands.
#include "expr/axis_order.h"
#include "expr/diagnostic.h"
#include "expr/guards.h"
#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {

Ref reduce(Context& ctx, Reduction op, Ref body, const Labelling& labelling, std::span<const Ref> extents,
           std::span<const Ref> offsets) {
  Shape s;
  for (Label o : labelling.output) s.extents.push_back(extents[o]);
  const ShapeId shape = ctx.shape_id(s);
  if (op != Reduction::prod && ctx.kind(body) == Kind::product && ctx[body].shape != scalar_shape) {
    const Ref c = ctx.operands(body)[0];  // max(2 x) = 2 max(x), max(-x) = -min(x)
    const Reduction other = op == Reduction::max ? Reduction::min : Reduction::max;
    return ctx.scale(c, reduce(ctx, ctx.value(c).sign() < 0 ? other : op, ctx.operands(body)[1], labelling,
                               extents, offsets));
  }
  if (op == Reduction::prod && ctx.is_function(body, Fn::eigvals) && labelling.label_count == 1 &&
      labelling.output.empty() && offsets.empty()) {  // the product of the eigenvalues
    const Ref matrix = ctx.operands(body)[0];
    return matrix_function(ctx, Fn::det, {&matrix, 1});
  }
  std::vector<GuardCondition> guards;
  for (size_t g = 0; g < offsets.size(); ++g) guards.push_back({labelling.guards[g], offsets[g]});
  if (!settle_guards(ctx, guards, extents)) {
    if (op == Reduction::prod) return ctx.fill(one, shape);
    throw Failure(Code::empty_reduction, "the largest or smallest of nothing has no value",
                  "let the index run over at least one value");
  }
  IndexedParts parts;
  const AxisOrder order = best_order(ctx, {&body, 1}, parts.factors);
  body = parts.factors[0];
  parts.extents.assign(extents.begin(), extents.end());
  parts.labelling = labelling;
  for (size_t i = 0; i < order.size(); ++i) parts.labelling.factors[0][i] = labelling.factors[0][order[i]];
  parts.labelling.guards.clear();
  for (GuardCondition& c : guards) {
    parts.labelling.guards.push_back(std::move(c.guard));
    parts.offsets.push_back(c.offset);
  }
  canonical_labelling(ctx, parts);
  const Facts facts = ctx[body].facts & (nonnegative | integer_valued | complex_valued);
  std::vector<Ref> operands = parts.factors;
  operands.insert(operands.end(), parts.extents.begin(), parts.extents.end());
  operands.insert(operands.end(), parts.offsets.begin(), parts.offsets.end());
  const uint32_t id = ctx.labelling_id(parts.labelling);
  return ctx.intern(Kind::reduce, static_cast<uint16_t>(op), id, parts.labelling.hash(), shape, operands,
                    facts);
}

Ref rebuild_indexed(Context& ctx, Ref e, std::span<const Ref> operands) {
  const Labelling l = ctx.labelling(e);
  const size_t n = l.factors.size();
  const auto extents = operands.subspan(n, l.label_count), offsets = operands.subspan(n + l.label_count);
  if (ctx.kind(e) == Kind::reduce) {
    return reduce(ctx, static_cast<Reduction>(ctx[e].tag), operands[0], l, extents, offsets);
  }
  IndexedBuilder b(ctx);
  const bool row = ctx.shape_of(e).row;
  for (Ref extent : extents) b.label(extent);
  for (size_t f = 0; f < n; ++f) b.factor(operands[f], l.factors[f]);
  for (size_t g = 0; g < l.guards.size(); ++g) b.guard(l.guards[g].relation, l.guards[g].terms, offsets[g]);
  return b.build(l.output, row);
}

}  // namespace nabla
