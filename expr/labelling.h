// How the factors of an indexed product are joined: one label per axis.
//
// A label that is not in the output is summed over its extent; an output label in no factor is broadcast.
// A guard restricts labels by an affine condition: sum of coefficient*label, plus an offset, <= 0, == 0 or
// != 0. It limits the range of the labels: where it fails the product is not evaluated and counts as 0.
//
// Invariant of a Labelling in a Context: output labels are 0, 1, … in the order of the axes, the bound ones
// follow, numbered so that the same product with other names, in another order or transposed has the same
// Labelling (up to the search bound of canonical_labelling; beyond it the product is right all the same).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "expr/node.h"

namespace nabla {

using Label = uint32_t;

struct Guard {
  Relation relation{};
  std::vector<std::pair<Label, int64_t>> terms;  // ascending labels, coefficients not 0
  friend bool operator==(const Guard&, const Guard&) = default;
};

struct Labelling {
  uint32_t label_count = 0;
  std::vector<Label> output;
  std::vector<std::vector<Label>> factors;
  std::vector<Guard> guards;  // their offsets are operands of the node
  friend bool operator==(const Labelling&, const Labelling&) = default;

  uint64_t hash() const;
  bool is_bound(Label l) const { return l >= output.size(); }
};

class Context;

// The parts of an indexed product that has been simplified, with any labels below `label_count`.
struct IndexedParts {
  std::vector<Ref> factors;
  std::vector<Ref> extents;  // of each label
  std::vector<Ref> offsets;  // of each guard
  Labelling labelling;
  friend bool operator==(const IndexedParts&, const IndexedParts&) = default;
};

// Renumbers the labels and orders factors and guards canonically: colour refinement seeded by structural
// hashes, then individualisation with a bounded search (McKay, "Practical graph isomorphism", 1981).
void canonical_labelling(Context& ctx, IndexedParts& parts);

// An indexed product or a reduction with guards or selections: not all entries of its factors matter.
bool takes_some_entries(const Context& ctx, Ref r);

}  // namespace nabla
