#include "codegen/contraction_plan.h"

#include <algorithm>
#include <bit>
#include <unordered_set>

#include "codegen/contraction_axes.h"

namespace nabla {
namespace {

using Help = ContractionNetwork::Help;
using Subset = ContractionNetwork::Subset;
using Tree = ContractionNetwork::Tree;

constexpr size_t most_rounds = 4;
constexpr size_t most_shared = 64;  // subsets of one product that are compared with others

// The same for products of the same arrays, whatever their labels.
std::vector<Ref> sorted_factors(std::vector<Ref> list) {
  std::sort(list.begin(), list.end());
  return list;
}

}  // namespace

// Chooses trees for products whose shared subsets are known.
class ContractionPlan::Chooser {
 public:
  Chooser(Budget& budget, const std::vector<Planned*>& list, const std::unordered_set<Ref>& wanted)
      : budget_(budget), list_(list), wanted_(wanted) {}

  void run() {
    Trees pairs, alone;
    for (const Planned* p : list_) pairs.push_back(p->network.cheapest_first());
    alone = pairs;
    improve(alone);
    Trees best = total(pairs) < total(alone) ? pairs : alone;
    if (has_sharers()) {
      Trees together;
      for (size_t k = 0; k < list_.size(); ++k)
        together.push_back(list_[k]->network.search(budget_, shares(k)).value_or(pairs[k]));
      improve(together);
      if (total(together) < total(best)) best = std::move(together);
    }
    for (size_t k = 0; k < list_.size(); ++k) list_[k]->tree = std::move(best[k]);
  }

 private:
  bool is_wanted(Ref r) const { return wanted_.count(r) != 0; }

  // What product k finds made if others make the expressions that are counted.
  Help help(size_t k, const std::unordered_map<Ref, size_t>& makers) const {
    Help h;
    for (const auto& [s, key] : list_[k]->keys) {
      const auto at = makers.find(key.expression);
      if (!is_wanted(key.expression) && (at == makers.end() || at->second == 0)) continue;
      h.made.resize(list_[k]->network.all() + size_t{1});
      h.made[s] = true;
    }
    return h;
  }

  // The shared expressions that an order makes or reads.
  std::vector<Ref> used(size_t k, const Tree& tree, const Help& h) const {
    std::vector<Ref> out;
    for (Subset s : list_[k]->network.uses(tree, h)) {
      const auto at = list_[k]->keys.find(s);
      if (at != list_[k]->keys.end()) out.push_back(at->second.expression);
    }
    return out;
  }

  void improve(Trees& trees) {
    std::unordered_map<Ref, size_t> makers;
    std::vector<std::vector<Ref>> of(list_.size());
    const auto use = [&](size_t k) {
      of[k] = used(k, trees[k], help(k, makers));
      for (Ref r : of[k]) ++makers[r];
    };
    for (size_t k = 0; k < list_.size(); ++k) use(k);
    bool changed = true;
    for (size_t round = 0; changed && round < most_rounds; ++round) {
      changed = false;
      for (size_t k = 0; k < list_.size(); ++k) {
        for (Ref r : of[k]) --makers[r];
        const Help h = help(k, makers);
        const auto found = list_[k]->network.search(budget_, h);
        if (found && list_[k]->network.is_better(*found, trees[k], h)) {
          trees[k] = *found;
          changed = true;
        }
        use(k);
      }
    }
  }

  // Turns at the usual sizes, what is shared counted once.
  double total(const Trees& trees) const {
    std::unordered_map<Ref, size_t> makers;
    double n = 0;
    for (size_t k = 0; k < list_.size(); ++k) {
      const Help h = help(k, makers);
      const ContractionNetwork& network = list_[k]->network;
      n += network.turns(network.nests(trees[k], h), 0);
      for (Ref r : used(k, trees[k], h)) ++makers[r];
    }
    return n;
  }

  std::unordered_map<Ref, size_t> sharers() const {
    std::unordered_map<Ref, size_t> counts;
    for (const Planned* p : list_) {
      std::unordered_set<Ref> own;
      for (const auto& k : p->keys) {
        if (own.insert(k.second.expression).second) ++counts[k.second.expression];
      }
    }
    return counts;
  }

  bool has_sharers() const {
    const auto counts = sharers();
    return std::any_of(counts.begin(), counts.end(), [&](const auto& c) { return c.second > 1; });
  }

