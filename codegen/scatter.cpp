#include "codegen/scatter.h"

#include <algorithm>
#include <cstdint>

#include "expr/indexed.h"
#include "expr/program.h"
#include "expr/tensor.h"

namespace nabla {
namespace {

using Labels = std::vector<Label>;

// eye(m)[k, :] with the labels of k and that of the other axis.
std::optional<Scatter::Place> place_of(const Context& ctx, Ref factor, const Labels& labels) {
  if (ctx.kind(factor) != Kind::gather) return std::nullopt;
  const Ref from = ctx.operands(factor)[0], at = ctx.operands(factor)[1];
  if (!is_structural(ctx, from, Structural::delta)) return std::nullopt;
  const bool first = ctx[factor].tag == 0;  // the axis that is chosen from comes first
  Scatter::Place place{at, labels, first ? labels.back() : labels.front()};
  place.labels.erase(first ? place.labels.end() - 1 : place.labels.begin());
  return place;
}

// How often a label occurs in the factors.
std::vector<uint32_t> uses_of(const IndexedView& v) {
  std::vector<uint32_t> uses(v.extents.size());
  for (size_t f = 0; f < v.factors.size(); ++f) {
    for (const Label l : v.labelling->factors[f]) ++uses[l];
  }
  return uses;
}

// The product, with the factors that are no places in `rest`; none where a place is more than an axis of the
// result.
std::optional<Scatter> taken_apart(const Context& ctx, Ref value, std::vector<size_t>& rest) {
  if (ctx.kind(value) != Kind::indexed) return std::nullopt;
  const IndexedView v = view_indexed(ctx, value);
  if (!v.labelling->guards.empty()) return std::nullopt;
  Scatter s;
  s.output = v.labelling->output;
  s.extents.assign(v.extents.begin(), v.extents.end());
  const std::vector<uint32_t> uses = uses_of(v);
  std::vector<bool> is_place(s.extents.size());
  for (size_t f = 0; f < v.factors.size(); ++f) {
    auto place = place_of(ctx, v.factors[f], v.labelling->factors[f]);
    if (!place) {
      rest.push_back(f);
      continue;
    }
    if (uses[place->axis] != 1 || v.labelling->is_bound(place->axis)) return std::nullopt;
    is_place[place->axis] = true;
    s.places.push_back(std::move(*place));
  }
  for (Label l = 0; l < s.extents.size(); ++l) {
    if (uses[l] == 0) return std::nullopt;
    if (!is_place[l]) s.loops.push_back(l);
  }
  return s.places.empty() ? std::nullopt : std::optional<Scatter>(std::move(s));
}

}  // namespace

std::optional<Scatter> scatter_of(const Context& ctx, Ref value) {
  std::vector<size_t> rest;
  auto s = taken_apart(ctx, value, rest);
  if (!s || rest.size() > 1) return std::nullopt;
  const auto is_data = [&](const Scatter::Place& p) { return is_atom(ctx, p.at); };
  if (!std::all_of(s->places.begin(), s->places.end(), is_data)) return std::nullopt;
  s->array = one;
  if (rest.empty()) return s;
  const IndexedView v = view_indexed(ctx, value);
  s->array = v.factors[rest[0]];
  s->labels = v.labelling->factors[rest[0]];
  return is_atom(ctx, s->array) && ctx.kind(s->array) != Kind::constant ? s : std::nullopt;
}

Ref as_scatter(Context& ctx, Ref product, const std::function<Ref(Ref)>& lower) {
  std::vector<size_t> rest;
  const auto s = taken_apart(ctx, product, rest);
  if (!s) return {};
  const Labelling labelling = ctx.labelling(product);
  const std::vector<Ref> operands(ctx.operands(product).begin(), ctx.operands(product).end());
  // What is added, for each of the loops that it needs. A label that it has not would be summed over.
  std::vector<bool> in_rest(s->extents.size()), kept(s->extents.size());
  for (const size_t f : rest) {
    for (const Label l : labelling.factors[f]) in_rest[l] = true;
  }
  for (const Scatter::Place& p : s->places) {
    for (const Label l : p.labels) kept[l] = true;
  }
  for (const Label l : s->output) kept[l] = true;
  IndexedBuilder inner(ctx), outer(ctx);
  Labels in(s->extents.size()), out(s->extents.size()), needed;
  for (Label l = 0; l < s->extents.size(); ++l) {
    if (in_rest[l]) in[l] = inner.label(s->extents[l]);
    if (in_rest[l] && kept[l]) needed.push_back(l);
    if (kept[l]) out[l] = outer.label(s->extents[l]);
  }
  const auto through = [](const Labels& labels, const Labels& names) {
    Labels list;
    for (const Label l : labels) list.push_back(names[l]);
    return list;
  };
  for (const size_t f : rest) inner.factor(operands[f], through(labelling.factors[f], in));
  const Ref array = lower(inner.build(through(needed, in)));
  outer.factor(array, through(needed, out));
  for (size_t f = 0; f < labelling.factors.size(); ++f) {
    if (std::find(rest.begin(), rest.end(), f) != rest.end()) continue;
    const Ref at = lower(ctx.operands(operands[f])[1]);
    const Ref parts[2] = {ctx.operands(operands[f])[0], at};
    outer.factor(ctx.rebuild(operands[f], parts), through(labelling.factors[f], out));
  }
  const Ref sum = outer.build(through(s->output, out), ctx.shape_of(product).row);
  return scatter_of(ctx, sum) ? sum : Ref{};
}

Ref as_gather(Context& ctx, Ref product) {
  if (ctx.kind(product) != Kind::indexed || !ctx.labelling(product).guards.empty()) return {};
  const Labelling labelling = ctx.labelling(product);
  const IndexedView v = view_indexed(ctx, product);
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end()),
      extents(v.extents.begin(), v.extents.end());
  for (size_t f = 0; f < factors.size(); ++f) {
    const auto place = place_of(ctx, factors[f], labelling.factors[f]);
    if (!place || !labelling.is_bound(place->axis)) continue;
    const auto has_axis = [&](size_t k) {
      const Labels& own = labelling.factors[k];
      return k != f && std::find(own.begin(), own.end(), place->axis) != own.end();
    };
    IndexedBuilder chosen(ctx), whole(ctx);
    std::vector<std::optional<Label>> in(extents.size()), out(extents.size());
    const auto through = [&](IndexedBuilder& b, std::vector<std::optional<Label>>& names,
                             const Labels& labels) {
      Labels list;
      for (const Label l : labels) {
        if (!names[l]) names[l] = b.label(extents[l]);
        list.push_back(*names[l]);
      }
      return list;
    };
    Labels axes{place->axis}, read = place->labels;
    for (size_t k = 0; k < factors.size(); ++k) {
      if (!has_axis(k)) continue;
      chosen.factor(factors[k], through(chosen, in, labelling.factors[k]));
      for (const Label l : labelling.factors[k]) {
        if (std::find(axes.begin(), axes.end(), l) == axes.end()) axes.push_back(l);
      }
    }
    if (!in[place->axis]) continue;  // a sum of the row, which is 1
    read.insert(read.end(), axes.begin() + 1, axes.end());
    const Ref rows = gather(ctx, chosen.build(through(chosen, in, axes)), 0, place->at);
    whole.factor(rows, through(whole, out, read));
    for (size_t k = 0; k < factors.size(); ++k) {
      if (k != f && !has_axis(k)) whole.factor(factors[k], through(whole, out, labelling.factors[k]));
    }
    return whole.build(through(whole, out, labelling.output), ctx.shape_of(product).row);
  }
  return {};
}

}  // namespace nabla
