// A program of whole arrays in two parts: what is the same for all points, and the rest.
#pragma once

#include <unordered_set>
#include <vector>

#include "codegen/tensor_entry.h"

namespace nabla {

struct BatchSplit {
  TensorEntry shared;               // its outputs: what the rest reads
  TensorEntry by_point;             // speaks of those as symbols
  std::vector<Ref> symbols;         // of each output of `shared`
  std::unordered_set<Ref> varying;  // the arguments and directions by point
};

// The diagonals of a compressed matrix are outputs as others.
BatchSplit split_by_point(Context& ctx, const TensorEntry& entry);

// Whether each entry of an output by point can go to a sum where it is computed: nothing reads it, and it is
// no call that fills an array.
bool is_only_added(Context& ctx, const BatchSplit& split, size_t output);

}  // namespace nabla
