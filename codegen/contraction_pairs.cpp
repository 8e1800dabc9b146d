#include "codegen/contraction_pairs.h"

#include <algorithm>
#include <limits>

#include "codegen/contraction_groups.h"

namespace nabla {
namespace {

class Pairs {
 public:
  Pairs(Budget& budget, const Contraction& c) : budget_(budget), groups_(c) {}

  void sum_alone() {
    if (!groups_.sums()) return;
    for (size_t k = 0; groups_.live().size() > 1 && k < groups_.live().size();) {
      budget_.spend();
      const auto& own = groups_.live()[k].labels;
      const auto all = static_cast<size_t>(std::count(own.begin(), own.end(), true));
      const std::vector<Label> left = groups_.left({&k, 1}, own);
      if (left.size() == all || left.empty()) {
        ++k;
        continue;
      }
      take({groups_.live()[k].number});
      k = 0;
    }
  }

  void pairs(const ContractionSizes& sizes) {
    while (groups_.live().size() > 2 && groups_.sums()) {
      const auto [a, b] = cheapest(sizes);
      take({groups_.live()[a].number, groups_.live()[b].number});
    }
  }

  std::vector<ContractionStep> steps;

 private:
  // Groups that now have the same labels are one.
  void take(std::vector<size_t> parts) {
    add({std::move(parts)});
    const auto& live = groups_.live();
    if (live.empty() || live.back().number + 1 != groups_.next()) return;  // a scalar
    for (const ContractionGroups::Group& g : live) {
      if (g.number == live.back().number || g.labels != live.back().labels) continue;
      return add({{g.number, live.back().number}, true});
    }
  }

  void add(ContractionStep step) {
    groups_.take(step);
    steps.push_back(std::move(step));
  }

  std::pair<size_t, size_t> cheapest(const ContractionSizes& sizes) const {
    constexpr size_t most_compared = 32;
    std::pair<size_t, size_t> best{0, 1};
    double least = std::numeric_limits<double>::infinity();
    const size_t n = std::min(groups_.live().size(), most_compared);
    budget_.spend(n * n / 2);
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = a + 1; b < n; ++b) {
        const double cost = cost_of({a, b}, sizes);
        if (cost >= least) continue;
        least = cost;
        best = {a, b};
      }
    }
    return best;
  }

  double cost_of(const std::vector<size_t>& places, const ContractionSizes& sizes) const {
    const auto joined = groups_.united(places);
    double turns = 1, result = 1;
    for (Label l = 0; l < joined.size(); ++l) turns *= joined[l] ? sizes.size(0, l) : 1;
    for (Label l : groups_.left(places, joined)) result *= sizes.size(0, l);
    return turns + 2 * result;
  }

  Budget& budget_;
  ContractionGroups groups_;
};

}  // namespace

std::vector<ContractionStep> sums_alone(Budget& budget, const Contraction& c) {
  Pairs p(budget, c);
  p.sum_alone();
  return std::move(p.steps);
}

ContractionPairs cheapest_pairs(Budget& budget, const Contraction& c, const ContractionSizes& sizes) {
  Pairs p(budget, c);
  p.sum_alone();
  const size_t alone = p.steps.size();
  p.pairs(sizes);
  return {std::move(p.steps), alone};
}

}  // namespace nabla
