// Builds a part of a product: an IndexedBuilder that knows only the labels that something in it has.
#pragma once

#include <optional>
#include <vector>

#include "codegen/contraction.h"

namespace nabla {

class ContractionBuilder {
 public:
  // `extents`, of each label of the product, have to outlive this.
  ContractionBuilder(Context& ctx, const std::vector<Ref>& extents)
      : builder_(ctx), extents_(extents), own_(extents.size()) {}

  void factor(const ContractionFactor& f) { builder_.factor(f.factor, mapped(f.labels)); }
  void scalar(Ref s) { builder_.factor(s, {}); }
  void guard(Guard g, Ref offset) {
    for (auto& t : g.terms) t.first = of(t.first);
    builder_.guard(g.relation, g.terms, offset);
  }
  // A condition by its number in a ContractionGroups.
  void condition(const Contraction& c, size_t k) {
    const size_t guards = c.guards.size();
    k < guards ? guard(c.guards[k], c.offsets[k]) : factor(c.positions[k - guards]);
  }
  void axis(Label l) { of(l); }  // numbered before the others
  Ref build(const std::vector<Label>& output, bool row = false) {
    return builder_.build(mapped(output), row);
  }

 private:
  std::vector<Label> mapped(std::vector<Label> labels) {
    for (Label& l : labels) l = of(l);
    return labels;
  }
  Label of(Label l) {
    if (!own_[l]) own_[l] = builder_.label(extents_[l]);
    return *own_[l];
  }

  IndexedBuilder builder_;
  const std::vector<Ref>& extents_;
  std::vector<std::optional<Label>> own_;
};

}  // namespace nabla
