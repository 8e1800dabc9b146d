#include "simplify/entrywise.h"

#include <algorithm>
#include <string>

#include "expr/diagnostic.h"
#include "expr/indexed.h"
#include "expr/kronecker.h"
#include "expr/shape_text.h"
#include "expr/tensor.h"
#include "expr/walk.h"
#include "simplify/rebuilt.h"
#include "simplify/simplify.h"

namespace nabla {
namespace {

constexpr uint64_t most_weight = 100 * Weight::of_node;  // of a tensor that is tried

// Whether every factor of a product has the axes of the result in their order, or is a scalar.
bool is_hadamard(const Context& ctx, Ref product) {
  const Labelling& l = ctx.labelling(product);
  return l.guards.empty() && l.label_count == l.output.size() &&
         std::all_of(l.factors.begin(), l.factors.end(),
                     [&](const auto& axes) { return axes.empty() || axes == l.output; });
}

bool is_trivial(const Context& ctx, Ref formula) {
  return ctx.kind(formula) == Kind::symbol || ctx.kind(formula) == Kind::number;
}

}  // namespace

Ref EntrywiseForms::operator()(Ref e) {
  const Node& n = ctx_[e];
  if (n.facts & (complex_valued | has_operation)) return e;
  if (n.shape == scalar_shape && n.kind != Kind::indexed && n.kind != Kind::sum) return e;
  const auto [at, fresh] = known_.try_emplace(e, e);
  if (!fresh) return at->second;
  inside_.clear();
  const Ref best = best_form(e);
  if (trace_ != nullptr) trace_->by_pass(e, best, "entry by entry", std::move(inside_));
  known_[e] = best;
  return best;
}

Ref EntrywiseForms::best_form(Ref e) {
  const Node n = ctx_[e];
  Ref best = e;
  try {
    if (n.shape != scalar_shape) best = of_tensor(e);
    if (ctx_.kind(best) == Kind::sum && ctx_.shape_of(best).order() == 2) best = of_diagonals(best);
    if (ctx_.kind(best) == Kind::indexed) best = of_groups(best);
    if (ctx_.kind(best) == Kind::sum && ctx_[best].shape == scalar_shape) best = of_sums(best);
  } catch (const Failure& f) {
    if (!has_no_value(f)) throw;
  }
  return best;
}

// The steps are told as steps of whole arrays.
Ref EntrywiseForms::simplified(Ref formula, ShapeId shape) {
  if (trace_ == nullptr) return simplify(ctx_, formula);
  SimplifyTrace trace;
  const Ref simple = simplify(ctx_, formula, nullptr, &trace);
  const auto has_entries = [&](Ref e) {
    const std::vector<Ref> nodes = nodes_below(ctx_, e);
    return std::any_of(names_.begin(), names_.end(), [&](const auto& name) {
      return std::find(nodes.begin(), nodes.end(), name.first) != nodes.end();
    });
  };
  for (SimplifyStep& step : trace.way(ctx_, formula, simple)) {
    try {
      step.from = tensor_of(step.from, shape);
      step.to = tensor_of(step.to, shape);
      for (auto& [letter, value] : step.letters) {
        if (has_entries(value)) value = tensor_of(value, shape);
      }
    } catch (const Failure& f) {
      if (!has_no_value(f)) throw;
      continue;
    }
    inside_.push_back(std::move(step));
  }
  return simple;
}

// The operands of e that stand for entries of one formula with it; the exponents and coefficients among
// them.
std::vector<Ref> EntrywiseForms::entry_operands(Ref e) const {
  const auto all = ctx_.operands(e);
  if (ctx_.kind(e) != Kind::indexed) return {all.begin(), all.end()};
  const auto factors = all.first(ctx_.labelling(e).factors.size());
  return {factors.begin(), factors.end()};
}

bool EntrywiseForms::is_computed(Ref e, ShapeId shape) const {
  const Node& n = ctx_[e];
  if (n.shape != shape) return false;
  switch (n.kind) {
    case Kind::sum:
    case Kind::long_sum:
    case Kind::product:
    case Kind::power:
    case Kind::fill:
      return true;
    case Kind::function:
      return row(static_cast<Fn>(n.tag)).shape == ShapeRule::elementwise;
    case Kind::indexed:
      return is_hadamard(ctx_, e);
    default:
      return false;
  }
}

Ref EntrywiseForms::of_tensor(Ref tensor) {
  const Kind kind = ctx_.kind(tensor);
  if (kind == Kind::fill || !is_computed(tensor, ctx_[tensor].shape) || weight_(tensor) > most_weight)
    return tensor;
  names_.clear();
  complex_ = false;
  const Ref entry = formula(tensor);
  if (complex_) return tensor;  // real(X) of a complex X
  const Ref same = lighter(tensor, tensor_of(entry, ctx_[tensor].shape));
  if (is_trivial(ctx_, entry)) return same;
  const Ref simple = simplified(entry, ctx_[tensor].shape);
  // In an array a 1 is ones(n), which is more to read, but no reason for another form.
  if (weight_(simple) >= weight_(entry)) return same;
  return lighter(same, tensor_of(simple, ctx_[tensor].shape));
}

Ref EntrywiseForms::formula(Ref tensor) {
  const ShapeId shape = ctx_[tensor].shape;
  std::vector<Ref> nodes{tensor};
  std::unordered_map<Ref, Ref> entries{{tensor, Ref{}}};
  for (size_t i = 0; i < nodes.size(); ++i) {  // `nodes` grows
    if (!is_computed(nodes[i], shape)) continue;
    for (Ref o : entry_operands(nodes[i])) {
      if (entries.try_emplace(o, Ref{}).second) nodes.push_back(o);
    }
  }
  for (Ref r : nodes) {
    if (!is_computed(r, shape)) entries[r] = name_of(r);
  }
  std::sort(nodes.begin(), nodes.end());  // operands before what is made of them
  for (Ref r : nodes) {
    if (!entries[r]) entries[r] = entry_of(r, entries);
  }
  return entries[tensor];
}

Ref EntrywiseForms::entry_of(Ref e, const std::unordered_map<Ref, Ref>& entries) {
  std::vector<Ref> operands;
  for (Ref o : entry_operands(e)) operands.push_back(entries.at(o));
  switch (ctx_.kind(e)) {
    case Kind::sum: {
      std::vector<Term> terms;
      for (size_t i = 0; i < operands.size(); i += 2) terms.push_back({operands[i], operands[i + 1]});
      return ctx_.sum(terms);
    }
    case Kind::long_sum: {
      std::vector<Term> terms;
      for (Ref o : operands) terms.push_back({one, o});
      return ctx_.sum(terms);
    }
    case Kind::power:
      return ctx_.power(operands[0], operands[1]);
    case Kind::function:
      return ctx_.function(ctx_.function_of(e), operands);
    case Kind::fill:
      return operands[0];
    default:
      return ctx_.product(operands);
  }
}

// A scalar stands for itself unless there are tensors in it.
Ref EntrywiseForms::name_of(Ref e) {
  const Node n = ctx_[e];
  complex_ = complex_ || (n.facts & complex_valued);
  if (n.shape == scalar_shape && !has_tensors(e)) return e;
  Symbol s;
  s.name = "entry " + std::to_string(names_.size() + 1);
  s.role = Role::placeholder;
  if (n.kind == Kind::symbol) s.domain = ctx_.symbol(e).domain;
  if (n.facts & nonnegative) s.domain.lower = zero;
  if (n.facts & nonpositive) s.domain.upper = zero;
  s.domain.lower_open = s.domain.lower_open || ((n.facts & nonnegative) && (n.facts & nonzero));
  s.domain.upper_open = s.domain.upper_open || ((n.facts & nonpositive) && (n.facts & nonzero));
  s.domain.not_zero = s.domain.not_zero || (n.facts & nonzero);
  s.domain.integer = s.domain.integer || (n.facts & integer_valued);
  names_.push_back({ctx_.symbol(s), e});
  return names_.back().first;
}

bool EntrywiseForms::has_tensors(Ref scalar) {
  const std::vector<Ref> nodes = nodes_below(ctx_, scalar);
  return std::any_of(nodes.begin(), nodes.end(), [&](Ref r) { return ctx_[r].shape != scalar_shape; });
}

Ref EntrywiseForms::tensor_of(Ref formula, ShapeId shape) {
  std::unordered_map<Ref, Ref> image(names_.begin(), names_.end());
  std::vector<Ref> operands;
  for (const Ref r : nodes_below(ctx_, formula)) {
    if (image.count(r) > 0) continue;
    bool changed = false;
    operands.clear();
    for (Ref o : ctx_.operands(r)) {
      operands.push_back(image.at(o));
      changed = changed || operands.back() != o;
    }
    image[r] = changed ? apply_entrywise(ctx_, r, operands) : r;
  }
  const Ref result = image.at(formula);
  if (ctx_[result].shape == scalar_shape) return ctx_.fill(result, shape);
  if (ctx_.shape(shape).order() != 1) return result;
  // The factors of a row are columns.
  return ctx_.shape(shape).row ? as_row(ctx_, result) : as_column(ctx_, result);
}

// diag(u) + diag(v) as diag(u + v).
Ref EntrywiseForms::of_diagonals(Ref sum) {
  std::vector<Term> terms;
  ctx_.append_terms(sum, terms);
  const ShapeId shape = vector_shape(ctx_, ctx_.shape_of(sum).extents[0]);
  for (Term& t : terms) {
    const bool identity = is_structural(ctx_, t.body, Structural::delta);
    t.body = identity ? ctx_.fill(one, shape) : diagonal_entries(ctx_, t.body);
    if (!t.body) return sum;
  }
  return lighter(sum, diagonal_matrix(ctx_, of_tensor(tensor_sum(ctx_, terms, shape))));
}

// Factors of a product that have the same axes: of A'*(u .* v) the vectors u and v.
Ref EntrywiseForms::of_groups(Ref product) {
  const Labelling l = ctx_.labelling(product);
  if (!l.guards.empty()) return product;
  std::vector<Ref> operands(ctx_.operands(product).begin(), ctx_.operands(product).end());
  bool changed = false;
  for (size_t f = 0; f < l.factors.size(); ++f) {
    const auto& axes = l.factors[f];
    const auto alike = [&](size_t g) {
      return l.factors[g] == axes && ctx_.kind(operands[g]) != Kind::structural &&
             ctx_[operands[g]].shape == ctx_[operands[f]].shape;
    };
    if (axes.empty() || !alike(f)) continue;
    Ref group = operands[f];
    std::vector<size_t> members;
    for (size_t g = f + 1; g < l.factors.size(); ++g) {
      if (!alike(g)) continue;
      group = elementwise_product(ctx_, group, operands[g]);
      members.push_back(g);
    }
    if (members.empty()) continue;
    const Ref better = of_tensor(group);
    if (better == group) continue;
    changed = true;
    operands[f] = better;
    for (size_t g : members) operands[g] = ctx_.fill(one, ctx_[operands[g]].shape);
  }
  return changed ? lighter(product, rebuild_indexed(ctx_, product, operands)) : product;
}

// sum(u) + sum(v) as sum(u + v), where that is lighter in the end.
Ref EntrywiseForms::of_sums(Ref sum) {
  std::vector<Term> terms, rest;
  ctx_.append_terms(sum, terms);
  std::vector<std::pair<ShapeId, std::vector<Term>>> groups;  // the terms under a sum over all entries
  for (const Term& t : terms) {
    const Node n = ctx_[t.body];
    const bool product = n.kind == Kind::indexed && ctx_.labelling(t.body).guards.empty();
    std::vector<Label> axes;
    bool alike = product;
    if (product) {
      const Labelling& l = ctx_.labelling(t.body);
      for (const auto& f : l.factors) {
        if (axes.empty()) axes = f;
        alike = alike && (f.empty() || f == axes);
      }
      alike = alike && axes.size() == l.label_count && !axes.empty();
    }
    if (!alike) {
      rest.push_back(t);
      continue;
    }
    const IndexedView v = view_indexed(ctx_, t.body);
    const std::vector<Ref> factors(v.factors.begin(), v.factors.end());
    Ref inside = one;
    for (Ref f : factors) inside = elementwise_product(ctx_, inside, f);
    const ShapeId shape = ctx_[inside].shape;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.first == shape; });
    if (group == groups.end()) group = groups.insert(group, {shape, {}});
    group->second.push_back({t.coefficient, inside});
  }
  for (auto& [shape, inside] : groups) {
    if (inside.size() < 2) continue;
    const Ref whole = tensor_sum(ctx_, inside, shape);
    std::vector<Term> others = rest;
    for (const auto& [other, list] : groups) {
      if (other == shape) continue;
      for (const Term& t : list) others.push_back({t.coefficient, sum_entries(ctx_, t.body)});
    }
    others.push_back({one, sum_entries(ctx_, of_tensor(whole))});
    const Ref candidate = ctx_.sum(others);
    if (weight_(candidate) < weight_(sum)) return candidate;
  }
  return sum;
}

}  // namespace nabla
