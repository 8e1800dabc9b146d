#include "diff/cotangents.h"

#include <algorithm>
#include <string>

#include "diff/structure.h"
#include "diff/trace.h"
#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/shape_text.h"
#include "expr/table_text.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "expr/zero_branch.h"

namespace nabla {
namespace {

std::vector<Label> labels_for(IndexedBuilder& b, std::span<const Ref> extents) {
  std::vector<Label> labels;
  for (Ref e : extents) labels.push_back(b.label(e));
  return labels;
}

}  // namespace

Cotangents::Cotangents(Partials& partials, std::vector<Ref> leading, std::function<Ref(Ref)> name)
    : ctx_(partials.context()),
      partials_(partials),
      rules_(partials),
      leading_(std::move(leading)),
      name_(std::move(name)) {}

std::vector<Ref> Cotangents::extents_of(Ref r) const {
  std::vector<Ref> extents = leading_;
  const auto& own = ctx_.shape_of(r).extents;
  extents.insert(extents.end(), own.begin(), own.end());
  return extents;
}

ShapeId Cotangents::shape_of(Ref r) { return tensor_shape(ctx_, extents_of(r)); }

void Cotangents::find_dependent(Ref root, std::span<const Ref> variables) {
  uint64_t names = 0;
  for (Ref v : variables) names |= ctx_[v].names;
  order_ = nodes_below(ctx_, {&root, 1}, [&](Ref r) { return (ctx_[r].names & names) != 0; });
  dependent_.clear();
  for (Ref r : order_) {
    const auto list = ctx_.operands(r);
    if (is_piecewise_constant(ctx_, r)) continue;
    if (std::find(variables.begin(), variables.end(), r) != variables.end() ||
        std::any_of(list.begin(), list.end(), [&](Ref c) { return depends(c); })) {
      dependent_[r] = true;
    }
  }
}

std::vector<Ref> Cotangents::pull_back(Ref root, Ref seed, std::span<const Ref> variables) {
  std::vector<Ref> sources(variables.begin(), variables.end());
  for (Ref v : variables) {  // x[3] moves where x does
    if (ctx_.kind(v) == Kind::entry) sources.push_back(ctx_.operands(v)[0]);
  }
  find_dependent(root, sources);
  parts_.clear();
  Trace* const trace = partials_.trace();
  tracing_ = trace != nullptr;
  if (trace) begin_trace(root, variables[0]);
  if (depends(root)) add(root, {}, one, seed);
  for (size_t i = order_.size(); i-- > 0;) {
    const Ref r = order_[i];
    if (!depends(r) || parts_.count(r) == 0) continue;
    ctx_.budget().spend();
    if (trace) add_step(r);
    if (std::find(sources.begin(), sources.end(), r) != sources.end() && ctx_.kind(r) != Kind::entry)
      continue;
    const std::vector<Part> parts = parts_[r];
    switch (ctx_.kind(r)) {
      case Kind::sum:
      case Kind::long_sum:
      case Kind::product:
      case Kind::long_product:
      case Kind::power:
      case Kind::function:
      case Kind::select:
      case Kind::opaque:
        for (const Part& p : parts) visit(r, p.condition, named(total(r, p)));
        break;
      default:
        visit_whole(r, named(joined(r)));
    }
    if (trace) add_passed();
  }
  std::vector<Ref> result;
  for (Ref v : variables) {
    // An entry has handed its cotangent on to its tensor.
    const Ref g = ctx_.kind(v) == Kind::entry
                      ? contracted(ctx_.operands(v)[0], joined(ctx_.operands(v)[0]), entry_direction(ctx_, v))
                      : joined(v);
    result.push_back(ctx_.shape_of(v).row && leading_.empty() ? as_row(ctx_, g) : g);
  }
  if (trace) trace->finish(result[0]);
  return result;
}

// ---- accumulating ----

void Cotangents::add(Ref r, Ref condition, Ref coefficient, Ref g) {
  if (!depends(r) || is_zero(ctx_, g)) return;
  if (tracing_) received_.push_back(r);
  auto& parts = parts_[r];
  auto p = std::find_if(parts.begin(), parts.end(), [&](const Part& x) { return x.condition == condition; });
  if (p == parts.end()) p = parts.insert(p, Part{condition, {}});
  p->terms.push_back({coefficient, g});
}

Ref Cotangents::total(Ref r, const Part& p) {
  const ShapeId shape = shape_of(r);
  return shape == scalar_shape ? ctx_.sum(p.terms) : tensor_sum(ctx_, p.terms, shape);
}

Ref Cotangents::joined(Ref r) {
  const ShapeId shape = shape_of(r);
  if (parts_.count(r) == 0) return ctx_.zeros(shape);
  std::vector<Part> parts = parts_[r];
  std::vector<Term> terms;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Ref g = total(r, parts[i]);
    if (!parts[i].condition) {
      terms.push_back({one, g});
      continue;
    }
    Ref other = ctx_.zeros(shape);  // what holds where the condition does not
    const Ref elsewhere = negated(ctx_, parts[i].condition);
    for (size_t j = i + 1; j < parts.size(); ++j) {
      if (parts[j].condition != elsewhere) continue;
      other = total(r, parts[j]);
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(j));
      break;
    }
    terms.push_back({one, tensor_select(ctx_, parts[i].condition, g, other)});
  }
  return shape == scalar_shape ? ctx_.sum(terms) : tensor_sum(ctx_, terms, shape);
}

