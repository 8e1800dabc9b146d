// Products, maxima and minima over indices.
#include <cstdlib>
#include <vector>

#include "diff/rules.h"
#include "expr/affine_positions.h"
#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

Ref first_largest(Context& ctx, Ref list) { return matrix_function(ctx, Fn::argmax, {&list, 1}); }

Ref product_of(Context& ctx, std::span<const Ref> extents) {
  Ref n = one;
  for (Ref e : extents) n = ctx.multiply(n, e);
  return n;
}

// With an axis for each label of the reduction, those of the result first.
Ref with_all_axes(Context& ctx, Ref body, const Labelling& l, const std::vector<Ref>& extents) {
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  b.factor(body, l.factors[0]);
  return b.build(labels);
}

// What the guards leave; elsewhere a number less than the largest entry.
Ref within_guards(Context& ctx, Ref body, Ref largest, Ref reduction) {
  const IndexedView v = view_indexed(ctx, reduction);
  const Labelling l = *v.labelling;
  const std::vector<Ref> extents(v.extents.begin(), v.extents.end()),
      offsets(v.offsets.begin(), v.offsets.end());
  Ref condition;
  for (size_t g = 0; g < l.guards.size(); ++g) {
    const std::vector<int64_t> none(extents.size());
    AffinePositions left{none, zero}, right{none, ctx.negate(offsets[g])};
    for (const auto& [label, c] : l.guards[g].terms) (c > 0 ? left : right).slopes[label] = std::abs(c);
    condition = both(ctx, condition,
                     tensor_compare(ctx, l.guards[g].relation, positions_tensor(ctx, left, extents),
                                    positions_tensor(ctx, right, extents)));
  }
  const Ref size = tensor_function(ctx, Fn::abs, {&largest, 1});
  const ShapeId shape = ctx[largest].shape;
  const Ref least = ctx.subtract(ctx.subtract(largest, size), ctx.fill(one, shape));
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  b.factor(least, l.output);
  return tensor_select(ctx, condition, body, b.build(labels));
}

}  // namespace

// norminf(X, dim = k) is max(abs(X), dim = k), whose rule finds the entry that moves it.
Ref Rules::largest_along(std::span<const Ref> arguments, Ref d) {
  const Ref x = arguments[0], absolute = tensor_function(ctx_, Fn::abs, {&x, 1});
  const size_t axis = arguments[1] == one ? 0 : 1;
  const Ref largest = as_column(ctx_, reduce_axis(ctx_, Reduction::max, absolute, axis));
  if (ctx_.kind(largest) != Kind::reduce || ctx_.operands(largest)[0] != absolute)
    throw_no_rule("'norminf' of this matrix along an axis");
  const Ref moved =
      extreme_rule(largest, elementwise_product(ctx_, tensor_function(ctx_, Fn::sign, {&x, 1}), d));
  return axis == 0 ? as_row(ctx_, moved) : moved;
}

Ref Rules::reduction(Ref operation, Ref d) {
  const auto op = static_cast<Reduction>(ctx_[operation].tag);
  return op == Reduction::prod ? product_rule(operation, d) : extreme_rule(operation, d);
}

// d prod(e[j] for j) = sum(d[i]*prod(e[j] for j if j != i) for i), one label at a time.
Ref Rules::product_rule(Ref reduction, Ref d) {
  const IndexedView v = view_indexed(ctx_, reduction);
  const Labelling l = *v.labelling;
  std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  const std::vector<Ref> offsets(v.offsets.begin(), v.offsets.end());
  const Ref body = v.factors[0];
  const Label last = l.label_count - 1;
  if (l.label_count > l.output.size() + 1) {  // the last label first
    Labelling inner{l.label_count, {}, l.factors, {}}, outer{last, l.output, {{}}, {}};
    for (Label i = 0; i < last; ++i) {
      inner.output.push_back(i);
      outer.factors[0].push_back(i);
    }
    std::vector<Ref> inner_offsets, outer_offsets;
    for (size_t g = 0; g < l.guards.size(); ++g) {
      const bool about_last = !l.guards[g].terms.empty() && l.guards[g].terms.back().first == last;
      (about_last ? inner : outer).guards.push_back(l.guards[g]);
      (about_last ? inner_offsets : outer_offsets).push_back(offsets[g]);
    }
    const Ref in = reduce(ctx_, Reduction::prod, body, inner, extents, inner_offsets);
    extents.pop_back();
    const Ref out = reduce(ctx_, Reduction::prod, in, outer, extents, outer_offsets);
    return product_rule(out, product_rule(in, d));
  }
  // The others: the factor's label is another one, and differs from the one that moves.
  Labelling others{l.label_count + 1, l.output, l.factors, l.guards};
  const auto other = [&](Label& label) { label = label == last ? l.label_count : label; };
  for (Label& label : others.factors[0]) other(label);
  for (Guard& g : others.guards) {
    for (auto& t : g.terms) other(t.first);
  }
  others.output.push_back(last);
  others.guards.push_back({Relation::not_equal, {{last, 1}, {l.label_count, -1}}});
  std::vector<Ref> all_extents = extents, all_offsets = offsets;
  all_extents.push_back(extents[last]);
  all_offsets.push_back(zero);
  const Ref rest = reduce(ctx_, Reduction::prod, body, others, all_extents, all_offsets);
  IndexedBuilder b(ctx_);
  for (Ref e : extents) b.label(e);
  b.factor(d, l.factors[0]);
  b.factor(rest, others.output);
  for (size_t g = 0; g < l.guards.size(); ++g) b.guard(l.guards[g].relation, l.guards[g].terms, offsets[g]);
  return b.build(l.output);
}

