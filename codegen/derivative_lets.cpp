#include "codegen/derivative_lets.h"

#include <optional>

#include "expr/indexed.h"

namespace nabla {
namespace {

constexpr size_t most_factors = 5;  // of a product that stays open

// The factors that bound labels hold together.
class Components {
 public:
  Components(const IndexedView& v, size_t outputs) : outputs_(outputs), of_(v.labelling->label_count) {
    for (Label l = 0; l < of_.size(); ++l) of_[l] = l;
    for (const auto& labels : v.labelling->factors) join(labels);
  }

  Label root(Label l) const {
    while (of_[l] != l) l = of_[l];
    return l;
  }
  // The component of a factor: that of its first bound label, or none.
  std::optional<Label> of(const std::vector<Label>& labels) const {
    for (Label l : labels) {
      if (l >= outputs_) return root(l);
    }
    return std::nullopt;
  }

 private:
  void join(const std::vector<Label>& labels) {
    std::optional<Label> first;
    for (Label l : labels) {
      if (l < outputs_) continue;
      if (first) of_[root(l)] = root(*first);
      first = first ? first : l;
    }
  }

  size_t outputs_;
  std::vector<Label> of_;
};

}  // namespace

Ref DerivativeLets::let(Ref value) {
  if (is_atom(ctx_, value) || ctx_.kind(value) == Kind::fill) return value;
  for (const Let& l : lets_) {
    if (l.value == value) return l.name;
  }
  const Node& n = ctx_[value];
  const Ref name = ctx_.let(first_ + static_cast<uint32_t>(lets_.size()), n.shape, n.facts);
  lets_.push_back({name, value});
  return name;
}

Ref DerivativeLets::operator()(Ref g) {
  if (ctx_.kind(g) == Kind::product && ctx_[g].shape != scalar_shape) {  // a number and an array
    const std::vector<Ref> list(ctx_.operands(g).begin(), ctx_.operands(g).end());
    return ctx_.scale(list[0], (*this)(list[1]));
  }
  if (ctx_.kind(g) != Kind::indexed) return g;
  const IndexedView v = view_indexed(ctx_, g);
  if (v.factors.size() <= most_factors) return g;
  const Labelling l = *v.labelling;
  const std::vector<Ref> factors(v.factors.begin(), v.factors.end()),
      extents(v.extents.begin(), v.extents.end());
  const Components components(v, l.output.size());
  if (!l.guards.empty()) return let(g);  // what a guard excludes stays excluded
  IndexedBuilder whole(ctx_);
  std::vector<Label> own;
  for (Ref e : extents) own.push_back(own.size() < l.output.size() ? whole.label(e) : Label{0});
  std::vector<bool> done(factors.size());
  for (size_t k = 0; k < factors.size(); ++k) {
    if (done[k]) continue;
    const auto component = components.of(l.factors[k]);
    if (!component) {  // over axes alone, or a scalar
      std::vector<Label> labels;
      for (Label x : l.factors[k]) labels.push_back(own[x]);
      whole.factor(factors[k], labels);
      continue;
    }
    IndexedBuilder part(ctx_);
    std::vector<Label> label_of(extents.size()), axes, outer;
    std::vector<bool> known(extents.size());
    for (size_t f = k; f < factors.size(); ++f) {
      if (components.of(l.factors[f]) != component) continue;
      done[f] = true;
      std::vector<Label> labels;
      for (Label x : l.factors[f]) {
        if (!known[x]) label_of[x] = part.label(extents[x]);
        known[x] = true;
        labels.push_back(label_of[x]);
      }
      part.factor(factors[f], labels);
    }
    for (Label x = 0; x < l.output.size(); ++x) {
      if (!known[x]) continue;
      axes.push_back(label_of[x]);
      outer.push_back(own[x]);
    }
    whole.factor(let(part.build(axes)), outer);
  }
  std::vector<Label> output(own.begin(), own.begin() + static_cast<ptrdiff_t>(l.output.size()));
  return whole.build(output, ctx_.shape_of(g).row);
}

}  // namespace nabla
