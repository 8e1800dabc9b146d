#include "diff/tangents.h"

#include <algorithm>
#include <string>

#include "diff/structure.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/tensor.h"
#include "expr/walk.h"

namespace nabla {

Tangents::Tangents(Partials& partials, std::span<const std::pair<Ref, Ref>> directions,
                   std::function<Ref(Ref)> name)
    : ctx_(partials.context()), partials_(partials), rules_(partials), name_(std::move(name)) {
  for (const auto& [variable, tangent] : directions) {
    names_ |= ctx_[variable].names;
    variable_ = variable;
    if (directions.size() == 1 && tangent == one) way_ = Way::forward;
    if (ctx_.kind(variable) == Kind::entry) {
      move_entry(variable, tangent);
    } else {
      tangents_[variable] = tangent;
    }
  }
}

// X[i, j] moves, and with it the entries that the structure of X ties to it.
void Tangents::move_entry(Ref entry, Ref tangent) {
  const Ref tensor = ctx_.operands(entry)[0];
  const Ref moved = elementwise_product(ctx_, tangent, entry_direction(ctx_, entry)), before = of(tensor);
  const Term terms[2] = {{one, moved}, {one, before ? before : ctx_.zeros(ctx_[moved].shape)}};
  tangents_[tensor] = tensor_sum(ctx_, terms, ctx_[moved].shape);
}

Ref Tangents::of(Ref r) const {
  const auto it = tangents_.find(r);
  return it == tangents_.end() ? Ref{} : it->second;
}

Ref Tangents::push_forward(Ref root) {
  if (Trace* const trace = partials_.trace()) trace->begin(root, variable_, way_);
  const auto order = nodes_below(
      ctx_, {&root, 1}, [&](Ref r) { return (ctx_[r].names & names_) != 0 && tangents_.count(r) == 0; });
  for (Ref r : order) {
    const auto list = ctx_.operands(r);
    if (is_piecewise_constant(ctx_, r)) continue;
    if (std::none_of(list.begin(), list.end(), [&](Ref c) { return bool(of(c)); })) continue;
    const Ref tangent = node(r);
    const bool is_truth = ctx_.kind(r) == Kind::compare || ctx_.kind(r) == Kind::connective;
    tangents_[r] = name_ && !is_truth ? name_(tangent) : tangent;
    if (partials_.trace() && !is_truth) add_step(r);
  }
  const Ref result = of_or_zero(root);
  if (Trace* const trace = partials_.trace()) trace->finish(result);
  return result;
}

void Tangents::add_step(Ref r) {
  Step step;
  step.part = r;
  step.derivative = of(r);
  for (Ref c : ctx_.operands(r)) {
    if (of(c) && ctx_.kind(c) != Kind::compare && ctx_.kind(c) != Kind::connective) step.uses.push_back(c);
  }
  step.rule = rule_for(ctx_, r, step.uses);
  add_scalar_step(ctx_, *partials_.trace(), std::move(step), [&](Ref part) { return of(part); });
}

Ref Tangents::total(const std::vector<Term>& terms, ShapeId shape) {
  return shape == scalar_shape ? ctx_.sum(terms) : tensor_sum(ctx_, terms, shape);
}

Ref Tangents::node(Ref r) {
  const Node n = ctx_[r];
  ctx_.budget().spend();
  switch (n.kind) {
    case Kind::compare:
    case Kind::connective:
      return r;  // has no value that moves; select() asks whether it depends on the variables
    case Kind::sum:
    case Kind::long_sum:
      return sum(r);
    case Kind::product:
    case Kind::long_product:
      return product(r);
    case Kind::indexed:
      return indexed(r);
    case Kind::select:
      return select(r);
    case Kind::opaque:
      return ctx_.is_of_scalars(r) ? by_rule(r) : opaque(r);
    case Kind::fill:
      return ctx_.fill(of(n.operand(0)), n.shape);
    case Kind::array: {
      std::vector<Ref> list;
      for (Ref c : n.operands()) list.push_back(of_or_zero(c));
      return ctx_.array(list, n.shape);
    }
    case Kind::entry:
      for (Ref place : n.operands().subspan(1)) {
        if (of(place)) throw_no_rule("an entry by what chooses it");
      }
      return element(ctx_, of(n.operand(0)), std::vector<Ref>(n.operands().begin() + 1, n.operands().end()));
    case Kind::reshape:
      return reshaped_terms(ctx_, of(n.operand(0)), n.shape);
    case Kind::gather:
      if (of(n.operand(1))) throw_no_rule("an entry by what chooses it");
      return gather(ctx_, of(n.operand(0)), n.tag, n.operand(1));
    case Kind::written:
      throw_no_rule("a written form");
    case Kind::operation:
      throw_no_rule("an operator that was not evaluated");
    default:
      return by_rule(r);
  }
}

Ref Tangents::sum(Ref r) {
  const Node n = ctx_[r];
  const std::vector<Ref> list(n.operands().begin(), n.operands().end());
  std::vector<Term> terms;
  const bool flat = n.kind == Kind::sum;
  for (size_t i = 0; i < list.size(); i += flat ? 2 : 1) {
    if (const Ref t = of(list[flat ? i + 1 : i])) terms.push_back({flat ? list[i] : one, t});
  }
  return total(terms, n.shape);
}

Ref Tangents::product(Ref r) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (ctx_[r].shape != scalar_shape) return ctx_.scale(list[0], of(list[1]));  // a number and a tensor
  ctx_.budget().spend(list.size());
  std::vector<Term> terms;
  for (size_t k = 0; k < list.size(); ++k) {
    const Ref t = of(list[k]);
    if (!t) continue;
    std::vector<Ref> moved = list;
    moved[k] = t;
    terms.push_back({one, ctx_.product(moved)});
  }
  return ctx_.sum(terms);
}

