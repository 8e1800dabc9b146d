// Matrices that are a few diagonals whatever their size: entry (row, column) may differ from 0 only where
// column - row is one of some fixed offsets. Derivatives of stencils and of maps are such.
#pragma once

#include <optional>
#include <vector>

#include "expr/context.h"

namespace nabla {

inline constexpr size_t most_diagonals = 64;

// Ascending. None: the matrix has entries elsewhere, or nothing is known of it. The result may name diagonals
// that are 0; it leaves out none that is not.
std::optional<std::vector<int64_t>> band_offsets(Context& ctx, Ref matrix);

// The entries at column = row + offset, one for each row; 0 where there is no such column.
Ref band_diagonal(Context& ctx, Ref matrix, int64_t offset);

}  // namespace nabla