// The terms of g, where one of them, or of a factor of g, is 0 outside a condition on its labels.
std::vector<Term> Cotangents::guarded_terms(Ref g) {
  const auto has_guarded_term = [&](Ref sum) {
    if (ctx_.kind(sum) != Kind::sum) return false;
    const auto list = ctx_.operands(sum);
    for (size_t i = 1; i < list.size(); i += 2) {
      const Kind kind = ctx_.kind(list[i]);
      if (kind == Kind::select || (kind == Kind::indexed && !ctx_.labelling(list[i]).guards.empty()))
        return true;
    }
    return false;
  };
  std::vector<Term> terms;
  std::vector<Ref> operands(ctx_.operands(g).begin(), ctx_.operands(g).end());
  if (has_guarded_term(g)) {
    for (size_t i = 0; i < operands.size(); i += 2) terms.push_back({operands[i], operands[i + 1]});
  } else if (ctx_.kind(g) == Kind::indexed) {
    const auto sum = std::find_if(operands.begin(), operands.end(), has_guarded_term);
    if (sum == operands.end()) return {};
    const std::vector<Ref> list(ctx_.operands(*sum).begin(), ctx_.operands(*sum).end());
    for (size_t i = 0; i < list.size(); i += 2) {
      *sum = list[i + 1];
      terms.push_back({list[i], rebuild_indexed(ctx_, g, operands)});
    }
  }
  return terms;
}

Ref Cotangents::times(Ref r, Ref g, Ref local) {
  if (shape_of(r) == scalar_shape) return ctx_.multiply(g, local);
  if (may_be_undefined(ctx_, local)) {
    // Each term keeps to its own condition: what it multiplies may be undefined elsewhere.
    std::vector<Term> terms = guarded_terms(g);
    for (Term& t : terms) t.body = times(r, t.body, local);
    if (!terms.empty()) return tensor_sum(ctx_, terms, shape_of(r));
  }
  IndexedBuilder b(ctx_);
  const std::vector<Label> labels = labels_for(b, extents_of(r));
  b.factor(g, labels);
  b.factor(local, std::span(labels).last(ctx_.shape_of(local).order()));
  return b.build(labels);
}

