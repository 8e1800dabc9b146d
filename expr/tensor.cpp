#include "expr/tensor.h"

#include <algorithm>

#include "expr/diagnostic.h"
#include "expr/facts.h"
#include "expr/scratch.h"
#include "expr/shape_text.h"
#include "expr/symmetry.h"

namespace nabla {
namespace {

size_t order(const Context& ctx, Ref a) { return ctx.shape_of(a).order(); }

// The B of B', where a matrix is stored as that; Ref{} for any other.
Ref untransposed(const Context& ctx, Ref a) {
  if (ctx.kind(a) != Kind::indexed || order(ctx, a) != 2) return {};
  const IndexedView v = view_indexed(ctx, a);
  const Labelling& l = *v.labelling;
  const bool plain = v.factors.size() == 1 && l.label_count == 2 && l.guards.empty();
  return plain && l.factors[0] == std::vector<Label>{1, 0} ? v.factors[0] : Ref{};
}

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

bool is_sum(Kind k) { return k == Kind::sum || k == Kind::long_sum; }

std::vector<Term> transposed_terms(Context& ctx, std::span<const Term> terms) {
  std::vector<Term> out;
  for (const Term& t : terms) out.push_back({t.coefficient, transpose(ctx, t.body)});
  return out;
}

size_t transposes(const Context& ctx, std::span<const Term> terms) {
  return static_cast<size_t>(std::count_if(terms.begin(), terms.end(),
                                           [&](const Term& t) { return bool(untransposed(ctx, t.body)); }));
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
  if (is_sum(ctx.kind(a))) {
    const ShapeId shape = matrix_shape(ctx, s.extents[1], s.extents[0]);
    std::vector<Term> terms;
    ctx.append_terms(a, terms);
    const bool stored = transposes(ctx, terms) > 0;
    if (stored) return tensor_sum(ctx, transposed_terms(ctx, terms), shape);
  }
  return permuted(ctx, a, false);
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
  const Node& n = ctx[a];
  if (n.shape == shape) return a;
  if (n.kind == Kind::fill) return ctx.fill(n.operand(0), shape);
  if (n.kind == Kind::product) return ctx.scale(n.operand(0), reshape(ctx, n.operand(1), shape));
  if (n.kind == Kind::reshape) return reshape(ctx, n.operand(0), shape);
  if (is_structural(ctx, a, Structural::delta)) {
    if (const Ref r = split_delta(ctx, ctx.shape(n.shape).extents[0], shape)) return r;
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

Ref tensor_sum(Context& ctx, std::span<const Term> given, ShapeId shape) {
  const Shape s = ctx.shape(shape);
  std::vector<Term> terms(given.begin(), given.end());
  if (s.row) {
    for (Term& t : terms) t.body = as_column(ctx, t.body);
    return as_row(ctx, tensor_sum(ctx, terms, vector_shape(ctx, s.extents[0])));
  }
  if (s.order() == 2) {  // the terms of (A + B)' are A' and B'
    std::vector<Term> flat;
    for (const Term& t : terms) {
      const Term u = ctx.split_coefficient(t.body);
      const Ref b = untransposed(ctx, u.body);
      if (!b || !is_sum(ctx.kind(b))) {
        flat.push_back(t);
        continue;
      }
      std::vector<Term> inner;
      ctx.append_terms(b, inner);
      const Ref c = ctx.number(ctx.value(t.coefficient) * ctx.value(u.coefficient));
      for (const Term& i : inner)
        flat.push_back({ctx.number(ctx.value(c) * ctx.value(i.coefficient)), transpose(ctx, i.body)});
    }
    terms = std::move(flat);
  }
  const Ref plain = ctx.collect_sum(terms, shape);
  if (s.order() != 2 || !is_sum(ctx.kind(plain))) return plain;
  // Of a sum and its transpose the one with fewer transposes is stored, then the one with the lesser hash.
  std::vector<Term> kept;
  ctx.append_terms(plain, kept);
  if (transposes(ctx, kept) == 0) return plain;
  const std::vector<Term> turned = transposed_terms(ctx, kept);
  const Ref other = ctx.collect_sum(turned, matrix_shape(ctx, s.extents[1], s.extents[0]));
  if (other == plain || !is_sum(ctx.kind(other))) return plain;
  const size_t here = transposes(ctx, kept), there = transposes(ctx, turned);
  const bool turn = here != there ? there < here : ctx.compare_structure(other, plain) < 0;
  return turn ? permuted(ctx, other, false) : plain;
}

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
      if (const Ref b = untransposed(ctx, base)) return transpose(ctx, tensor_power(ctx, b, exponent));
      // Without a sum over labels an integer power goes to the factors.
      const IndexedView v = view_indexed(ctx, base);
      const Labelling l = *v.labelling;
      if (!integer || l.label_count != l.output.size() || !l.guards.empty() ||
          ctx.is_number(exponent) == false || ctx.value(exponent).sign() < 0) {
        break;
      }
      IndexedBuilder b(ctx);
      const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
      for (Ref extent : std::vector<Ref>(v.extents.begin(), v.extents.end())) b.label(extent);
      for (size_t f = 0; f < factors.size(); ++f)
        b.factor(tensor_power(ctx, factors[f], exponent), l.factors[f]);
      return b.build(l.output);
    }
    case Kind::function:
      if (static_cast<Fn>(n.tag) == Fn::abs && ctx.is_number(exponent) && integer &&
          ctx.value(exponent).is_even()) {
        return tensor_power(ctx, n.operand(0), exponent);
      }
      break;
    default:
      break;
  }
  const Ref pair[2] = {base, exponent};
  return ctx.intern(Kind::power, 0, 0, 0, shape, pair, power_facts(ctx, base, exponent));
}

// Rows become columns and common transposes move outside; `make` works on what is left.
template <class Make>
static Ref entrywise(Context& ctx, std::vector<Ref> arguments, Make make) {
  bool row = false, transposed = true;
  ShapeId shape = scalar_shape;
  for (Ref& a : arguments) {
    if (ctx[a].shape == scalar_shape) continue;
    row = row || ctx.shape_of(a).row;
    if (ctx.shape_of(a).row) a = as_column(ctx, a);
    shape = ctx[a].shape;
    transposed = transposed && untransposed(ctx, a);
  }
  if (transposed && ctx.shape(shape).order() == 2) {
    for (Ref& a : arguments) {
      if (ctx[a].shape != scalar_shape) a = untransposed(ctx, a);
      if (ctx[a].shape != scalar_shape) shape = ctx[a].shape;
    }
    return transpose(ctx, make(std::span<const Ref>(arguments), shape));
  }
  const Ref r = make(std::span<const Ref>(arguments), shape);
  return row ? as_row(ctx, r) : r;
}

Ref tensor_function(Context& ctx, Fn f, std::span<const Ref> given) {
  return entrywise(
      ctx, {given.begin(), given.end()}, [&](std::span<const Ref> arguments, ShapeId shape) -> Ref {
        bool constant = true;  // each argument has one value in all entries
        Scratch<Ref, 4> scalars;
        for (Ref a : arguments) {
          const bool fill = ctx.kind(a) == Kind::fill;
          constant = constant && (fill || ctx[a].shape == scalar_shape);
          scalars.push_back(fill ? ctx.operands(a)[0] : a);
        }
        if (constant) return ctx.fill(ctx.function(f, scalars), shape);
        const Ref a = arguments[0];
        if (f == Fn::sqrt) return tensor_power(ctx, a, ctx.number(Rational::fraction(1, 2)));
        if (f == Fn::pow && ctx[scalars[1]].shape == scalar_shape && ctx[a].shape != scalar_shape) {
          return tensor_power(ctx, a, scalars[1]);
        }
        const Facts facts = ctx[a].facts;
        if (arguments.size() == 1) {
          if (f == Fn::abs && !(facts & complex_valued)) {
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
  if (ctx[a].shape == scalar_shape && ctx[b].shape == scalar_shape) return ctx.compare(relation, a, b);
  return entrywise(ctx, {a, b}, [&](std::span<const Ref> pair, ShapeId shape) {
    return ctx.intern(Kind::compare, static_cast<uint16_t>(relation), 0, 0, shape, pair);
  });
}

Ref tensor_connective(Context& ctx, Connective c, std::span<const Ref> parts) {
  return entrywise(ctx, {parts.begin(), parts.end()}, [&](std::span<const Ref> list, ShapeId shape) {
    return ctx.intern(Kind::connective, static_cast<uint16_t>(c), 0, 0, shape, list);
  });
}

Ref tensor_select(Context& ctx, Ref condition, Ref yes, Ref no) {
  if (ctx.kind(condition) == Kind::truth) return ctx[condition].tag ? yes : no;
  if (yes == no) return yes;
  if (ctx[condition].shape == scalar_shape && ctx[yes].shape == scalar_shape &&
      ctx[no].shape == scalar_shape) {
    return ctx.select(condition, yes, no);
  }
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
