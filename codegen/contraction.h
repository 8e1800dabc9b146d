// The order in which a product over labels is contracted: in pairs, the cheapest first, so that A*B*x is
// A*(B*x).
//
// The cost of a pair is the size of its loops and of its result, for sizes of 64 where they are symbolic
// (within the bounds of the dim). Factors with one set of labels count as one: they share a loop.
#pragma once

#include <functional>
#include <vector>

#include "expr/context.h"
#include "expr/indexed.h"

namespace nabla {

struct ContractionFactor {
  Ref factor;
  std::vector<Label> labels;
};

// A product under construction: labels below `outputs` are the axes of the result.
struct Contraction {
  std::vector<ContractionFactor> factors;    // not scalars
  std::vector<ContractionFactor> positions;  // delta, shift, unit
  std::vector<Ref> scalars;
  std::vector<Guard> guards;
  std::vector<Ref> offsets;  // of the guards
  std::vector<Ref> extents;  // of each label
  size_t outputs = 0;
  bool row = false;
};

// The number of sets of labels among the factors.
size_t group_count(const Contraction& c);

// What the contraction of a product costs: the turns of its loops, pair by pair and in one nest.
struct ContractionCost {
  Ref in_pairs = zero, at_once = zero;
  bool saves = false;  // whether the pairs take less than half the turns, for those sizes
};

// Contracts pairs of groups until two are left, or one step does the rest. `name` makes a let of an
// intermediate result and gives back its atom.
Ref contract(Context& ctx, Contraction c, const std::function<Ref(Ref)>& name, ContractionCost& cost);

}  // namespace nabla
