// Sums of tensors in their one form: terms with one order of axes, without axes along which nothing changes.
#include <algorithm>

#include "expr/axis_order.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"

namespace nabla {

static bool is_sum(Kind k) { return k == Kind::sum || k == Kind::long_sum; }

// Where a tensor is a sum with its axes renamed or broadcast: that sum, else Ref{}.
static Ref renamed_sum(const Context& ctx, Ref a) {
  if (ctx.kind(a) != Kind::indexed) return {};
  const IndexedView v = view_indexed(ctx, a);
  const Labelling& l = *v.labelling;
  if (v.factors.size() != 1 || l.label_count != l.output.size() || !l.guards.empty()) return {};
  std::vector<Label> labels = l.factors[0];
  std::sort(labels.begin(), labels.end());
  const bool distinct = std::adjacent_find(labels.begin(), labels.end()) == labels.end();
  return distinct && is_sum(ctx.kind(v.factors[0])) ? v.factors[0] : Ref{};
}

// The terms of (A + B)' are A' and B'.
static std::vector<Term> opened_sums(Context& ctx, std::span<const Term> terms) {
  std::vector<Term> flat;
  for (const Term& t : terms) {
    const Term u = ctx.split_coefficient(t.body);
    const Ref sum = renamed_sum(ctx, u.body);
    if (!sum) {
      flat.push_back(t);
      continue;
    }
    const Labelling l = ctx.labelling(u.body);
    const std::vector<Ref> extents(ctx.shape_of(u.body).extents);
    std::vector<Term> inner;
    ctx.append_terms(sum, inner);
    const Rational c = ctx.value(t.coefficient) * ctx.value(u.coefficient);
    for (const Term& i : inner) {
      IndexedBuilder b(ctx);
      for (Ref e : extents) b.label(e);
      b.factor(i.body, l.factors[0]);
      flat.push_back({ctx.number(c * ctx.value(i.coefficient)), b.build(l.output)});
    }
  }
  return flat;
}

// What every entry gets is one scalar: x + a*ones(n) + 2*b*ones(n) has the term (a + 2*b)*ones(n).
static Ref joined_fills(Context& ctx, Ref sum) {
  if (ctx.kind(sum) != Kind::sum) return sum;
  std::vector<Term> others, scalars;
  const ShapeId shape = ctx[sum].shape;
  const auto list = ctx.operands(sum);
  for (size_t i = 0; i < list.size(); i += 2) {
    const Node& n = ctx[list[i + 1]];
    n.kind == Kind::fill ? scalars.push_back({list[i], n.operand(0)})
                         : others.push_back({list[i], list[i + 1]});
  }
  if (scalars.empty() || (scalars.size() == 1 && scalars[0].body == one)) return sum;
  const Ref scalar = ctx.sum(scalars);
  if (others.empty()) return ctx.fill(scalar, shape);
  const Term t = ctx.split_coefficient(scalar);
  others.push_back({t.coefficient, ctx.fill(t.body, shape)});
  return ctx.collect_sum(others, shape);
}

// x*ones(n)' + y*ones(n)' is (x + y)*ones(n)'; Ref{} where all axes are needed.
static Ref narrowed_sum(Context& ctx, Ref plain) {
  if (ctx.kind(plain) != Kind::sum) return {};
  std::vector<Term> terms;
  ctx.append_terms(plain, terms);
  std::vector<Ref> bodies;
  for (const Term& t : terms) bodies.push_back(t.body);
  const auto axis = common_broadcast(ctx, bodies);
  if (!axis) return {};
  for (Term& t : terms) t.body = without_axis(ctx, t.body, *axis);
  const Ref less = tensor_sum(ctx, terms, ctx[terms[0].body].shape);
  return with_axis(ctx, less, *axis, ctx.shape_of(plain).extents[*axis]);
}

// An order of sums that a common factor of their coefficients does not change.
static bool terms_before(Context& ctx, Ref a, Ref b) {
  std::vector<Term> x, y;
  ctx.append_terms(a, x);
  ctx.append_terms(b, y);
  if (x.size() != y.size()) return x.size() < y.size();
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i].body != y[i].body) return ctx.compare_structure(x[i].body, y[i].body) < 0;
  }
  const Rational first = ctx.value(x[0].coefficient), other = ctx.value(y[0].coefficient);
  for (size_t i = 0; i < x.size(); ++i) {
    const Rational &p = ctx.value(x[i].coefficient), &q = ctx.value(y[i].coefficient);
    if (p.abs() != q.abs()) return p.abs() < q.abs();
    const int s = p.sign() * first.sign(), t = q.sign() * other.sign();
    if (s != t) return s < t;
  }
  return first.sign() > other.sign();  // one is the negative of the other
}

// A sum in the one order of its axes; see axis_order.h.
static Ref ordered_sum(Context& ctx, Ref plain) {
  std::vector<Term> terms;
  ctx.append_terms(plain, terms);
  const std::vector<Ref> extents = ctx.shape_of(plain).extents;
  if (std::none_of(terms.begin(), terms.end(),
                   [&](const Term& t) { return ctx.kind(t.body) == Kind::indexed; })) {
    return plain;
  }
  const auto renamed = [&](const std::vector<Term>& list) {
    return std::count_if(list.begin(), list.end(),
                         [&](const Term& t) { return bool(reordered(ctx, t.body).tensor); });
  };
  // Long sums are left in the order in which few terms are renamed.
  Ref best = plain;
  AxisOrder order;
  auto least = renamed(terms);
  if (terms.size() > flat_operands && least == 0) return plain;
  for (const AxisOrder& o : other_orders(extents.size())) {
    std::vector<Term> turned;
    for (const Term& t : terms) turned.push_back({t.coefficient, permute(ctx, t.body, o)});
    Shape s;
    for (size_t axis : o) s.extents.push_back(extents[axis]);
    const Ref other = ctx.collect_sum(turned, ctx.shape_id(s));
    if (other == best || !is_sum(ctx.kind(other))) continue;
    const auto count = renamed(turned);
    if (count != least ? count > least : !terms_before(ctx, other, best)) continue;
    best = other;
    order = o;
    least = count;
  }
  return order.empty() ? plain : rename_axes(ctx, best, inverse(order));
}

Rational sum_content(const Context& ctx, Ref sum) {
  const auto list = ctx.operands(sum);
  Rational over(0), under(1);
  bool negative = true;
  for (size_t i = 0; i < list.size(); i += 2) {
    const Rational& c = ctx.value(list[i]);
    over = gcd(over, c.abs().numerator());
    under = under * (c.denominator() / gcd(under, c.denominator()));
    negative = negative && c.sign() < 0;
  }
  const Rational content = over / under;
  return negative ? -content : content;
}

Ref tensor_sum(Context& ctx, std::span<const Term> given, ShapeId shape) {
  const Shape s = ctx.shape(shape);
  std::vector<Term> terms(given.begin(), given.end());
  if (s.row) {
    for (Term& t : terms) t.body = as_column(ctx, t.body);
    return as_row(ctx, tensor_sum(ctx, terms, vector_shape(ctx, s.extents[0])));
  }
  if (s.order() >= 2) terms = opened_sums(ctx, terms);
  const Ref plain = joined_fills(ctx, ctx.collect_sum(terms, shape));
  if (s.order() < 2 || !is_sum(ctx.kind(plain))) return plain;
  if (const Ref less = narrowed_sum(ctx, plain)) return less;
  return ordered_sum(ctx, plain);
}

}  // namespace nabla
