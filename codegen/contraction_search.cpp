// The search of codegen/contraction_network.h.
#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_map>

#include "codegen/contraction_network.h"

namespace nabla {

class ContractionNetwork::Search {
 public:
  Search(const ContractionNetwork& n, const Help& help, size_t point)
      : n_(n), help_(help), point_(point), best_(n.kept_.size()), part_(n.kept_.size()) {}

  std::optional<Tree> run(Budget& budget) {
    for (Subset s = 1; s <= n_.all(); ++s) {
      budget.spend(1 + (uint64_t{1} << std::popcount(s)) / 32);
      if (!std::has_single_bit(s)) find(s);
    }
    return tree();
  }

 private:
  static constexpr double infinite = std::numeric_limits<double>::infinity();

  static bool less(const Cost& a, const Cost& b) {
    if (a.turns != b.turns) return a.turns < b.turns;
    if (a.everywhere != b.everywhere) return a.everywhere < b.everywhere;
    return a.stored < b.stored;
  }

  // The turns of a nest.
  const Cost& nest(LabelSet labels) {
    const auto [at, fresh] = nests_.try_emplace(labels);
    if (fresh) {
      at->second.turns = n_.turns(labels, point_);
      for (size_t p = 0; p < n_.sizes_.points().size(); ++p) at->second.everywhere += n_.turns(labels, p);
    }
    return at->second;
  }

  void add(Cost& to, const Cost& c, double sharers = 1) {
    to.turns += c.turns / sharers;
    to.everywhere += c.everywhere / sharers;
    to.stored += c.stored / sharers;
  }

  // The best two parts of a subset. Each pair is met once: `a` has the first group.
  void find(Subset s) {
    Cost& best = best_[s];
    best.turns = infinite;
    const Subset first = s & (~s + 1);
    for (Subset a = (s - 1) & s; a != 0; a = (a - 1) & s) {
      const Subset b = s ^ a;
      if ((a & first) == 0 || n_.kept_[a] == 0 || n_.kept_[b] == 0) continue;
      Cost c = best_[a];
      add(c, best_[b]);
      if (c.turns == infinite || c.turns > best.turns) continue;
      if (s == n_.all() || !n_.is_read_together({s, a, b})) {
        Cost own = nest(n_.kept_[a] | n_.kept_[b]);
        if (s != n_.all()) own.stored = n_.turns(n_.kept_[s], 0);
        add(c, own, help_.sharers.empty() ? 1 : help_.sharers[s]);
      }
      if (!less(c, best)) continue;
      best = c;
      part_[s] = a;
    }
    if (help_.makes(s) && part_[s] != 0) best = {};
  }

  // One nest of parts that are no longer summed, which may be more than two.
  bool unsummed_is_better(const std::vector<Subset>& parts) {
    if (parts.size() < 3) return false;
    LabelSet all = 0;
    Cost c;
    for (Subset p : parts) {
      if (n_.kept_[p] == 0 || (!std::has_single_bit(p) && part_[p] == 0)) return false;
      all |= n_.kept_[p];
      add(c, best_[p]);
    }
    add(c, nest(all));
    return !less(best_[n_.all()], c);
  }

  std::optional<Tree> tree() {
    Tree t;
    const std::vector<Subset> parts = n_.components();
    if (unsummed_is_better(parts)) {
      t.last = parts;
    } else if (part_[n_.all()] != 0) {
      t.last = {part_[n_.all()], n_.all() ^ part_[n_.all()]};
    } else {
      return {};
    }
    std::vector<Subset> todo = t.last;
    while (!todo.empty()) {
      const Subset s = todo.back();
      todo.pop_back();
      if (std::has_single_bit(s)) continue;
      t.splits.push_back({s, part_[s], s ^ part_[s]});
      todo.insert(todo.end(), {part_[s], s ^ part_[s]});
    }
    std::sort(t.splits.begin(), t.splits.end(), [](const Split& a, const Split& b) {
      return std::pair(std::popcount(a.whole), a.whole) < std::pair(std::popcount(b.whole), b.whole);
    });
    return t;
  }

  const ContractionNetwork& n_;
  const Help& help_;
  size_t point_;
  std::vector<Cost> best_;
  std::vector<Subset> part_;  // one of the two parts of each subset; 0: there are none
  std::unordered_map<LabelSet, Cost> nests_;
};

// The groups that labels which are no axes hold together.
std::vector<ContractionNetwork::Subset> ContractionNetwork::components() const {
  std::vector<Subset> parts;
  std::vector<LabelSet> links = conditions_;
  for (const Leaf& l : leaves_) links.push_back(l.labels);
  for (Subset rest = all(); rest != 0;) {
    Subset part = rest & (~rest + 1);
    LabelSet labels = 0;
    for (Subset before = 0; before != part;) {
      before = part;
      for (size_t k = 0; k < size(); ++k) labels |= (part >> k & 1) != 0 ? leaves_[k].labels & ~outputs_ : 0;
      for (LabelSet l : links) labels |= (l & labels) != 0 ? l & ~outputs_ : 0;
      for (size_t k = 0; k < size(); ++k) part |= (leaves_[k].labels & labels) != 0 ? Subset{1} << k : 0;
    }
    parts.push_back(part);
    rest &= ~part;
  }
  return parts;
}

std::optional<ContractionNetwork::Tree> ContractionNetwork::search(Budget& budget, const Help& help,
                                                                   size_t point) const {
  return Search(*this, help, point).run(budget);
}

}  // namespace nabla
