#include "expr/axis_order.h"

#include <algorithm>
#include <numeric>

#include "expr/indexed.h"
#include "expr/tensor.h"

namespace nabla {

AxisOrder inverse(const AxisOrder& order) {
  AxisOrder r(order.size());
  for (size_t i = 0; i < order.size(); ++i) r[order[i]] = i;
  return r;
}

bool is_identity(const AxisOrder& order) { return std::is_sorted(order.begin(), order.end()); }

std::vector<AxisOrder> other_orders(size_t axes) {
  std::vector<AxisOrder> list;
  if (axes < 2 || axes > most_ordered_axes) return list;
  AxisOrder order(axes);
  std::iota(order.begin(), order.end(), size_t{0});
  while (std::next_permutation(order.begin(), order.end())) list.push_back(order);
  return list;
}

Reordered reordered(const Context& ctx, Ref a) {
  if (ctx.kind(a) != Kind::indexed) return {};
  const IndexedView v = view_indexed(ctx, a);
  const Labelling& l = *v.labelling;
  const size_t axes = l.output.size();
  if (axes < 2 || v.factors.size() != 1 || l.label_count != axes || !l.guards.empty()) return {};
  if (l.factors[0].size() != axes) return {};
  AxisOrder order(axes, axes);
  for (size_t i = 0; i < axes; ++i) {
    if (order[l.factors[0][i]] != axes) return {};  // a diagonal
    order[l.factors[0][i]] = i;
  }
  return {v.factors[0], order};
}

Ref rename_axes(Context& ctx, Ref a, const AxisOrder& order) {
  IndexedBuilder b(ctx);
  std::vector<Label> labels, output;
  for (Ref e : std::vector<Ref>(ctx.shape_of(a).extents)) labels.push_back(b.label(e));
  for (size_t axis : order) output.push_back(labels[axis]);
  b.factor(a, labels);
  return b.build(output);
}

Ref permute(Context& ctx, Ref a, const AxisOrder& order) {
  const Kind kind = ctx.kind(a);
  if (kind != Kind::sum && kind != Kind::long_sum) return rename_axes(ctx, a, order);
  std::vector<Term> terms;
  ctx.append_terms(a, terms);
  Shape s;
  for (size_t axis : order) s.extents.push_back(ctx.shape_of(a).extents[axis]);
  for (Term& t : terms) t.body = permute(ctx, t.body, order);
  return tensor_sum(ctx, terms, ctx.shape_id(s));
}

namespace {

// Products change their content when axes do; all else is renamed.
bool may_change(const Context& ctx, Ref a) {
  const Kind kind = ctx.kind(a);
  return kind == Kind::indexed || (kind == Kind::product && ctx.kind(ctx.operands(a)[1]) == Kind::indexed);
}

size_t renamed(const Context& ctx, std::span<const Ref> list) {
  return static_cast<size_t>(std::count_if(list.begin(), list.end(), [&](Ref a) {
    const bool scaled = ctx.kind(a) == Kind::product && ctx[a].shape != scalar_shape;
    return bool(reordered(ctx, scaled ? ctx.operands(a)[1] : a).tensor);
  }));
}

int compare(const Context& ctx, std::span<const Ref> a, std::span<const Ref> b) {
  const size_t x = renamed(ctx, a), y = renamed(ctx, b);
  if (x != y) return x < y ? -1 : 1;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    if (const int c = ctx.compare_structure(a[i], b[i])) return c;
  }
  return 0;
}

}  // namespace

