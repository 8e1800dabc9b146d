// A product over labels under contraction: its factors, and the steps that compute it nest by nest, so that
// A*B*x is A*(B*x).
//
// Factors with one set of labels are one group: they share a loop. Groups are numbered in the order of their
// first factors. Which steps are taken is chosen in codegen/contraction_plan.h.
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

// One step makes one group of others, summed over the labels that nothing else needs. Its number is the next
// one: with n groups step k makes number n + k.
struct ContractionStep {
  std::vector<size_t> parts = {};  // the numbers of the groups; one alone is summed
  bool joins = false;              // no nest: the parts have the same labels and are read together
  // What the step makes, where other products have it too: an expression, and whether its two axes are
  // those of the step in reverse. Then the parts may be any number of groups.
  Ref shared = {};
  bool reversed = false;
};

// Where results of steps are held: each gives back the atom of its let.
struct ContractionNames {
  std::function<Ref(Ref value)> name;
  std::function<Ref(Ref shared)> known;             // Ref{}: not yet made
  std::function<void(Ref shared, Ref atom)> learn;  // it is made
};

// Takes the steps, and one nest of what is left.
Ref contract(Context& ctx, Contraction c, const std::vector<ContractionStep>& steps,
             const ContractionNames& names);

}  // namespace nabla
