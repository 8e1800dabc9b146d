#include "codegen/contraction.h"

#include <algorithm>
#include <map>

#include "codegen/contraction_axes.h"
#include "codegen/contraction_builder.h"
#include "codegen/contraction_groups.h"

namespace nabla {
namespace {

class Contractor {
 public:
  Contractor(Context& ctx, Contraction c, const ContractionNames& names)
      : ctx_(ctx), c_(std::move(c)), names_(names), groups_(c_) {
    for (const auto& list : groups_.first_factors()) {
      auto& own = factors_.emplace_back();
      for (size_t k : list) own.push_back(c_.factors[k]);
    }
  }

  Ref run(const std::vector<ContractionStep>& steps) {
    for (const ContractionStep& s : steps) take(s);
    return last_nest();
  }

 private:
  using Factors = std::vector<ContractionFactor>;

  void take(const ContractionStep& s) {
    const ContractionGroups::Taken taken = groups_.take(s);
    Factors& made = factors_.emplace_back();  // of the group with the next number
    if (s.joins) {
      for (size_t p : s.parts) made.insert(made.end(), factors_[p].begin(), factors_[p].end());
      return;
    }
    Factors factors;
    for (size_t p : s.parts) factors.insert(factors.end(), factors_[p].begin(), factors_[p].end());
    std::vector<Label> axes = taken.left;
    if (s.shared ? s.reversed : is_better_transposed(factors, axes)) std::reverse(axes.begin(), axes.end());
    Ref held = s.shared ? names_.known(s.shared) : Ref{};
    if (!held) {
      ContractionBuilder builder(ctx_, c_.extents);
      for (const ContractionFactor& f : factors) builder.factor(f);
      for (size_t k : taken.conditions) builder.condition(c_, k);
      held = names_.name(builder.build(axes));
      if (s.shared) names_.learn(s.shared, held);
    }
    if (taken.left.empty()) {
      c_.scalars.push_back(held);
    } else {
      made.push_back({held, std::move(axes)});
    }
  }

  // Several factors over some of the labels are multiplied once, not in each turn of the other loops.
  void multiply_small(Factors& factors, const ContractionGroups::Labels& own) {
    std::vector<Label> labels;
    for (Label l = 0; l < own.size(); ++l) {
      if (own[l]) labels.push_back(l);
    }
    ContractionBuilder builder(ctx_, c_.extents);
    for (const ContractionFactor& f : factors) builder.factor(f);
    factors = {{names_.name(builder.build(labels)), labels}};
  }

  Ref last_nest() {
    std::map<ContractionGroups::Labels, size_t> places;
    std::vector<std::pair<ContractionGroups::Labels, Factors>> parts;
    ContractionGroups::Labels joined(c_.extents.size());
    for (const ContractionGroups::Group& g : groups_.live()) {
      const auto [at, fresh] = places.emplace(g.labels, parts.size());
      if (fresh) parts.push_back({g.labels, {}});
      Factors& all = parts[at->second].second;
      all.insert(all.end(), factors_[g.number].begin(), factors_[g.number].end());
      for (size_t l = 0; l < joined.size(); ++l) joined[l] = joined[l] || g.labels[l];
    }
    for (auto& [labels, factors] : parts) {
      if (factors.size() > 1 && labels != joined) multiply_small(factors, labels);
    }
    ContractionBuilder b(ctx_, c_.extents);
    std::vector<Label> output;
    for (Label l = 0; l < c_.outputs; ++l) {
      output.push_back(l);
      b.axis(l);
    }
    for (Ref s : c_.scalars) b.scalar(s);
    for (const auto& part : parts) {
      for (const ContractionFactor& f : part.second) b.factor(f);
    }
    const auto& conditions = groups_.conditions();
    for (size_t k = 0; k < conditions.size(); ++k) {
      if (!conditions[k].done) b.condition(c_, k);
    }
    return b.build(output, c_.row);
  }

  Context& ctx_;
  Contraction c_;
  const ContractionNames& names_;
  ContractionGroups groups_;
  std::vector<Factors> factors_;  // of each group, by its number
};

}  // namespace

size_t group_count(const Contraction& c) {
  std::vector<std::vector<Label>> seen;
  for (const ContractionFactor& f : c.factors) {
    std::vector<Label> labels = f.labels;
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (std::find(seen.begin(), seen.end(), labels) == seen.end()) seen.push_back(std::move(labels));
  }
  return seen.size();
}

Ref contract(Context& ctx, Contraction c, const std::vector<ContractionStep>& steps,
             const ContractionNames& names) {
  return Contractor(ctx, std::move(c), names).run(steps);
}

}  // namespace nabla