  Help shares(size_t k) const {
    Help h = help(k, {});
    const auto counts = sharers();
    h.sharers.assign(list_[k]->network.all() + size_t{1}, 1);
    for (const auto& [s, key] : list_[k]->keys) h.sharers[s] = static_cast<double>(counts.at(key.expression));
    return h;
  }

  Budget& budget_;
  const std::vector<Planned*>& list_;
  const std::unordered_set<Ref>& wanted_;
};

// Subsets with the arrays of another product, or of a subset of it, are built and compared.
void ContractionPlan::find_keys(const std::vector<Planned*>& list, const std::vector<Ref>& wanted) {
  std::map<std::vector<Ref>, std::pair<size_t, const Planned*>> owners;  // how many, and the last one
  std::vector<std::vector<std::pair<Subset, std::vector<Ref>>>> candidates(list.size());
  for (Ref r : wanted) {
    const IndexedView v = view_indexed(ctx_, r);
    std::vector<Ref> factors;
    for (Ref f : v.factors) {
      if (ctx_[f].shape != scalar_shape) factors.push_back(f);
    }
    owners[sorted_factors(std::move(factors))].first = 2;
  }
  for (size_t k = 0; k < list.size(); ++k) {
    const ContractionNetwork& network = list[k]->network;
    for (Subset s = 1; s < network.all(); ++s) {
      ctx_.budget().spend();
      if (std::popcount(s) < 2 || network.axes(s).size() > 2 || !network.is_connected(s)) continue;
      std::vector<Ref> factors;
      for (const ContractionFactor& f : network.factors(s)) factors.push_back(f.factor);
      candidates[k].emplace_back(s, sorted_factors(std::move(factors)));
      auto& owner = owners[candidates[k].back().second];
      owner.first += owner.second != list[k];
      owner.second = list[k];
    }
  }
  std::unordered_set<Ref> known(wanted.begin(), wanted.end());
  for (size_t k = 0; k < list.size(); ++k) {
    for (const auto& [s, factors] : candidates[k]) {
      if (owners.at(factors).first < 2 || list[k]->keys.size() == most_shared) continue;
      const ContractionNetwork& network = list[k]->network;
      // The same for a matrix and its transpose: what the program has, or what is better held.
      bool reversed = is_better_transposed(network.factors(s), network.axes(s));
      Ref key = network.expression(ctx_, s, reversed);
      if (network.axes(s).size() == 2 && known.count(key) == 0) {
        const Ref other = network.expression(ctx_, s, !reversed);
        if (known.count(other) != 0) {
          reversed = !reversed;
          key = other;
        }
      }
      known.insert(key);
      list[k]->keys.emplace(s, Key{key, reversed});
    }
  }
}

void ContractionPlan::add(std::vector<std::pair<Ref, Contraction>> products, const std::vector<Ref>& lets) {
  std::vector<Planned*> searched;
  std::vector<Ref> wanted = lets;
  for (auto& [r, c] : products) {
    wanted.push_back(r);
    Planned& p = planned_.insert_or_assign(r, Planned{{ctx_, std::move(c)}, {}, {}}).first->second;
    if (p.network.is_searched()) searched.push_back(&p);
  }
  if (searched.empty()) return;
  find_keys(searched, wanted);
  const std::unordered_set<Ref> all(wanted.begin(), wanted.end());
  Chooser(ctx_.budget(), searched, all).run();
}

Help ContractionPlan::help(Ref product, const std::function<bool(Ref)>& is_made) const {
  const Planned& p = planned_.at(product);
  Help h;
  if (p.keys.empty()) return h;
  h.made.resize(p.network.all() + size_t{1});
  for (const auto& [s, key] : p.keys) h.made[s] = is_made(key.expression);
  return h;
}

std::vector<ContractionStep> ContractionPlan::steps(Ref product,
                                                    const std::function<bool(Ref)>& is_made) const {
  const Planned& p = planned_.at(product);
  if (!p.network.is_searched()) return p.network.steps();
  return p.network.steps(p.tree, [&](Subset s, ContractionStep& step) {
    const auto at = p.keys.find(s);
    if (at == p.keys.end()) return false;
    step.shared = at->second.expression;
    step.reversed = at->second.reversed;
    return is_made(step.shared);
  });
}

}  // namespace nabla
