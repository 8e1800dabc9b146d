// Products, sums over axes, diagonals, powers and entries.
#include <algorithm>

#include "expr/axis_order.h"
#include "expr/bounds.h"
#include "expr/diagnostic.h"
#include "expr/kronecker.h"
#include "expr/scaling.h"
#include "expr/shape_text.h"
#include "expr/substitute.h"
#include "expr/symmetry.h"
#include "expr/tensor.h"
#include "expr/tensor_entrywise.h"

namespace nabla {

Ref matrix_product(Context& ctx, Ref a, Ref b) {
  const Shape s = ctx.shape_of(a), t = ctx.shape_of(b);
  if (s.order() == 0 || t.order() == 0) return elementwise_product(ctx, a, b);
  IndexedBuilder builder(ctx);
  std::vector<Label> left, right, output;
  for (Ref e : s.extents) left.push_back(builder.label(e));
  // A column times a row; either may be a matrix with an axis of extent 1, over which the sum has one term.
  const bool outer = (s.order() == 1 && !s.row) || (t.order() == 1 && t.row);
  for (Ref e : t.extents) right.push_back(right.empty() && !outer ? left.back() : builder.label(e));
  builder.factor(a, left);
  builder.factor(b, right);
  if (outer && s.row) return builder.build({right.back()}, true);  // one entry times a row
  if (outer) return builder.build({left[0], right.back()});
  if (s.order() == 2) output.push_back(left[0]);
  if (t.order() == 2) output.push_back(right[1]);
  return builder.build(output, s.order() == 1);
}

Ref dot(Context& ctx, Ref a, Ref b) {
  IndexedBuilder builder(ctx);
  std::vector<Label> labels;
  for (Ref e : ctx.shape_of(a).extents) labels.push_back(builder.label(e));
  builder.factor(a, labels);
  builder.factor(b, labels);
  return builder.build({});
}

// The sum of one factor over the labels that are not in the output.
static Ref contract(Context& ctx, Ref a, std::span<const size_t> axes, bool row) {
  IndexedBuilder builder(ctx);
  std::vector<Label> labels, output;
  for (Ref e : std::vector<Ref>(ctx.shape_of(a).extents)) labels.push_back(builder.label(e));
  builder.factor(a, labels);
  for (size_t axis : axes) output.push_back(labels[axis]);
  return builder.build(output, row);
}

Ref sum_entries(Context& ctx, Ref a) {
  const Node& n = ctx[a];
  return n.shape == scalar_shape ? a : contract(ctx, a, {}, false);
}

Ref sum_axis(Context& ctx, Ref a, size_t axis) {
  const size_t kept = 1 - axis;
  return contract(ctx, a, {&kept, 1}, axis == 0);
}

Ref trace(Context& ctx, Ref a) {
  IndexedBuilder b(ctx);
  const Label i = b.label(ctx.shape_of(a).extents[0]);
  b.factor(a, {i, i});
  return b.build({});
}

Ref diagonal(Context& ctx, Ref a) {
  IndexedBuilder b(ctx);
  const Label i = b.label(ctx.shape_of(a).extents[0]);
  b.factor(a, {i, i});
  return b.build({i});
}

Ref diagonal_matrix(Context& ctx, Ref v) {
  IndexedBuilder b(ctx);
  const Ref n = ctx.shape_of(v).extents[0];
  const Label i = b.label(n), j = b.label(n);
  b.factor(v, {i});
  b.factor(delta(ctx, n), {i, j});
  return b.build({i, j});
}

Ref triangle(Context& ctx, Ref a, bool lower) {
  IndexedBuilder b(ctx);
  const Shape s = ctx.shape_of(a);
  const Label i = b.label(s.extents[0]), j = b.label(s.extents[1]);
  b.factor(a, {i, j});
  const std::pair<Label, int64_t> terms[2] = {{lower ? j : i, 1}, {lower ? i : j, -1}};
  b.guard(Relation::less_equal, terms, zero);
  return b.build({i, j});
}

Ref cumsum(Context& ctx, Ref a, size_t axis) {
  IndexedBuilder b(ctx);
  const Shape s = ctx.shape_of(a);
  std::vector<Label> labels, output;
  for (Ref e : s.extents) labels.push_back(b.label(e));
  output = labels;
  output[axis] = b.label(s.extents[axis]);
  b.factor(a, labels);
  const std::pair<Label, int64_t> terms[2] = {{labels[axis], 1}, {output[axis], -1}};
  b.guard(Relation::less_equal, terms, zero);
  return b.build(output, s.row);
}

// ---- reductions ----

static Ref reduce_to(Context& ctx, Reduction op, Ref a, std::span<const size_t> axes) {
  Labelling l;
  const Shape s = ctx.shape_of(a);
  l.label_count = static_cast<uint32_t>(s.order());
  l.factors.emplace_back();
  for (Label i = 0; i < l.label_count; ++i) l.factors[0].push_back(i);
  for (size_t axis : axes) l.output.push_back(static_cast<Label>(axis));
  return reduce(ctx, op, a, l, s.extents, {});
}

Ref reduce_entries(Context& ctx, Reduction op, Ref a) {
  const Node& n = ctx[a];
  if (n.shape == scalar_shape) return a;
  if (n.kind == Kind::fill) {
    const Ref value = n.operand(0);
    const std::vector<Ref> extents = ctx.shape(n.shape).extents;
    if (op == Reduction::prod) {
      Ref count = one;
      for (Ref e : extents) count = ctx.multiply(count, count_of(ctx, e));
      return ctx.power(value, count);
    }
    const bool some = std::all_of(extents.begin(), extents.end(), [&](Ref e) {
      return never_negative(ctx, ctx.subtract(e, one));  // the largest of nothing has no value
    });
    if (some) return value;
  }
  return reduce_to(ctx, op, as_column(ctx, a), {});
}

Ref reduce_axis(Context& ctx, Reduction op, Ref a, size_t axis) {
  const size_t kept = 1 - axis;
  const Ref r = reduce_to(ctx, op, a, {&kept, 1});
  return axis == 0 ? as_row(ctx, r) : r;
}

// ---- powers of a matrix ----

// One matrix for each exponent of a vector: the axes of the exponents, then those of the matrix.
static Ref matrix_powers(Context& ctx, Ref a, Ref exponents) {
  const Node n = ctx[a];
  Shape shape = ctx.shape_of(exponents);
  shape.row = false;
  const std::vector<Ref> outer = shape.extents, own = ctx.shape(n.shape).extents;
  shape.extents.insert(shape.extents.end(), own.begin(), own.end());
  if (const auto axis = common_broadcast(ctx, {&exponents, 1})) {  // one power for all places along it
    const Ref less = matrix_powers(ctx, a, without_axis(ctx, exponents, *axis));
    return with_axis(ctx, less, *axis, outer[*axis]);
  }
  const bool transposed = n.kind == Kind::indexed && view_indexed(ctx, a).factors.size() == 1 &&
                          ctx.labelling(a).label_count == 2 && ctx.labelling(a).guards.empty();
  if (ctx.kind(exponents) != Kind::fill && !transposed) {
    const Ref pair[2] = {a, exponents};
    return ctx.intern(Kind::matpow, 0, 0, 0, ctx.shape_id(shape), pair, n.facts & complex_valued);
  }
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  for (Ref e : shape.extents) labels.push_back(b.label(e));
  std::vector<Label> axes = labels;
  if (transposed) {  // the powers of B' are those of B, transposed
    std::swap(axes[axes.size() - 1], axes[axes.size() - 2]);
    b.factor(matrix_powers(ctx, view_indexed(ctx, a).factors[0], exponents), axes);
  } else {
    b.factor(matpow(ctx, a, ctx.operands(exponents)[0]), std::span(labels).last(2));
  }
  return b.build(labels);
}

Ref matpow(Context& ctx, Ref a, Ref exponent) {
  if (ctx[exponent].shape != scalar_shape) return matrix_powers(ctx, a, exponent);
  if (exponent == one) return a;
  const Node& n = ctx[a];
  const Ref extent = ctx.shape(n.shape).extents[0];
  if (exponent == zero) return delta(ctx, extent);
  if (is_structural(ctx, a, Structural::delta)) return a;
  if (exponent == minus_one && n.kind == Kind::symbol && ctx.symbol(a).structure == Structure::orthogonal) {
    return transpose(ctx, a);
  }
  const bool integer = (ctx[exponent].facts & integer_valued) != 0;
  if (n.kind == Kind::matpow && integer && (ctx[n.operand(1)].facts & integer_valued)) {
    return matpow(ctx, n.operand(0), ctx.multiply(n.operand(1), exponent));
  }
  if (integer) {
    if (const Scaled s = split_scalars(ctx, a); s.scalar != one) {
      return elementwise_product(ctx, ctx.power(s.scalar, exponent), matpow(ctx, s.rest, exponent));
    }
    if (const Ref r = power_of_parts(ctx, a, exponent)) return r;
    if (ctx.is_function(a, Fn::expm)) {
      const Ref times = elementwise_product(ctx, exponent, ctx.operands(a)[0]);
      return matrix_function(ctx, Fn::expm, {&times, 1});
    }
  }
  std::vector<Ref> turned;
  if (!best_order(ctx, {&a, 1}, turned).empty()) return transpose(ctx, matpow(ctx, turned[0], exponent));
  const Ref pair[2] = {a, exponent};
  return ctx.intern(Kind::matpow, 0, 0, 0, n.shape, pair, n.facts & complex_valued);
}

// ---- entries ----

// An entry with an index of a comprehension stays one until the comprehension is closed.
static bool has_index_name(Context& ctx, Ref e) {
  if (ctx[e].names == 0) return false;
  for (Ref s : symbols_of(ctx, e)) {
    if (ctx.symbol(s).name[0] == '#') return true;
  }
  return false;
}

// 1 where a difference of positions is 0, if that is known.
static Ref indicator(Context& ctx, Ref difference) {
  if (difference == zero) return one;
  return ctx[difference].facts & nonzero ? zero : Ref{};
}

static Ref structural_element(Context& ctx, const Node& n, std::span<const Ref> indices) {
  switch (static_cast<Structural>(n.tag)) {
    case Structural::iota:
      return indices[0];
    case Structural::delta:
      return indicator(ctx, ctx.subtract(indices[0], indices[1]));
    case Structural::shift:
      return indicator(ctx, ctx.subtract(indices[1], ctx.add(indices[0], n.operand(0))));
    case Structural::unit:
      return indicator(ctx, ctx.subtract(indices[0], n.operand(0)));
  }
  return {};
}

// Of the entries S[i, j] and S[j, i] of a symmetric matrix one is spoken of: S[1, 2], not S[2, 1].
static bool is_mirrored(Context& ctx, Ref i, Ref j) {
  if (ctx.is_number(i) && ctx.is_number(j)) return ctx.value(j) < ctx.value(i);
  return ctx.compare_structure(j, i) < 0;
}

Ref element(Context& ctx, Ref tensor, std::span<const Ref> indices) {
  const Node n = ctx[tensor];
  if (indices.size() == 2 && is_symmetric(ctx, tensor) && is_mirrored(ctx, indices[0], indices[1])) {
    const Ref turned[] = {indices[1], indices[0]};
    return element(ctx, tensor, turned);
  }
  bool numbers = true, bound = false;
  for (Ref i : indices) {
    numbers = numbers && ctx.is_number(i);
    bound = bound || has_index_name(ctx, i);
  }
  switch (n.kind) {
    case Kind::symbol:
    case Kind::let:
      return ctx.entry(tensor, indices);
    case Kind::fill:
      return n.operand(0);
    case Kind::product:
      return ctx.scale(n.operand(0), element(ctx, n.operand(1), indices));
    case Kind::array: {
      if (!numbers) break;
      int64_t at = 0;
      const Shape& s = ctx.shape(n.shape);
      for (size_t a = 0; a < indices.size(); ++a) {
        at = at * *ctx.value(s.extents[a]).as_int() + *ctx.value(indices[a]).as_int() - 1;
      }
      return ctx.operands(tensor)[static_cast<size_t>(at)];
    }
    case Kind::structural:
      if (const Ref r = structural_element(ctx, n, indices)) return r;
      break;
    case Kind::function: {  // an entry of conj(Z) is the conjugate of one
      const auto f = static_cast<Fn>(n.tag);
      if (bound || (f != Fn::conj && f != Fn::real && f != Fn::imag)) break;
      return ctx.function(f, {element(ctx, n.operand(0), indices)});
    }
    default:
      break;
  }
  if (bound) return ctx.entry(tensor, indices);
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  const Shape s = ctx.shape(n.shape);
  for (size_t a = 0; a < indices.size(); ++a) {
    labels.push_back(b.label(s.extents[a]));
    b.factor(unit(ctx, s.extents[a], indices[a]), {labels.back()});
  }
  b.factor(tensor, labels);
  return b.build({});
}

Ref slice(Context& ctx, Ref tensor, std::span<const Slice> slices) {
  std::vector<Ref> indices;
  for (const Slice& s : slices) {
    if (s.kind == Slice::Kind::index) indices.push_back(s.index);
  }
  if (indices.size() == slices.size()) return element(ctx, tensor, indices);
  const Shape shape = ctx.shape_of(tensor);
  IndexedBuilder b(ctx);
  std::vector<Label> labels, output;
  Ref gathered = tensor;
  std::vector<std::vector<Label>> extra(slices.size());
  for (size_t a = slices.size(); a-- > 0;) {  // from the last, so that positions of axes stay
    if (slices[a].kind == Slice::Kind::gather) gathered = gather(ctx, gathered, a, slices[a].index);
  }
  for (size_t a = 0; a < slices.size(); ++a) {
    const Slice& s = slices[a];
    if (s.kind == Slice::Kind::gather) {
      for (Ref e : std::vector<Ref>(ctx.shape_of(s.index).extents)) {
        labels.push_back(b.label(e));
        output.push_back(labels.back());
      }
      continue;
    }
    labels.push_back(b.label(shape.extents[a]));
    if (s.kind == Slice::Kind::all) output.push_back(labels.back());
    if (s.kind == Slice::Kind::index) b.factor(unit(ctx, shape.extents[a], s.index), {labels.back()});
    if (s.kind == Slice::Kind::range) {
      output.push_back(b.label(s.extent));
      const Ref offset = ctx.subtract(s.index, one);
      b.factor(shift(ctx, s.extent, shape.extents[a], offset), {output.back(), labels.back()});
    }
  }
  b.factor(gathered, labels);
  const bool row =
      shape.row || (shape.order() == 2 && output.size() == 1 && slices[0].kind == Slice::Kind::index);
  return b.build(output, row);
}

Ref gather(Context& ctx, Ref tensor, size_t axis, Ref positions) {
  const Shape shape = ctx.shape_of(tensor), at = ctx.shape_of(positions);
  if (is_structural(ctx, tensor, Structural::iota)) return positions;
  Shape s;
  for (size_t a = 0; a < shape.order(); ++a) {
    if (a == axis) {
      s.extents.insert(s.extents.end(), at.extents.begin(), at.extents.end());
    } else {
      s.extents.push_back(shape.extents[a]);
    }
  }
  const Ref pair[2] = {tensor, positions};
  const Facts facts =
      ctx[tensor].facts & (nonnegative | nonpositive | nonzero | integer_valued | complex_valued);
  return ctx.intern(Kind::gather, static_cast<uint16_t>(axis), 0, 0, ctx.shape_id(s), pair, facts);
}

// ---- any node ----

Ref rebuild_tensor(Context& ctx, Ref e, std::span<const Ref> list) {
  const Node n = ctx[e];
  switch (n.kind) {
    case Kind::indexed:
    case Kind::reduce:
      return rebuild_indexed(ctx, e, list);
    case Kind::matpow:
      return matpow(ctx, list[0], list[1]);
    case Kind::reshape:
      return reshape(ctx, list[0], n.shape);
    case Kind::gather:
      return gather(ctx, list[0], n.tag, list[1]);
    case Kind::entry:
      return element(ctx, list[0], list.subspan(1));
    default:
      break;
  }
  if (n.shape == scalar_shape) return {};
  switch (n.kind) {
    case Kind::long_sum: {
      std::vector<Term> terms;
      for (Ref r : list) terms.push_back({one, r});
      return tensor_sum(ctx, terms, n.shape);
    }
    case Kind::product:
      return elementwise_product(ctx, list[0], list[1]);
    case Kind::function:
      return row(static_cast<Fn>(n.tag)).shape == ShapeRule::elementwise
                 ? tensor_function(ctx, static_cast<Fn>(n.tag), list)
                 : matrix_function(ctx, static_cast<Fn>(n.tag), list);
    case Kind::structural:
      return ctx.intern(n.kind, n.tag, 0, 0, n.shape, list, n.facts);
    default:
      return rebuild_entrywise(ctx, e, list);
  }
}

}  // namespace nabla