AxisOrder best_order(Context& ctx, std::span<const Ref> arguments, std::vector<Ref>& changed) {
  changed.assign(arguments.begin(), arguments.end());
  size_t axes = 0;
  bool any = false;
  for (Ref a : arguments) {
    if (ctx[a].shape == scalar_shape) continue;
    axes = ctx.shape_of(a).order();
    any = any || may_change(ctx, a);
  }
  AxisOrder best;
  if (!any) return best;
  for (const AxisOrder& order : other_orders(axes)) {
    std::vector<Ref> other(arguments.begin(), arguments.end());
    for (Ref& a : other) {
      if (ctx[a].shape != scalar_shape) a = permute(ctx, a, order);
    }
    if (compare(ctx, other, changed) < 0) {
      changed = std::move(other);
      best = order;
    }
  }
  return best;
}

// ---- broadcasting ----

namespace {

bool uses_axis(const Context& ctx, Ref a, size_t axis) {
  const Kind kind = ctx.kind(a);
  if (kind == Kind::fill || ctx[a].shape == scalar_shape) return false;
  if (kind == Kind::product) return uses_axis(ctx, ctx.operands(a)[1], axis);  // a number and a tensor
  if (kind != Kind::indexed) return true;
  const Labelling& l = ctx.labelling(a);
  const Label label = l.output[axis];
  for (const auto& f : l.factors) {
    if (std::find(f.begin(), f.end(), label) != f.end()) return true;
  }
  return std::any_of(l.guards.begin(), l.guards.end(), [&](const Guard& g) {
    return std::any_of(g.terms.begin(), g.terms.end(), [&](const auto& t) { return t.first == label; });
  });
}

}  // namespace

std::optional<size_t> common_broadcast(const Context& ctx, std::span<const Ref> arguments) {
  size_t axes = 0;
  for (Ref a : arguments) axes = std::max(axes, ctx.shape_of(a).order());
  for (size_t axis = 0; axes > 1 && axis < axes; ++axis) {
    if (std::none_of(arguments.begin(), arguments.end(), [&](Ref a) { return uses_axis(ctx, a, axis); }))
      return axis;
  }
  return std::nullopt;
}

Ref without_axis(Context& ctx, Ref a, size_t axis) {
  const Node n = ctx[a];
  if (n.shape == scalar_shape) return a;
  if (n.kind == Kind::product) return ctx.scale(n.operand(0), without_axis(ctx, n.operand(1), axis));
  if (n.kind == Kind::fill) {
    Shape s = ctx.shape(n.shape);
    s.extents.erase(s.extents.begin() + static_cast<ptrdiff_t>(axis));
    return ctx.fill(n.operand(0), ctx.shape_id(s));
  }
  const IndexedView v = view_indexed(ctx, a);
  const Labelling l = *v.labelling;
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
  const std::vector<Ref> offsets(v.offsets.begin(), v.offsets.end());
  IndexedBuilder b(ctx);
  std::vector<Label> here(l.label_count), output;
  for (Label i = 0; i < l.label_count; ++i) {
    if (i != l.output[axis]) here[i] = b.label(view_indexed(ctx, a).extents[i]);
  }
  for (size_t f = 0; f < factors.size(); ++f) {
    std::vector<Label> labels;
    for (Label i : l.factors[f]) labels.push_back(here[i]);
    b.factor(factors[f], labels);
  }
  for (size_t g = 0; g < offsets.size(); ++g) {
    auto terms = l.guards[g].terms;
    for (auto& t : terms) t.first = here[t.first];
    b.guard(l.guards[g].relation, terms, offsets[g]);
  }
  for (size_t i = 0; i < l.output.size(); ++i) {
    if (i != axis) output.push_back(here[l.output[i]]);
  }
  return b.build(output);
}

Ref with_axis(Context& ctx, Ref a, size_t axis, Ref extent) {
  IndexedBuilder b(ctx);
  std::vector<Label> labels;
  for (Ref e : std::vector<Ref>(ctx.shape_of(a).extents)) labels.push_back(b.label(e));
  std::vector<Label> output = labels;
  output.insert(output.begin() + static_cast<ptrdiff_t>(axis), b.label(extent));
  b.factor(a, labels);
  return b.build(output);
}

}  // namespace nabla
