// Chooses the order of every contraction of a program, so that what several products contain is computed
// once.
//
// The order of a product alone is the one that costs least (codegen/contraction_network.h); the pairs,
// cheapest first, are kept unless another order is better (ContractionNetwork::is_better). Of several
// products, in the order of the program:
//   - each takes its best order while what the program or other products make costs it nothing, and again,
//     until nothing changes or four rounds are over;
//   - the same from another start, at which each product pays its share of what several could use: so they
//     find A*B for A*B*X and A*B*Y, which neither would make alone;
//   - of both and of the pairs the plan with the fewest turns in all is taken, the first of equal ones.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "codegen/contraction_network.h"

namespace nabla {

class ContractionPlan {
 public:
  explicit ContractionPlan(Context& ctx) : ctx_(ctx) {}

  // `products`: those whose order is to be chosen, with what they are; `lets`: the products of two groups
  // that the program computes in any case.
  void add(std::vector<std::pair<Ref, Contraction>> products, const std::vector<Ref>& lets);
  bool knows(Ref product) const { return planned_.count(product) != 0; }
  const ContractionNetwork& network(Ref product) const { return planned_.at(product).network; }

  // The order of a product, and its steps now that some shared expressions are made.
  const ContractionNetwork::Tree& tree(Ref product) const { return planned_.at(product).tree; }
  std::vector<ContractionStep> steps(Ref product, const std::function<bool(Ref)>& is_made) const;
  // What an order finds made when its steps are taken.
  ContractionNetwork::Help help(Ref product, const std::function<bool(Ref)>& is_made) const;

 private:
  struct Key {
    Ref expression;  // the same for a matrix and its transpose
    bool reversed = false;
  };
  struct Planned {
    ContractionNetwork network;
    ContractionNetwork::Tree tree;
    std::map<ContractionNetwork::Subset, Key> keys;  // of what may be shared
  };
  using Trees = std::vector<ContractionNetwork::Tree>;
  class Chooser;

  void find_keys(const std::vector<Planned*>& list, const std::vector<Ref>& wanted);

  Context& ctx_;
  std::unordered_map<Ref, Planned> planned_;
};

}  // namespace nabla