Ref Cotangents::contracted(Ref r, Ref g, Ref local) {
  IndexedBuilder b(ctx_);
  const std::vector<Label> labels = labels_for(b, extents_of(r));
  b.factor(g, labels);
  b.factor(local, std::span(labels).last(ctx_.shape_of(local).order()));
  return b.build(std::span(labels).first(leading_.size()));
}

// ---- entry by entry ----

void Cotangents::visit(Ref r, Ref condition, Ref g) {
  const Node n = ctx_[r];
  switch (n.kind) {
    case Kind::sum: {
      const std::vector<Ref> list(n.operands().begin(), n.operands().end());
      for (size_t i = 0; i < list.size(); i += 2) add(list[i + 1], condition, list[i], g);
      return;
    }
    case Kind::long_sum:
      for (Ref c : std::vector<Ref>(n.operands().begin(), n.operands().end())) add(c, condition, one, g);
      return;
    case Kind::product:
    case Kind::long_product:
      return product(r, condition, g);
    case Kind::power:
      return entrywise(r, condition, g);
    case Kind::function:
      if (row(static_cast<Fn>(n.tag)).shape == ShapeRule::elementwise) return entrywise(r, condition, g);
      break;
    case Kind::select:
      return select(r, condition, g);
    default:
      return ctx_.is_of_scalars(r) ? entrywise(r, condition, g) : opaque(r, condition, g);
  }
  if (condition) g = tensor_select(ctx_, condition, g, ctx_.zeros(shape_of(r)));
  by_rule(r, g);
}

void Cotangents::product(Ref r, Ref condition, Ref g) {
  std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (ctx_[r].shape != scalar_shape) return add(list[1], condition, list[0], g);  // a number and a tensor
  ctx_.budget().spend(list.size());
  for (size_t k = 0; k < list.size(); ++k) {
    if (!depends(list[k])) continue;
    std::vector<Ref> others = list;
    others.erase(others.begin() + static_cast<ptrdiff_t>(k));
    add(list[k], condition, one, times(r, g, ctx_.product(others)));
  }
}

// Powers, functions and opaque functions of scalars; a scalar operand of a tensor moves all its entries.
void Cotangents::entrywise(Ref r, Ref condition, Ref g) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (is_log_of_factors(ctx_, r)) {
    for (const LogPart& p : log_parts(ctx_, list[0])) {
      if (!depends(p.operand)) continue;
      add(p.operand, condition, p.coefficient, times(r, g, partials_.of_log(p)));
    }
    return;
  }
  if (const Ref c = rules_.of_norm_power(r)) {
    const Ref u = ctx_.operands(list[0])[0];
    const Ref whole =
        condition ? tensor_select(ctx_, condition, times(r, g, c), ctx_.zeros(shape_of(r))) : times(r, g, c);
    IndexedBuilder b(ctx_);
    const std::vector<Label> labels = labels_for(b, extents_of(u));
    b.factor(whole, std::span(labels).first(leading_.size()));
    b.factor(u, std::span(labels).subspan(leading_.size()));
    return add(u, {}, one, b.build(labels));
  }
  for (size_t k = 0; k < list.size(); ++k) {
    if (!depends(list[k])) continue;
    const Ref local = rules_.entrywise(r, k);
    if (ctx_[list[k]].shape == scalar_shape && ctx_[r].shape != scalar_shape) {
      const Ref whole = condition
                            ? tensor_select(ctx_, condition, times(r, g, local), ctx_.zeros(shape_of(r)))
                            : times(r, g, local);
      add(list[k], {}, one, contracted(r, whole, one));
    } else {
      add(list[k], condition, one, times(r, g, local));
    }
  }
}

