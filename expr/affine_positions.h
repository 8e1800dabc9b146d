// Tensors of positions that are affine in the places: i + j - 1, 2*k.
#pragma once

#include <optional>
#include <vector>

#include "expr/context.h"

namespace nabla {

// In the entry at places p1, p2, …: slopes[0]*p1 + slopes[1]*p2 + … + offset.
struct AffinePositions {
  std::vector<int64_t> slopes;
  Ref offset;
};

// None where the entries are anything else.
std::optional<AffinePositions> affine_positions(Context& ctx, Ref positions);

// The tensor of these positions on axes of these extents.
Ref positions_tensor(Context& ctx, const AffinePositions& positions, std::vector<Ref> extents);

}  // namespace nabla
