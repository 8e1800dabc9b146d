// Functions of a vector for each value of an index are functions along the rows of a matrix.
#include <array>

#include "expr/lift.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

// f(v) for every vector v in the last axis: the root of a sum of squares, and the like.
bool is_sum_of_entries(Fn f) { return f == Fn::norm1 || f == Fn::norm2 || f == Fn::normF; }

bool has_rows(Fn f) {
  const ShapeRule rule = row(f).shape;
  return rule == ShapeRule::along || rule == ShapeRule::along_to_scalar || rule == ShapeRule::norm;
}

}  // namespace

// The tensor f(entries) summed over its own axes; what is left are the axes of the indices.
Ref Lifter::sum_of_own(Ref tensor, size_t indices) {
  const std::vector<Ref> extents = ctx_.shape_of(tensor).extents;
  IndexedBuilder b(ctx_);
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  b.factor(tensor, labels);
  return b.build(std::span(labels).first(indices));
}

Lifted Lifter::function(Ref r) {
  const Fn f = ctx_.function_of(r);
  const std::vector<Ref> arguments(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (row(f).shape == ShapeRule::elementwise) return elementwise(r);
  const Lifted x = of(arguments[0]);
  const size_t own = ctx_.shape_of(arguments[0]).order();
  const bool whole = arguments.size() == 1;
  if (whole && own == 1 && x.axes.size() == 1 && has_rows(f)) {
    const std::array<Ref, 2> along_rows{x.tensor, ctx_.number(2)};
    return {matrix_function(ctx_, f, along_rows), x.axes};
  }
  if (whole && is_sum_of_entries(f) && (own == 1 || f == Fn::normF)) {
    if (f == Fn::norm1) {
      const Ref size = tensor_function(ctx_, Fn::abs, std::array<Ref, 1>{x.tensor});
      return {sum_of_own(size, x.axes.size()), x.axes};
    }
    const Ref squares = sum_of_own(tensor_power(ctx_, x.tensor, ctx_.number(2)), x.axes.size());
    return {tensor_power(ctx_, squares, ctx_.number(Rational::fraction(1, 2))), x.axes};
  }
  refuse("'" + std::string(row(f).name) + "' of something");
}

}  // namespace nabla
