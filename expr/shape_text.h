// Shapes as people write them: "vector[n]", "matrix[2*n, 3]"; and the questions that many passes ask of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expr/context.h"

namespace nabla {

std::string shape_text(const Context& ctx, ShapeId shape);
std::string extent_text(const Context& ctx, Ref extent);

// The extents as numbers, or nullopt when one of them is symbolic.
std::optional<std::vector<int64_t>> constant_extents(const Context& ctx, ShapeId shape);

ShapeId vector_shape(Context& ctx, Ref n);
ShapeId row_shape(Context& ctx, Ref n);
ShapeId matrix_shape(Context& ctx, Ref n, Ref m);
ShapeId tensor_shape(Context& ctx, std::span<const Ref> extents);

}  // namespace nabla
