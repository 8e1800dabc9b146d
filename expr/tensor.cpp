#include "expr/tensor.h"

#include <algorithm>
#include <cstdlib>

#include "expr/affine_positions.h"
#include "expr/axis_order.h"
#include "expr/conjugate.h"
#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/scaling.h"
#include "expr/scratch.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"

namespace nabla {
namespace {

size_t order(const Context& ctx, Ref a) { return ctx.shape_of(a).order(); }

std::vector<Label> labels_of(IndexedBuilder& b, const Shape& s) {
  std::vector<Label> labels;
  for (Ref e : s.extents) labels.push_back(b.label(e));
  return labels;
}

// One factor with its axes in another order.
Ref permuted(Context& ctx, Ref a, bool row) {
  IndexedBuilder b(ctx);
  const Shape s = ctx.shape_of(a);
  std::vector<Label> labels = labels_of(b, s);
  b.factor(a, labels);
  std::reverse(labels.begin(), labels.end());
  return b.build(labels, row);
}

}  // namespace

// ---- axes ----

Ref as_column(Context& ctx, Ref a) { return ctx.shape_of(a).row ? permuted(ctx, a, false) : a; }
Ref as_row(Context& ctx, Ref a) { return ctx.shape_of(a).row ? a : permuted(ctx, a, true); }

Ref transpose(Context& ctx, Ref a) {
  const Shape& s = ctx.shape_of(a);
  if (s.order() == 0) return a;
  if (s.order() == 1) return permuted(ctx, a, !s.row);
  if (is_symmetric(ctx, a)) return a;
  return permute(ctx, a, {1, 0});
}

// delta over an axis that is split into the axes of the first half of `shape`, and the second half into the
// same ones: a delta for each of them. Ref{}: the halves differ.
static Ref split_delta(Context& ctx, Ref extent, ShapeId shape) {
  const std::vector<Ref> extents = ctx.shape(shape).extents;
  const size_t half = extents.size() / 2;
  const auto middle = extents.begin() + static_cast<ptrdiff_t>(half);
  if (extents.size() % 2 != 0 || !std::equal(extents.begin(), middle, middle)) return {};
  if (ctx.product(std::span(extents).first(half)) != extent) return {};
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  for (size_t k = 0; k < half; ++k) b.factor(delta(ctx, extents[k]), {labels[k], labels[half + k]});
  return b.build(labels);
}

Ref reshape(Context& ctx, Ref a, ShapeId shape) {
  const Node n = ctx[a];
  if (n.shape == shape) return a;
  if (n.kind == Kind::fill) return ctx.fill(n.operand(0), shape);
  if (const Scaled s = split_scalars(ctx, a); s.scalar != one) {
    return elementwise_product(ctx, s.scalar, reshape(ctx, s.rest, shape));
  }
  if (n.kind == Kind::reshape) return reshape(ctx, n.operand(0), shape);
  if (is_structural(ctx, a, Structural::delta)) {
    if (const Ref r = split_delta(ctx, ctx.shape(n.shape).extents[0], shape)) return r;
  }
  if (is_square(ctx, shape) && n.kind == Kind::indexed) {  // kron(eye(n), eye(m))
    const Ref extent = ctx.shape(shape).extents[0];
    if (split_delta(ctx, extent, n.shape) == a) return delta(ctx, extent);
  }
  const Facts facts = n.facts & (nonnegative | nonpositive | integer_valued | complex_valued);
  return ctx.intern(Kind::reshape, 0, 0, 0, shape, {&a, 1}, facts);
}

Ref vec(Context& ctx, Ref a) {
  if (order(ctx, a) == 1) return as_column(ctx, a);
  Ref count = one;
  for (Ref e : ctx.shape_of(a).extents) count = ctx.multiply(count, e);
  return reshape(ctx, a, vector_shape(ctx, count));
}

Ref kron(Context& ctx, Ref a, Ref b) {
  const Shape s = ctx.shape_of(a), t = ctx.shape_of(b);
  if (s.order() == 1 && t.order() == 1 && s.row == t.row) {  // of columns a column
    const Ref column = kron(ctx, transpose(ctx, as_row(ctx, a)), as_row(ctx, b));
    const Ref v = vec(ctx, transpose(ctx, column));
    return s.row ? as_row(ctx, v) : v;
  }
  IndexedBuilder builder(ctx);
  const std::vector<Label> p = labels_of(builder, s), q = labels_of(builder, t);
  builder.factor(a, p);
  builder.factor(b, q);
  if (s.order() == 1 && t.order() == 1) {  // column and row
    const Label rows = s.row ? q[0] : p[0], columns = s.row ? p[0] : q[0];
    return builder.build({rows, columns});
  }
  // Column-major: the axis of b runs faster. A column has no second axis, a row no first.
  std::vector<Label> axes;
  Ref rows = one, columns = one;
  const auto add = [&](const Shape& shape, const std::vector<Label>& labels, bool first) {
    const bool is_row = shape.order() == 1 && shape.row;
    const size_t i = shape.order() == 2 ? (first ? 0 : 1) : 0;
    if (shape.order() == 1 && is_row == first) return;
    axes.push_back(labels[i]);
    (first ? rows : columns) = ctx.multiply(first ? rows : columns, shape.extents[i]);
  };
  for (const bool first : {true, false}) {
    add(t, q, first);
    add(s, p, first);
  }
  return reshape(ctx, builder.build(axes), matrix_shape(ctx, rows, columns));
}

// ---- entry by entry ----

Ref tensor_power(Context& ctx, Ref base, Ref exponent) {
  const Node& n = ctx[base];
  const ShapeId shape = n.shape;
  if (shape == scalar_shape && ctx[exponent].shape == scalar_shape) return ctx.power(base, exponent);
  if (ctx.kind(exponent) == Kind::fill) {
    if (shape == scalar_shape)
      return ctx.fill(ctx.power(base, ctx.operands(exponent)[0]), ctx[exponent].shape);
    exponent = ctx.operands(exponent)[0];
  }
  if (ctx[exponent].shape != scalar_shape) {
    const Ref pair[2] = {base, exponent};
    return tensor_function(ctx, Fn::pow, pair);
  }
  if (exponent == one) return base;
  if (exponent == zero) return ctx.fill(one, shape);
  if (ctx.shape(shape).row) return as_row(ctx, tensor_power(ctx, as_column(ctx, base), exponent));
  const Facts e = ctx[exponent].facts;
  const bool integer = (e & integer_valued) != 0;
  switch (n.kind) {
    case Kind::fill:
      return ctx.fill(ctx.power(n.operand(0), exponent), shape);
    case Kind::product: {  // (c X).^q
      const Ref c = n.operand(0), x = n.operand(1);
      if (!integer && ctx.value(c).sign() < 0) break;
      const Ref power = ctx.power(c, exponent), rest = tensor_power(ctx, x, exponent);
      if (ctx.is_number(power)) return ctx.scale(power, rest);
      return elementwise_product(ctx, power, rest);
    }
    case Kind::power: {
      const Ref inner = n.operand(1);
      if (ctx[inner].shape != scalar_shape || (n.facts & complex_valued)) break;
      const bool even = ctx.is_number(inner) && ctx.value(inner).is_integer() && ctx.value(inner).is_even();
      if (even && !integer) {
        const Ref x = n.operand(0);
        return tensor_power(ctx, tensor_function(ctx, Fn::abs, {&x, 1}), ctx.multiply(inner, exponent));
      }
      const bool numbers = ctx.is_number(inner) && ctx.is_number(exponent);
      if (integer || numbers || (ctx[n.operand(0)].facts & nonnegative)) {
        return tensor_power(ctx, n.operand(0), ctx.multiply(inner, exponent));
      }
      break;
    }
    case Kind::structural:
      if (integer && ctx.is_number(exponent) && ctx.value(exponent).sign() > 0 &&
          !is_structural(ctx, base, Structural::iota)) {
        return base;  // entries 0 and 1
      }
      break;
    case Kind::indexed: {
      if (const Reordered r = reordered(ctx, base); r.tensor) {
        return permute(ctx, tensor_power(ctx, r.tensor, exponent), r.order);
      }
      // Without a sum over labels an integer power goes to the factors.
      const IndexedView v = view_indexed(ctx, base);
      const Labelling l = *v.labelling;
      if (!integer || l.label_count != l.output.size() || !l.guards.empty() ||
          ctx.is_number(exponent) == false || ctx.value(exponent).sign() < 0) {
        break;
      }
      if (v.factors.size() == 1 && ctx.shape_of(v.factors[0]).row) break;  // the column of a declared row
      IndexedBuilder b(ctx);
      const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
      for (Ref extent : std::vector<Ref>(v.extents.begin(), v.extents.end())) b.label(extent);
      for (size_t f = 0; f < factors.size(); ++f)
        b.factor(tensor_power(ctx, factors[f], exponent), l.factors[f]);
      return b.build(l.output);
    }
    case Kind::function:
      if (static_cast<Fn>(n.tag) == Fn::abs && ctx.is_number(exponent) && integer &&
          ctx.value(exponent).is_even() && !(ctx[n.operand(0)].facts & complex_valued)) {
        return tensor_power(ctx, n.operand(0), exponent);
      }
      break;
    default:
      break;
  }
  if (const auto axis = common_broadcast(ctx, {&base, 1})) {
    const Ref less = tensor_power(ctx, without_axis(ctx, base, *axis), exponent);
    return with_axis(ctx, less, *axis, ctx.shape(shape).extents[*axis]);
  }
  std::vector<Ref> turned;
  const AxisOrder order = best_order(ctx, {&base, 1}, turned);
  const Ref pair[2] = {turned[0], exponent};
  const Ref r =
      ctx.intern(Kind::power, 0, 0, 0, ctx[turned[0]].shape, pair, power_facts(ctx, turned[0], exponent));
  return order.empty() ? r : rename_axes(ctx, r, inverse(order));
}

// Rows become columns and the axes get their one order; `make` works on what is left.
template <class Make>
static Ref entrywise(Context& ctx, std::vector<Ref> arguments, Make make) {
  bool row = false;
  for (Ref& a : arguments) {
    if (ctx[a].shape == scalar_shape) continue;
    row = row || ctx.shape_of(a).row;
    if (ctx.shape_of(a).row) a = as_column(ctx, a);
  }
  // Axes along which nothing changes come last.
  std::vector<std::pair<size_t, Ref>> dropped;
  while (const auto axis = common_broadcast(ctx, arguments)) {
    for (Ref a : arguments) {
      if (ctx[a].shape == scalar_shape) continue;
      dropped.push_back({*axis, ctx.shape_of(a).extents[*axis]});
      break;
    }
    for (Ref& a : arguments) a = without_axis(ctx, a, *axis);
  }
  std::vector<Ref> turned;
  const AxisOrder order = best_order(ctx, arguments, turned);
  ShapeId shape = scalar_shape;
  for (Ref a : turned) shape = ctx[a].shape != scalar_shape ? ctx[a].shape : shape;
  Ref r = make(std::span<const Ref>(turned), shape);
  if (!order.empty()) r = permute(ctx, r, inverse(order));
  for (size_t k = dropped.size(); k-- > 0;) r = with_axis(ctx, r, dropped[k].first, dropped[k].second);
  return row ? as_row(ctx, r) : r;
}

// A scalar stands for every entry.
static std::vector<Ref> without_fills(const Context& ctx, std::span<const Ref> arguments) {
  std::vector<Ref> list(arguments.begin(), arguments.end());
  for (Ref& a : list) a = ctx.kind(a) == Kind::fill ? ctx.operands(a)[0] : a;
  return list;
}

static bool are_scalars(const Context& ctx, std::span<const Ref> list) {
  return std::all_of(list.begin(), list.end(), [&](Ref a) { return ctx[a].shape == scalar_shape; });
}

Ref tensor_opaque(Context& ctx, Ref function, std::span<const uint16_t> orders,
                  std::span<const Ref> arguments) {
  if (are_scalars(ctx, arguments) || !ctx.is_of_scalars(function))
    return ctx.opaque(function, orders, arguments);
  return entrywise(ctx, {arguments.begin(), arguments.end()}, [&](std::span<const Ref> list, ShapeId shape) {
    const std::vector<Ref> scalars = without_fills(ctx, list);
    const Ref call = ctx.opaque(function, orders, scalars);
    return ctx[call].shape == scalar_shape ? ctx.fill(call, shape) : call;
  });
}

Ref entrywise_call(Context& ctx, Fn f, Ref argument) {
  return entrywise(ctx, {argument}, [&](std::span<const Ref> list, ShapeId shape) {
    return ctx.intern(Kind::function, static_cast<uint16_t>(f), 0, 0, shape, list,
                      function_facts(ctx, f, list));
  });
}

Ref tensor_function(Context& ctx, Fn f, std::span<const Ref> given) {
  if (given.size() == 1) {
    if (const Ref r = complex_function(ctx, f, given[0])) return r;
  }
  return entrywise(
      ctx, {given.begin(), given.end()}, [&](std::span<const Ref> arguments, ShapeId shape) -> Ref {
        const std::vector<Ref> scalars = without_fills(ctx, arguments);
        if (are_scalars(ctx, scalars)) return ctx.fill(ctx.function(f, scalars), shape);
        arguments = scalars;
        const Ref a = arguments[0];
        if (f == Fn::sqrt) return tensor_power(ctx, a, ctx.number(Rational::fraction(1, 2)));
        if (f == Fn::pow && ctx[scalars[1]].shape == scalar_shape && ctx[a].shape != scalar_shape) {
          return tensor_power(ctx, a, scalars[1]);
        }
        const Facts facts = ctx[a].facts;
        if (arguments.size() == 1) {
          if (f == Fn::abs) {
            if (facts & nonnegative) return a;
            if (facts & nonpositive) return ctx.negate(a);
          }
          const bool rounding = f == Fn::floor || f == Fn::ceil || f == Fn::round;
          if (rounding && (facts & integer_valued)) return a;
          if (f == Fn::log && ctx.is_function(a, Fn::exp) && !(facts & complex_valued))
            return ctx.operands(a)[0];
          const Parity parity = row(f).parity;
          if (parity != Parity::none && ctx.kind(a) == Kind::product &&
              ctx.value(ctx.operands(a)[0]).sign() < 0) {
            const Ref positive = ctx.negate(a);
            const Ref r = tensor_function(ctx, f, {&positive, 1});
            return parity == Parity::odd ? ctx.negate(r) : r;
          }
        }
        return ctx.intern(Kind::function, static_cast<uint16_t>(f), 0, 0, shape, arguments,
                          function_facts(ctx, f, arguments));
      });
}

Ref tensor_compare(Context& ctx, Relation relation, Ref a, Ref b) {
  for (Ref* r : {&a, &b}) *r = ctx.kind(*r) == Kind::fill ? ctx.operands(*r)[0] : *r;
  if (ctx[a].shape == scalar_shape && ctx[b].shape == scalar_shape) return ctx.compare(relation, a, b);
  return entrywise(ctx, {a, b}, [&](std::span<const Ref> sides, ShapeId shape) {
    Ref pair[2] = {sides[0], sides[1]};
    const bool symmetric = relation == Relation::equal || relation == Relation::not_equal;
    if (symmetric && ctx.compare_structure(pair[1], pair[0]) < 0) std::swap(pair[0], pair[1]);
    return ctx.intern(Kind::compare, static_cast<uint16_t>(relation), 0, 0, shape, pair);
  });
}

Ref tensor_connective(Context& ctx, Connective c, std::span<const Ref> parts) {
  return entrywise(ctx, {parts.begin(), parts.end()}, [&](std::span<const Ref> list, ShapeId shape) {
    return ctx.intern(Kind::connective, static_cast<uint16_t>(c), 0, 0, shape, list);
  });
}

// [if i == j then 1 else 0] is the identity. Ref{}: anything else.
static Ref kronecker_delta(Context& ctx, Ref condition, Ref yes, Ref no) {
  const auto is_fill = [&](Ref r, Ref value) {
    return ctx.kind(r) == Kind::fill && ctx.operands(r)[0] == value;
  };
  const Node n = ctx[condition];
  const bool equality = n.kind == Kind::compare && n.tag == static_cast<uint16_t>(Relation::equal);
  if (!equality || !is_fill(yes, one) || !is_fill(no, zero)) return {};
  const Shape s = ctx.shape(n.shape);
  if (s.order() != 2 || s.extents[0] != s.extents[1]) return {};
  const auto difference = affine_positions(ctx, ctx.subtract(n.operand(0), n.operand(1)));
  if (!difference || difference->offset != zero) return {};
  const auto& slopes = difference->slopes;
  return slopes[0] + slopes[1] == 0 && std::abs(slopes[0]) == 1 ? delta(ctx, s.extents[0]) : Ref{};
}

Ref tensor_select(Context& ctx, Ref condition, Ref yes, Ref no) {
  if (ctx.kind(condition) == Kind::truth) return ctx[condition].tag ? yes : no;
  if (yes == no) return yes;
  if (ctx[condition].shape == scalar_shape && ctx[yes].shape == scalar_shape &&
      ctx[no].shape == scalar_shape) {
    return ctx.select(condition, yes, no);
  }
  for (Ref r : {condition, yes, no}) {
    if (ctx[r].shape == scalar_shape || ctx.shape_of(r).row) continue;
    if (ctx[yes].shape == scalar_shape) yes = ctx.fill(yes, ctx[r].shape);
    if (ctx[no].shape == scalar_shape) no = ctx.fill(no, ctx[r].shape);
  }
  if (const Ref r = kronecker_delta(ctx, condition, yes, no)) return r;
  return entrywise(ctx, {condition, yes, no}, [&](std::span<const Ref> list, ShapeId shape) {
    const Facts facts = ctx[list[1]].facts & ctx[list[2]].facts &
                        (nonnegative | nonpositive | nonzero | integer_valued | complex_valued);
    return ctx.intern(Kind::select, 0, 0, 0, shape, list, facts);
  });
}

Ref elementwise_product(Context& ctx, Ref a, Ref b) {
  if (ctx.is_number(a) && ctx[a].shape == scalar_shape) return ctx.scale(a, b);
  if (ctx.is_number(b) && ctx[b].shape == scalar_shape) return ctx.scale(b, a);
  const Shape s = ctx.shape_of(ctx[a].shape == scalar_shape ? b : a);
  if (s.order() == 0) return ctx.multiply(a, b);
  IndexedBuilder builder(ctx);
  const std::vector<Label> labels = labels_of(builder, s);
  for (Ref f : {a, b}) builder.factor(f, ctx[f].shape == scalar_shape ? std::vector<Label>{} : labels);
  return builder.build(labels, s.row);
}

Ref broadcast(Context& ctx, Ref a, ShapeId shape) {
  if (ctx[a].shape == shape) return a;
  if (ctx[a].shape == scalar_shape) return ctx.fill(a, shape);
  IndexedBuilder builder(ctx);
  const Shape s = ctx.shape(shape);
  const std::vector<Label> labels = labels_of(builder, s);
  builder.factor(a, {labels[ctx.shape_of(a).row ? 1 : 0]});
  return builder.build(labels);
}

}  // namespace nabla