// The largest entry moves as the first entry that has this value.
Ref Rules::extreme_rule(Ref reduction, Ref d) {
  const IndexedView v = view_indexed(ctx_, reduction);
  const Labelling l = *v.labelling;
  const bool largest = static_cast<Reduction>(ctx_[reduction].tag) == Reduction::max;
  const Ref body = largest ? v.factors[0] : ctx_.negate(v.factors[0]);
  const size_t bound = l.label_count - l.output.size();
  const bool plain = l.guards.empty() && l.factors[0].size() == l.label_count &&
                     (l.output.empty() || (bound == 1 && l.output.size() == 1));
  if (!plain) return extreme_of_lines(reduction, largest, d);
  IndexedBuilder b(ctx_);
  if (l.output.empty()) {
    const Ref list = vec(ctx_, body);
    const Ref n = ctx_.shape_of(list).extents[0];
    const Label i = b.label(n);
    b.factor(unit(ctx_, n, first_largest(ctx_, list)), {i});
    b.factor(vec(ctx_, d), {i});
    return b.build({});
  }
  const Shape s = ctx_.shape_of(body);
  const size_t axis = l.factors[0][0] == 0 ? 1 : 0;  // the one that vanishes
  const Ref arguments[2] = {body, ctx_.number(axis == 0 ? 1 : 2)};
  const Ref positions = as_column(ctx_, nabla::matrix_function(ctx_, Fn::argmax, arguments));
  const Label kept = b.label(s.extents[1 - axis]), gone = b.label(s.extents[axis]);
  b.factor(gather(ctx_, delta(ctx_, s.extents[axis]), 0, positions), {kept, gone});
  b.factor(d, axis == 0 ? std::vector<Label>{gone, kept} : std::vector<Label>{kept, gone});
  return b.build({kept});
}

// Under guards and over several indices: a line of a matrix for each entry of the result.
Ref Rules::extreme_of_lines(Ref reduction, bool largest, Ref d) {
  const IndexedView v = view_indexed(ctx_, reduction);
  const Labelling l = *v.labelling;
  const std::vector<Ref> extents(v.extents.begin(), v.extents.end());
  const ptrdiff_t kept = static_cast<ptrdiff_t>(l.output.size());
  const Ref lines = product_of(ctx_, {extents.begin(), extents.begin() + kept}),
            length = product_of(ctx_, {extents.begin() + kept, extents.end()});
  const Ref body = largest ? v.factors[0] : ctx_.negate(v.factors[0]),
            value = largest ? reduction : ctx_.negate(reduction);
  Ref entries = with_all_axes(ctx_, body, l, extents), moved = with_all_axes(ctx_, d, l, extents);
  if (!l.guards.empty()) entries = within_guards(ctx_, entries, value, reduction);
  IndexedBuilder b(ctx_);
  const Label line = b.label(lines), place = b.label(length);
  if (kept == 0) {
    b.factor(unit(ctx_, length, first_largest(ctx_, vec(ctx_, entries))), {place});
    b.factor(vec(ctx_, moved), {place});
    return b.build({});
  }
  const ShapeId shape = matrix_shape(ctx_, lines, length);
  const Ref arguments[2] = {reshape(ctx_, entries, shape), ctx_.number(2)};
  const Ref positions = nabla::matrix_function(ctx_, Fn::argmax, arguments);
  b.factor(gather(ctx_, delta(ctx_, length), 0, positions), {line, place});
  b.factor(reshape(ctx_, moved, shape), {line, place});
  return reshape(ctx_, b.build({line}), ctx_[reduction].shape);
}

}  // namespace nabla
