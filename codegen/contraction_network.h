// The orders in which a product may be contracted, what they cost, and the search for the one that costs
// least.
//
// An order is a tree: a subset of the groups is made of two parts, down to single groups, and one nest
// computes the product from the last parts. A nest costs its turns: the product of the extents of all labels
// of its parts. Two parts with the same labels, none of them summed, cost nothing: what reads them reads
// both in its loop. What only one group is summed over is summed there first, in any order.
//
// Of all orders of at most most_groups groups the least is found by dynamic programming over subsets
// (Pfeifer, Haegeman and Verstraete, "Faster identification of optimal contraction sequences for tensor
// networks", 2014, doi:10.1103/PhysRevE.90.033315); the chain of matrices of Cormen et al., "Introduction to
// Algorithms", 3rd ed. sec. 15.2, is a case. Longer products are contracted in pairs, the cheapest first.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "codegen/contraction_groups.h"
#include "codegen/contraction_pairs.h"
#include "codegen/contraction_sizes.h"

namespace nabla {

class ContractionNetwork {
 public:
  static constexpr size_t most_groups = 10, most_labels = 64;

  using Subset = uint32_t;  // of the groups that are left when what is summed alone is summed
  using LabelSet = uint64_t;
  struct Split {
    Subset whole, a, b;
  };
  struct Tree {
    std::vector<Split> splits;                  // parts before what is made of them
    std::vector<Subset> last;                   // the parts of the last nest
    const Split* split_of(Subset whole) const;  // nullptr: a single group
  };
  // What other products do for a subset, by subset; empty: nothing.
  struct Help {
    std::vector<bool> made;       // it costs nothing
    std::vector<double> sharers;  // so many share its cost
    bool makes(Subset s) const { return !made.empty() && made[s]; }
  };
  // Gives back whether a subset is made already, and sets `shared` and `reversed` of the step that makes or
  // reads it.
  using Sharing = std::function<bool(Subset s, ContractionStep& step)>;

  ContractionNetwork(Context& ctx, Contraction c);

  const Contraction& product() const { return c_; }
  const ContractionSizes& sizes() const { return sizes_; }
  // Whether there are orders to choose from; the rest of this class is for that case.
  bool is_searched() const { return searched_; }
  // Of what is not searched.
  const std::vector<ContractionStep>& steps() const { return in_pairs_.steps; }

  size_t size() const { return leaves_.size(); }
  Subset all() const { return (Subset{1} << size()) - 1; }
  const Tree& cheapest_first() const { return pairs_; }
  // By the turns at one point, then at all of them, then by what is stored. nullopt: there is none.
  std::optional<Tree> search(Budget& budget, const Help& help, size_t point = 0) const;
  // Whether `a` has fewer turns at the usual sizes; or as many there, no more at any point and fewer at one;
  // or as many at all of them and stores less.
  bool is_better(const Tree& a, const Tree& b, const Help& help) const;

  // The labels of the nests that an order runs.
  std::vector<LabelSet> nests(const Tree& tree, const Help& help) const;
  double turns(const std::vector<LabelSet>& nests, size_t point) const;
  Ref turns(Context& ctx, const std::vector<LabelSet>& nests) const;  // as a formula
  // The subsets of several groups that an order makes or reads, those it makes after their parts.
  std::vector<Subset> uses(const Tree& tree, const Help& help) const;
  std::vector<ContractionStep> steps(const Tree& tree, const Sharing& sharing) const;

  bool is_read_together(const Split& s) const {  // no nest makes the whole
    return kept_[s.a] == kept_[s.b] && kept_[s.a] == kept_[s.whole];
  }
  bool is_connected(Subset s) const;  // by labels
  std::vector<ContractionFactor> factors(Subset s) const;
  std::vector<Label> axes(Subset s) const;                      // of what it makes
  Ref expression(Context& ctx, Subset s, bool reversed) const;  // reversed: its axes

 private:
  struct Leaf {
    size_t number;                // of the group
    std::vector<size_t> factors;  // of the product
    LabelSet labels;
  };
  struct Cost {
    double turns = 0, everywhere = 0, stored = 0;
  };
  class Search;

  void find_leaves();
  void find_labels();
  bool find_tree();
  double turns(LabelSet labels, size_t point) const;
  std::vector<Subset> components() const;
  double stored(const Tree& tree, const Help& help) const;

  Contraction c_;
  ContractionSizes sizes_;
  ContractionPairs in_pairs_;
  std::vector<Leaf> leaves_;
  size_t next_ = 0;                   // the number of the next group
  std::vector<LabelSet> conditions_;  // that link leaves
  LabelSet outputs_ = 0;
  std::vector<LabelSet> kept_;  // of each subset: the labels of what it makes
  Tree pairs_;
  bool searched_ = false;
};

}  // namespace nabla