Ref Tangents::indexed(Ref r) {
  const ShapeId shape = ctx_[r].shape;
  const Labelling l = *view_indexed(ctx_, r).labelling;
  std::vector<Ref> operands(ctx_.operands(r).begin(), ctx_.operands(r).end());
  std::vector<Term> terms;
  for (size_t k = 0; k < l.factors.size(); ++k) {
    const Ref factor = operands[k], t = of(factor);
    if (!t) continue;
    operands[k] = t;
    terms.push_back({one, rebuild_indexed(ctx_, r, operands)});
    operands[k] = factor;
  }
  return total(terms, shape);
}

Ref Tangents::select(Ref r) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (of(list[0])) refuse_equality_condition(ctx_, list[0], [&](Ref c) { return bool(of(c)); });
  return tensor_select(ctx_, list[0], of_or_zero(list[1]), of_or_zero(list[2]));
}

Ref Tangents::opaque(Ref r) {
  const ShapeId shape = ctx_[r].shape;
  const Shape own = ctx_.shape(shape);
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  std::vector<Term> terms;
  for (size_t k = 0; k < list.size(); ++k) {
    const Ref t = of(list[k]);
    if (!t) continue;
    IndexedBuilder b(ctx_);
    std::vector<Label> output, inner;
    for (Ref n : own.extents) output.push_back(b.label(n));
    for (Ref n : std::vector<Ref>(ctx_.shape_of(t).extents)) inner.push_back(b.label(n));
    b.factor(rules_.opaque(r, k), rules_.opaque_axes(r, k, output, inner));
    b.factor(t, inner);
    terms.push_back({one, b.build(output, own.row)});
  }
  return total(terms, shape);
}

// d log(u*v) = du/u + dv/v
Ref Tangents::logarithm(Ref r) {
  std::vector<Term> terms;
  for (const LogPart& p : log_parts(ctx_, ctx_.operands(r)[0])) {
    const Ref t = of(p.operand);
    if (!t) continue;
    terms.push_back({p.coefficient, ctx_.multiply(partials_.of_log(p), t)});
  }
  return ctx_.sum(terms);
}

Ref Tangents::by_rule(Ref r) {
  if (is_log_of_factors(ctx_, r)) return logarithm(r);
  const ShapeId shape = ctx_[r].shape;
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (const Ref c = rules_.of_norm_power(r)) {
    const Ref u = ctx_.operands(list[0])[0];
    return ctx_.multiply(c, dot(ctx_, u, of_or_zero(u)));
  }
  std::vector<Term> terms;
  for (size_t k = 0; k < list.size(); ++k) {
    if (const Ref t = of(list[k])) terms.push_back({one, rules_.differential(r, k, t)});
  }
  return total(terms, shape);
}

}  // namespace nabla
