#include "diff/counted_powers.h"

#include <optional>
#include <vector>

#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// step*p + start at the position p of one axis, for every entry.
struct Count {
  size_t axis = 0;
  Rational step;
  Ref start;
};

// An array that changes along one axis alone, as the vector along that axis.
struct Line {
  Ref vector;
  size_t axis = 0;
};
std::optional<Line> line_of(const Context& ctx, Ref a) {
  if (ctx.shape_of(a).order() == 1) return Line{a, 0};
  if (ctx.kind(a) != Kind::indexed) return std::nullopt;
  const IndexedView v = view_indexed(ctx, a);
  const Labelling& l = *v.labelling;
  if (v.factors.size() != 1 || l.factors[0].size() != 1) return std::nullopt;
  if (!l.guards.empty() || l.label_count != l.output.size()) return std::nullopt;
  return Line{v.factors[0], l.factors[0][0]};
}

std::optional<Count> count_of(Context& ctx, Ref exponents) {
  const auto line = line_of(ctx, exponents);
  std::vector<Term> terms, constant;
  ctx.append_terms(line ? line->vector : exponents, terms);
  std::optional<Count> count;
  for (const Term& t : terms) {
    if (ctx.kind(t.body) == Kind::fill) {
      constant.push_back({t.coefficient, ctx.operands(t.body)[0]});
      continue;
    }
    const auto term = line_of(ctx, t.body);
    if (!term || !is_structural(ctx, term->vector, Structural::iota) || count) return std::nullopt;
    count = Count{line ? line->axis : term->axis, ctx.value(t.coefficient), {}};
  }
  if (count) count->start = ctx.sum(constant);
  return count;
}

// The array without its first or last position on an axis; a scalar stands for every entry.
Ref shortened(Context& ctx, Ref a, size_t axis, bool first) {
  if (ctx[a].shape == scalar_shape) return a;
  IndexedBuilder b(ctx);
  const Shape s = ctx.shape_of(a);
  std::vector<Label> all, kept;
  for (Ref e : s.extents) all.push_back(b.label(e));
  kept = all;
  const Ref less = ctx.subtract(s.extents[axis], one);
  kept[axis] = b.label(less);
  b.factor(shift(ctx, less, s.extents[axis], first ? one : zero), {kept[axis], all[axis]});
  b.factor(a, all);
  return b.build(kept);
}

// The same count over an array of other extents.
Ref counted(Context& ctx, const Count& c, const std::vector<Ref>& extents) {
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  b.factor(iota(ctx, extents[c.axis]), {labels[c.axis]});
  const ShapeId shape = tensor_shape(ctx, extents);
  const Term terms[2] = {{ctx.number(c.step), b.build(labels)}, {one, ctx.fill(c.start, shape)}};
  return ctx.sum(terms, shape);
}

}  // namespace

Ref counted_slopes(Context& ctx, Ref base, Ref exponents) {
  if (ctx[exponents].shape == scalar_shape) return {};
  const auto count = count_of(ctx, exponents);
  if (!count) return {};
  const Shape shape = ctx.shape_of(exponents);
  const Ref extent = shape.extents[count->axis], step = ctx.number(count->step);
  const bool first = ctx.add(step, count->start) == zero;
  if (!first && ctx.add(ctx.multiply(step, extent), count->start) != zero) return {};
  // Behind the first position each number is one step further.
  std::vector<Ref> extents = shape.extents;
  extents[count->axis] = ctx.subtract(extent, one);
  const Count rest{count->axis, count->step, first ? zero : count->start};
  const Ref e = counted(ctx, rest, extents), x = shortened(ctx, base, count->axis, first);
  const Ref ones = ctx.fill(one, ctx[e].shape);
  const Ref pair[2] = {x, ctx.subtract(e, ones)};
  const Ref slopes = elementwise_product(ctx, e, tensor_function(ctx, Fn::pow, pair));
  IndexedBuilder b(ctx);
  std::vector<Label> all, kept;
  for (Ref n : shape.extents) all.push_back(b.label(n));
  kept = all;
  kept[count->axis] = b.label(extents[count->axis]);
  b.factor(shift(ctx, extents[count->axis], extent, first ? one : zero),
           {kept[count->axis], all[count->axis]});
  b.factor(slopes, kept);
  return b.build(all);
}

}  // namespace nabla