void Cotangents::select(Ref r, Ref condition, Ref g) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (depends(list[0])) refuse_equality_condition(ctx_, list[0], [&](Ref c) { return depends(c); });
  const Ref holds = broadcast_condition(ctx_, list[0], shape_of(r));
  for (size_t k = 1; k <= 2; ++k) {
    if (!depends(list[k])) continue;
    const Ref branch = both(ctx_, condition, k == 1 ? holds : negated(ctx_, holds));
    if (ctx_[list[k]].shape == ctx_[r].shape) {
      add(list[k], branch, one, g);
    } else {  // a scalar stands in every entry
      add(list[k], {}, one, contracted(r, tensor_select(ctx_, branch, g, ctx_.zeros(shape_of(r))), one));
    }
  }
}

void Cotangents::opaque(Ref r, Ref condition, Ref g) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  for (size_t k = 0; k < list.size(); ++k) {
    if (!depends(list[k])) continue;
    const Ref whole = condition ? tensor_select(ctx_, condition, g, ctx_.zeros(shape_of(r))) : g;
    IndexedBuilder b(ctx_);
    std::vector<Label> output = labels_for(b, leading_);
    const std::vector<Label> own = labels_for(b, std::vector<Ref>(ctx_.shape_of(r).extents)),
                             inner = labels_for(b, std::vector<Ref>(ctx_.shape_of(list[k]).extents));
    std::vector<Label> axes = output;
    axes.insert(axes.end(), own.begin(), own.end());
    output.insert(output.end(), inner.begin(), inner.end());
    b.factor(whole, axes);
    b.factor(rules_.opaque(r, k), rules_.opaque_axes(r, k, own, inner));
    add(list[k], {}, one, b.build(output));
  }
}

// ---- what mixes entries ----

void Cotangents::visit_whole(Ref r, Ref g) {
  const Node n = ctx_[r];
  switch (n.kind) {
    case Kind::symbol:
    case Kind::let:
      return;
    case Kind::fill:
      return add(n.operand(0), {}, one, contracted(r, g, one));
    case Kind::indexed:
      return indexed(r, g);
    case Kind::reshape:
      return add(n.operand(0), {}, one, reshape(ctx_, g, shape_of(n.operand(0))));
    case Kind::gather:
      return gather(r, g);
    case Kind::array:
      return array(r, g);
    case Kind::entry:
      return entry(r, g);
    case Kind::written:
      throw_no_rule("a written form");
    case Kind::operation:
      throw_no_rule("an operator that was not evaluated");
    default:
      by_rule(r, g);
  }
}

// A product is linear in each of its factors: the cotangent of one is the product of g and the others.
void Cotangents::indexed(Ref r, Ref g) {
  const IndexedView v = view_indexed(ctx_, r);
  const Labelling l = *v.labelling;
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end()),
      extents(v.extents.begin(), v.extents.end()), offsets(v.offsets.begin(), v.offsets.end());
  for (size_t k = 0; k < factors.size(); ++k) {
    if (!depends(factors[k])) continue;
    IndexedBuilder b(ctx_);
    const std::vector<Label> leading = labels_for(b, leading_), own = labels_for(b, extents);
    const auto mapped = [&](const std::vector<Label>& list) {
      std::vector<Label> out;
      for (Label x : list) out.push_back(own[x]);
      return out;
    };
    std::vector<Label> axes = leading, output = leading;
    for (Label o : l.output) axes.push_back(own[o]);
    b.factor(g, axes);
    for (size_t f = 0; f < factors.size(); ++f) {
      if (f != k) b.factor(factors[f], mapped(l.factors[f]));
    }
    for (size_t i = 0; i < l.guards.size(); ++i) {
      Guard guard = l.guards[i];
      for (auto& t : guard.terms) t.first = own[t.first];
      b.guard(guard.relation, guard.terms, offsets[i]);
    }
    for (Label x : mapped(l.factors[k])) {
      if (std::find(output.begin(), output.end(), x) != output.end()) {  // a diagonal
        const Ref extent = extents[static_cast<size_t>(std::find(own.begin(), own.end(), x) - own.begin())];
        const Label second = b.label(extent);
        b.factor(delta(ctx_, extent), {x, second});
        x = second;
      }
      output.push_back(x);
    }
    add(factors[k], {}, one, b.build(output));
  }
}

