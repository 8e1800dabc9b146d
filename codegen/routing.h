// Whether an entry point on arrays of constant sizes is written out entry by entry or kept as loops.
//
// Both are counted in the units of Cost::weighted, loops with what vectors save and what a loop costs to
// start; the cheaper one is taken. What is small is always written out, what is large never, because
// compilers take more than linear time for long functions.
#pragma once

#include <optional>

#include "codegen/entry.h"
#include "codegen/loop_program.h"
#include "codegen/requests.h"

namespace nabla {

// Weighted operations entry by entry: up to so many there is nothing to win by loops; above so many, before
// equal parts are shared, there is no other way.
inline constexpr uint64_t most_always_unrolled = 200;
inline constexpr uint64_t most_unrolled = 20'000;

// For programs whose extents are numbers.
LoopCost cost_of_loops(Context& ctx, const LoopProgram& loops);

// The loops of an entry point and what they cost; none where there is little to loop over, or where the
// results of loops do not lie as those of std::array do: Jacobians and Hessians by several variables,
// batches, integer data, sizes at run time.
struct LoopRoad {
  TensorEntry entry;
  LoopCost cost;
  bool only = false;  // entry by entry it would be too long
};
std::optional<LoopRoad> loop_road(Context& ctx, const Model& model, const OutputRequest& request);

}  // namespace nabla