// Rows of the identity choose the entries.
void Cotangents::gather(Ref r, Ref g) {
  const Ref tensor = ctx_.operands(r)[0], positions = ctx_.operands(r)[1];
  if (depends(positions)) throw_no_rule("an entry by what chooses it");
  const size_t axis = ctx_[r].tag, chosen = ctx_.shape_of(positions).order();
  const std::vector<Ref> extents = ctx_.shape_of(tensor).extents;
  IndexedBuilder b(ctx_);
  const std::vector<Label> labels = labels_for(b, extents_of(r));
  b.factor(g, labels);
  const auto at = labels.begin() + static_cast<ptrdiff_t>(leading_.size() + axis);
  std::vector<Label> choice(at, at + static_cast<ptrdiff_t>(chosen)), output(labels.begin(), at);
  choice.push_back(b.label(extents[axis]));
  output.push_back(choice.back());
  output.insert(output.end(), at + static_cast<ptrdiff_t>(chosen), labels.end());
  b.factor(nabla::gather(ctx_, delta(ctx_, extents[axis]), 0, positions), choice);
  add(tensor, {}, one, b.build(output));
}

void Cotangents::array(Ref r, Ref g) {
  const std::vector<Ref> entries(ctx_.operands(r).begin(), ctx_.operands(r).end());
  const auto sizes = *constant_extents(ctx_, ctx_[r].shape);
  std::vector<int64_t> index(sizes.size());
  for (Ref e : entries) {
    if (depends(e)) {
      IndexedBuilder b(ctx_);
      const std::vector<Label> labels = labels_for(b, extents_of(r));
      b.factor(g, labels);
      for (size_t a = 0; a < sizes.size(); ++a) {
        b.factor(unit(ctx_, ctx_.number(sizes[a]), ctx_.number(index[a] + 1)), {labels[leading_.size() + a]});
      }
      add(e, {}, one, b.build(std::span(labels).first(leading_.size())));
    }
    for (size_t a = sizes.size(); a-- > 0 && ++index[a] == sizes[a];) index[a] = 0;
  }
}

void Cotangents::entry(Ref r, Ref g) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  if (std::any_of(list.begin() + 1, list.end(), [&](Ref place) { return depends(place); }))
    throw_no_rule("an entry by what chooses it");
  const std::vector<Ref> extents = ctx_.shape_of(list[0]).extents;
  IndexedBuilder b(ctx_);
  std::vector<Label> labels = labels_for(b, leading_);
  b.factor(g, labels);
  for (size_t a = 0; a < extents.size(); ++a) {
    labels.push_back(b.label(extents[a]));
    b.factor(unit(ctx_, extents[a], list[1 + a]), {labels.back()});
  }
  add(list[0], {}, one, b.build(labels));
}

// A differential of the table, transposed.
void Cotangents::by_rule(Ref r, Ref g) {
  const std::vector<Ref> list(ctx_.operands(r).begin(), ctx_.operands(r).end());
  for (size_t k = 0; k < list.size(); ++k) {
    if (!depends(list[k])) continue;
    if (const Ref t = rules_.transposed(r, k, g)) {
      add(list[k], {}, one, t);
      continue;
    }
    Symbol s;
    s.name = "d";
    s.role = Role::placeholder;
    s.shape = ctx_[list[k]].shape;
    const Ref d = ctx_.symbol(s);
    const Ref linear = rules_.differential(r, k, d);
    const WithoutTrace transposition(partials_);  // which is no step of the derivation
    const Ref t = Cotangents(partials_, leading_).pull_back(linear, g, {&d, 1})[0];
    add(list[k], {}, one, ctx_.shape_of(list[k]).row && leading_.empty() ? as_column(ctx_, t) : t);
  }
}

}  // namespace nabla
